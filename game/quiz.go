package game

import (
	"cmp"
	"errors"
	"hash/fnv"
	"maps"
	"math/rand/v2"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// Words are the same few words in each language.
type Words map[Language]string

// In gives the words in the language asked for, or else in English.
func (w Words) In(l Language) string { return cmp.Or(w[l], w[English]) }

// QuestionKind is the fact that a question is about.
type QuestionKind string

// The facts that are asked for. In the first four the answers are values, in
// the others animals that the visitor has caught.
const (
	AskContinent    QuestionKind = "continent"
	AskActivity     QuestionKind = "activity"
	AskConservation QuestionKind = "conservation"
	AskKind         QuestionKind = "kind" // mammal, bird …
	AskLatin        QuestionKind = "latin"
	AskDiet         QuestionKind = "diet"
	AskSleep        QuestionKind = "sleep" // which of them sleeps longest
)

// QuestionKinds lists them.
var QuestionKinds = []QuestionKind{AskContinent, AskActivity, AskConservation, AskKind, AskLatin, AskDiet, AskSleep}

// holes are the words of a prompt in whose place the fact stands.
var holes = map[QuestionKind]string{
	AskContinent: "{name}", AskActivity: "{name}", AskConservation: "{name}", AskKind: "{name}",
	AskLatin: "{latin}", AskDiet: "{diet}",
}

// askedConservations leaves out what nobody knows.
var askedConservations = []Conservation{LeastConcern, NearThreatened, Vulnerable, Endangered, CriticallyEndangered, ExtinctInTheWild}

var animalKinds = func() []string {
	var kinds []string
	for group, parent := range parentGroups {
		if parent == RootGroup {
			kinds = append(kinds, group)
		}
	}
	slices.Sort(kinds)
	return kinds
}()

// Quiz is the wording of the questions. A kind without a prompt is not asked.
type Quiz struct {
	Choices       int                    `yaml:"choices"` // offered, 3 or 4
	Prompts       map[QuestionKind]Words `yaml:"prompts"`
	Continents    map[Continent]Words    `yaml:"continents"`
	Activities    map[Activity]Words     `yaml:"activities"`
	Conservations map[Conservation]Words `yaml:"conservations"`
	Kinds         map[string]Words       `yaml:"kinds"`
}

// Question is one question with its answer. It is kept as it was asked, since
// facts may be edited before the answer comes.
type Question struct {
	Kind    QuestionKind `json:"kind"`
	Species SpeciesID    `json:"species"` // that it is about
	Prompt  Words        `json:"prompt"`
	Choices []Choice     `json:"choices"`
	Right   string       `json:"right"` // key of the right choice: not for the phone
}

// Choice is one of the answers offered: a value, or a species by its slug.
type Choice struct {
	Key  string `json:"key"`
	Text Words  `json:"text"`
}

// ErrChoice is the answer to a choice that was not offered.
var ErrChoice = errors.New("this was not among the answers")

// Check tells whether a choice is right.
func (q Question) Check(choice string) (right bool, err error) {
	if !slices.ContainsFunc(q.Choices, func(c Choice) bool { return c.Key == choice }) {
		return false, ErrChoice
	}
	return choice == q.Right, nil
}

// QuizSeed gives each capture a question of its own.
func QuizSeed(v VisitorID, c CaptureID) uint64 {
	h := fnv.New64a()
	h.Write([]byte(v))
	h.Write([]byte{0})
	h.Write([]byte(c))
	return h.Sum64()
}

// Ask makes a question from the facts of species that the visitor has seen,
// and so could know. The same seed asks the same. There is none if they have
// seen too little.
func (q Quiz) Ask(zoo []Species, seen map[SpeciesID]Sighted, seed uint64) (Question, bool) {
	a := asker{Quiz: q, r: rand.New(rand.NewPCG(seed, 0))}
	kinds := map[string]bool{}
	for _, s := range zoo {
		if _, ok := seen[s.ID]; ok {
			a.caught = append(a.caught, s)
		}
		if kind := topGroup(s.Group); kind != "" {
			kinds[kind] = true
		}
	}
	slices.SortFunc(a.caught, func(a, b Species) int { return cmp.Compare(a.Number, b.Number) })
	a.kinds = slices.Sorted(maps.Keys(kinds))
	for _, k := range a.r.Perm(len(QuestionKinds)) {
		for _, i := range a.r.Perm(len(a.caught)) {
			if question, ok := a.about(QuestionKinds[k], a.caught[i]); ok {
				return question, true
			}
		}
	}
	return Question{}, false
}

type asker struct {
	Quiz
	r      *rand.Rand
	caught []Species
	kinds  []string // of animals in the zoo
}

// about makes a question of a kind about a species, if there is a fair one.
func (a asker) about(kind QuestionKind, s Species) (Question, bool) {
	q := Question{Kind: kind, Species: s.ID, Prompt: Words{}}
	if a.Prompts[kind] == nil || a.Choices < 2 {
		return q, false
	}
	fact := func(l Language) string { return "" }
	switch kind {
	case AskContinent:
		fact = func(l Language) string { return s.Text(l).Name }
		if len(s.Continents) == 0 {
			return q, false
		}
		home := s.Continents[a.r.IntN(len(s.Continents))]
		q.Right = string(home)
		q.Choices = values(a, a.Continents, continents, home, func(c Continent) bool { return !slices.Contains(s.Continents, c) })
	case AskActivity:
		fact = func(l Language) string { return s.Text(l).Name }
		q.Right = string(s.Activity)
		q.Choices = values(a, a.Activities, activities, s.Activity, nil)
	case AskConservation:
		fact = func(l Language) string { return s.Text(l).Name }
		q.Right = string(s.Conservation)
		q.Choices = values(a, a.Conservations, askedConservations, s.Conservation, nil)
	case AskKind:
		fact = func(l Language) string { return s.Text(l).Name }
		q.Right = topGroup(s.Group)
		q.Choices = values(a, a.Kinds, a.kinds, q.Right, nil)
	case AskLatin:
		fact = func(Language) string { return s.ScientificName }
		q.Right = string(s.Slug)
		q.Choices = a.animals(s, func(o Species) bool { return o.ScientificName != s.ScientificName })
	case AskDiet:
		fact = func(l Language) string { return s.Text(l).Diet }
		q.Right = string(s.Slug)
		q.Choices = a.animals(s, func(o Species) bool { return o.Text(English).Diet != s.Text(English).Diet })
	case AskSleep:
		const clear = 2 // hours
		q.Right = string(s.Slug)
		q.Choices = a.animals(s, func(o Species) bool { return o.SleepHours > 0 && o.SleepHours <= s.SleepHours-clear })
	}
	if len(q.Choices) < a.Choices {
		return q, false
	}
	for _, l := range Languages {
		text := fact(l)
		if (kind == AskLatin || kind == AskDiet) && (text == "" || tells(text, s)) {
			return q, false
		}
		prompt := a.Prompts[kind].In(l)
		if hole := holes[kind]; hole != "" {
			if strings.HasPrefix(prompt, hole) {
				text = capital(text)
			}
			prompt = strings.ReplaceAll(prompt, hole, text)
		}
		q.Prompt[l] = prompt
	}
	return q, true
}

// values offers the right value among wrong ones; none if the right one has no
// words, as what nobody knows.
func values[K ~string](a asker, words map[K]Words, all []K, right K, wrong func(K) bool) []Choice {
	if words[right] == nil {
		return nil
	}
	var others []Choice
	for _, k := range all {
		if k != right && words[k] != nil && (wrong == nil || wrong(k)) {
			others = append(others, Choice{string(k), words[k]})
		}
	}
	return a.mix(Choice{string(right), words[right]}, others)
}

// animals offers the species among others that the visitor has caught.
func (a asker) animals(right Species, wrong func(Species) bool) []Choice {
	var others []Choice
	for _, s := range a.caught {
		if s.ID != right.ID && wrong(s) {
			others = append(others, animal(s))
		}
	}
	return a.mix(animal(right), others)
}

func animal(s Species) Choice {
	name := Words{}
	for _, l := range Languages {
		name[l] = s.Text(l).Name
	}
	return Choice{string(s.Slug), name}
}

func (a asker) mix(right Choice, others []Choice) []Choice {
	a.r.Shuffle(len(others), func(i, j int) { others[i], others[j] = others[j], others[i] })
	choices := append(others[:min(len(others), a.Choices-1)], right)
	a.r.Shuffle(len(choices), func(i, j int) { choices[i], choices[j] = choices[j], choices[i] })
	return choices
}

// tells reports whether a text gives the species away by a word of its name,
// in whatever language.
func tells(text string, s Species) bool {
	text = strings.ToLower(text)
	for _, l := range Languages {
		for _, word := range strings.FieldsFunc(strings.ToLower(s.Text(l).Name), func(r rune) bool { return !unicode.IsLetter(r) }) {
			if utf8.RuneCountInString(word) >= 3 && strings.Contains(text, word) {
				return true
			}
		}
	}
	return false
}

func capital(s string) string {
	r, n := utf8.DecodeRuneInString(s)
	if n == 0 {
		return s
	}
	return string(unicode.ToTitle(r)) + s[n:]
}

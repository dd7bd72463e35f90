package game

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"unicode"
	"unicode/utf8"
)

// The longest texts that fit a facts card, in characters.
const (
	MaxName     = 60
	MaxText     = 220
	MaxSurprise = 260
)

// Problem is one thing wrong with a species, said so that staff can put it right.
type Problem struct {
	Field   string // path as in the catalogue's files: "rarity", "keys[1]", "texts.de.sleep"
	Message string // completes "<field> …": "must be 1 to 5"

	Format string // what the message was made of, for those who say it in other languages
	Values []any
}

// NewProblem says what is wrong with a field.
func NewProblem(field, format string, values ...any) Problem {
	return Problem{field, fmt.Sprintf(format, values...), format, values}
}

func (p Problem) String() string { return p.Field + " " + p.Message }

var (
	slugForm    = regexp.MustCompile(`^[a-z0-9]+(-[a-z0-9]+)*$`)
	taxonForm   = regexp.MustCompile(`^[A-Z][a-z]+$`)
	latinForm   = regexp.MustCompile(`^[A-Z][a-z]+( [a-z×.-]+){1,3}$`) // also "Equus ferus f. caballus"
	wordNetForm = regexp.MustCompile(`^n[0-9]{8}$`)

	activities    = []Activity{Day, Night, Twilight, Anytime}
	conservations = []Conservation{Extinct, ExtinctInTheWild, CriticallyEndangered, Endangered, Vulnerable,
		NearThreatened, LeastConcern, DataDeficient, NotEvaluated}
	continents = []Continent{Africa, Antarctica, Asia, Europe, NorthAmerica, SouthAmerica, Oceania, Ocean}
)

// What there is, in the order in which it is shown.
var (
	Conservations = slices.Clone(conservations)
	Continents    = slices.Clone(continents)
)

// Validate lists what is wrong with a species taken by itself, in the order of
// its fields; nil if nothing is. A translation may have gaps (see
// [Untranslated]) and a species may have no keys, for it can be taught.
// Whether its group exists, its keys are known and its number, slug and names
// are free is for those to check who know the group tree, the network and the
// other species.
func Validate(s Species) []Problem {
	var found []Problem
	check := func(ok bool, field, format string, args ...any) {
		if !ok {
			found = append(found, NewProblem(field, format, args...))
		}
	}

	check(s.Number >= 1, "number", "must be 1 or more")
	check(isSlug(string(s.Slug)), "slug", "must be at most %d lower-case letters and digits, words joined by hyphens", MaxName)
	check(latinForm.MatchString(s.ScientificName) && len(s.ScientificName) <= MaxName,
		"scientificName", "must be a genus and a species like Panthera leo")
	for _, taxon := range []struct{ field, value, example string }{
		{"class", s.Class, "Mammalia"}, {"order", s.Order, "Carnivora"}, {"family", s.Family, "Felidae"},
	} {
		check(taxonForm.MatchString(taxon.value) && len(taxon.value) <= MaxName,
			taxon.field, "must be one Latin word like %s", taxon.example)
	}
	check(isSlug(s.Group), "group", "must be the key of a group like big-cat")
	check(slices.Contains(conservations, s.Conservation), "conservation", "must be a Red List category, one of %v", conservations)

	check(len(s.Continents) > 0, "continents", "must name at least one")
	for i, c := range s.Continents {
		field := fmt.Sprintf("continents[%d]", i)
		check(slices.Contains(continents, c), field, "must be one of %v", continents)
		check(!slices.Contains(s.Continents[:i], c), field, "is there twice")
	}

	check(slices.Contains(activities, s.Activity), "activity", "must be one of %v", activities)
	check(len(s.Awake) > 0, "awake", "must have at least one span")
	for i, a := range s.Awake {
		check(0 <= a.Start && a.Start < 24*60 && 0 <= a.End && a.End <= 24*60 && a.Start != a.End,
			fmt.Sprintf("awake[%d]", i), "must be a span of the day like 17:00-09:30")
	}
	check(0 <= s.SleepHours && s.SleepHours <= 24, "sleepHours", "must be 0 to 24") // NaN is not
	check(1 <= s.Rarity && s.Rarity <= 5, "rarity", "must be 1 to 5")

	for i, k := range s.Keys {
		field := fmt.Sprintf("keys[%d]", i)
		check(wordNetForm.MatchString(k), field, "must be a WordNet id like n02129165")
		check(!slices.Contains(s.Keys[:i], k), field, "is there twice")
	}
	check(s.Art == "" || isSlug(s.Art), "art", "must be empty or a name like a slug")

	for l := range s.Texts {
		check(slices.Contains(Languages, l), "texts", "must be in %v only", Languages)
	}
	for _, l := range Languages {
		for _, f := range s.Texts[l].fields() {
			field := fmt.Sprintf("texts.%s.%s", l, f.name)
			if f.value == "" {
				check(l != English, field, "must not be empty: other languages fall back to it")
				continue
			}
			check(utf8.RuneCountInString(f.value) <= f.max, field, "must have at most %d characters", f.max)
			check(isLine(f.value), field, "must be one line of plain text without spaces around it")
			check(!strings.ContainsAny(f.value, "<>"), field, "must be plain text without < and >")
		}
	}
	return found
}

// Untranslated lists the texts that visitors read in English for want of their
// own language; nil if every language is complete.
func Untranslated(s Species) []Problem {
	var found []Problem
	for _, l := range Languages {
		if l != English {
			for _, name := range Missing(s, l) {
				found = append(found, NewProblem(fmt.Sprintf("texts.%s.%s", l, name), "is missing"))
			}
		}
	}
	return found
}

// Missing names the texts that a species lacks in a language.
func Missing(s Species, l Language) []string {
	var missing []string
	for _, f := range s.Texts[l].fields() {
		if f.value == "" {
			missing = append(missing, f.name)
		}
	}
	return missing
}

// TextsOf is how many texts a species has in a complete language.
var TextsOf = len(Text{}.fields())

type textField struct {
	name, value string
	max         int // characters
}

func (t Text) fields() []textField {
	return []textField{
		{"name", t.Name, MaxName},
		{"habitat", t.Habitat, MaxText},
		{"diet", t.Diet, MaxText},
		{"sleep", t.Sleep, MaxText},
		{"surprise", t.Surprise, MaxSurprise},
	}
}

func isSlug(s string) bool { return len(s) <= MaxName && slugForm.MatchString(s) }

func isLine(s string) bool {
	return utf8.ValidString(s) && strings.TrimSpace(s) == s && !strings.ContainsFunc(s, unicode.IsControl)
}

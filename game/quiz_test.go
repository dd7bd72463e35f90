package game_test

import (
	"errors"
	"reflect"
	"slices"
	"strings"
	"testing"

	"pgregory.net/rapid"

	"github.com/zoodex/zoodex/game"
)

// Whatever was caught, a question can be answered from the facts of what was
// caught, and from nothing else.
func TestAQuestionIsFair(t *testing.T) {
	r, zoo := starter(t)
	bySlug := map[string]game.Species{}
	for _, s := range zoo {
		bySlug[string(s.Slug)] = s
	}
	rapid.Check(t, func(t *rapid.T) {
		seen := map[game.SpeciesID]game.Sighted{}
		for _, s := range rapid.SliceOfN(rapid.SampledFrom(zoo), 0, 12).Draw(t, "caught") {
			seen[s.ID] = game.Sighted{Times: 1}
		}
		seed := rapid.Uint64().Draw(t, "seed")
		q, ok := r.Quiz.Ask(zoo, seen, seed)
		if !ok {
			if len(seen) > 0 {
				t.Fatalf("no question about %v", seen)
			}
			return
		}
		if again, _ := r.Quiz.Ask(zoo, seen, seed); !reflect.DeepEqual(again, q) {
			t.Fatalf("the same seed asks %+v and %+v", q, again)
		}
		s := bySlug[string(q.Species)]
		if _, caught := seen[q.Species]; !caught {
			t.Fatalf("%s was not caught", q.Species)
		}
		if len(q.Choices) != r.Quiz.Choices {
			t.Fatalf("got %d choices", len(q.Choices))
		}
		rights, keys := 0, map[string]bool{}
		for _, c := range q.Choices {
			keys[c.Key] = true
			right, err := q.Check(c.Key)
			if err != nil {
				t.Fatal(err)
			}
			var want bool
			other, isAnimal := bySlug[c.Key]
			switch q.Kind {
			case game.AskContinent:
				want = slices.Contains(s.Continents, game.Continent(c.Key))
			case game.AskActivity:
				want = string(s.Activity) == c.Key
			case game.AskConservation:
				want = string(s.Conservation) == c.Key
			case game.AskKind:
				want = game.InGroup(s.Group, c.Key)
			case game.AskLatin:
				want = isAnimal && other.ScientificName == s.ScientificName
			case game.AskDiet:
				want = isAnimal && other.Text(game.English).Diet == s.Text(game.English).Diet
			case game.AskSleep:
				want = isAnimal && other.ID == s.ID
				if other.SleepHours <= 0 || !want && other.SleepHours > s.SleepHours-2 {
					t.Fatalf("%s sleeps %g hours, %s %g", other.Slug, other.SleepHours, s.Slug, s.SleepHours)
				}
			}
			if right != want {
				t.Fatalf("%s of %s: %s is right: %v, want %v", q.Kind, s.Slug, c.Key, right, want)
			}
			if right {
				rights++
			}
			if _, caught := seen[other.ID]; isAnimal && !caught {
				t.Fatalf("%s is offered and was not caught", c.Key)
			}
			for _, l := range game.Languages {
				if c.Text[l] == "" {
					t.Fatalf("%s has no words for %s", l, c.Key)
				}
			}
		}
		if rights != 1 || len(keys) != len(q.Choices) {
			t.Fatalf("got %d right ones among %+v", rights, q.Choices)
		}
		for _, l := range game.Languages {
			prompt := q.Prompt[l]
			if prompt == "" || strings.ContainsAny(prompt, "{}") {
				t.Fatalf("%s: got %q", l, prompt)
			}
			if name := s.Text(l).Name; (q.Kind == game.AskDiet || q.Kind == game.AskSleep) && strings.Contains(strings.ToLower(prompt), strings.ToLower(name)) {
				t.Fatalf("%q gives %s away", prompt, name)
			}
		}
	})
}

func TestEveryFactIsAskedFor(t *testing.T) {
	r, zoo := starter(t)
	seen := map[game.SpeciesID]game.Sighted{}
	for _, s := range zoo[:30] {
		seen[s.ID] = game.Sighted{Times: 1}
	}
	asked := map[game.QuestionKind]int{}
	for seed := range uint64(300) {
		q, _ := r.Quiz.Ask(zoo, seen, seed)
		asked[q.Kind]++
	}
	for _, k := range game.QuestionKinds {
		if asked[k] == 0 {
			t.Errorf("no question of kind %s in %v", k, asked)
		}
	}
}

func TestAQuestionInThreeLanguages(t *testing.T) {
	r, zoo := starter(t)
	quiz := r.Quiz
	quiz.Prompts = map[game.QuestionKind]game.Words{game.AskActivity: r.Quiz.Prompts[game.AskActivity]}
	q, ok := quiz.Ask(zoo, map[game.SpeciesID]game.Sighted{"lion": {Times: 1}}, game.QuizSeed("ann", "1"))
	want := game.Words{
		game.English: "Lion: when is this animal awake?",
		game.German:  "Löwe: Wann ist dieses Tier wach?",
		game.French:  "Lion : quand cet animal est-il éveillé ?",
	}
	if !ok || !reflect.DeepEqual(q.Prompt, want) || q.Right != "twilight" {
		t.Errorf("got %+v, %v", q, ok)
	}
	if _, err := q.Check("noon"); !errors.Is(err, game.ErrChoice) {
		t.Errorf("a choice that was not offered: got %v", err)
	}
	if game.QuizSeed("ann", "1") == game.QuizSeed("ann", "2") || game.QuizSeed("ann", "1") == game.QuizSeed("an", "n1") {
		t.Error("captures share their seed")
	}
}

func TestWhatNobodyKnowsIsNotAsked(t *testing.T) {
	zoo := smallZoo()
	quiz := plain().Quiz
	for name, c := range map[string]struct {
		kind   game.QuestionKind
		caught []game.SpeciesID
	}{
		"a species that nobody evaluated":  {game.AskConservation, []game.SpeciesID{"cobra"}},
		"sleep that nobody counted":        {game.AskSleep, []game.SpeciesID{"cobra", "owl", "shark"}},
		"who sleeps longest, nearly equal": {game.AskSleep, []game.SpeciesID{"parrot", "wallaby", "gorilla"}},
		"animals not caught":               {game.AskLatin, []game.SpeciesID{"lion", "tiger"}},
	} {
		seen := map[game.SpeciesID]game.Sighted{}
		for _, s := range c.caught {
			seen[s] = game.Sighted{Times: 1}
		}
		only := quiz
		only.Prompts = map[game.QuestionKind]game.Words{c.kind: quiz.Prompts[c.kind]}
		for seed := range uint64(50) {
			if q, ok := only.Ask(zoo, seen, seed); ok {
				t.Errorf("%s: got %+v", name, q)
				break
			}
		}
	}
}

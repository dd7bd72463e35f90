package game_test

import (
	"maps"
	"math"
	"slices"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/game"
)

func lion() game.Species {
	text := game.Text{Name: "lion", Habitat: "Savannah.", Diet: "Zebras.", Sleep: "Twenty hours.", Surprise: "It roars."}
	return game.Species{
		Number: 1, Slug: "lion", ScientificName: "Panthera leo", Class: "Mammalia", Order: "Carnivora", Family: "Felidae",
		Group: "big-cat", Conservation: game.Vulnerable, Continents: []game.Continent{game.Africa, game.Asia},
		Activity: game.Twilight, Awake: []game.Awake{{Start: 16 * 60, End: 8 * 60}}, SleepHours: 20, Rarity: 3,
		Keys: []string{"n02129165"}, Art: "lion",
		Texts: map[game.Language]game.Text{game.English: text, game.German: text, game.French: text},
	}
}

// write puts a changed text into a species.
func write(s *game.Species, l game.Language, change func(*game.Text)) {
	t := s.Texts[l]
	change(&t)
	s.Texts[l] = t
}

func TestWhatMayStandInASpecies(t *testing.T) {
	for name, change := range map[string]func(*game.Species){
		"as it is":              func(*game.Species) {},
		"subspecies":            func(s *game.Species) { s.ScientificName = "Gorilla gorilla gorilla" },
		"domestic form":         func(s *game.Species) { s.ScientificName = "Equus ferus f. caballus" },
		"taught, no keys":       func(s *game.Species) { s.Keys = nil },
		"art by its group":      func(s *game.Species) { s.Art = "" },
		"sleep unknown":         func(s *game.Species) { s.SleepHours = 0 },
		"awake round the clock": func(s *game.Species) { s.Awake = []game.Awake{{Start: 0, End: 24 * 60}} },
		"no French":             func(s *game.Species) { delete(s.Texts, game.French) },
		"longest text": func(s *game.Species) {
			write(s, game.German, func(t *game.Text) { t.Diet = strings.Repeat("ß", game.MaxText) })
		},
	} {
		t.Run(name, func(t *testing.T) {
			s := lion()
			change(&s)
			if problems := game.Validate(s); problems != nil {
				t.Errorf("got %v, want no problem", problems)
			}
		})
	}
}

func TestEveryMistakeIsNamedByItsField(t *testing.T) {
	for _, c := range []struct {
		name, field string
		change      func(*game.Species)
	}{
		{"no number", "number", func(s *game.Species) { s.Number = 0 }},
		{"capital slug", "slug", func(s *game.Species) { s.Slug = "Lion" }},
		{"slug with a path", "slug", func(s *game.Species) { s.Slug = "../lion" }},
		{"slug with a line break", "slug", func(s *game.Species) { s.Slug = "lion\n" }},
		{"endless slug", "slug", func(s *game.Species) { s.Slug = game.Slug(strings.Repeat("a", 61)) }},
		{"genus alone", "scientificName", func(s *game.Species) { s.ScientificName = "Panthera" }},
		{"small genus", "scientificName", func(s *game.Species) { s.ScientificName = "panthera leo" }},
		{"no class", "class", func(s *game.Species) { s.Class = "" }},
		{"order in English", "order", func(s *game.Species) { s.Order = "meat eaters" }},
		{"small family", "family", func(s *game.Species) { s.Family = "felidae" }},
		{"no group", "group", func(s *game.Species) { s.Group = "" }},
		{"made-up category", "conservation", func(s *game.Species) { s.Conservation = "OK" }},
		{"nowhere", "continents", func(s *game.Species) { s.Continents = nil }},
		{"unknown continent", "continents[1]", func(s *game.Species) { s.Continents[1] = "atlantis" }},
		{"continent twice", "continents[1]", func(s *game.Species) { s.Continents[1] = game.Africa }},
		{"unknown activity", "activity", func(s *game.Species) { s.Activity = "tea-time" }},
		{"never awake", "awake", func(s *game.Species) { s.Awake = nil }},
		{"empty span", "awake[0]", func(s *game.Species) { s.Awake[0] = game.Awake{Start: 60, End: 60} }},
		{"span before midnight", "awake[0]", func(s *game.Species) { s.Awake[0].Start = -60 }},
		{"span after the day", "awake[0]", func(s *game.Species) { s.Awake[0].End = 24*60 + 1 }},
		{"negative sleep", "sleepHours", func(s *game.Species) { s.SleepHours = -1 }},
		{"25 hours of sleep", "sleepHours", func(s *game.Species) { s.SleepHours = 25 }},
		{"sleep not a number", "sleepHours", func(s *game.Species) { s.SleepHours = math.NaN() }},
		{"rarity 0", "rarity", func(s *game.Species) { s.Rarity = 0 }},
		{"rarity 6", "rarity", func(s *game.Species) { s.Rarity = 6 }},
		{"short key", "keys[0]", func(s *game.Species) { s.Keys[0] = "n212" }},
		{"key twice", "keys[1]", func(s *game.Species) { s.Keys = append(s.Keys, s.Keys[0]) }},
		{"art elsewhere", "art", func(s *game.Species) { s.Art = "https://example.org/lion.svg" }},
		{"unknown language", "texts", func(s *game.Species) { s.Texts["xx"] = game.Text{Name: "lion"} }},
		{"no English", "texts.en.diet", func(s *game.Species) { write(s, game.English, func(t *game.Text) { t.Diet = "" }) }},
		{"long name", "texts.de.name", func(s *game.Species) {
			write(s, game.German, func(t *game.Text) { t.Name = strings.Repeat("ö", game.MaxName+1) })
		}},
		{"long surprise", "texts.fr.surprise", func(s *game.Species) {
			write(s, game.French, func(t *game.Text) { t.Surprise = strings.Repeat("é", game.MaxSurprise+1) })
		}},
		{"two lines", "texts.fr.sleep", func(s *game.Species) { write(s, game.French, func(t *game.Text) { t.Sleep = "Oui.\nNon." }) }},
		{"spaces only", "texts.en.habitat", func(s *game.Species) { write(s, game.English, func(t *game.Text) { t.Habitat = "  " }) }},
		{"broken UTF-8", "texts.de.diet", func(s *game.Species) { write(s, game.German, func(t *game.Text) { t.Diet = "K\xe4se" }) }},
	} {
		t.Run(c.name, func(t *testing.T) {
			s := lion()
			c.change(&s)
			problems := game.Validate(s)
			if len(problems) != 1 || problems[0].Field != c.field || problems[0].Message == "" {
				t.Errorf("got %v, want one problem with %s", problems, c.field)
			}
		})
	}
}

func TestNothingAtAllIsWrongEverywhere(t *testing.T) {
	var fields []string
	for _, p := range game.Validate(game.Species{}) {
		fields = append(fields, p.Field)
	}
	want := []string{"number", "slug", "scientificName", "class", "order", "family", "group", "conservation", "continents",
		"activity", "awake", "rarity", "texts.en.name", "texts.en.habitat", "texts.en.diet", "texts.en.sleep", "texts.en.surprise"}
	if !slices.Equal(fields, want) {
		t.Errorf("got  %v\nwant %v", fields, want)
	}
}

func TestMissingTranslationsAreListed(t *testing.T) {
	s := lion()
	if gaps := game.Untranslated(s); gaps != nil {
		t.Errorf("complete species: got %v", gaps)
	}
	delete(s.Texts, game.French)
	write(&s, game.German, func(t *game.Text) { t.Sleep = "" })
	got := map[string]bool{}
	for _, p := range game.Untranslated(s) {
		got[p.Field] = true
	}
	want := map[string]bool{"texts.de.sleep": true, "texts.fr.name": true, "texts.fr.habitat": true,
		"texts.fr.diet": true, "texts.fr.sleep": true, "texts.fr.surprise": true}
	if !maps.Equal(got, want) {
		t.Errorf("got %v, want %v", got, want)
	}
}

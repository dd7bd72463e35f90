package game

import (
	"errors"
	"fmt"
	"strconv"
	"strings"
)

// Fact is one value of a species as text, under the path that it has in the
// catalogue's files: what tables, histories and comparisons of species are
// made of. Lists are words with spaces between them.
type Fact struct {
	Path string // "rarity", "texts.de.sleep"
	Here bool   // it means something in this zoo only: tables go without it
	Get  func(Species) string
	Set  func(*Species, string) error // says what is wrong with text that cannot be read: "must be a number"
}

// Facts are all that staff may change of a species, in the order in which they
// are shown. Its number and slug are not among them: they stay.
var Facts = facts()

func facts() []Fact {
	text := func(path string, at func(*Species) *string) Fact {
		return Fact{Path: path, Get: func(s Species) string { return *at(&s) }, Set: func(s *Species, v string) error { *at(s) = v; return nil }}
	}
	own := func(f Fact) Fact { f.Here = true; return f }
	all := []Fact{
		text("scientificName", func(s *Species) *string { return &s.ScientificName }),
		text("class", func(s *Species) *string { return &s.Class }),
		text("order", func(s *Species) *string { return &s.Order }),
		text("family", func(s *Species) *string { return &s.Family }),
		text("group", func(s *Species) *string { return &s.Group }),
		text("conservation", func(s *Species) *string { return (*string)(&s.Conservation) }),
		{"continents", false, func(s Species) string { return join(s.Continents) }, func(s *Species, v string) error {
			s.Continents = split[Continent](v)
			return nil
		}},
		text("activity", func(s *Species) *string { return (*string)(&s.Activity) }),
		{"awake", false, func(s Species) string {
			spans := make([]string, len(s.Awake))
			for i, a := range s.Awake {
				spans[i] = a.String()
			}
			return join(spans)
		}, func(s *Species, v string) error {
			s.Awake = nil
			for _, word := range split[string](v) {
				span, err := ParseAwake(word)
				if err != nil {
					return errors.New("must be spans of the day like 17:00-09:30")
				}
				s.Awake = append(s.Awake, span)
			}
			return nil
		}},
		{"sleepHours", false, func(s Species) string { return strconv.FormatFloat(s.SleepHours, 'f', -1, 64) }, func(s *Species, v string) (err error) {
			if s.SleepHours, err = strconv.ParseFloat(v, 64); err != nil {
				return errors.New("must be a number")
			}
			return nil
		}},
		{"rarity", false, func(s Species) string { return strconv.Itoa(s.Rarity) }, func(s *Species, v string) (err error) {
			if s.Rarity, err = strconv.Atoi(v); err != nil {
				return errors.New("must be a number")
			}
			return nil
		}},
		{"keys", false, func(s Species) string { return join(s.Keys) }, func(s *Species, v string) error {
			s.Keys = split[string](v)
			return nil
		}},
		text("art", func(s *Species) *string { return &s.Art }),
		own(text("picture", func(s *Species) *string { return &s.Picture })),
		{"onDisplay", false, func(s Species) string { return strconv.FormatBool(s.OnDisplay) }, func(s *Species, v string) error {
			s.OnDisplay = v == "true"
			if v != "true" && v != "false" {
				return errors.New("must be true or false")
			}
			return nil
		}},
	}
	for _, l := range Languages {
		for _, f := range []struct {
			name string
			at   func(*Text) *string
		}{
			{"name", func(t *Text) *string { return &t.Name }},
			{"habitat", func(t *Text) *string { return &t.Habitat }},
			{"diet", func(t *Text) *string { return &t.Diet }},
			{"sleep", func(t *Text) *string { return &t.Sleep }},
			{"surprise", func(t *Text) *string { return &t.Surprise }},
		} {
			all = append(all, Fact{fmt.Sprintf("texts.%s.%s", l, f.name), false, func(s Species) string {
				t := s.Texts[l]
				return *f.at(&t)
			}, func(s *Species, v string) error {
				texts := map[Language]Text{} // species may share theirs
				for l, t := range s.Texts {
					texts[l] = t
				}
				t := texts[l]
				*f.at(&t) = v
				texts[l] = t
				s.Texts = texts
				return nil
			}})
		}
	}
	return all
}

func join[S ~string](words []S) string {
	texts := make([]string, len(words))
	for i, w := range words {
		texts[i] = string(w)
	}
	return strings.Join(texts, " ")
}

func split[S ~string](text string) []S {
	words := strings.Fields(text)
	out := make([]S, len(words))
	for i, w := range words {
		out[i] = S(w)
	}
	return out
}

// FactChange is a fact that differs between two states of a species.
type FactChange struct {
	Path, Before, After string
}

// CompareFacts lists the facts in which two states of a species differ.
func CompareFacts(before, after Species) []FactChange {
	var changes []FactChange
	for _, f := range Facts {
		if b, a := f.Get(before), f.Get(after); b != a {
			changes = append(changes, FactChange{f.Path, b, a})
		}
	}
	return changes
}

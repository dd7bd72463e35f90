package store_test

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"slices"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"pgregory.net/rapid"
)

// modelVisitor is a visitor as a naive program would keep them: the answers
// that were given, in order.
type modelVisitor struct {
	id      game.VisitorID
	token   game.Token
	name    string
	answers []game.Capture
}

// judge says what a capture should be answered, from all earlier answers.
func (v *modelVisitor) judge(c game.Capture, zoo []game.Species) game.Capture {
	caught := map[game.SpeciesID]bool{}
	for _, a := range v.answers {
		c.Progress.Points += a.Earned
		caught[a.Species] = true
	}
	switch {
	case c.Verdict == game.Undecided:
		c.Outcome = game.Unsure
	case c.Verdict == game.NoAnimal:
		c.Outcome = game.Nothing
	case c.Verdict == game.NotOurs:
		c.Outcome = game.Stranger
	case caught[c.Species]:
		c.Outcome = game.Seen
	default:
		c.Outcome = game.Caught
		for _, s := range zoo {
			if s.ID == c.Species {
				c.Earned = [...]int{0, 10, 20, 35, 60, 100}[s.Rarity]
			}
		}
	}
	caught[c.Species] = true
	c.Progress.Points += c.Earned
	for _, s := range zoo {
		if caught[s.ID] {
			c.Progress.Caught++
		}
		if caught[s.ID] || s.OnDisplay {
			c.Progress.Total++
		}
	}
	return c
}

// TestTheStoreDoesWhatANaiveModelDoes runs random histories of several
// visitors and of a staff that edits, through two stores over one database.
func TestTheStoreDoesWhatANaiveModelDoes(t *testing.T) {
	t.Parallel()
	f := founded(t)
	steps := 0
	rapid.Check(t, func(rt *rapid.T) { steps += history(rt, f) })
	t.Logf("%d steps", steps)
}

func history(rt *rapid.T, f *fixture) (steps int) {
	ctx := f.t.Context()
	stores := []*fixture{f, f.restarted()}
	var visitors, erased []*modelVisitor

	store := func() *fixture { return rapid.SampledFrom(stores).Draw(rt, "store") }
	visitor := func() *modelVisitor {
		if len(visitors) == 0 {
			rt.Skip("nobody is here")
		}
		return rapid.SampledFrom(visitors).Draw(rt, "visitor")
	}
	earlier := func() (*modelVisitor, game.Capture) {
		v := visitor()
		if len(v.answers) == 0 {
			rt.Skip("nothing was captured")
		}
		return v, rapid.SampledFrom(v.answers).Draw(rt, "earlier")
	}
	record := func(c game.Capture) (game.Capture, bool, error) {
		s := store()
		return s.Record(ctx, s.zoo(), c)
	}
	sighting := func(id game.VisitorID) game.Capture {
		c := f.sighting(id, rapid.IntRange(1, 5).Draw(rt, "species"))
		c.Verdict = rapid.SampledFrom([]game.Verdict{game.Certain, game.Certain, game.Undecided, game.NoAnimal, game.NotOurs}).Draw(rt, "verdict")
		if c.Verdict != game.Certain {
			c.Species = ""
		}
		c.At = opening.Add(-time.Duration(rapid.IntRange(0, 7*24*3600).Draw(rt, "seconds")) * time.Second)
		c.PhotoSig = rapid.Uint64().Draw(rt, "signature")
		c.Confidence = rapid.Float64Range(0, 1).Draw(rt, "confidence")
		return c
	}
	keep := func(v *modelVisitor, c game.Capture) {
		want := v.judge(c, f.zoo().Species)
		got, fresh, err := record(c)
		if err != nil || !fresh || !reflect.DeepEqual(got, want) {
			rt.Fatalf("fresh %v, %v, recorded\n%+v\nwant\n%+v", fresh, err, got, want)
		}
		v.answers = append(v.answers, got)
	}

	rt.Repeat(map[string]func(*rapid.T){
		"welcome": func(*rapid.T) {
			v := &modelVisitor{token: game.NewToken(), name: rapid.StringN(1, 20, -1).Filter(func(s string) bool {
				return !slices.Contains([]rune(s), 0)
			}).Draw(rt, "nickname")}
			made, err := store().Welcome(ctx, v.name, v.token, game.NewPassCode())
			if err != nil {
				rt.Fatal(err)
			}
			v.id = made.ID
			visitors = append(visitors, v)
		},
		"capture":       func(*rapid.T) { v := visitor(); keep(v, sighting(v.id)) },
		"capture again": func(*rapid.T) { v := visitor(); keep(v, sighting(v.id)) },
		"retry": func(*rapid.T) {
			v, first := earlier()
			c := sighting(v.id) // recognised anew, maybe differently
			c.ID, c.PhotoSum = first.ID, first.PhotoSum
			got, fresh, err := record(c)
			if err != nil || fresh || !reflect.DeepEqual(got, first) {
				rt.Fatalf("fresh %v, %v, retried\n%+v\nfirst was\n%+v", fresh, err, got, first)
			}
		},
		"retry with another photo": func(*rapid.T) {
			_, c := earlier()
			c.PhotoSum = sha256.Sum256([]byte(uuid.NewString()))
			if _, _, err := record(c); !errors.Is(err, game.ErrConflict) {
				rt.Fatalf("another photo: %v", err)
			}
		},
		"use another's id": func(*rapid.T) {
			_, c := earlier()
			v := visitor()
			if slices.ContainsFunc(v.answers, func(a game.Capture) bool { return a.ID == c.ID }) {
				rt.Skip("it is their own")
			}
			own := sighting(v.id)
			own.ID = c.ID
			keep(v, own)
		},
		"rename": func(*rapid.T) {
			v := visitor()
			v.name = "Calm Koala 7"
			if err := store().Rename(ctx, v.id, v.name); err != nil {
				rt.Fatal(err)
			}
		},
		"erase": func(*rapid.T) {
			v := visitor()
			if err := store().Erase(ctx, v.id); err != nil {
				rt.Fatal(err)
			}
			visitors = slices.DeleteFunc(visitors, func(x *modelVisitor) bool { return x == v })
			erased = append(erased, v)
		},
		"staff edits": func(*rapid.T) {
			n := rapid.IntRange(1, 5).Draw(rt, "species")
			f.sql(`UPDATE species SET rarity = ?, on_display = ? WHERE number = ?`,
				rapid.IntRange(1, 5).Draw(rt, "rarity"), rapid.Bool().Draw(rt, "on display"), n)
		},
		"": func(*rapid.T) {
			steps++
			for _, v := range visitors {
				check(rt, store(), v)
			}
			for _, v := range erased {
				if _, err := store().Visitor(ctx, v.token); !errors.Is(err, game.ErrUnknown) {
					rt.Fatalf("an erased visitor is there: %v", err)
				}
				c := sighting(v.id)
				if _, _, err := record(c); !errors.Is(err, game.ErrUnknown) {
					rt.Fatalf("an erased visitor captured: %v", err)
				}
			}
		},
	})
	return steps
}

// check compares all that can be asked about a visitor with the model.
func check(rt *rapid.T, s *fixture, v *modelVisitor) {
	points := 0
	seen := map[game.SpeciesID]game.Sighted{}
	for _, a := range v.answers {
		points += a.Earned
		if a.Species == "" {
			continue
		}
		sighted := seen[a.Species]
		if sighted.Times == 0 || a.At.Before(sighted.First) {
			sighted.First = a.At
		}
		sighted.Times++
		seen[a.Species] = sighted
	}
	got, err := s.Visitor(s.t.Context(), v.token)
	if err != nil || got.ID != v.id || got.Nickname != v.name || got.Points != points {
		rt.Fatalf("visitor %+v, %v, want %q with %d points", got, err, v.name, points)
	}
	if collected, sum := s.collection(v.id); !reflect.DeepEqual(collected, seen) || sum != points {
		rt.Fatalf("collection %v, %d points, want %v, %d", collected, sum, seen, points)
	}
	captures, err := s.Captures(s.t.Context(), v.id)
	if err != nil || len(captures) != len(v.answers) {
		rt.Fatalf("%d captures, %v, want %d", len(captures), err, len(v.answers))
	}
	for i, c := range captures {
		if i > 0 && c.At.Before(captures[i-1].At) {
			rt.Fatalf("captures are not in order of time")
		}
		if !slices.ContainsFunc(v.answers, func(a game.Capture) bool { return reflect.DeepEqual(a, c) }) {
			rt.Fatalf("kept\n%+v\nwhich nobody was answered", c)
		}
	}
}

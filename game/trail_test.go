package game_test

import (
	"testing"

	"github.com/zoodex/zoodex/game"
)

func TestHowATrailIsWalked(t *testing.T) {
	day := "2026-05-01"
	dated := func(from, until string) game.Trail {
		tr := trail(false, step("lion"), step("owl"))
		if from != "" {
			tr.From, _ = game.ParseDate(from)
		}
		if until != "" {
			tr.Until, _ = game.ParseDate(until)
		}
		return tr
	}
	for _, c := range []struct {
		name  string
		trail game.Trail
		saw   []game.SpeciesID
		done  int
		by    game.CaptureID // the capture that completed it
	}{
		{"in any order", trail(false, step("lion"), step("owl")), []game.SpeciesID{"owl", "tiger", "lion"}, 2, "2026-05-01/3"},
		{"half", trail(false, step("lion"), step("owl")), []game.SpeciesID{"owl", "tiger"}, 1, ""},
		{"any big cat", trail(false, anyOf("big-cat")), []game.SpeciesID{"lynx", "tiger"}, 1, "2026-05-01/2"},
		{"any cat, small ones too", trail(false, anyOf("cat")), []game.SpeciesID{"lynx"}, 1, "2026-05-01/1"},
		{"two big cats are two", trail(false, anyOf("big-cat"), anyOf("big-cat")), []game.SpeciesID{"lion", "lion"}, 1, ""},
		{"two different ones do", trail(false, anyOf("big-cat"), anyOf("big-cat")), []game.SpeciesID{"lion", "lion", "tiger"}, 2, "2026-05-01/3"},
		{"the narrowest step first", trail(false, anyOf("cat"), anyOf("big-cat"), step("lion")), []game.SpeciesID{"lion", "tiger", "lynx"}, 3, "2026-05-01/3"},
		{"whatever comes first", trail(false, anyOf("cat"), anyOf("big-cat"), step("lion")), []game.SpeciesID{"lynx", "tiger", "lion"}, 3, "2026-05-01/3"},
		{"in order", trail(true, step("lion"), step("owl"), anyOf("snake")), []game.SpeciesID{"lion", "owl", "cobra"}, 3, "2026-05-01/3"},
		{"out of order", trail(true, step("lion"), step("owl"), anyOf("snake")), []game.SpeciesID{"cobra", "owl", "lion"}, 1, ""},
		{"in order at the second try", trail(true, step("lion"), step("owl")), []game.SpeciesID{"owl", "lion", "owl"}, 2, "2026-05-01/3"},
		{"on its last day", dated("", "2026-05-01"), []game.SpeciesID{"owl", "lion"}, 2, "2026-05-01/2"},
		{"on its first day", dated("2026-05-01", "2026-05-31"), []game.SpeciesID{"owl", "lion"}, 2, "2026-05-01/2"},
		{"before its days", dated("2026-05-02", ""), []game.SpeciesID{"owl", "lion"}, 0, ""},
		{"after its days", dated("", "2026-04-30"), []game.SpeciesID{"owl", "lion"}, 0, ""},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := plain()
			r.Trails = []game.Trail{c.trail}
			if problems := r.Check(smallZoo()); problems != nil {
				t.Fatal(problems)
			}
			state := referee(t, r, smallZoo()).Replay(visitOf(day, c.saw...))
			w := state.Trails[0]
			if w.Done != c.done || w.Capture != c.by {
				t.Errorf("got %+v, want %d steps and completion by %q", w, c.done, c.by)
			}
			points := 0
			for _, l := range state.Lines {
				if l.Reason == game.ForTrail && l.Capture == c.by {
					points += l.Points
				}
			}
			if want := map[bool]int{true: 1000}[w.Complete()]; points != want {
				t.Errorf("got %d points for the trail, want %d", points, want)
			}
		})
	}
}

func TestATrailIsNoticedOnceAtThreeQuarters(t *testing.T) {
	r := plain()
	animals := []game.SpeciesID{"lion", "tiger", "lynx", "gorilla", "badger", "owl", "parrot", "cobra"}
	var steps []game.Step
	for _, s := range animals {
		steps = append(steps, step(game.Slug(s)))
	}
	r.Trails = []game.Trail{trail(true, steps...)}
	ref := referee(t, r, smallZoo())
	history := visitOf("2026-05-01", animals...)
	for i, want := range []game.Notice{"", "", "", "", "", game.AlmostDone, "", game.AllDone} {
		got := game.Compare(ref.Replay(history[:i]), ref.Replay(history[:i+1])).Trails
		if len(got) != 1 || got[0] != (game.TrailGain{Trail: "trail", Done: i + 1, Total: 8, Notice: want}) {
			t.Errorf("step %d: got %+v, want notice %q", i+1, got, want)
		}
	}
}

// Who has seen everything can still walk a new trail.
func TestADatedTrailCountsOldFriends(t *testing.T) {
	r := plain()
	r.Trails = []game.Trail{trail(false, step("lion"), step("owl"))}
	r.Trails[0].From = game.Date{Year: 2026, Month: 6, Day: 1}
	history := append(visitOf("2026-05-01", "lion", "owl"), visitOf("2026-06-01", "owl", "lion")...)
	if w := referee(t, r, smallZoo()).Replay(history).Trails[0]; w.Capture != "2026-06-01/2" {
		t.Errorf("got %+v", w)
	}
}

func TestAStepIsShownWithItsTimes(t *testing.T) {
	ref := referee(t, plain(), smallZoo())
	if got := ref.Wakes(game.Step{Species: "badger", Wakes: true}); len(got) != 1 || got[0].String() != "20:00-05:00" {
		t.Errorf("got %v, want 20:00-05:00", got)
	}
	if got := ref.Wakes(game.Step{Species: "badger"}); got != nil {
		t.Errorf("got %v without being asked", got)
	}
}

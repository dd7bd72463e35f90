package game_test

import (
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

func TestWhichCaptureEarnsABadge(t *testing.T) {
	first, second := "2026-05-01", "2026-05-02"
	day := func(d string, s ...game.SpeciesID) []game.Taken { return visitOf(d, s...) }
	for _, c := range []struct {
		name    string
		badge   game.Badge
		history [][]game.Taken
		want    game.CaptureID // "" = not earned
		have    int
		need    int
	}{
		{"so many animals", badge(game.CollectionBadge, 2), [][]game.Taken{day(first, "lion", "lion", "owl", "cobra")}, "2026-05-01/3", 3, 2},
		{"not that many yet", badge(game.CollectionBadge, 3), [][]game.Taken{day(first, "lion", "lion", "owl")}, "", 2, 3},
		{"all cats", badge(game.GroupBadge, 0, "cat"), [][]game.Taken{day(first, "lion", "tiger"), day(second, "owl", "lynx")}, "2026-05-02/2", 3, 3},
		{"not all cats", badge(game.GroupBadge, 0, "cat"), [][]game.Taken{day(first, "lion", "tiger", "owl")}, "", 2, 3},
		{"all of one kind is nothing", badge(game.GroupBadge, 0, "owl"), [][]game.Taken{day(first, "owl")}, "", 1, 2},
		{"one of two groups", badge(game.GroupBadge, 1, "snake", "frog"), [][]game.Taken{day(first, "cobra")}, "2026-05-01/1", 1, 1},
		{"everything with feathers", badge(game.ClassBadge, 0, "Aves"), [][]game.Taken{day(first, "owl", "parrot")}, "2026-05-01/2", 2, 2},
		{"a family", badge(game.FamilyBadge, 0, "Felidae"), [][]game.Taken{day(first, "lynx", "tiger", "lion")}, "2026-05-01/3", 3, 3},
		{"awake at night", badge(game.ActivityBadge, 2, "night"), [][]game.Taken{day(first, "owl", "lion", "badger")}, "2026-05-01/3", 2, 2},
		{"endangered", badge(game.ConservationBadge, 2, "EN", "CR"), [][]game.Taken{day(first, "lion", "tiger", "shark")}, "2026-05-01/3", 2, 2},
		{"rare", badge(game.RarityBadge, 1, "5"), [][]game.Taken{day(first, "lion", "cobra")}, "2026-05-01/2", 1, 1},
		{"of a continent", badge(game.ContinentBadge, 2, "europe"), [][]game.Taken{day(first, "lion", "lynx", "badger")}, "2026-05-01/3", 2, 2},
		{"two continents in one animal", badge(game.ContinentsBadge, 2), [][]game.Taken{day(first, "lynx")}, "2026-05-01/1", 2, 2},
		{"the ocean is no continent", badge(game.ContinentsBadge, 2), [][]game.Taken{day(first, "lion", "shark")}, "", 1, 2},
		{"five continents", badge(game.ContinentsBadge, 5), [][]game.Taken{day(first, "lion", "lynx", "parrot", "owl")}, "2026-05-01/4", 5, 5},
		{"visits", badge(game.VisitsBadge, 2), [][]game.Taken{day(first, "lion", "lion"), day(second, "lion", "owl")}, "2026-05-02/1", 2, 2},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := plain()
			r.Badges = []game.Badge{c.badge}
			var history []game.Taken
			for _, d := range c.history {
				history = append(history, d...)
			}
			got := referee(t, r, smallZoo()).Replay(history).Badges[0]
			if got.Capture != c.want || got.Have != c.have || got.Need != c.need {
				t.Errorf("got %+v, want capture %q, %d of %d", got, c.want, c.have, c.need)
			}
		})
	}
}

func TestBadgesForTrailsAndAnswers(t *testing.T) {
	r := plain()
	r.Trails = []game.Trail{trail(false, step("lion")), trail(false, step("owl"))}
	r.Trails[1].Key = "other"
	r.Badges = []game.Badge{badge(game.TrailsBadge, 2), badge(game.TrailsBadge, 1, "other"), badge(game.QuizBadge, 2)}
	r.Badges[1].Key, r.Badges[2].Key = "b", "c"
	history := visitOf("2026-05-01", "lion", "tiger", "owl")
	for i := range history {
		history[i].Answer = &game.Answer{Right: i > 0, At: history[i].At.Add(-time.Duration(i) * time.Hour)} // the later was answered first
	}
	badges := referee(t, r, smallZoo()).Replay(history).Badges
	for i, want := range []game.CaptureID{"2026-05-01/3", "2026-05-01/3", "2026-05-01/2"} {
		if badges[i].Capture != want {
			t.Errorf("badge %d: got %+v, want it from %s", i, badges[i], want)
		}
	}
}

// What is on display changes: a badge for everything wants what was there.
func TestABadgeForEverythingGoesByItsTime(t *testing.T) {
	zoo := smallZoo()
	zoo[1].OnDisplay = false // the tiger left in May
	displays := map[game.SpeciesID][]game.Span{
		"tiger": {{Until: at("2026-05-10 00:00")}},
		"lynx":  {{From: at("2026-06-01 00:00")}}, // the lynx came in June
	}
	r := plain()
	r.Badges = []game.Badge{badge(game.FamilyBadge, 0, "Felidae")}
	ref, err := game.NewReferee(r, zoo, displays, berlin)
	if err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct {
		history []game.Taken
		want    game.CaptureID
		have    int
	}{
		"both that were there, and kept when the lynx comes": {visitOf("2026-05-01", "lion", "tiger"), "2026-05-01/2", 1},
		"one cat alone is not all":                           {visitOf("2026-05-20", "lion"), "", 1},
		"both that are there now":                            {append(visitOf("2026-05-20", "lion"), visitOf("2026-06-02", "lynx")...), "2026-06-02/1", 2},
		"too late for the lion and the tiger":                {append(visitOf("2026-05-01", "lion"), visitOf("2026-06-02", "tiger")...), "", 1},
	} {
		t.Run(name, func(t *testing.T) {
			got := ref.Replay(c.history).Badges[0]
			if got.Capture != c.want || got.Have != c.have || got.Need != 2 {
				t.Errorf("got %+v, want capture %q and %d of 2", got, c.want, c.have)
			}
		})
	}
}

func TestABadgeThatTheZooCannotGiveIsNotPossible(t *testing.T) {
	r := plain()
	r.Badges = []game.Badge{badge(game.GroupBadge, 0, "owl"), badge(game.GroupBadge, 0, "cat"), badge(game.CollectionBadge, 11),
		badge(game.ContinentsBadge, 7), badge(game.TrailsBadge, 1), badge(game.VisitsBadge, 99)}
	for i := range r.Badges {
		r.Badges[i].Key = string(rune('a' + i))
	}
	r.Trails = []game.Trail{trail(false, anyOf("big-cat"), anyOf("big-cat"), anyOf("big-cat"))}
	for i, want := range []bool{false, true, false, false, false, true} {
		if got := referee(t, r, smallZoo()).Replay(nil).Badges[i]; got.Possible != want {
			t.Errorf("%s: got %+v, want possible %v", r.Badges[i].Kind, got, want)
		}
	}
}

// A badge that is off is nowhere; on again, it is had by the capture that earned it.
func TestABadgeThatIsOff(t *testing.T) {
	r := plain()
	r.Badges = []game.Badge{badge(game.CollectionBadge, 1), badge(game.VisitsBadge, 1)}
	r.Badges[1].Key = "other"
	history := []game.Taken{saw("a", "lion", "2026-05-01 10:00"), saw("b", "owl", "2026-05-01 10:01")}
	on := referee(t, r, smallZoo())
	r.Badges = slices.Clone(r.Badges)
	r.Badges[0].Off = true
	off := referee(t, r, smallZoo())
	state := off.Replay(history)
	if len(state.Badges) != 1 || state.Badges[0].Badge != "other" || len(off.Rules().Badges) != 1 {
		t.Errorf("off, there is %+v", state.Badges)
	}
	if gain := game.Compare(game.State{}, state); len(gain.Badges) != 1 || gain.Badges[0].Badge != "other" {
		t.Errorf("off, earned is %+v", gain.Badges)
	}
	if got := on.Replay(history).Badges[0]; got.Capture != "a" || !got.Earned() {
		t.Errorf("on again, it is %+v", got)
	}
	if on.Basis() == off.Basis() {
		t.Error("nobody will be recomputed")
	}
	if state.Points != on.Replay(history).Points {
		t.Error("points depend on it")
	}
}

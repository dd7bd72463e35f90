package game_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

// told lists what a capture earned as a person would say it: "catch 10".
func told(s game.State, id game.CaptureID) []string {
	var lines []string
	for _, l := range s.Lines {
		if l.Capture == id {
			lines = append(lines, fmt.Sprintf("%s %d", l.Reason, l.Points))
		}
	}
	return lines
}

func TestWhatEachCaptureEarns(t *testing.T) {
	none := game.SpeciesID("")
	history := []game.Taken{
		saw("a", "lion", "2026-05-01 10:00"),
		saw("b", "lion", "2026-05-01 10:10"),
		saw("c", "cobra", "2026-05-01 10:20"),
		{ID: "d", At: at("2026-05-01 10:30"), Verdict: game.NoAnimal},
		{ID: "e", At: at("2026-05-01 10:40"), Verdict: game.Undecided},
		{ID: "f", At: at("2026-05-01 10:50"), Verdict: game.NotOurs},
		{ID: "g", At: at("2026-05-01 11:00"), Verdict: game.Certain, Species: "tiger", Marks: game.Marks{Said: &none}},
		saw("h", "lion", "2026-05-02 10:00"),
		saw("i", "lion", "2026-05-02 10:10"),
		saw("j", "unicorn", "2026-05-02 10:20"),
		{ID: "k", At: at("2026-05-02 10:30"), Verdict: game.Certain, Species: "owl",
			Marks: game.Marks{Answer: &game.Answer{Right: true, At: at("2026-05-02 10:31")}}},
		{ID: "l", At: at("2026-05-02 10:40"), Verdict: game.Certain, Species: "owl",
			Marks: game.Marks{Answer: &game.Answer{Right: true, At: at("2026-05-02 10:41")}}},
		{ID: "m", At: at("2026-05-02 10:50"), Verdict: game.Certain, Species: "lynx",
			Marks: game.Marks{Answer: &game.Answer{Right: false, At: at("2026-05-02 10:51")}}},
	}
	state := referee(t, plain(), smallZoo()).Replay(history)
	for _, c := range []struct {
		id      game.CaptureID
		what    string
		outcome game.Outcome
		earned  []string
	}{
		{"a", "a first animal, the first of a visit", game.Caught, []string{"catch 10", "visit 100"}},
		{"b", "the same animal on the same visit", game.Seen, nil},
		{"c", "a rare animal", game.Caught, []string{"catch 50"}},
		{"d", "a picture without an animal", game.Nothing, nil},
		{"e", "a blurred animal", game.Unsure, nil},
		{"f", "a house cat", game.Stranger, nil},
		{"g", "not the tiger, says the visitor", game.Unsure, nil},
		{"h", "an old friend on a new visit", game.Seen, []string{"again 1", "visit 100"}},
		{"i", "once more on that visit", game.Seen, nil},
		{"j", "a species that does not exist", game.Unsure, nil},
		{"k", "a catch, and its question answered", game.Caught, []string{"catch 30", "quiz 7"}},
		{"l", "a second answer for the same animal", game.Seen, nil},
		{"m", "a catch with a wrong answer", game.Caught, []string{"catch 30"}},
	} {
		ruling, ok := state.Ruling(c.id)
		if earned := told(state, c.id); !ok || ruling.Outcome != c.outcome || !slices.Equal(earned, c.earned) {
			t.Errorf("%s: got %s and %q, want %s and %q", c.what, ruling.Outcome, earned, c.outcome, c.earned)
		}
	}
	if state.Points != 10+100+50+1+100+30+7+30 {
		t.Errorf("got %d points", state.Points)
	}
	if lion := state.Seen["lion"]; lion.Times != 4 || lion.Visits != 2 || !lion.First.Equal(at("2026-05-01 10:00")) {
		t.Errorf("lion: got %+v", lion)
	}
	if p := state.Progress(smallZoo()); p != (game.Progress{Caught: 4, Total: 10, Points: state.Points}) {
		t.Errorf("progress: got %+v", p)
	}
}

func TestAVisitIsALocalDay(t *testing.T) {
	for name, c := range map[string]struct {
		times  []time.Time
		visits []game.Visit
	}{
		"morning and evening": {
			[]time.Time{at("2026-05-01 09:00"), at("2026-05-01 18:00")},
			[]game.Visit{{Day: game.Date{Year: 2026, Month: 5, Day: 1}, First: "1", Animals: 2, Species: 1}}},
		"a minute before and after midnight": {
			[]time.Time{at("2026-05-01 23:59"), at("2026-05-02 00:00")},
			[]game.Visit{
				{Day: game.Date{Year: 2026, Month: 5, Day: 1}, First: "1", Animals: 1, Species: 1},
				{Day: game.Date{Year: 2026, Month: 5, Day: 2}, First: "2", Animals: 1, Species: 1}}},
		"the day of 23 hours": {
			[]time.Time{at("2026-03-29 00:30"), at("2026-03-29 23:30"), at("2026-03-30 00:30")},
			[]game.Visit{
				{Day: game.Date{Year: 2026, Month: 3, Day: 29}, First: "1", Animals: 2, Species: 1},
				{Day: game.Date{Year: 2026, Month: 3, Day: 30}, First: "3", Animals: 1, Species: 1}}},
		"the day of 25 hours": {
			[]time.Time{at("2026-10-25 00:00"), at("2026-10-25 00:00").Add(24*time.Hour + 59*time.Minute), at("2026-10-26 00:00")},
			[]game.Visit{
				{Day: game.Date{Year: 2026, Month: 10, Day: 25}, First: "1", Animals: 2, Species: 1},
				{Day: game.Date{Year: 2026, Month: 10, Day: 26}, First: "3", Animals: 1, Species: 1}}},
	} {
		t.Run(name, func(t *testing.T) {
			var history []game.Taken
			for i, at := range c.times {
				history = append(history, game.Taken{ID: game.CaptureID(fmt.Sprint(i + 1)), At: at.UTC(), Verdict: game.Certain, Species: "lion"})
			}
			if got := referee(t, plain(), smallZoo()).Replay(history).Visits; !slices.Equal(got, c.visits) {
				t.Errorf("got %+v, want %+v", got, c.visits)
			}
		})
	}
}

func TestNoVisitWithoutAnAnimal(t *testing.T) {
	state := referee(t, plain(), smallZoo()).Replay([]game.Taken{
		{ID: "a", At: at("2026-05-01 10:00"), Verdict: game.NoAnimal},
		{ID: "b", At: at("2026-05-01 10:01"), Verdict: game.Certain, Species: "lion", Marks: game.Marks{Copied: true}},
	})
	if len(state.Visits) != 0 || state.Points != 0 || state.Level != 1 {
		t.Errorf("got %+v", state)
	}
}

func TestACaptureThatArrivesLateTakesItsPlace(t *testing.T) {
	ref := referee(t, plain(), smallZoo())
	online := saw("online", "lion", "2026-05-02 10:00")
	offline := saw("offline", "lion", "2026-05-01 10:00")
	before := ref.Replay([]game.Taken{online})
	after := ref.Replay([]game.Taken{online, offline})
	for id, want := range map[game.CaptureID]game.Outcome{"offline": game.Caught, "online": game.Seen} {
		if r, _ := after.Ruling(id); r.Outcome != want {
			t.Errorf("%s: got %s, want %s", id, r.Outcome, want)
		}
	}
	gain := game.Compare(before, after)
	if gain.Points != 101 || len(gain.NewSpecies) != 0 {
		t.Errorf("got %+v, want the points of one more visit and of seeing the lion again", gain)
	}
	if game.Sum(gain.Lines) != gain.Points || len(gain.Lines) != 4 {
		t.Errorf("got lines %+v, want the catch moved to the earlier capture", gain.Lines)
	}
}

func TestAGainTellsWhatACaptureEarned(t *testing.T) {
	r := plain()
	r.Levels = []game.Level{{Points: 0, Art: "egg", Texts: captions("egg")}, {Points: 120, Art: "chick", Texts: captions("chick")}}
	r.Badges = []game.Badge{badge(game.CollectionBadge, 2)}
	r.Trails = []game.Trail{trail(false, step("lion"), step("tiger"), step("owl"), step("parrot"))}
	ref := referee(t, r, smallZoo())
	history := visitOf("2026-05-01", "lion", "tiger", "owl", "lion", "parrot")
	for i, want := range []struct {
		points, level int
		levelUp       bool
		badges        int
		done          int
		notice        game.Notice
	}{
		{110, 1, false, 0, 1, game.NoNotice},
		{20, 2, true, 1, 2, game.NoNotice},
		{30, 2, false, 0, 3, game.AlmostDone},
		{0, 2, false, 0, 0, game.NoNotice},
		{1010, 2, false, 0, 4, game.AllDone},
	} {
		g := game.Compare(ref.Replay(history[:i]), ref.Replay(history[:i+1]))
		done, notice := 0, game.NoNotice
		if len(g.Trails) == 1 {
			done, notice = g.Trails[0].Done, g.Trails[0].Notice
		}
		if g.Points != want.points || g.Level != want.level || g.LevelUp() != want.levelUp || len(g.Badges) != want.badges ||
			done != want.done || notice != want.notice {
			t.Errorf("capture %d: got %+v, want %+v", i+1, g, want)
		}
	}
	undone := game.Compare(ref.Replay(history), ref.Replay(history[:1]))
	if undone.Points != -1060 || len(undone.Lost) != 1 || undone.LevelUp() || undone.Badges != nil {
		t.Errorf("undone: got %+v", undone)
	}
}

func TestRulesThatMakeNoSenseAreRefused(t *testing.T) {
	r := plain()
	r.Points.Catch = nil
	if _, err := game.NewReferee(r, smallZoo(), nil, berlin); err == nil {
		t.Error("got no error")
	}
}

// keen is a child who saw the whole zoo again and again.
func keen(zoo []game.Species, captures int) []game.Taken {
	history := make([]game.Taken, captures)
	for i := range history {
		when := at("2026-04-01 09:00").AddDate(0, 0, i/40).Add(time.Duration(i%40) * 5 * time.Minute)
		history[i] = game.Taken{
			ID: game.CaptureID(fmt.Sprintf("0190f5c8-0000-7000-8000-%012d", i)), At: when, Verdict: game.Certain,
			Species: zoo[(i*7+i/3)%len(zoo)].ID, Marks: game.Marks{Answer: &game.Answer{Right: i%2 == 0, At: when}},
		}
	}
	return history
}

func BenchmarkReplay(b *testing.B) {
	r, zoo := starter(b)
	for range 20 { // as staff may have added
		r.Badges = append(r.Badges, badge(game.GroupBadge, 3, "bird"))
		r.Badges[len(r.Badges)-1].Key = fmt.Sprintf("more-%d", len(r.Badges))
		more := trail(false, anyOf("mammal"), anyOf("bird"), anyOf("cat"), step("lion"))
		more.Key = fmt.Sprintf("more-%d", len(r.Trails))
		r.Trails = append(r.Trails, more)
	}
	ref := referee(b, r, zoo)
	for _, captures := range []int{50, 500, 3000} {
		history := keen(zoo, captures)
		b.Run(fmt.Sprintf("captures=%d", captures), func(b *testing.B) {
			b.ReportAllocs()
			for b.Loop() {
				ref.Replay(history)
			}
		})
	}
	history := keen(zoo, 3000)
	b.Run("gain/captures=3000", func(b *testing.B) {
		for b.Loop() {
			game.Compare(ref.Replay(history[:2999]), ref.Replay(history))
		}
	})
}

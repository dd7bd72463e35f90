package game_test

import (
	"errors"
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/zoodex/zoodex/game"
)

// voids gives the reasons for which captures do not count, in order.
func voids(s game.State) []game.VoidReason {
	var reasons []game.VoidReason
	for _, r := range s.Rulings {
		reasons = append(reasons, r.Void)
	}
	return reasons
}

func TestWhatDoesNotCount(t *testing.T) {
	day := game.Date{Year: 2026, Month: 5, Day: 1}
	hours := []game.Hours{
		{Open: "09:00-18:00"},
		{Days: []string{"monday"}}, // closed
		{From: game.Date{Year: 2026, Month: 4, Day: 28}, Until: game.Date{Year: 2026, Month: 4, Day: 28}}, // for a day
		{From: day, Days: []string{"friday", "monday"}, Open: "09:00-24:00"},                              // 1 May 2026 is a Friday
	}
	minute := []game.Rate{{Captures: 2, Within: time.Minute}}
	seconds := func(n int, s game.SpeciesID) game.Taken {
		return game.Taken{ID: game.CaptureID(fmt.Sprint(n)), At: at("2026-05-01 10:00").Add(time.Duration(n) * time.Second), Verdict: game.Certain, Species: s}
	}
	with := func(t game.Taken, m game.Marks) game.Taken { t.Marks = m; return t }
	for _, c := range []struct {
		name    string
		fair    game.FairPlay
		history []game.Taken
		want    []game.VoidReason
	}{
		{"a copy", game.FairPlay{}, []game.Taken{with(saw("a", "lion", "2026-05-01 10:00"), game.Marks{Copied: true})},
			[]game.VoidReason{game.Copied}},
		{"a copy that staff pardon", game.FairPlay{}, []game.Taken{with(saw("a", "lion", "2026-05-01 10:00"), game.Marks{Copied: true, Pardoned: true})},
			[]game.VoidReason{""}},
		{"withdrawn by staff", game.FairPlay{}, []game.Taken{with(saw("a", "lion", "2026-05-01 10:00"), game.Marks{Withdrawn: true, Pardoned: true})},
			[]game.VoidReason{game.Withdrawn}},
		{"a copied picture of nothing", game.FairPlay{}, []game.Taken{{ID: "a", At: at("2026-05-01 10:00"), Verdict: game.NoAnimal, Marks: game.Marks{Copied: true}}},
			[]game.VoidReason{""}},
		{"as fast as one can", game.FairPlay{Rates: minute}, []game.Taken{seconds(0, "lion"), seconds(1, "owl"), seconds(60, "cobra")},
			[]game.VoidReason{"", "", ""}},
		{"faster than one can", game.FairPlay{Rates: minute}, []game.Taken{seconds(0, "lion"), seconds(1, "owl"), seconds(59, "cobra"), seconds(60, "cobra")},
			[]game.VoidReason{"", "", game.TooFast, ""}},
		{"many pictures of the same animals", game.FairPlay{Rates: minute},
			[]game.Taken{seconds(0, "lion"), seconds(1, "lion"), seconds(2, "lion"), seconds(3, "owl"), seconds(4, "lion")},
			[]game.VoidReason{"", "", "", "", ""}},
		{"when the zoo is open", game.FairPlay{Hours: hours}, []game.Taken{
			saw("a", "lion", "2026-04-30 09:00"), saw("b", "lion", "2026-04-30 17:59"), saw("c", "owl", "2026-05-01 23:59")},
			[]game.VoidReason{"", "", ""}},
		{"when it is closed", game.FairPlay{Hours: hours}, []game.Taken{
			saw("a", "lion", "2026-04-27 12:00"), saw("b", "lion", "2026-04-30 08:59"), saw("c", "lion", "2026-04-30 18:00"),
			saw("d", "owl", "2026-05-02 23:59")},
			[]game.VoidReason{game.Closed, game.Closed, game.Closed, game.Closed}},
		{"around a day on which it is closed", game.FairPlay{Hours: hours}, []game.Taken{
			saw("a", "lion", "2026-04-28 09:00"), saw("b", "lion", "2026-04-28 17:59"), saw("c", "lion", "2026-04-29 09:00")},
			[]game.VoidReason{game.Closed, game.Closed, ""}},
		{"the new hours of Monday", game.FairPlay{Hours: hours}, []game.Taken{saw("a", "lion", "2026-05-04 12:00")}, []game.VoidReason{""}},
		{"closed, and pardoned", game.FairPlay{Hours: hours}, []game.Taken{with(saw("a", "lion", "2026-04-27 12:00"), game.Marks{Pardoned: true})},
			[]game.VoidReason{""}},
		{"outside of the zoo", game.FairPlay{Area: &game.Area{Meters: 500}}, []game.Taken{
			with(saw("a", "lion", "2026-04-27 12:00"), game.Marks{Outside: true}), saw("b", "lion", "2026-04-27 12:01"),
			with(saw("c", "owl", "2026-04-27 12:02"), game.Marks{Outside: true, Pardoned: true})},
			[]game.VoidReason{game.Outside, "", ""}},
		{"outside of a zoo without an area", game.FairPlay{}, []game.Taken{with(saw("a", "lion", "2026-04-27 12:00"), game.Marks{Outside: true})},
			[]game.VoidReason{""}},
		{"open by the clock of summer", game.FairPlay{Hours: hours}, []game.Taken{ // both 07:30 UTC
			{ID: "a", At: time.Date(2026, 3, 28, 7, 30, 0, 0, time.UTC), Verdict: game.Certain, Species: "lion"},
			{ID: "b", At: time.Date(2026, 3, 29, 7, 30, 0, 0, time.UTC), Verdict: game.Certain, Species: "lion"}},
			[]game.VoidReason{game.Closed, ""}},
	} {
		t.Run(c.name, func(t *testing.T) {
			r := plain()
			c.fair.Candidate = 0.1
			r.FairPlay = c.fair
			state := referee(t, r, smallZoo()).Replay(c.history)
			if got := voids(state); !slices.Equal(got, c.want) {
				t.Errorf("got %q, want %q", got, c.want)
			}
			for _, ruling := range state.Rulings {
				if earned := told(state, ruling.Capture); ruling.Void != "" && (earned != nil || ruling.Outcome != game.Void || ruling.Visit != 0) {
					t.Errorf("%+v earned %q", ruling, earned)
				}
			}
		})
	}
}

func TestThePictureOfAPicture(t *testing.T) {
	const a = 0x5a5a_1234_5678_9abc
	f := game.FairPlay{Copies: 5}
	for name, c := range map[string]struct {
		other game.Print
		same  bool
	}{
		"the same":              {game.Print{Upright: a, Mirrored: 99}, true},
		"re-encoded":            {game.Print{Upright: a ^ 0b10011, Mirrored: 99}, true},
		"five bits":             {game.Print{Upright: a ^ 0x8000_0000_0000_000f, Mirrored: 99}, true},
		"six bits":              {game.Print{Upright: a ^ 0x8000_0000_0000_001f, Mirrored: 99}, false},
		"flipped":               {game.Print{Upright: 77, Mirrored: a ^ 1}, true},
		"of something else":     {game.Print{Upright: ^uint64(a), Mirrored: 99}, false},
		"a mirror of something": {game.Print{Upright: 0xff00ff, Mirrored: 0xff0000ff}, false},
	} {
		t.Run(name, func(t *testing.T) {
			print := game.Print{Upright: a, Mirrored: 1 << 60}
			if f.Same(print, c.other) != c.same || f.Same(c.other, print) != c.same {
				t.Errorf("want %v", c.same)
			}
		})
	}
}

func TestWhoseCopyItIs(t *testing.T) {
	f := game.FairPlay{Copies: 5}
	print := game.Print{Upright: 0xabcdef, Mirrored: 1 << 40}
	mine := game.Shot{Visitor: "ann", At: at("2026-05-02 00:10"), Species: "lion", Print: print}
	for name, c := range map[string]struct {
		earlier game.Shot
		copied  bool
	}{
		"somebody else's":                    {game.Shot{Visitor: "bob", At: at("2026-05-02 00:00"), Species: "lion", Print: print}, true},
		"recognised as something else":       {game.Shot{Visitor: "bob", At: at("2026-05-02 00:00"), Species: "tiger", Print: print}, true},
		"one's own of yesterday":             {game.Shot{Visitor: "ann", At: at("2026-05-01 23:50"), Species: "lion", Print: print}, true},
		"one's own of today":                 {game.Shot{Visitor: "ann", At: at("2026-05-02 00:00"), Species: "lion", Print: print}, false},
		"one that was unsure":                {game.Shot{Visitor: "bob", At: at("2026-05-02 00:00"), Print: print}, false},
		"another picture of the same animal": {game.Shot{Visitor: "bob", At: at("2026-05-02 00:00"), Species: "lion", Print: game.Print{Upright: 0xff << 50, Mirrored: 0xff << 10}}, false},
	} {
		if got := f.Copy(mine, c.earlier, berlin); got != c.copied {
			t.Errorf("%s: got %v", name, got)
		}
	}
}

func TestAnIndexFindsEveryCopy(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		hash := rapid.Uint64().Draw(t, "hash")
		other := hash
		for _, bit := range rapid.SliceOfN(rapid.IntRange(0, 63), 0, game.MaxCopies).Draw(t, "bits") {
			other ^= 1 << bit
		}
		bands := game.Bands(hash)
		for _, key := range game.Bands(other) {
			if slices.Contains(bands[:], key) {
				return
			}
		}
		t.Fatalf("%016x does not lead to %016x", hash, other)
	})
}

func TestWhatAVisitorMaySay(t *testing.T) {
	f := game.FairPlay{Candidate: 0.1}
	seen := func(v game.Verdict, s game.SpeciesID) game.Capture {
		return game.Capture{Recognised: game.Recognised{Verdict: v, Species: s,
			Candidates: []game.Candidate{{Species: "lion", Confidence: 0.8}, {Species: "tiger", Confidence: 0.1}, {Species: "lynx", Confidence: 0.05}}}}
	}
	for _, c := range []struct {
		name    string
		capture game.Capture
		says    game.SpeciesID
		ok      bool
	}{
		{"none of them", seen(game.Certain, "lion"), "", true},
		{"the other one", seen(game.Certain, "lion"), "tiger", true},
		{"recognition was right", seen(game.Certain, "lion"), "lion", true},
		{"one of the unsure", seen(game.Undecided, ""), "lion", true},
		{"hardly likely", seen(game.Certain, "lion"), "lynx", false},
		{"never mentioned", seen(game.Certain, "lion"), "cobra", false},
		{"an animal where there was none", seen(game.NoAnimal, ""), "lion", false},
		{"a lion where there was a dog", seen(game.NotOurs, ""), "lion", false},
	} {
		if err := f.MaySay(c.capture, c.says); (err == nil) != c.ok || err != nil && !errors.Is(err, game.ErrNotOffered) {
			t.Errorf("%s: got %v", c.name, err)
		}
	}
}

func TestWhenAZooIsOpen(t *testing.T) {
	fair := game.FairPlay{}
	all, open, err := fair.Open(date("2026-05-01"))
	if err != nil || !open || all.String() != "00:00-24:00" {
		t.Errorf("without hours: %v %v %v", all, open, err)
	}
	fair.Hours = []game.Hours{{From: date("2026-04-01"), Open: "09:00-18:00"}, {Days: []string{"monday"}}, // which began earlier
		{From: date("2026-05-04"), Until: date("2026-05-05")}, {From: date("2026-05-05"), Open: "10:00-12:00"}}
	for day, want := range map[string]string{
		"2026-03-29": "00:00-24:00", "2026-03-30": "", "2026-04-01": "09:00-18:00", "2026-04-27": "09:00-18:00",
		"2026-05-03": "09:00-18:00", "2026-05-04": "", "2026-05-05": "10:00-12:00", "2027-01-01": "10:00-12:00",
	} {
		hours, open, err := fair.Open(date(day))
		if err != nil || open != (want != "") || open && hours.String() != want {
			t.Errorf("%s: %v %v %v, want %q", day, hours, open, err, want)
		}
	}
	if _, _, err := (game.FairPlay{Hours: []game.Hours{{Open: "always"}}}).Open(date("2026-05-01")); err == nil {
		t.Error("hours that make no sense are fine")
	}
}

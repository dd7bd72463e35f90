package game_test

import (
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

func TestACaptureMayBeSentLaterWithinBounds(t *testing.T) {
	t.Parallel()
	now := time.Date(2026, 3, 29, 12, 0, 0, 0, time.UTC) // a week with a change of the clock
	zurich := time.FixedZone("CEST", 2*3600)
	for _, c := range []struct {
		at   time.Time
		want bool
	}{
		{now, true},
		{now.Add(-time.Nanosecond), true},
		{now.Add(-7 * 24 * time.Hour), true},
		{now.Add(-7*24*time.Hour - time.Nanosecond), false},
		{now.Add(-8 * 24 * time.Hour), false},
		{now.Add(2 * time.Minute), true},
		{now.Add(2*time.Minute + time.Nanosecond), false},
		{now.AddDate(100, 0, 0), false},
		{time.Time{}, false},
		{time.Unix(0, 0), false},
		{now.In(zurich), true},
		{now.Add(-7 * 24 * time.Hour).In(zurich), true},
		{now.Add(3 * time.Minute).In(zurich), false},
	} {
		if got := game.Timely(c.at, now); got != c.want {
			t.Errorf("a capture at %v is timely at %v: %v", c.at, now, got)
		}
	}
}

func TestAVerdictBecomesAnOutcome(t *testing.T) {
	t.Parallel()
	for _, c := range []struct {
		verdict game.Verdict
		before  bool
		want    game.Outcome
	}{
		{game.Certain, false, game.Caught},
		{game.Certain, true, game.Seen},
		{game.Undecided, false, game.Unsure},
		{game.Undecided, true, game.Unsure},
		{game.NoAnimal, false, game.Nothing},
		{game.NotOurs, false, game.Stranger},
		{"", false, game.Unsure},
	} {
		if got := game.Judge(c.verdict, c.before); got != c.want {
			t.Errorf("%q, caught before %v: %q, want %q", c.verdict, c.before, got, c.want)
		}
	}
}

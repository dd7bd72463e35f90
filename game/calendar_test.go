package game_test

import (
	"errors"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

func date(s string) game.Date {
	d, err := game.ParseDate(s)
	if err != nil {
		panic(err)
	}
	return d
}

func TestWhatABoardCovers(t *testing.T) {
	c := game.Calendar{
		Yearly:  &game.Yearly{From: game.MonthDay{Month: 3, Day: 15}, Until: game.MonthDay{Month: 11, Day: 15}},
		Seasons: []game.Season{{Key: "2027", From: date("2027-04-01"), Until: date("2027-10-31")}, {Key: "lights", From: date("2026-12-01"), Until: date("2027-01-06")}},
	}
	for _, x := range []struct {
		period      game.Period
		at          string // local
		key         string
		from, until string // UTC
	}{
		{game.Today, "2026-05-01 00:00", "day-2026-05-01", "2026-04-30T22:00:00Z", "2026-05-01T22:00:00Z"},
		{game.Today, "2026-05-01 23:59", "day-2026-05-01", "2026-04-30T22:00:00Z", "2026-05-01T22:00:00Z"},
		{game.Today, "2026-03-29 12:00", "day-2026-03-29", "2026-03-28T23:00:00Z", "2026-03-29T22:00:00Z"}, // 23 hours
		{game.Today, "2026-10-25 12:00", "day-2026-10-25", "2026-10-24T22:00:00Z", "2026-10-25T23:00:00Z"}, // 25 hours
		{game.ThisWeek, "2026-05-04 00:00", "week-2026-05-04", "2026-05-03T22:00:00Z", "2026-05-10T22:00:00Z"},
		{game.ThisWeek, "2026-05-03 23:59", "week-2026-04-27", "2026-04-26T22:00:00Z", "2026-05-03T22:00:00Z"},
		{game.ThisWeek, "2026-03-29 12:00", "week-2026-03-23", "2026-03-22T23:00:00Z", "2026-03-29T22:00:00Z"},
		{game.ThisWeek, "2027-01-01 12:00", "week-2026-12-28", "2026-12-27T23:00:00Z", "2027-01-03T23:00:00Z"},
		{game.ThisSeason, "2026-03-15 00:00", "season-2026", "2026-03-14T23:00:00Z", "2026-11-15T23:00:00Z"},
		{game.ThisSeason, "2026-11-15 23:59", "season-2026", "2026-03-14T23:00:00Z", "2026-11-15T23:00:00Z"},
		{game.ThisSeason, "2026-12-24 12:00", "season-lights", "2026-11-30T23:00:00Z", "2027-01-06T23:00:00Z"},
		{game.ThisSeason, "2027-10-31 12:00", "season-2027", "2027-03-31T22:00:00Z", "2027-10-31T23:00:00Z"},
		{game.ThisSeason, "2026-11-16 00:00", "", "", ""},
		{game.ThisSeason, "2027-03-20 12:00", "", "", ""}, // the year's own season begins later
	} {
		b, err := c.Board(x.period, at(x.at), berlin)
		if x.key == "" {
			if !errors.Is(err, game.ErrNoSeason) {
				t.Errorf("%s at %s: got %v, %v, want no season", x.period, x.at, b, err)
			}
			continue
		}
		from, until := b.From.Format(time.RFC3339), b.Until.Format(time.RFC3339)
		if err != nil || b.Key != x.key || from != x.from || until != x.until {
			t.Errorf("%s at %s: got %s %s to %s (%v), want %s %s to %s", x.period, x.at, b.Key, from, until, err, x.key, x.from, x.until)
		}
		if !b.Contains(at(x.at)) || b.Contains(b.Until) || !b.Contains(b.From) {
			t.Errorf("%s at %s: the span is not half-open around it", x.period, x.at)
		}
	}
	if b, err := c.Board(game.Ever, at("2026-05-01 12:00"), berlin); err != nil || b.Key != "ever" || !b.Contains(time.Time{}) || !b.Contains(at("2999-01-01 00:00")) {
		t.Errorf("ever: got %+v, %v", b, err)
	}
	if _, err := c.Board("month", at("2026-05-01 12:00"), berlin); !errors.Is(err, game.ErrPeriod) {
		t.Errorf("month: got %v", err)
	}
	if got := len(c.Boards(at("2026-05-01 12:00"), berlin)); got != 4 {
		t.Errorf("in the season: got %d boards", got)
	}
	if got := len(c.Boards(at("2026-11-20 12:00"), berlin)); got != 3 {
		t.Errorf("between seasons: got %d boards", got)
	}
}

func TestPastSeasonsAreFoundByName(t *testing.T) {
	south := game.Calendar{Yearly: &game.Yearly{From: game.MonthDay{Month: 10, Day: 1}, Until: game.MonthDay{Month: 4, Day: 30}}}
	b, err := south.Season("2024", time.UTC)
	if err != nil || b.From != date("2024-10-01").Start(time.UTC) || b.Until != date("2025-05-01").Start(time.UTC) {
		t.Errorf("got %+v, %v", b, err)
	}
	if b, err := south.Board(game.ThisSeason, date("2025-02-01").Start(time.UTC), time.UTC); err != nil || b.Key != "season-2024" {
		t.Errorf("over New Year: got %+v, %v", b, err)
	}
	for _, key := range []string{"", "0", "-1", "next", "99999", "2024 "} {
		if _, err := south.Season(key, time.UTC); !errors.Is(err, game.ErrNoSeason) {
			t.Errorf("%q: got %v", key, err)
		}
	}
	if _, err := (game.Calendar{}).Season("2024", time.UTC); !errors.Is(err, game.ErrNoSeason) {
		t.Errorf("no seasons: got %v", err)
	}
}

// Midnight is skipped in Beirut and Santiago, and comes twice in Havana.
func TestADayStartsWithItsFirstInstant(t *testing.T) {
	for _, name := range []string{"UTC", "Europe/Berlin", "America/Santiago", "Asia/Beirut", "America/Havana", "Pacific/Apia",
		"Australia/Lord_Howe", "Pacific/Kiritimati", "Asia/Kathmandu", "Atlantic/Azores"} {
		zone := mustZone(name)
		for d := date("2025-12-25"); d.Compare(date("2027-01-05")) < 0; d = d.Plus(1) {
			start := d.Start(zone)
			if got, before := game.DateOf(start, zone), game.DateOf(start.Add(-time.Nanosecond), zone); got != d || before != d.Plus(-1) {
				t.Fatalf("%s in %s starts at %v, which is %s after %s", d, name, start, got, before)
			}
		}
	}
}

func TestDatesAreText(t *testing.T) {
	var d game.Date
	for text, ok := range map[string]bool{"2026-04-01": true, "": true, "2026-02-30": false, "2026-4-1": false, "tomorrow": false} {
		err := d.UnmarshalText([]byte(text))
		if back, _ := d.MarshalText(); (err == nil) != ok || ok && string(back) != text {
			t.Errorf("%q: got %q, %v", text, back, err)
		}
	}
}

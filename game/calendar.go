package game

import (
	"errors"
	"fmt"
	"slices"
	"strconv"
	"strings"
	"time"
)

// Period is what a leaderboard looks back on.
type Period string

// The periods. A week begins on Monday.
const (
	Today      Period = "today"
	ThisWeek   Period = "week"
	ThisSeason Period = "season"
	Ever       Period = "ever"
)

// Periods lists them, the shortest first.
var Periods = []Period{Today, ThisWeek, ThisSeason, Ever}

// The ways in which there can be no board.
var (
	ErrPeriod   = errors.New("there is no such period: today, week, season and ever are known")
	ErrNoSeason = errors.New("there is no season at that time")
)

// Calendar says when the seasons are. Seasons are named one by one; a year for
// which none is named after it has the yearly one, if there is one.
type Calendar struct {
	Yearly  *Yearly  `yaml:"yearly"`
	Seasons []Season `yaml:"seasons"`
}

// Yearly is a season that comes every year and is called after the year in
// which it begins. It may run over New Year.
type Yearly struct {
	From  MonthDay `yaml:"from"`
	Until MonthDay `yaml:"until"` // last day
}

// Season is a stretch of days, both included.
type Season struct {
	Key   string `yaml:"key"` // "2026"
	From  Date   `yaml:"from"`
	Until Date   `yaml:"until"`
}

// MonthDay is a day of any year, "03-15".
type MonthDay struct {
	Month time.Month
	Day   int
}

// UnmarshalText implements encoding.TextUnmarshaler.
func (m *MonthDay) UnmarshalText(text []byte) error {
	t, err := time.Parse("01-02", string(text))
	if err != nil || t.Month() == time.February && t.Day() == 29 {
		return fmt.Errorf("%q is not a day of every year like 03-15", text)
	}
	*m = MonthDay{t.Month(), t.Day()}
	return nil
}

// MarshalText implements encoding.TextMarshaler.
func (m MonthDay) MarshalText() ([]byte, error) { return []byte(m.String()), nil }

func (m MonthDay) String() string { return fmt.Sprintf("%02d-%02d", m.Month, m.Day) }

func (m MonthDay) valid() bool { return m.Month > 0 && m.Day > 0 }

func (y Yearly) of(year int) Season {
	s := Season{strconv.Itoa(year), Date{year, y.From.Month, y.From.Day}, Date{year, y.Until.Month, y.Until.Day}}
	if s.Until.Compare(s.From) < 0 {
		s.Until.Year++
	}
	return s
}

// Called finds the season of a name; ErrNoSeason if there never is one.
func (c Calendar) Called(key string) (Season, error) {
	for _, s := range c.Seasons {
		if s.Key == key {
			return s, nil
		}
	}
	if year, err := strconv.Atoi(key); err == nil {
		if s, ok := c.yearly(year); ok {
			return s, nil
		}
	}
	return Season{}, ErrNoSeason
}

// yearly finds the season that a year has because none is named after it.
func (c Calendar) yearly(year int) (Season, bool) {
	if c.Yearly == nil || !c.Yearly.From.valid() || !c.Yearly.Until.valid() || year < 1000 || year > 9998 {
		return Season{}, false
	}
	s := c.Yearly.of(year)
	named := slices.ContainsFunc(c.Seasons, func(o Season) bool { return o.Key == s.Key })
	return s, !named
}

// On finds the season that a day belongs to; ErrNoSeason between seasons.
func (c Calendar) On(day Date) (Season, error) {
	for _, s := range c.Seasons {
		if s.has(day) {
			return s, nil
		}
	}
	for _, year := range []int{day.Year, day.Year - 1} {
		if s, err := c.Called(strconv.Itoa(year)); err == nil && s.has(day) {
			return s, nil
		}
	}
	return Season{}, ErrNoSeason
}

func (s Season) has(day Date) bool { return s.From.Compare(day) <= 0 && day.Compare(s.Until) <= 0 }

// Board names the stretch of time that a leaderboard covers. Its key is the
// same for every instant of the stretch and for no other: "day-2026-05-01",
// "week-2026-04-27" (its Monday), "season-2026", "ever".
type Board struct {
	Key string
	Span
}

// Board gives the board of the period to which an instant belongs, in the
// zoo's zone. It fails with ErrPeriod, and for a season with ErrNoSeason.
func (c Calendar) Board(p Period, at time.Time, zone *time.Location) (Board, error) {
	day := DateOf(at, zone)
	switch p {
	case Today:
		return Board{"day-" + day.String(), Days(day, day, zone)}, nil
	case ThisWeek:
		monday := day.Plus(-(int(day.Weekday()) + 6) % 7)
		return Board{"week-" + monday.String(), Days(monday, monday.Plus(6), zone)}, nil
	case ThisSeason:
		s, err := c.On(day)
		if err != nil {
			return Board{}, err
		}
		return Board{"season-" + s.Key, Days(s.From, s.Until, zone)}, nil
	case Ever:
		return Board{Key: "ever"}, nil
	}
	return Board{}, ErrPeriod
}

// Season gives the board of a season by its name, be it past or to come.
func (c Calendar) Season(key string, zone *time.Location) (Board, error) {
	s, err := c.Called(key)
	if err != nil {
		return Board{}, err
	}
	return Board{"season-" + s.Key, Days(s.From, s.Until, zone)}, nil
}

// Boards gives every board on which something of that instant stands: three,
// and in a season four.
func (c Calendar) Boards(at time.Time, zone *time.Location) []Board {
	var boards []Board
	for _, p := range Periods {
		if b, err := c.Board(p, at, zone); err == nil {
			boards = append(boards, b)
		}
	}
	return boards
}

func (s Season) overlaps(o Season) bool {
	return s.From.Compare(o.Until) <= 0 && o.From.Compare(s.Until) <= 0
}

func parseWeekday(name string) (time.Weekday, error) {
	for d := time.Sunday; d <= time.Saturday; d++ {
		if name == strings.ToLower(d.String()) {
			return d, nil
		}
	}
	return 0, fmt.Errorf("%q is not a day of the week like monday", name)
}

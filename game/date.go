package game

import (
	"cmp"
	"fmt"
	"sort"
	"time"
)

// Date is a day of the calendar. Which instants it spans depends on the zone.
type Date struct {
	Year  int
	Month time.Month
	Day   int
}

// DateOf gives the day on which t falls in the zone.
func DateOf(t time.Time, zone *time.Location) Date {
	y, m, d := t.In(zone).Date()
	return Date{y, m, d}
}

// ParseDate reads "2026-04-01".
func ParseDate(s string) (Date, error) {
	t, err := time.Parse(time.DateOnly, s)
	if err != nil {
		return Date{}, fmt.Errorf("%q is not a day like 2026-04-01", s)
	}
	return DateOf(t, time.UTC), nil
}

// ReadDate reads the day that stands in a field; "" is none.
func ReadDate(field, text string) (d Date, wrong []Problem) {
	if err := d.UnmarshalText([]byte(text)); err != nil {
		wrong = append(wrong, NewProblem(field, "must be a day like 2026-04-01"))
	}
	return d, wrong
}

func (d Date) String() string {
	if d.IsZero() {
		return ""
	}
	return fmt.Sprintf("%04d-%02d-%02d", d.Year, d.Month, d.Day)
}

// MarshalText implements encoding.TextMarshaler.
func (d Date) MarshalText() ([]byte, error) { return []byte(d.String()), nil }

// UnmarshalText implements encoding.TextUnmarshaler. Empty text is no date.
func (d *Date) UnmarshalText(text []byte) (err error) {
	if *d = (Date{}); len(text) == 0 {
		return nil
	}
	*d, err = ParseDate(string(text))
	return err
}

// IsZero tells whether d is no date at all.
func (d Date) IsZero() bool { return d == Date{} }

// Compare orders days by time.
func (d Date) Compare(o Date) int {
	return cmp.Or(cmp.Compare(d.Year, o.Year), cmp.Compare(d.Month, o.Month), cmp.Compare(d.Day, o.Day))
}

// Plus gives the day n days later, or earlier if n is negative.
func (d Date) Plus(n int) Date { return DateOf(d.noon().AddDate(0, 0, n), time.UTC) }

// Weekday gives the day of the week.
func (d Date) Weekday() time.Weekday { return d.noon().Weekday() }

func (d Date) noon() time.Time { return time.Date(d.Year, d.Month, d.Day, 12, 0, 0, 0, time.UTC) }

// Start gives the first instant of the day in the zone, in UTC. It is searched
// for because midnight may be skipped or come twice when the clocks change.
func (d Date) Start(zone *time.Location) time.Time {
	const reach = 36 * time.Hour // further than any zone is from UTC
	from := d.noon().Add(-reach)
	n := sort.Search(int(2*reach/time.Second), func(s int) bool {
		return DateOf(from.Add(time.Duration(s)*time.Second), zone).Compare(d) >= 0
	})
	return from.Add(time.Duration(n) * time.Second)
}

// Span is a half-open stretch of time: From is in it, Until is not. A zero
// From or Until leaves that side open.
type Span struct {
	From, Until time.Time
}

// Contains reports whether t lies in the span.
func (s Span) Contains(t time.Time) bool {
	return !t.Before(s.From) && (s.Until.IsZero() || t.Before(s.Until))
}

// Days gives the span from one day to another in the zone, both included; a
// zero date leaves its side open.
func Days(first, last Date, zone *time.Location) Span {
	var s Span
	if !first.IsZero() {
		s.From = first.Start(zone)
	}
	if !last.IsZero() {
		s.Until = last.Plus(1).Start(zone)
	}
	return s
}

package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// numbers tells the visit numbers of July 2026: "1: 2v 3p 1c" had two visitors,
// three photos and a first catch on the first.
func (f *fixture) numbers() string {
	f.t.Helper()
	v, err := f.Visits(f.t.Context(), game.Date{Year: 2026, Month: 7, Day: 1}, game.Date{Year: 2026, Month: 7, Day: 31})
	if err != nil {
		f.t.Fatal(err)
	}
	var told []string
	for _, d := range v.Days {
		if d.Visits+d.Captures+d.Catches > 0 {
			told = append(told, fmt.Sprintf("%d: %dv %dp %dc", d.Day.Day, d.Visits, d.Captures, d.Catches))
		}
	}
	return strings.Join(told, ", ")
}

func (f *fixture) wantNumbers(want string) {
	f.t.Helper()
	if got := f.numbers(); got != want {
		f.t.Errorf("the numbers are %q, want %q", got, want)
	}
	f.wantNoWrongCounts()
}

// wantNoWrongCounts lets the store verify its numbers, but not what visitors have.
func (f *fixture) wantNoWrongCounts() {
	f.t.Helper()
	wrong, err := f.VerifyBoards(f.t.Context(), nil)
	if err != nil || slices.ContainsFunc(wrong, func(d store.BoardDifference) bool { return d.Visitor == "" }) {
		f.t.Errorf("wrong is %v, %v", wrong, err)
	}
}

// moveTo gives the zoo another time zone.
func (f *fixture) moveTo(zone *time.Location) error {
	r := starterRules(f.t)
	r.Trails = nil // they name animals that this small zoo does not have
	return tune(f.t.Context(), f.Store, r, zone)
}

// at is a capture of a species at a time of July 2026 in UTC.
func (f *fixture) at(v game.VisitorID, species, day, hour int) game.Capture {
	c := f.sighting(v, species)
	c.At = time.Date(2026, 7, day, hour, f.count(`SELECT count(*) FROM captures`)%60, 0, 0, time.UTC)
	return c
}

func TestVisitsAreCountedByTheDayOfTheZoo(t *testing.T) {
	t.Parallel()
	f := founded(t)
	a, b := f.welcome(), f.welcome()
	f.wantNumbers("")
	f.record(f.at(a, 1, 20, 10))
	f.record(f.at(a, 1, 20, 11)) // the same visit, and seen again
	f.record(f.at(b, 1, 20, 23))
	f.wantNumbers("20: 2v 3p 2c")

	f.record(f.at(a, 1, 18, 9)) // sent late: it was caught two days before
	f.wantNumbers("18: 1v 1p 1c, 20: 2v 3p 1c")

	withdrawn, _ := f.record(f.at(b, 2, 21, 9))
	if _, err := f.Overrule(t.Context(), store.Author{Name: "Sam"}, b, withdrawn.ID, game.Withdraw, "a poster"); err != nil {
		t.Fatal(err)
	}
	f.wantNumbers("18: 1v 1p 1c, 20: 2v 3p 1c, 21: 1v 1p 0c") // they came all the same
	if _, err := f.Overrule(t.Context(), store.Author{Name: "Sam"}, b, withdrawn.ID, game.Restore, "none"); err != nil {
		t.Fatal(err)
	}
	f.wantNumbers("18: 1v 1p 1c, 20: 2v 3p 1c, 21: 1v 1p 1c")

	// In Berlin it was past midnight already, in another process too.
	if err := f.restarted().moveTo(berlin); err != nil {
		t.Fatal(err)
	}
	f.wantNumbers("18: 1v 1p 1c, 20: 1v 2p 0c, 21: 1v 2p 2c")
	f.record(f.at(b, 3, 20, 22))
	f.wantNumbers("18: 1v 1p 1c, 20: 1v 2p 0c, 21: 1v 3p 3c")

	if err := f.Erase(t.Context(), b); err != nil {
		t.Fatal(err)
	}
	f.wantNumbers("18: 1v 1p 1c, 20: 1v 2p 0c")
}

func TestHoursAndAnimalsAreCountedOverTheSpan(t *testing.T) {
	t.Parallel()
	f := founded(t)
	day := func(month time.Month, d int) game.Date { return game.Date{Year: 2026, Month: month, Day: d} }
	came := []game.Date{day(2, 28), day(3, 1), day(3, 31), day(4, 15), day(5, 1), day(5, 2)}
	for _, on := range came {
		v := f.welcome()
		for i, species := range []int{1, 2} {
			c := f.sighting(v, species)
			c.At = on.Start(time.UTC).Add(time.Duration(10+i) * time.Hour)
			f.record(c)
		}
	}
	ends := append(slices.Clone(came), day(1, 1), day(2, 15), day(3, 2), day(3, 16), day(3, 17), day(3, 30), day(4, 1), day(4, 16), day(4, 30), day(12, 31))
	for _, from := range ends {
		for _, until := range ends {
			want := 0
			for _, on := range came {
				if from.Compare(on) <= 0 && on.Compare(until) <= 0 {
					want++
				}
			}
			if from.Compare(until) > 0 {
				continue
			}
			caught, err := f.CatchesBetween(t.Context(), from, until)
			if err != nil || caught[f.species(1).ID] != want || caught[f.species(2).ID] != want || caught[f.species(3).ID] != 0 {
				t.Errorf("from %v until %v: %v, %v, want %d", from, until, caught, err, want)
			}
			v, err := f.Visits(t.Context(), from, until)
			if err != nil || v.Hours[10].Captures != want || v.Hours[11].Catches != want || v.Hours[12].Captures != 0 {
				t.Errorf("from %v until %v: %v, %v, want %d at ten and eleven", from, until, v.Hours, err, want)
			}
		}
	}
}

// What was captured before there were visit numbers is in them, and what replicas
// of the version before capture meanwhile.
func TestVisitsOfBeforeAreCounted(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	f.record(f.at(v, 1, 2, 10))
	f.sql("DELETE FROM visit_moves") // nobody noted it
	f.record(f.at(v, 2, 2, 11))
	f.wantNumbers("2: 1v 2p 2c")
	for id, day := range map[string]int{"0192f7e1-0000-7000-8000-000000000001": 2, "0192f7e1-0000-7000-8000-000000000002": 3} {
		f.sql(`INSERT INTO captures (visitor_id, id, at, created_at, photo_sum, photo_sig, outcome, recognised, model, progress)
			VALUES (?, ?, ?, now(), '', 0, 'nothing', '{}', '', '{}')`, string(v), id, time.Date(2026, 7, day, 9, 0, 0, 0, time.UTC))
	}
	f.wantNumbers("2: 1v 3p 2c, 3: 1v 1p 0c")
	f.sql(`INSERT INTO catch_moves (species_id, at, n) VALUES (?, '2026-07-03 09:00Z', 1)`, string(f.species(3).ID))
	if got := f.numbers(); got != "2: 1v 3p 2c, 3: 1v 1p 1c" {
		t.Errorf("with a catch that another noted: %q", got)
	}
}

func TestWrongVisitNumbersAreFoundAndPutRight(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	f.record(f.at(v, 1, 2, 10))
	f.wantNumbers("2: 1v 1p 1c")
	f.record(f.at(v, 2, 3, 10)) // noted, and not yet folded
	for _, statement := range []string{"UPDATE visit_days SET visits = 7", "DELETE FROM visit_hours", "UPDATE catch_months SET n = 9"} {
		f.sql(statement)
	}
	found, err := f.RepairBoards(t.Context(), nil)
	want := []store.BoardDifference{{Board: "captures 2026-07-02"}, {Board: "hours 2026-07-02"}, {Board: "months 2026-07-01"}, {Board: "visits 2026-07-02"}}
	if err != nil || !slices.Equal(found, want) {
		t.Errorf("found %v, %v, want %v", found, err, want)
	}
	f.wantNumbers("2: 1v 1p 1c, 3: 1v 1p 1c")
}

// While some capture, others leave, the zone changes and two processes fold.
func TestVisitNumbersStayRightWhileEverythingMoves(t *testing.T) {
	t.Parallel()
	f := founded(t)
	var visitors []game.VisitorID
	var captures [][]game.Capture
	for range 6 {
		v := f.welcome()
		visitors = append(visitors, v)
		var of []game.Capture
		for i := range 12 {
			c := f.sighting(v, 1+i%5)
			c.At = opening.AddDate(0, 0, -i%3).Add(time.Duration(14+i%2) * time.Hour)
			of = append(of, c)
		}
		captures = append(captures, of)
	}
	zoo := f.zoo()
	done, stop := context.WithCancel(t.Context())
	folding := make(chan struct{})
	go func() {
		defer close(folding)
		for i := 0; done.Err() == nil; i++ {
			s := []*fixture{f, f.restarted()}[i%2]
			if err := s.TryFold(t.Context()); err != nil {
				t.Error(err)
			}
			if i%4 == 0 {
				if err := s.moveTo([]*time.Location{time.UTC, berlin}[i/4%2]); err != nil {
					t.Error(err)
				}
			}
		}
	}()
	atOnce(12, func(i int) {
		v := i / 2
		for _, c := range captures[v][i%2*6 : i%2*6+6] {
			if _, _, err := f.Record(t.Context(), zoo, c); err != nil && !errors.Is(err, game.ErrUnknown) {
				t.Error(err)
			}
		}
		if v%3 == 2 && i%2 == 1 {
			if err := f.Erase(t.Context(), visitors[v]); err != nil {
				t.Error(err)
			}
		}
	})
	stop()
	<-folding
	f.wantNoWrongCounts()
	f.numbers() // folds
	f.wantNoWrongCounts()
}

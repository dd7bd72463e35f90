package store

import (
	"context"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// Visit numbers are kept like the boards: captures and catches only note what
// they change (visit_moves), and Fold works that in. They follow from what is
// kept: a capture counts on the day of the zoo on which it was taken, however
// late it arrives, and who erases themselves is no longer counted.

// Visits are the numbers of a span of days.
type Visits struct {
	Days  []VisitDay // every day of the span
	Hours [24]VisitHour
}

// VisitDay is a day of the zoo in numbers.
type VisitDay struct {
	Day      game.Date
	Visits   int // visitors with a capture on it
	Captures int // photos, whatever they showed
	Catches  int // first ones, that count
}

// VisitHour is an hour of the day in numbers, over all days of a span.
type VisitHour struct{ Captures, Catches int }

// Visits gives the numbers of the days from one to another, both included.
func (s *Store) Visits(ctx context.Context, from, until game.Date) (v Visits, err error) {
	if err := s.catchUp(ctx); err != nil {
		return v, err
	}
	var rows []struct {
		Day                       *time.Time // NULL: an hour of all days
		Hour                      int
		Visits, Captures, Catches int
	}
	err = s.read(ctx).Raw(`
		SELECT day, hour, 0 AS visits, sum(captures) AS captures, sum(catches) AS catches FROM visit_hours WHERE day BETWEEN @from AND @until
		GROUP BY GROUPING SETS (day, hour)
		UNION ALL
		SELECT day, NULL, visits, 0, 0 FROM visit_days WHERE day BETWEEN @from AND @until`,
		map[string]any{"from": from.String(), "until": until.String()}).Scan(&rows).Error
	if err != nil {
		return v, fmt.Errorf("read the visit numbers: %w", err)
	}
	at := map[game.Date]int{}
	for d := from; d.Compare(until) <= 0; d = d.Plus(1) {
		at[d] = len(v.Days)
		v.Days = append(v.Days, VisitDay{Day: d})
	}
	for _, r := range rows {
		if r.Day == nil {
			v.Hours[r.Hour] = VisitHour{r.Captures, r.Catches}
			continue
		}
		day := &v.Days[at[game.DateOf(*r.Day, time.UTC)]]
		day.Visits += r.Visits
		day.Captures += r.Captures
		day.Catches += r.Catches
	}
	return v, nil
}

// CatchesBetween gives how many visitors caught each animal first on the days
// from one to another, both included. Those that nobody did are left out.
func (s *Store) CatchesBetween(ctx context.Context, from, until game.Date) (map[game.SpeciesID]int, error) {
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	var rows []struct {
		SpeciesID game.SpeciesID
		N         int
	}
	if err := s.read(ctx).Raw(catchesBetweenSQL, catchesBetween(from, until)).Scan(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the catches of some days: %w", err)
	}
	caught := make(map[game.SpeciesID]int, len(rows))
	for _, r := range rows {
		caught[r.SpeciesID] = r.N
	}
	return caught, nil
}

// Months, and at both ends of the span some days more, or less (sign).
const catchesBetweenSQL = `
	SELECT species_id, sum(n) AS n FROM (
		SELECT species_id, n FROM catch_months WHERE month >= @month AND month < @after
		UNION ALL
		SELECT species_id, @sign * n FROM catches WHERE board >= @from AND board < @until
		UNION ALL
		SELECT species_id, @lastSign * n FROM catches WHERE board >= @lastFrom AND board < @lastUntil
	) counted GROUP BY species_id HAVING sum(n) > 0`

// catchesBetween makes a span of few rows: of a month that is in it by more than
// half, the days that are not are taken off.
func catchesBetween(from, until game.Date) map[string]any {
	first := func(d game.Date) game.Date { return game.Date{Year: d.Year, Month: d.Month, Day: 1} }
	month, next, end := first(from), first(first(from).Plus(31)), until.Plus(1)
	args := map[string]any{"sign": -1, "from": month, "until": from} // all of its first month, but what was before
	if from.Day > 16 {
		month, args["sign"], args["from"], args["until"] = next, 1, from, next
	}
	last := first(until)
	after := first(last.Plus(31))
	args["lastSign"], args["lastFrom"], args["lastUntil"] = -1, end, after
	if until.Day < 16 {
		after, args["lastSign"], args["lastFrom"], args["lastUntil"] = last, 1, last, end
	}
	if month.Compare(after) >= 0 && last == first(from) { // a part of one month
		args["sign"], args["from"], args["until"] = 1, from, end
		args["lastFrom"], args["lastUntil"] = end, end
	}
	args["month"], args["after"] = month.String(), after.String()
	for _, name := range []string{"from", "until", "lastFrom", "lastUntil"} {
		args[name] = "day-" + args[name].(game.Date).String()
	}
	return args
}

// foldVisits works the noted changes in.
func foldVisits(tx *gorm.DB, zone string) error {
	err := tx.Exec(`
		WITH moves AS (
			DELETE FROM visit_moves WHERE zone = ? RETURNING day, hour, species_id, visits, captures, catches
		), days AS (
			INSERT INTO visit_days AS d (day, visits)
			SELECT day, sum(visits) FROM moves WHERE visits <> 0 GROUP BY day
			ON CONFLICT (day) DO UPDATE SET visits = d.visits + excluded.visits
		), months AS (
			INSERT INTO catch_months AS m (month, species_id, n)
			SELECT date_trunc('month', day), species_id, sum(catches) FROM moves WHERE species_id IS NOT NULL GROUP BY 1, 2
			ON CONFLICT (month, species_id) DO UPDATE SET n = m.n + excluded.n
		)
		INSERT INTO visit_hours AS h (day, hour, captures, catches)
		SELECT day, hour, sum(captures), sum(catches) FROM moves GROUP BY day, hour
		ON CONFLICT (day, hour) DO UPDATE SET captures = h.captures + excluded.captures, catches = h.catches + excluded.catches`, zone).Error
	if err != nil {
		return err
	}
	for _, statement := range []string{
		"DELETE FROM visit_days WHERE visits = 0",
		"DELETE FROM visit_hours WHERE captures = 0 AND catches = 0",
		"DELETE FROM catch_months WHERE n = 0",
	} {
		if err := tx.Exec(statement).Error; err != nil {
			return err
		}
	}
	return nil
}

// zoneChanged tells whether the days of the zoo are others than those by which
// visits and catches were counted: always before the first folding.
func zoneChanged(tx *gorm.DB, zone string) (changed bool, err error) {
	err = tx.Raw("SELECT NOT EXISTS (SELECT FROM visit_zone WHERE zone = @zone) OR EXISTS (SELECT FROM visit_moves WHERE zone <> @zone)",
		map[string]any{"zone": zone}).Scan(&changed).Error
	return changed, err
}

// visitsSQL counts captures and catches by the days of a zone: the visits of each
// day, and what its hours had.
const visitsSQL = `
	days AS (
		SELECT day, count(*) AS visits FROM (
			SELECT DISTINCT visitor_id, (at AT TIME ZONE CAST(@zone AS text))::date AS day FROM captures
		) came GROUP BY day
	), net AS (
		SELECT species_id, at AT TIME ZONE CAST(@zone AS text) AS at FROM (` + netCatches + `) c
	), hours AS (
		SELECT day, hour, sum(captures) AS captures, sum(catches) AS catches FROM (
			SELECT at::date AS day, extract(hour FROM at) AS hour, 1 AS captures, 0 AS catches
			FROM (SELECT at AT TIME ZONE CAST(@zone AS text) AS at FROM captures) taken
			UNION ALL
			SELECT at::date, extract(hour FROM at), 0, 1 FROM net
		) counted GROUP BY day, hour
	), months AS (
		SELECT date_trunc('month', at)::date AS month, species_id, count(*) AS n FROM net GROUP BY 1, 2
	)`

// recountVisits counts all captures and catches anew.
func recountVisits(tx *gorm.DB, zone string) error {
	for _, table := range []string{"visit_days", "visit_hours", "catch_months"} {
		if err := tx.Exec("DELETE FROM " + table).Error; err != nil {
			return err
		}
	}
	// One statement, which sees of each capture both what it noted and itself, or neither.
	return tx.Exec(`
		WITH noted AS (
			DELETE FROM visit_moves
		), `+visitsSQL+`, put_days AS (
			INSERT INTO visit_days (day, visits) SELECT day, visits FROM days
		), put_hours AS (
			INSERT INTO visit_hours (day, hour, captures, catches) SELECT day, hour, captures, catches FROM hours
		), put_months AS (
			INSERT INTO catch_months (month, species_id, n) SELECT month, species_id, n FROM months
		)
		INSERT INTO visit_zone (zone) VALUES (@zone) ON CONFLICT (one) DO UPDATE SET zone = excluded.zone`,
		map[string]any{"zone": zone}).Error
}

// verifyVisits gives the days and months on which the visit numbers are not those
// of the captures and catches.
func (s *Store) verifyVisits(ctx context.Context, zone string) (found []BoardDifference, err error) {
	err = s.read(ctx).Raw(`
		WITH `+visitsSQL+`
		SELECT DISTINCT what || ' ' || day AS board FROM (
			SELECT 'visits' AS what, day, -1 AS hour, NULL::uuid AS species_id, visits AS n FROM days
			UNION ALL SELECT 'visits', day, -1, NULL, -visits FROM visit_days
			UNION ALL SELECT 'visits', day, -1, NULL, -visits FROM visit_moves
			UNION ALL SELECT 'captures', day, hour, NULL, captures FROM hours
			UNION ALL SELECT 'captures', day, hour, NULL, -captures FROM visit_hours
			UNION ALL SELECT 'captures', day, hour, NULL, -captures FROM visit_moves
			UNION ALL SELECT 'hours', day, hour, NULL, catches FROM hours
			UNION ALL SELECT 'hours', day, hour, NULL, -catches FROM visit_hours
			UNION ALL SELECT 'hours', day, hour, NULL, -catches FROM visit_moves
			UNION ALL SELECT 'months', month, -1, species_id, n FROM months
			UNION ALL SELECT 'months', month, -1, species_id, -n FROM catch_months
			UNION ALL SELECT 'months', date_trunc('month', day)::date, -1, species_id, -catches FROM visit_moves WHERE species_id IS NOT NULL
		) different GROUP BY what, day, hour, species_id HAVING sum(n) <> 0 ORDER BY 1`,
		map[string]any{"zone": zone}).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("verify the visit numbers: %w", err)
	}
	return found, nil
}

package store

import (
	"context"
	"fmt"
	"strconv"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// CatchesBoard is the payload by which listeners on BoardsChannel hear that the
// catches of the zoo have changed.
const CatchesBoard = "catches"

// Caught is an animal, and how many visitors have caught it.
type Caught struct {
	Species game.SpeciesID
	Today   int
	Ever    int
	Last    time.Time // when it was caught last
}

// Catches gives every animal that was caught, the one caught last first, and
// how often on the day of a board. It tells nothing of who caught them.
func (s *Store) Catches(ctx context.Context, day game.Board) (caught []Caught, err error) {
	if err := s.catchUp(ctx); err != nil {
		return nil, err
	}
	err = s.read(ctx).Raw(`
		SELECT e.species_id AS species, e.n AS ever, coalesce(d.n, 0) AS today, e.last
		FROM catches e LEFT JOIN catches d ON d.board = ? AND d.species_id = e.species_id
		WHERE e.board = 'ever' ORDER BY e.last DESC, e.species_id`, day.Key).Scan(&caught).Error
	if err != nil {
		return nil, fmt.Errorf("read the catches of the zoo: %w", err)
	}
	return caught, nil
}

// moveCatches notes the catches that lines just appended to a visitor's ledger
// make or undo. A line that changes what a catch is worth does neither.
func moveCatches(tx *gorm.DB, referee *game.Referee, visitor game.VisitorID, lines []game.Line) error {
	var captures, species, times, points words
	for _, l := range lines {
		if l.Reason == game.ForCatch {
			captures, species = append(captures, string(l.Capture)), append(species, l.Key)
			times, points = append(times, l.At.UTC().Format(time.RFC3339Nano)), append(points, strconv.Itoa(l.Points))
		}
	}
	if captures == nil {
		return nil
	}
	err := tx.Exec(`
		WITH moved AS (
			SELECT key::uuid AS species_id, at, (has > 0)::int - (has - points > 0)::int AS n FROM (
				SELECT g.key, g.at, g.points, (
					SELECT coalesce(sum(l.points), 0) FROM ledger l
					WHERE l.visitor_id = ? AND l.capture_id = g.capture AND l.reason = 'catch' AND l.key = g.key AND l.at = g.at) AS has
				FROM unnest(?::uuid[], ?::text[], ?::timestamptz[], ?::int[]) AS g (capture, key, at, points)
			) changed WHERE (has > 0) <> (has - points > 0)
		)`+noteCatches, string(visitor), captures, species, times, points, referee.Zone().String()).Error
	if err != nil {
		return fmt.Errorf("note the catches of the zoo: %w", err)
	}
	return nil
}

// noteCatches notes the catches moved (species_id, at, n) for the boards, and by
// the days of a zone for the visit numbers.
const noteCatches = `
	, noted AS (
		INSERT INTO catch_moves (species_id, at, n, counted) SELECT species_id, at, n, true FROM moved
	)
	INSERT INTO visit_moves (zone, day, hour, species_id, catches)
	SELECT zone, at, extract(hour FROM at), species_id, n FROM (
		SELECT zone, at AT TIME ZONE zone AS at, species_id, n FROM moved, (VALUES (CAST(? AS text))) AS z (zone)
	) local`

// netCatches are the catches that ledgers tell of, without those taken back.
const netCatches = `SELECT visitor_id, key::uuid AS species_id, at FROM ledger WHERE reason = 'catch'
	GROUP BY visitor_id, capture_id, key, at HAVING sum(points) > 0`

// uncatch notes that what a visitor caught, who is about to be erased, no longer
// counts.
func (s *Store) uncatch(tx *gorm.DB, visitor game.VisitorID) error {
	referee, err := s.referee(tx)
	if err != nil {
		return err
	}
	return tx.Exec("WITH moved AS (SELECT species_id, at, -1 AS n FROM ("+netCatches+") c WHERE visitor_id = ?)"+noteCatches,
		string(visitor), referee.Zone().String()).Error
}

// countedCatches adds up catches (species_id, at, n), by the days of a zone and
// ever.
const countedCatches = `
	SELECT b.board, species_id, sum(n) AS n, coalesce(max(at) FILTER (WHERE n > 0), '-infinity') AS last FROM moves,
		LATERAL (VALUES ('ever'), ('day-' || to_char(at AT TIME ZONE CAST(@zone AS text), 'YYYY-MM-DD'))) AS b (board)
	GROUP BY 1, 2`

// foldCatches works the noted catches in, and tells the listeners.
func foldCatches(tx *gorm.DB, zone string) error {
	err := tx.Exec(`
		WITH moves AS (
			DELETE FROM catch_moves RETURNING species_id, at, n
		), counted AS (
			INSERT INTO catches AS c (board, species_id, n, last) `+countedCatches+`
			ON CONFLICT (board, species_id) DO UPDATE SET n = c.n + excluded.n, last = greatest(c.last, excluded.last)
		)
		SELECT pg_notify(@channel, @board) FROM moves LIMIT 1`,
		map[string]any{"zone": zone, "channel": BoardsChannel, "board": CatchesBoard}).Error
	if err != nil {
		return err
	}
	return tx.Exec("DELETE FROM catches WHERE n = 0").Error
}

// recountCatches counts the catches of all ledgers anew, by the days of a zone.
func recountCatches(tx *gorm.DB, zone string) error {
	if err := tx.Exec("DELETE FROM catches").Error; err != nil {
		return err
	}
	// One statement, which sees of each capture both what it noted and its lines, or neither.
	return tx.Exec(`
		WITH noted AS (
			DELETE FROM catch_moves
		), moves AS (
			SELECT species_id, at, 1 AS n FROM (`+netCatches+`) c
		)
		INSERT INTO catches (board, species_id, n, last) `+countedCatches,
		map[string]any{"zone": zone}).Error
}

// verifyCatches gives the boards on which the catches are not those of the
// ledgers.
func (s *Store) verifyCatches(ctx context.Context, zone string) (found []BoardDifference, err error) {
	err = s.read(ctx).Raw(`
		WITH moves AS (
			SELECT species_id, at, 1 AS n FROM (`+netCatches+`) c
			UNION ALL
			SELECT species_id, at, -n FROM catch_moves
		)
		SELECT DISTINCT 'catches ' || board AS board FROM (
			SELECT board, species_id, n FROM (`+countedCatches+`) c
			UNION ALL
			SELECT board, species_id, -n FROM catches
		) different GROUP BY board, species_id HAVING sum(n) <> 0 ORDER BY 1`,
		map[string]any{"zone": zone}).Scan(&found).Error
	if err != nil {
		return nil, fmt.Errorf("verify the catches of the zoo: %w", err)
	}
	return found, nil
}

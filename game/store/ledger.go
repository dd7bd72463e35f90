package store

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

type ledgerRow struct {
	VisitorID string
	CaptureID string
	Reason    string
	Key       string
	Points    int
	At        time.Time
	CreatedAt time.Time
}

func (ledgerRow) TableName() string { return "ledger" }

// lineJSON is a line of the ledger for jsonb_to_recordset.
type lineJSON struct {
	Capture game.CaptureID  `json:"capture"`
	Reason  game.LineReason `json:"reason"`
	Key     string          `json:"key"`
	Points  int             `json:"points"`
	At      time.Time       `json:"at"`
}

func linesJSON(lines []game.Line) []lineJSON {
	all := make([]lineJSON, len(lines))
	for i, l := range lines {
		all[i] = lineJSON(l)
	}
	return all
}

// State gives everything a visitor has earned, as it follows from their
// captures and the rules as they are now.
func (s *Store) State(ctx context.Context, visitor game.VisitorID) (*Zoo, game.State, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return nil, game.State{}, err
	}
	state, err := stateOf(s.read(ctx), zoo, visitor)
	if err != nil {
		return nil, game.State{}, fmt.Errorf("read what a visitor has earned: %w", err)
	}
	return zoo, state, nil
}

func stateOf(tx *gorm.DB, zoo *Zoo, visitor game.VisitorID) (game.State, error) {
	referee, err := zoo.referee()
	if err != nil {
		return game.State{}, err
	}
	history, err := historyOf(tx, visitor)
	if err != nil {
		return game.State{}, err
	}
	return referee.Replay(history), nil
}

// Collection gives what a visitor has seen of each species, and their points.
func (s *Store) Collection(ctx context.Context, visitor game.VisitorID) (map[game.SpeciesID]game.Sighted, int, error) {
	_, state, err := s.State(ctx, visitor)
	return state.Seen, state.Points, err
}

// historyOf reads the captures of a visitor as the rules see them.
func historyOf(tx *gorm.DB, visitor game.VisitorID) ([]game.Taken, error) {
	histories, err := historiesOf(tx, []game.VisitorID{visitor})
	return histories[visitor], err
}

// historiesOf reads the captures of several visitors as the rules see them.
func historiesOf(tx *gorm.DB, visitors []game.VisitorID) (map[game.VisitorID][]game.Taken, error) {
	rows, err := tx.Raw(`
		SELECT c.visitor_id, c.id, c.at, c.outcome, coalesce(c.species_id::text, ''),
		       c.said, coalesce(c.said_id::text, ''), c.copied, c.outside, c.withdrawn, c.pardoned, q.correct, q.answered_at
		FROM captures c LEFT JOIN questions q ON q.visitor_id = c.visitor_id AND q.capture_id = c.id AND q.choice IS NOT NULL
		WHERE c.visitor_id = ANY(?)`, idsOf(visitors)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read captures: %w", err)
	}
	defer rows.Close()
	histories := make(map[game.VisitorID][]game.Taken, len(visitors))
	for rows.Next() {
		var t game.Taken
		var visitor, outcome string
		var said bool
		var saidID game.SpeciesID
		var right sql.NullBool
		var answeredAt sql.NullTime
		if err := rows.Scan(&visitor, &t.ID, &t.At, &outcome, &t.Species,
			&said, &saidID, &t.Copied, &t.Outside, &t.Withdrawn, &t.Pardoned, &right, &answeredAt); err != nil {
			return nil, fmt.Errorf("read captures: %w", err)
		}
		t.Verdict = verdictOf(game.Outcome(outcome))
		if said {
			t.Said = &saidID
		}
		if right.Valid {
			t.Answer = &game.Answer{Right: right.Bool, At: answeredAt.Time}
		}
		histories[game.VisitorID(visitor)] = append(histories[game.VisitorID(visitor)], t)
	}
	return histories, rows.Err()
}

// verdictOf is the verdict that a capture was answered for.
func verdictOf(o game.Outcome) game.Verdict {
	switch o {
	case game.Unsure:
		return game.Undecided
	case game.Nothing:
		return game.NoAnimal
	case game.Stranger:
		return game.NotOurs
	}
	return game.Certain
}

// idsOf makes a uuid[] of ids.
func idsOf[S ~string](ids []S) words {
	texts := make(words, len(ids))
	for i, id := range ids {
		texts[i] = string(id)
	}
	return texts
}

// ledgerOf reads the lines of a visitor's ledger, the oldest first.
func ledgerOf(tx *gorm.DB, visitor game.VisitorID) ([]game.Line, error) {
	rows, err := tx.Raw(`SELECT capture_id, reason, key, points, at FROM ledger WHERE visitor_id = ? ORDER BY id`, string(visitor)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read the ledger: %w", err)
	}
	defer rows.Close()
	var lines []game.Line
	for rows.Next() {
		var l game.Line
		if err := rows.Scan(&l.Capture, &l.Reason, &l.Key, &l.Points, &l.At); err != nil {
			return nil, fmt.Errorf("read the ledger: %w", err)
		}
		lines = append(lines, l)
	}
	return lines, rows.Err()
}

// settle brings the ledger of a visitor, whose row is locked, to what they have
// earned, and the tally and the boards after it.
func (s *Store) settle(tx *gorm.DB, referee *game.Referee, visitor game.VisitorID, earned game.State, tally game.Tally) error {
	stored, err := ledgerOf(tx, visitor)
	if err != nil {
		return err
	}
	if err := keepTallies(tx, referee, map[game.VisitorID]game.Tally{visitor: tally}); err != nil {
		return err
	}
	lines := game.Settle(stored, earned.Lines)
	if len(lines) == 0 {
		return nil
	}
	if err := appendLedger(tx, ledgerRows(visitor, lines, s.now().UTC())); err != nil {
		return err
	}
	groups, err := groupsOf(tx, visitor)
	if err != nil {
		return err
	}
	return s.moved(tx, referee, visitor, idsOf(groups), lines)
}

// Difference is what a visitor's ledger lacks to say what they have earned, and
// whether the tally that their next capture is judged by is not what follows
// from those before it.
type Difference struct {
	Visitor game.VisitorID
	Lines   []game.Line
	Tally   bool
}

// Verify compares the ledgers and tallies of all visitors with what follows from
// their captures, and tells progress after each batch of visitors. It changes
// nothing. A change of the rules or the species is a difference for everybody
// it concerns, until their next capture, [Store.Recompute] or [Store.Repair].
func (s *Store) Verify(ctx context.Context, progress func(done, total int)) ([]Difference, error) {
	var found []Difference
	err := s.everybody(ctx, progress, func(zoo *Zoo, visitors []game.VisitorID) error {
		different, err := s.compare(ctx, zoo, visitors)
		found = append(found, different...)
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify the ledger: %w", err)
	}
	return found, nil
}

// Repair appends to every ledger what it lacks, puts the tallies right, and gives
// what was wrong.
func (s *Store) Repair(ctx context.Context, progress func(done, total int)) ([]Difference, error) {
	var found []Difference
	err := s.everybody(ctx, progress, func(zoo *Zoo, visitors []game.VisitorID) error {
		different, err := s.compare(ctx, zoo, visitors)
		if err != nil {
			return err
		}
		for _, d := range different {
			err := s.write(ctx, func(tx *gorm.DB) error {
				if err := lock(tx, d.Visitor); err != nil {
					return err
				}
				history, err := historyOf(tx, d.Visitor)
				if err != nil {
					return err
				}
				state, tally := zoo.Referee.Tally(history)
				return s.settle(tx, zoo.Referee, d.Visitor, state, tally)
			})
			if errors.Is(err, game.ErrUnknown) { // erased meanwhile
				continue
			}
			if err != nil {
				return err
			}
			found = append(found, d)
		}
		return nil
	})
	if err != nil {
		return found, fmt.Errorf("repair the ledger: %w", err)
	}
	return found, nil
}

// everybody goes through all visitors in batches, by id.
func (s *Store) everybody(ctx context.Context, progress func(done, total int), f func(*Zoo, []game.VisitorID) error) error {
	const batch = 500
	var total int
	if err := s.read(ctx).Raw("SELECT count(*) FROM visitors").Scan(&total).Error; err != nil {
		return err
	}
	last := "00000000-0000-0000-0000-000000000000"
	for done := 0; ; {
		var ids []game.VisitorID
		err := s.read(ctx).Raw("SELECT id FROM visitors WHERE id > ? ORDER BY id LIMIT ?", last, batch).Scan(&ids).Error
		if err != nil || len(ids) == 0 {
			return err
		}
		zoo, err := s.Zoo(ctx)
		if err != nil {
			return err
		}
		if err := f(zoo, ids); err != nil {
			return err
		}
		last = string(ids[len(ids)-1])
		done += len(ids)
		if progress != nil {
			progress(done, max(done, total))
		}
	}
}

// compare gives what the ledgers and tallies of some visitors lack, as of one moment.
func (s *Store) compare(ctx context.Context, zoo *Zoo, visitors []game.VisitorID) (found []Difference, err error) {
	referee, err := zoo.referee()
	if err != nil {
		return nil, err
	}
	err = s.read(ctx).Transaction(func(tx *gorm.DB) error {
		histories, err := historiesOf(tx, visitors)
		if err != nil {
			return err
		}
		ledgers, err := ledgersOf(tx, visitors)
		if err != nil {
			return err
		}
		tallies, err := talliesOf(tx, referee, visitors)
		if err != nil {
			return err
		}
		for _, v := range visitors {
			state, tally := referee.Tally(histories[v])
			d := Difference{Visitor: v, Lines: game.Settle(ledgers[v], state.Lines)}
			if kept, ok := tallies[v]; ok {
				d.Tally = !reflect.DeepEqual(kept, tally)
			}
			if len(d.Lines) > 0 || d.Tally {
				found = append(found, d)
			}
		}
		return nil
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return found, err
}

// ledgersOf reads the lines of several visitors' ledgers, the oldest first.
func ledgersOf(tx *gorm.DB, visitors []game.VisitorID) (map[game.VisitorID][]game.Line, error) {
	rows, err := tx.Raw(`SELECT visitor_id, capture_id, reason, key, points, at FROM ledger WHERE visitor_id = ANY(?) ORDER BY id`, idsOf(visitors)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read ledgers: %w", err)
	}
	defer rows.Close()
	ledgers := map[game.VisitorID][]game.Line{}
	for rows.Next() {
		var v game.VisitorID
		var l game.Line
		if err := rows.Scan(&v, &l.Capture, &l.Reason, &l.Key, &l.Points, &l.At); err != nil {
			return nil, fmt.Errorf("read ledgers: %w", err)
		}
		ledgers[v] = append(ledgers[v], l)
	}
	return ledgers, rows.Err()
}

package store

import (
	"context"
	"encoding/json"
	"fmt"
	"slices"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// Tallies stand in for the captures of a visitor (see game.Tally): a new capture
// reads its visitor's, and writes the next, in the transaction that holds the
// lock on the visitor's row. Whatever else changes what counts for a visitor
// makes it anew from all captures, in settle. A tally that other rules or species
// were the basis of is not read; Recompute finds it by its index.

// past is what a capture has to know of those before it.
type past struct {
	Species, Rules int64 // the zoo's revision
	Recorded       bool  // the capture is there already
	Any            bool  // there are captures
	Basis          int64 // of the tally; 0: there is none
	Tally          string
	Groups         words // of the visitor
}

const pastSQL = `
	SELECT ` + readRevision + `,
		EXISTS (SELECT FROM captures WHERE visitor_id = @visitor AND id = @id) AS recorded,
		EXISTS (SELECT FROM captures WHERE visitor_id = @visitor) AS any,
		ARRAY (SELECT group_id::text FROM memberships WHERE visitor_id = @visitor) AS groups,
		coalesce(basis, 0) AS basis, tally::text AS tally
	FROM (VALUES (1)) one LEFT JOIN tallies ON visitor_id = @visitor`

// pastOf reads it after the visitor's row is locked: in one statement, as each
// costs more in coming and going than in what it does.
func pastOf(tx *gorm.DB, visitor game.VisitorID, id game.CaptureID) (p past, err error) {
	err = tx.Raw(pastSQL, map[string]any{"visitor": string(visitor), "id": string(id)}).Scan(&p).Error
	if err != nil {
		return p, fmt.Errorf("read what went before: %w", err)
	}
	return p, nil
}

// judged is what a capture meant, and what is to be written down.
type judged struct {
	before, after game.State
	tally         game.Tally
	lines         []game.Line
	arrived       bool // the visitor has no other capture on its day
}

// judge works out what a new capture means: from the tally, or from all
// captures where the tally is of no use.
func (p past) judge(tx *gorm.DB, referee *game.Referee, visitor game.VisitorID, taken game.Taken) (j judged, err error) {
	var tally game.Tally
	usable := !p.Any
	if p.Basis == referee.Basis() {
		if err := json.Unmarshal([]byte(p.Tally), &tally); err != nil {
			return j, fmt.Errorf("read a tally: %w", err)
		}
		usable = tally.Precedes(taken)
	}
	day := func(at time.Time) game.Date { return game.DateOf(at, referee.Zone()) }
	if usable {
		j.arrived = !p.Any || day(tally.At) != day(taken.At)
		j.before, j.after, j.tally = referee.Resume(tally, taken)
		j.lines = j.after.Lines
		return j, nil
	}
	history, err := historyOf(tx, visitor)
	if err != nil {
		return j, err
	}
	stored, err := ledgerOf(tx, visitor)
	if err != nil {
		return j, err
	}
	j.arrived = !slices.ContainsFunc(history, func(t game.Taken) bool { return day(t.At) == day(taken.At) })
	j.before = referee.Replay(history)
	j.after, j.tally = referee.Tally(append(history, taken))
	j.lines = game.Settle(stored, j.after.Lines)
	return j, nil
}

const keepTally = `INSERT INTO tallies (visitor_id, basis, tally)
	SELECT visitor, CAST(@basis AS bigint), tally FROM unnest(CAST(@visitors AS uuid[]), CAST(@tallies AS json[])) t (visitor, tally)
	ON CONFLICT (visitor_id) DO UPDATE SET basis = excluded.basis, tally = excluded.tally`

// keepTallies writes the tallies of visitors whose rows are locked.
func keepTallies(tx *gorm.DB, referee *game.Referee, tallies map[game.VisitorID]game.Tally) error {
	var visitors, texts words
	for v, t := range tallies {
		text, err := json.Marshal(t)
		if err != nil {
			return err
		}
		visitors, texts = append(visitors, string(v)), append(texts, string(text))
	}
	err := tx.Exec(keepTally, map[string]any{"basis": referee.Basis(), "visitors": visitors, "tallies": texts}).Error
	if err != nil {
		return fmt.Errorf("keep tallies: %w", err)
	}
	return nil
}

// talliesOf reads the tallies of visitors that the referee could go on from.
func talliesOf(tx *gorm.DB, referee *game.Referee, visitors []game.VisitorID) (map[game.VisitorID]game.Tally, error) {
	var rows []struct {
		VisitorID game.VisitorID
		Tally     string
	}
	err := tx.Raw("SELECT visitor_id, tally::text AS tally FROM tallies WHERE visitor_id = ANY (?) AND basis = ?", idsOf(visitors), referee.Basis()).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("read tallies: %w", err)
	}
	tallies := make(map[game.VisitorID]game.Tally, len(rows))
	for _, r := range rows {
		var t game.Tally
		if err := json.Unmarshal([]byte(r.Tally), &t); err != nil {
			return nil, fmt.Errorf("read a tally: %w", err)
		}
		tallies[r.VisitorID] = t
	}
	return tallies, nil
}

// recomputeLock is the advisory lock of those who recompute.
const recomputeLock = 0x7a6f6f02

// recomputed is how many visitors are recomputed in one transaction, which keeps
// their captures waiting.
const recomputed = 50

// Recompute brings some visitors up to date who earned what they have by other
// rules or species than hold now: ledgers, tallies and boards, those of their
// groups too. It gives how many; none if nobody is behind, or if another
// process is at it. Whoever is capturing just then is left for later.
func (s *Store) Recompute(ctx context.Context) (done int, err error) {
	zoo, err := s.Zoo(ctx)
	if err != nil || zoo.Referee == nil {
		return 0, err
	}
	basis := zoo.Referee.Basis()
	from, until := game.Formats()
	for _, others := range [][2]int64{{from, basis}, {basis + 1, until}} {
		var any bool
		if err := s.read(ctx).Raw("SELECT EXISTS ("+behindSQL+")", others[0], others[1]).Scan(&any).Error; err != nil {
			return 0, fmt.Errorf("look for visitors to recompute: %w", err)
		}
		if !any {
			continue
		}
		err := s.write(ctx, func(tx *gorm.DB) (err error) {
			done, err = s.recompute(tx, zoo, others)
			return err
		})
		if err != nil {
			return 0, fmt.Errorf("recompute visitors: %w", err)
		}
		if done > 0 {
			break
		}
	}
	return done, nil
}

const (
	behindSQL     = "SELECT FROM tallies WHERE basis >= ? AND basis < ?"
	lockBehindSQL = `SELECT v.id FROM tallies t JOIN visitors v ON v.id = t.visitor_id WHERE t.basis >= ? AND t.basis < ?
		ORDER BY t.basis, t.visitor_id LIMIT ? FOR NO KEY UPDATE OF v SKIP LOCKED`
)

func (s *Store) recompute(tx *gorm.DB, zoo *Zoo, others [2]int64) (int, error) {
	var mine bool
	if err := tx.Raw("SELECT pg_try_advisory_xact_lock(?)", recomputeLock).Scan(&mine).Error; err != nil || !mine {
		return 0, err
	}
	var visitors []game.VisitorID
	err := tx.Raw(lockBehindSQL, others[0], others[1], recomputed).Scan(&visitors).Error
	if err != nil || len(visitors) == 0 {
		return 0, err
	}
	if err := s.settleAll(tx, zoo, visitors); err != nil {
		return 0, err
	}
	return len(visitors), nil
}

// settleAll brings the ledgers, tallies and boards of visitors whose rows are
// locked to what follows from their captures.
func (s *Store) settleAll(tx *gorm.DB, zoo *Zoo, visitors []game.VisitorID) error {
	referee, err := zoo.referee()
	if err != nil {
		return err
	}
	histories, err := historiesOf(tx, visitors)
	if err != nil {
		return err
	}
	ledgers, err := ledgersOf(tx, visitors)
	if err != nil {
		return err
	}
	now := s.now().UTC()
	tallies := map[game.VisitorID]game.Tally{}
	for _, v := range visitors {
		state, tally := referee.Tally(histories[v])
		tallies[v] = tally
		if lines := game.Settle(ledgers[v], state.Lines); len(lines) > 0 {
			if err := appendLedger(tx, ledgerRows(v, lines, now)); err != nil {
				return err
			}
			if err := moveCatches(tx, referee, v, lines); err != nil {
				return err
			}
		}
	}
	if err := keepTallies(tx, referee, tallies); err != nil {
		return err
	}
	different, err := compareBoardsIn(tx, zoo, visitors)
	if err != nil {
		return err
	}
	if len(different) > 0 {
		scores := make([]boardScore, len(different))
		for i, d := range different {
			scores[i] = boardScore{string(d.Visitor), d.Board, d.want.Points, d.want.Reached}
		}
		if err := putScores(tx, scores, false); err != nil {
			return err
		}
	}
	// What a species is worth to a group changes without any of these.
	return tx.Exec("INSERT INTO group_moves (group_id) SELECT DISTINCT group_id FROM memberships WHERE visitor_id = ANY (?)", idsOf(visitors)).Error
}

func ledgerRows(visitor game.VisitorID, lines []game.Line, now time.Time) []ledgerRow {
	rows := make([]ledgerRow, len(lines))
	for i, l := range lines {
		rows[i] = ledgerRow{string(visitor), string(l.Capture), string(l.Reason), l.Key, l.Points, l.At, now}
	}
	return rows
}

func appendLedger(tx *gorm.DB, rows []ledgerRow) error {
	if err := tx.CreateInBatches(rows, 1000).Error; err != nil {
		return fmt.Errorf("write the ledger: %w", err)
	}
	return nil
}

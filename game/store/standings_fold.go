package store

import (
	"context"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// BoardsChannel is where Fold notifies listeners (LISTEN) of each board that
// has changed; the payload is its name, or CatchesBoard.
const BoardsChannel = "boards"

// foldLock is the advisory lock of those who fold.
const foldLock = 0x7a6f6f01

// Fold works everything that captures noted into the groups' scores and the
// histograms, and tells the listeners. It waits for another that does so.
func (s *Store) Fold(ctx context.Context) error {
	return s.fold(ctx, "SELECT true FROM pg_advisory_xact_lock(?)")
}

// TryFold is Fold, but leaves the work to another process that is at it.
func (s *Store) TryFold(ctx context.Context) error {
	pending, err := s.pending(ctx)
	if err != nil || !pending {
		return err
	}
	return s.fold(ctx, "SELECT pg_try_advisory_xact_lock(?)")
}

func (s *Store) pending(ctx context.Context) (pending bool, err error) {
	err = s.read(ctx).Raw(`SELECT EXISTS (SELECT FROM score_moves) OR EXISTS (SELECT FROM group_moves) OR EXISTS (SELECT FROM catch_moves)
		OR EXISTS (SELECT FROM visit_moves) OR (SELECT zone FROM rules ORDER BY revision DESC LIMIT 1) IS DISTINCT FROM (SELECT zone FROM visit_zone)`).Scan(&pending).Error
	if err != nil {
		return false, fmt.Errorf("look for moves on the boards: %w", err)
	}
	return pending, nil
}

// catchUp folds if anything is noted, or is to be counted anew.
func (s *Store) catchUp(ctx context.Context) error {
	pending, err := s.pending(ctx)
	if err != nil || !pending {
		return err
	}
	return s.Fold(ctx)
}

// foldPending folds if something is noted in a table of moves.
func (s *Store) foldPending(ctx context.Context, moves string) error {
	var pending bool
	if err := s.read(ctx).Raw("SELECT EXISTS (SELECT FROM " + moves + ")").Scan(&pending).Error; err != nil {
		return fmt.Errorf("look for %s: %w", moves, err)
	}
	if !pending {
		return nil
	}
	return s.Fold(ctx)
}

func (s *Store) fold(ctx context.Context, lock string) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		var mine bool
		if err := tx.Raw(lock, foldLock).Scan(&mine).Error; err != nil || !mine {
			return err
		}
		if err := s.foldGroups(tx); err != nil {
			return err
		}
		if err := s.foldCounts(tx); err != nil {
			return err
		}
		// The only writer of the histograms, and so the only one to hold rows that
		// are about many visitors; captures go on beside it.
		return tx.Exec(`
			WITH moves AS (
				DELETE FROM score_moves RETURNING board, was, now
			), steps AS (
				SELECT board, was AS points, -1 AS n FROM moves WHERE was > 0
				UNION ALL
				SELECT board, now, 1 FROM moves WHERE now > 0
			), counted AS (
				INSERT INTO score_counts AS c (board, level, bucket, n)
				SELECT board, level, points >> (4 * level), sum(n) FROM steps, generate_series(0, 3) AS level
				GROUP BY 1, 2, 3 HAVING sum(n) <> 0
				ON CONFLICT (board, level, bucket) DO UPDATE SET n = c.n + excluded.n
			), versions AS (
				INSERT INTO board_versions AS v (board, version) SELECT DISTINCT board, 1 FROM moves
				ON CONFLICT (board) DO UPDATE SET version = v.version + 1
				RETURNING board
			)
			SELECT pg_notify(?, board) FROM versions`, BoardsChannel).Error
	})
	if err != nil {
		return fmt.Errorf("fold moves into the boards: %w", err)
	}
	return nil
}

// foldCounts works the noted catches and visits in, or counts all anew where the
// days of the zoo have become others.
func (s *Store) foldCounts(tx *gorm.DB) error {
	referee, err := s.referee(tx)
	if err != nil {
		return err
	}
	zone := referee.Zone().String()
	changed, err := zoneChanged(tx, zone)
	switch {
	case err != nil:
		return err
	case changed:
		return s.recountCounts(tx)
	}
	if err := foldVisits(tx, zone); err != nil {
		return err
	}
	return foldCatches(tx, zone)
}

// recountCounts counts the catches and visits of the zoo anew: to be called by who
// holds the lock of those who fold. What is made meanwhile is noted.
func (s *Store) recountCounts(tx *gorm.DB) error {
	referee, err := s.referee(tx)
	if err != nil {
		return err
	}
	zone := referee.Zone().String()
	if err := recountCatches(tx, zone); err != nil {
		return err
	}
	if err := recountVisits(tx, zone); err != nil {
		return err
	}
	return tx.Exec("SELECT pg_notify(?, ?)", BoardsChannel, CatchesBoard).Error
}

// foldGroups works out the scores of groups whose members have moved.
func (s *Store) foldGroups(tx *gorm.DB) error {
	for {
		var moves []groupMove
		err := tx.Raw(`
			WITH moves AS (DELETE FROM group_moves WHERE ctid = ANY (ARRAY (SELECT ctid FROM group_moves LIMIT 2000)) RETURNING group_id, at)
			SELECT DISTINCT group_id, at FROM moves`).Scan(&moves).Error
		if err == nil && len(moves) > 0 {
			err = s.regroup(tx, moves)
		}
		if err != nil || len(moves) == 0 {
			return err
		}
	}
}

type groupMove struct {
	GroupID string
	At      *time.Time
}

// firstsSQL gives the first sighting of each animal by a group in each quarter
// of an hour, a stretch of time that no board cuts: all over the world, days
// begin at a full one.
const firstsSQL = `
	SELECT group_id, s.id AS species, s.rarity, min(at) AS at FROM (
		SELECT m.group_id, l.visitor_id, l.capture_id, l.reason, l.key, l.at
		FROM memberships m JOIN ledger l ON l.visitor_id = m.visitor_id
		WHERE m.group_id = ANY (?::uuid[]) AND l.reason IN ('catch', 'again')
		GROUP BY 1, 2, 3, 4, 5, 6 HAVING sum(l.points) > 0
	) net JOIN species s ON s.id = net.key::uuid GROUP BY group_id, s.id, floor(extract(epoch FROM at) / 900) ORDER BY at`

// regroup works out the scores of some groups.
func (s *Store) regroup(tx *gorm.DB, moves []groupMove) error {
	referee, err := s.referee(tx)
	if err != nil {
		return err
	}
	calendar, zone := referee.Rules().Calendar, referee.Zone()
	type key struct{ group, board string }
	want := map[key]game.Score{} // with zeroes for boards on which a group has to be written
	var groups, anew words
	for _, m := range moves {
		groups = append(groups, m.GroupID)
		if m.At == nil {
			anew = append(anew, m.GroupID)
			continue
		}
		for _, b := range calendar.Boards(*m.At, zone) {
			want[key{m.GroupID, boardName(Groups, b)}] = game.Score{}
		}
	}
	var had []struct{ ID, Board string }
	if err := tx.Raw("SELECT id, board FROM scores WHERE id = ANY (?::uuid[])", anew).Scan(&had).Error; err != nil {
		return err
	}
	for _, h := range had {
		want[key{h.ID, h.Board}] = game.Score{}
	}

	var firsts []struct {
		GroupID, Species string
		Rarity           int
		At               time.Time
	}
	err = tx.Raw(firstsSQL, groups).Scan(&firsts).Error
	if err != nil {
		return err
	}
	all := map[string]bool{}
	for _, g := range anew {
		all[g] = true
	}
	type animal struct {
		key
		species string
	}
	counted := map[animal]bool{}
	for _, f := range firsts {
		points := referee.Rules().Points.Catch[f.Rarity]
		for _, b := range calendar.Boards(f.At, zone) {
			k := key{f.GroupID, boardName(Groups, b)}
			score, wanted := want[k]
			if !wanted && !all[f.GroupID] || counted[animal{k, f.Species}] || points == 0 {
				continue
			}
			counted[animal{k, f.Species}] = true
			score.Points += points
			score.Reached = f.At // they come in the order of time
			want[k] = score
		}
	}
	scores := make([]boardScore, 0, len(want))
	for k, sc := range want {
		scores = append(scores, boardScore{k.group, k.board, sc.Points, sc.Reached})
	}
	return putScores(tx, scores, false)
}

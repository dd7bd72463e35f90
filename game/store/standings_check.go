package store

import (
	"cmp"
	"context"
	"database/sql"
	"errors"
	"fmt"
	"slices"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// BoardDifference is a board on which a visitor does not have what their ledger
// says, or is seen who did not say yes to that; or whose histogram does not
// count who stands there, or the catches or visit numbers of the zoo on a day or
// ever, which do not count what was captured (Visitor is "").
type BoardDifference struct {
	Board   string
	Visitor game.VisitorID
}

// VerifyBoards compares the boards with the ledgers of all visitors, and ranks
// with those who have them. It changes nothing.
func (s *Store) VerifyBoards(ctx context.Context, progress func(done, total int)) ([]BoardDifference, error) {
	var found []BoardDifference
	err := s.everybody(ctx, progress, func(zoo *Zoo, visitors []game.VisitorID) error {
		different, err := s.compareBoards(ctx, zoo, visitors)
		for _, d := range different {
			found = append(found, d.BoardDifference)
		}
		return err
	})
	if err != nil {
		return nil, fmt.Errorf("verify the boards: %w", err)
	}
	var ghosts []BoardDifference
	err = s.read(ctx).Raw(`
		SELECT s.board, s.id AS visitor FROM scores s LEFT JOIN visitors v ON v.id = s.id
		WHERE s.board LIKE 'visitors %' AND (v.id IS NULL OR v.listed <> s.listed) ORDER BY s.id, s.board`).Scan(&ghosts).Error
	if err != nil {
		return nil, fmt.Errorf("verify who is on the boards: %w", err)
	}
	found = append(found, ghosts...)
	var boards []string
	err = s.read(ctx).Raw(`
		SELECT DISTINCT board FROM (
			SELECT board, level, bucket, n FROM score_counts
			UNION ALL
			SELECT board, level, points >> (4 * level), n FROM (
				SELECT board, was AS points, -1 AS n FROM score_moves WHERE was > 0
				UNION ALL
				SELECT board, now, 1 FROM score_moves WHERE now > 0
				UNION ALL
				SELECT board, points, -1 FROM scores WHERE listed AND points > 0
			) steps, generate_series(0, 3) AS level
		) counted GROUP BY board, level, bucket HAVING sum(n) <> 0 ORDER BY board`).Scan(&boards).Error
	if err != nil {
		return nil, fmt.Errorf("verify the ranks: %w", err)
	}
	for _, b := range boards {
		found = append(found, BoardDifference{Board: b})
	}
	counts, err := s.verifyCounts(ctx)
	return append(found, counts...), err
}

// verifyCounts gives the boards of catches, and the visit numbers, that are wrong.
// Those that are to be counted anew anyway are not.
func (s *Store) verifyCounts(ctx context.Context) ([]BoardDifference, error) {
	referee, err := s.referee(s.read(ctx))
	if err != nil {
		return nil, err
	}
	zone := referee.Zone().String()
	if changed, err := zoneChanged(s.read(ctx), zone); err != nil || changed {
		return nil, err
	}
	catches, err := s.verifyCatches(ctx, zone)
	if err != nil {
		return nil, err
	}
	visits, err := s.verifyVisits(ctx, zone)
	return append(catches, visits...), err
}

// RepairBoards makes the boards say what the ledgers do, counts all ranks and
// all groups anew, and gives what was wrong. It comes after [Store.Repair].
func (s *Store) RepairBoards(ctx context.Context, progress func(done, total int)) ([]BoardDifference, error) {
	found, err := s.VerifyBoards(ctx, progress)
	if err != nil {
		return nil, err
	}
	var visitors []game.VisitorID
	for _, d := range found {
		if d.Visitor != "" {
			visitors = append(visitors, d.Visitor)
		}
	}
	for _, v := range slices.Compact(visitors) {
		err := s.write(ctx, func(tx *gorm.DB) error {
			if err := lock(tx, v); err != nil {
				return err
			}
			zoo, err := s.zooIn(tx)
			if err != nil {
				return err
			}
			different, err := compareBoardsIn(tx, zoo, []game.VisitorID{v})
			if err != nil || len(different) == 0 {
				return err
			}
			var scores []boardScore
			for _, d := range different {
				scores = append(scores, boardScore{string(v), d.Board, d.want.Points, d.want.Reached})
			}
			return putScores(tx, scores, false)
		})
		if err != nil && !errors.Is(err, game.ErrUnknown) {
			return nil, fmt.Errorf("repair the boards: %w", err)
		}
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		for _, statement := range []string{
			"UPDATE scores s SET listed = v.listed FROM visitors v WHERE v.id = s.id AND v.listed <> s.listed",
			"DELETE FROM scores s WHERE board LIKE 'visitors %' AND NOT EXISTS (SELECT FROM visitors v WHERE v.id = s.id)",
		} {
			if err := tx.Exec(statement).Error; err != nil {
				return fmt.Errorf("repair who is on the boards: %w", err)
			}
		}
		return regroupAll(tx)
	})
	if err != nil {
		return nil, err
	}
	if err := s.recount(ctx); err != nil {
		return nil, err
	}
	return found, s.Fold(ctx)
}

type wrongScore struct {
	BoardDifference
	want game.Score
}

func (s *Store) compareBoards(ctx context.Context, zoo *Zoo, visitors []game.VisitorID) (found []wrongScore, err error) {
	err = s.read(ctx).Transaction(func(tx *gorm.DB) error {
		found, err = compareBoardsIn(tx, zoo, visitors)
		return err
	}, &sql.TxOptions{Isolation: sql.LevelRepeatableRead, ReadOnly: true})
	return found, err
}

func compareBoardsIn(tx *gorm.DB, zoo *Zoo, visitors []game.VisitorID) ([]wrongScore, error) {
	referee, err := zoo.referee()
	if err != nil {
		return nil, err
	}
	type place struct {
		visitor game.VisitorID
		board   string
	}
	want := map[place]game.Score{}
	ledgers, err := ledgersOf(tx, visitors)
	if err != nil {
		return nil, err
	}
	for v, lines := range ledgers {
		for _, l := range game.Net(lines) {
			for _, b := range referee.Rules().Calendar.Boards(l.At, referee.Zone()) {
				p := place{v, boardName(Visitors, b)}
				sc := want[p]
				sc.Points += l.Points
				if l.Points > 0 && l.At.After(sc.Reached) {
					sc.Reached = l.At
				}
				want[p] = sc
			}
		}
	}
	rows, err := tx.Raw("SELECT id, board, points, reached FROM scores WHERE id = ANY (?)", idsOf(visitors)).Rows()
	if err != nil {
		return nil, fmt.Errorf("read scores: %w", err)
	}
	defer rows.Close()
	var found []wrongScore
	for rows.Next() {
		var p place
		var got game.Score
		if err := rows.Scan(&p.visitor, &p.board, &got.Points, &got.Reached); err != nil {
			return nil, fmt.Errorf("read scores: %w", err)
		}
		if w := want[p]; got.Points != w.Points || w.Points != 0 && !got.Reached.Equal(w.Reached) {
			found = append(found, wrongScore{BoardDifference{p.board, p.visitor}, w})
		}
		delete(want, p)
	}
	for p, w := range want { // not on the board at all
		if w.Points != 0 {
			found = append(found, wrongScore{BoardDifference{p.board, p.visitor}, w})
		}
	}
	slices.SortFunc(found, func(a, b wrongScore) int {
		return cmp.Or(cmp.Compare(a.Visitor, b.Visitor), cmp.Compare(a.Board, b.Board))
	})
	return found, rows.Err()
}

package store

import (
	"fmt"
	"strconv"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// GroupID identifies a group of visitors (UUIDv7 text).
type GroupID string

// Boards are kept so that captures never wait for each other. A visitor's
// scores are rows of their own, written under the lock that the transaction has
// on the visitor. What many share, the histogram from which ranks follow and
// the scores of groups, is not written by captures at all: they only note that
// it changes (score_moves, group_moves), and Fold works that in.

func boardName(who Who, b game.Board) string { return string(who) + " " + b.Key }

// boardScore is what somebody has on a board, or what they have more than before.
type boardScore struct {
	id, board string
	points    int
	reached   time.Time
}

// moved brings the boards up to date after lines were appended to a visitor's
// ledger: to be called last in the same transaction, which holds the lock on
// the visitor's row. The groups are all those that the visitor belongs to.
func (s *Store) moved(tx *gorm.DB, referee *game.Referee, visitor game.VisitorID, groups words, lines []game.Line) error {
	if len(lines) == 0 {
		return nil
	}
	var changed []game.Board
	gains := map[string]game.Score{} // by board
	back := false
	for _, l := range lines {
		back = back || l.Points < 0
		for _, b := range referee.Rules().Calendar.Boards(l.At, referee.Zone()) {
			g, known := gains[b.Key]
			if !known {
				changed = append(changed, b)
			}
			g.Points += l.Points
			if l.At.After(g.Reached) {
				g.Reached = l.At
			}
			gains[b.Key] = g
		}
	}
	var ledger []game.Line
	if back { // when the rest was reached stands there
		var err error
		if ledger, err = ledgerOf(tx, visitor); err != nil {
			return err
		}
	}
	scores := make([]boardScore, len(changed))
	for i, b := range changed {
		score := gains[b.Key]
		if back {
			score = game.ScoreOf(string(visitor), ledger, b.Span)
		}
		scores[i] = boardScore{string(visitor), boardName(Visitors, b), score.Points, score.Reached}
	}
	if err := putScores(tx, scores, !back); err != nil {
		return fmt.Errorf("move a visitor on the boards: %w", err)
	}
	if err := moveCatches(tx, referee, visitor, lines); err != nil {
		return err
	}
	return moveGroups(tx, groups, lines)
}

// putScores writes scores, or adds to them, and notes how the boards move.
func putScores(tx *gorm.DB, scores []boardScore, add bool) error {
	var ids, boards, points, reached words
	for _, sc := range scores {
		ids, boards = append(ids, sc.id), append(boards, sc.board)
		points = append(points, strconv.Itoa(sc.points))
		reached = append(reached, sc.reached.UTC().Format(time.RFC3339Nano))
	}
	return tx.Exec(`
		WITH given AS (
			SELECT * FROM unnest(?::uuid[], ?::text[], ?::int[], ?::timestamptz[]) AS g (id, board, points, reached)
		), old AS (
			SELECT id, board, s.points FROM scores s JOIN given USING (id, board)
		), put AS (
			INSERT INTO scores AS s (id, board, points, reached, listed)
			SELECT id, board, points, reached, coalesce((SELECT listed FROM visitors v WHERE v.id = given.id), true) FROM given
			ON CONFLICT (id, board) DO UPDATE SET
				points = CASE WHEN ? THEN s.points ELSE 0 END + excluded.points,
				reached = CASE WHEN ? THEN greatest(s.reached, excluded.reached) ELSE excluded.reached END
			RETURNING id, board, points, listed
		)
		INSERT INTO score_moves (board, was, now)
		SELECT board, coalesce(old.points, 0), put.points FROM put LEFT JOIN old USING (id, board)
		WHERE put.listed AND (put.points > 0 OR old.points > 0)`, ids, boards, points, reached, add, add).Error
}

// moveGroups notes that the scores of groups follow from changed lines.
func moveGroups(tx *gorm.DB, groups words, lines []game.Line) error {
	var ids, times words
	for _, g := range groups {
		noted := map[time.Time]bool{}
		for _, l := range lines {
			// Nothing else counts for a group, and every board has whole days.
			if hour := l.At.Truncate(time.Hour); (l.Reason == game.ForCatch || l.Reason == game.ForAgain) && !noted[hour] {
				noted[hour] = true
				ids, times = append(ids, g), append(times, l.At.UTC().Format(time.RFC3339Nano))
			}
		}
	}
	if ids == nil {
		return nil
	}
	err := tx.Exec("INSERT INTO group_moves SELECT * FROM unnest(?::uuid[], ?::timestamptz[])", ids, times).Error
	if err != nil {
		return fmt.Errorf("move groups on the boards: %w", err)
	}
	return nil
}

// listed puts a visitor on the boards or takes them off (visitors.listed), in
// a transaction that holds the lock on the visitor's row.
func (s *Store) listed(tx *gorm.DB, visitor game.VisitorID, yes bool) error {
	err := tx.Exec("UPDATE visitors SET listed = ? WHERE id = ? AND listed <> ?", yes, string(visitor), yes).Error
	if err == nil {
		err = tx.Exec(`
			WITH changed AS (UPDATE scores SET listed = @yes WHERE id = @id AND listed <> @yes RETURNING board, points)
			INSERT INTO score_moves (board, was, now)
			SELECT board, CASE WHEN @yes THEN 0 ELSE points END, CASE WHEN @yes THEN points ELSE 0 END FROM changed WHERE points > 0`,
			map[string]any{"yes": yes, "id": string(visitor)}).Error
	}
	if err != nil {
		return fmt.Errorf("list a visitor on the boards: %w", err)
	}
	return nil
}

// renamed lets live boards show the visitor's new name.
func (s *Store) renamed(tx *gorm.DB, visitor game.VisitorID) error {
	err := tx.Exec(`INSERT INTO score_moves (board, was, now)
		SELECT board, points, points FROM scores WHERE id = ? AND listed AND points > 0`, string(visitor)).Error
	if err != nil {
		return fmt.Errorf("rename a visitor on the boards: %w", err)
	}
	return nil
}

// gone takes a visitor off the boards who is about to be erased: to be called
// before their memberships and ledger are deleted, in the same transaction.
func (s *Store) gone(tx *gorm.DB, visitor game.VisitorID) error {
	err := tx.Exec("INSERT INTO group_moves (group_id) SELECT group_id FROM memberships WHERE visitor_id = ?", string(visitor)).Error
	if err == nil {
		err = dropScores(tx, string(visitor))
	}
	if err == nil {
		err = s.uncatch(tx, visitor)
	}
	if err != nil {
		return fmt.Errorf("take a visitor off the boards: %w", err)
	}
	return nil
}

// joined counts a visitor's animals for a group that they have just joined.
func (s *Store) joined(tx *gorm.DB, visitor game.VisitorID, group GroupID) error {
	return s.regrouped(tx, group)
}

// left no longer counts a visitor's animals for a group.
func (s *Store) left(tx *gorm.DB, visitor game.VisitorID, group GroupID) error {
	return s.regrouped(tx, group)
}

// disbanded takes a group off the boards.
func (s *Store) disbanded(tx *gorm.DB, group GroupID) error {
	if err := dropScores(tx, string(group)); err != nil {
		return fmt.Errorf("take a group off the boards: %w", err)
	}
	return s.regrouped(tx, group) // a folding under way may put it back
}

func (s *Store) regrouped(tx *gorm.DB, group GroupID) error {
	if err := tx.Exec("INSERT INTO group_moves (group_id) VALUES (?)", string(group)).Error; err != nil {
		return fmt.Errorf("move a group on the boards: %w", err)
	}
	return nil
}

// regroupAll has the scores of all groups worked out anew.
func regroupAll(tx *gorm.DB) error {
	if err := tx.Exec("INSERT INTO group_moves (group_id) SELECT id FROM groups").Error; err != nil {
		return fmt.Errorf("move the groups on the boards: %w", err)
	}
	return nil
}

func dropScores(tx *gorm.DB, id string) error {
	return tx.Exec(`
		WITH dropped AS (DELETE FROM scores WHERE id = ? RETURNING board, points, listed)
		INSERT INTO score_moves (board, was, now) SELECT board, points, 0 FROM dropped WHERE listed AND points > 0`, id).Error
}

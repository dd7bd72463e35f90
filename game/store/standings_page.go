package store

import (
	"context"
	"database/sql"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
)

// Who stands on a board.
type Who string

// There is a board of visitors and one of groups for each stretch of time.
const (
	Visitors Who = "visitors"
	Groups   Who = "groups"
)

// Standing is a line of a board.
type Standing struct {
	game.Placed
	Name string // nickname, or name of the group
}

// Page is a part of a board, as of one moment.
type Page struct {
	Board     game.Board
	Total     int // how many stand on the board
	Standings []Standing
	Mine      *Standing // in a page around somebody: where they stand, or would
	Listed    bool      // and whether they do
}

// Board gives the board of a period as it is now: game.ErrPeriod, or
// game.ErrNoSeason between seasons.
func (s *Store) Board(ctx context.Context, p game.Period) (game.Board, error) {
	referee, err := s.referee(s.read(ctx))
	if err != nil {
		return game.Board{}, err
	}
	return referee.Rules().Calendar.Board(p, s.now(), referee.Zone())
}

// Season gives the board of a season by its name, game.ErrNoSeason if there is
// none.
func (s *Store) Season(ctx context.Context, key string) (game.Board, error) {
	referee, err := s.referee(s.read(ctx))
	if err != nil {
		return game.Board{}, err
	}
	return referee.Rules().Calendar.Season(key, referee.Zone())
}

// top is before every score of a board.
var top = game.Score{Points: 1<<31 - 1, Reached: time.Unix(0, 0), ID: "00000000-0000-0000-0000-000000000000"}

// Top gives the first n of a board.
func (s *Store) Top(ctx context.Context, who Who, board game.Board, n int) (Page, error) {
	return s.After(ctx, who, board, top, n)
}

// After gives the n that follow a score, which need not stand there any more.
func (s *Store) After(ctx context.Context, who Who, board game.Board, cursor game.Score, n int) (Page, error) {
	return s.page(ctx, who, board, afterSQL, map[string]any{
		"points": cursor.Points, "reached": cursor.Reached.UTC(), "id": cursor.ID, "n": n})
}

// Around gives the neighbours of a visitor or group, n before and n after, and
// themselves in between if they stand on the board. Whoever does not finds the
// neighbours they would have.
func (s *Store) Around(ctx context.Context, who Who, board game.Board, id string, n int) (Page, error) {
	return s.page(ctx, who, board, aroundSQL, map[string]any{"id": id, "n": n})
}

const (
	onBoard = ` FROM scores WHERE board = @board AND listed AND points > 0 AND `

	afterSQL = `mine AS MATERIALIZED (SELECT NULL::int AS points, NULL::timestamptz AS reached, false AS stands),
		page AS MATERIALIZED (SELECT id, points, reached` + onBoard + `(-points, reached, id) > (-CAST(@points AS int), CAST(@reached AS timestamptz), CAST(@id AS uuid))
			ORDER BY -points, reached, id LIMIT @n)`

	aroundSQL = `mine AS MATERIALIZED (
			SELECT coalesce(max(points), 0) AS points, coalesce(max(reached), '-infinity') AS reached, coalesce(bool_or(listed AND points > 0), false) AS stands
			FROM scores WHERE id = @id AND board = @board),
		page AS MATERIALIZED (
			(SELECT id, points, reached` + onBoard + `(-points, reached, id) < ((SELECT -points FROM mine), (SELECT reached FROM mine), CAST(@id AS uuid))
				ORDER BY -points DESC, reached DESC, id DESC LIMIT @n)
			UNION ALL
			(SELECT id, points, reached` + onBoard + `(-points, reached, id) >= ((SELECT -points FROM mine), (SELECT reached FROM mine), CAST(@id AS uuid))
				ORDER BY -points, reached, id LIMIT @n + (SELECT stands::int FROM mine)))`

	// Ranks are looked up for the two best points of the page. Whoever has fewer
	// comes after all that have the second best, and those are all on the page.
	pageSQL = `
		SELECT m.points AS my_points, m.stands, (SELECT board_rank(@board, points) FROM mine) AS my_rank,
			(SELECT board_rank(@board, 0)) - 1 AS total,
			(SELECT board_rank(@board, max(points)) FROM page) AS first,
			(SELECT board_rank(@board, max(points)) FROM page WHERE points < (SELECT max(points) FROM page)) AS second,
			p.id, p.points, p.reached, `
)

// pageOf is the statement for a part of a board.
func pageOf(who Who, part string) string {
	name := "(SELECT nickname FROM visitors v WHERE v.id = p.id)"
	if who == Groups {
		name = "(SELECT name FROM groups g WHERE g.id = p.id)"
	}
	return "WITH " + part + pageSQL + name + " AS name FROM mine m LEFT JOIN page p ON true ORDER BY p.points DESC, p.reached, p.id"
}

func (s *Store) page(ctx context.Context, who Who, board game.Board, part string, values map[string]any) (Page, error) {
	if who == Groups {
		// Groups are counted a moment after their members; nobody should see that.
		if err := s.foldPending(ctx, "group_moves"); err != nil {
			return Page{}, err
		}
	}
	values["board"] = boardName(who, board)
	rows, err := s.read(ctx).Raw(pageOf(who, part), values).Rows()
	if err != nil {
		return Page{}, fmt.Errorf("read a leaderboard: %w", err)
	}
	defer rows.Close()
	page := Page{Board: board, Standings: []Standing{}}
	var mine game.Placed
	rank, since, best := 0, 0, 0 // of the points of the row, and where they begin; the points of the first
	for i := 0; rows.Next(); i++ {
		var myPoints, myRank, first, second, points sql.NullInt64
		var id, name sql.NullString
		var reached sql.NullTime
		if err := rows.Scan(&myPoints, &page.Listed, &myRank, &page.Total, &first, &second, &id, &points, &reached, &name); err != nil {
			return Page{}, fmt.Errorf("read a leaderboard: %w", err)
		}
		mine.Points, mine.Rank = int(myPoints.Int64), int(myRank.Int64)
		if !id.Valid {
			break // nobody is on the page
		}
		score := game.Score{ID: id.String, Points: int(points.Int64), Reached: reached.Time}
		switch {
		case i == 0:
			rank, best = int(first.Int64), score.Points
		case score.Points == page.Standings[i-1].Points:
		case page.Standings[i-1].Points == best:
			rank, since = int(second.Int64), i
		default:
			rank, since = rank+i-since, i
		}
		page.Standings = append(page.Standings, Standing{game.Placed{Rank: rank, Score: score}, name.String})
	}
	if err := rows.Err(); err != nil {
		return Page{}, fmt.Errorf("read a leaderboard: %w", err)
	}
	if part == aroundSQL {
		mine.ID = values["id"].(string)
		page.Mine = &Standing{Placed: mine}
	}
	return page, nil
}

// Tied gives the ids of those who stand at one place of a board, with the same
// points reached at the same time; a thousand at most.
func (s *Store) Tied(ctx context.Context, who Who, board game.Board, points int, reached time.Time) (ids []string, err error) {
	err = s.read(ctx).Raw("SELECT id::text FROM scores WHERE board = ? AND listed AND points > 0 AND -points = ? AND reached = ? ORDER BY id LIMIT 1000",
		boardName(who, board), -points, reached.UTC()).Scan(&ids).Error
	if err != nil {
		return nil, fmt.Errorf("read a place of a leaderboard: %w", err)
	}
	return ids, nil
}

// Version counts the changes of a board. What is read of the board afterwards
// is at least as new.
func (s *Store) Version(ctx context.Context, who Who, board game.Board) (version int64, err error) {
	err = s.read(ctx).Raw("SELECT coalesce((SELECT version FROM board_versions WHERE board = ?), 0)", boardName(who, board)).Scan(&version).Error
	if err != nil {
		return 0, fmt.Errorf("read the version of a leaderboard: %w", err)
	}
	return version, nil
}

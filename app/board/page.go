// Package board shows the leaderboards: pages of them, and live.
//
// A [Page] is what clients see of a board: nicknames, points and ranks, and of
// whom no id. A [Hub] follows the boards on behalf of any number of listeners:
// it reads a board once for all who watch it, a few times a second at most.
// The package app/api serves both over HTTP; who stands where is for
// game/store to know.
package board

import (
	"crypto/sha256"
	"encoding/base64"
	"encoding/binary"
	"errors"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Row is a line of a board.
type Row struct {
	Rank   int    `json:"rank" doc:"One more than there are with more points: ties share it" example:"2"`
	Name   string `json:"name" example:"Brave Otter 42"`
	Points int    `json:"points" example:"185"`
	Key    string `json:"key" doc:"Tells rows of the same name apart; the same from one answer to the next, and good for nothing else" example:"mG3pLx0aZk_1"`
	Me     bool   `json:"me,omitempty" doc:"Whether this is the visitor who asks, or the group they ask about"`
}

// Mine is where somebody stands who asked for it, or would stand.
type Mine struct {
	Rank   int    `json:"rank"`
	Points int    `json:"points"`
	Key    string `json:"key" doc:"Of their row, if they are on the board"`
	Listed bool   `json:"listed" doc:"Whether they are on the board: visitors who have not said yes to that, or have no points yet, only learn where they would be"`
}

// Page is a part of a board.
type Page struct {
	Board string     `json:"board" doc:"Which stretch of time: another day, week or season has another name" example:"day-2026-05-01"`
	Of    store.Who  `json:"of" enum:"visitors,groups"`
	From  *time.Time `json:"from,omitempty" doc:"When the stretch of time begins"`
	Until *time.Time `json:"until,omitempty" doc:"When it has ended"`
	Total int        `json:"total" doc:"How many are on the board"`
	Rows  []Row      `json:"rows"`
	Mine  *Mine      `json:"mine,omitempty" doc:"In answers around somebody"`
	Next  string     `json:"next,omitempty" doc:"Send it as after for the page that follows; missing on the last page"`
}

// NewPage lays out a page of a board.
func NewPage(of store.Who, p store.Page) Page {
	page := Page{Board: p.Board.Key, Of: of, From: moment(p.Board.From), Until: moment(p.Board.Until), Total: p.Total, Rows: make([]Row, len(p.Standings))}
	if p.Mine != nil {
		page.Mine = &Mine{p.Mine.Rank, p.Mine.Points, keyOf(p.Mine.ID), p.Listed}
	}
	for i, s := range p.Standings {
		page.Rows[i] = Row{s.Rank, s.Name, s.Points, keyOf(s.ID), p.Mine != nil && s.ID == p.Mine.ID}
	}
	return page
}

func moment(t time.Time) *time.Time {
	if t.IsZero() {
		return nil
	}
	return &t
}

const keyBytes = 9

// keyOf stands for an id where others see it. Ids have 74 random bits, so they
// cannot be found by trying.
func keyOf(id string) string {
	sum := sha256.Sum256([]byte("a row of a board: " + id))
	return base64.RawURLEncoding.EncodeToString(sum[:keyBytes])
}

// ErrCursor is the answer to a cursor that is not from a page.
var ErrCursor = errors.New("this is not the cursor of a page")

// Cursor is a place on a board: after the row with this key, or where it was.
type Cursor struct {
	Points  int
	Reached time.Time
	Key     string
}

// CursorAfter gives the place after a score.
func CursorAfter(s game.Score) Cursor { return Cursor{s.Points, s.Reached, keyOf(s.ID)} }

// String writes a cursor as it goes into addresses.
func (c Cursor) String() string {
	b := binary.BigEndian.AppendUint32(nil, uint32(c.Points))
	b = binary.BigEndian.AppendUint64(b, uint64(c.Reached.UnixMicro()))
	return base64.RawURLEncoding.EncodeToString(b) + c.Key
}

// ParseCursor reads what String wrote.
func ParseCursor(s string) (Cursor, error) {
	const numbers = 16 // 12 bytes in base 64
	if len(s) != numbers+keyBytes*4/3 {
		return Cursor{}, ErrCursor
	}
	b, err := base64.RawURLEncoding.DecodeString(s)
	if err != nil {
		return Cursor{}, ErrCursor
	}
	c := Cursor{int(binary.BigEndian.Uint32(b)), time.UnixMicro(int64(binary.BigEndian.Uint64(b[4:]))).UTC(), s[numbers:]}
	if year := c.Reached.Year(); c.Points <= 0 || c.Points > 1<<31-1 || year < 1 || year > 9999 {
		return Cursor{}, ErrCursor
	}
	return c, nil
}

// Score finds the score that a cursor follows, among those that stand at its
// place. If it has left, the page begins with those who share the place.
func (c Cursor) Score(ids []string) game.Score {
	s := game.Score{ID: "00000000-0000-0000-0000-000000000000", Points: c.Points, Reached: c.Reached}
	for _, id := range ids {
		if keyOf(id) == c.Key {
			s.ID = id
		}
	}
	return s
}

package game

import (
	"cmp"
	"slices"
	"sort"
	"time"
)

// Score is what a visitor or group has on a board.
type Score struct {
	ID      string
	Points  int
	Reached time.Time // when the last of the points was earned
}

// ScoreOf adds up what the lines of a ledger give to a span of time.
func ScoreOf(id string, lines []Line, span Span) Score {
	s := Score{ID: id}
	for _, l := range Net(lines) {
		if span.Contains(l.At) {
			s.add(l.Points, l.At)
		}
	}
	return s
}

func (s *Score) add(points int, at time.Time) {
	s.Points += points
	if points > 0 && at.After(s.Reached) {
		s.Reached = at
	}
}

// Compare orders scores as they stand on a board: more points first, then who
// reached them earlier, then by id. The order is total.
func (s Score) Compare(o Score) int {
	return cmp.Or(cmp.Compare(o.Points, s.Points), s.Reached.Compare(o.Reached), cmp.Compare(s.ID, o.ID))
}

// Placed is a score with its rank: one more than there are scores with more
// points, so ties share it (1, 2, 2, 4).
type Placed struct {
	Rank int
	Score
}

// Standings are the scores of one board, in order. They are the plain way to
// do what the database does by histogram and index, and its tests' reference.
type Standings []Placed

// Rank orders scores. Who has no points does not stand on a board.
func Rank(scores []Score) Standings {
	scores = slices.DeleteFunc(slices.Clone(scores), func(s Score) bool { return s.Points <= 0 })
	slices.SortFunc(scores, Score.Compare)
	standings := make(Standings, len(scores))
	for i, s := range scores {
		rank := i + 1
		if i > 0 && s.Points == scores[i-1].Points {
			rank = standings[i-1].Rank
		}
		standings[i] = Placed{rank, s}
	}
	return standings
}

// Top gives the first n.
func (s Standings) Top(n int) Standings { return s.slice(0, n) }

// After gives the n that follow a score, which need not stand there any more:
// it is the cursor of a page.
func (s Standings) After(cursor Score, n int) Standings {
	i := s.place(cursor)
	if i < len(s) && s[i].Score.Compare(cursor) == 0 {
		i++
	}
	return s.slice(i, i+n)
}

// Around gives the score's neighbours: n before it and n after it, and itself
// in between if it stands on the board. A score that does not (a visitor who
// stays off the boards, or has no points yet) finds the neighbours it would have.
func (s Standings) Around(mine Score, n int) Standings {
	i := s.place(mine)
	end := i + n
	if i < len(s) && s[i].Score.Compare(mine) == 0 {
		end++
	}
	return s.slice(i-n, end)
}

// RankOf is the rank that so many points have, or would have.
func (s Standings) RankOf(points int) int {
	return 1 + sort.Search(len(s), func(i int) bool { return s[i].Points <= points })
}

// place is where the score stands, or would.
func (s Standings) place(score Score) int {
	return sort.Search(len(s), func(i int) bool { return s[i].Score.Compare(score) >= 0 })
}

func (s Standings) slice(from, to int) Standings {
	from, to = min(max(from, 0), len(s)), min(max(to, 0), len(s))
	return s[from:max(from, to)]
}

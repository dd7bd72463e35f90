package game_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"pgregory.net/rapid"

	"github.com/zoodex/zoodex/game"
)

func score(id string, points, minute int) game.Score {
	return game.Score{ID: id, Points: points, Reached: time.Unix(int64(60*minute), 0)}
}

// listed tells standings as a person would read them: "1 ann".
func listed(s game.Standings) []string {
	var lines []string
	for _, p := range s {
		lines = append(lines, fmt.Sprintf("%d %s", p.Rank, p.ID))
	}
	return lines
}

func TestTiesShareARank(t *testing.T) {
	board := game.Rank([]game.Score{
		score("dan", 10, 1), score("ann", 50, 9), score("cat", 30, 5), score("bob", 30, 2), score("nobody", 0, 0), score("eve", 10, 1)})
	for _, c := range []struct {
		what string
		got  game.Standings
		want []string
	}{
		{"all", board, []string{"1 ann", "2 bob", "2 cat", "4 dan", "4 eve"}},
		{"top 2", board.Top(2), []string{"1 ann", "2 bob"}},
		{"top of none", board.Top(-1), nil},
		{"around cat", board.Around(score("cat", 30, 5), 1), []string{"2 bob", "2 cat", "4 dan"}},
		{"around the first", board.Around(score("ann", 50, 9), 1), []string{"1 ann", "2 bob"}},
		{"around who is not listed", board.Around(score("shy", 30, 4), 1), []string{"2 bob", "2 cat"}},
		{"around who has nothing", board.Around(score("new", 0, 0), 2), []string{"4 dan", "4 eve"}},
		{"after bob", board.After(score("bob", 30, 2), 2), []string{"2 cat", "4 dan"}},
		{"after who has left", board.After(score("gone", 40, 2), 1), []string{"2 bob"}},
		{"after the last", board.After(score("eve", 10, 1), 5), nil},
	} {
		if got := listed(c.got); !slices.Equal(got, c.want) {
			t.Errorf("%s: got %q, want %q", c.what, got, c.want)
		}
	}
	for points, want := range map[int]int{60: 1, 50: 1, 40: 2, 30: 2, 20: 4, 10: 4, 0: 6} {
		if got := board.RankOf(points); got != want {
			t.Errorf("%d points: got rank %d, want %d", points, got, want)
		}
	}
}

func TestScoresCountWhatWasEarnedInTheirTime(t *testing.T) {
	day := game.Days(date("2026-05-01"), date("2026-05-01"), berlin)
	line := func(points int, when string) game.Line {
		return game.Line{Capture: "a", Reason: game.ForCatch, Key: when, Points: points, At: at(when)}
	}
	lines := []game.Line{line(10, "2026-04-30 23:59"), line(20, "2026-05-01 00:00"), line(5, "2026-05-01 12:00"), line(30, "2026-05-02 00:00"),
		line(50, "2026-05-01 13:00"), line(-50, "2026-05-01 13:00")} // the last was taken back
	got := game.ScoreOf("ann", lines, day)
	if got.Points != 25 || !got.Reached.Equal(at("2026-05-01 12:00")) {
		t.Errorf("got %+v", got)
	}
	if ever := game.ScoreOf("ann", lines, game.Span{}); ever.Points != 65 {
		t.Errorf("ever: got %+v", ever)
	}
}

func TestStandingsAreWhatTheyAreDefinedToBe(t *testing.T) {
	rapid.Check(t, func(t *rapid.T) {
		scores := rapid.SliceOfNDistinct(rapid.Custom(func(t *rapid.T) game.Score {
			return score(rapid.StringMatching(`[a-z]{1,2}`).Draw(t, "id"), rapid.IntRange(0, 4).Draw(t, "points"), rapid.IntRange(0, 3).Draw(t, "minute"))
		}), 0, 30, func(s game.Score) string { return s.ID }).Draw(t, "scores")
		board := game.Rank(scores)
		for i, p := range board {
			more, before := 0, 0
			for _, s := range scores {
				if s.Points > p.Points {
					more++
				}
				if s.Compare(p.Score) < 0 {
					before++
				}
			}
			if p.Rank != more+1 || before != i || board.RankOf(p.Points) != p.Rank {
				t.Fatalf("%+v stands at %d: %d have more, %d are before", p, i, more, before)
			}
			if around := board.Around(p.Score, 2); !slices.Contains(around, p) || len(around) > 5 {
				t.Fatalf("around %+v: got %+v", p, around)
			}
		}
		size := rapid.IntRange(1, 5).Draw(t, "page size")
		paged := board.Top(size)
		for n := len(paged); n == size; {
			page := board.After(paged[len(paged)-1].Score, size)
			paged, n = slices.Concat(paged, page), len(page)
		}
		if !slices.Equal(paged, board) {
			t.Fatalf("pages of %d: got %v, want %v", size, paged, board)
		}
	})
}

package store

import (
	"fmt"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

// catches tells what a store says of the day's and all catches: "s-2 1/3" is
// the second animal, caught once today and three times ever.
func (st *stands) catches() string {
	st.t.Helper()
	day, err := st.Board(st.t.Context(), game.Today)
	st.must(err)
	caught, err := st.Catches(st.t.Context(), day)
	st.must(err)
	zoo, err := st.Zoo(st.t.Context())
	st.must(err)
	var told []string
	for _, c := range caught {
		s, _ := zoo.ByID(c.Species)
		told = append(told, fmt.Sprintf("%s %d/%d", s.Slug, c.Today, c.Ever))
	}
	return strings.Join(told, ", ")
}

func (st *stands) line(v game.VisitorID, species, points int, at time.Time) game.Line {
	return game.Line{Capture: game.CaptureID(v), Reason: game.ForCatch, Key: string(st.zoo[species-1].ID), Points: points, At: at}
}

func (st *stands) catch(v game.VisitorID, species, points int, at time.Time) {
	st.t.Helper()
	st.must(st.earn(st.t.Context(), v, nil, st.line(v, species, points, at)))
}

func (st *stands) wantCatches(want string) {
	st.t.Helper()
	if got := st.catches(); got != want {
		st.t.Errorf("caught are %q, want %q", got, want)
	}
	if wrong, err := st.VerifyBoards(st.t.Context(), nil); err != nil || slices.ContainsFunc(wrong, func(d BoardDifference) bool { return strings.HasPrefix(d.Board, "catches ") }) {
		st.t.Errorf("%v, %v", wrong, err)
	}
}

func TestTheZoosCatchesAreCounted(t *testing.T) {
	st := newStands(t)
	a, b := st.visitor("a"), st.visitor("b")
	st.wantCatches("")
	yesterday := st.now.AddDate(0, 0, -1)
	st.catch(a, 1, 10, yesterday)
	st.wantCatches("s-1 0/1")
	st.catch(b, 1, 10, st.now.Add(-time.Hour))
	st.catch(a, 2, 20, st.now)
	st.wantCatches("s-2 1/1, s-1 1/2")

	st.catch(b, 1, 5, st.now.Add(-time.Hour)) // is worth more by new rules
	st.wantCatches("s-2 1/1, s-1 1/2")
	st.catch(b, 1, -15, st.now.Add(-time.Hour))  // was none
	st.catch(b, 3, 30, st.now.Add(-time.Minute)) // but this
	st.wantCatches("s-2 1/1, s-3 1/1, s-1 0/1")

	st.must(st.Erase(t.Context(), a))
	st.wantCatches("s-3 1/1")

	st.now = st.now.AddDate(0, 0, 1)
	st.wantCatches("s-3 0/1")
}

// The day is that of the zoo, not of the database.
func TestACatchBelongsToTheDayOfTheZoo(t *testing.T) {
	st := newStands(t)
	a, b := st.visitor("a"), st.visitor("b")
	st.now = local("2026-07-02 00:30") // in UTC still the 1st
	st.catch(a, 1, 10, local("2026-07-01 23:59"))
	st.catch(b, 2, 10, local("2026-07-02 00:00"))
	st.wantCatches("s-2 1/1, s-1 0/1")
}

func TestWrongCountsOfCatchesAreFoundAndPutRight(t *testing.T) {
	st := newStands(t)
	a := st.visitor("a")
	st.catch(a, 1, 10, st.now)
	st.catch(a, 2, 10, st.now.Add(time.Second))
	st.wantCatches("s-2 1/1, s-1 1/1")
	st.catch(a, 3, 10, st.now.Add(2*time.Second)) // noted, and not yet folded
	for _, statement := range []string{"DELETE FROM catches WHERE board = 'ever'", "UPDATE catches SET n = 7"} {
		st.must(st.db.Exec(statement).Error)
	}
	found, err := st.RepairBoards(t.Context(), nil)
	if want := []BoardDifference{{Board: "catches day-2026-07-01"}, {Board: "catches ever"}}; err != nil || !slices.Equal(found, want) {
		t.Errorf("found %v, %v, want %v", found, err, want)
	}
	st.wantCatches("s-3 1/1, s-2 1/1, s-1 1/1")
}

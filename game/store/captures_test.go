package store_test

import (
	"crypto/sha256"
	"errors"
	"reflect"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

func TestTheFirstCaptureCatchesAndTheNextOnesSee(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	first, fresh := f.record(f.sighting(v, 3))
	if !fresh || first.Outcome != game.Caught || first.Earned != f.catch(3)+f.arrival() {
		t.Errorf("first capture: %s, %d points, fresh %v", first.Outcome, first.Earned, fresh)
	}
	if want := (game.Progress{Caught: 1, Total: 5, Points: f.catch(3) + f.arrival()}); first.Progress != want {
		t.Errorf("progress %+v, want %+v", first.Progress, want)
	}
	second, fresh := f.record(f.sighting(v, 3))
	if !fresh || second.Outcome != game.Seen || second.Earned != 0 || second.Progress != first.Progress {
		t.Errorf("second capture: %s, %d points, progress %+v, fresh %v", second.Outcome, second.Earned, second.Progress, fresh)
	}
}

func TestWhatIsNoSpeciesEarnsNothing(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	for verdict, outcome := range map[game.Verdict]game.Outcome{
		game.Undecided: game.Unsure, game.NoAnimal: game.Nothing, game.NotOurs: game.Stranger,
	} {
		c := f.sighting(v, 1)
		c.Verdict, c.Species, c.Stranger = verdict, "", "n02123045"
		got, fresh := f.record(c)
		if !fresh || got.Outcome != outcome || got.Earned != 0 || got.Progress != (game.Progress{Total: 5}) {
			t.Errorf("%s became %s with %d points and %+v", verdict, got.Outcome, got.Earned, got.Progress)
		}
		again, ok, err := f.Replay(t.Context(), v, c.ID, c.PhotoSum)
		if err != nil || !ok || !reflect.DeepEqual(again, got) {
			t.Errorf("%s is answered again as\n%+v, %v, %v, first was\n%+v", verdict, again, ok, err, got)
		}
	}
	if seen, points := f.collection(v); len(seen) != 0 || points != 0 {
		t.Errorf("collection %v, %d points", seen, points)
	}
}

func TestARetriedCaptureAnswersTheSame(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	c := f.sighting(v, 1)
	first, _ := f.record(c)

	// Whatever happened since: other captures, staff edits, another network.
	f.record(f.sighting(v, 2))
	f.sql(`UPDATE species SET rarity = 5`)
	later := f.sighting(v, 4)
	later.ID, later.PhotoSum, later.At = c.ID, c.PhotoSum, c.At.Add(time.Hour)

	other := f.restarted()
	again, fresh := other.record(later)
	if fresh || !reflect.DeepEqual(again, first) {
		t.Errorf("fresh %v, answered\n%+v\nfirst was\n%+v", fresh, again, first)
	}
	replayed, ok, err := other.Replay(t.Context(), v, c.ID, c.PhotoSum)
	if err != nil || !ok || !reflect.DeepEqual(replayed, first) {
		t.Errorf("%v, %v, replayed\n%+v\nfirst was\n%+v", ok, err, replayed, first)
	}
	if n := f.count(`SELECT count(*) FROM captures`); n != 2 {
		t.Errorf("%d captures are kept, want 2", n)
	}
}

func TestAnUnknownCaptureIsNotReplayed(t *testing.T) {
	t.Parallel()
	f := founded(t)
	c, ok, err := f.Replay(t.Context(), f.welcome(), game.CaptureID(uuid.NewString()), [32]byte{})
	if err != nil || ok {
		t.Errorf("%+v, %v, %v", c, ok, err)
	}
}

func TestTheSameIdWithAnotherPhotoIsAConflict(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	c := f.sighting(v, 1)
	first, _ := f.record(c)

	other := c
	other.PhotoSum[0] ^= 1
	if _, _, err := f.Record(t.Context(), f.zoo(), other); !errors.Is(err, game.ErrConflict) {
		t.Errorf("recorded: %v", err)
	}
	if _, _, err := f.Replay(t.Context(), v, c.ID, other.PhotoSum); !errors.Is(err, game.ErrConflict) {
		t.Errorf("replayed: %v", err)
	}
	kept, err := f.Captures(t.Context(), v)
	first.Question = nil
	if err != nil || len(kept) != 1 || !reflect.DeepEqual(kept[0], first) {
		t.Errorf("kept %+v, %v", kept, err)
	}
}

func TestTwoVisitorsMayUseTheSameCaptureId(t *testing.T) {
	t.Parallel()
	f := founded(t)
	a, b := f.welcome(), f.welcome()
	c := f.sighting(a, 1)
	f.record(c)
	c.Visitor = b
	c.PhotoSum[5]++
	c.PhotoSig, c.PhotoFlip = ^c.PhotoSig, ^c.PhotoFlip
	got, fresh := f.record(c)
	if !fresh || got.Visitor != b || got.Outcome != game.Caught || got.Earned != f.catch(1)+f.arrival() {
		t.Errorf("the second visitor got %+v, fresh %v", got, fresh)
	}
	for _, v := range []game.VisitorID{a, b} {
		if captures, err := f.Captures(t.Context(), v); err != nil || len(captures) != 1 || captures[0].Visitor != v {
			t.Errorf("captures of %s: %+v, %v", v, captures, err)
		}
	}
}

func TestAnErasedVisitorCatchesNothing(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	c := f.sighting(v, 1)
	f.record(c)
	if err := f.Erase(t.Context(), v); err != nil {
		t.Fatal(err)
	}
	if _, _, err := f.Record(t.Context(), f.zoo(), c); !errors.Is(err, game.ErrUnknown) {
		t.Errorf("recorded: %v", err)
	}
	if n := f.count(`SELECT count(*) FROM captures`); n != 0 {
		t.Errorf("%d captures are kept", n)
	}
}

// Whatever fails midway, a capture is kept whole or not at all.
func TestACaptureWithoutItsPointsIsNotKept(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	f.sql(`ALTER TABLE ledger ADD CONSTRAINT full_up CHECK (points < 0)`)
	if _, _, err := f.Record(t.Context(), f.zoo(), f.sighting(v, 1)); err == nil {
		t.Fatal("recorded without its points")
	}
	if n := f.count(`SELECT count(*) FROM captures`); n != 0 {
		t.Errorf("%d captures are kept", n)
	}
}

func TestACaptureSentSixteenTimesAtOnceIsOne(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	c := f.sighting(v, 4)
	var mu sync.Mutex
	var answers []store.Answer
	fresh := 0
	zoo := f.zoo()
	atOnce(16, func(int) {
		got, isFresh, err := f.Record(t.Context(), zoo, c)
		if err != nil {
			t.Error(err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		answers = append(answers, got)
		if isFresh {
			fresh++
		}
	})
	if fresh != 1 {
		t.Errorf("%d were fresh", fresh)
	}
	for _, a := range answers {
		if !reflect.DeepEqual(a, answers[0]) {
			t.Errorf("answered\n%+v\nand\n%+v", a, answers[0])
		}
	}
	if rows, lines := f.count(`SELECT count(*) FROM captures`), f.count(`SELECT count(*) FROM ledger`); rows != 1 || lines != 2 {
		t.Errorf("%d captures and %d lines in the ledger", rows, lines)
	}
}

func TestASpeciesCapturedSixteenTimesAtOnceIsCaughtOnce(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	var captures []game.Capture
	for range 16 {
		captures = append(captures, f.sighting(v, 5))
	}
	var mu sync.Mutex
	earned := 0
	zoo := f.zoo()
	atOnce(16, func(i int) {
		got, fresh, err := f.Record(t.Context(), zoo, captures[i])
		if err != nil || !fresh {
			t.Error(fresh, err)
			return
		}
		mu.Lock()
		defer mu.Unlock()
		earned += got.Earned
	})
	if earned != f.catch(5)+f.arrival() {
		t.Errorf("%d points were earned", earned)
	}
	if seen, points := f.collection(v); seen[f.species(5).ID].Times != 16 || points != f.catch(5)+f.arrival() {
		t.Errorf("collection %v, %d points", seen, points)
	}
}

func TestVisitorsDoNotWaitForEachOther(t *testing.T) {
	t.Parallel()
	f := founded(t)
	busy, v := f.welcome(), f.welcome()
	tx := f.db.Gorm().Begin()
	defer tx.Rollback()
	if err := tx.Exec(`SELECT FROM visitors WHERE id = ? FOR UPDATE`, string(busy)).Error; err != nil {
		t.Fatal(err)
	}
	f.record(f.sighting(v, 1))
}

// Captures made offline arrive in any order: the first to arrive catches, and
// the page shows when the animal was first met.
func TestOfflineCapturesMayArriveInAnyOrder(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	var captures []store.Answer
	for _, hours := range []int{-3, -30, -1, -100} {
		c := f.sighting(v, 2)
		c.At = opening.Add(time.Duration(hours) * time.Hour)
		got, _ := f.record(c)
		got.Question = nil
		captures = append(captures, got)
	}
	// Each is the first of those that had arrived, but the third.
	for i, want := range []game.Outcome{game.Caught, game.Caught, game.Seen, game.Caught} {
		if captures[i].Outcome != want {
			t.Errorf("capture %d is %s, want %s", i, captures[i].Outcome, want)
		}
	}
	seen, points := f.collection(v)
	sighted := seen[f.species(2).ID]
	if !sighted.First.Equal(opening.Add(-100*time.Hour)) || sighted.Times != 4 || sighted.Visits != 3 || points != f.catch(2)+3*f.arrival()+2*f.zoo().Referee.Rules().Points.Again[2] {
		t.Errorf("sighted %+v, %d points", sighted, points)
	}
	kept, err := f.Captures(t.Context(), v)
	if err != nil || len(kept) != 4 {
		t.Fatalf("%d captures, %v", len(kept), err)
	}
	for i, from := range []int{3, 1, 0, 2} {
		if !reflect.DeepEqual(kept[i], captures[from]) {
			t.Errorf("capture %d is\n%+v, want\n%+v", i, kept[i], captures[from])
		}
	}
}

func TestASpeciesThatLeftTheDisplayStaysCaught(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	f.record(f.sighting(v, 1))
	f.sql(`UPDATE species SET on_display = false WHERE number IN (1, 2)`)
	got, _ := f.record(f.sighting(v, 3))
	// Three are on display, and the one that was caught counts on.
	if want := (game.Progress{Caught: 2, Total: 4, Points: f.catch(1) + f.catch(3) + f.arrival()}); got.Progress != want {
		t.Errorf("progress %+v, want %+v", got.Progress, want)
	}
}

func TestTheSamePhotoMayBeCapturedTwice(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	sum := sha256.Sum256([]byte("photo"))
	for _, want := range []game.Outcome{game.Caught, game.Seen} {
		c := f.sighting(v, 1)
		c.PhotoSum = sum
		if got, fresh := f.record(c); !fresh || got.Outcome != want {
			t.Errorf("%s, fresh %v, want %s", got.Outcome, fresh, want)
		}
	}
}

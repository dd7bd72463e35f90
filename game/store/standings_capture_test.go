package store_test

import (
	"sync"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// standing is what somebody has on a board, and the rank they have or would have.
func (f *fixture) standing(who store.Who, p game.Period, id string) store.Page {
	f.t.Helper()
	board, err := f.Board(f.t.Context(), p)
	if err != nil {
		f.t.Fatal(err)
	}
	page, err := f.Around(f.t.Context(), who, board, id, 50)
	if err != nil {
		f.t.Fatal(err)
	}
	return page
}

func TestBoardsFollowWhatVisitorsDo(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	ann, bob := f.welcome(), f.welcome()
	for _, v := range []game.VisitorID{ann, bob} {
		if err := f.List(ctx, v, true); err != nil {
			t.Fatal(err)
		}
	}
	group, err := f.FoundGroup(ctx, ann, game.FamilyGroup, "The Otters")
	if err != nil {
		t.Fatal(err)
	}
	if _, err := f.JoinGroup(ctx, bob, group.Code); err != nil {
		t.Fatal(err)
	}
	agree := func(what string) {
		t.Helper()
		for _, v := range []game.VisitorID{ann, bob} {
			_, points := f.collection(v)
			for _, p := range game.Periods {
				if got := f.standing(store.Visitors, p, string(v)); got.Mine.Points != points || got.Listed != (points > 0) {
					t.Errorf("%s: got %+v %s, want %d points", what, got, p, points)
				}
			}
		}
		_, _, _, together, err := f.Together(ctx, ann, group.ID)
		if err != nil {
			t.Fatal(err)
		}
		got := f.standing(store.Groups, game.Ever, string(group.ID))
		if got.Mine.Points != together.Points || got.Listed && (got.Standings[0].Name != "The Otters" || !got.Standings[0].Reached.Equal(together.Reached)) {
			t.Errorf("%s: the group has %+v, want %+v", what, got, together)
		}
	}
	agree("nothing yet")
	first := f.sighting(ann, 1)
	f.record(first)
	f.record(f.sighting(ann, 4))
	f.record(f.sighting(bob, 4))
	agree("three captures")
	f.record(first)
	agree("a retry")
	if _, err := f.Overrule(ctx, store.Author{Name: "kim"}, ann, first.ID, game.Withdraw, "a poster"); err != nil {
		t.Fatal(err)
	}
	agree("a capture withdrawn")
	if _, err := f.Correct(ctx, bob, f.captured(bob), game.Correction{Kind: game.Say}); err != nil {
		t.Fatal(err)
	}
	agree("an animal that Bob did not see after all")
	if err := f.LeaveGroup(ctx, bob, group.ID); err != nil {
		t.Fatal(err)
	}
	agree("Bob out of the group")
	if err := f.Rename(ctx, ann, "Calm Lynx 7"); err != nil {
		t.Fatal(err)
	}
	if got := f.standing(store.Visitors, game.Ever, string(ann)); got.Standings[0].Name != "Calm Lynx 7" {
		t.Errorf("renamed: got %+v", got)
	}
	if err := f.Erase(ctx, ann); err != nil {
		t.Fatal(err)
	}
	for _, who := range []store.Who{store.Visitors, store.Groups} {
		if got := f.standing(who, game.Ever, string(bob)); len(got.Standings) != 0 || got.Total != 0 {
			t.Errorf("%s after Ann was erased: got %+v", who, got)
		}
	}
}

// captured is the id of a visitor's last capture.
func (f *fixture) captured(v game.VisitorID) game.CaptureID {
	f.t.Helper()
	captures, err := f.Captures(f.t.Context(), v)
	if err != nil || len(captures) == 0 {
		f.t.Fatalf("no capture of %s: %v", v, err)
	}
	return captures[len(captures)-1].Capture.ID
}

func TestAClassCapturesAtOnce(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	const n = 32
	visitors := make([]game.VisitorID, n)
	for i := range visitors {
		visitors[i] = f.welcome()
		if err := f.List(ctx, visitors[i], true); err != nil {
			t.Fatal(err)
		}
	}
	group, err := f.FoundGroup(ctx, visitors[0], game.ClassGroup, "3b")
	if err != nil {
		t.Fatal(err)
	}
	for _, v := range visitors[1:] {
		if _, err := f.JoinGroup(ctx, v, group.Code); err != nil {
			t.Fatal(err)
		}
	}
	folding, stop := make(chan struct{}), sync.WaitGroup{}
	stop.Go(func() {
		for {
			select {
			case <-folding:
				return
			case <-time.After(5 * time.Millisecond):
				if err := f.TryFold(ctx); err != nil {
					t.Error(err)
				}
			}
		}
	})
	atOnce(n, func(i int) {
		for species := range 5 {
			if _, _, err := f.Record(ctx, f.zoo(), f.sighting(visitors[i], (i+species)%5+1)); err != nil {
				t.Errorf("visitor %d: %v", i, err)
			}
		}
	})
	close(folding)
	stop.Wait()
	if wrong, err := f.VerifyBoards(ctx, func(int, int) {}); err != nil || len(wrong) > 0 {
		t.Errorf("differences: %v, %v", wrong, err)
	}
	_, _, _, together, err := f.Together(ctx, visitors[0], group.ID)
	if got := f.standing(store.Groups, game.Today, string(group.ID)); err != nil || got.Mine.Points != together.Points || got.Mine.Points == 0 {
		t.Errorf("the class has %+v, want %+v, %v", got.Mine, together, err)
	}
	if got := f.standing(store.Visitors, game.Today, string(visitors[7])); got.Total != n {
		t.Errorf("got %d on the board, want %d", got.Total, n)
	}
}

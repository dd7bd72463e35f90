package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Whatever was decided about captures is listed with its reason, page by page.
func TestStaffSeeWhatWasDecided(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	now := opening
	s := store.New(f.db.Gorm(), func() time.Time { now = now.Add(time.Second); return now })
	record := func(c game.Capture) game.Capture {
		t.Helper()
		if _, _, err := s.Record(ctx, f.zoo(), c); err != nil {
			t.Fatal(err)
		}
		return c
	}
	original := record(f.sighting(f.welcome(), 1))
	copy := record(f.twin(original, 0))
	poster := record(f.sighting(f.welcome(), 2))
	wrong := record(f.sighting(f.welcome(), 3))
	allowed := record(f.twin(original, 0))
	doubtful := f.sighting(f.welcome(), 4)
	doubtful.Verdict, doubtful.Species = game.Undecided, ""
	record(doubtful)
	kim := store.Author{Name: "kim"}
	if _, err := s.Overrule(ctx, kim, poster.Visitor, poster.ID, game.Withdraw, "a poster"); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Correct(ctx, wrong.Visitor, wrong.ID, game.Correction{Kind: game.Say}); err != nil {
		t.Fatal(err)
	}
	if _, err := s.Overrule(ctx, kim, allowed.Visitor, allowed.ID, game.Pardon, "they stood side by side"); err != nil {
		t.Fatal(err)
	}
	list := func(d store.Decisions) (ids []game.CaptureID, all []store.Decided) {
		t.Helper()
		for {
			page, err := s.Decided(ctx, d)
			if err != nil {
				t.Fatal(err)
			}
			if len(page) == 0 {
				return ids, all
			}
			for _, x := range page {
				ids, all = append(ids, x.ID), append(all, x)
			}
			last := page[len(page)-1]
			d.After = store.DecidedPlace{Arrived: last.Arrived, Visitor: last.Visitor, Capture: last.ID}
		}
	}
	for _, c := range []struct {
		as   store.DecidedAs
		want []game.CaptureID
	}{
		{"", []game.CaptureID{allowed.ID, wrong.ID, poster.ID, copy.ID}},
		{store.AsCopied, []game.CaptureID{allowed.ID, copy.ID}},
		{store.AsWithdrawn, []game.CaptureID{poster.ID}},
		{store.AsCorrected, []game.CaptureID{wrong.ID}},
		{store.AsPardoned, []game.CaptureID{allowed.ID}},
		{store.AsUnsure, []game.CaptureID{doubtful.ID}},
		{store.AsClosed, nil}, {store.AsTooFast, nil},
	} {
		for _, limit := range []int{1, 3, 50} {
			if got, _ := list(store.Decisions{As: c.as, Limit: limit}); !slices.Equal(got, c.want) {
				t.Errorf("decided as %q, by %d: got %v, want %v", c.as, limit, got, c.want)
			}
		}
	}
	_, all := list(store.Decisions{Limit: 50})
	told := func(d store.Decided) string {
		text := fmt.Sprint(d.Nickname, " ", d.Void, " ", d.Now.Outcome, " ", d.Now.Void)
		for _, r := range d.Remarks {
			text += fmt.Sprint(" ", r.Kind, " ", r.Staff, " ", r.Reason)
		}
		return text
	}
	for i, want := range []string{
		"Brave Otter 42 copied caught  pardon kim they stood side by side", "Brave Otter 42  unsure  say  ",
		"Brave Otter 42  void withdrawn withdraw kim a poster", "Brave Otter 42 copied void copied",
	} {
		if got := told(all[i]); got != want {
			t.Errorf("got %q, want %q", got, want)
		}
	}
	if err := s.Rename(ctx, poster.Visitor, "Calm Koala 7"); err != nil {
		t.Fatal(err)
	}
	if got, _ := list(store.Decisions{Nickname: "Calm Koala 7", Limit: 2}); !slices.Equal(got, []game.CaptureID{poster.ID}) {
		t.Errorf("of a nickname: got %v", got)
	}
}

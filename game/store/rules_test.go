package store_test

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"sync"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

var nobody = store.Author{Note: func(context.Context, store.Tx, string, string, map[string]any) error { return nil }}

// tune changes all rules and the zone.
func tune(ctx context.Context, s *store.Store, rules game.Rules, zone *time.Location) error {
	_, err := s.EditRules(ctx, nobody, store.RulesChange{Change: func(now *store.Setup) error {
		*now = store.Setup{Rules: rules, Zone: zone.String()}
		return nil
	}})
	return err
}

func TestEditsOfRulesTakeTurnsAndAreKept(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	if err := tune(ctx, f.Store, smallRules(t), time.UTC); err != nil {
		t.Fatal(err)
	}
	var several sync.WaitGroup
	for i := range 8 {
		several.Go(func() {
			by := store.Author{Name: fmt.Sprint(i), Note: nobody.Note}
			_, err := f.EditRules(ctx, by, store.RulesChange{Part: "points", Change: func(now *store.Setup) error {
				now.Rules.Points.Visit++
				return nil
			}})
			if err != nil {
				t.Error(err)
			}
		})
	}
	several.Wait()
	zoo, err := f.Zoo(ctx)
	if err != nil {
		t.Fatal(err)
	}
	first := smallRules(t).Points.Visit
	if got := zoo.Referee.Rules().Points.Visit; got != first+8 {
		t.Errorf("after 8 edits of one each %d became %d", first, got)
	}
	edits, err := f.RulesEdits(ctx, "points", 0, 100)
	if err != nil || len(edits) != 8 {
		t.Fatalf("%d edits are kept: %v", len(edits), err)
	}
	who := map[string]bool{}
	for i, e := range edits {
		who[e.Who] = true
		if before, after := e.Before.Rules.Points.Visit, e.After.Rules.Points.Visit; after != first+8-i || before != after-1 {
			t.Errorf("edit %d went from %d to %d", e.Revision, before, after)
		}
	}
	if len(who) != 8 {
		t.Errorf("the edits are by %v", who)
	}
	earlier, err := f.RulesEdits(ctx, "points", edits[2].Revision, 2)
	if err != nil || len(earlier) != 2 || earlier[0].Revision != edits[3].Revision {
		t.Errorf("before %d: %v %v", edits[2].Revision, earlier, err)
	}
}

func TestAWrongEditOfRulesChangesNothing(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	if err := tune(ctx, f.Store, smallRules(t), time.UTC); err != nil {
		t.Fatal(err)
	}
	noted := errors.New("it cannot be noted")
	for what, c := range map[string]struct {
		by     store.Author
		change func(*store.Setup) error
		field  string
	}{
		"rules": {nobody, func(now *store.Setup) error { now.Rules.Points.Visit = -1; return nil }, "points.visit"},
		"zone":  {nobody, func(now *store.Setup) error { now.Zone = "Berlin"; return nil }, "zone"},
		"local": {nobody, func(now *store.Setup) error { now.Zone = "Local"; return nil }, "zone"},
		"none":  {nobody, func(now *store.Setup) error { now.Zone = ""; return nil }, "zone"},
		"note": {store.Author{Note: func(context.Context, store.Tx, string, string, map[string]any) error { return noted }},
			func(now *store.Setup) error { now.Zone = "Asia/Tokyo"; now.Rules.Points.Visit++; return nil }, ""},
		"same": {nobody, func(*store.Setup) error { return nil }, ""},
	} {
		_, err := f.EditRules(ctx, c.by, store.RulesChange{Part: "x", Change: c.change})
		var wrong store.RulesError
		switch {
		case what == "same" && err != nil, what == "note" && !errors.Is(err, noted):
			t.Errorf("%s: %v", what, err)
		case c.field != "" && (!errors.As(err, &wrong) || !slices.ContainsFunc(wrong, func(p game.Problem) bool { return p.Field == c.field })):
			t.Errorf("%s: %v", what, err)
		}
	}
	if edits, err := f.RulesEdits(ctx, "x", 0, 9); err != nil || len(edits) != 0 {
		t.Errorf("kept are %v: %v", edits, err)
	}
	zoo, err := f.restarted().Zoo(ctx)
	if err != nil || zoo.Referee.Zone() != time.UTC || zoo.Referee.Rules().Points.Visit != smallRules(t).Points.Visit {
		t.Errorf("the rules have changed: %v", err)
	}
	if now, _ := f.Zoo(ctx); now.Referee.Zone() != time.UTC {
		t.Error("the store believes in an edit that was taken back")
	}
}

// smallRules are rules for a zoo without the animals that trails name.
func smallRules(t testing.TB) game.Rules {
	rules := starterRules(t)
	rules.Trails, rules.Badges = nil, nil
	return rules
}

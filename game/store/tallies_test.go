package store_test

import (
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// recompute lets a store work until nobody is behind, and tells how many were.
func (f *fixture) recompute() (n int) {
	f.t.Helper()
	for {
		done, err := f.Recompute(f.t.Context())
		if err != nil {
			f.t.Fatal(err)
		}
		if done == 0 {
			return n
		}
		n += done
	}
}

// differences counts what is not as it follows from the captures.
func (f *fixture) differences() (ledgers, boards int) {
	f.t.Helper()
	found, err := f.Verify(f.t.Context(), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	misplaced, err := f.VerifyBoards(f.t.Context(), nil)
	if err != nil {
		f.t.Fatal(err)
	}
	return len(found), len(misplaced)
}

// What was earned so far follows when the rules or the species change, for
// everybody and without anybody capturing.
func TestEverybodyIsRecomputedAfterAChange(t *testing.T) {
	t.Parallel()
	f := founded(t)
	ctx := t.Context()
	var visitors []game.VisitorID
	for i := range 70 {
		v := f.welcome()
		if err := f.List(ctx, v, true); err != nil {
			t.Fatal(err)
		}
		f.record(f.sighting(v, 1+i%5))
		visitors = append(visitors, v)
	}
	group, err := f.FoundGroup(ctx, visitors[0], game.FamilyGroup, "The Otters")
	if err != nil {
		t.Fatal(err)
	}
	if n := f.recompute(); n != 0 {
		t.Errorf("%d visitors were recomputed before anything changed", n)
	}
	points := func() (visitor, together int) {
		return f.standing(store.Visitors, game.Ever, string(visitors[0])).Mine.Points, f.standing(store.Groups, game.Ever, string(group.ID)).Mine.Points
	}
	for _, c := range []struct {
		what   string
		change func(game.Rules)
	}{
		{"points", func(r game.Rules) { r.Points.Catch[1] += 7 }},
		{"a species", func(game.Rules) { f.sql(`UPDATE species SET rarity = 4 WHERE number = 1`) }},
	} {
		before, groupBefore := points()
		rules := starterRules(t)
		rules.Trails = nil
		rules.Badges = nil
		c.change(rules)
		if err := tune(ctx, f.Store, rules, time.UTC); err != nil {
			t.Fatal(err)
		}
		if ledgers, _ := f.differences(); ledgers == 0 {
			t.Errorf("%s: nothing to recompute", c.what)
		}
		if n := f.restarted().recompute(); n != len(visitors) {
			t.Errorf("%s: %d visitors were recomputed", c.what, n)
		}
		if ledgers, boards := f.differences(); ledgers+boards != 0 {
			t.Errorf("%s: afterwards %d ledgers and %d places differ", c.what, ledgers, boards)
		}
		after, groupAfter := points()
		_, earned := f.collection(visitors[0])
		if after == before || after != earned || groupAfter == groupBefore {
			t.Errorf("%s: the visitor went from %d to %d points, earned are %d; the group from %d to %d", c.what, before, after, earned, groupBefore, groupAfter)
		}
		if n := f.recompute(); n != 0 {
			t.Errorf("%s: %d visitors were recomputed again", c.what, n)
		}
	}
	f.sql(`UPDATE species_texts SET name = 'renamed'`)
	if n := f.recompute(); n != 0 {
		t.Errorf("%d visitors were recomputed for a name", n)
	}
}

// Whoever is capturing is not waited for: their turn comes later.
func TestRecomputingWaitsForNobody(t *testing.T) {
	t.Parallel()
	f := founded(t)
	busy, idle := f.welcome(), f.welcome()
	f.record(f.sighting(busy, 1))
	f.record(f.sighting(idle, 2))
	f.sql(`UPDATE species SET rarity = rarity % 5 + 1`)
	tx := f.db.Gorm().Begin()
	defer tx.Rollback()
	if err := tx.Exec(`SELECT FROM visitors WHERE id = ? FOR NO KEY UPDATE`, string(busy)).Error; err != nil {
		t.Fatal(err)
	}
	if n := f.recompute(); n != 1 {
		t.Errorf("%d visitors were recomputed beside a capture", n)
	}
	if err := tx.Rollback().Error; err != nil {
		t.Fatal(err)
	}
	if n := f.recompute(); n != 1 {
		t.Errorf("%d visitors were recomputed after it", n)
	}
	if ledgers, boards := f.differences(); ledgers+boards != 0 {
		t.Errorf("%d ledgers and %d places differ", ledgers, boards)
	}
}

func TestATallyThatIsWrongIsFoundAndRepaired(t *testing.T) {
	t.Parallel()
	f := founded(t)
	v := f.welcome()
	f.record(f.sighting(v, 1))
	f.sql(`UPDATE tallies SET tally = jsonb_set(tally::jsonb, '{points}', '7')`)
	if ledgers, _ := f.differences(); ledgers != 1 {
		t.Errorf("%d differences were found", ledgers)
	}
	if found, err := f.Repair(t.Context(), nil); err != nil || len(found) != 1 || !found[0].Tally || len(found[0].Lines) != 0 {
		t.Errorf("repaired %+v, %v", found, err)
	}
	if ledgers, _ := f.differences(); ledgers != 0 {
		t.Errorf("%d differences are left", ledgers)
	}
	got, _ := f.record(f.sighting(v, 2))
	if want := f.catch(1) + f.catch(2) + f.arrival(); got.Progress.Points != want {
		t.Errorf("%d points, want %d", got.Progress.Points, want)
	}
}

package game_test

import (
	"testing"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/vision/model"
)

// The rules and recognition each have the tree of animal groups, and the
// catalogue has its names.
func TestThereIsOneTreeOfGroups(t *testing.T) {
	groups := catalogue.Groups()
	for g := range groups {
		if game.ParentGroup(g) != model.Parent(g) || !game.IsGroup(g) || !model.IsGroup(g) || !game.InGroup(g, game.RootGroup) {
			t.Errorf("%s lies below %q here and below %q there", g, game.ParentGroup(g), model.Parent(g))
		}
	}
	for _, l := range model.Labels() {
		if _, named := groups[l.Group]; l.Animal && !named {
			t.Errorf("group %s of %s has no name", l.Group, l.Name)
		}
	}
}

func TestAGroupLiesInAnother(t *testing.T) {
	for _, c := range []struct {
		group, ancestor string
		in              bool
	}{
		{"big-cat", "cat", true}, {"big-cat", "big-cat", true}, {"old-world-monkey", "primate", true},
		{"cat", "big-cat", false}, {"owl", "mammal", false}, {"unicorn", "animal", false}, {"", "animal", false}, {"", "", false},
	} {
		if got := game.InGroup(c.group, c.ancestor); got != c.in {
			t.Errorf("%q in %q: got %v", c.group, c.ancestor, got)
		}
	}
}

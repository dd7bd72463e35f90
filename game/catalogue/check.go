package catalogue

import (
	"fmt"
	"slices"
	"strings"

	"github.com/zoodex/zoodex/game"
)

// Check lists what is wrong with a species among the others of a zoo: what
// [game.Validate] finds, a group or a class of the network that there is not,
// and a slug, number or name that another species has. Nil if nothing is.
func Check(zoo []game.Species, s game.Species) []game.Problem {
	found := game.Validate(s)
	add := func(field, format string, values ...any) {
		if !slices.ContainsFunc(found, func(p game.Problem) bool { return p.Field == field }) {
			found = append(found, game.NewProblem(field, format, values...))
		}
	}
	if !game.IsGroup(s.Group) || s.Group == game.RootGroup {
		add("group", "must be the key of a group like big-cat")
	}
	for i, key := range s.Keys {
		if _, ok := AnimalName(key, game.English); !ok {
			add(fmt.Sprintf("keys[%d]", i), "is no animal that the network knows")
		}
	}
	for _, other := range zoo {
		if other.ID == s.ID && s.ID != "" {
			continue
		}
		if other.Slug == s.Slug {
			add("slug", "is that of another species")
		}
		if other.Number == s.Number {
			add("number", "is that of another species")
		}
		if strings.EqualFold(other.ScientificName, s.ScientificName) {
			add("scientificName", "is that of another species")
		}
		for _, l := range game.Languages {
			if name := s.Texts[l].Name; name != "" && strings.EqualFold(other.Texts[l].Name, name) {
				add(fmt.Sprintf("texts.%s.name", l), "is that of another species")
			}
		}
	}
	return found
}

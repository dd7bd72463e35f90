package catalogue_test

import (
	"os"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
)

func TestTheCatalogueIsCompleteAndSound(t *testing.T) {
	all, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	if len(all) < 120 {
		t.Errorf("got %d species, want at least 120", len(all))
	}
	labels, groups := readLabels(t), catalogue.Groups()
	owner := map[string]game.Slug{} // of everything that may be there only once
	once := func(what, value string, s game.Species) {
		key := what + " " + strings.ToLower(value)
		if other, taken := owner[key]; taken {
			t.Errorf("%s: %s %q is %s's already", s.Slug, what, value, other)
		}
		owner[key] = s.Slug
	}

	for i, s := range all {
		for _, p := range append(game.Validate(s), game.Untranslated(s)...) {
			t.Errorf("%s: %v", s.Slug, p)
		}
		if s.Number != i+1 {
			t.Errorf("%s: got number %d, want %d", s.Slug, s.Number, i+1)
		}
		once("slug", string(s.Slug), s)
		once("scientific name", s.ScientificName, s)
		for _, l := range game.Languages {
			once("name in "+string(l), s.Texts[l].Name, s)
		}
		if s.Art != string(s.Slug) {
			t.Errorf("%s: got art %q, want the slug", s.Slug, s.Art)
		}

		if groups[s.Group] == nil {
			t.Errorf("%s: unknown group %q", s.Slug, s.Group)
		}
		if len(s.Keys) == 0 {
			t.Errorf("%s: the network cannot recognise it without keys", s.Slug)
			continue
		}
		for _, k := range s.Keys {
			if labels[k].group == "" {
				t.Errorf("%s: %s is no animal that the network knows", s.Slug, k)
			}
		}
		if first := labels[s.Keys[0]]; s.Group != first.group {
			t.Errorf("%s: got group %q, want %q like its first key, %s", s.Slug, s.Group, first.group, first.name)
		}
	}
}

func TestAFileIsNamedByItsSlug(t *testing.T) {
	entries, err := os.ReadDir("species")
	if err != nil {
		t.Fatal(err)
	}
	for _, e := range entries {
		data, err := os.ReadFile("species/" + e.Name())
		if err != nil {
			t.Fatal(err)
		}
		s, err := catalogue.Parse(e.Name(), data)
		if err != nil {
			t.Error(err)
		} else if want := string(s.Slug) + ".yaml"; e.Name() != want {
			t.Errorf("got file %s, want %s", e.Name(), want)
		}
	}
}

package catalogue

import (
	"slices"
	"testing"

	"github.com/zoodex/zoodex/game"
)

func TestEverySpeciesFitsAmongTheOthers(t *testing.T) {
	zoo, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	for i, s := range zoo {
		others := slices.Concat(zoo[:i], zoo[i+1:])
		if wrong := Check(others, s); wrong != nil {
			t.Errorf("%s: %v", s.Slug, wrong)
		}
	}
}

func TestWhatAnotherSpeciesHasIsRefused(t *testing.T) {
	zoo, err := Load()
	if err != nil {
		t.Fatal(err)
	}
	copied := zoo[0]
	copied.ID, copied.Group, copied.Keys = "another", "animal", []string{"n03792782"}
	var fields []string
	for _, p := range Check(zoo, copied) {
		fields = append(fields, p.Field)
	}
	want := []string{"group", "keys[0]", "slug", "number", "scientificName", "texts.en.name", "texts.de.name", "texts.fr.name"}
	if !slices.Equal(fields, want) {
		t.Errorf("refused are %q, want %q", fields, want)
	}
	if _, ok := AnimalName(zoo[0].Keys[0], game.English); !ok {
		t.Error("the test's species has a class that is no animal")
	}
}

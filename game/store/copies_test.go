package store_test

import (
	"strings"
	"testing"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// twin is another visitor's capture of a picture, changed in some bits of its hash.
func (f *fixture) twin(c game.Capture, changes uint64) game.Capture {
	f.t.Helper()
	other := f.sighting(f.welcome(), 1)
	other.Species, other.Candidates = c.Species, c.Candidates
	other.PhotoSig, other.PhotoFlip = c.PhotoSig^changes, c.PhotoFlip^changes
	return other
}

func TestACopyIsKeptAndEarnsNothing(t *testing.T) {
	t.Parallel()
	f := founded(t)
	original := f.sighting(f.welcome(), 1)
	f.record(original)
	flipped := f.twin(original, 0)
	flipped.PhotoSig, flipped.PhotoFlip = original.PhotoFlip, original.PhotoSig
	again := f.sighting(original.Visitor, 1)
	again.PhotoSig, again.PhotoFlip = original.PhotoSig, original.PhotoFlip
	tomorrow := again
	tomorrow.ID, tomorrow.At = game.CaptureID(strings.Replace(string(again.ID), "-", "0-", 1)[1:]), again.At.AddDate(0, 0, 1)
	nextYear := f.twin(original, 0)
	nextYear.At = original.At.AddDate(1, 0, 0)
	otherAnimal := f.twin(original, 0)
	otherAnimal.Species, otherAnimal.Candidates = f.species(2).ID, nil
	for _, c := range []struct {
		what string
		c    game.Capture
		void bool
	}{
		{"the very picture", f.twin(original, 0), true},
		{"five bits apart", f.twin(original, 0x8000_0100_8000_0101), true},
		{"six bits apart", f.twin(original, 0x8000_0100_8000_0301), false},
		{"flipped", flipped, true},
		{"taken again by the same visitor", again, false},
		{"the same visitor's, the next day", tomorrow, true},
		{"in the next season", nextYear, false},
		{"of another animal", otherAnimal, false},
	} {
		got, _ := f.record(c.c)
		if void := got.Void == game.Copied; void != c.void || void && (got.Earned != 0 || got.Outcome != game.Void) {
			t.Errorf("%s is %s %s and earns %d", c.what, got.Outcome, got.Void, got.Earned)
		}
	}
}

// Who says that a copied photo shows an animal catches nothing by it.
func TestACopyCannotBeSaidIntoACatch(t *testing.T) {
	t.Parallel()
	f := founded(t)
	original := f.sighting(f.welcome(), 1)
	f.record(original)
	c := f.twin(original, 0)
	c.Verdict, c.Species = game.Undecided, ""
	if got, _ := f.record(c); got.Outcome != game.Unsure {
		t.Fatalf("recorded %+v", got)
	}
	said, err := f.Correct(t.Context(), c.Visitor, c.ID, game.Correction{Kind: game.Say, Species: original.Species})
	if err != nil || said.Ruling.Void != game.Copied || said.Gain.Points != 0 {
		t.Errorf("%+v, %v", said, err)
	}
	pardoned, err := f.Overrule(t.Context(), store.Author{Name: "Jo"}, c.Visitor, c.ID, game.Pardon, "they stood side by side")
	if err != nil || pardoned.Ruling.Outcome != game.Caught || pardoned.Gain.Points <= 0 {
		t.Errorf("%+v, %v", pardoned, err)
	}
}

func TestAnErasedPictureCanBeTakenAgain(t *testing.T) {
	t.Parallel()
	f := founded(t)
	original := f.sighting(f.welcome(), 1)
	f.record(original)
	if err := f.Erase(t.Context(), original.Visitor); err != nil {
		t.Fatal(err)
	}
	if got, _ := f.record(f.twin(original, 0)); got.Outcome != game.Caught {
		t.Errorf("%s %s", got.Outcome, got.Void)
	}
}

package game_test

import (
	"math/rand/v2"
	"regexp"
	"strings"
	"testing"
	"unicode/utf8"

	"github.com/zoodex/zoodex/game"
)

func TestNicknamesAreTwoWordsAndANumber(t *testing.T) {
	t.Parallel()
	form := regexp.MustCompile(`^\p{Lu}\p{Ll}+ \p{Lu}\p{Ll}+ [1-9]\d?$`)
	for _, l := range game.Languages {
		r := rand.New(rand.NewPCG(1, 2))
		seen := map[string]bool{}
		for range 5000 {
			n := game.NewNickname(l, r)
			if !form.MatchString(n) || utf8.RuneCountInString(n) > 28 {
				t.Fatalf("%s: %q", l, n)
			}
			seen[n] = true
		}
		if len(seen) < 4500 {
			t.Errorf("%s: only %d of 5000 nicknames differ", l, len(seen))
		}
	}
}

func TestNicknamesUseBothWholeLists(t *testing.T) {
	t.Parallel()
	for _, l := range game.Languages {
		r := rand.New(rand.NewPCG(3, 4))
		var words [2]map[string]bool
		words[0], words[1] = map[string]bool{}, map[string]bool{}
		for range 5000 {
			first, rest, _ := strings.Cut(game.NewNickname(l, r), " ")
			second, _, _ := strings.Cut(rest, " ")
			words[0][first], words[1][second] = true, true
		}
		if len(words[0]) != 32 || len(words[1]) != 32 {
			t.Errorf("%s: %d and %d different words, want 32 each", l, len(words[0]), len(words[1]))
		}
	}
}

func TestANicknameDependsOnTheDrawAlone(t *testing.T) {
	t.Parallel()
	draw := func(l game.Language) string { return game.NewNickname(l, rand.New(rand.NewPCG(5, 6))) }
	if draw(game.French) != draw(game.French) {
		t.Error("the same draw gives another nickname")
	}
	if got, want := draw("pl"), draw(game.English); got != want {
		t.Errorf("a language we do not speak gets %q, want %q", got, want)
	}
	if draw(game.English) == draw(game.German) {
		t.Error("German is English")
	}
}

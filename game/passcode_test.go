package game_test

import (
	"errors"
	"regexp"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/game"
	"pgregory.net/rapid"
)

var passCodeForm = regexp.MustCompile(`^([bdfglmrw][aeio][blmnrsvz][aeio]-){5}[bdfglmrw][aeio][blmnrsvz][aeio]$`)

func TestPassCodesAreSixSpeakableWordsAndNeverTheSame(t *testing.T) {
	t.Parallel()
	seen := map[game.PassCode]bool{}
	hashes := map[[32]byte]bool{}
	for range 2000 {
		c := game.NewPassCode()
		if !passCodeForm.MatchString(string(c)) {
			t.Fatalf("%q is not made of our syllables", c)
		}
		seen[c], hashes[c.Hash()] = true, true
	}
	if len(seen) != 2000 || len(hashes) != 2000 {
		t.Errorf("%d codes and %d hashes of 2000", len(seen), len(hashes))
	}
}

// Every letter but those of the checksum is drawn at random.
func TestPassCodesUseAllTheirLetters(t *testing.T) {
	t.Parallel()
	var used [24]map[byte]bool
	for range 2000 {
		letters := strings.ReplaceAll(string(game.NewPassCode()), "-", "")
		for i := range used {
			if used[i] == nil {
				used[i] = map[byte]bool{}
			}
			used[i][letters[i]] = true
		}
	}
	for i, letters := range used {
		if want := []int{8, 4}[i%2]; len(letters) != want {
			t.Errorf("letter %d is one of %d, want %d", i, len(letters), want)
		}
	}
}

func TestAPassCodeIsReadAsPeopleTypeIt(t *testing.T) {
	t.Parallel()
	for range 100 {
		c := game.NewPassCode()
		s := string(c)
		for _, typed := range []string{
			s, strings.ToUpper(s), strings.ReplaceAll(s, "-", " "), strings.ReplaceAll(s, "-", ""), "  " + s + ".\n",
			strings.ReplaceAll(s, "-", " – "), strings.ToUpper(s[:1]) + s[1:],
		} {
			if got, err := game.ParsePassCode(typed); err != nil || got != c {
				t.Errorf("%q is read as %q, %v", typed, got, err)
			}
		}
	}
}

func TestAMisreadPassCodeIsNoticed(t *testing.T) {
	t.Parallel()
	noticed, tried := 0, 0
	for range 500 {
		s := []byte(game.NewPassCode())
		for i, letter := range s {
			if letter == '-' {
				continue
			}
			for _, other := range []byte("aeioblmnrsvzdfgw") {
				if other == letter {
					continue
				}
				s[i] = other
				tried++
				if _, err := game.ParsePassCode(string(s)); err != nil {
					noticed++
				}
			}
			s[i] = letter
		}
	}
	// Six bits of checksum let one in 64 pass, of those that are spelt like a code.
	if share := float64(noticed) / float64(tried); share < 0.98 {
		t.Errorf("%.4f of the misread codes were noticed", share)
	}
}

func TestWhatIsNoPassCodeIsRefused(t *testing.T) {
	t.Parallel()
	code := string(game.NewPassCode())
	for _, s := range []string{"", "-", "bamo", code + "a", code[1:], code + "-bamo", strings.Repeat("ü", 24), strings.Repeat("k", 24),
		strings.Repeat("\xff", 24), strings.Repeat("ab", 12), "123456789012345678901234", strings.Repeat(code, 1000)} {
		if got, err := game.ParsePassCode(s); !errors.Is(err, game.ErrPassCode) || got != "" {
			t.Errorf("%.30q is read as %q, %v", s, got, err)
		}
	}
}

func TestWhateverIsReadAsAPassCodeIsOne(t *testing.T) {
	t.Parallel()
	rapid.Check(t, func(rt *rapid.T) {
		s := rapid.StringMatching(`([bdfglmrwBDFGLMRW][aeioAEIO][blmnrsvz][aeio][- ]?){6}`).Draw(rt, "typed")
		c, err := game.ParsePassCode(s)
		if err != nil {
			return
		}
		if again, err := game.ParsePassCode(string(c)); err != nil || again != c || !passCodeForm.MatchString(string(c)) {
			rt.Fatalf("%q is read as %q, and that as %q, %v", s, c, again, err)
		}
	})
}

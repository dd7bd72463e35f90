package staff

import (
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
)

func TestEveryMessageIsSaidInEveryLanguage(t *testing.T) {
	if err := messages.Check(); err != nil {
		t.Error(err)
	}
}

// Keys of messages are written out in this package, so that they are found.
func TestEveryMessageHasItsPlace(t *testing.T) {
	files, err := filepath.Glob("*.go")
	if err != nil {
		t.Fatal(err)
	}
	said := map[string]bool{}
	for _, file := range files {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range regexp.MustCompile(`"([a-z.-]+)"`).FindAllSubmatch(text, -1) {
			said[string(literal[1])] = true
		}
	}
	for _, why := range school.Whys {
		if key := "photo." + string(why); messages[key] == nil {
			t.Errorf("there are no words for %s", key)
		} else {
			said[key] = true
		}
	}
	for _, why := range school.Failures {
		if key := "job." + string(why); messages[key] == nil {
			t.Errorf("there are no words for %s", key)
		} else {
			said[key] = true
		}
	}
	for key := range messages {
		name, isProblem := strings.CutPrefix(key, "problem.")
		if isProblem {
			name = strings.TrimSuffix(strings.TrimSuffix(name, ".title"), ".detail")
			for _, part := range []string{".title", ".detail"} {
				if _, ok := messages["problem."+name+part]; !ok {
					t.Errorf("the problem %s has no %s", name, part)
				}
			}
		}
		if !said[name] {
			t.Errorf("nobody says %s", key)
		}
	}
	for _, r := range refusals {
		if _, ok := messages["problem."+r.kind.name+".title"]; !ok {
			t.Errorf("there are no words for %s", r.kind.name)
		}
	}
	for _, f := range fields {
		if _, ok := messages[f.sentence]; !ok {
			t.Errorf("there are no words for %s", f.sentence)
		}
	}
	for _, k := range []kind{noSession, notYourRole, otherSite} {
		if _, ok := messages["problem."+k.name+".title"]; !ok {
			t.Errorf("there are no words for %s", k.name)
		}
	}
}

// What the rules say of wrong values is said in every language.
func TestEveryCheckIsTranslated(t *testing.T) {
	said := map[string]bool{}
	for _, file := range []string{"../../game/validate.go", "../../game/rules.go", "../../game/date.go", "../../game/facts.go", "../../game/catalogue/check.go", "../../game/sheet/sheet.go", "../../game/store/pictures.go", "visits.go"} {
		text, err := os.ReadFile(file)
		if err != nil {
			t.Fatal(err)
		}
		for _, literal := range regexp.MustCompile(`"((?:must|is|needs|could|overlaps|has) [^"]*)"`).FindAllSubmatch(text, -1) {
			said[string(literal[1])] = true
		}
	}
	verbs := regexp.MustCompile(`%[a-z]`)
	for sentence := range said {
		for _, l := range game.Languages[1:] {
			if text := checks[sentence][l]; text == "" {
				t.Errorf("%q is not said in %s", sentence, l)
			} else if got, want := verbs.FindAllString(text, -1), verbs.FindAllString(sentence, -1); !slices.Equal(got, want) {
				t.Errorf("%q has other values in %s", sentence, l)
			}
		}
	}
	for sentence := range checks {
		if !said[sentence] {
			t.Errorf("nobody says %q", sentence)
		}
	}
}

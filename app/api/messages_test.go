package api

import (
	"fmt"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision"
)

var placeholders = regexp.MustCompile(`\{[^{}]*\}`)

func TestEveryMessageIsSaidInEveryLanguage(t *testing.T) {
	if err := messages.Check(); err != nil {
		t.Error(err)
	}
}

func TestEveryProblemAndReasonHasItsWords(t *testing.T) {
	said := map[string][]string{} // placeholders that are filled, by key
	for _, k := range kinds {
		said["problem."+k.name+".title"], said["problem."+k.name+".detail"] = nil, nil
	}
	said["problem.locked.detail"] = []string{"{species}"}
	said["problem.photo-too-large.detail"] = []string{"{megabytes}"}
	for _, code := range vision.Codes {
		said["why."+string(code)] = []string{"{first}", "{second}"}
	}
	for _, c := range []game.Conservation{game.Extinct, game.ExtinctInTheWild, game.CriticallyEndangered, game.Endangered, game.Vulnerable,
		game.NearThreatened, game.LeastConcern, game.DataDeficient, game.NotEvaluated} {
		said["conservation."+string(c)] = nil
	}
	for _, c := range []game.Continent{game.Africa, game.Antarctica, game.Asia, game.Europe, game.NorthAmerica, game.SouthAmerica, game.Oceania, game.Ocean} {
		said["continent."+string(c)] = nil
	}
	for key, filled := range said {
		text, ok := messages[key][game.English]
		if !ok {
			t.Errorf("there are no words for %s", key)
		}
		for _, p := range placeholders.FindAllString(text, -1) {
			if !slices.Contains(filled, p) {
				t.Errorf("%s has the placeholder %s, which nothing fills", key, p)
			}
		}
	}
	for _, reason := range []game.VoidReason{game.Withdrawn, game.Copied, game.Closed, game.Outside, game.TooFast} {
		said["void."+string(reason)] = nil
	}
	for _, reason := range []game.LineReason{game.ForCatch, game.ForAgain, game.ForVisit, game.ForTrail, game.ForQuiz} {
		said["line."+string(reason)] = nil
	}
	for _, notice := range []game.Notice{game.AlmostDone, game.AllDone} {
		said["notice."+string(notice)] = nil
	}
	for _, key := range rulesPageKeys(t) {
		said["rules."+key] = nil
	}
	for key := range said {
		if _, ok := messages[key]; !ok {
			t.Errorf("there are no words for %s", key)
		}
	}
	for key := range messages {
		if _, ok := said[key]; !ok {
			t.Errorf("nobody says %s", key)
		}
	}
}

// rulesPageKeys are what the page of the rules says: in its template, and in
// what is laid out for it.
func rulesPageKeys(t *testing.T) []string {
	page, err := rulesFiles.ReadFile("rules.html")
	if err != nil {
		t.Fatal(err)
	}
	keys := []string{"rate", "season", "every-day", "days-from", "days-until", "days-between", "closed", "open", "day", "hours", "minute", "minutes"}
	for _, say := range regexp.MustCompile(`say "([a-z-]+)"`).FindAllSubmatch(page, -1) {
		keys = append(keys, string(say[1]))
	}
	for _, kind := range game.GroupKinds {
		keys = append(keys, "group."+string(kind))
	}
	for rarity := 1; rarity <= 5; rarity++ {
		keys = append(keys, fmt.Sprint("rarity.", rarity))
	}
	for month := 1; month <= 12; month++ {
		keys = append(keys, fmt.Sprintf("month.%02d", month))
	}
	for day := time.Sunday; day <= time.Saturday; day++ {
		keys = append(keys, strings.ToLower(day.String()))
	}
	return keys
}

// A reason names only animals that recognition gave it.
func TestReasonsFillTheirPlaceholders(t *testing.T) {
	for code, animals := range map[vision.Code]int{
		vision.ViewsAgree: 0, vision.ViewsTogether: 0, vision.NoAnimal: 0, vision.NotOnDisplay: 1,
		vision.LookAlikes: 2, vision.ViewsDisagree: 2, vision.Unfamiliar: 1, vision.Faint: 0,
	} {
		if got := len(placeholders.FindAllString(messages["why."+string(code)][game.English], -1)); got != animals {
			t.Errorf("why.%s names %d animals, recognition gives %d", code, got, animals)
		}
	}
}

func TestProblemsAreKnownByDifferentNames(t *testing.T) {
	seen := map[string]bool{}
	for _, k := range kinds {
		if seen[k.name] || k.status < 400 || k.status > 599 {
			t.Errorf("%s, status %d", k.name, k.status)
		}
		seen[k.name] = true
	}
}

func TestErrorIdsAreShortReadableAndNew(t *testing.T) {
	form := regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	seen := map[string]bool{}
	for range 5000 {
		id := newErrorID()
		if !form.MatchString(id) || seen[id] {
			t.Fatalf("the id %s", id)
		}
		seen[id] = true
	}
}

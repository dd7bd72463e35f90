package rules_test

import (
	"strings"
	"testing"
	"testing/fstest"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/rules"
)

func load(t *testing.T) (game.Rules, []game.Species) {
	t.Helper()
	r, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	zoo, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i := range zoo {
		zoo[i].ID = game.SpeciesID(zoo[i].Slug)
	}
	return r, zoo
}

func TestTheRulesMakeSenseInEveryLanguage(t *testing.T) {
	r, zoo := load(t)
	for _, p := range r.Check(zoo) {
		t.Error(p)
	}
}

func TestTheRulesHaveSomethingForEverybody(t *testing.T) {
	r, zoo := load(t)
	if len(r.Levels) != 9 || len(r.Trails) != 6 {
		t.Errorf("got %d levels and %d trails, want 9 and 6", len(r.Levels), len(r.Trails))
	}
	kinds := map[game.BadgeKind]bool{}
	for _, b := range r.Badges {
		kinds[b.Kind] = true
	}
	for _, k := range game.BadgeKinds() {
		if !kinds[k] {
			t.Errorf("no badge of kind %s", k)
		}
	}
	if len(r.Quiz.Prompts) != len(game.QuestionKinds) {
		t.Errorf("got %d prompts, want one for each of %v", len(r.Quiz.Prompts), game.QuestionKinds)
	}
	hints := 0
	referee, err := game.NewReferee(r, zoo, nil, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	for _, trail := range r.Trails {
		if !referee.Walkable(trail) {
			t.Errorf("trail %s cannot be walked in the zoo of the catalogue", trail.Key)
		}
		for _, s := range trail.Steps {
			hints += len(referee.Wakes(s))
		}
	}
	if hints == 0 {
		t.Error("no step is shown with the times when its animal is up")
	}
}

func TestWhoCatchesEverythingEarnsEverything(t *testing.T) {
	r, zoo := load(t)
	referee, err := game.NewReferee(r, zoo, nil, time.UTC)
	if err != nil {
		t.Fatal(err)
	}
	var history []game.Taken
	at := time.Date(2026, 5, 1, 9, 0, 0, 0, time.UTC)
	for visit := range 10 { // each the whole zoo, an animal every three minutes
		for i, s := range zoo[:150] {
			history = append(history, taken(s, at.AddDate(0, 0, visit).Add(time.Duration(i)*3*time.Minute)))
		}
	}
	for i, s := range zoo[150:] {
		history = append(history, taken(s, at.AddDate(0, 0, 10).Add(time.Duration(i)*3*time.Minute)))
	}
	state := referee.Replay(history)
	for _, b := range state.Badges {
		if !b.Earned() || !b.Possible || b.Have < b.Need {
			t.Errorf("badge %s: got %+v", b.Badge, b)
		}
	}
	if state.Level != len(r.Levels) {
		t.Errorf("got level %d, want %d", state.Level, len(r.Levels))
	}
	for _, w := range state.Trails {
		if !w.Complete() {
			t.Errorf("trail %s: %d steps done, want all", w.Trail, w.Done)
		}
	}
}

func taken(s game.Species, at time.Time) game.Taken {
	return game.Taken{
		ID: game.CaptureID(at.Format("0102T1504")), At: at, Verdict: game.Certain, Species: s.ID,
		Marks: game.Marks{Answer: &game.Answer{Right: true, At: at}},
	}
}

// files is a folder of rules that can be read.
func files(change func(fstest.MapFS)) fstest.MapFS {
	f := fstest.MapFS{}
	for name, text := range map[string]string{
		"points.yaml": "visit: 5", "levels.yaml": "- points: 0", "badges.yaml": "[]", "fairplay.yaml": "copies: 5",
		"groups.yaml": "joined: 5", "calendar.yaml": `yearly: {from: "03-01", until: "11-30"}`, "quiz.yaml": "choices: 3",
		"trails/a.yaml": "{key: a, from: 2026-03-01, steps: [{species: lion}]}",
	} {
		f[name] = &fstest.MapFile{Data: []byte(text)}
	}
	if change != nil {
		change(f)
	}
	return f
}

func TestAMistakeNamesItsFile(t *testing.T) {
	if _, err := rules.Read(files(nil)); err != nil {
		t.Fatal(err)
	}
	for name, c := range map[string]struct{ file, text string }{
		"empty":            {"levels.yaml", ""},
		"unknown field":    {"points.yaml", "visits: 5"},
		"two documents":    {"quiz.yaml", "choices: 3\n---\nchoices: 4"},
		"text for number":  {"groups.yaml", "joined: many"},
		"no such day":      {"trails/a.yaml", "{key: a, from: 2026-02-30}"},
		"29 February":      {"calendar.yaml", `yearly: {from: "02-29", until: "11-30"}`},
		"no such duration": {"fairplay.yaml", "rates: [{captures: 3, within: long}]"},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := rules.Read(files(func(f fstest.MapFS) { f[c.file] = &fstest.MapFile{Data: []byte(c.text)} }))
			if err == nil || !strings.HasPrefix(err.Error(), c.file+": ") {
				t.Errorf("got %v, want an error that begins with %s", err, c.file)
			}
		})
	}
	if _, err := rules.Read(files(func(f fstest.MapFS) { delete(f, "quiz.yaml") })); err == nil || !strings.Contains(err.Error(), "quiz.yaml") {
		t.Errorf("missing file: got %v", err)
	}
}

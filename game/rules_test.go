package game_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

func TestEveryMistakeInTheRulesIsNamedByItsField(t *testing.T) {
	for _, c := range []struct {
		field  string
		change func(*game.Rules)
	}{
		{"points.catch.3", func(r *game.Rules) { r.Points.Catch[3] = 0 }},
		{"points.again.5", func(r *game.Rules) { r.Points.Again[5] = -1 }},
		{"points.visit", func(r *game.Rules) { r.Points.Visit = -1 }},
		{"points.quiz", func(r *game.Rules) { r.Points.Quiz = -1 }},
		{"levels[0].points", func(r *game.Rules) { r.Levels = nil }},
		{"levels[0].points", func(r *game.Rules) { r.Levels[0].Points = 1 }},
		{"levels[2].points", func(r *game.Rules) { r.Levels[2].Points = r.Levels[1].Points }},
		{"levels[1].texts.en.name", func(r *game.Rules) { r.Levels[1].Texts = nil }},
		{"badges[0].key", func(r *game.Rules) { r.Badges[0].Key = "A Badge" }},
		{"badges[1].key", func(r *game.Rules) { r.Badges[1].Key = r.Badges[0].Key }},
		{"badges[0].kind", func(r *game.Rules) { r.Badges[0].Kind = "luck" }},
		{"badges[0].of", func(r *game.Rules) { r.Badges[0] = badge(game.GroupBadge, 1) }},
		{"badges[0].of[1]", func(r *game.Rules) { r.Badges[0] = badge(game.GroupBadge, 1, "cat", "unicorn") }},
		{"badges[0].of[0]", func(r *game.Rules) { r.Badges[0] = badge(game.RarityBadge, 1, "6") }},
		{"badges[0].of[0]", func(r *game.Rules) { r.Badges[0] = badge(game.VisitsBadge, 1, "monday") }},
		{"badges[0].of[0]", func(r *game.Rules) { r.Badges[0] = badge(game.TrailsBadge, 1, "nowhere") }},
		{"badges[0].atLeast", func(r *game.Rules) { r.Badges[0] = badge(game.VisitsBadge, 0) }},
		{"badges[0].atLeast", func(r *game.Rules) { r.Badges[0] = badge(game.GroupBadge, -1, "cat") }},
		{"badges[0].texts.en.text", func(r *game.Rules) { r.Badges[0].Texts = game.Captions{"en": {Name: "x"}} }},
		{"badges[0].texts", func(r *game.Rules) { r.Badges[0].Texts["eo"] = game.Caption{Name: "x", Text: "x"} }},
		{"badges[0].art", func(r *game.Rules) { r.Badges[0].Art = "" }},
		{"trails[1].key", func(r *game.Rules) { r.Trails[1].Key = r.Trails[0].Key }},
		{"trails[0].points", func(r *game.Rules) { r.Trails[0].Points = -1 }},
		{"trails[0].until", func(r *game.Rules) { r.Trails[0].From, r.Trails[0].Until = date("2026-05-02"), date("2026-05-01") }},
		{"trails[0].steps", func(r *game.Rules) { r.Trails[0].Steps = nil }},
		{"trails[0].steps[0]", func(r *game.Rules) { r.Trails[0] = trail(false, game.Step{Species: "lion", Group: "cat"}) }},
		{"trails[0].steps[0]", func(r *game.Rules) { r.Trails[0] = trail(false, game.Step{}) }},
		{"trails[0].steps[0].group", func(r *game.Rules) { r.Trails[0] = trail(false, anyOf("unicorn")) }},
		{"trails[0].steps[0].species", func(r *game.Rules) { r.Trails[0] = trail(false, step("unicorn")) }},
		{"trails[0].steps[0].wakes", func(r *game.Rules) { r.Trails[0] = trail(false, game.Step{Group: "cat", Wakes: true}) }},
		{"trails[0].steps[1].species", func(r *game.Rules) { r.Trails[0] = trail(false, step("lion"), step("lion")) }},
		{"trails[0].steps[1]", func(r *game.Rules) { r.Trails[0] = trail(true, anyOf("cat"), step("lion")) }},
		{"trails[0].steps[1]", func(r *game.Rules) { r.Trails[0] = trail(true, step("lion"), anyOf("cat")) }},
		{"trails[0].steps[1]", func(r *game.Rules) { r.Trails[0] = trail(true, anyOf("cat"), anyOf("big-cat")) }},
		{"fairPlay.copies", func(r *game.Rules) { r.FairPlay.Copies = game.MaxCopies + 1 }},
		{"fairPlay.candidate", func(r *game.Rules) { r.FairPlay.Candidate = 0 }},
		{"fairPlay.rates[0]", func(r *game.Rules) { r.FairPlay.Rates = []game.Rate{{Captures: 0, Within: time.Minute}} }},
		{"fairPlay.hours", func(r *game.Rules) { r.FairPlay.Hours = make([]game.Hours, game.MaxHours+1) }},
		{"fairPlay.hours[0].days[0]", func(r *game.Rules) { r.FairPlay.Hours = []game.Hours{{Days: []string{"Freitag"}}} }},
		{"fairPlay.hours[0].days[1]", func(r *game.Rules) { r.FairPlay.Hours = []game.Hours{{Days: []string{"friday", "friday"}}} }},
		{"fairPlay.hours[1].open", func(r *game.Rules) { r.FairPlay.Hours = []game.Hours{{}, {Open: "9 to 5"}} }},
		{"fairPlay.hours[0].open", func(r *game.Rules) { r.FairPlay.Hours = []game.Hours{{Open: "18:00-02:00"}} }},
		{"fairPlay.hours[0].from", func(r *game.Rules) { r.FairPlay.Hours = []game.Hours{{From: date("0026-05-01")}} }},
		{"fairPlay.hours[0].until", func(r *game.Rules) {
			r.FairPlay.Hours = []game.Hours{{From: date("2026-05-02"), Until: date("2026-05-01")}}
		}},
		{"fairPlay.area.latitude", func(r *game.Rules) { r.FairPlay.Area = &game.Area{Latitude: 91, Meters: 500} }},
		{"fairPlay.area.longitude", func(r *game.Rules) { r.FairPlay.Area = &game.Area{Longitude: -181, Meters: 500} }},
		{"fairPlay.area.meters", func(r *game.Rules) { r.FairPlay.Area = &game.Area{Meters: 5} }},
		{"fairPlay.area.meters", func(r *game.Rules) { r.FairPlay.Area = &game.Area{Meters: 1_000_000} }},
		{"groups.members.class", func(r *game.Rules) { delete(r.Groups.Members, game.ClassGroup) }},
		{"groups.members.club", func(r *game.Rules) { r.Groups.Members["club"] = 3 }},
		{"groups.joined", func(r *game.Rules) { r.Groups.Joined = 0 }},
		{"groups.codeDays", func(r *game.Rules) { r.Groups.CodeDays = 0 }},
		{"calendar.yearly.from", func(r *game.Rules) { r.Calendar.Yearly = &game.Yearly{Until: game.MonthDay{Month: 5, Day: 1}} }},
		{"calendar.yearly.until", func(r *game.Rules) { r.Calendar.Yearly = &game.Yearly{From: game.MonthDay{Month: 5, Day: 1}} }},
		{"calendar.seasons", func(r *game.Rules) { r.Calendar.Seasons = make([]game.Season, game.MaxSeasons+1) }},
		{"calendar.seasons[0].key", func(r *game.Rules) {
			r.Calendar.Seasons = seasons("2026-05-01", "2026-05-02")
			r.Calendar.Seasons[0].Key = ""
		}},
		{"calendar.seasons[0].until", func(r *game.Rules) { r.Calendar.Seasons = seasons("2026-05-01", "") }},
		{"calendar.seasons[0].until", func(r *game.Rules) { r.Calendar.Seasons = seasons("2026-05-02", "2026-05-01") }},
		{"calendar.seasons[0].until", func(r *game.Rules) { r.Calendar.Seasons = seasons("2026-05-02", "3026-05-01") }},
		{"calendar.seasons[1].from", func(r *game.Rules) {
			r.Calendar.Seasons = seasons("2026-05-01", "2026-06-01", "2026-06-01", "2026-07-01")
		}},
		{"calendar.seasons[0].from", func(r *game.Rules) { // in the middle of the yearly one
			r.Calendar.Yearly = &game.Yearly{From: game.MonthDay{Month: 10, Day: 1}, Until: game.MonthDay{Month: 4, Day: 1}}
			r.Calendar.Seasons = seasons("2027-03-01", "2027-05-01")
		}},
		{"quiz.choices", func(r *game.Rules) { r.Quiz.Choices = 2 }},
		{"quiz.prompts.smell", func(r *game.Rules) { r.Quiz.Prompts["smell"] = game.Words{"en": "x", "de": "x", "fr": "x"} }},
		{"quiz.prompts.diet.de", func(r *game.Rules) { r.Quiz.Prompts[game.AskDiet]["de"] = "Was frisst es?" }},
		{"quiz.continents.asia.fr", func(r *game.Rules) { r.Quiz.Continents[game.Asia] = game.Words{"en": "x", "de": "x"} }},
		{"quiz.kinds.unicorn", func(r *game.Rules) { r.Quiz.Kinds["unicorn"] = game.Words{"en": "x", "de": "x", "fr": "x"} }},
	} {
		r := plain()
		r.Badges = []game.Badge{badge(game.VisitsBadge, 1), badge(game.VisitsBadge, 2)}
		r.Badges[1].Key = "other"
		r.Trails = []game.Trail{trail(false, step("lion")), trail(false, step("owl"))}
		r.Trails[1].Key = "other"
		if problems := r.Check(smallZoo()); problems != nil {
			t.Fatal(problems)
		}
		c.change(&r)
		problems := r.Check(smallZoo())
		if !slices.ContainsFunc(problems, func(p game.Problem) bool { return p.Field == c.field && p.Message != "" }) {
			t.Errorf("%s: got %v", c.field, problems)
		}
	}
}

// seasons gives seasons with from and until, one after the other.
func seasons(days ...string) (all []game.Season) {
	for i := 0; i+1 < len(days); i += 2 {
		s := game.Season{Key: fmt.Sprintf("season-%d", i)}
		for day, text := range map[*game.Date]string{&s.From: days[i], &s.Until: days[i+1]} {
			if text != "" {
				*day = date(text)
			}
		}
		all = append(all, s)
	}
	return all
}

// A rule that staff got wrong may be useless, but never breaks the game.
func TestEmptyRulesDoNotPanic(t *testing.T) {
	if problems := (game.Rules{}).Check(nil); problems == nil {
		t.Error("empty rules are fine")
	}
	var q game.Quiz
	if _, ok := q.Ask(smallZoo(), map[game.SpeciesID]game.Sighted{"lion": {}}, 1); ok {
		t.Error("got a question without words")
	}
	if got := (game.Rules{}).LevelOf(100); got != 1 {
		t.Errorf("got level %d", got)
	}
}

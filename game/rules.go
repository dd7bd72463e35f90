package game

import (
	"fmt"
	"slices"
	"strings"
	"time"
	"unicode/utf8"
)

// Rules are what staff may tune: everything that says how much is earned for
// what. Package game/rules reads the ones a new zoo begins with.
type Rules struct {
	Points   PointRules
	Levels   []Level // by rising points, the first at 0
	Badges   []Badge
	Trails   []Trail
	FairPlay FairPlay
	Groups   GroupRules
	Calendar Calendar
	Quiz     Quiz
}

// PointRules say what a capture earns. The maps are by rarity, 1 to 5.
type PointRules struct {
	Catch map[int]int `yaml:"catch"` // first capture of a species
	Again map[int]int `yaml:"again"` // the species seen again, once on each later visit
	Visit int         `yaml:"visit"` // first animal of a visit
	Quiz  int         `yaml:"quiz"`  // right answer after a catch, once a species
}

// Level is a name for having so many points.
type Level struct {
	Points int      `yaml:"points"` // needed
	Art    string   `yaml:"art"`
	Texts  Captions `yaml:"texts"`
}

// LevelOf gives the level, from 1, that the points reach.
func (r Rules) LevelOf(points int) int {
	level := 1
	for i, l := range r.Levels {
		if points >= l.Points {
			level = i + 1
		}
	}
	return level
}

// Check lists what is wrong with the rules, said so that staff can put it
// right; nil if nothing is. Given the species of the zoo, it also checks that
// the animals which trails name exist.
func (r Rules) Check(zoo []Species) []Problem {
	c := checker{zoo: zoo}
	c.points(r.Points)
	c.levels(r.Levels)
	keys := map[string]bool{}
	for i, b := range r.Badges {
		field := fmt.Sprintf("badges[%d]", i)
		c.check(!keys[b.Key], field+".key", "is there twice")
		keys[b.Key] = true
		c.badge(field, b, r.Trails)
	}
	c.check(len(r.Trails) <= MaxTrails, "trails", "must be at most %d", MaxTrails)
	keys = map[string]bool{}
	for i, t := range r.Trails {
		field := fmt.Sprintf("trails[%d]", i)
		c.check(!keys[t.Key], field+".key", "is there twice")
		keys[t.Key] = true
		c.trail(field, t)
	}
	c.fairPlay(r.FairPlay)
	c.groups(r.Groups)
	c.calendar(r.Calendar)
	c.quiz(r.Quiz)
	return c.found
}

// CheckZone says what is wrong with the name of a time zone: every replica must
// know it, and take it for the same one.
func CheckZone(name string) []Problem {
	if zone, err := time.LoadLocation(name); err != nil || zone == time.Local || name == "" {
		return []Problem{NewProblem("zone", "must be a time zone like Europe/Berlin")}
	}
	return nil
}

type checker struct {
	zoo   []Species
	found []Problem
}

func (c *checker) check(ok bool, field, format string, args ...any) {
	if !ok {
		c.found = append(c.found, NewProblem(field, format, args...))
	}
}

func (c *checker) key(field, key string) {
	c.check(isSlug(key), field, "must be lower-case letters and digits, words joined by hyphens")
}

func (c *checker) captions(field string, texts Captions) {
	for l := range texts {
		c.check(slices.Contains(Languages, l), field, "must be in %v only", Languages)
	}
	for _, l := range Languages {
		for _, t := range []struct {
			name, value string
			max         int
		}{{"name", texts[l].Name, MaxName}, {"text", texts[l].Text, MaxText}} {
			field := fmt.Sprintf("%s.%s.%s", field, l, t.name)
			if t.value == "" {
				c.check(l != English, field, "must not be empty: other languages fall back to it")
				continue
			}
			c.check(utf8.RuneCountInString(t.value) <= t.max && isLine(t.value), field,
				"must be one line of at most %d characters", t.max)
			c.check(!strings.ContainsAny(t.value, "<>"), field, "must be plain text without < and >")
		}
	}
}

// labels checks short words for a closed list of keys, in every language.
func labels[K ~string](c *checker, field string, all []K, words map[K]Words) {
	for _, k := range all {
		for _, l := range Languages {
			c.check(words[k][l] != "", fmt.Sprintf("%s.%s.%s", field, k, l), "must not be empty")
		}
	}
	for k := range words {
		c.check(slices.Contains(all, k), fmt.Sprintf("%s.%s", field, k), "must be one of %v", all)
	}
}

func (c *checker) points(p PointRules) {
	for rarity := 1; rarity <= 5; rarity++ {
		c.check(p.Catch[rarity] > 0, fmt.Sprintf("points.catch.%d", rarity), "must be more than 0")
		c.check(p.Again[rarity] >= 0, fmt.Sprintf("points.again.%d", rarity), "must not be negative")
	}
	c.check(p.Visit >= 0, "points.visit", "must not be negative")
	c.check(p.Quiz >= 0, "points.quiz", "must not be negative")
}

func (c *checker) levels(levels []Level) {
	c.check(len(levels) > 0 && levels[0].Points == 0, "levels[0].points", "must be 0: everybody has a level")
	for i, l := range levels {
		field := fmt.Sprintf("levels[%d]", i)
		c.check(i == 0 || l.Points > levels[i-1].Points, field+".points", "must be more than the level before")
		c.key(field+".art", l.Art)
		c.captions(field+".texts", l.Texts)
	}
}

func (c *checker) badge(field string, b Badge, trails []Trail) {
	c.key(field+".key", b.Key)
	c.key(field+".art", b.Art)
	c.captions(field+".texts", b.Texts)
	kind, ok := badgeKinds[b.Kind]
	if !ok {
		c.check(false, field+".kind", "must be one of %v", BadgeKinds())
		return
	}
	c.check(b.AtLeast > 0 || b.AtLeast == 0 && kind.canBeAll, field+".atLeast", "must be 1 or more")
	c.check(len(b.Of) > 0 || !kind.needsOf, field+".of", "must say which")
	for i, of := range b.Of {
		field := fmt.Sprintf("%s.of[%d]", field, i)
		if b.Kind == TrailsBadge {
			known := slices.ContainsFunc(trails, func(t Trail) bool { return t.Key == of })
			c.check(known, field, "must be the key of a trail")
			continue
		}
		c.check(kind.of != nil && kind.of(of), field, "is nothing that a badge of kind %s counts", b.Kind)
	}
}

func (c *checker) trail(field string, t Trail) {
	c.key(field+".key", t.Key)
	c.key(field+".art", t.Art)
	c.captions(field+".texts", t.Texts)
	c.check(0 <= t.Points && t.Points <= MaxTrailPoints, field+".points", "must be 0 to %d", MaxTrailPoints)
	c.check(t.From.IsZero() || t.Until.IsZero() || t.From.Compare(t.Until) <= 0, field+".until", "must not be before the first day")
	c.check(1 <= len(t.Steps) && len(t.Steps) <= MaxSteps, field+".steps", "must be 1 to %d", MaxSteps)
	for i, s := range t.Steps {
		field := fmt.Sprintf("%s.steps[%d]", field, i)
		c.check((s.Species == "") != (s.Group == ""), field, "must have either a species or a group")
		c.check(s.Group == "" || IsGroup(s.Group), field+".group", "must be a group that there is, like big-cat")
		c.check(!s.Wakes || s.Species != "", field+".wakes", "needs a species")
		if s.Species != "" && c.zoo != nil {
			known := slices.ContainsFunc(c.zoo, func(z Species) bool { return z.Slug == s.Species })
			c.check(known, field+".species", "must be a species of the zoo")
		}
		for j, earlier := range t.Steps[:i] {
			c.check(!t.Ordered || !c.overlap(s, earlier), field,
				"could be done by the same animal as step %d, which the steps of an ordered trail must not", j+1)
			c.check(s.Species == "" || s.Species != earlier.Species, field+".species", "is there twice")
		}
	}
}

// overlap tells whether one species could do both steps.
func (c *checker) overlap(a, b Step) bool {
	switch {
	case a.Species != "" && b.Species != "":
		return a.Species == b.Species
	case a.Group != "" && b.Group != "":
		return InGroup(a.Group, b.Group) || InGroup(b.Group, a.Group)
	case a.Group != "":
		a, b = b, a
	}
	return slices.ContainsFunc(c.zoo, func(z Species) bool { return z.Slug == a.Species && InGroup(z.Group, b.Group) })
}

func (c *checker) fairPlay(f FairPlay) {
	c.check(0 <= f.Copies && f.Copies <= MaxCopies, "fairPlay.copies", "must be 0 to %d bits", MaxCopies)
	c.check(0 < f.Candidate && f.Candidate <= 1, "fairPlay.candidate", "must be above 0 and at most 1")
	for i, r := range f.Rates {
		c.check(r.Captures > 0 && r.Within > 0, fmt.Sprintf("fairPlay.rates[%d]", i), "must have captures and within above 0")
	}
	if a := f.Area; a != nil {
		c.check(-90 <= a.Latitude && a.Latitude <= 90, "fairPlay.area.latitude", "must be -90 to 90 degrees")
		c.check(-180 <= a.Longitude && a.Longitude <= 180, "fairPlay.area.longitude", "must be -180 to 180 degrees")
		c.check(a.Meters >= 50, "fairPlay.area.meters", "must be 50 or more: phones do not know better where they are")
		c.check(a.Meters <= maxMeters, "fairPlay.area.meters", "must be at most %d", maxMeters)
	}
	c.check(len(f.Hours) <= MaxHours, "fairPlay.hours", "must have at most %d entries", MaxHours)
	for i, h := range f.Hours {
		c.hours(fmt.Sprintf("fairPlay.hours[%d]", i), h)
	}
}

const maxMeters = 100_000

func (c *checker) hours(field string, h Hours) {
	for _, d := range []struct {
		name string
		day  Date
	}{{".from", h.From}, {".until", h.Until}} {
		if !d.day.IsZero() {
			c.day(field+d.name, d.day)
		}
	}
	c.check(h.Until.IsZero() || h.From.Compare(h.Until) <= 0, field+".until", "must not be before the first day")
	for i, day := range h.Days {
		field := fmt.Sprintf("%s.days[%d]", field, i)
		_, err := parseWeekday(day)
		c.check(err == nil, field, "must be a day of the week like monday")
		c.check(!slices.Contains(h.Days[:i], day), field, "is there twice")
	}
	if h.Open != "" {
		span, err := ParseAwake(h.Open)
		c.check(err == nil, field+".open", "must be hours like 09:00-18:30, or empty for closed")
		c.check(err != nil || span.Start < span.End, field+".open", "must end after it begins, at 24:00 at the latest")
	}
}

// The years that days of rules are in: others are slips.
const firstYear, lastYear = 2000, 2100

// day checks a day that there has to be.
func (c *checker) day(field string, d Date) {
	c.check(!d.IsZero(), field, "must be a day like 2026-04-01")
	c.check(d.IsZero() || firstYear <= d.Year && d.Year <= lastYear, field, "must be in a year from %d to %d", firstYear, lastYear)
}

func (c *checker) groups(g GroupRules) {
	for _, kind := range GroupKinds {
		c.check(g.Members[kind] >= 2, fmt.Sprintf("groups.members.%s", kind), "must be 2 or more")
	}
	for kind := range g.Members {
		c.check(slices.Contains(GroupKinds, kind), fmt.Sprintf("groups.members.%s", kind), "must be one of %v", GroupKinds)
	}
	c.check(g.Joined > 0, "groups.joined", "must be 1 or more")
	c.check(g.CodeDays > 0, "groups.codeDays", "must be 1 or more")
}

func (c *checker) calendar(cal Calendar) {
	if y := cal.Yearly; y != nil {
		c.check(y.From.valid(), "calendar.yearly.from", "must be a day of every year like 03-15")
		c.check(y.Until.valid(), "calendar.yearly.until", "must be a day of every year like 03-15")
	}
	c.check(len(cal.Seasons) <= MaxSeasons, "calendar.seasons", "must have at most %d entries", MaxSeasons)
	for i, s := range cal.Seasons {
		field := fmt.Sprintf("calendar.seasons[%d]", i)
		c.key(field+".key", s.Key)
		c.day(field+".from", s.From)
		c.day(field+".until", s.Until)
		c.check(s.From.IsZero() || s.Until.IsZero() || s.From.Compare(s.Until) <= 0, field+".until", "must not be before the first day")
		for _, earlier := range cal.Seasons[:i] {
			c.check(s.Key != earlier.Key, field+".key", "is there twice")
			c.check(!s.overlaps(earlier), field+".from", "overlaps season %s", earlier.Key)
		}
		for year := max(s.From.Year, firstYear) - 1; year <= min(s.Until.Year, lastYear); year++ {
			yearly, ok := cal.yearly(year)
			c.check(!ok || !s.overlaps(yearly), field+".from", "overlaps season %s", yearly.Key)
		}
	}
}

func (c *checker) quiz(q Quiz) {
	c.check(3 <= q.Choices && q.Choices <= 4, "quiz.choices", "must be 3 or 4")
	for kind, prompt := range q.Prompts {
		field := fmt.Sprintf("quiz.prompts.%s", kind)
		c.check(slices.Contains(QuestionKinds, kind), field, "must be one of %v", QuestionKinds)
		for _, l := range Languages {
			c.check(prompt[l] != "", fmt.Sprintf("%s.%s", field, l), "must not be empty")
			if hole := holes[kind]; hole != "" {
				c.check(strings.Count(prompt[l], hole) == 1, fmt.Sprintf("%s.%s", field, l), "must have %s once", hole)
			}
		}
	}
	labels(c, "quiz.continents", continents, q.Continents)
	labels(c, "quiz.activities", activities, q.Activities)
	labels(c, "quiz.conservations", askedConservations, q.Conservations)
	labels(c, "quiz.kinds", animalKinds, q.Kinds)
}

package api

import (
	"bytes"
	"embed"
	"fmt"
	"html/template"
	"strconv"
	"strings"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

//go:embed rules.html rules.css
var rulesFiles embed.FS

var rulesTemplate = template.Must(template.New("rules.html").Funcs(template.FuncMap{"say": func(key string, values ...string) string { return key }}).ParseFS(rulesFiles, "rules.html"))

// rulesPage serves the page that tells parents and staff how the game works,
// made of the rules as they are.
func (a *API) rulesPage(app *fiber.App) {
	app.Get("/rules.css", func(c *fiber.Ctx) error {
		css, err := rulesFiles.ReadFile("rules.css")
		if err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "text/css; charset=utf-8")
		return c.Send(css)
	})
	app.Get("/rules", func(c *fiber.Ctx) error {
		l := negotiate(c.Query("lang", c.Get(fiber.HeaderAcceptLanguage)))
		zoo, err := a.Store.Zoo(c.UserContext())
		if err != nil {
			return err
		}
		page, err := rulesTemplate.Clone()
		if err != nil {
			return err
		}
		text, err := a.rulesText(l, zoo)
		if err != nil {
			return err
		}
		var html bytes.Buffer
		if err := page.Funcs(template.FuncMap{"say": sayRules(l)}).Execute(&html, text); err != nil {
			return err
		}
		c.Set(fiber.HeaderContentType, "text/html; charset=utf-8")
		c.Set(fiber.HeaderContentLanguage, string(l))
		c.Vary(fiber.HeaderAcceptLanguage)
		c.Set(fiber.HeaderCacheControl, "no-cache")
		return c.Send(html.Bytes())
	})
}

// sayRules gives sentences of the page. The values alternate between the names
// of placeholders and what fills them.
func sayRules(l game.Language) func(string, ...string) string {
	return func(key string, values ...string) string {
		filled := map[string]string{}
		for i := 0; i+1 < len(values); i += 2 {
			filled[values[i]] = values[i+1]
		}
		return say(l, "rules."+key, filled)
	}
}

type rulesText struct {
	Language  game.Language
	Languages []languageName
	Rarities  []rarityText
	Visit     int
	Quiz      int
	Levels    []Level
	Badges    []BadgeName
	Trails    []Trail
	Rates     []string
	Hours     []string
	Area      bool
	Groups    []string
	CodeDays  string
	Joined    string
	Season    string
	Zone      string
}

type languageName struct {
	Code game.Language
	Name string
	Here bool
}

type rarityText struct {
	Name         string
	Catch, Again int
}

func (a *API) rulesText(l game.Language, zoo *store.Zoo) (rulesText, error) {
	rules := zoo.Referee.Rules()
	t := rulesText{
		Language: l, Visit: rules.Points.Visit, Quiz: rules.Points.Quiz, Zone: zoo.Referee.Zone().String(),
		CodeDays: strconv.Itoa(rules.Groups.CodeDays), Joined: strconv.Itoa(rules.Groups.Joined),
	}
	for i, name := range []string{"English", "Deutsch", "Français"} {
		t.Languages = append(t.Languages, languageName{game.Languages[i], name, game.Languages[i] == l})
	}
	for rarity := 1; rarity <= 5; rarity++ {
		t.Rarities = append(t.Rarities, rarityText{say(l, "rules.rarity."+strconv.Itoa(rarity), nil), rules.Points.Catch[rarity], rules.Points.Again[rarity]})
	}
	for i := range rules.Levels {
		t.Levels = append(t.Levels, level(l, rules, i+1))
	}
	for _, b := range rules.Badges {
		t.Badges = append(t.Badges, badgeName(l, b))
	}
	for _, trail := range rules.Trails {
		t.Trails = append(t.Trails, a.trail(l, zoo, trail, game.Walk{Steps: make([]game.Footprint, len(trail.Steps))}, a.Now()))
	}
	for _, r := range rules.FairPlay.Rates {
		t.Rates = append(t.Rates, say(l, "rules.rate", map[string]string{"animals": strconv.Itoa(r.Captures), "time": spell(l, r.Within)}))
	}
	t.Area = rules.FairPlay.Area != nil
	hours, err := rules.FairPlay.HoursFrom(game.DateOf(a.Now(), zoo.Referee.Zone()), 366)
	if err != nil {
		return rulesText{}, err
	}
	for _, h := range hours {
		t.Hours = append(t.Hours, hoursText(l, h))
	}
	for _, kind := range game.GroupKinds {
		t.Groups = append(t.Groups, say(l, "rules.group."+string(kind), map[string]string{"members": strconv.Itoa(rules.Groups.Members[kind])}))
	}
	if y := rules.Calendar.Yearly; y != nil {
		t.Season = say(l, "rules.season", map[string]string{"from": dayText(l, y.From.String()), "until": dayText(l, y.Until.String())})
	}
	return t, nil
}

// spell gives a stretch of time in hours or minutes.
func spell(l game.Language, d time.Duration) string {
	unit, n := "minutes", int(d.Round(time.Minute)/time.Minute)
	if d%time.Hour == 0 && d >= 2*time.Hour {
		unit, n = "hours", int(d/time.Hour)
	}
	if n == 1 {
		unit = "minute"
	}
	return say(l, "rules."+unit, map[string]string{"n": strconv.Itoa(n)})
}

func hoursText(l game.Language, h game.Hours) string {
	values := map[string]string{"open": strings.ReplaceAll(h.Open, "-", "–"), "days": say(l, "rules.every-day", nil)}
	if len(h.Days) > 0 {
		var days []string
		for _, d := range h.Days {
			days = append(days, say(l, "rules."+d, nil))
		}
		values["days"] = strings.Join(days, ", ")
	}
	dates := map[string]string{"days": values["days"], "from": dateText(l, h.From), "until": dateText(l, h.Until)}
	switch {
	case h.From.IsZero() && h.Until.IsZero():
	case h.From == h.Until:
		values["days"] = dates["from"]
	case h.Until.IsZero():
		values["days"] = say(l, "rules.days-from", dates)
	case h.From.IsZero():
		values["days"] = say(l, "rules.days-until", dates)
	default:
		values["days"] = say(l, "rules.days-between", dates)
	}
	if h.Open == "" {
		return say(l, "rules.closed", values)
	}
	return say(l, "rules.open", values)
}

// dayText writes a day of the year, given as "03-15", as it is read.
func dayText(l game.Language, monthDay string) string {
	month, day, _ := strings.Cut(monthDay, "-")
	day = strings.TrimPrefix(day, "0")
	return say(l, "rules.day", map[string]string{"day": day, "month": say(l, "rules.month."+month, nil)})
}

func dateText(l game.Language, d game.Date) string {
	if d.IsZero() {
		return ""
	}
	return dayText(l, fmt.Sprintf("%02d-%02d", d.Month, d.Day)) + " " + strconv.Itoa(d.Year)
}

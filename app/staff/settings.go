package staff

import (
	"context"
	"fmt"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// OpeningHours say when the zoo is open.
type OpeningHours struct {
	Hours []HoursLine `json:"hours" maxItems:"1000" doc:"Of several that fit a day the one with the latest from holds, and among those the last. On a day that none fits the zoo is always open."`
}

// HoursLine says when the zoo is open on some days.
type HoursLine struct {
	From  string   `json:"from" example:"2026-03-01" doc:"First day; empty: since ever"`
	Until string   `json:"until" example:"2026-10-31" doc:"Last day; empty: for good"`
	Days  []string `json:"days" example:"[\"saturday\",\"sunday\"]" doc:"Days of the week, monday to sunday; empty: all"`
	Open  string   `json:"open" example:"09:00-18:30" doc:"Empty: closed"`
}

// HoursOfDay is when the zoo is open on a day.
type HoursOfDay struct {
	Day  string `json:"day" example:"2026-05-01"`
	Open string `json:"open" example:"09:00-18:30" doc:"00:00-24:00 is always; empty is closed"`
}

// CheckedHours tell of hours what is wrong with them, or what they come to.
type CheckedHours struct {
	Wrong []Wrong      `json:"wrong"`
	Days  []HoursOfDay `json:"days" doc:"Today and the days that follow; empty if something is wrong"`
}

// TimeZone is the zone in which the zoo's days begin and end.
type TimeZone struct {
	Zone string `json:"zone" maxLength:"100" example:"Europe/Berlin" doc:"IANA name"`
}

// Seasons are the stretches of days that have a leaderboard of their own.
type Seasons struct {
	Yearly  *YearlySeason `json:"yearly,omitempty" doc:"Comes every year, is called after the year in which it begins, and may run over New Year. Missing: only named seasons"`
	Seasons []NamedSeason `json:"seasons" maxItems:"1000" doc:"One named after a year stands for that year's yearly one"`
}

// YearlySeason is a season that comes every year.
type YearlySeason struct {
	From  string `json:"from" example:"03-01"`
	Until string `json:"until" example:"11-30" doc:"Last day"`
}

// NamedSeason is a season of its own.
type NamedSeason struct {
	Key   string `json:"key" example:"winter-lights"`
	From  string `json:"from" example:"2026-12-01"`
	Until string `json:"until" example:"2027-01-06" doc:"Last day"`
}

var hoursPart = part[OpeningHours]{
	name: "hours",
	read: func(s store.Setup) *OpeningHours {
		all := &OpeningHours{[]HoursLine{}}
		for _, h := range s.Rules.FairPlay.Hours {
			all.Hours = append(all.Hours, HoursLine{h.From.String(), h.Until.String(), append([]string{}, h.Days...), h.Open})
		}
		return all
	},
	write: func(s *store.Setup, to *OpeningHours) []game.Problem {
		var r dayReader
		s.Rules.FairPlay.Hours = nil
		for i, h := range to.Hours {
			field := fmt.Sprintf("hours[%d]", i)
			s.Rules.FairPlay.Hours = append(s.Rules.FairPlay.Hours,
				game.Hours{From: r.day(field+".from", h.From), Until: r.day(field+".until", h.Until), Days: h.Days, Open: h.Open})
		}
		return r.wrong
	},
	root: func(store.Setup) string { return "fairPlay." },
	facts: func(_ game.Language, all OpeningHours) []fact {
		var facts []fact
		for _, h := range all.Hours {
			open := h.Open
			if open == "" {
				open = "closed"
			}
			facts = append(facts, fact{"hours", worded(strings.Trim(h.From+" – "+h.Until, " "), strings.Join(h.Days, ", "), open)})
		}
		return facts
	},
}

var areaPart = part[api.ZooArea]{
	name: "area",
	read: func(s store.Setup) *api.ZooArea { return &api.ZooArea{Area: s.Rules.FairPlay.Area} },
	write: func(s *store.Setup, to *api.ZooArea) []game.Problem {
		s.Rules.FairPlay.Area = to.Area
		return nil
	},
	root: func(store.Setup) string { return "fairPlay." },
}

var zonePart = part[TimeZone]{
	name: "zone",
	read: func(s store.Setup) *TimeZone { return &TimeZone{s.Zone} },
	write: func(s *store.Setup, to *TimeZone) []game.Problem {
		s.Zone = to.Zone
		return nil
	},
	root: func(store.Setup) string { return "" },
}

var seasonsPart = part[Seasons]{
	name: "seasons",
	read: func(s store.Setup) *Seasons {
		all := &Seasons{Seasons: []NamedSeason{}}
		if y := s.Rules.Calendar.Yearly; y != nil {
			all.Yearly = &YearlySeason{y.From.String(), y.Until.String()}
		}
		for _, n := range s.Rules.Calendar.Seasons {
			all.Seasons = append(all.Seasons, NamedSeason{n.Key, n.From.String(), n.Until.String()})
		}
		return all
	},
	write: func(s *store.Setup, to *Seasons) []game.Problem {
		var r dayReader
		s.Rules.Calendar = game.Calendar{}
		if y := to.Yearly; y != nil {
			s.Rules.Calendar.Yearly = &game.Yearly{From: r.dayOfYear("yearly.from", y.From), Until: r.dayOfYear("yearly.until", y.Until)}
		}
		for i, n := range to.Seasons {
			field := fmt.Sprintf("seasons[%d]", i)
			s.Rules.Calendar.Seasons = append(s.Rules.Calendar.Seasons,
				game.Season{Key: n.Key, From: r.day(field+".from", n.From), Until: r.day(field+".until", n.Until)})
		}
		return r.wrong
	},
	root: func(store.Setup) string { return "calendar." },
	facts: func(_ game.Language, all Seasons) []fact {
		var facts []fact
		if y := all.Yearly; y != nil {
			facts = append(facts, fact{"yearly", y.From + " – " + y.Until})
		}
		for _, n := range all.Seasons {
			facts = append(facts, fact{"seasons", worded(n.Key, n.From+" – "+n.Until)})
		}
		return facts
	},
}

// worded puts the words that there are in a line.
func worded(words ...string) string {
	var said []string
	for _, w := range words {
		if w != "" && w != "–" {
			said = append(said, w)
		}
	}
	return strings.Join(said, " · ")
}

// dayReader reads days, and collects what are none.
type dayReader struct{ wrong []game.Problem }

func (r *dayReader) day(field, text string) (d game.Date) {
	if d.UnmarshalText([]byte(text)) != nil {
		r.wrong = append(r.wrong, game.NewProblem(field, "must be a day like 2026-04-01"))
	}
	return d
}

func (r *dayReader) dayOfYear(field, text string) (m game.MonthDay) {
	if m.UnmarshalText([]byte(text)) != nil {
		r.wrong = append(r.wrong, game.NewProblem(field, "must be a day of every year like 03-15"))
	}
	return m
}

func (d *Desk) settings() {
	setting(d, hoursPart, "opening hours", "When the zoo is open. Captures of other times are kept and earn nothing; each is judged by the hours of its day.")
	setting(d, areaPart, "area of the zoo", "Where photos have to be taken. Phones compare that by themselves.")
	setting(d, zonePart, "time zone", "In which the zoo's days begin and end. A change moves captures around midnight to other days, and what was earned follows.")
	setting(d, seasonsPart, "seasons", "Which days are a season, for leaderboards.")

	type check struct {
		api.Reader
		Body OpeningHours
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/settings/hours/check", "staff-check-hours", "Check opening hours",
		"Tells what is wrong with hours before they are saved, or when the zoo would be open in the two weeks that begin today. It changes nothing.", admins,
		http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *check) (*struct{ Body CheckedHours }, error) {
			checked, err := d.checkHours(ctx, in.Language(), in.Body)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body CheckedHours }{checked}, nil
		})
}

// checkedDays is how far the preview of hours looks.
const checkedDays = 14

func (d *Desk) checkHours(ctx context.Context, l game.Language, hours OpeningHours) (CheckedHours, error) {
	checked := CheckedHours{[]Wrong{}, []HoursOfDay{}}
	now, err := d.API.Store.Setup(ctx, 0)
	if err != nil {
		return checked, err
	}
	wrong := hoursPart.write(&now.After, &hours)
	root := hoursPart.root(now.After)
	for _, p := range now.After.Rules.Check(nil) {
		if field, ours := strings.CutPrefix(p.Field, root+"hours"); ours && wrong == nil {
			checked.Wrong = append(checked.Wrong, Wrong{"hours" + field, sayProblem(l, p)})
		}
	}
	for _, p := range wrong {
		checked.Wrong = append(checked.Wrong, Wrong{p.Field, sayProblem(l, p)})
	}
	if len(checked.Wrong) > 0 {
		return checked, nil
	}
	zoo, err := d.API.Store.Zoo(ctx)
	if err != nil {
		return checked, err
	}
	today := game.DateOf(d.Now(), zoo.Referee.Zone())
	for i := range checkedDays {
		day := HoursOfDay{Day: today.Plus(i).String()}
		span, open, err := now.After.Rules.FairPlay.Open(today.Plus(i))
		if err != nil {
			return checked, err
		}
		if open {
			day.Open = span.String()
		}
		checked.Days = append(checked.Days, day)
	}
	return checked, nil
}

// setting declares how a part of the rules is read, changed and restored.
func setting[B any](d *Desk, p part[B], what, description string) {
	path, id := "/settings/"+p.name, "staff-"+p.name
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, path, id, "The "+what, description, admins),
		func(ctx context.Context, in *empty) (*Tagged[B], error) { return p.get(ctx, d, in.Language()) })

	type edit struct {
		api.Reader
		IfMatch
		Body B
	}
	huma.Register(d.huma, d.operation(http.MethodPut, path, "staff-set-"+p.name, "Change the "+what,
		description+" If somebody else was faster nothing is changed.", admins,
		http.StatusBadRequest, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *edit) (*Tagged[B], error) {
			l := in.Language()
			tag, err := in.tag(l)
			if err != nil {
				return nil, err
			}
			return p.edit(ctx, d, l, "settings.edit", tag, &in.Body)
		})

	type history struct {
		api.Reader
		HistoryOf
	}
	huma.Register(d.huma, d.operation(http.MethodGet, path+"/versions", id+"-versions", "The history of the "+what, "Who changed what, the latest first.", admins,
		http.StatusUnprocessableEntity),
		func(ctx context.Context, in *history) (*Tagged[RulesVersions], error) {
			return p.versions(ctx, d, in.Language(), in.HistoryOf)
		})

	type restore struct {
		api.Reader
		IfMatch
		Revision
	}
	huma.Register(d.huma, d.operation(http.MethodPost, path+"/versions/{revision}/restore", "staff-restore-"+p.name, "Go back to earlier "+what,
		"Makes it what it was in a version. That is a change of its own, and can be undone too.", admins,
		http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *restore) (*Tagged[B], error) {
			l := in.Language()
			tag, err := in.tag(l)
			if err != nil {
				return nil, err
			}
			return p.restore(ctx, d, l, "settings.restore", tag, in.Revision.Revision)
		})
}

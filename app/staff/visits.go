package staff

import (
	"bytes"
	"cmp"
	"context"
	"encoding/csv"
	"net/http"
	"slices"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/sheet"
)

// MaxDays is the longest span of days whose numbers are told at once: three years.
const MaxDays = 3*365 + 1

// DaySpan asks for some days of the zoo.
type DaySpan struct {
	api.Reader
	From  string `query:"from" maxLength:"10" doc:"The first day; with none, as many as days says" example:"2026-05-01"`
	Until string `query:"until" maxLength:"10" doc:"The last day; with none, today" example:"2026-05-31"`
	Days  int    `query:"days" minimum:"1" maximum:"1096" default:"30" doc:"How many days, where from is not said"`
}

// between gives the first and the last day, or what is wrong with them.
func (s DaySpan) between(today game.Date) (from, until game.Date, wrong []game.Problem) {
	read := func(field, text string, otherwise game.Date) game.Date {
		if text == "" {
			return otherwise
		}
		d, err := game.ParseDate(text)
		if err != nil || d.Year < 2000 || d.Year > 2999 {
			wrong = append(wrong, game.NewProblem(field, "must be a day like 2026-04-01"))
		}
		return d
	}
	until = read("until", s.Until, today)
	from = read("from", s.From, until.Plus(1-s.Days))
	switch {
	case wrong != nil:
	case from.Compare(until) > 0 && s.Until == "":
		wrong = append(wrong, game.NewProblem("from", "must not be after today"))
	case from.Compare(until) > 0:
		wrong = append(wrong, game.NewProblem("until", "must not be before the first day"))
	case from.Plus(MaxDays-1).Compare(until) < 0:
		wrong = append(wrong, game.NewProblem("until", "must be at most %d days after from", MaxDays-1))
	}
	return from, until, wrong
}

// VisitCounts are what visitors did, in numbers.
type VisitCounts struct {
	Captures int `json:"captures" doc:"Photos that were sent, whatever they showed"`
	Catches  int `json:"catches" doc:"Animals that a visitor caught for the first time, that count"`
}

// VisitDay is a day in numbers.
type VisitDay struct {
	Day    string `json:"day" format:"date"`
	Visits int    `json:"visits" doc:"Visitors who took a photo on it"`
	VisitCounts
}

// VisitHour is an hour of the day in numbers, over all days.
type VisitHour struct {
	Hour int `json:"hour" minimum:"0" maximum:"23"`
	VisitCounts
}

// Visits are the numbers of some days.
type Visits struct {
	From  string      `json:"from" format:"date"`
	Until string      `json:"until" format:"date"`
	Today string      `json:"today" format:"date" doc:"In the zoo"`
	Zone  string      `json:"zone" example:"Europe/Berlin" doc:"In which the days begin"`
	Days  []VisitDay  `json:"days" doc:"Every day, also those without visits"`
	Hours []VisitHour `json:"hours" doc:"The 24 hours of the day"`
}

// VisitSpecies is an animal, and how many visitors caught it.
type VisitSpecies struct {
	api.SpeciesName
	Number  int `json:"number"`
	Catches int `json:"catches"`
}

// VisitedSpecies is a page of the animals on display.
type VisitedSpecies struct {
	Species []VisitSpecies `json:"species"`
	Total   int            `json:"total" doc:"How many are on display"`
	Never   int            `json:"never" doc:"How many of them nobody caught"`
	Most    int            `json:"most" doc:"Catches of the one that was caught most"`
}

func (d *Desk) visits() {
	const hint = " Days begin in the zoo's time zone. A photo counts on the day on which it was taken, however late it arrives; who erases themselves is no longer counted."
	huma.Register(d.huma, d.operation(http.MethodGet, "/visits", "staff-visits", "Visit numbers",
		"How many came, took photos and caught animals, by day and by hour of the day."+hint, everyone, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *DaySpan) (*struct{ Body Visits }, error) {
			body, err := d.visitsOf(ctx, *in)
			return &struct{ Body Visits }{body}, err
		})

	type speciesInput struct {
		DaySpan
		Order  string `query:"order" enum:"most,least" default:"most" doc:"Which come first"`
		Offset int    `query:"offset" minimum:"0" maximum:"1000000"`
		Limit  int    `query:"limit" minimum:"1" maximum:"200" default:"20"`
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/visits/species", "staff-visits-species", "Most and least caught animals",
		"The animals on display by how many visitors caught them first in these days."+hint, everyone, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *speciesInput) (*struct{ Body VisitedSpecies }, error) {
			list, err := d.visitedSpecies(ctx, in.DaySpan)
			if err != nil {
				return nil, err
			}
			page := VisitedSpecies{Total: len(list)}
			for _, s := range list {
				page.Most = max(page.Most, s.Catches)
				if s.Catches == 0 {
					page.Never++
				}
			}
			if in.Order == "least" {
				slices.SortStableFunc(list, func(a, b visited) int { return cmp.Compare(a.Catches, b.Catches) })
			}
			page.Species = []VisitSpecies{}
			for _, s := range list[min(in.Offset, len(list)):min(in.Offset+in.Limit, len(list))] {
				name := api.SpeciesName{Slug: string(s.Slug), Name: s.Text(in.Language()).Name, ScientificName: s.ScientificName}
				page.Species = append(page.Species, VisitSpecies{name, s.Number, s.Catches})
			}
			return &struct{ Body VisitedSpecies }{page}, nil
		})

	type exportInput struct {
		DaySpan
		Table string `query:"table" enum:"days,hours,species" default:"days"`
	}
	type file struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
	op := d.operation(http.MethodGet, "/exports/visits", "staff-export-visits", "Export visit numbers",
		"The numbers of these days as CSV for spreadsheets, in UTF-8 with a byte order mark. The first line names the columns, as in the table of species."+hint, everyone, http.StatusUnprocessableEntity)
	op.Responses = map[string]*huma.Response{"200": {Description: "The table", Content: map[string]*huma.MediaType{
		"text/csv": {Schema: &huma.Schema{Type: huma.TypeString}}}}}
	huma.Register(d.huma, op, func(ctx context.Context, in *exportInput) (*file, error) {
		table, err := d.visitsTable(ctx, in.DaySpan, in.Table)
		if err != nil {
			return nil, err
		}
		var b bytes.Buffer
		b.WriteString("\xef\xbb\xbf") // spreadsheets take it for another encoding otherwise
		w := csv.NewWriter(&b)
		w.UseCRLF = true // RFC 4180
		if err := w.WriteAll(table); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &file{"text/csv; charset=utf-8", `attachment; filename="visits-` + in.Table + `.csv"`, b.Bytes()}, nil
	})
}

// days reads a span in the zoo's time zone.
func (d *Desk) days(ctx context.Context, s DaySpan) (from, until, today game.Date, zone string, err error) {
	zoo, err := d.API.Store.Zoo(ctx)
	if err != nil {
		return from, until, today, "", d.fail(s.Language(), err)
	}
	today = game.DateOf(d.Now(), zoo.Referee.Zone())
	from, until, wrong := s.between(today)
	if wrong != nil {
		return from, until, today, "", refuse(s.Language(), "query.", wrong, nil)
	}
	return from, until, today, zoo.Referee.Zone().String(), nil
}

func (d *Desk) visitsOf(ctx context.Context, s DaySpan) (Visits, error) {
	from, until, today, zone, err := d.days(ctx, s)
	if err != nil {
		return Visits{}, err
	}
	v, err := d.API.Store.Visits(ctx, from, until)
	if err != nil {
		return Visits{}, d.fail(s.Language(), err)
	}
	body := Visits{From: from.String(), Until: until.String(), Today: today.String(), Zone: zone}
	for _, day := range v.Days {
		body.Days = append(body.Days, VisitDay{day.Day.String(), day.Visits, VisitCounts{day.Captures, day.Catches}})
	}
	for hour, h := range v.Hours {
		body.Hours = append(body.Hours, VisitHour{hour, VisitCounts(h)})
	}
	return body, nil
}

// visited is an animal, and how many visitors caught it.
type visited struct {
	game.Species
	Catches int
}

// visitedSpecies gives all animals on display, those that were caught most first.
func (d *Desk) visitedSpecies(ctx context.Context, s DaySpan) (list []visited, err error) {
	from, until, _, _, err := d.days(ctx, s)
	if err != nil {
		return nil, err
	}
	caught, err := d.API.Store.CatchesBetween(ctx, from, until)
	if err != nil {
		return nil, d.fail(s.Language(), err)
	}
	zoo, err := d.API.Store.Zoo(ctx)
	if err != nil {
		return nil, d.fail(s.Language(), err)
	}
	for _, species := range zoo.Species {
		if species.OnDisplay {
			list = append(list, visited{species, caught[species.ID]})
		}
	}
	slices.SortStableFunc(list, func(a, b visited) int { return cmp.Compare(b.Catches, a.Catches) })
	return list, nil
}

// visitsTable lays one of the tables out in rows of cells.
func (d *Desk) visitsTable(ctx context.Context, s DaySpan, table string) (rows [][]string, err error) {
	if table == "species" {
		list, err := d.visitedSpecies(ctx, s)
		rows = append(rows, []string{"number", "slug", "texts.en.name", "texts.de.name", "texts.fr.name", "scientificName", "catches"})
		for _, a := range list {
			row := []string{strconv.Itoa(a.Number), string(a.Slug)}
			for _, l := range game.Languages {
				row = append(row, sheet.Inert(a.Text(l).Name))
			}
			rows = append(rows, append(row, sheet.Inert(a.ScientificName), strconv.Itoa(a.Catches)))
		}
		return rows, err
	}
	v, err := d.visitsOf(ctx, s)
	if table == "hours" {
		rows = append(rows, []string{"hour", "captures", "catches"})
		for _, h := range v.Hours {
			rows = append(rows, []string{strconv.Itoa(h.Hour), strconv.Itoa(h.Captures), strconv.Itoa(h.Catches)})
		}
		return rows, err
	}
	rows = append(rows, []string{"day", "visits", "captures", "catches"})
	for _, day := range v.Days {
		rows = append(rows, []string{day.Day, strconv.Itoa(day.Visits), strconv.Itoa(day.Captures), strconv.Itoa(day.Catches)})
	}
	return rows, err
}

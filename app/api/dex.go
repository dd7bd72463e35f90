package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

// SpeciesName names a species.
type SpeciesName struct {
	Slug           string `json:"slug" example:"red-panda"`
	Name           string `json:"name" example:"red panda"`
	ScientificName string `json:"scientificName" example:"Ailurus fulgens"`
}

// CaughtSpecies is a species whose page is open.
type CaughtSpecies struct {
	SpeciesName
	Number  int    `json:"number" doc:"Its place in the dex"`
	Art     string `json:"art" doc:"Key of its picture"`
	Picture string `json:"picture,omitempty" example:"0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b" doc:"Id of the zoo's own picture, at /v1/pictures/{id}; where there is none the art stands for it"`
	Facts   Facts  `json:"facts"`
}

// Facts is what a visitor learns about a species by catching it.
type Facts struct {
	Class        string       `json:"class" example:"Mammalia"`
	Order        string       `json:"order" example:"Carnivora"`
	Family       string       `json:"family" example:"Ailuridae"`
	Group        *Group       `json:"group,omitempty"`
	Conservation Conservation `json:"conservation"`
	Continents   []string     `json:"continents" doc:"Where it lives in the wild, in the reader's language"`
	Habitat      string       `json:"habitat"`
	Diet         string       `json:"diet"`
	Activity     string       `json:"activity" enum:"day,night,twilight,anytime" doc:"When it is up"`
	Awake        []string     `json:"awake" example:"[\"17:00-09:00\"]" doc:"Spans of the day in which it is usually up, in the zoo's local time"`
	SleepHours   float64      `json:"sleepHours,omitempty" doc:"Hours of sleep a day; missing where nobody knows"`
	Sleep        string       `json:"sleep"`
	Surprise     string       `json:"surprise" doc:"The fact to tell at dinner"`
	Rarity       int          `json:"rarity" minimum:"1" maximum:"5"`
}

// Conservation is a category of the IUCN Red List.
type Conservation struct {
	Code string `json:"code" enum:"EX,EW,CR,EN,VU,NT,LC,DD,NE"`
	Name string `json:"name" example:"endangered" doc:"In the reader's language"`
}

// DexPage is one place of the dex: a caught species or a silhouette.
type DexPage struct {
	SpeciesName
	Number      int         `json:"number"`
	Art         string      `json:"art"`
	Picture     string      `json:"picture,omitempty" doc:"Id of the zoo's own picture, at /v1/pictures/{id}; only of what was caught"`
	Group       *Group      `json:"group,omitempty"`
	Continents  []Continent `json:"continents" doc:"Where it lives in the wild"`
	Rarity      int         `json:"rarity"`
	Caught      bool        `json:"caught" doc:"false: show a silhouette"`
	FirstCaught *time.Time  `json:"firstCaughtAt,omitempty"`
	Times       int         `json:"timesSeen" doc:"How often it was captured"`
	Visits      int         `json:"visits" doc:"Days on which it was captured"`
}

// Continent is a part of the world.
type Continent struct {
	Key  string `json:"key" example:"south-america"`
	Name string `json:"name" example:"South America"`
}

// Dex is a visitor's collection.
type Dex struct {
	Progress game.Progress `json:"progress"`
	Species  []DexPage     `json:"species" doc:"By number"`
}

// SpeciesPage is the page of a caught species.
type SpeciesPage struct {
	CaughtSpecies
	FirstCaught time.Time `json:"firstCaughtAt"`
	Times       int       `json:"timesSeen"`
	Visits      int       `json:"visits" doc:"Days on which it was captured"`
}

func (a *API) dex(h huma.API) {
	huma.Register(h, a.operation(h, http.MethodGet, "/v1/dex", "get-dex", "The collection",
		"Every species on display, caught or still a silhouette, by number.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Dex }, error) {
			l := in.Language()
			pages, progress, err := a.pages(ctx, visitorOf(ctx))
			if err != nil {
				return nil, a.fail(l, err)
			}
			d := Dex{Progress: progress, Species: []DexPage{}}
			for _, p := range pages {
				d.Species = append(d.Species, a.dexPage(l, p))
			}
			return &struct{ Body Dex }{d}, nil
		})

	type input struct {
		Reader
		Slug string `path:"slug" maxLength:"80" example:"red-panda"`
	}
	huma.Register(h, a.operation(h, http.MethodGet, "/v1/species/{slug}", "get-species", "A species and its facts",
		"The page of a caught species. Pages of the others are locked.", true, http.StatusForbidden, http.StatusNotFound),
		func(ctx context.Context, in *input) (*struct{ Body SpeciesPage }, error) {
			l := in.Language()
			pages, _, err := a.pages(ctx, visitorOf(ctx))
			if err != nil {
				return nil, a.fail(l, err)
			}
			for _, p := range pages {
				if string(p.Species.Slug) != in.Slug {
					continue
				}
				if !p.Caught() {
					return nil, problem(l, locked, map[string]string{"species": p.Species.Text(l).Name}, nil)
				}
				return &struct{ Body SpeciesPage }{SpeciesPage{a.caughtSpecies(l, p.Species), p.Sighted.First.UTC(), p.Sighted.Times, p.Sighted.Visits}}, nil
			}
			return nil, problem(l, unknownSpecies, nil, nil)
		})
}

// pages gives a visitor's dex and progress as they are now.
func (a *API) pages(ctx context.Context, v game.Visitor) ([]game.Page, game.Progress, error) {
	zoo, err := a.Store.Zoo(ctx)
	if err != nil {
		return nil, game.Progress{}, err
	}
	seen, points, err := a.Store.Collection(ctx, v.ID)
	if err != nil {
		return nil, game.Progress{}, err
	}
	pages := game.Dex(zoo.Species, seen)
	return pages, game.Count(pages, points), nil
}

func (a *API) dexPage(l game.Language, p game.Page) DexPage {
	page := DexPage{
		SpeciesName: nameOf(l, p.Species), Number: p.Species.Number, Art: p.Species.Art, Group: a.group(l, p.Species.Group),
		Continents: continents(l, p.Species), Rarity: p.Species.Rarity, Caught: p.Caught(), Times: p.Sighted.Times, Visits: p.Sighted.Visits,
	}
	if p.Caught() {
		first := p.Sighted.First.UTC()
		page.FirstCaught, page.Picture = &first, p.Species.Picture
	}
	return page
}

func continents(l game.Language, s game.Species) []Continent {
	continents := []Continent{}
	for _, c := range s.Continents {
		continents = append(continents, Continent{string(c), say(l, "continent."+string(c), nil)})
	}
	return continents
}

func nameOf(l game.Language, s game.Species) SpeciesName {
	return SpeciesName{string(s.Slug), s.Text(l).Name, s.ScientificName}
}

func (a *API) caughtSpecies(l game.Language, s game.Species) CaughtSpecies {
	t := s.Text(l)
	f := Facts{
		Class: s.Class, Order: s.Order, Family: s.Family, Group: a.group(l, s.Group),
		Conservation: Conservation{string(s.Conservation), say(l, "conservation."+string(s.Conservation), nil)},
		Continents:   []string{}, Habitat: t.Habitat, Diet: t.Diet, Activity: string(s.Activity), Awake: []string{},
		SleepHours: s.SleepHours, Sleep: t.Sleep, Surprise: t.Surprise, Rarity: s.Rarity,
	}
	for _, c := range continents(l, s) {
		f.Continents = append(f.Continents, c.Name)
	}
	for _, w := range s.Awake {
		f.Awake = append(f.Awake, w.String())
	}
	return CaughtSpecies{nameOf(l, s), s.Number, s.Art, s.Picture, f}
}

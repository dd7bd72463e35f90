package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Trail is a challenge and how far the visitor is on it.
type Trail struct {
	Key      string `json:"key" example:"big-cats"`
	Name     string `json:"name"`
	Text     string `json:"text"`
	Art      string `json:"art" doc:"Key of its picture"`
	Ordered  bool   `json:"ordered" doc:"Whether the steps are to be done one after the other"`
	From     string `json:"from,omitempty" format:"date" doc:"First day on which steps can be done"`
	Until    string `json:"until,omitempty" format:"date" doc:"Last day"`
	Open     bool   `json:"open" doc:"Whether it is between those days now"`
	Possible bool   `json:"possible" doc:"Whether the animals on display now suffice"`
	Points   int    `json:"points" doc:"What its completion earns"`
	Done     int    `json:"done" doc:"Steps done"`
	Total    int    `json:"total"`
	Complete bool   `json:"complete"`
	Steps    []Step `json:"steps"`
}

// Step is one step of a trail. Those that are done have a species.
type Step struct {
	Text  string       `json:"text" example:"some kind of big cat" doc:"What is wanted, in the reader's language"`
	Wants *SpeciesName `json:"wants,omitempty" doc:"If it is one species"`
	Art   string       `json:"art,omitempty"`
	Group *Group       `json:"group,omitempty" doc:"If any of a group will do"`
	Wakes []string     `json:"wakes,omitempty" example:"[\"16:00-23:00\"]" doc:"A hint: when it is usually up"`
	Done  bool         `json:"done"`
	By    *SpeciesName `json:"by,omitempty" doc:"Who did the step"`
}

// Trails are all trails there are.
type Trails struct {
	Trails []Trail `json:"trails"`
}

func (a *API) trails(h huma.API) {
	huma.Register(h, a.operation(h, http.MethodGet, "/v1/trails", "get-trails", "Trails", "Every trail there is, with the steps done and open.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Trails }, error) {
			l := in.Language()
			zoo, state, err := a.Store.State(ctx, visitorOf(ctx).ID)
			if err != nil {
				return nil, a.fail(l, err)
			}
			all := Trails{Trails: []Trail{}}
			for i, t := range zoo.Referee.Rules().Trails {
				all.Trails = append(all.Trails, a.trail(l, zoo, t, state.Trails[i], a.Now()))
			}
			return &struct{ Body Trails }{all}, nil
		})
}

func (a *API) trail(l game.Language, zoo *store.Zoo, t game.Trail, w game.Walk, now time.Time) Trail {
	c := t.Texts.In(l)
	trail := Trail{
		Key: t.Key, Name: c.Name, Text: c.Text, Art: t.Art, Ordered: t.Ordered, From: t.From.String(), Until: t.Until.String(),
		Open:     game.Days(t.From, t.Until, zoo.Referee.Zone()).Contains(now),
		Possible: zoo.Referee.Walkable(t), Points: t.Points, Done: w.Done, Total: len(t.Steps), Complete: w.Complete(),
	}
	for i, s := range t.Steps {
		step := Step{Done: w.Steps[i].Capture != ""}
		if by, ok := zoo.ByID(w.Steps[i].Species); ok {
			name := nameOf(l, by)
			step.By = &name
		}
		if wanted, ok := zoo.BySlug(s.Species); ok {
			name := nameOf(l, wanted)
			step.Wants, step.Text, step.Art = &name, name.Name, wanted.Art
		}
		if group := a.group(l, s.Group); group != nil {
			step.Group, step.Text = group, group.Some
		}
		for _, span := range zoo.Referee.Wakes(s) {
			step.Wakes = append(step.Wakes, span.String())
		}
		trail.Steps = append(trail.Steps, step)
	}
	return trail
}

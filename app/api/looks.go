package api

import (
	"context"
	"fmt"
	"math"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/store"
)

// Look says what a frame shows.
type Look struct {
	Outcome    string       `json:"outcome" enum:"certain,unsure,nothing,stranger" doc:"certain: it is this species. unsure: an animal, but which? nothing: no animal. stranger: an animal that does not live here."`
	Species    *SpeciesName `json:"species,omitempty" doc:"The species, when certain"`
	Confidence float64      `json:"confidence" minimum:"0" maximum:"1"`
	Candidates []Candidate  `json:"candidates" doc:"Species it may be, the likeliest first"`
	Group      *Group       `json:"group,omitempty" doc:"When unsure: what it surely is one of"`
	Stranger   string       `json:"stranger,omitempty" example:"house cat" doc:"When a stranger: what it looks like"`
	Box        *game.Box    `json:"box,omitempty" doc:"The part of the photo that was looked at"`
	Why        string       `json:"why" doc:"The reason in one line, in the reader's language"`
	Model      string       `json:"model" doc:"The network that looked"`
}

// Candidate is a species that a photo may show.
type Candidate struct {
	SpeciesName
	Confidence float64 `json:"confidence" minimum:"0" maximum:"1"`
}

// Group is a group of animals that visitors know.
type Group struct {
	Key  string `json:"key" example:"big-cat"`
	Name string `json:"name" example:"big cat"`
	Some string `json:"some" example:"some kind of big cat" doc:"To say that it is one of them"`
}

func (a *API) looks(h huma.API) {
	op := a.photoOperation(h, http.MethodPost, "/v1/looks", "look", "Look through the camera",
		"Names what a frame shows. Nothing is recorded, and the frame is forgotten.")
	registerPhoto(h, op, func(ctx context.Context, in *empty) (*struct{ Body Look }, error) {
		l := in.Language()
		zoo, seen, err := a.recognise(ctx, photoOf(ctx))
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &struct{ Body Look }{a.look(l, zoo, seen.Recognised)}, nil
	})
}

// photoOperation declares a call that takes a photo.
func (a *API) photoOperation(h huma.API, method, path, id, summary, description string) huma.Operation {
	op := a.operation(h, method, path, id, summary, description, true,
		http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	op.Middlewares = append(op.Middlewares, a.takePhoto(h))
	return op
}

// registerPhoto registers a call that takes a photo. The body is documented
// afterwards, so that huma leaves the reading of it to takePhoto.
func registerPhoto[I, O any](h huma.API, op huma.Operation, handler func(context.Context, *I) (*O, error)) *huma.Operation {
	huma.Register(h, op, handler)
	path := h.OpenAPI().Paths[op.Path]
	documented := path.Put
	if op.Method == http.MethodPost {
		documented = path.Post
	}
	documented.RequestBody = photoBody()
	return documented
}

// recognise looks at a photo with the zoo as it is now.
func (a *API) recognise(ctx context.Context, photo []byte) (*store.Zoo, Seen, error) {
	ctx, cancel := context.WithTimeout(ctx, a.Limits.RecogniseTime)
	defer cancel()
	zoo, err := a.Store.Zoo(ctx)
	if err != nil {
		return nil, Seen{}, err
	}
	a.Metrics.Queue.Inc()
	defer a.Metrics.Queue.Dec()
	seen, err := a.Eyes.Recognise(ctx, zoo, photo)
	return zoo, seen, err
}

func (a *API) look(l game.Language, zoo *store.Zoo, r game.Recognised) Look {
	look := Look{
		Outcome: string(r.Verdict), Confidence: rounded(r.Confidence), Candidates: []Candidate{},
		Box: r.Box, Model: r.Model, Group: a.group(l, r.Group),
	}
	if s, ok := zoo.ByID(r.Species); ok {
		name := nameOf(l, s)
		look.Species = &name
	}
	for _, c := range r.Candidates {
		if s, ok := zoo.ByID(c.Species); ok {
			look.Candidates = append(look.Candidates, Candidate{nameOf(l, s), rounded(c.Confidence)})
		}
	}
	if r.Stranger != "" {
		look.Stranger = animalName(l, zoo, r.Stranger)
	}
	values := map[string]string{}
	for k, animal := range r.Why.Values {
		values[k] = animalName(l, zoo, animal)
	}
	look.Why = say(l, "why."+r.Why.Code, values)
	return look
}

// animalName names an animal by the slug of a species, or else by the WordNet
// id of one that does not live here.
func animalName(l game.Language, zoo *store.Zoo, animal string) string {
	if s, ok := zoo.BySlug(game.Slug(animal)); ok {
		return s.Text(l).Name
	}
	name, _ := catalogue.AnimalName(animal, l)
	return name
}

func (a *API) group(l game.Language, key string) *Group {
	names, ok := a.Groups[key]
	if !ok {
		return nil
	}
	return &Group{key, names[l].Name, names[l].SomeKind}
}

// rounded spares readers digits that mean nothing.
func rounded(p float64) float64 { return math.Round(p*1e4) / 1e4 }

func hexOf(v uint64) string { return fmt.Sprintf("%016x", v) }

package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// CapturePath names a capture.
type CapturePath struct {
	Reader
	ID string `path:"id" format:"uuid" doc:"The id under which the phone sent the capture"`
}

// id gives the capture's id however it is spelt. Huma has seen that it is one.
func (p CapturePath) id() game.CaptureID {
	id, err := uuid.Parse(p.ID)
	if err != nil {
		return ""
	}
	return game.CaptureID(id.String())
}

// Correction is what a visitor says that a capture shows.
type Correction struct {
	Species string `json:"species,omitempty" maxLength:"80" example:"red-panda" doc:"Slug of what it shows: a candidate of the answer. Left out: none of the zoo's animals."`
}

// Corrected is what a capture means after a correction.
type Corrected struct {
	ID       string         `json:"id" format:"uuid"`
	Outcome  string         `json:"outcome" enum:"caught,seen,unsure,nothing,stranger,void" doc:"As in the answer to a capture"`
	Species  *CaughtSpecies `json:"species,omitempty"`
	Void     *Void          `json:"void,omitempty"`
	Earned   Earned         `json:"earned" doc:"What the correction changed"`
	Progress game.Progress  `json:"progress"`
	Quiz     *Quiz          `json:"quiz,omitempty" doc:"If it became a catch by the correction"`
}

func (a *API) corrections(h huma.API) {
	type output struct{ Body Corrected }
	answer := func(ctx context.Context, p CapturePath, c game.Correction) (*output, error) {
		l := p.Language()
		result, err := a.Store.Correct(ctx, visitorOf(ctx).ID, p.id(), c)
		if err != nil {
			return nil, a.failWithin(l, err, noSuchCapture)
		}
		zoo, err := a.Store.Zoo(ctx)
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &output{a.corrected(l, zoo, result)}, nil
	}

	type input struct {
		CapturePath
		Body Correction
	}
	huma.Register(h, a.operation(h, http.MethodPost, "/v1/captures/{id}/correction", "correct-capture", "That is not what I saw",
		"The visitor says what a capture shows: one of its likelier candidates, or none of them. What was earned follows at once.",
		true, http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *input) (*output, error) {
			c := game.Correction{Kind: game.Say}
			if in.Body.Species != "" {
				zoo, err := a.Store.Zoo(ctx)
				if err != nil {
					return nil, a.fail(in.Language(), err)
				}
				s, ok := zoo.BySlug(game.Slug(in.Body.Species))
				if !ok {
					return nil, problem(in.Language(), unknownSpecies, nil, nil)
				}
				c.Species = s.ID
			}
			return answer(ctx, in.CapturePath, c)
		})

	huma.Register(h, a.operation(h, http.MethodDelete, "/v1/captures/{id}/correction", "uncorrect-capture", "It was right after all",
		"Takes the visitor's correction back.", true, http.StatusNotFound),
		func(ctx context.Context, in *CapturePath) (*output, error) {
			return answer(ctx, *in, game.Correction{Kind: game.Unsay})
		})
}

func (a *API) corrected(l game.Language, zoo *store.Zoo, c store.Corrected) Corrected {
	result := Corrected{
		ID: string(c.Ruling.Capture), Outcome: string(c.Ruling.Outcome), Void: void(l, c.Ruling.Void),
		Earned: a.earned(l, zoo, c.Gain), Progress: c.Progress, Quiz: quiz(l, zoo, c.Question),
	}
	if s, ok := zoo.ByID(c.Ruling.Species); ok && c.Ruling.Counts() {
		caught := a.caughtSpecies(l, s)
		result.Species = &caught
	}
	return result
}

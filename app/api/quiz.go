package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

// QuizAnswer is an answer to a question.
type QuizAnswer struct {
	Choice string `json:"choice" minLength:"1" maxLength:"80" example:"africa" doc:"Key of one of the choices"`
}

// Quizzed is what came of an answer.
type Quizzed struct {
	Right    bool          `json:"right"`
	Choice   Choice        `json:"choice" doc:"The first answer, which is the one that counts"`
	Answer   Choice        `json:"answer" doc:"The right one"`
	Earned   Earned        `json:"earned"`
	Progress game.Progress `json:"progress"`
}

func (a *API) quizzes(h huma.API) {
	type input struct {
		CapturePath
		Body QuizAnswer
	}
	huma.Register(h, a.operation(h, http.MethodPost, "/v1/captures/{id}/quiz", "answer-quiz", "Answer the question",
		"Answers the question that followed a catch. The first answer counts; sending another is answered as the first.",
		true, http.StatusNotFound, http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *input) (*struct{ Body Quizzed }, error) {
			l := in.Language()
			q, err := a.Store.Respond(ctx, visitorOf(ctx).ID, in.id(), in.Body.Choice)
			if err != nil {
				return nil, a.failWithin(l, err, noQuestion)
			}
			zoo, err := a.Store.Zoo(ctx)
			if err != nil {
				return nil, a.fail(l, err)
			}
			result := Quizzed{Right: q.Right, Earned: a.earned(l, zoo, q.Gain), Progress: q.Progress}
			for _, c := range q.Question.Choices {
				if c.Key == q.Choice {
					result.Choice = Choice{c.Key, c.Text.In(l)}
				}
				if c.Key == q.Question.Right {
					result.Answer = Choice{c.Key, c.Text.In(l)}
				}
			}
			return &struct{ Body Quizzed }{result}, nil
		})
}

package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

// NewPhone is the answer to a phone that joined a visitor.
type NewPhone struct {
	ID       string `json:"id" format:"uuid" doc:"The visitor's"`
	Token    string `json:"token" doc:"This phone's secret for the visitor; shown once"`
	Nickname string `json:"nickname" example:"Brave Otter 42"`
}

// PassCode is a pass code as somebody typed it.
type PassCode struct {
	PassCode string `json:"passCode" minLength:"1" maxLength:"100" example:"bamo lire dose wina gema rebo" doc:"However it was typed"`
}

// NewPassCode is a pass code that was made.
type NewPassCode struct {
	PassCode string `json:"passCode" example:"bamo-lire-dose-wina-gema-rebo" doc:"Shown once: to be printed or written down"`
}

func (a *API) phones(h huma.API) {
	type input struct {
		Reader
		Body PassCode
	}
	op := a.operation(h, http.MethodPost, "/v1/me/phones", "add-phone", "Be the same visitor on another phone",
		"Gives this phone a token of its own for the visitor who has the pass code. Tokens of other phones go on to work. "+
			"A phone may hold tokens of several visitors, one for each child, and switch by sending another. Wrong codes can be tried a few times a minute.",
		false, http.StatusForbidden, http.StatusBadRequest, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(h, op, func(ctx context.Context, in *input) (*struct{ Body NewPhone }, error) {
		l := in.Language()
		code, err := game.ParsePassCode(in.Body.PassCode)
		if err != nil {
			return nil, a.fail(l, err)
		}
		token := game.NewToken()
		v, err := a.Store.AddPhone(ctx, code, token)
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &struct{ Body NewPhone }{NewPhone{string(v.ID), string(token), v.Nickname}}, nil
	})

	huma.Register(h, a.operation(h, http.MethodPost, "/v1/me/pass-code", "change-pass-code", "Another pass code",
		"Makes a new pass code for a visitor whose card is lost. The one before no longer works; phones that have joined stay.", true),
		func(ctx context.Context, in *empty) (*struct{ Body NewPassCode }, error) {
			code := game.NewPassCode()
			if err := a.Store.ChangePassCode(ctx, visitorOf(ctx).ID, code); err != nil {
				return nil, a.fail(in.Language(), err)
			}
			return &struct{ Body NewPassCode }{NewPassCode{string(code)}}, nil
		})
}

package staff

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
)

// Token is a script's token without its secret.
type Token struct {
	ID      string      `json:"id" format:"uuid"`
	Name    string      `json:"name" example:"nightly export"`
	Role    office.Role `json:"role" enum:"editor,keeper,admin"`
	Since   time.Time   `json:"since"`
	Expires time.Time   `json:"expires"`
	Used    *time.Time  `json:"used,omitempty" doc:"Last use, to the minute"`
}

// NewToken asks for a token.
type NewToken struct {
	Name string      `json:"name" maxLength:"200" example:"nightly export"`
	Role office.Role `json:"role" enum:"editor,keeper,admin"`
	Days int         `json:"days" minimum:"1" maximum:"3660" example:"365" doc:"How long it lasts"`
}

// AddedToken is a new token with its secret.
type AddedToken struct {
	Token
	Secret string `json:"secret" doc:"Shown once. The script sends it as a bearer token."`
}

// Tokens are all there are.
type Tokens struct {
	Tokens []Token `json:"tokens"`
}

func token(t office.Token) Token {
	return Token{t.ID, t.Name, t.Role, t.Since, t.Expires, moment(t.Used)}
}

func (d *Desk) tokens() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/tokens", "staff-tokens", "Tokens of scripts", "Every token, by name, also those that are over.", admins),
		func(ctx context.Context, in *empty) (*struct{ Body Tokens }, error) {
			tokens, err := d.Office.Tokens(ctx)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			all := Tokens{make([]Token, len(tokens))}
			for i, t := range tokens {
				all.Tokens[i] = token(t)
			}
			return &struct{ Body Tokens }{all}, nil
		})

	type add struct {
		api.Reader
		Body NewToken
	}
	op := d.operation(http.MethodPost, "/tokens", "staff-add-token", "Make a token for a script", "Makes a bearer token. Its secret is shown once.", admins,
		http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *add) (*struct{ Body AddedToken }, error) {
		t, secret, err := d.Office.AddToken(ctx, callerOf(ctx).Who(), in.Body.Name, in.Body.Role, in.Body.Days)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &struct{ Body AddedToken }{AddedToken{token(t), string(secret)}}, nil
	})

	op = d.operation(http.MethodDelete, "/tokens/{id}", "staff-revoke-token", "Revoke a token", "Ends a token at once.", admins,
		http.StatusNotFound, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(d.huma, op, func(ctx context.Context, in *ByID) (*struct{}, error) {
		if err := d.Office.RevokeToken(ctx, callerOf(ctx).Who(), in.ID); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return nil, nil
	})
}

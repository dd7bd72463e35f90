package api

import (
	"context"
	"encoding/hex"
	"math/rand/v2"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

// NewVisitor is the answer to the making of a visitor.
type NewVisitor struct {
	ID       string `json:"id" format:"uuid"`
	Token    string `json:"token" doc:"The visitor's secret; shown once. Send it as a bearer token."`
	Nickname string `json:"nickname" example:"Brave Otter 42"`
	PassCode string `json:"passCode" example:"bamo-lire-dose-wina-gema-rebo" doc:"By this code another phone joins the same visitor; shown once."`
}

// Me is a visitor as they see themselves.
type Me struct {
	Nickname string    `json:"nickname" example:"Brave Otter 42"`
	Caught   int       `json:"caught" doc:"Species caught"`
	Total    int       `json:"total" doc:"Species that can be caught, or were"`
	Points   int       `json:"points"`
	Since    time.Time `json:"memberSince"`
}

// Export is everything we hold of a visitor.
type Export struct {
	ID       string          `json:"id" format:"uuid"`
	Nickname string          `json:"nickname"`
	Since    time.Time       `json:"memberSince"`
	Points   int             `json:"points"`
	Captures []ExportedPhoto `json:"captures"`
}

// ExportedPhoto is what is kept of a capture. The photo itself never is.
type ExportedPhoto struct {
	ID         string    `json:"id" format:"uuid"`
	At         time.Time `json:"at"`
	Outcome    string    `json:"outcome"`
	Species    string    `json:"species,omitempty" doc:"Slug of the species"`
	Confidence float64   `json:"confidence"`
	Earned     int       `json:"earned"`
	Model      string    `json:"model"`
	PhotoSum   string    `json:"photoSha256" doc:"SHA-256 of the photo's bytes, by which a retry is known"`
	PhotoSig   string    `json:"photoPerceptualHash" doc:"64 bits by which the same picture is known again"`
}

type empty struct {
	Reader
}

func (a *API) visitors(h huma.API) {
	op := a.operation(h, http.MethodPost, "/v1/visitors", "create-visitor", "Become a visitor",
		"Makes a visitor with a generated nickname. Nothing about a person is asked or kept.", false)
	op.DefaultStatus = http.StatusCreated
	huma.Register(h, op, func(ctx context.Context, in *empty) (*struct{ Body NewVisitor }, error) {
		l := in.Language()
		token, code := game.NewToken(), game.NewPassCode()
		v, err := a.Store.Welcome(ctx, game.NewNickname(l, newRand()), token, code)
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &struct{ Body NewVisitor }{NewVisitor{string(v.ID), string(token), v.Nickname, string(code)}}, nil
	})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/me", "get-me", "Who am I", "The visitor and how far they have come.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Me }, error) {
			return a.me(ctx, in.Language(), visitorOf(ctx))
		})

	huma.Register(h, a.operation(h, http.MethodPatch, "/v1/me", "reroll-nickname", "Draw another nickname",
		"Draws a new nickname from our word lists. Nicknames are never typed, so nothing needs moderating.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Me }, error) {
			l, v := in.Language(), visitorOf(ctx)
			old := v.Nickname
			for v.Nickname == old {
				v.Nickname = game.NewNickname(l, newRand())
			}
			if err := a.Store.Rename(ctx, v.ID, v.Nickname); err != nil {
				return nil, a.fail(l, err)
			}
			return a.me(ctx, l, v)
		})

	op = a.operation(h, http.MethodDelete, "/v1/me", "erase-me", "Leave and erase", "Erases the visitor and everything recorded of them, at once and for good.", true)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(h, op, func(ctx context.Context, in *empty) (*struct{}, error) {
		if err := a.Store.Erase(ctx, visitorOf(ctx).ID); err != nil {
			return nil, a.fail(in.Language(), err)
		}
		return nil, nil
	})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/me/export", "export-me", "What we know about you", "Everything we hold of the visitor.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Export }, error) {
			e, err := a.export(ctx, visitorOf(ctx))
			if err != nil {
				return nil, a.fail(in.Language(), err)
			}
			return &struct{ Body Export }{e}, nil
		})
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) }

func (a *API) me(ctx context.Context, l game.Language, v game.Visitor) (*struct{ Body Me }, error) {
	_, progress, err := a.pages(ctx, v)
	if err != nil {
		return nil, a.fail(l, err)
	}
	return &struct{ Body Me }{Me{v.Nickname, progress.Caught, progress.Total, progress.Points, v.Since}}, nil
}

func (a *API) export(ctx context.Context, v game.Visitor) (Export, error) {
	zoo, err := a.Store.Zoo(ctx)
	if err != nil {
		return Export{}, err
	}
	captures, err := a.Store.Captures(ctx, v.ID)
	if err != nil {
		return Export{}, err
	}
	e := Export{ID: string(v.ID), Nickname: v.Nickname, Since: v.Since, Points: v.Points, Captures: []ExportedPhoto{}}
	for _, c := range captures {
		species, _ := zoo.ByID(c.Species)
		e.Captures = append(e.Captures, ExportedPhoto{
			ID: string(c.ID), At: c.At, Outcome: string(c.Outcome), Species: string(species.Slug),
			Confidence: c.Confidence, Earned: c.Earned, Model: c.Model,
			PhotoSum: hex.EncodeToString(c.PhotoSum[:]), PhotoSig: hexOf(c.PhotoSig),
		})
	}
	return e, nil
}

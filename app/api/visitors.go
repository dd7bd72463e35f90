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
	Level    Level     `json:"level"`
	Visits   int       `json:"visits" doc:"Days on which the visitor saw an animal"`
	Listed   bool      `json:"standings" doc:"Whether the visitor said yes to standing on the leaderboards"`
}

// Listing is a yes or no to standing on the leaderboards.
type Listing struct {
	Listed bool `json:"standings" example:"true"`
}

// Export is everything we hold of a visitor.
type Export struct {
	ID       string          `json:"id" format:"uuid"`
	Nickname string          `json:"nickname"`
	Since    time.Time       `json:"memberSince"`
	Points   int             `json:"points"`
	Listed   bool            `json:"standings"`
	Phones   []time.Time     `json:"phonesSince" doc:"When each phone joined"`
	Captures []ExportedPhoto `json:"captures"`
	ExportedGame
}

// ExportedPhoto is what is kept of a capture. The photo itself never is.
type ExportedPhoto struct {
	ID         string    `json:"id" format:"uuid"`
	At         time.Time `json:"at"`
	Outcome    string    `json:"outcome" doc:"As it was answered"`
	Now        string    `json:"outcomeNow" doc:"With everything that arrived and was said since"`
	Void       string    `json:"void,omitempty" doc:"Why it does not count now"`
	Species    string    `json:"species,omitempty" doc:"Slug of the species"`
	Confidence float64   `json:"confidence"`
	Earned     int       `json:"earned"`
	Model      string    `json:"model"`
	Outside    bool      `json:"outside,omitempty" doc:"Whether the phone said that it was not in the zoo"`
	PhotoSum   string    `json:"photoSha256" doc:"SHA-256 of the photo's bytes, by which a retry is known"`
	PhotoSig   string    `json:"photoPerceptualHash" doc:"64 bits by which the same picture is known again"`
	PhotoFlip  string    `json:"photoPerceptualHashFlipped" doc:"The same for the picture flipped left to right"`
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

	type listing struct {
		Reader
		Body Listing
	}
	huma.Register(h, a.operation(h, http.MethodPut, "/v1/me/standings", "join-standings", "Stand on the leaderboards, or not",
		"Says yes or no to standing on the leaderboards. Nobody does before saying yes.", true, http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *listing) (*struct{ Body Me }, error) {
			l, v := in.Language(), visitorOf(ctx)
			if err := a.Store.List(ctx, v.ID, in.Body.Listed); err != nil {
				return nil, a.fail(l, err)
			}
			v.Listed = in.Body.Listed
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
			e, err := a.export(ctx, in.Language(), visitorOf(ctx))
			if err != nil {
				return nil, a.fail(in.Language(), err)
			}
			return &struct{ Body Export }{e}, nil
		})
}

func newRand() *rand.Rand { return rand.New(rand.NewPCG(rand.Uint64(), rand.Uint64())) }

func (a *API) me(ctx context.Context, l game.Language, v game.Visitor) (*struct{ Body Me }, error) {
	zoo, state, err := a.Store.State(ctx, v.ID)
	if err != nil {
		return nil, a.fail(l, err)
	}
	p := state.Progress(zoo.Species)
	return &struct{ Body Me }{Me{
		Nickname: v.Nickname, Caught: p.Caught, Total: p.Total, Points: p.Points, Since: v.Since,
		Level: level(l, zoo.Referee.Rules(), state.Level), Visits: len(state.Visits), Listed: v.Listed,
	}}, nil
}

func (a *API) export(ctx context.Context, l game.Language, v game.Visitor) (Export, error) {
	zoo, state, err := a.Store.State(ctx, v.ID)
	if err != nil {
		return Export{}, err
	}
	captures, err := a.Store.Captures(ctx, v.ID)
	if err != nil {
		return Export{}, err
	}
	e := Export{ID: string(v.ID), Nickname: v.Nickname, Since: v.Since, Points: v.Points, Listed: v.Listed, Captures: []ExportedPhoto{}}
	if e.Phones, err = a.Store.Phones(ctx, v.ID); err != nil {
		return Export{}, err
	}
	if e.ExportedGame, err = a.exportGame(ctx, l, zoo, v, state); err != nil {
		return Export{}, err
	}
	for _, c := range captures {
		species, _ := zoo.ByID(c.Species)
		now, _ := state.Ruling(c.ID)
		e.Captures = append(e.Captures, ExportedPhoto{
			ID: string(c.ID), At: c.At, Outcome: string(c.Outcome), Now: string(now.Outcome), Void: string(now.Void), Species: string(species.Slug),
			Confidence: c.Confidence, Earned: c.Earned, Model: c.Model, Outside: c.Outside,
			PhotoSum: hex.EncodeToString(c.PhotoSum[:]), PhotoSig: hexOf(c.PhotoSig), PhotoFlip: hexOf(c.PhotoFlip),
		})
	}
	return e, nil
}

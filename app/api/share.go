package api

import (
	"context"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// What the routes of the staff desk have in common with those of phones.

// Fail turns any error of the layers below into a problem.
func (a *API) Fail(l game.Language, err error) error { return a.fail(l, err) }

// Refuse answers a request with a problem, before any handler.
func (a *API) Refuse(h huma.API, ctx huma.Context, p *Problem) { a.refuse(h, ctx, p) }

// Negotiate picks one of our languages by an Accept-Language header.
func Negotiate(header string) game.Language { return negotiate(header) }

// Card is what visitors read of a species that they caught.
func (a *API) Card(l game.Language, s game.Species) CaughtSpecies { return a.caughtSpecies(l, s) }

// TrailOf is a trail as visitors see it who have not begun it.
func (a *API) TrailOf(l game.Language, zoo *store.Zoo, t game.Trail) Trail {
	return a.trail(l, zoo, t, game.Walk{Trail: t.Key, Steps: make([]game.Footprint, len(t.Steps))}, a.Now())
}

// Say gives one of our sentences.
func Say(l game.Language, key string) string { return say(l, key, nil) }

// LookOf says what recognition made of a photo.
func (a *API) LookOf(l game.Language, zoo *store.Zoo, r game.Recognised) Look {
	return a.look(l, zoo, r)
}

// TakePhoto reads the photo of a request within the limits; [PhotoOf] gives it.
func (a *API) TakePhoto(h huma.API) func(huma.Context, func(huma.Context)) { return a.takePhoto(h) }

// PhotoOf gives the bytes of the photo that came with the request.
func PhotoOf(ctx context.Context) []byte { return photoOf(ctx) }

// PhotoBody documents a photo as a request body.
func PhotoBody() *huma.RequestBody { return photoBody() }

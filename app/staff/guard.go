package staff

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
)

// cookieName and its path: no page but the staff desk is sent the session.
const (
	cookieName = "zoodex_staff"
	cookiePath = "/staff"
)

type callerKey struct{}

// callerOf gives whose session or token came with the request.
func callerOf(ctx context.Context) office.Caller { return ctx.Value(callerKey{}).(office.Caller) }

// guard lets a request pass whose session or token the access admits.
func (d *Desk) guard(who access) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		l := api.Negotiate(ctx.Header("Accept-Language"))
		caller, err := d.caller(ctx)
		switch {
		case errors.Is(err, office.ErrUnknown):
			d.API.Refuse(d.huma, ctx, problem(l, noSession, nil, err))
		case err != nil:
			d.API.Refuse(d.huma, ctx, d.fail(l, err).(*api.Problem))
		case !who.admits(caller):
			d.API.Refuse(d.huma, ctx, problem(l, notYourRole, nil, nil))
		default:
			next(huma.WithValue(ctx, callerKey{}, caller))
		}
	}
}

// caller tells who makes a request. Who sends a bearer token is judged by that
// alone: a script does not borrow the session of a browser.
func (d *Desk) caller(ctx huma.Context) (office.Caller, error) {
	if scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " "); scheme != "" {
		if !strings.EqualFold(scheme, "Bearer") {
			return office.Caller{}, office.ErrUnknown
		}
		return d.Office.Script(ctx.Context(), office.Secret(strings.TrimSpace(token)))
	}
	session, err := huma.ReadCookie(ctx, cookieName)
	if err != nil {
		return office.Caller{}, office.ErrUnknown
	}
	return d.Office.Session(ctx.Context(), office.Secret(session.Value))
}

// sameOrigin refuses requests that a page of another site makes a browser send:
// by Sec-Fetch-Site, or by Origin where browsers are too old for that. The
// cookie's SameSite is the second wall.
func (d *Desk) sameOrigin(ctx huma.Context, next func(huma.Context)) {
	request := http.Request{Method: ctx.Method(), Host: ctx.Host(), Header: http.Header{}}
	for _, name := range []string{"Sec-Fetch-Site", "Origin"} {
		if value := ctx.Header(name); value != "" {
			request.Header.Set(name, value)
		}
	}
	if err := new(http.CrossOriginProtection).Check(&request); err != nil {
		d.API.Refuse(d.huma, ctx, problem(api.Negotiate(ctx.Header("Accept-Language")), otherSite, nil, err))
		return
	}
	next(ctx)
}

// browser is the part of an input that tells where a browser is.
type browser struct {
	address string
	secure  bool
	session office.Secret // that it came with
}

// Resolve implements huma.Resolver.
func (b *browser) Resolve(ctx huma.Context) []error {
	c := humafiber.Unwrap(ctx)
	b.address, b.secure = c.IP(), c.Protocol() == "https"
	if cookie, err := huma.ReadCookie(ctx, cookieName); err == nil {
		b.session = office.Secret(cookie.Value)
	}
	return nil
}

// cookie hands a session to a browser; an empty one is taken back.
func (b *browser) cookie(session office.Secret) http.Cookie {
	c := http.Cookie{Name: cookieName, Value: string(session), Path: cookiePath, HttpOnly: true, Secure: b.secure,
		SameSite: http.SameSiteStrictMode, MaxAge: int(office.SessionTime.Seconds())}
	if session == "" {
		c.MaxAge = -1
	}
	return c
}

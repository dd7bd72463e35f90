// Package staff is what the staff desk calls, under /staff/v1: sign-in,
// accounts, tokens, the audit log, and everything that the zoo makes its own.
//
// Its operations are declared like those of app/api, beside which they stand in
// the same OpenAPI document; [Desk.operation] adds who may call: each declares
// an [access], which guards it, documents it (security schemes, x-roles), and is
// what the tests make their matrix of routes and roles from.
//
// A browser signs in with a cookie, a script with a bearer token. Whatever a
// handler changes goes into the audit log in the same transaction.
package staff

import (
	"context"
	"net/http"
	"slices"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/photo"
)

// Desk holds what the operations need. All fields are required.
type Desk struct {
	API    *api.API
	Office *office.Office
	School *school.School
	Try    func(ctx context.Context, zoo *store.Zoo, head *vision.Head, photo []byte) (api.Seen, error)
	Decode func(ctx context.Context, photo []byte) (*photo.Photo, error) // bounded
	Now    func() time.Time

	huma huma.API
}

// Register adds the operations to a Fiber app, and to the document of h.
func (d *Desk) Register(app *fiber.App, h huma.API) {
	d.huma = h
	schemes := h.OpenAPI().Components.SecuritySchemes
	schemes[sessionScheme] = &huma.SecurityScheme{Type: "apiKey", In: "cookie", Name: cookieName,
		Description: "The session of somebody of the staff, from POST /staff/v1/session. Requests of other sites are refused."}
	schemes[scriptScheme] = &huma.SecurityScheme{Type: "http", Scheme: "bearer",
		Description: "A script's token, from POST /staff/v1/tokens or from `zoodex staff token NAME`."}
	d.sessions()
	d.accounts()
	d.tokens()
	d.audit()
	d.options()
	d.species()
	d.pictures()
	d.imports()
	d.pastImports()
	d.trails()
	d.badges()
	d.settings()
	d.captures()
	d.visits()
	d.lessons()
	d.photos()
	d.jobs()
	d.heads()
	app.All("/staff/v1/*", api.NoOperation)
}

const (
	sessionScheme = "staffSession"
	scriptScheme  = "staffToken"
)

// access says who may make a call.
type access struct {
	roles  []office.Role // nil: anybody
	person bool          // only who is signed in, no script
}

// The kinds of access.
var (
	anybody  = access{}
	everyone = access{roles: office.Roles}                               // of the staff
	persons  = access{roles: office.Roles, person: true}                 // signed in
	editors  = everyone                                                  // may change what visitors read
	keepers  = access{roles: []office.Role{office.Keeper, office.Admin}} // may teach, and judge captures
	admins   = access{roles: []office.Role{office.Admin}}
)

func (a access) admits(c office.Caller) bool {
	return slices.Contains(a.roles, c.Role) && (!a.person || c.Account != "")
}

// operation declares one call and who may make it.
func (d *Desk) operation(method, path, id, summary, description string, who access, errors ...int) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: "/staff/v1" + path, Summary: summary, Description: description, Tags: []string{"staff"},
		Errors:      append([]int{http.StatusForbidden, http.StatusTooManyRequests, http.StatusInternalServerError}, errors...),
		Middlewares: huma.Middlewares{d.sameOrigin},
	}
	if who.roles != nil {
		op.Security = []map[string][]string{{sessionScheme: {}}}
		if !who.person {
			op.Security = append(op.Security, map[string][]string{scriptScheme: {}})
		}
		op.Extensions = map[string]any{"x-roles": who.roles}
		op.Middlewares = append(op.Middlewares, d.guard(who))
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	return op
}

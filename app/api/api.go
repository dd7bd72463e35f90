// Package api is what phones call: visitors, looks, captures, the dex, and what
// the game makes of them: badges, trails, questions, groups.
//
// Its operations are declared with huma, from whose Go types come validation,
// the OpenAPI document and the problem details of RFC 9457. A handler reads
// its input, asks the store or recognition, and lays out the answer in the
// visitor's language; the rules are in package game.
//
// Every /v1 operation but the making of a visitor wants a visitor's token. A
// photo is decoded, recognised and forgotten: no handler keeps its bytes.
package api

import (
	"context"
	"log/slog"
	"net/http"
	"reflect"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/valyala/fasthttp"
	"github.com/zoodex/zoodex/app/board"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/store"
	"golang.org/x/sync/semaphore"
)

// Eyes name the animal in a photo, for a zoo as it stands. Errors that the
// photo is to blame for are *photo.Error.
type Eyes interface {
	Recognise(ctx context.Context, zoo *store.Zoo, photo []byte) (Seen, error)
}

// Seen is what the eyes made of a photo.
type Seen struct {
	game.Recognised
	Print game.Print
}

// Limits keep one client from spoiling it for the others. A rate of zero is
// no limit.
type Limits struct {
	PhotoBytes    int64         // size of one photo
	PhotosAtOnce  int64         // bytes of photos in memory at once, over all requests
	ArrivalTime   time.Duration // for one photo to arrive
	RecogniseTime time.Duration // waiting and recognising, for one photo
	VisitorPhotos int           // photos a minute, for one visitor
	AddressCalls  int           // calls a minute, for one address: a whole school class may share one
	AddressJoins  int           // new visitors a minute, for one address
	AddressCodes  int           // wrong codes a minute, for one address
	Listeners     int           // of live boards at once
}

// DefaultLimits suit a zoo whose visitors share the address of its WLAN.
var DefaultLimits = Limits{
	PhotoBytes:    20 << 20,
	PhotosAtOnce:  64 << 20,
	ArrivalTime:   time.Minute,
	RecogniseTime: 15 * time.Second,
	VisitorPhotos: 300,
	AddressCalls:  6000,
	AddressJoins:  120,
	AddressCodes:  30,
	Listeners:     5000,
}

// API holds what the operations need. All fields are required.
type API struct {
	Store   *store.Store
	Eyes    Eyes
	Groups  map[string]map[game.Language]catalogue.GroupName
	Now     func() time.Time
	Log     *slog.Logger
	Metrics *Metrics
	Live    *board.Hub
	Limits  Limits
	Version string

	memory *semaphore.Weighted // bytes of photos
}

// Register adds the operations, the OpenAPI document and the limits to a
// Fiber app.
func (a *API) Register(app *fiber.App) huma.API {
	a.memory = semaphore.NewWeighted(a.Limits.PhotosAtOnce)
	a.limit(app)
	a.limitCodes(app)
	config := huma.DefaultConfig("Zoodex", a.Version)
	config.Info.Description = "Catch the animals of a zoo by photo. Make a visitor, then send its token as a bearer token."
	config.DocsPath = "" // served from our own files: huma's page loads scripts from elsewhere
	config.SchemasPath = ""
	config.CreateHooks = nil // no $schema links in bodies
	config.Components.Schemas = huma.NewMapRegistry("#/components/schemas/", schemaName)
	config.Components.SecuritySchemes = map[string]*huma.SecurityScheme{
		visitorScheme: {Type: "http", Scheme: "bearer", Description: "The token of POST /v1/visitors."},
	}
	config.Transformers = []huma.Transformer{a.noteProblems}
	h := humafiber.New(app, config)
	h.UseMiddleware(func(ctx huma.Context, next func(huma.Context)) { next(request{ctx}) })
	a.visitors(h)
	a.looks(h)
	a.captures(h)
	a.dex(h)
	a.pictures(h)
	a.corrections(h)
	a.quizzes(h)
	a.badges(h)
	a.trails(h)
	a.groups(h)
	a.phones(h)
	a.rulesPage(app)
	a.standings(h)
	a.zoo(h)
	app.All("/v1/*", NoOperation)
	return h
}

// schemaName tells the types of the staff desk from ours of the same name.
func schemaName(t reflect.Type, hint string) string {
	name := huma.DefaultSchemaNamer(t, hint)
	for t.Kind() == reflect.Pointer {
		t = t.Elem()
	}
	switch {
	case t.Name() == "":
		return name
	case strings.HasSuffix(t.PkgPath(), "/app/staff"):
		return "Staff" + name
	case strings.HasSuffix(t.PkgPath(), "/vision/teach"):
		return "Taught" + name
	default:
		return name
	}
}

// KnownMethods gives requests with a method that is none of HTTP's the method
// TRACE, which nothing takes here: so they are answered as others are that an
// address does not take. Fiber by itself answers them without asking us.
func KnownMethods(next fasthttp.RequestHandler) fasthttp.RequestHandler {
	return func(c *fasthttp.RequestCtx) {
		if !slices.Contains(fiber.DefaultMethods, string(c.Method())) {
			c.Request.Header.SetMethod(fiber.MethodTrace)
		}
		next(c)
	}
}

// NoOperation answers what no operation takes: an address that there is under
// other methods is told from one that there is not.
func NoOperation(c *fiber.Ctx) error {
	var allowed []string
	for _, r := range c.App().GetRoutes(true) {
		if strings.Contains(r.Path, "/v1/") && r.Path != c.Route().Path && fiber.RoutePatternMatch(c.Path(), r.Path) {
			allowed = append(allowed, r.Method)
		}
	}
	if allowed == nil {
		return fiber.ErrNotFound
	}
	c.Set(fiber.HeaderAllow, strings.Join(allowed, ", "))
	return fiber.ErrMethodNotAllowed
}

// operation declares one call; those with a token run behind authentication.
func (a *API) operation(h huma.API, method, path, id, summary, description string, token bool, errors ...int) huma.Operation {
	op := huma.Operation{
		OperationID: id, Method: method, Path: path, Summary: summary, Description: description,
		Errors: append([]int{http.StatusTooManyRequests, http.StatusInternalServerError}, errors...),
	}
	if token {
		op.Security = []map[string][]string{{visitorScheme: {}}}
		op.Middlewares = huma.Middlewares{a.authenticate(h)}
		op.Errors = append(op.Errors, http.StatusUnauthorized)
	}
	return op
}

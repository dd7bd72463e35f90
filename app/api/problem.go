package api

import (
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"math"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/gofiber/fiber/v2"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision/photo"
)

// Problem is an error as clients see it: problem details (RFC 9457) with an id
// that a person can read aloud and an operator can find in the log.
type Problem struct {
	Type   string              `json:"type" example:"urn:zoodex:problem:locked" doc:"Which problem this is; stable, for programs"`
	Title  string              `json:"title" example:"Not caught yet" doc:"The problem in a few words, in the reader's language"`
	Status int                 `json:"status" example:"403" doc:"The HTTP status"`
	Detail string              `json:"detail" example:"Catch this animal first: then its page opens." doc:"What to do about it, in the reader's language"`
	ID     string              `json:"id" example:"K7QF-2MXD" doc:"Names this one occurrence; it is in the log too"`
	Errors []*huma.ErrorDetail `json:"errors,omitempty" doc:"Which values were refused, and why"`

	cause error // for the log only
	wait  int   // seconds after which it is worth trying again
}

// Error implements error.
func (p *Problem) Error() string { return p.Title + ": " + p.Detail }

// GetStatus implements huma.StatusError.
func (p *Problem) GetStatus() int { return p.Status }

// ContentType implements huma.ContentTypeFilter.
func (p *Problem) ContentType(string) string { return "application/problem+json" }

var _ huma.StatusError = (*Problem)(nil)

// kind is a class of problems: its name (the end of its type URI, and its key
// in messages.yaml) and its status.
type kind struct {
	name   string
	status int
}

var (
	badRequest       = kind{"bad-request", http.StatusBadRequest}
	photoMissing     = kind{"photo-missing", http.StatusBadRequest}
	noToken          = kind{"no-token", http.StatusUnauthorized}
	unknownToken     = kind{"unknown-token", http.StatusUnauthorized}
	locked           = kind{"locked", http.StatusForbidden}
	noSuchPage       = kind{"no-such-page", http.StatusNotFound}
	unknownSpecies   = kind{"unknown-species", http.StatusNotFound}
	unknownPeriod    = kind{"unknown-period", http.StatusNotFound}
	noSeason         = kind{"no-season", http.StatusNotFound}
	unknownPlace     = kind{"unknown-place", http.StatusUnprocessableEntity}
	methodNotAllowed = kind{"method-not-allowed", http.StatusMethodNotAllowed}
	captureConflict  = kind{"capture-conflict", http.StatusConflict}
	photoTooLarge    = kind{"photo-too-large", http.StatusRequestEntityTooLarge}
	tooManyPixels    = kind{"too-many-pixels", http.StatusRequestEntityTooLarge}
	notAPhoto        = kind{"not-a-photo", http.StatusUnsupportedMediaType}
	brokenPhoto      = kind{"broken-photo", http.StatusUnprocessableEntity}
	invalid          = kind{"invalid", http.StatusUnprocessableEntity}
	tooOld           = kind{"capture-too-old", http.StatusUnprocessableEntity}
	inTheFuture      = kind{"capture-in-the-future", http.StatusUnprocessableEntity}
	tooSlow          = kind{"too-slow", http.StatusRequestTimeout}
	tooOften         = kind{"too-often", http.StatusTooManyRequests}
	broken           = kind{"internal", http.StatusInternalServerError}
	busy             = kind{"busy", http.StatusServiceUnavailable}
)

var kinds = []kind{badRequest, photoMissing, noToken, unknownToken, locked, noSuchPage, unknownSpecies, unknownPeriod, noSeason, unknownPlace, methodNotAllowed,
	captureConflict, photoTooLarge, tooManyPixels, notAPhoto, brokenPhoto, invalid, tooOld, inTheFuture, tooSlow, tooOften,
	broken, busy}

// problem states a problem in the reader's language.
func problem(l game.Language, k kind, values map[string]string, cause error) *Problem {
	return NewProblem(messages, l, k.name, k.status, values, cause)
}

// NewProblem states a problem by its name and sentences. The cause is for the
// log.
func NewProblem(m Messages, l game.Language, name string, status int, values map[string]string, cause error) *Problem {
	return &Problem{
		Type:   "urn:zoodex:problem:" + name,
		Title:  m.Say(l, "problem."+name+".title", values),
		Status: status,
		Detail: m.Say(l, "problem."+name+".detail", values),
		ID:     newErrorID(),
		cause:  cause,
	}
}

// Invalid states that values were refused: which, and why.
func Invalid(l game.Language, cause error, details ...*huma.ErrorDetail) *Problem {
	p := problem(l, invalid, nil, cause)
	p.Errors = details
	return p
}

// Wait says when it is worth trying again.
func (p *Problem) Wait(d time.Duration) *Problem {
	p.wait = int(math.Ceil(d.Seconds()))
	return p
}

// errorLetters are Crockford's base 32 digits: none looks like another.
const errorLetters = "0123456789ABCDEFGHJKMNPQRSTVWXYZ"

func newErrorID() string {
	var b [8]byte
	rand.Read(b[:])
	for i := range b {
		b[i] = errorLetters[b[i]&31]
	}
	return string(b[:4]) + "-" + string(b[4:])
}

// fail turns any error of the layers below into a problem: the one place
// where errors meet HTTP.
func (a *API) fail(l game.Language, err error) error {
	var p *Problem
	if errors.As(err, &p) {
		return p
	}
	var ph *photo.Error
	if errors.As(err, &ph) {
		k, ok := map[photo.Kind]kind{
			photo.Empty: photoMissing, photo.TooManyBytes: photoTooLarge, photo.TooManyPixels: tooManyPixels,
			photo.Unsupported: notAPhoto, photo.Broken: brokenPhoto,
		}[ph.Kind]
		if ok {
			return problem(l, k, a.limitValues(), err)
		}
	}
	if k, ok := refusal(err); ok {
		return problem(l, k, nil, err)
	}
	switch {
	case errors.Is(err, game.ErrUnknown):
		return problem(l, unknownToken, nil, err)
	case errors.Is(err, game.ErrConflict):
		return problem(l, captureConflict, nil, err)
	case errors.Is(err, context.DeadlineExceeded):
		p := problem(l, busy, nil, err)
		p.wait = 5
		return p
	default:
		return problem(l, broken, nil, err)
	}
}

func (a *API) limitValues() map[string]string {
	return map[string]string{"megabytes": strconv.FormatInt(a.Limits.PhotoBytes>>20, 10)}
}

// newError is huma's constructor of errors: those of its own validation,
// which are told apart by their status.
func newError(ctx huma.Context, status int, msg string, errs ...error) huma.StatusError {
	l := game.English
	if ctx != nil {
		l = negotiate(ctx.Header("Accept-Language"))
	}
	p := ofStatus(l, status, errors.Join(append([]error{errors.New(msg)}, errs...)...))
	for _, err := range errs {
		if d, ok := err.(huma.ErrorDetailer); ok {
			detail := *d.ErrorDetail()
			detail.Value = nil // what a client sent is not echoed
			detail.Message = sayInvalid(l, detail.Message)
			p.Errors = append(p.Errors, &detail)
		}
	}
	return p
}

func init() {
	huma.DefaultArrayNullable = false
	huma.NewErrorWithContext = newError
	huma.NewError = func(status int, msg string, errs ...error) huma.StatusError {
		return newError(nil, status, msg, errs...)
	}
}

// ofStatus states the problem of a bare HTTP status.
func ofStatus(l game.Language, status int, cause error) *Problem {
	for _, k := range []kind{badRequest, noSuchPage, methodNotAllowed, invalid, tooSlow, tooOften, busy} {
		if k.status == status {
			return problem(l, k, nil, cause)
		}
	}
	if status >= 400 && status < 500 {
		p := problem(l, badRequest, nil, cause)
		p.Status = status
		return p
	}
	return problem(l, broken, nil, cause)
}

// noteProblems is huma's transformer of bodies: every problem on its way out
// is logged under its id.
func (a *API) noteProblems(ctx huma.Context, _ string, body any) (any, error) {
	if p, ok := body.(*Problem); ok {
		a.note(ctx.Method(), ctx.Operation().Path, p)
		if p.wait > 0 {
			ctx.SetHeader("Retry-After", strconv.Itoa(p.wait))
		}
	}
	return body, nil
}

// note writes a problem to the log: ours as errors, the client's for those
// who look something up.
func (a *API) note(method, route string, p *Problem) {
	level := a.Log.Info
	if p.Status >= 500 {
		level = a.Log.Error
	}
	cause := ""
	if p.cause != nil {
		cause = p.cause.Error()
	}
	level("request failed", "id", p.ID, "status", p.Status, "problem", strings.TrimPrefix(p.Type, "urn:zoodex:problem:"),
		"method", method, "route", route, "cause", cause)
}

// OnError is the Fiber app's error handler: whatever did not pass through
// huma (an unknown route, a body over the limit, a panic) ends here.
func (a *API) OnError(c *fiber.Ctx, err error) error {
	l := negotiate(c.Get(fiber.HeaderAcceptLanguage))
	var p *Problem
	var fe *fiber.Error
	switch {
	case errors.As(err, &p):
	case errors.As(err, &fe):
		p = ofStatus(l, fe.Code, err)
	default:
		p = problem(l, broken, nil, err)
	}
	a.note(c.Method(), c.Route().Path, p)
	return writeProblem(c, p)
}

func writeProblem(c *fiber.Ctx, p *Problem) error {
	body, err := json.Marshal(p)
	if err != nil {
		return err
	}
	if p.wait > 0 {
		c.Set(fiber.HeaderRetryAfter, strconv.Itoa(p.wait))
	}
	c.Status(p.Status).Set(fiber.HeaderContentType, "application/problem+json")
	return c.Send(body)
}

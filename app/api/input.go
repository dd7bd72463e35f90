package api

import (
	"bytes"
	"context"
	"errors"
	"io"
	"mime"
	"mime/multipart"
	"net"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/zoodex/zoodex/game"
)

// The values that middleware leaves for a handler.
type (
	visitorKey struct{}
	photoKey   struct{}
)

const visitorScheme = "visitor"

// visitorOf gives the visitor whose token came with the request.
func visitorOf(ctx context.Context) game.Visitor { return ctx.Value(visitorKey{}).(game.Visitor) }

// photoOf gives the bytes of the photo that came with the request.
func photoOf(ctx context.Context) []byte { return ctx.Value(photoKey{}).([]byte) }

// authenticate lets a request pass that carries a visitor's token.
func (a *API) authenticate(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		l := negotiate(ctx.Header("Accept-Language"))
		scheme, token, _ := strings.Cut(ctx.Header("Authorization"), " ")
		token = strings.TrimSpace(token)
		if !strings.EqualFold(scheme, "Bearer") || token == "" {
			ctx.SetHeader("WWW-Authenticate", "Bearer")
			a.refuse(h, ctx, problem(l, noToken, nil, nil))
			return
		}
		v, err := a.Store.Visitor(ctx.Context(), game.Token(token))
		if err != nil {
			if errors.Is(err, game.ErrUnknown) {
				ctx.SetHeader("WWW-Authenticate", `Bearer error="invalid_token"`)
			}
			a.refuse(h, ctx, a.fail(l, err))
			return
		}
		next(huma.WithValue(ctx, visitorKey{}, v))
	}
}

// refuse answers a request with a problem, before any handler.
func (a *API) refuse(h huma.API, ctx huma.Context, err error) {
	p := err.(*Problem)
	a.noteProblems(ctx, "", p)
	ctx.SetStatus(p.Status)
	ctx.SetHeader("Content-Type", p.ContentType(""))
	h.Marshal(ctx.BodyWriter(), "application/json", p)
}

// body is what a client sends, read to its end once: what follows on the
// connection is the next request.
type body struct {
	stream io.Reader
	ended  error
}

// Read implements io.Reader.
func (b *body) Read(p []byte) (n int, err error) {
	if b.ended != nil {
		return 0, b.ended
	}
	n, b.ended = b.stream.Read(p)
	return n, b.ended
}

type bodyKey struct{}

// drainBytes is how much is read of a body that nobody wants.
const drainBytes = 64 << 20

// Drain is middleware that reads what the handlers left of a request's body.
// Without it a client that is still sending would not see its answer, and the
// rest would be taken for the next request on the connection, which behind a
// proxy may be somebody else's. Bodies without an end close the connection.
func Drain(c *fiber.Ctx) error {
	stream := c.Context().RequestBodyStream()
	if stream == nil {
		return c.Next()
	}
	b := &body{stream: stream}
	c.Locals(bodyKey{}, b)
	err := c.Next()
	if _, ended := io.CopyN(io.Discard, b, drainBytes); ended != io.EOF {
		c.Response().SetConnectionClose()
	}
	return err
}

// request is huma's view of a request whose body is the one that Drain watches.
type request struct{ humaContext }

type humaContext huma.Context

// Unwrap leads to what is behind the view.
func (r request) Unwrap() huma.Context { return r.humaContext }

// BodyReader gives the body, nil where none was sent.
func (r request) BodyReader() io.Reader {
	if b, ok := humafiber.Unwrap(r.humaContext).Locals(bodyKey{}).(*body); ok {
		return b
	}
	return nil
}

// takePhoto reads the photo of a request, as the raw body or as the multipart
// field "photo". It bounds its size, and the bytes of all photos in memory.
func (a *API) takePhoto(h huma.API) func(huma.Context, func(huma.Context)) {
	return func(ctx huma.Context, next func(huma.Context)) {
		l := negotiate(ctx.Header("Accept-Language"))
		length := humafiber.Unwrap(ctx).Request().Header.ContentLength()
		ctx.SetReadDeadline(time.Now().Add(a.Limits.ArrivalTime))
		sent := ctx.BodyReader()
		if sent == nil {
			a.refuse(h, ctx, problem(l, photoMissing, nil, nil))
			return
		}

		// A body of unknown length is counted as the largest allowed.
		limit := a.Limits.PhotoBytes
		weight := limit
		if length >= 0 {
			weight = int64(length)
		}
		if weight > limit+multipartSlack {
			a.refuse(h, ctx, problem(l, photoTooLarge, a.limitValues(), nil))
			return
		}
		wait, cancel := context.WithTimeout(ctx.Context(), a.Limits.RecogniseTime)
		defer cancel()
		weight = min(weight, a.Limits.PhotosAtOnce)
		if err := a.memory.Acquire(wait, weight); err != nil {
			a.refuse(h, ctx, a.fail(l, err))
			return
		}
		defer a.memory.Release(weight)

		photo, err := readPhoto(sent, ctx.Header("Content-Type"), int(max(0, weight)), limit)
		if err != nil {
			a.refuse(h, ctx, a.photoProblem(l, err))
			return
		}
		if len(photo) == 0 {
			a.refuse(h, ctx, problem(l, photoMissing, nil, nil))
			return
		}
		next(huma.WithValue(ctx, photoKey{}, photo))
	}
}

// multipartSlack is what multipart wraps around a photo, at most.
const multipartSlack = 64 << 10

var (
	errNoPhoto  = errors.New("the multipart body has no field named photo")
	errTooLarge = errors.New("the photo is over the limit")
)

// readPhoto reads a photo of at most limit bytes from a body.
func readPhoto(body io.Reader, contentType string, size int, limit int64) ([]byte, error) {
	if media, params, err := mime.ParseMediaType(contentType); err == nil && media == "multipart/form-data" {
		form := multipart.NewReader(io.LimitReader(body, limit+multipartSlack), params["boundary"])
		for {
			part, err := form.NextPart()
			if err == io.EOF {
				return nil, errNoPhoto
			}
			if err != nil {
				return nil, err
			}
			if part.FormName() == "photo" {
				body = part
				break
			}
		}
	}
	buf := bytes.NewBuffer(make([]byte, 0, size+bytes.MinRead))
	n, err := buf.ReadFrom(io.LimitReader(body, limit+1))
	if err != nil {
		return nil, err
	}
	if n > limit {
		return nil, errTooLarge
	}
	return buf.Bytes(), nil
}

// photoProblem states why a body held no photo.
func (a *API) photoProblem(l game.Language, err error) *Problem {
	var timeout net.Error
	switch {
	case errors.Is(err, errTooLarge):
		return problem(l, photoTooLarge, a.limitValues(), err)
	case errors.Is(err, errNoPhoto):
		return problem(l, photoMissing, nil, err)
	case errors.As(err, &timeout) && timeout.Timeout():
		return problem(l, tooSlow, nil, err)
	default:
		return problem(l, badRequest, nil, err)
	}
}

// photoBody documents a photo as a request body.
func photoBody() *huma.RequestBody {
	binary := &huma.Schema{Type: huma.TypeString, Format: "binary", Description: "The photo as it is"}
	content := map[string]*huma.MediaType{
		"multipart/form-data": {Schema: &huma.Schema{
			Type:       huma.TypeObject,
			Properties: map[string]*huma.Schema{"photo": binary},
			Required:   []string{"photo"},
		}},
	}
	for _, t := range []string{"image/jpeg", "image/png", "image/webp", "image/heic", "application/octet-stream"} {
		content[t] = &huma.MediaType{Schema: binary}
	}
	return &huma.RequestBody{Required: true, Content: content,
		Description: "A JPEG, PNG, WebP or HEIC photo; what it is is decided by its bytes. About 640 pixels are enough."}
}

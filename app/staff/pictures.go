package staff

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"net/http"
	"strconv"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/vision/photo"
	"golang.org/x/image/draw"
)

// Picture is a picture that is kept for a species.
type Picture struct {
	ID     string `json:"picture" format:"uuid" doc:"The fact of the species that is to show it"`
	Width  int    `json:"width" doc:"Of the picture on the card"`
	Height int    `json:"height"`
}

// Sides of pictures, in pixels.
const (
	leastSide = 200 // of what is sent
	cardSide  = 960 // the longest
	thumbnail = 240 // a square
)

// How long a picture may take to arrive, and how many are read at once.
const (
	pictureTime    = 5 * time.Minute
	picturesAtOnce = 4
)

// pictureError says why a picture is refused: the key of a message.
type pictureError string

func (e pictureError) Error() string { return string(e) }

// Reasons to refuse a picture that are not its decoder's.
const (
	tooHeavy pictureError = "picture.too-large"
	tooSmall pictureError = "picture.too-small"
)

var whyNot = map[photo.Kind]pictureError{
	photo.Empty: "photo.empty", photo.TooManyBytes: tooHeavy, photo.TooManyPixels: "photo.too-many-pixels",
	photo.Unsupported: "photo.not-a-photo", photo.Broken: "photo.broken",
}

func (d *Desk) pictures() {
	op := d.operation(http.MethodPost, "/pictures", "staff-send-picture", "Send a picture",
		"Takes a picture of an animal as the body, and keeps it in the sizes of the card and of the collection, without anything else that was in the file. "+
			"A species shows it once it has the picture's id among its facts; what no species uses is deleted after a day. The same file has the same id.", editors,
		http.StatusBadRequest, http.StatusUnprocessableEntity)
	op.Middlewares = append(op.Middlewares, func(ctx huma.Context, next func(huma.Context)) {
		ctx.SetReadDeadline(time.Now().Add(pictureTime))
		next(huma.WithValue(ctx, bodyKey{}, ctx.BodyReader()))
	})
	slots := make(chan struct{}, picturesAtOnce)
	huma.Register(d.huma, op, func(ctx context.Context, in *struct{ api.Reader }) (*struct{ Body Picture }, error) {
		select {
		case slots <- struct{}{}:
			defer func() { <-slots }()
		case <-ctx.Done():
			return nil, d.fail(in.Language(), ctx.Err())
		}
		kept, err := d.takePicture(ctx)
		if err != nil {
			return nil, d.failPicture(in.Language(), err)
		}
		return &struct{ Body Picture }{Picture{kept.ID, kept.Width, kept.Height}}, nil
	})
	body := api.PhotoBody()
	delete(body.Content, "multipart/form-data")
	body.Description = "A JPEG, PNG, WebP or HEIC picture; what it is is decided by its bytes. Each side needs at least 200 pixels."
	d.huma.OpenAPI().Paths[op.Path].Post.RequestBody = body
}

// takePicture keeps the picture that a request came with.
func (d *Desk) takePicture(ctx context.Context) (store.Picture, error) {
	sent, _ := ctx.Value(bodyKey{}).(io.Reader)
	if sent == nil {
		sent = http.NoBody
	}
	limit := d.API.Limits.PhotoBytes
	data, err := io.ReadAll(io.LimitReader(sent, limit+1))
	if err != nil {
		return store.Picture{}, errors.Join(school.ErrCutOff, err)
	}
	if int64(len(data)) > limit {
		return store.Picture{}, tooHeavy
	}
	decoded, err := d.Decode(ctx, data)
	if err != nil {
		return store.Picture{}, err
	}
	if size := decoded.Bounds().Size(); min(size.X, size.Y) < leastSide {
		return store.Picture{}, tooSmall
	}
	sum := sha256.Sum256(data)
	p := store.Picture{Sum: sum[:]}
	whole := decoded.Image()
	if p.Card, p.Width, p.Height, err = shrunk(whole, whole.Bounds(), cardSide); err != nil {
		return store.Picture{}, err
	}
	if p.Thumbnail, _, _, err = shrunk(whole, middle(whole.Bounds()), thumbnail); err != nil {
		return store.Picture{}, err
	}
	return d.API.Store.KeepPicture(ctx, d.author(ctx), p)
}

// middle is the square in the middle of a picture; in an upright one, where
// heads are above, a little higher.
func middle(r image.Rectangle) image.Rectangle {
	side := min(r.Dx(), r.Dy())
	at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/3))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}
}

// shrunk gives a part of a picture as a JPEG whose longest side is at most so
// long. Only pixels go into it: no place, no camera, no comment.
func shrunk(from image.Image, part image.Rectangle, longest int) (data []byte, width, height int, err error) {
	scale := min(1, float64(longest)/float64(max(part.Dx(), part.Dy())))
	to := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(part.Dx())*scale+0.5)), max(1, int(float64(part.Dy())*scale+0.5))))
	draw.CatmullRom.Scale(to, to.Bounds(), from, part, draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 85}); err != nil {
		return nil, 0, 0, fmt.Errorf("write a picture: %w", err)
	}
	return out.Bytes(), to.Rect.Dx(), to.Rect.Dy(), nil
}

// failPicture says at the picture's field what is wrong with it.
func (d *Desk) failPicture(l game.Language, err error) error {
	var why pictureError
	var refused *photo.Error
	if errors.As(err, &refused) {
		why = whyNot[refused.Kind]
	} else if !errors.As(err, &why) {
		return d.fail(l, err)
	}
	values := map[string]string{"megabytes": strconv.FormatInt(d.API.Limits.PhotoBytes>>20, 10), "least": strconv.Itoa(leastSide)}
	return api.Invalid(l, err, &huma.ErrorDetail{Location: "body.picture", Message: messages.Say(l, string(why), values)})
}

package photo

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"io"
	"runtime"

	"golang.org/x/sync/semaphore"
)

// Limits bounds what a [Decoder] accepts. A zero field takes its default.
type Limits struct {
	Bytes  int64 // size of the file; default 20 MB
	Pixels int64 // width times height; default 50 million
	AtOnce int   // photos decoded at the same time; default GOMAXPROCS
}

const (
	defaultBytes  = 20 << 20
	defaultPixels = 50_000_000
	longestSide   = 30_000

	// A decode that needs more memory than this counts as several of Limits.AtOnce.
	decodeShare = 256 << 20
)

// Kind says what is wrong with a photo, for callers that answer each differently.
type Kind string

const (
	Empty         Kind = "empty"           // no bytes at all
	TooManyBytes  Kind = "too many bytes"  // the file is larger than Limits.Bytes
	TooManyPixels Kind = "too many pixels" // the picture is larger than Limits.Pixels
	Unsupported   Kind = "unsupported"     // another format, or no picture
	Broken        Kind = "broken"          // a format we read, but damaged
)

// Error is a photo that cannot be used. Detail is a sentence for the person who sent it.
type Error struct {
	Kind   Kind
	Detail string
}

func (e *Error) Error() string { return e.Detail }

const whatToSend = "send JPEG, PNG, WebP or HEIC"

func unsupported(what string) error {
	return &Error{Unsupported, "this is " + what + "; " + whatToSend}
}

func broken(format string, why any) error {
	return &Error{Broken, fmt.Sprintf("this %s is damaged: %v", names[format], why)}
}

// names of formats as people write them.
var names = map[string]string{"jpeg": "JPEG", "png": "PNG", "webp": "WebP", "heic": "HEIC"}

// Decoder reads photos within limits. It is safe for concurrent use.
type Decoder struct {
	limits Limits
	slots  *semaphore.Weighted
}

// NewDecoder returns a decoder with the given limits.
func NewDecoder(limits Limits) *Decoder {
	if limits.Bytes <= 0 {
		limits.Bytes = defaultBytes
	}
	if limits.Pixels <= 0 {
		limits.Pixels = defaultPixels
	}
	if limits.AtOnce <= 0 {
		limits.AtOnce = runtime.GOMAXPROCS(0)
	}
	return &Decoder{limits, semaphore.NewWeighted(int64(limits.AtOnce))}
}

// header is what is known of a photo before any of its pixels is decoded.
type header struct {
	format string
	size   image.Point // as stored, before orientation
	turn   turn
	video  bool  // luma is stored as 16…235 and chroma as 16…240
	memory int64 // bytes that decoding needs, about
	jpeg   *usualJPEG
}

// Decode reads one photo. What is wrong with the data is an [*Error]; when ctx ends before the
// photo's turn comes or before it is decoded, the error wraps ctx.Err(). data is not kept.
func (d *Decoder) Decode(ctx context.Context, data []byte) (*Photo, error) {
	if len(data) == 0 {
		return nil, &Error{Empty, "there is no photo: the body is empty"}
	}
	if int64(len(data)) > d.limits.Bytes {
		return nil, &Error{TooManyBytes, fmt.Sprintf("the photo has %.1f MB; at most %.1f MB are accepted",
			float64(len(data))/(1<<20), float64(d.limits.Bytes)/(1<<20))}
	}
	h, err := inspect(data)
	if err != nil {
		return nil, err
	}
	if err := d.check(h); err != nil {
		return nil, err
	}

	share := min(1+h.memory/decodeShare, int64(d.limits.AtOnce))
	if err := d.slots.Acquire(ctx, share); err != nil {
		return nil, fmt.Errorf("wait to decode a photo: %w", err)
	}
	defer d.slots.Release(share)
	pic, err := decode(ctx, h, data)
	if ctx.Err() != nil {
		return nil, fmt.Errorf("decode a photo: %w", ctx.Err())
	}
	if err != nil {
		return nil, err
	}
	return &Photo{format: h.format, turn: h.turn, picture: pic}, nil
}

func (d *Decoder) check(h header) error {
	w, ht := h.size.X, h.size.Y
	if w <= 0 || ht <= 0 {
		return broken(h.format, fmt.Sprintf("it claims %d×%d pixels", w, ht))
	}
	if max(w, ht) > longestSide || int64(w)*int64(ht) > d.limits.Pixels {
		return &Error{TooManyPixels, fmt.Sprintf("the photo has %d×%d pixels; at most %.0f megapixels and %d on a side are accepted",
			w, ht, float64(d.limits.Pixels)/1e6, longestSide)}
	}
	return nil
}

// inspect finds the format from the first bytes and reads the header.
func inspect(data []byte) (h header, err error) {
	defer recoverAs(&h.format, &err)
	switch {
	case bytes.HasPrefix(data, []byte("\xff\xd8")):
		return inspectJPEG(data)
	case bytes.HasPrefix(data, []byte(pngSignature)):
		return inspectPNG(data)
	case hasAt(data, 0, "RIFF") && hasAt(data, 8, "WEBP"):
		return inspectWebP(data)
	case hasAt(data, 4, "ftyp"):
		return inspectHEIC(data)
	}
	for _, other := range []struct{ start, what string }{
		{"GIF8", "a GIF"},
		{"BM", "a BMP"},
		{"II*\x00", "a TIFF"}, {"MM\x00*", "a TIFF"}, {"II+\x00", "a TIFF"}, {"MM\x00+", "a TIFF"},
		{"\xff\x0a", "a JPEG XL picture"}, {"\x00\x00\x00\x0cJXL ", "a JPEG XL picture"},
		{"\x00\x00\x00\x0cjP  ", "a JPEG 2000 picture"},
		{"%PDF", "a PDF"},
		{"\x1a\x45\xdf\xa3", "a video"},
	} {
		if hasAt(data, 0, other.start) {
			return h, unsupported(other.what)
		}
	}
	return h, &Error{Unsupported, "this is not a picture we can read; " + whatToSend}
}

func decode(ctx context.Context, h header, data []byte) (pic picture, err error) {
	defer recoverAs(&h.format, &err)
	switch h.format {
	case "jpeg":
		return decodeJPEG(ctx, h, data)
	case "png":
		return decodePNG(ctx, h, data)
	case "webp":
		return decodeWebP(ctx, h, data)
	default:
		return decodeHEIC(ctx, h, data)
	}
}

// recoverAs turns a panic of somebody's decoder into an error: the data caused it, and the next
// photo will be fine.
func recoverAs(format *string, err *error) {
	if r := recover(); r != nil {
		*err = broken(*format, "its decoder gave up")
	}
}

func hasAt(data []byte, at int, want string) bool {
	return len(data) >= at+len(want) && string(data[at:at+len(want)]) == want
}

// reader feeds data to a decoder until ctx ends, so that a photo made to take minutes does not.
func reader(ctx context.Context, data []byte) io.Reader {
	return &ctxReader{ctx, bytes.NewReader(data)}
}

type ctxReader struct {
	ctx context.Context
	r   *bytes.Reader
}

func (r *ctxReader) Read(p []byte) (int, error) {
	if err := r.ctx.Err(); err != nil {
		return 0, err
	}
	return r.r.Read(p)
}

// plain replaces the errors of io by words that a photographer understands.
func plain(err error) string {
	if errors.Is(err, io.EOF) || errors.Is(err, io.ErrUnexpectedEOF) {
		return "its end is missing"
	}
	return err.Error()
}

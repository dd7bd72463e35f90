// Package vision goes from the bytes of a photo to "this is a lion, 0.93".
//
// Four words carry it. A [Recognizer] holds the network and looks at photos; it is made once and
// shared. A [Head] is what package teach taught it beside that, and may change while it works. A
// [Roster] says which species are on display and which of the network's classes each of them may be
// mistaken for. A [Sighting] is the answer: one of four decisions, with its reasons.
//
// Recognition looks twice: at the whole frame, and closer at the part of it that the network
// attended to. What the two looks gave are the [Views]; [Decide], a function over values, turns
// them into a sighting by the [Rules]:
//
//	photo ─ photo.Decoder ─ engine ─ Views ─ Decide(Views, Roster, Rules) ─ Sighting
//
// The package knows nothing of visitors, facts or points, keeps nothing of a photo but a
// perceptual hash, and speaks no language: reasons and groups are keys that the app turns into
// sentences. README.md gives the measured figures behind every number in here.
package vision

import (
	"context"
	"fmt"
	"image"
	"slices"
	"strings"
	"sync"
	"sync/atomic"
	"time"

	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/model"
	"github.com/zoodex/zoodex/vision/photo"
)

// Options say how a Recognizer works. The zero value is right for a server.
type Options struct {
	Engine engine.Options
	Photo  photo.Limits
	Rules  *Rules // nil: Measured
}

// A Recognizer names the animals in photos. It is safe for concurrent use.
type Recognizer struct {
	decoder *photo.Decoder
	engine  *engine.Engine
	rules   Rules
	scratch *sync.Pool // of *scratch
	head    *atomic.Pointer[Head]
}

// scratch is what one look needs beyond the photo.
type scratch struct {
	input []float32 // [3,260,260]
	fmap  []float32 // [1280,9,9]
}

// New loads the embedded network: a tenth of a second, and about 70 MB at the peak.
func New(o Options) (*Recognizer, error) {
	if o.Engine.Precision == engine.Int8 && o.Engine.Ranges == nil {
		ranges, err := engine.ReadRanges(strings.NewReader(model.Ranges))
		if err != nil {
			return nil, err
		}
		o.Engine.Ranges = ranges
	}
	e, err := engine.Load(model.Network, o.Engine)
	if err != nil {
		return nil, err
	}
	release(model.Network) // packed by the engine, and not needed any more
	r := &Recognizer{decoder: photo.NewDecoder(o.Photo), engine: e, rules: Measured, scratch: new(sync.Pool), head: new(atomic.Pointer[Head])}
	if o.Rules != nil {
		r.rules = *o.Rules
	}
	r.scratch.New = func() any {
		return &scratch{
			input: make([]float32, 3*model.InputSize*model.InputSize),
			fmap:  make([]float32, model.Features*model.MapSize*model.MapSize),
		}
	}
	return r, nil
}

// Use makes the recogniser know what a head was taught, too, instead of what it knew by another one;
// nil leaves it with what the network knows. Each photo is looked at with one head from start to end.
func (r *Recognizer) Use(h *Head) { r.head.Store(h) }

// Head is what the recogniser was taught, or nil.
func (r *Recognizer) Head() *Head { return r.head.Load() }

// With gives a recogniser with a head of its own, or none, that shares the network with this one.
func (r *Recognizer) With(h *Head) *Recognizer {
	taught := *r
	taught.head = new(atomic.Pointer[Head])
	taught.Use(h)
	return &taught
}

// Views are what the network made of a photo.
type Views struct {
	Whole, Part [model.Classes]float32     // logits of the whole frame, and of what is inside Box
	Features    [2][model.Features]float32 // of the two likewise; what a taught head looks at
	Taught      *Judgement                 // of the recogniser's head; nil without one
	Box         image.Rectangle            // what the network attended to, in pixels of the upright photo
	Hash        uint64                     // perceptual hash of the photo
	Mirrored    uint64                     // that of the photo flipped left to right
	Stages      Stages
}

// Stages are how long each part of a look took, waiting for its turn included.
type Stages struct {
	Decode  time.Duration // from bytes to upright pixels
	Prepare time.Duration // resampling for the network, finding the box, the hash
	Network time.Duration // both runs
}

// Identify decides what a photo shows to visitors of a zoo with this roster; without a roster
// every animal is a stranger. data is JPEG, PNG, WebP or HEIC and is not kept. An error is a
// [*photo.Error] when the photo cannot be used, and wraps ctx.Err() when ctx ended first.
func (r *Recognizer) Identify(ctx context.Context, data []byte, roster *Roster) (Sighting, error) {
	v, err := r.Look(ctx, data)
	if err != nil {
		return Sighting{}, err
	}
	return Decide(v, roster, r.rules), nil
}

// Look is the part of Identify that does not depend on who lives in the zoo.
func (r *Recognizer) Look(ctx context.Context, data []byte) (*Views, error) {
	start := time.Now()
	p, err := r.decoder.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	v, err := r.LookAt(ctx, p)
	if err != nil {
		return nil, err
	}
	v.Stages.Decode = time.Since(start) - v.Stages.Prepare - v.Stages.Network
	return v, nil
}

// Decode reads a photo within the limits of recognition.
func (r *Recognizer) Decode(ctx context.Context, data []byte) (*photo.Photo, error) {
	return r.decoder.Decode(ctx, data)
}

// LookAt is Look for a photo that is decoded already.
func (r *Recognizer) LookAt(ctx context.Context, p *photo.Photo) (*Views, error) {
	start, v := time.Now(), new(Views)
	lap := func(stage *time.Duration) {
		now := time.Now()
		*stage += now.Sub(start)
		start = now
	}
	s := r.scratch.Get().(*scratch)
	defer r.scratch.Put(s)

	p.Sample(s.input, p.Bounds(), model.InputSize)
	lap(&v.Stages.Prepare)
	if err := r.engine.Run(ctx, s.input, s.fmap, v.Features[0][:], v.Whole[:]); err != nil {
		return nil, fmt.Errorf("look at the photo: %w", err)
	}
	lap(&v.Stages.Network)
	v.Box = attended(s.fmap, &v.Whole, p.Bounds().Size(), r.rules.Temperature)
	p.Sample(s.input, v.Box, model.InputSize)
	v.Hash, v.Mirrored = p.Hashes()
	lap(&v.Stages.Prepare)
	if err := r.engine.Run(ctx, s.input, nil, v.Features[1][:], v.Part[:]); err != nil {
		return nil, fmt.Errorf("look closer: %w", err)
	}
	if h := r.Head(); h != nil {
		x := make([]float32, model.Features)
		Vector(x, &v.Features)
		v.Taught = h.Judge(x)
	}
	lap(&v.Stages.Network)
	return v, nil
}

// Features runs the network on inputs [3,260,260] as [photo.Photo.Sample] makes them, all cores at
// once, and gives the pooled features of input i in features[i], which has 1280 values.
func (r *Recognizer) Features(ctx context.Context, inputs, features [][]float32) error {
	return r.engine.RunBatch(ctx, inputs, func(i int) [][]float32 { return [][]float32{nil, features[i], nil} })
}

// Kernel names the code that the network runs on: "avx512", "avx2", "neon" or "portable".
func (r *Recognizer) Kernel() string { return r.engine.Kernel() }

// The close-up. A class activation map (Zhou et al. 2016) tells where in the frame the likeliest
// animals are.
const (
	attendedClasses = 5
	attendedLevel   = 0.3  // of the map's maximum; what is above belongs to the box
	attendedSide    = 0.35 // smallest side of the box, as a part of the frame's short side
)

// attended gives the part of the frame of the given size that the network attended to: the box
// around all places where the five likeliest animal classes, each counted by its probability,
// speak up. It is square as far as the frame allows.
func attended(fmap []float32, logits *[model.Classes]float32, frame image.Point, temperature float64) image.Rectangle {
	wide := wide(logits)
	likeliest := best(wide, animalClasses, attendedClasses)
	votes := make([]float64, len(likeliest))
	for i, class := range likeliest {
		votes[i] = wide[class]
	}
	weights := make([]float32, model.Features)
	for i, p := range softmax(votes, temperature) {
		model.AddClassWeights(weights, likeliest[i], float32(p))
	}
	const n, places = model.MapSize, model.MapSize * model.MapSize
	var activation [places]float32
	for c, w := range weights {
		for i, v := range fmap[c*places:][:places] {
			activation[i] += w * v
		}
	}

	level := attendedLevel * slices.Max(activation[:])
	if level <= 0 {
		return image.Rectangle{Max: frame}
	}
	cells := image.Rectangle{}
	for i, a := range activation {
		if a >= level {
			cells = cells.Union(image.Rect(i%n, i/n, i%n+1, i/n+1))
		}
	}
	width, height := float64(frame.X), float64(frame.Y)
	x0, x1 := float64(cells.Min.X)/n*width, float64(cells.Max.X)/n*width
	y0, y1 := float64(cells.Min.Y)/n*height, float64(cells.Max.Y)/n*height
	side := max(x1-x0, y1-y0, attendedSide*min(width, height))
	left, right := span((x0+x1)/2, side, width)
	top, bottom := span((y0+y1)/2, side, height)
	return image.Rect(left, top, right, bottom)
}

// span is a stretch of the given length around the middle, moved or cut to lie within 0…limit.
func span(middle, length, limit float64) (from, to int) {
	length = min(length, limit)
	start := max(0, min(middle-length/2, limit-length))
	from = int(start + 0.5)
	return from, max(from+1, min(int(limit), from+int(length+0.5)))
}

package teach

import (
	"context"
	"crypto/sha256"
	"fmt"
	"image"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// A Study is all that teaching wants to know of a photo. It depends on nothing but the photo's
// bytes and the network, so it is computed once and kept in a [Cache].
type Study struct {
	Hash, Mirrored uint64          // perceptual, of the photo and of its mirror image
	Bounds         image.Point     // of the upright photo, pixels
	Box            image.Rectangle // what the network attended to
	Sharpness      float64         // of what the network saw of it; see sharpness
	Contrast       float64         // likewise
	Total          float64         // of the pooled features, the mean of both views
	Logits         [2][]float32    // of the network's classes in both views
	Vector         []float32       // see vision.Vector
	Variants       [][]float32     // likewise, of altered views; nil as long as nobody needed them
}

// NewStudy takes the study of a photo from the cache, or looks at it and keeps that there. Without a
// cache nothing is kept. An error is a *photo.Error when the photo cannot be used.
func NewStudy(ctx context.Context, r *vision.Recognizer, data []byte, c Cache) (*Study, error) {
	sum := sha256.Sum256(data)
	if s := load(ctx, c, sum); s != nil {
		return s, nil
	}
	p, err := r.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	seen, err := r.LookAt(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &Study{
		Hash: seen.Hash, Mirrored: seen.Mirrored, Bounds: p.Bounds().Size(), Box: seen.Box,
		Logits: [2][]float32{seen.Whole[:], seen.Part[:]}, Vector: make([]float32, model.Features),
	}
	for _, view := range seen.Features {
		for _, v := range view {
			s.Total += float64(v) / 2
		}
	}
	pixels := make([]float32, inputSize)
	p.Sample(pixels, p.Bounds(), model.InputSize)
	s.Sharpness, s.Contrast = sharpness(pixels)
	vision.Vector(s.Vector, &seen.Features)
	s.round()
	return s, store(ctx, c, cacheKey(sum), seal(sum, s.encode()))
}

const inputSize = 3 * model.InputSize * model.InputSize

// Vary looks at the photo again, in altered views, unless that was done and kept. data are its bytes.
func (s *Study) Vary(ctx context.Context, r *vision.Recognizer, data []byte, c Cache) error {
	sum := sha256.Sum256(data)
	if s.Variants = loadVariants(ctx, c, sum); s.Variants != nil {
		return nil
	}
	p, err := r.Decode(ctx, data)
	if err != nil {
		return err
	}
	var views [Variants][2][model.Features]float32
	var inputs, features [][]float32
	for i, v := range variantsOf(sum) {
		for j, box := range []image.Rectangle{p.Bounds(), s.Box} {
			input := make([]float32, inputSize)
			v.sample(input, p, box)
			inputs, features = append(inputs, input), append(features, views[i][j][:])
		}
	}
	if err := r.Features(ctx, inputs, features); err != nil {
		return fmt.Errorf("look at the photo again: %w", err)
	}
	s.Variants = make([][]float32, Variants)
	for i := range views {
		s.Variants[i] = make([]float32, model.Features)
		vision.Vector(s.Variants[i], &views[i])
		roundVector(s.Variants[i])
	}
	return store(ctx, c, cacheKey(sum)+variantsSuffix, seal(sum, appendVectors(nil, s.Variants...)))
}

// vectors are the plain one and the first n variants.
func (s *Study) vectors(n int) [][]float32 {
	return append([][]float32{s.Vector}, s.Variants[:n]...)
}

// Views are what recognition knows of the photo, but for what a head makes of it.
func (s *Study) Views() *vision.Views {
	v := &vision.Views{Hash: s.Hash, Mirrored: s.Mirrored, Box: s.Box}
	copy(v.Whole[:], s.Logits[0])
	copy(v.Part[:], s.Logits[1])
	return v
}

// takenFor is the animal that the network finds likeliest, as its class, and the lowest group of
// animals that it finds likely.
func (s *Study) takenFor() (class int, group string) {
	sighting := vision.Decide(s.Views(), nil, undecided)
	for _, c := range sighting.Candidates {
		if model.Labels()[c.Index].Animal {
			return c.Index, sighting.Group
		}
	}
	return sighting.Candidates[0].Index, sighting.Group
}

// undecided are rules by which no photo is certain or nothing, so that each has a group.
var undecided = func() vision.Rules {
	r := vision.Measured
	r.AnimalShare, r.Probability = 0, 2
	return r
}()

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
	Hash, Mirrored uint64                  // perceptual, of the photo and of its mirror image
	Bounds         image.Point             // of the upright photo, pixels
	Sharpness      float64                 // of what the network saw of it; see sharpness
	Contrast       float64                 // likewise
	Total          float64                 // of the pooled features, the mean of both views
	Logits         [2][]float32            // of the network's classes in both views
	Vectors        [1 + Variants][]float32 // see vision.Vector: of the plain pair of views first, then of the variants
}

// NewStudy takes the study of a photo from the cache, or looks at it in all views and keeps that there.
// Without a cache nothing is kept. An error is a *photo.Error when the photo cannot be used.
func NewStudy(ctx context.Context, r *vision.Recognizer, data []byte, c Cache) (*Study, error) {
	sum := sha256.Sum256(data)
	if s := load(ctx, c, sum); s != nil {
		return s, nil
	}
	s, err := study(ctx, r, data, sum)
	if err != nil {
		return nil, err
	}
	return s, store(ctx, c, sum, s)
}

func study(ctx context.Context, r *vision.Recognizer, data []byte, sum [sha256.Size]byte) (*Study, error) {
	p, err := r.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	seen, err := r.LookAt(ctx, p)
	if err != nil {
		return nil, err
	}
	s := &Study{
		Hash: seen.Hash, Mirrored: seen.Mirrored, Bounds: p.Bounds().Size(),
		Logits: [2][]float32{seen.Whole[:], seen.Part[:]},
	}
	for _, view := range seen.Features {
		for _, v := range view {
			s.Total += float64(v) / 2
		}
	}

	const size = 3 * model.InputSize * model.InputSize
	var views [1 + Variants][2][model.Features]float32
	views[0] = seen.Features
	var inputs, features [][]float32
	pixels := make([]float32, size*2*Variants)
	p.Sample(pixels[:size], p.Bounds(), model.InputSize)
	s.Sharpness, s.Contrast = sharpness(pixels[:size])
	for i, v := range variantsOf(sum) {
		for j, box := range []image.Rectangle{p.Bounds(), seen.Box} {
			input := pixels[size*(2*i+j):][:size]
			v.sample(input, p, box)
			inputs = append(inputs, input)
			features = append(features, views[1+i][j][:])
		}
	}
	if err := r.Features(ctx, inputs, features); err != nil {
		return nil, fmt.Errorf("look at the photo again: %w", err)
	}
	for i := range views {
		s.Vectors[i] = make([]float32, model.Features)
		vision.Vector(s.Vectors[i], &views[i])
	}
	s.round()
	return s, nil
}

// views are what recognition knows of the photo, but for what a head makes of it.
func (s *Study) views() *vision.Views {
	v := &vision.Views{Hash: s.Hash, Mirrored: s.Mirrored}
	copy(v.Whole[:], s.Logits[0])
	copy(v.Part[:], s.Logits[1])
	return v
}

// takenFor is the animal that the network finds likeliest, as its class, and the lowest group of
// animals that it finds likely.
func (s *Study) takenFor() (class int, group string) {
	sighting := vision.Decide(s.views(), nil, undecided)
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

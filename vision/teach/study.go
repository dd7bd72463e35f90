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
	Sum       [sha256.Size]byte       // of the file
	Hash      uint64                  // perceptual
	Bounds    image.Point             // of the upright photo, pixels
	Sharpness float64                 // of what the network saw of it; see sharpness
	Contrast  float64                 // likewise
	Total     float64                 // of the pooled features, the mean of both views
	Group     string                  // the lowest group of animals that the network finds likely
	Class     int                     // of the network: the likeliest animal
	Vectors   [1 + Variants][]float32 // see vision.Vector: of the plain pair of views first, then of the variants
}

// A Student studies photos. It is safe for concurrent use.
type Student struct {
	recognizer *vision.Recognizer
}

// NewStudent makes a student who sees with the recogniser's network.
func NewStudent(r *vision.Recognizer) *Student { return &Student{recognizer: r} }

// StudyOnce takes the study of a photo from the cache, or studies it and keeps that there.
func (s *Student) StudyOnce(ctx context.Context, data []byte, c *Cache) (*Study, error) {
	if study := c.Load(sha256.Sum256(data)); study != nil {
		return study, nil
	}
	study, err := s.Study(ctx, data)
	if err != nil {
		return nil, err
	}
	return study, c.Store(study)
}

// Study looks at one photo in all views. An error is a *photo.Error when the photo cannot be used.
func (s *Student) Study(ctx context.Context, data []byte) (*Study, error) {
	p, err := s.recognizer.Decode(ctx, data)
	if err != nil {
		return nil, err
	}
	seen, err := s.recognizer.LookAt(ctx, p)
	if err != nil {
		return nil, err
	}
	study := &Study{Sum: sha256.Sum256(data), Hash: seen.Hash, Bounds: p.Bounds().Size()}
	sighting := vision.Decide(seen, nil, studied)
	study.Group = sighting.Group
	study.Class = likeliestAnimal(sighting.Candidates)
	for _, view := range seen.Features {
		for _, v := range view {
			study.Total += float64(v) / 2
		}
	}

	const size = 3 * model.InputSize * model.InputSize
	var views [1 + Variants][2][model.Features]float32
	views[0] = seen.Features
	var inputs, features [][]float32
	pixels := make([]float32, size*2*Variants)
	p.Sample(pixels[:size], p.Bounds(), model.InputSize)
	study.Sharpness, study.Contrast = sharpness(pixels[:size])
	for i, v := range variantsOf(study.Sum) {
		for j, box := range []image.Rectangle{p.Bounds(), seen.Box} {
			input := pixels[size*(2*i+j):][:size]
			v.sample(input, p, box)
			inputs = append(inputs, input)
			features = append(features, views[1+i][j][:])
		}
	}
	if err := s.recognizer.Features(ctx, inputs, features); err != nil {
		return nil, fmt.Errorf("look at the photo again: %w", err)
	}
	for i := range views {
		study.Vectors[i] = make([]float32, model.Features)
		vision.Vector(study.Vectors[i], &views[i])
	}
	return study, nil
}

// likeliestAnimal is the class of the first candidate that is an animal, or of the first.
func likeliestAnimal(candidates []vision.Candidate) int {
	for _, c := range candidates {
		if model.Labels()[c.Index].Animal {
			return c.Index
		}
	}
	return candidates[0].Index
}

// studied are rules by which no photo is certain or nothing, so that each has a group.
var studied = func() vision.Rules {
	r := vision.Measured
	r.AnimalShare, r.Probability = 0, 2
	return r
}()

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
	Sum       [sha256.Size]byte // of the file
	Hash      uint64            // perceptual
	Bounds    image.Point       // of the upright photo, pixels
	Sharpness float64           // of what the network saw of it; see README.md
	Contrast  float64
	Logits    [2][model.Classes]float32                // whole frame, close-up
	Views     [1 + Variants][2][model.Features]float32 // pooled features: the plain pair first, then the variants

	seen [1 + Variants][]float32 // see vectors
}

// A Student studies photos. It is safe for concurrent use.
type Student struct {
	recognizer *vision.Recognizer
}

// NewStudent makes a student who sees with the recogniser's network.
func NewStudent(r *vision.Recognizer) *Student { return &Student{recognizer: r} }

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
	study.Logits = [2][model.Classes]float32{seen.Whole, seen.Part}
	study.Views[0] = seen.Features

	const size = 3 * model.InputSize * model.InputSize
	var inputs, features [][]float32
	pixels := make([]float32, size*2*Variants)
	p.Sample(pixels[:size], p.Bounds(), model.InputSize)
	study.Sharpness, study.Contrast = sharpness(pixels[:size])
	for i, v := range variantsOf(study.Sum) {
		for j, box := range []image.Rectangle{p.Bounds(), seen.Box} {
			input := pixels[size*(2*i+j):][:size]
			v.sample(input, p, box)
			inputs = append(inputs, input)
			features = append(features, study.Views[1+i][j][:])
		}
	}
	if err := s.recognizer.Features(ctx, inputs, features); err != nil {
		return nil, fmt.Errorf("look at the photo again: %w", err)
	}
	return study, nil
}

// vectors are what the classifier learns from: of the plain pair of views and of its variants.
func (s *Study) vectors() [1 + Variants][]float32 {
	if s.seen[0] == nil {
		for i := range s.seen {
			s.seen[i] = make([]float32, model.Features)
			vision.Vector(s.seen[i], &s.Views[i])
		}
	}
	return s.seen
}

package vision

import (
	"image"
	"testing"

	"github.com/zoodex/zoodex/vision/model"
)

// lit is a feature map in which the channels that speak for a lion are lit at some of the 9×9 places.
// The first place is fully lit, the others as much as dim says.
func lit(dim float32, places ...image.Point) (fmap []float32, logits *[model.Classes]float32) {
	const lion, n = 291, model.MapSize
	fmap, logits = make([]float32, model.Features*n*n), new([model.Classes]float32)
	logits[lion] = 9
	weights := make([]float32, model.Features)
	model.AddClassWeights(weights, lion, 1)
	for c, w := range weights {
		for i, p := range places {
			fmap[c*n*n+p.Y*n+p.X] = max(w, 0)
			if i > 0 {
				fmap[c*n*n+p.Y*n+p.X] *= dim
			}
		}
	}
	return fmap, logits
}

func TestTheCloseUpIsWhereTheAnimalIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		dim    float32
		places []image.Point
		frame  image.Point
		want   image.Rectangle
	}{
		{"one spot is given room", 1, []image.Point{{4, 4}}, image.Pt(900, 900), image.Rect(293, 293, 608, 608)},
		{"also in a corner", 1, []image.Point{{0, 0}}, image.Pt(900, 900), image.Rect(0, 0, 315, 315)},
		{"and in the opposite one", 1, []image.Point{{8, 8}}, image.Pt(900, 900), image.Rect(585, 585, 900, 900)},
		{"two spots are both inside, in a square", 1, []image.Point{{1, 4}, {6, 4}}, image.Pt(900, 900), image.Rect(100, 150, 700, 750)},
		{"a spot that is half as bright belongs to it", 0.5, []image.Point{{1, 4}, {6, 4}}, image.Pt(900, 900), image.Rect(100, 150, 700, 750)},
		{"one that is a fifth as bright does not", 0.2, []image.Point{{1, 4}, {6, 4}}, image.Pt(900, 900), image.Rect(0, 293, 315, 608)},
		{"a wide frame cuts the square", 1, []image.Point{{0, 4}, {8, 4}}, image.Pt(1800, 450), image.Rect(0, 0, 1800, 450)},
		{"the short side sets the least room", 1, []image.Point{{4, 4}}, image.Pt(1800, 900), image.Rect(743, 293, 1058, 608)},
		{"a frame of one pixel has a box of one", 1, []image.Point{{4, 4}}, image.Pt(1, 1), image.Rect(0, 0, 1, 1)},
		{"nothing lit, nothing left out", 1, nil, image.Pt(640, 480), image.Rect(0, 0, 640, 480)},
	} {
		t.Run(c.name, func(t *testing.T) {
			fmap, logits := lit(c.dim, c.places...)
			if got := attended(fmap, logits, c.frame, Measured.Temperature); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

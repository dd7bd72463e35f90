package vision

import (
	"image"
	"testing"

	"github.com/zoodex/zoodex/vision/model"
)

// lit is a feature map in which the channels that speak for a lion are lit at some of the 9×9 places.
func lit(places ...image.Point) (fmap []float32, logits *[model.Classes]float32) {
	const lion, n = 291, model.MapSize
	fmap, logits = make([]float32, model.Features*n*n), new([model.Classes]float32)
	logits[lion] = 9
	weights := make([]float32, model.Features)
	model.AddClassWeights(weights, lion, 1)
	for c, w := range weights {
		for _, p := range places {
			fmap[c*n*n+p.Y*n+p.X] = max(w, 0)
		}
	}
	return fmap, logits
}

func TestTheCloseUpIsWhereTheAnimalIs(t *testing.T) {
	for _, c := range []struct {
		name   string
		places []image.Point
		frame  image.Point
		want   image.Rectangle
	}{
		{"one spot is given room", []image.Point{{4, 4}}, image.Pt(900, 900), image.Rect(293, 293, 608, 608)},
		{"also in a corner", []image.Point{{0, 0}}, image.Pt(900, 900), image.Rect(0, 0, 315, 315)},
		{"and in the opposite one", []image.Point{{8, 8}}, image.Pt(900, 900), image.Rect(585, 585, 900, 900)},
		{"two spots are both inside, in a square", []image.Point{{1, 4}, {6, 4}}, image.Pt(900, 900), image.Rect(100, 150, 700, 750)},
		{"a wide frame cuts the square", []image.Point{{0, 4}, {8, 4}}, image.Pt(1800, 450), image.Rect(0, 0, 1800, 450)},
		{"the short side sets the least room", []image.Point{{4, 4}}, image.Pt(1800, 900), image.Rect(743, 293, 1058, 608)},
		{"a frame of one pixel has a box of one", []image.Point{{4, 4}}, image.Pt(1, 1), image.Rect(0, 0, 1, 1)},
		{"nothing lit, nothing left out", nil, image.Pt(640, 480), image.Rect(0, 0, 640, 480)},
	} {
		t.Run(c.name, func(t *testing.T) {
			fmap, logits := lit(c.places...)
			if got := attended(fmap, logits, c.frame, 0.45); got != c.want {
				t.Errorf("%v, want %v", got, c.want)
			}
		})
	}
}

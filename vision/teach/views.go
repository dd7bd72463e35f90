package teach

import (
	"crypto/sha256"
	"image"
	"math"
	"math/rand/v2"

	"github.com/zoodex/zoodex/vision/model"
	"github.com/zoodex/zoodex/vision/photo"
)

// Variants is how many augmented pairs of views a photo gets beside the plain pair.
const Variants = 4

// A variant is one way to look at a photo again as if it had been taken a little differently. No
// variant is upside down: zoo animals are photographed upright.
type variant struct {
	flip       bool
	zoom       float64 // side of the crop as a part of the box's
	dx, dy     float64 // where the crop lies in the room that zoom leaves, 0…1
	shear      float64 // horizontal shift of the top edge against the middle, as a part of the height
	brightness float64 // added, in units of the input, which spans about -1…1
	contrast   float64 // factor around the middle grey
}

// variantsOf draws the variants of a photo from its content, so that they never change.
func variantsOf(sum [sha256.Size]byte) []variant {
	random := rand.New(rand.NewChaCha8(sum))
	between := func(low, high float64) float64 { return low + (high-low)*random.Float64() }
	variants := make([]variant, Variants)
	for i := range variants {
		variants[i] = variant{
			flip: i%2 == 0, zoom: between(0.72, 1), dx: random.Float64(), dy: random.Float64(),
			shear: between(-0.12, 0.12), brightness: between(-0.2, 0.2), contrast: between(0.8, 1.2),
		}
	}
	variants[0].zoom, variants[0].shear = 1, 0 // the plain mirror image, in other light
	return variants
}

// sample writes the box as the variant sees it to dst [3,260,260].
func (v variant) sample(dst []float32, p *photo.Photo, box image.Rectangle) {
	const n = model.InputSize
	width, height := float64(box.Dx())*v.zoom, float64(box.Dy())*v.zoom
	x := float64(box.Min.X) + v.dx*(float64(box.Dx())-width)
	y := float64(box.Min.Y) + v.dy*(float64(box.Dy())-height)
	crop := image.Rect(int(x), int(y), int(x+max(width, 1)), int(y+max(height, 1))).Intersect(p.Bounds())
	p.Sample(dst, crop, n)
	row := make([]float32, n)
	for i := range 3 * n {
		line := dst[i*n:][:n]
		copy(row, line)
		shift := v.shear * (float64(i%n) - n/2)
		whole := math.Floor(shift)
		part := float32(shift - whole)
		for x := range line {
			from := x
			if v.flip {
				from = n - 1 - x
			}
			a := min(max(from+int(whole), 0), n-1)
			b := min(max(from+int(whole)+1, 0), n-1)
			value := row[a]*(1-part) + row[b]*part
			line[x] = min(max(value*float32(v.contrast)+float32(v.brightness), -127./128), 1)
		}
	}
}

// sharpness is the standard deviation of the Laplacian of the picture as the network sees it, as a
// part of the standard deviation of its brightness (Pech-Pacheco et al. 2000 use the variance; the
// ratio does not take fog for blur). Sharp photos have 0.1 and more. contrast is the latter.
func sharpness(input []float32) (sharpness, contrast float64) {
	const n = model.InputSize
	grey := make([]float64, n*n)
	var sum, squares float64
	for i := range grey {
		g := 0.299*float64(input[i]) + 0.587*float64(input[n*n+i]) + 0.114*float64(input[2*n*n+i])
		grey[i] = g
		sum += g
		squares += g * g
	}
	mean := sum / (n * n)
	contrast = math.Sqrt(max(0, squares/(n*n)-mean*mean))
	var edges float64
	for y := 1; y < n-1; y++ {
		for x := 1; x < n-1; x++ {
			i := y*n + x
			l := 4*grey[i] - grey[i-1] - grey[i+1] - grey[i-n] - grey[i+n]
			edges += l * l
		}
	}
	if contrast == 0 {
		return 0, 0
	}
	return math.Sqrt(edges/((n-2)*(n-2))) / contrast, contrast
}

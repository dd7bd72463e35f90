package photo

import (
	"image"
	"image/color"
)

// Photo is a decoded photo: opaque and upright. It is immutable and safe for concurrent use.
type Photo struct {
	format string
	turn   turn
	picture
}

// Format is "jpeg", "png", "webp" or "heic".
func (p *Photo) Format() string { return p.format }

// Bounds is (0,0)-(width,height) in the pixels of the original, as a person sees it.
func (p *Photo) Bounds() image.Rectangle {
	return image.Rectangle{Max: p.turn.seen(p.size)}
}

// Image is the upright picture for people to look at. A large photo's is smaller than Bounds, by
// the same factor in both directions; its short side has at least 800 pixels.
func (p *Photo) Image() image.Image {
	luma := &p.planes[0]
	stored := image.Pt(luma.w, luma.h)
	img := image.NewRGBA(image.Rectangle{Max: p.turn.seen(stored)})
	for y := range img.Rect.Max.Y {
		for x := range img.Rect.Max.X {
			at := p.turn.stored(image.Rect(x, y, x+1, y+1), stored).Min
			img.SetRGBA(x, y, p.at(at))
		}
	}
	return img
}

// at is the colour of a stored pixel of the first plane.
func (p *Photo) at(at image.Point) color.RGBA {
	var v [3]uint8
	for c := range p.planes {
		pl, luma := &p.planes[c], &p.planes[0]
		x := min(int((float64(at.X)+0.5)*pl.scaleX/luma.scaleX), pl.w-1)
		y := min(int((float64(at.Y)+0.5)*pl.scaleY/luma.scaleY), pl.h-1)
		v[c] = pl.pix[y*pl.stride+x]
	}
	if len(p.planes) == 1 {
		return color.RGBA{v[0], v[0], v[0], 255}
	}
	if !p.rgb {
		v[0], v[1], v[2] = color.YCbCrToRGB(v[0], v[1], v[2])
	}
	return color.RGBA{v[0], v[1], v[2], 255}
}

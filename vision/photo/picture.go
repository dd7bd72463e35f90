package photo

import (
	"image"
	"image/color"
)

// enough is how many pixels of the short side a decoded photo keeps. The smallest box that
// recognition looks at is 0.35 of the short side and the network reads 260 pixels of it.
const enough = 800

// picture is what the decoders leave: opaque planes of bytes in stored order, each at a scale of
// its own.
type picture struct {
	size   image.Point // stored size of the photo in full pixels
	rgb    bool        // planes are red, green, blue; otherwise luma and, unless grey, Cb and Cr as in JFIF
	planes []plane     // 1 or 3
}

// plane is one channel. Its sample (i, j) lies at (i+½, j+½) / (scaleX, scaleY) in full pixels.
type plane struct {
	pix            []byte
	stride         int
	w, h           int
	scaleX, scaleY float64 // samples per full pixel, at most 1
}

func (p *plane) line(y int) []byte { return p.pix[y*p.stride:][:p.w] }

// reduction is by how much a photo of this size may be reduced: the largest whole factor that
// leaves enough.
func reduction(size image.Point) int {
	return max(1, min(size.X, size.Y)/enough)
}

// pictureOf makes a picture of a decoded image, reducing it if it is large. Transparent pixels
// are laid over white. The planes may share img's memory.
func pictureOf(img image.Image) picture {
	b := img.Bounds()
	pic := picture{size: b.Size()}
	k := reduction(pic.size)
	switch img := img.(type) {
	case *image.Gray:
		pic.planes = []plane{
			reduce(plane{img.Pix, img.Stride, b.Dx(), b.Dy(), 1, 1}, k, k),
		}
	case *image.YCbCr:
		sx, sy := subsampling(img.SubsampleRatio)
		luma := plane{img.Y, img.YStride, b.Dx(), b.Dy(), 1, 1}
		chroma := plane{nil, img.CStride, (b.Dx() + sx - 1) / sx, (b.Dy() + sy - 1) / sy, 1 / float64(sx), 1 / float64(sy)}
		cb, cr := chroma, chroma
		cb.pix, cr.pix = img.Cb, img.Cr
		kx, ky := max(1, k/sx), max(1, k/sy)
		pic.planes = []plane{reduce(luma, k, k), reduce(cb, kx, ky), reduce(cr, kx, ky)}
	default:
		pic.rgb = true
		pic.planes = reduceRGB(img, k)
	}
	return pic
}

// subsampling gives the luma samples per chroma sample in each direction.
func subsampling(r image.YCbCrSubsampleRatio) (x, y int) {
	switch r {
	case image.YCbCrSubsampleRatio422:
		return 2, 1
	case image.YCbCrSubsampleRatio420:
		return 2, 2
	case image.YCbCrSubsampleRatio440:
		return 1, 2
	case image.YCbCrSubsampleRatio411:
		return 4, 1
	case image.YCbCrSubsampleRatio410:
		return 4, 2
	}
	return 1, 1
}

// reduce averages cells of kx×ky samples; cells at the right and bottom edge may be smaller.
func reduce(p plane, kx, ky int) plane {
	if kx == 1 && ky == 1 {
		return p
	}
	out := newPlane((p.w+kx-1)/kx, (p.h+ky-1)/ky, p.scaleX/float64(kx), p.scaleY/float64(ky))
	sums := make([]uint32, out.w)
	for y := range out.h {
		clear(sums)
		first, last := y*ky, min((y+1)*ky, p.h)
		for line := first; line < last; line++ {
			addCells(sums, p.line(line), kx)
		}
		averageCells(out.line(y), sums, p.w, kx, last-first)
	}
	return out
}

func newPlane(w, h int, scaleX, scaleY float64) plane {
	return plane{make([]byte, w*h), w, w, h, scaleX, scaleY}
}

// addCells adds each k neighbours of line to their cell's sum.
func addCells(sums []uint32, line []byte, k int) {
	for i := range sums {
		cell := line[:min(k, len(line))]
		line = line[len(cell):]
		var s uint32
		for _, v := range cell {
			s += uint32(v)
		}
		sums[i] += s
	}
}

// averageCells divides sums over cells k wide and lines high, of a line of w samples.
func averageCells(dst []byte, sums []uint32, w, k, lines int) {
	for i, s := range sums {
		n := uint32(min(k, w-i*k) * lines)
		dst[i] = byte((s + n/2) / n)
	}
}

// reduceRGB converts any image to red, green and blue planes, line by line.
func reduceRGB(img image.Image, k int) []plane {
	b := img.Bounds()
	w, h := (b.Dx()+k-1)/k, (b.Dy()+k-1)/k
	planes := make([]plane, 3)
	var sums [3][]uint32
	var line [3][]byte
	for c := range planes {
		planes[c] = newPlane(w, h, 1/float64(k), 1/float64(k))
		sums[c] = make([]uint32, w)
		line[c] = make([]byte, b.Dx())
	}
	for y := range h {
		first, last := y*k, min((y+1)*k, b.Dy())
		for c := range sums {
			clear(sums[c])
		}
		for yy := first; yy < last; yy++ {
			rgbLine(&line, img, b.Min.Y+yy)
			for c := range sums {
				addCells(sums[c], line[c], k)
			}
		}
		for c := range planes {
			averageCells(planes[c].line(y), sums[c], b.Dx(), k, last-first)
		}
	}
	return planes
}

// rgbLine reads line y of img, over white.
func rgbLine(line *[3][]byte, img image.Image, y int) {
	b := img.Bounds()
	red, green, blue := line[0], line[1][:len(line[0])], line[2][:len(line[0])]
	switch img := img.(type) {
	case *image.RGBA:
		pix := img.Pix[img.PixOffset(b.Min.X, y):][:4*len(red)]
		for x := range red {
			p := pix[4*x:][:4]
			white := 255 - p[3]
			red[x], green[x], blue[x] = p[0]+white, p[1]+white, p[2]+white
		}
	case *image.NRGBA:
		pix := img.Pix[img.PixOffset(b.Min.X, y):][:4*len(red)]
		for x := range red {
			p := pix[4*x:][:4]
			red[x], green[x], blue[x] = overWhite(p[0], p[3]), overWhite(p[1], p[3]), overWhite(p[2], p[3])
		}
	case image.RGBA64Image:
		for x := range red {
			p := img.RGBA64At(b.Min.X+x, y)
			white := 0xffff - p.A
			red[x], green[x], blue[x] = byte((p.R+white)>>8), byte((p.G+white)>>8), byte((p.B+white)>>8)
		}
	default:
		for x := range red {
			p := color.RGBA64Model.Convert(img.At(b.Min.X+x, y)).(color.RGBA64)
			white := 0xffff - p.A
			red[x], green[x], blue[x] = byte((p.R+white)>>8), byte((p.G+white)>>8), byte((p.B+white)>>8)
		}
	}
}

func overWhite(v, alpha byte) byte {
	return byte((int(v)*int(alpha) + 255*(255-int(alpha)) + 127) / 255)
}

// fullRange stretches luma from video's 16…235 and chroma from 16…240 to the 0…255 of JFIF, in place.
func fullRange(img *image.YCbCr) {
	var luma, chroma [256]byte
	for v := range 256 {
		luma[v] = clampByte((float64(v)-16)*255/219 + 0.5)
		chroma[v] = clampByte((float64(v)-128)*255/224 + 128.5)
	}
	for _, p := range []struct {
		pix   []byte
		table *[256]byte
	}{{img.Y, &luma}, {img.Cb, &chroma}, {img.Cr, &chroma}} {
		for i, v := range p.pix {
			p.pix[i] = p.table[v]
		}
	}
}

func clampByte(v float64) byte { return byte(max(0, min(v, 255))) }

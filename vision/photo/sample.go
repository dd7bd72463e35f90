package photo

import (
	"fmt"
	"image"
	"math"
	"slices"
	"sync"
)

// Sample resamples box, in upright pixels, to size×size and writes it to dst as red, green and
// blue planes [3, size, size] of (v − 127) / 128, v in 0…255. The box's aspect is not kept. A box
// that reaches beyond the photo is cut; an empty one means the whole photo.
//
// The kernel is Catmull and Rom's cubic, widened when shrinking so that nothing aliases; pixels
// just outside the box take part, as they do in Pillow's resize(box=…). Each plane is resampled at
// its own resolution and colours are converted last: both are linear, so their order does not
// matter, and there are fewer pixels to convert. dst must hold 3·size² values.
func (p *Photo) Sample(dst []float32, box image.Rectangle, size int) {
	if size <= 0 || len(dst) != 3*size*size {
		panic(fmt.Sprintf("photo: sample of %d pixels into %d values", size, len(dst)))
	}
	if box = box.Intersect(p.Bounds()); box.Empty() {
		box = p.Bounds()
	}
	box = p.turn.stored(box, p.size)
	s := scratches.Get().(*scratch)
	defer scratches.Put(s)
	var planes [3][]float32
	for c := range planes {
		planes[c] = dst[c*size*size:][:size*size]
	}
	for c := range p.planes {
		s.resample(planes[c], &p.planes[c], box, size)
		p.turn.upright(planes[c], size)
	}
	switch {
	case len(p.planes) == 1:
		normalise(planes[0])
		copy(planes[1], planes[0])
		copy(planes[2], planes[0])
	case p.rgb:
		normalise(dst)
	default:
		normaliseYCbCr(planes[0], planes[1], planes[2])
	}
}

func normal(v float32) float32 { return (max(0, min(v, 255)) - 127) / 128 }

func normalise(values []float32) {
	for i, v := range values {
		values[i] = normal(v)
	}
}

// normaliseYCbCr converts to red, green and blue (ITU-T T.871, JFIF).
func normaliseYCbCr(y, cb, cr []float32) {
	cb, cr = cb[:len(y)], cr[:len(y)]
	for i, l := range y {
		b, r := cb[i]-128, cr[i]-128
		y[i] = normal(l + 1.402*r)
		cb[i] = normal(l - 0.344136*b - 0.714136*r)
		cr[i] = normal(l + 1.772*b)
	}
}

// scratch is what one resampling needs besides its result.
type scratch struct {
	columns, lines taps
	pair           []uint64  // two lines of samples
	ring           []float32 // lines of results of one direction, the last ones
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// taps are the weights of one direction: result i is the sum, over k, of weight[at[i]+k] times
// sample first[i]+k. Weights are in parts of unit and sum to one.
type taps struct {
	axis
	first  []int
	at     []int // one more than results
	weight []int32
	kernel []float64 // the weights of one result
}

// axis is one direction of a resampling; see cubic.
type axis struct {
	start, length float64
	size, n       int
}

const unit = 1 << 16

// last is one more than the last sample that takes part in result i.
func (t *taps) last(i int) int { return t.first[i] + t.at[i+1] - t.at[i] }

// resample fills dst, size×size, from the box (in full pixels, stored order) of one plane: lines are
// resampled along themselves into a ring, from which each line of dst is put together.
func (s *scratch) resample(dst []float32, p *plane, box image.Rectangle, size int) {
	s.columns.cubic(float64(box.Min.X)*p.scaleX, float64(box.Dx())*p.scaleX, size, p.w)
	s.lines.cubic(float64(box.Min.Y)*p.scaleY, float64(box.Dy())*p.scaleY, size, p.h)
	lines := &s.lines
	length := 2
	for i := range size {
		length = max(length, lines.at[i+1]-lines.at[i]+1)
	}
	s.ring = slices.Grow(s.ring[:0], length*size)[:length*size]
	line := func(y int) []float32 { return s.ring[y%length*size:][:size] }

	next := lines.first[0]
	for i := range size {
		for ; next < lines.last(i); next += 2 {
			s.resamplePair(line(next), line(next+1), p.line(next), p.line(min(next+1, p.h-1)))
		}
		result := dst[i*size:][:size]
		clear(result)
		weights, y := lines.weight[lines.at[i]:lines.at[i+1]], lines.first[i]
		for ; len(weights) >= 4; weights, y = weights[4:], y+4 {
			addFour(result, weights, line(y), line(y+1), line(y+2), line(y+3))
		}
		for k, w := range weights {
			addOne(result, w, line(y+k))
		}
	}
}

// addFour adds four weighted lines to dst.
func addFour(dst []float32, weights []int32, a, b, c, d []float32) {
	wa, wb, wc, wd := float32(weights[0])/unit, float32(weights[1])/unit, float32(weights[2])/unit, float32(weights[3])/unit
	a, b, c, d = a[:len(dst)], b[:len(dst)], c[:len(dst)], d[:len(dst)]
	for i := range dst {
		dst[i] += wa*a[i] + wb*b[i] + wc*c[i] + wd*d[i]
	}
}

func addOne(dst []float32, weight int32, a []float32) {
	w := float32(weight) / unit
	a = a[:len(dst)]
	for i := range dst {
		dst[i] += w * a[i]
	}
}

// resamplePair resamples lines a and b along themselves, at once: their samples are the halves of
// 64-bit numbers, so that one multiplication weighs two.
func (s *scratch) resamplePair(intoA, intoB []float32, a, b []byte) {
	t := &s.columns
	first, last := t.first[0], t.last(len(t.first)-1)
	a, b = a[first:last], b[first:last]
	s.pair = slices.Grow(s.pair[:0], len(a))[:len(a)]
	for i, v := range a {
		s.pair[i] = uint64(v) | uint64(b[i])<<32
	}
	intoB = intoB[:len(intoA)]
	for i := range intoA {
		weights := t.weight[t.at[i]:t.at[i+1]]
		samples := s.pair[t.first[i]-first:][:len(weights)]
		var sum int64
		for k, w := range weights {
			sum += int64(w) * int64(samples[k])
		}
		low := int32(sum)
		intoA[i] = float32(low) * (1.0 / unit)
		intoB[i] = float32((sum-int64(low))>>32) * (1.0 / unit)
	}
}

// cubic computes the weights that resample the samples [start, start+length) to size results;
// there are n samples, of which those near the range take part.
func (t *taps) cubic(start, length float64, size, n int) {
	wanted := axis{start, length, size, n}
	if t.axis == wanted {
		return // as Cr is after Cb
	}
	t.axis = wanted
	scale := length / float64(size)
	widen := max(scale, 1)
	support := 2 * widen
	t.first, t.at, t.weight = t.first[:0], t.at[:0], t.weight[:0]
	for i := range size {
		centre := start + (float64(i)+0.5)*scale
		first := min(max(0, int(centre-support+0.5)), n-1)
		last := max(min(n, int(centre+support+0.5)), first+1)
		t.kernel = t.kernel[:0]
		var sum float64
		for k := first; k < last; k++ {
			w := catmullRom((float64(k) + 0.5 - centre) / widen)
			t.kernel = append(t.kernel, w)
			sum += w
		}
		t.first = append(t.first, first)
		t.at = append(t.at, len(t.weight))
		// Rounding must not make a white wall grey, so the middle one takes what is left.
		middle, left := len(t.weight)+(last-first)/2, int32(unit)
		for _, w := range t.kernel {
			rounded := int32(0)
			if sum != 0 {
				rounded = int32(math.Round(w / sum * unit))
			}
			t.weight = append(t.weight, rounded)
			left -= rounded
		}
		t.weight[middle] += left
	}
	t.at = append(t.at, len(t.weight))
}

// catmullRom is the cubic convolution kernel with a = −½ (Keys 1981).
func catmullRom(x float64) float64 {
	x = math.Abs(x)
	switch {
	case x < 1:
		return (1.5*x-2.5)*x*x + 1
	case x < 2:
		return ((-0.5*x+2.5)*x-4)*x + 2
	}
	return 0
}

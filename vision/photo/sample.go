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
	pair           []uint64     // two lines of samples
	results        [2][]float32 // and of results
}

var scratches = sync.Pool{New: func() any { return new(scratch) }}

// taps are the weights of one direction: result i is the sum, over k, of weight[at[i]+k] times
// sample first[i]+k. Weights are in units of 1/2^tapBits and sum to one.
type taps struct {
	first  []int
	at     []int // one more than results
	weight []int32
}

const tapBits = 16

// last is one more than the last sample that takes part in result i.
func (t *taps) last(i int) int { return t.first[i] + t.at[i+1] - t.at[i] }

// resample fills dst, size×size, from the box (in full pixels, stored order) of one plane: each
// line is resampled along itself and added, weighted, to the results it takes part in.
func (s *scratch) resample(dst []float32, p *plane, box image.Rectangle, size int) {
	s.columns.cubic(float64(box.Min.X)*p.scaleX, float64(box.Dx())*p.scaleX, size, p.w)
	s.lines.cubic(float64(box.Min.Y)*p.scaleY, float64(box.Dy())*p.scaleY, size, p.h)
	for i := range s.results {
		s.results[i] = slices.Grow(s.results[i][:0], size)[:size]
	}
	clear(dst)
	lines := &s.lines
	begin, end := 0, 0 // the results that the line takes part in
	for y, last := lines.first[0], lines.last(size-1); y < last; y++ {
		odd := (y - lines.first[0]) & 1
		if odd == 0 {
			s.resamplePair(p.line(y), p.line(min(y+1, last-1)))
		}
		for end < size && lines.first[end] <= y {
			end++
		}
		for begin < end && lines.last(begin) <= y {
			begin++
		}
		for i := begin; i < end; i++ {
			weight := lines.weight[lines.at[i]+y-lines.first[i]]
			addScaled(dst[i*size:][:size], s.results[odd], float32(weight)/(1<<tapBits))
		}
	}
}

// resamplePair resamples two lines along themselves, at once: their samples are the halves of 64-bit
// numbers, so that one multiplication weighs two.
func (s *scratch) resamplePair(a, b []byte) {
	t := &s.columns
	first, last := t.first[0], t.last(len(t.first)-1)
	a, b = a[first:last], b[first:last]
	s.pair = slices.Grow(s.pair[:0], len(a))[:len(a)]
	for i, v := range a {
		s.pair[i] = uint64(v) | uint64(b[i])<<32
	}
	into, and := s.results[0], s.results[1]
	for i := range into {
		weights := t.weight[t.at[i]:t.at[i+1]]
		samples := s.pair[t.first[i]-first:][:len(weights)]
		var sum int64
		for k, w := range weights {
			sum += int64(w) * int64(samples[k])
		}
		low := int32(sum)
		into[i] = float32(low) * (1.0 / (1 << tapBits))
		and[i] = float32((sum-int64(low))>>32) * (1.0 / (1 << tapBits))
	}
}

func addScaled(dst, src []float32, w float32) {
	src = src[:len(dst)]
	for i := range dst {
		dst[i] += w * src[i]
	}
}

// cubic computes the weights that resample the samples [start, start+length) to size results;
// there are n samples, of which those near the range take part.
func (t *taps) cubic(start, length float64, size, n int) {
	scale := length / float64(size)
	widen := max(scale, 1)
	support := 2 * widen
	t.first, t.at, t.weight = t.first[:0], t.at[:0], t.weight[:0]
	for i := range size {
		centre := start + (float64(i)+0.5)*scale
		first := min(max(0, int(centre-support+0.5)), n-1)
		last := max(min(n, int(centre+support+0.5)), first+1)
		t.first = append(t.first, first)
		t.at = append(t.at, len(t.weight))
		var sum float64
		for k := first; k < last; k++ {
			sum += catmullRom((float64(k) + 0.5 - centre) / widen)
		}
		var total int32
		for k := first; k < last; k++ {
			w := int32(1 << tapBits)
			if sum != 0 {
				w = int32(math.Round(catmullRom((float64(k)+0.5-centre)/widen) / sum * (1 << tapBits)))
			}
			t.weight = append(t.weight, w)
			total += w
		}
		// Rounding must not make a white wall grey.
		t.weight[t.at[i]+(last-first)/2] += 1<<tapBits - total
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

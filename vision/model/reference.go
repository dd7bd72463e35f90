package model

import (
	_ "embed"
	"encoding/binary"
	"math"
)

// A Reference is a picture that can be drawn from a formula, and what ONNX Runtime answered to it.
// reference.py made the answers; they are what a kernel, a port or a build on another machine is
// checked against.
type Reference struct {
	Name     string
	Logits   []float32 // [1000]
	Features []float32 // [1280]
	Map      []float32 // every MapStride-th value of the map [1280,9,9]

	value func(channel, y, x int) int // 0–255
}

// MapStride is the distance between the values of the map that a Reference keeps.
const MapStride = 97

// Input draws the picture as the network wants it, [3,260,260].
func (r Reference) Input() []float32 {
	in := make([]float32, 0, 3*InputSize*InputSize)
	for c := range 3 {
		for y := range InputSize {
			for x := range InputSize {
				in = append(in, float32(r.value(c, y, x)-127)/128)
			}
		}
	}
	return in
}

//go:embed reference.bin
var referenceBin []byte

// References gives the six reference pictures: noise, a mosaic, colour ramps, checks of three
// sizes, a disc, and dots along the edges, where padding shows.
func References() []Reference {
	const last = InputSize - 1
	noise, mosaic := lcg(1, 3*InputSize*InputSize), lcg(2, 3*13*13)
	disc, ground := [3]int{230, 160, 40}, [3]int{60, 120, 200}
	references := []Reference{
		{Name: "noise", value: func(c, y, x int) int { return noise[(c*InputSize+y)*InputSize+x] }},
		{Name: "mosaic", value: func(c, y, x int) int { return mosaic[(c*13+y/20)*13+x/20] }},
		{Name: "ramps", value: func(c, y, x int) int {
			return [3]int{x * 255 / last, y * 255 / last, (x + y) * 255 / (2 * last)}[c]
		}},
		{Name: "checks", value: func(c, y, x int) int { return (x/(7+6*c) + y/(7+6*c)) % 2 * 255 }},
		{Name: "disc", value: func(c, y, x int) int {
			if (x-150)*(x-150)+(y-110)*(y-110) < 80*80 {
				return disc[c]
			}
			return ground[c]
		}},
		{Name: "edges", value: func(_, y, x int) int {
			if (x == 0 || x == last) && y%3 == 0 || (y == 0 || y == last) && x%5 == 0 {
				return 255
			}
			return 127
		}},
	}
	rest := referenceBin
	take := func(n int) []float32 {
		values := make([]float32, n)
		for i := range values {
			values[i] = math.Float32frombits(binary.LittleEndian.Uint32(rest[4*i:]))
		}
		rest = rest[4*n:]
		return values
	}
	for i := range references {
		r := &references[i]
		r.Logits, r.Features = take(Classes), take(Features)
		r.Map = take((Features*MapSize*MapSize + MapStride - 1) / MapStride)
	}
	return references
}

// lcg gives the top bytes of the linear congruential generator of Numerical Recipes.
func lcg(state uint32, n int) []int {
	values := make([]int, n)
	for i := range values {
		state = state*1664525 + 1013904223
		values[i] = int(state >> 24)
	}
	return values
}

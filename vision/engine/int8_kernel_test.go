package engine

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"
)

func TestAProductOfBytesAgreesWithItsTwinAtEverySize(t *testing.T) {
	for _, ks := range assembly() {
		for n := 1; n <= 70; n++ {
			checkInt8Product(t, ks, n, 1+n*7%70, 1+n*13%70, uint64(n))
			checkInt8Product(t, ks, 1+n*11%70, n, 1+n*17%70, uint64(n))
			checkInt8Product(t, ks, 1+n*19%70, 1+n*23%70, n, uint64(n))
		}
	}
}

func FuzzInt8Product(f *testing.F) {
	f.Add(uint8(14), uint8(96), uint8(32), uint64(1))
	f.Fuzz(func(t *testing.T, rows, k, cols uint8, seed uint64) {
		for _, ks := range assembly() {
			checkInt8Product(t, ks, 1+int(rows), 1+int(k), 1+int(cols), seed)
		}
	})
}

// checkInt8Product compares a kernel set with the definition of a product in all forms, and looks for writes outside of it.
func checkInt8Product(t *testing.T, ks *kernels, rows, k, cols int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 2))
	weights := numbers(r, k*cols)
	if seed%3 == 0 { // the extremes must not overflow
		for i := range weights {
			weights[i] = 1
		}
	}
	for to := range forms {
		lo, hi := float32(3), float32(250)
		if to == toFloats {
			lo, hi = -100, 200
		}
		var set int8Set = *ks.int8
		m := packInt8(&set, k, cols, func(row, col int) float32 { return weights[row*cols+col] },
			func(col int, scale float32, sum int32) (float32, float32) {
				return scale / float32(k), float32(col%7) + 20
			}, lo, hi)
		fours := (rows + 3) / 4
		lda, ldr, size, lines := m.k+r.IntN(5), m.cols+r.IntN(5), 1, 4*fours
		switch to {
		case toQuads:
			size, lines = 4, fours
		case toFloats:
			size = 4
		}
		ldc := m.cols*size + 4*r.IntN(3)
		x := int8Product{m: m, form: to, a: randomBytes(r, 4*fours*lda), c: randomBytes(r, lines*ldc), lda: lda, ldc: ldc, ldr: ldr, rows: rows, p1: m.panels}
		if seed%3 == 0 {
			for i := range x.a {
				x.a[i] = 255
			}
		}
		if seed%2 == 0 && to != toQuads {
			x.r, x.rscale = randomBytes(r, 4*fours*ldr), 0.3
		}
		want := slices.Clone(x.c)
		for row := range 4 * fours {
			for p := range m.panels {
				first, width := p*m.width, m.columns(p)
				if row%4 != 0 {
					continue
				}
				var residual *byte
				if x.r != nil {
					residual = &x.r[row*ldr+first]
				}
				at := row*ldc + first*size
				if to == toQuads {
					at = row/4*ldc + first*size
				}
				portableInt8Tile(to, width)(&want[at], &x.a[row*lda], &m.data[first*m.k], &m.scale[first], &m.bias[first], residual, nil,
					ldc, lda, ldr, m.k, x.rscale, lo, hi)
			}
		}
		set.multiply(x)
		if i := firstDifference(x.c, want); i >= 0 {
			t.Fatalf("%s, %d×%d×%d, form %d: byte %d of %d is %d, want %d", ks.name, rows, k, cols, to, i, len(want), x.c[i], want[i])
		}
	}
}

func firstDifference(got, want []byte) int {
	for i := range want {
		if got[i] != want[i] {
			return i
		}
	}
	return -1
}

func randomBytes(r *rand.Rand, n int) []byte {
	b := make([]byte, n)
	for i := range b {
		b[i] = byte(r.Uint32())
	}
	return b
}

func TestDepthwiseOfBytesAgreesWithItsTwinAtEverySize(t *testing.T) {
	for _, ks := range assembly() {
		for window := range ks.int8.depthwise {
			for n := 1; n <= 70; n++ {
				checkInt8Depthwise(t, ks, window, n, 1+n%5, uint64(n))
			}
		}
	}
}

func FuzzInt8Depthwise(f *testing.F) {
	f.Add(false, false, uint8(9), uint8(2), uint64(1))
	f.Fuzz(func(t *testing.T, five, two bool, n, blocks uint8, seed uint64) {
		window := [2]int{3, 1}
		if five {
			window[0] = 5
		}
		if two {
			window[1] = 2
		}
		for _, ks := range assembly() {
			checkInt8Depthwise(t, ks, window, 1+int(n), 1+int(blocks%8), seed)
		}
	})
}

// checkInt8Depthwise compares a kernel with the definition of a depthwise convolution.
func checkInt8Depthwise(t *testing.T, ks *kernels, window [2]int, n, blocks int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 3))
	size, step, channels := window[0], window[1], blocks*block
	taps := make([]int8, channels*size*size)
	for i := range taps {
		taps[i] = int8(r.IntN(2*int(ks.int8.limit)+1) - int(ks.int8.limit))
		if seed%3 == 0 {
			taps[i] = int8(ks.int8.limit)
		}
	}
	w := packTaps(ks.int8.lanes, blocks, size, step, func(channel, ky, kx int) int8 { return taps[(channel*size+ky)*size+kx] })
	quads := (roundUp(n, 4)-1)*step/4 + 3
	quad, out := 4*channels+64*r.IntN(3), channels+r.IntN(20)
	var rows [5][]byte
	var at [5]*byte
	for i := range size {
		rows[i] = randomBytes(r, quads*quad)
		if seed%3 == 0 {
			for j := range rows[i] {
				rows[i][j] = 255
			}
		}
		at[i] = &rows[i][0]
	}
	scale, bias := make([]float32, channels), make([]float32, channels)
	for i := range scale {
		scale[i], bias[i] = r.Float32()/200, r.Float32()*100
	}
	got := randomBytes(r, n*out)
	want := slices.Clone(got)
	const lo, hi = 3, 250
	for x := range n {
		for c := range channels {
			var sum int32
			for ky := range size {
				for kx := range size {
					position := x*step + kx
					sum += int32(rows[ky][position/4*quad+4*c+position%4]) * int32(taps[(c*size+ky)*size+kx])
				}
			}
			want[x*out+c] = roundToByte(min(max(float32(float32(sum)*scale[c])+bias[c], lo), hi))
		}
	}
	for name, f := range map[string]int8Depthwise{ks.name: ks.int8.depthwise[window], "portable": portableInt8Depthwise(size, step, ks.int8.lanes)} {
		dst := slices.Clone(got)
		f(&dst[0], at[0], at[1], at[2], at[3], at[4], &w[0], &scale[0], &bias[0], n, blocks, quad, out, lo, hi)
		if i := firstDifference(dst, want); i >= 0 {
			t.Fatalf("%s, window %v, %d pixels, %d blocks: byte %d is %d, want %d", name, window, n, blocks, i, dst[i], want[i])
		}
	}
}

func TestQuantisingAgreesWithItsTwin(t *testing.T) {
	for _, ks := range assembly() {
		for n := 1; n <= 70; n++ {
			blocks := 1 + n%6
			ld, quad := blocks*block+n%7, 4*blocks*block+64*(n%3)
			src := randoms(4 * n * ld)
			got, want := make([]byte, n*quad), make([]byte, n*quad)
			ks.int8.quantize(&got[0], &src[0], n, blocks, ld, quad, 130, 100)
			portableQuantize(&want[0], &src[0], n, blocks, ld, quad, 130, 100)
			if i := firstDifference(got, want); i >= 0 {
				t.Fatal(fmt.Sprintf("%s, %d quads of %d blocks: byte %d is %d, want %d", ks.name, n, blocks, i, got[i], want[i]))
			}
		}
	}
}

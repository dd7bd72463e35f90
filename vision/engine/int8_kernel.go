package engine

import "math"

// An int8Set is a kernel set's arithmetic for quantised networks. Activations are bytes q that stand for scale·(q - zero),
// weights are numbers from -limit to limit. Sums are exact, and scaled and rounded alike everywhere, so that two sets with the
// same limit give the same bytes.
type int8Set struct {
	limit float32 // 127, or 63 where the sum of two products must fit into 16 bits
	panel int     // columns of a panel of packed weights, in blocks
	rows  int     // most rows of a tile, a multiple of 4
	lanes int     // channels that depthwise takes at once

	tiles     [forms][3][]int8Tile     // by form of the result, width in blocks, and rows/4 less one
	depthwise map[[2]int]int8Depthwise // by size and step of the window
	quantize  func(dst *byte, src *float32, quads, blocks, ld, quad int, scale, zero float32)
}

// A form is how a product stores its results. Quads are what a depthwise convolution reads: four pixels make one row, in which
// the four numbers of a channel lie side by side.
type form int

const (
	toBytes form = iota
	toQuads
	toFloats
	forms
)

// An int8Tile computes one tile of a product of bytes, C = clamp(A·B·scale + bias + rscale·R, lo, hi), whose size and form are in
// its name. All strides are in bytes. b is a packed panel: [k/4][width][4]. R has the form of bytes; r may be nil.
type int8Tile func(c, a *byte, b *int8, scale, bias *float32, r *byte, next *int8, ldc, lda, ldr, k int, rscale, lo, hi float32)

// An int8Depthwise computes n pixels of one output row of a depthwise convolution, for a number of blocks of channels:
// clamp(sum·scale + bias, lo, hi) as bytes, out bytes from pixel to pixel.
//
// r0 to r4 are rows of quads, quad bytes from one to the next, the first of which begins with the leftmost pixel of the first
// window. Four outputs are made at once; a window that is not at the start of a quad has zeros among its weights instead, so w
// is [blocks·16/lanes][size][taps][lanes][4]; see tapsOf.
type int8Depthwise func(dst, r0, r1, r2, r3, r4 *byte, w *int8, scale, bias *float32, n, blocks, quad, out int, lo, hi float32)

// A tap is what one quad of input contributes to one of four outputs.
type tap struct{ output, quad int }

// tapsOf lists the taps of one row of a window, in the order of the packed weights, and counts the quads under four windows.
func tapsOf(size, step int) (list []tap, quads int) {
	quads = (3*step+size-1)/4 + 1
	for q := range quads {
		for o := range 4 {
			if first := o * step; first/4 <= q && q <= (first+size-1)/4 {
				list = append(list, tap{o, q})
			}
		}
	}
	return list, quads
}

// packTaps packs the weights of a depthwise convolution. at gives the weight of a channel at a place of the window.
func packTaps(lanes, blocks, size, step int, at func(channel, ky, kx int) int8) []int8 {
	list, _ := tapsOf(size, step)
	var w []int8
	for first := 0; first < blocks*block; first += lanes {
		for ky := range size {
			for _, t := range list {
				for lane := range lanes {
					for i := range 4 {
						var v int8
						if kx := 4*t.quad + i - t.output*step; kx >= 0 && kx < size {
							v = at(first+lane, ky, kx)
						}
						w = append(w, v)
					}
				}
			}
		}
	}
	return w
}

// An int8Matrix is the right-hand side of a product of bytes, packed: panels of columns, each [k/4][width][4].
type int8Matrix struct {
	k, cols, width, panels int // as for matrix
	data                   []int8
	scale, bias            []float32 // [cols]
	lo, hi                 float32

	following []int8
}

// quantizeColumn scales weights to whole numbers of at most limit.
func quantizeColumn(weights []float32, limit float32, to []int8) (scale float32) {
	var most float32
	for _, w := range weights {
		most = max(most, w, -w)
	}
	if scale = most / limit; scale == 0 {
		scale = 1
	}
	for i, w := range weights {
		to[i] = int8(math.RoundToEven(float64(w / scale)))
	}
	return scale
}

// packInt8 packs a matrix of k rows and cols columns whose result is clamp(scale·sum + bias, lo, hi) in terms of the quantity q.
func packInt8(set *int8Set, k, cols int, at func(row, col int) float32, finish func(col int, scale float32, sum int32) (factor, bias float32),
	lo, hi float32) *int8Matrix {
	m := &int8Matrix{k: roundUp(k, 4), cols: roundUp(cols, block), width: set.panel * block, lo: lo, hi: hi}
	m.panels = (m.cols + m.width - 1) / m.width
	m.data = make([]int8, m.k*m.cols)
	m.scale, m.bias = aligned(m.cols), aligned(m.cols)
	m.following = m.data
	column, rounded := make([]float32, k), make([]int8, k)
	for col := range cols {
		for row := range k {
			column[row] = at(row, col)
		}
		scale := quantizeColumn(column, set.limit, rounded)
		p := col / m.width
		width, first := m.columns(p), p*m.width
		var sum int32
		for row, w := range rounded {
			m.data[first*m.k+(row/4*width+col-first)*4+row%4] = w
			sum += int32(w)
		}
		m.scale[col], m.bias[col] = finish(col, scale, sum)
	}
	return m
}

func (m *int8Matrix) columns(p int) int { return min(m.width, m.cols-p*m.width) }

// An int8Product is a product of bytes for some rows and for panels p0 to p1. c and r point to the first column of panel p0.
// Rows are made in fours: there must be room behind the last of a, r and c.
type int8Product struct {
	m             *int8Matrix
	form          form
	c, a, r       []byte
	ldc, lda, ldr int // bytes from row to row; from quad to quad of c
	rows          int
	p0, p1        int
	rscale        float32
}

// weightsFirstInt8 is the most bytes of weights that are kept in the first-level cache while the rows of A go by.
const weightsFirstInt8 = 24 << 10

// multiplyInt8 computes a product tile by tile.
func (set *int8Set) multiply(x int8Product) {
	if x.rows == 0 || x.p0 >= x.p1 {
		return
	}
	fours := (x.rows + 3) / 4
	tiles := (4*fours + set.rows - 1) / set.rows
	low := fours / tiles
	high := fours - low*tiles
	used := min(x.p1*x.m.width, x.m.cols) - x.p0*x.m.width
	rows, size, last := 4*fours, 1, 4*fours-1 // rows of c
	switch x.form {
	case toQuads:
		size, last = 4, fours-1
	case toFloats:
		size = 4
	}
	_, _ = x.a[(rows-1)*x.lda+x.m.k-1], x.c[last*x.ldc+used*size-1]
	if x.r != nil {
		_ = x.r[(rows-1)*x.ldr+used-1]
	}
	ahead := x.m.width * x.m.k / tiles
	if used*x.m.k <= weightsFirstInt8 {
		for t, row := 0, 0; t < tiles; t++ {
			height := low
			if t < high {
				height++
			}
			for p := x.p0; p < x.p1; p++ {
				set.tile(&x, row, height, p, t*ahead, size)
			}
			row += 4 * height
		}
		return
	}
	for p := x.p0; p < x.p1; p++ {
		for t, row := 0, 0; t < tiles; t++ {
			height := low
			if t < high {
				height++
			}
			set.tile(&x, row, height, p, t*ahead, size)
			row += 4 * height
		}
	}
}

// tile computes some fours of rows of panel p; size is the number of bytes of a column of c.
func (set *int8Set) tile(x *int8Product, row, fours, p, ahead, size int) {
	m := x.m
	first := p * m.width
	c := row*x.ldc + (first-x.p0*m.width)*size
	if x.form == toQuads {
		c = row/4*x.ldc + (first-x.p0*m.width)*size
	}
	var r *byte
	if x.r != nil {
		r = &x.r[row*x.ldr+first-x.p0*m.width]
	}
	next := m.following
	if p+1 < m.panels {
		next = m.data[(first+m.width)*m.k:]
	}
	if ahead < len(next) {
		next = next[ahead:]
	}
	set.tiles[x.form][m.columns(p)/block][fours-1](&x.c[c], &x.a[row*x.lda], &m.data[first*m.k], &m.scale[first], &m.bias[first], r, &next[0],
		x.ldc, x.lda, x.ldr, m.k, x.rscale, m.lo, m.hi)
}

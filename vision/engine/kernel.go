package engine

import (
	"fmt"
	"os"
	"slices"
	"strings"
)

//go:generate go run ./gen -pkg engine -out kernels_amd64.s -stubs stubs_amd64.go -neon kernels_arm64.s -neonstubs stubs_arm64.go

// block is the number of channels that kernels work on at once. Rows of activations are padded to a multiple of it.
const block = 16

// A kernel set is the arithmetic for one kind of CPU. All sets compute the same; they differ in the size of a tile and in
// rounding, since sums are taken in different orders.
type kernels struct {
	name      string
	available bool

	panel int             // columns of a panel of packed weights, in blocks
	rows  int             // most rows of a tile
	tiles [3][]tileKernel // by width in blocks, then by rows less one

	depthwise map[int]depthwiseKernel // by size of the window
	mean      meanKernel

	int8 *int8Set // for quantised networks, if it can compute them; int8_kernel.go

	peak func(n int) (operations int) // for benchmarks: as many multiply-adds as the CPU can do, and nothing else
}

// A tileKernel computes one tile of a matrix product, C = clamp(A·B + bias + R, lo, hi), whose size is in its name.
//
// a is row-major with lda floats from row to row. b is a packed panel: for each of the k inner steps one row of the tile's
// width. bias has the tile's width. r is the residual, or nil. k is a multiple of 4. next is what
// will be read soon and may be prefetched.
type tileKernel func(c, a, b, bias, r, next *float32, ldc, lda, ldr, k int, lo, hi float32)

// A depthwiseKernel computes n pixels of one output row of a depthwise convolution, for a number of blocks of channels.
//
// r0 to r4 are the input rows under the window (the first three for a 3×3 window), each at the leftmost pixel of the first
// window, padding included. Neighbouring input pixels are pixel floats apart, the windows of neighbouring outputs step floats,
// output pixels out floats. w is [blocks][window·window][16], bias [blocks][16].
type depthwiseKernel func(dst, r0, r1, r2, r3, r4, w, bias *float32, n, blocks, pixel, step, out int, lo, hi float32)

// A meanKernel sets dst to scale times the sum of n rows, ld floats apart, for a number of blocks of channels.
type meanKernel func(dst, src *float32, n, blocks, ld int, scale float32)

// kernelSets lists the sets of this architecture, fastest first; the portable one is always there.
func kernelSets() []*kernels { return append(machineKernels(), portable) }

// Kernels names the kernel sets that this machine can run, fastest first.
func Kernels() []string {
	var names []string
	for _, k := range kernelSets() {
		if k.available {
			names = append(names, k.name)
		}
	}
	return names
}

// chooseKernels returns the named set, or the fastest one that this CPU can run. $ZOODEX_KERNEL stands in for an empty name.
func chooseKernels(name string, p Precision) (*kernels, error) {
	if name == "" {
		name = os.Getenv("ZOODEX_KERNEL")
	}
	for _, k := range kernelSets() {
		if k.available && (name == "" || name == k.name) && (p != Int8 || k.int8 != nil) {
			return k, nil
		}
	}
	if p == Int8 && slices.Contains(Kernels(), name) {
		return nil, fmt.Errorf("kernel %q: not for int8 on this machine", name)
	}
	return nil, fmt.Errorf("kernel %q: this machine has %s", name, strings.Join(Kernels(), ", "))
}

// A matrix is the right-hand side of a product, packed for a kernel set: panels of columns, each [k][width].
// The last panel may be narrower.
type matrix struct {
	k      int // rows, padded to a multiple of 4 with zeros
	cols   int // padded to a multiple of block with zeros
	width  int // of all panels but perhaps the last
	panels int
	data   []float32
	bias   []float32 // [cols]
	lo, hi float32   // what results are clamped to

	following []float32 // weights that the plan uses after these
}

// pack packs a matrix of k rows and cols columns.
func pack(ks *kernels, k, cols int, at func(row, col int) float32, bias []float32, lo, hi float32) *matrix {
	m := &matrix{k: roundUp(k, 4), cols: roundUp(cols, block), width: ks.panel * block, lo: lo, hi: hi}
	m.panels = (m.cols + m.width - 1) / m.width
	m.data, m.bias = aligned(m.k*m.cols), aligned(m.cols)
	copy(m.bias, bias)
	m.following = m.data
	for p := range m.panels {
		first, width := p*m.width, m.columns(p)
		for row := range k {
			for col := first; col < min(first+width, cols); col++ {
				m.data[first*m.k+row*width+col-first] = at(row, col)
			}
		}
	}
	return m
}

// columns is the width of panel p.
func (m *matrix) columns(p int) int { return min(m.width, m.cols-p*m.width) }

// A product is C = clamp(A·M + bias + R) for some rows and for panels p0 to p1 of M. c and r point to the first column of panel
// p0; r may be nil. Rows of a must be readable to m.k floats.
type product struct {
	m           *matrix
	c, a, r     []float32
	ldc, lda    int // floats from row to row; r has those of c
	rows        int
	p0, p1      int
	part, parts int // this is one of several products with the same panels
}

// weightsFirst is the most floats of weights that are kept in the first-level cache while the rows of A go by.
const weightsFirst = 8 << 10

// multiply computes a product tile by tile. While it uses one panel it prefetches the next: weights are read once a run, so
// they come from the third-level cache at best.
func (ks *kernels) multiply(x product) {
	if x.rows == 0 || x.p0 >= x.p1 {
		return
	}
	used := min(x.p1*x.m.width, x.m.cols) - x.p0*x.m.width
	_, _ = x.a[(x.rows-1)*x.lda+x.m.k-1], x.c[(x.rows-1)*x.ldc+used-1]
	if x.r != nil {
		_ = x.r[(x.rows-1)*x.ldc+used-1]
	}
	// Tiles are of one height, or one row less.
	tiles := (x.rows + ks.rows - 1) / ks.rows
	low := x.rows / tiles
	high := x.rows - low*tiles
	ahead := x.m.width * x.m.k / (max(x.parts, 1) * tiles) // floats of the next panel to prefetch in each tile
	if used*x.m.k <= weightsFirst {
		for t, row := 0, 0; t < tiles; t++ {
			height := low
			if t < high {
				height++
			}
			for p := x.p0; p < x.p1; p++ {
				ks.tile(&x, row, height, p, (x.part*tiles+t)*ahead)
			}
			row += height
		}
		return
	}
	for p := x.p0; p < x.p1; p++ {
		for t, row := 0, 0; t < tiles; t++ {
			height := low
			if t < high {
				height++
			}
			ks.tile(&x, row, height, p, (x.part*tiles+t)*ahead)
			row += height
		}
	}
}

// tile computes some rows of panel p.
func (ks *kernels) tile(x *product, row, height, p, ahead int) {
	m := x.m
	first := p * m.width
	c := row*x.ldc + first - x.p0*m.width
	var r *float32
	if x.r != nil {
		r = &x.r[c]
	}
	next := m.following
	if p+1 < m.panels {
		next = m.data[(first+m.width)*m.k:]
	}
	if ahead < len(next) {
		next = next[ahead:]
	}
	ks.tiles[m.columns(p)/block][height-1](&x.c[c], &x.a[row*x.lda], &m.data[first*m.k], &m.bias[first], r, &next[0],
		x.ldc, x.lda, x.ldc, m.k, m.lo, m.hi)
}

func roundUp(n, multiple int) int { return (n + multiple - 1) / multiple * multiple }

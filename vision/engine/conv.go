package engine

import "fmt"

// dense is a convolution as a product of matrices: A has a row for each output pixel, holding what lies under its window.
//
// For a 1×1 convolution A is the input as it lies. Otherwise A is built for one output row at a time from an input in ONNX
// order. Its columns are [kx][ky][channel]: then what lies under one column of the window is a run of ky·channel numbers that
// the windows of neighbouring pixels share, and A needs no copy a window, only a row stride shorter than its rows.
type dense struct {
	window
	matrix *matrix
	point  *rows // input of a 1×1 convolution
	plain  place // input of any other
}

// dense prepares a convolution of one group.
func (p *planner) dense(c *convolution) (*dense, error) {
	d := &dense{window: c.window}
	var err error
	taps := c.kernel[0] * c.kernel[1]
	if c.pointwise() {
		d.point, err = p.asRows(c.from)
	} else {
		d.plain, err = p.asPlain(c.from)
	}
	if err != nil {
		return nil, err
	}
	d.matrix = p.pack(taps*c.channels, c.filters, func(row, col int) float32 {
		kx, ky, channel := row/c.channels/c.kernel[0], row/c.channels%c.kernel[0], row%c.channels
		return c.weights.at((col*c.channels+channel)*taps + ky*c.kernel[1] + kx)
	}, c.bias, c.lo, c.hi)
	return d, nil
}

func (d *dense) input() place {
	if d.point != nil {
		return d.point.place
	}
	return d.plain
}

// column is the number of floats of A for one column of pixels.
func (d *dense) column() int { return d.kernel[0] * d.channels }

// scratch is the number of floats that row needs for n pixels.
func (d *dense) scratch(n int) int {
	if d.point != nil {
		return 0
	}
	return roundUp(((n-1)*d.stride[1]+d.kernel[1])*d.column()+4, block)
}

// row returns the rows of A for n output pixels from (x, y) on, and the floats from one to the next.
func (d *dense) row(s *state, scratch []float32, y, x, n int) (a []float32, lda int) {
	if d.point != nil {
		return d.point.of(s)[(y*d.point.width+x)*d.point.stride:], d.point.stride
	}
	in, column := d.plain.of(s), d.column()
	columns := (n-1)*d.stride[1] + d.kernel[1]
	left := x*d.stride[1] - d.before[1]
	from, end := min(max(0, left), d.in[1]), max(0, min(left+columns, d.in[1])) // columns of the picture
	if from >= end {
		from, end = 0, 0
	}
	clear(scratch[:(from-left)*column])
	clear(scratch[(end-left)*column : d.scratch(n)])
	for ky := range d.kernel[0] {
		iy := y*d.stride[0] - d.before[0] + ky
		to := scratch[(from-left)*column+ky*d.channels:]
		if iy < 0 || iy >= d.in[0] {
			for i := range end - from {
				clear(to[i*column:][:d.channels])
			}
			continue
		}
		plane := d.in[0] * d.in[1]
		rows := in[iy*d.in[1]:]
		if d.channels == 3 {
			interleave(to, column, rows[from:end], rows[plane+from:plane+end], rows[2*plane+from:2*plane+end])
			continue
		}
		for c := range d.channels {
			for i, v := range rows[c*plane+from : c*plane+end] {
				to[i*column+c] = v
			}
		}
	}
	return scratch, d.stride[1] * column
}

// interleave writes red, green and blue side by side, column floats from pixel to pixel.
func interleave(to []float32, column int, r, g, b []float32) {
	g, b = g[:len(r)], b[:len(r)]
	for i, v := range r {
		p := (*[3]float32)(to)
		p[0], p[1], p[2] = v, g[i], b[i]
		to = to[min(column, len(to)):]
	}
}

// addConvolution plans a dense convolution as a step of its own.
func (p *planner) addConvolution(c *convolution) error {
	d, err := p.dense(c)
	if err != nil {
		return err
	}
	reads := []place{d.input()}
	var residual *rows
	if c.residual != nil {
		if residual, err = p.asRows(c.residual); err != nil {
			return err
		}
		reads = append(reads, residual.place)
	}
	out := p.allocateRows(c.to)
	if d.point != nil {
		p.addProduct("Conv 1x1", d.matrix, d.point, out, residual)
		return nil
	}
	scratch := d.scratch(out.width)
	if err := p.needScratch(scratch); err != nil {
		return err
	}
	ks := p.kernels
	p.add("Conv", c.window.out[0], reads, []place{out.place}, func(s *state, w *worker, y int) {
		a, lda := d.row(s, w.scratch[:scratch], y, 0, out.width)
		first, stride := y*out.width*out.stride, out.stride
		var r []float32
		if residual != nil {
			r = residual.of(s)[first:]
		}
		ks.multiply(product{m: d.matrix, c: out.of(s)[first:], a: a, r: r, ldc: stride, lda: lda, rows: out.width, p1: d.matrix.panels,
			part: y, parts: out.height})
	})
	return nil
}

// deal says into how many chunks a product is cut, and whether these are ranges of panels: of a matrix of so many numbers that is
// larger than the map, whose tiles are dealt otherwise.
func (p *planner) deal(matrix, panels, mapped, tiles int) (chunks int, byPanel bool) {
	switch {
	case p.threads <= 1:
		return 1, false
	case matrix > mapped && panels >= 2*p.threads:
		return min(panels, 4*p.threads), true
	default:
		return min(tiles, 4*p.threads), false
	}
}

// addProduct plans the product of a whole map with a matrix. Chunks are ranges of panels, or of pixels where a map has more
// numbers than the matrix: each core reads all of the other.
func (p *planner) addProduct(name string, m *matrix, in, out, residual *rows) {
	reads := []place{in.place}
	if residual != nil {
		reads = append(reads, residual.place)
	}
	ks, pixels := p.kernels, in.height*in.width
	tiles := (pixels + ks.rows - 1) / ks.rows
	chunks, byPanel := p.deal(len(m.data), m.panels, pixels*in.stride, tiles)
	parts := chunks
	if byPanel {
		parts = 1
	}
	p.add(name, chunks, reads, []place{out.place}, func(s *state, _ *worker, chunk int) {
		p0, p1, first, last := 0, m.panels, 0, pixels
		if byPanel {
			p0, p1 = share(m.panels, chunk, chunks)
		} else {
			first, last = share(tiles, chunk, chunks)
			first, last = first*ks.rows, min(last*ks.rows, pixels)
		}
		var r []float32
		at := first*out.stride + p0*m.width
		if residual != nil {
			r = residual.of(s)[at:]
		}
		ks.multiply(product{m: m, c: out.of(s)[at:], a: in.of(s)[first*in.stride:], r: r, ldc: out.stride, lda: in.stride, rows: last - first,
			p0: p0, p1: p1, part: chunk % parts, parts: parts})
	})
}

// share is the part of n things that is chunk i of several.
func share(n, i, chunks int) (first, end int) { return n * i / chunks, n * (i + 1) / chunks }

// fuseGemm plans a Gemm of one row with constant weights.
func (p *planner) fuseGemm(o *operation) (bool, error) {
	if o.kind != "Gemm" || !fitsRows(o.in[0]) || !fitsRows(o.out[0]) || o.in[1].constant == nil {
		return false, nil
	}
	g, err := gemmOf(o)
	if err != nil || g.transA {
		return false, err
	}
	weights := o.in[1].constant
	if err := weights.check(); err != nil {
		return false, fmt.Errorf("B %w", err)
	}
	bias := make([]float32, g.n)
	if len(o.in) == 3 && o.in[2] != nil {
		if o.in[2].constant == nil {
			return false, nil
		}
		c, err := o.in[2].constant.floats()
		if err != nil {
			return false, err
		}
		steps := broadcastSteps(o.in[2].shape, o.out[0].shape)
		for i := range bias {
			bias[i] = g.beta * c[i*steps[1]]
		}
	}
	weight := func(row, col int) float32 {
		if g.transB {
			return g.alpha * weights.at(col*g.k+row)
		}
		return g.alpha * weights.at(row*g.n+col)
	}
	p.done[o] = true
	if ok, err := p.addInt8Gemm(o.in[0], o.out[0], g.k, g.n, weight, bias); ok || err != nil {
		return true, err
	}
	in, err := p.asRows(o.in[0])
	if err != nil {
		return false, err
	}
	m := p.pack(g.k, g.n, weight, bias, negativeInfinity, positiveInfinity)
	p.addProduct("Gemm", m, in, p.allocateRows(o.out[0]), nil)
	return true, nil
}

// fusePool plans a GlobalAveragePool of rows.
func (p *planner) fusePool(o *operation) (bool, error) {
	in := p.rows[o.in[0]]
	if o.kind != "GlobalAveragePool" || in == nil || len(o.in[0].shape) != 4 {
		return false, nil
	}
	out := p.allocateRows(o.out[0])
	p.done[o] = true
	pixels, ks := in.height*in.width, p.kernels
	p.add("GlobalAveragePool", 1, []place{in.place}, []place{out.place}, func(s *state, _ *worker, _ int) {
		ks.mean(&out.of(s)[0], &in.of(s)[0], pixels, in.stride/block, in.stride, 1/float32(pixels))
	})
	return true, nil
}

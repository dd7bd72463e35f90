package engine

// An inverted is the inverted residual of MobileNet V2 (Sandler et al. 2018) or a part of it: a convolution that expands, a
// depthwise convolution, a 1×1 convolution that projects. Only the depthwise one must be there.
//
// The expanded map is several times larger than input and output, so it is never made. It lives, a panel of channels wide, in
// a ring of as many rows as the window is high: each output row expands the input rows it is the first to see and convolves
// the ring.
//
//   - Large maps go by rows: for each output row all panels are expanded and convolved, and the row is projected at once. A
//     chunk is a band of rows, and expands anew the few rows that it shares with the band above.
//   - Small maps have more weights than pixels and go by panels: one panel of channels after the other is expanded and
//     convolved for the whole map, so that its weights are read once. Projection is a step of its own.
type inverted struct {
	expand, depthwise, project *convolution
}

// byPanelsFrom is the number of floats in the weights of expansion and projection from which a block goes by panels: when they
// no longer fit into the first-level cache.
const byPanelsFrom = 16 << 10

// A ring makes and convolves the rows in the middle of a block.
type ring struct {
	window
	kernels  *kernels
	convolve depthwiseKernel
	weights  []float32 // [blocks][window·window][16]
	bias     []float32
	lo, hi   float32
	blocks   int

	expand *dense // or
	source *rows

	width  int       // channels of a panel
	panels int       //
	pixels int       // of a row with its padding
	zeros  []float32 // a row of padding
	column int       // floats of scratch for expand
}

func (p *planner) addBlock(b *inverted) error {
	r, err := p.ring(b)
	if err != nil {
		return err
	}
	var project *matrix
	var residual *rows
	last := b.depthwise
	if b.project != nil {
		last = b.project
		d, err := p.packed(b.project)
		if err != nil {
			return err
		}
		project = d
		if last.residual != nil {
			if residual, err = p.asRows(last.residual); err != nil {
				return err
			}
		}
	}
	reads := []place{r.input()}
	p.needScratch(r.scratch() + r.out[1]*r.blocks*block)

	if e := r.expand; e != nil && e.point != nil && (project == nil || len(e.matrix.data)+len(project.data) >= byPanelsFrom) {
		middle := p.allocateRows(b.depthwise.to)
		p.add("expand, depthwise", r.panels, reads, []place{middle.place}, func(s *state, w *worker, panel int) {
			r.byPanel(s, w, panel, middle.of(s))
		})
		if project != nil {
			p.addProduct("project", project, middle, p.allocateRows(last.to), residual)
		}
		return nil
	}
	if residual != nil {
		reads = append(reads, residual.place)
	}
	bands := 1
	if p.threads > 1 {
		bands = min(r.out[0], 2*p.threads)
	}
	out := p.allocateRows(last.to)
	p.add("expand, depthwise, project", bands, reads, []place{out.place}, func(s *state, w *worker, band int) {
		r.byRows(s, w, band, bands, project, out, residual)
	})
	return nil
}

// packed packs the weights of a 1×1 convolution.
func (p *planner) packed(c *convolution) (*matrix, error) {
	return pack(p.kernels, c.channels, c.filters, func(row, col int) float32 { return c.weights[col*c.channels+row] }, c.bias, c.lo, c.hi), nil
}

// ring prepares the middle of a block.
func (p *planner) ring(b *inverted) (*ring, error) {
	c := b.depthwise
	r := &ring{window: c.window, kernels: p.kernels, convolve: p.kernels.depthwise[c.kernel[0]], lo: c.lo, hi: c.hi,
		blocks: roundUp(c.channels, block) / block, width: p.kernels.panel * block}
	var err error
	if b.expand != nil {
		if r.expand, err = p.dense(b.expand); err != nil {
			return nil, err
		}
		r.column = r.expand.scratch()
	} else if r.source, err = p.asRows(c.from); err != nil {
		return nil, err
	}
	r.panels = (r.blocks + p.kernels.panel - 1) / p.kernels.panel
	r.pixels = max(r.before[1]+r.in[1], (r.out[1]-1)*r.stride[1]+r.kernel[1])
	r.zeros = aligned(r.pixels * r.width)
	taps := c.kernel[0] * c.kernel[1]
	r.weights, r.bias = aligned(r.blocks*taps*block), aligned(r.blocks*block)
	copy(r.bias, c.bias)
	for channel := range c.channels {
		for t := range taps {
			r.weights[(channel/block*taps+t)*block+channel%block] = c.weights[channel*taps+t]
		}
	}
	return r, nil
}

func (r *ring) input() place {
	if r.expand != nil {
		return r.expand.input()
	}
	return r.source.place
}

// size is the number of floats of the ring of one panel.
func (r *ring) size() int { return r.kernel[0] * r.pixels * r.width }

// scratch is the number of floats that the rings of all panels and the expansion need.
func (r *ring) scratch() int { return r.panels*r.size() + r.column }

// panelWidth is the number of channels of a panel; the last may be narrower.
func (r *ring) panelWidth(panel int) int { return min(r.width, r.blocks*block-panel*r.width) }

// reset makes a ring ready for a panel: zeros to the left and right of the picture.
func (r *ring) reset(ring []float32, panel int) {
	width := r.panelWidth(panel)
	for slot := range r.kernel[0] {
		row := ring[slot*r.pixels*width:][:r.pixels*width]
		clear(row[:r.before[1]*width])
		clear(row[(r.before[1]+r.in[1])*width:])
	}
}

// fill puts input row y of a panel into its ring.
func (r *ring) fill(s *state, ring, column []float32, panel, y int) {
	width := r.panelWidth(panel)
	row := ring[(y%r.kernel[0]*r.pixels+r.before[1])*width:][:r.in[1]*width]
	if r.expand != nil {
		a, lda := r.expand.row(s, column, y)
		r.kernels.multiply(r.expand.matrix, row, width, a, lda, r.in[1], nil, 0, panel, panel+1)
		return
	}
	src, stride := r.source.of(s)[y*r.in[1]*r.source.stride+panel*r.width:], r.source.stride
	for x := range r.in[1] {
		copy(row[x*width:][:width], src[x*stride:])
	}
}

// row convolves one output row of a panel into dst, whose pixels are stride floats apart.
func (r *ring) row(ring, dst []float32, stride, panel, y int) {
	width := r.panelWidth(panel)
	var rows [5]*float32
	for k := range r.kernel[0] {
		if iy := r.top(y) + k; iy < 0 || iy >= r.in[0] {
			rows[k] = &r.zeros[0]
		} else {
			rows[k] = &ring[iy%r.kernel[0]*r.pixels*width]
		}
	}
	first := panel * r.width
	_ = dst[(r.out[1]-1)*stride+width-1]
	r.convolve(&dst[0], rows[0], rows[1], rows[2], rows[3], rows[4], &r.weights[first*r.kernel[0]*r.kernel[1]], &r.bias[first],
		r.out[1], width/block, width, width*r.stride[1], stride, r.lo, r.hi)
}

// top is the first input row under the window of output row y, bottom the one after the last; both may lie outside.
func (r *ring) top(y int) int    { return y*r.stride[0] - r.before[0] }
func (r *ring) bottom(y int) int { return min(r.in[0], r.top(y)+r.kernel[0]) }

// byPanel makes one panel of the convolved map.
func (r *ring) byPanel(s *state, w *worker, panel int, dst []float32) {
	ring, column, stride := w.scratch[:r.size()], w.scratch[r.size():], r.blocks*block
	r.reset(ring, panel)
	filled := 0
	for y := range r.out[0] {
		for ; filled < r.bottom(y); filled++ {
			r.fill(s, ring, column, panel, filled)
		}
		r.row(ring, dst[y*r.out[1]*stride+panel*r.width:], stride, panel, y)
	}
}

// byRows makes one band of rows of the block's result.
func (r *ring) byRows(s *state, w *worker, band, bands int, project *matrix, out, residual *rows) {
	rings, column, middle := w.scratch[:r.panels*r.size()], w.scratch[r.panels*r.size():r.scratch()], w.scratch[r.scratch():]
	first, end := share(r.out[0], band, bands)
	filled := max(0, r.top(first))
	for panel := range r.panels {
		r.reset(rings[panel*r.size():], panel)
	}
	for y := first; y < end; y++ {
		at := y * out.width * out.stride
		dst, stride := middle, r.blocks*block
		if project == nil {
			dst, stride = out.of(s)[at:], out.stride
		}
		for panel := range r.panels {
			ring := rings[panel*r.size():][:r.size()]
			for iy := filled; iy < r.bottom(y); iy++ {
				r.fill(s, ring, column, panel, iy)
			}
			r.row(ring, dst[panel*r.width:], stride, panel, y)
		}
		filled = max(filled, r.bottom(y))
		if project != nil {
			var res []float32
			if residual != nil {
				res = residual.of(s)[at:]
			}
			r.kernels.multiply(project, out.of(s)[at:], out.stride, middle, stride, out.width, res, out.stride, 0, project.panels)
		}
	}
}

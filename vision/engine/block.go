package engine

// An inverted is the inverted residual of MobileNet V2 (Sandler et al. 2018) or a part of it: a convolution that expands, a
// depthwise convolution, a 1×1 convolution that projects. Only the depthwise one must be there.
//
// The expanded map is several times larger than input and output, so it is never made. It lives in rings, one for each panel
// of channels, of as many rows as the window is high: each output row expands the input rows it is the first to see and
// convolves the ring, while all this is in the first-level cache.
//
//   - Large maps go by areas: one panel after the other is expanded and convolved for some rows, until these fill a part of
//     the second-level cache, and then projected. Wide maps are cut into strips of columns, so that a ring fits into the
//     first-level cache. What lies under the windows of two areas that are different chunks is expanded twice.
//   - Small maps have more weights than pixels and go by panels: one panel after the other is expanded and convolved for the
//     whole map, so that its weights are read once. Projection is a step of its own.
type inverted struct {
	expand, depthwise, project *convolution
}

const (
	// byPanelsFrom is the number of floats in the weights of expansion and projection from which a block goes by panels:
	// when they no longer fit into the first-level cache.
	byPanelsFrom = 16 << 10

	// ringFloats is the size that the ring of one panel may have beside all else in the first-level cache.
	ringFloats = 7 << 10

	// convolvedFloats is the size that convolved rows may have in the second-level cache.
	convolvedFloats = 64 << 10
)

// A middle is the part of a block up to the depthwise convolution.
type middle struct {
	window   // of the depthwise convolution
	kernels  *kernels
	convolve depthwiseKernel
	weights  []float32 // [blocks][window·window][16]
	bias     []float32
	lo, hi   float32
	blocks   int

	expand *dense // or
	source *rows

	width, panels int       // panels of so many channels; the last may be narrower
	strips, bands int       // the map is cut into so many chunks of columns and of rows
	zeros         []float32 // a row outside of the picture
}

// A strip is a range of columns of a map.
type strip struct {
	first, end  int // output columns
	left, right int // input columns under their windows; some may lie outside of the picture
}

func (p *planner) addBlock(b *inverted) error {
	m, err := p.middle(b)
	if err != nil {
		return err
	}
	last, reads := b.depthwise, []place{m.input()}
	var project *matrix
	var residual *rows
	if b.project != nil {
		last = b.project
		project = p.pack(last.channels, last.filters, func(row, col int) float32 {
			return last.weights.at(col*last.channels + row)
		}, last.bias, last.lo, last.hi)
		if last.residual != nil {
			if residual, err = p.asRows(last.residual); err != nil {
				return err
			}
			reads = append(reads, residual.place)
		}
	}

	if e := m.expand; e != nil && e.point != nil && project != nil && len(e.matrix.data)+len(project.data) >= byPanelsFrom {
		if err := p.cut(m, 1, 1, m.ring); err != nil {
			return err
		}
		convolved := p.allocateRows(b.depthwise.to)
		p.add("expand, depthwise", m.panels, reads, []place{convolved.place}, func(s *state, w *worker, panel int) {
			m.byPanel(s, w, panel, convolved.of(s))
		})
		p.addProduct("project", project, convolved, p.allocateRows(last.to), residual)
		return nil
	}
	strips, bands := (m.kernel[0]*m.in[1]*m.width+ringFloats-1)/ringFloats, 1
	if p.threads > 1 {
		bands = min((2*p.threads+strips-1)/strips, m.out[0])
	}
	if err := p.cut(m, strips, bands, m.scratch); err != nil {
		return err
	}
	out := p.allocateRows(last.to)
	p.add("expand, depthwise, project", m.strips*m.bands, reads, []place{out.place}, func(s *state, w *worker, chunk int) {
		m.byArea(s, w, chunk%m.strips, chunk/m.strips, project, out, residual)
	})
	return nil
}

// middle prepares a block up to the depthwise convolution.
func (p *planner) middle(b *inverted) (*middle, error) {
	c := b.depthwise
	m := &middle{window: c.window, kernels: p.kernels, convolve: p.kernels.depthwise[c.kernel[0]], lo: c.lo, hi: c.hi,
		blocks: roundUp(c.channels, block) / block, width: p.kernels.panel * block}
	var err error
	if b.expand != nil {
		m.expand, err = p.dense(b.expand)
	} else {
		m.source, err = p.asRows(c.from)
	}
	if err != nil {
		return nil, err
	}
	m.panels = (m.blocks + p.kernels.panel - 1) / p.kernels.panel
	taps := c.kernel[0] * c.kernel[1]
	m.weights, m.bias = aligned(m.blocks*taps*block), aligned(m.blocks*block)
	copy(m.bias, c.bias)
	for channel := range c.channels {
		for t := range taps {
			m.weights[(channel/block*taps+t)*block+channel%block] = c.weights.at(channel*taps + t)
		}
	}
	return m, nil
}

func (m *middle) input() place {
	if m.expand != nil {
		return m.expand.input()
	}
	return m.source.place
}

// cut divides the map into chunks, each of which needs so much scratch.
func (p *planner) cut(m *middle, strips, bands int, scratch func() int) error {
	m.strips, m.bands = strips, bands
	if err := p.needScratch(scratch()); err != nil {
		return err
	}
	m.zeros = aligned(m.pixels() * m.width) // smaller than a ring
	return nil
}

// strip is strip i.
func (m *middle) strip(i int) (s strip) {
	s.first, s.end = share(m.out[1], i, m.strips)
	s.left = s.first*m.stride[1] - m.before[1]
	s.right = (s.end-1)*m.stride[1] - m.before[1] + m.kernel[1]
	return s
}

// pixels is the length of the longest row of a ring.
func (m *middle) pixels() int {
	return ((m.out[1]+m.strips-1)/m.strips-1)*m.stride[1] + m.kernel[1]
}

// ring is the number of floats of the ring of one panel.
func (m *middle) ring() int { return m.kernel[0] * m.pixels() * m.width }

// rows is the number of output rows that are convolved before they are projected.
func (m *middle) rows() int {
	return max(1, convolvedFloats*m.strips/(m.out[1]*m.blocks*block))
}

// scratch is the number of floats that byArea needs: rings, convolved rows, and what expand needs.
func (m *middle) scratch() int {
	n := m.panels*m.ring() + m.rows()*m.out[1]*m.blocks*block
	if m.expand != nil {
		n += m.expand.scratch(m.pixels())
	}
	return n
}

// panelWidth is the number of channels of a panel.
func (m *middle) panelWidth(panel int) int { return min(m.width, m.blocks*block-panel*m.width) }

// fill puts input row y of a panel into its ring.
func (m *middle) fill(s *state, ring, scratch []float32, panel, y int, at strip) {
	width := m.panelWidth(panel)
	length := (at.right - at.left) * width
	row := ring[y%m.kernel[0]*length:][:length]
	from := max(0, at.left)
	end := max(from, min(at.right, m.in[1]))
	clear(row[:(from-at.left)*width])
	clear(row[(end-at.left)*width:])
	row = row[(from-at.left)*width:]
	switch {
	case from == end:
	case m.expand != nil:
		a, lda := m.expand.row(s, scratch, y, from, end-from)
		m.kernels.multiply(product{m: m.expand.matrix, c: row, a: a, ldc: width, lda: lda, rows: end - from,
			p0: panel, p1: panel + 1, part: y, parts: m.in[0]})
	default:
		src, stride := m.source.of(s)[(y*m.in[1]+from)*m.source.stride+panel*m.width:], m.source.stride
		for x := range end - from {
			copy(row[x*width:][:width], src[x*stride:])
		}
	}
}

// row convolves output row y of a panel into dst, whose pixels are stride floats apart.
func (m *middle) row(ring, dst []float32, stride, panel, y int, at strip) {
	width := m.panelWidth(panel)
	var rows [5]*float32
	for k := range m.kernel[0] {
		if iy := m.top(y) + k; iy < 0 || iy >= m.in[0] {
			rows[k] = &m.zeros[0]
		} else {
			rows[k] = &ring[iy%m.kernel[0]*(at.right-at.left)*width]
		}
	}
	first, n := panel*m.width, at.end-at.first
	_ = dst[(n-1)*stride+width-1]
	m.convolve(&dst[0], rows[0], rows[1], rows[2], rows[3], rows[4], &m.weights[first*m.kernel[0]*m.kernel[1]], &m.bias[first],
		n, width/block, width, width*m.stride[1], stride, m.lo, m.hi)
}

// top is the first input row under the window of output row y, bottom the one after the last in the picture.
func (m *middle) top(y int) int    { return y*m.stride[0] - m.before[0] }
func (m *middle) bottom(y int) int { return min(m.in[0], m.top(y)+m.kernel[0]) }

// byPanel makes one panel of the convolved map.
func (m *middle) byPanel(s *state, w *worker, panel int, dst []float32) {
	all, stride := m.strip(0), m.blocks*block
	filled := 0
	for y := range m.out[0] {
		for ; filled < m.bottom(y); filled++ {
			m.fill(s, w.scratch, nil, panel, filled, all)
		}
		m.row(w.scratch, dst[y*m.out[1]*stride+panel*m.width:], stride, panel, y, all)
	}
}

// byArea makes one strip of one band of the block's result.
func (m *middle) byArea(s *state, w *worker, column, band int, project *matrix, out, residual *rows) {
	at, size, stride := m.strip(column), m.ring(), m.blocks*block
	pixels := at.end - at.first
	rings, scratch := w.scratch[:m.panels*size], w.scratch[m.panels*size:]
	convolved, scratch := scratch[:m.rows()*pixels*stride], scratch[m.rows()*pixels*stride:]
	first, last := share(m.out[0], band, m.bands)
	filled := max(0, m.top(first))
	for ; first < last; first += m.rows() {
		end := min(first+m.rows(), last)
		dst := convolved
		to := (first*out.width + at.first) * out.stride
		line := pixels * stride // from row to row of dst
		if project == nil {
			dst, stride, line = out.of(s)[to:], out.stride, out.width*out.stride
		}
		for panel := range m.panels {
			ring, filled := rings[panel*size:][:size], filled
			for y := first; y < end; y++ {
				for ; filled < m.bottom(y); filled++ {
					m.fill(s, ring, scratch, panel, filled, at)
				}
				m.row(ring, dst[(y-first)*line+panel*m.width:], stride, panel, y, at)
			}
		}
		filled = max(filled, m.bottom(end-1))
		if project == nil {
			continue
		}
		// Rows of a strip do not lie one after the other in the result; those of the whole map do.
		x := product{m: project, a: convolved, ldc: out.stride, lda: stride, rows: pixels, p1: project.panels}
		calls := end - first
		if pixels == out.width {
			x.rows, calls = calls*pixels, 1
		}
		for y := range calls {
			x.a, x.c = convolved[y*line:], out.of(s)[to+y*out.width*out.stride:]
			if residual != nil {
				x.r = residual.of(s)[to+y*out.width*out.stride:]
			}
			m.kernels.multiply(x)
		}
	}
}

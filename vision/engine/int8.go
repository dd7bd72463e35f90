package engine

import (
	"encoding/binary"
	"math"
	"slices"
	"unsafe"
)

// The layers of a quantised network: as in conv.go and block.go, but the activations are bytes. What has no range in the
// calibration, and what is better left in float32, is planned as ever; activations are converted where the two meet.

// A quantity says which numbers bytes stand for: scale·(q - zero).
type quantity struct{ scale, zero float32 }

// quantity returns how a value is quantised, if its range is known.
func (p *planner) quantity(v *value) (q quantity, ok bool) {
	r, ok := p.ranges[v.name]
	least, most := min(r.Least, 0), max(r.Most, 0)
	if q.scale = (most - least) / 255; q.scale == 0 {
		q.scale = 1
	}
	q.zero = float32(math.RoundToEven(float64(-least / q.scale)))
	return q, ok
}

// clamp gives the bytes between two numbers.
func (q quantity) clamp(lo, hi float32) (float32, float32) {
	lo, hi = max(0, lo/q.scale+q.zero), min(255, hi/q.scale+q.zero)
	return min(lo, 255), max(hi, 0)
}

// byteRows is the layout of rows with bytes instead of floats. There is room for some pixels before the first and behind the
// last, where kernels may read and write when they take several at once.
type byteRows struct {
	place
	quantity
	height, width, channels, stride int // stride in bytes
}

const pixelsBefore, pixelsBehind = 4, 16

// from returns the bytes from a pixel on, which may be one of those before the first.
func (b *byteRows) from(s *state, pixel int) []byte {
	return bytesOf(b.of(s))[(pixelsBefore+pixel)*b.stride:]
}

// bytesOf looks at memory of floats as bytes.
func bytesOf(f []float32) []byte { return unsafe.Slice((*byte)(unsafe.Pointer(&f[0])), 4*len(f)) }

func (p *planner) allocateBytes(v *value, q quantity) *byteRows {
	b := &byteRows{quantity: q, height: 1, width: 1, channels: v.shape[1], stride: roundUp(v.shape[1], block)}
	if len(v.shape) == 4 {
		b.height, b.width = v.shape[2], v.shape[3]
	}
	b.place = p.allocate((pixelsBefore + b.height*b.width + pixelsBehind) * b.stride / 4)
	p.bytes[v] = b
	return b
}

// asBytes returns where a value that fits rows lies as bytes, adding a step that puts it there if need be.
func (p *planner) asBytes(v *value, q quantity) (*byteRows, error) {
	if b, ok := p.bytes[v]; ok {
		return b, nil
	}
	from, err := p.asRows(v)
	if err != nil {
		return nil, err
	}
	b := p.allocateBytes(v, q)
	p.add("quantise", 1, []place{from.place}, []place{b.place}, func(s *state, _ *worker, _ int) {
		to := b.from(s, 0)
		for i, f := range from.of(s)[:from.height*from.width*from.stride] {
			to[i] = roundToByte(min(max(f/q.scale+q.zero, 0), 255))
		}
	})
	return b, nil
}

// dequantise gives a value that lies as bytes a place as rows.
func (p *planner) dequantise(v *value, b *byteRows) *rows {
	r := p.allocateRows(v)
	p.add("dequantise", 1, []place{b.place}, []place{r.place}, func(s *state, _ *worker, _ int) {
		from := b.from(s, 0)
		for i := range r.of(s)[:r.height*r.width*r.stride] {
			r.of(s)[i] = b.scale * (float32(from[i]) - b.zero)
		}
	})
	return r
}

// staysBytes tells whether a value is only read by what can read bytes.
func staysBytes(v *value) bool {
	return !v.output && !slices.ContainsFunc(v.users, func(o *operation) bool { return o.kind != "Conv" && o.kind != "Add" })
}

// packInt8 packs a matrix and makes the one before prefetch it.
func (p *planner) packInt8(k, cols int, at func(row, col int) float32, finish func(col int, scale float32, sum int32) (factor, bias float32),
	lo, hi float32) *int8Matrix {
	m := packInt8(p.kernels.int8, k, cols, at, finish, lo, hi)
	if p.lastInt8 != nil {
		p.lastInt8.following = m.data
	}
	p.lastInt8 = m
	return m
}

// finishing returns how the sums of a product become results: bytes of quantity to, or numbers if it is {1, 0}.
func finishing(from, to quantity, bias []float32, residual *byteRows) func(col int, scale float32, sum int32) (factor, offset float32) {
	return func(col int, scale float32, sum int32) (float32, float32) {
		var b float64
		if bias != nil {
			b = float64(bias[col])
		}
		step := float64(from.scale) * float64(scale)
		b -= step * float64(from.zero) * float64(sum)
		if residual != nil {
			b -= float64(residual.scale) * float64(residual.zero)
		}
		return float32(step / float64(to.scale)), float32(b/float64(to.scale) + float64(to.zero))
	}
}

// addInt8Convolution plans a 1×1 convolution as a product of bytes. It returns false if a range is not known.
func (p *planner) addInt8Convolution(c *convolution) (bool, error) {
	if p.ranges == nil || !c.pointwise() {
		return false, nil
	}
	from, ok := p.quantity(c.from)
	if !ok {
		return false, nil
	}
	in, err := p.asBytes(c.from, from)
	if err != nil {
		return false, err
	}
	return p.addInt8Project("Conv 1x1", c, in)
}

// addInt8Project plans a 1×1 convolution of bytes.
func (p *planner) addInt8Project(name string, c *convolution, in *byteRows) (bool, error) {
	to, form := quantity{1, 0}, toFloats
	if q, ok := p.quantity(c.to); ok && staysBytes(c.to) {
		to, form = q, toBytes
	}
	var residual *byteRows
	if c.residual != nil {
		q, ok := p.quantity(c.residual)
		if !ok {
			return false, nil
		}
		var err error
		if residual, err = p.asBytes(c.residual, q); err != nil {
			return false, err
		}
	}
	lo, hi := c.lo, c.hi
	if form == toBytes {
		lo, hi = to.clamp(lo, hi)
	}
	m := p.packInt8(c.channels, c.filters, func(row, col int) float32 { return c.weights.at(col*c.channels + row) },
		finishing(in.quantity, to, c.bias, residual), lo, hi)
	p.addInt8Product(name, m, in, c.to, to, form, residual)
	return true, nil
}

// addInt8Product plans the product of a whole map with a matrix, as addProduct.
func (p *planner) addInt8Product(name string, m *int8Matrix, in *byteRows, to *value, q quantity, form form, residual *byteRows) {
	reads := []place{in.place}
	x := int8Product{m: m, form: form, lda: in.stride}
	if residual != nil {
		reads = append(reads, residual.place)
		x.ldr, x.rscale = residual.stride, residual.scale/q.scale
	}
	var floats *rows
	var bytes *byteRows
	var out place
	size := 1
	if form == toFloats {
		floats = p.allocateRows(to)
		out, size = floats.place, 4
		x.ldc = 4 * floats.stride
	} else {
		bytes = p.allocateBytes(to, q)
		out = bytes.place
		x.ldc = bytes.stride
	}
	set, pixels := p.kernels.int8, in.height*in.width
	tiles := (pixels + set.rows - 1) / set.rows
	chunks, byPanel := p.deal(len(m.data), m.panels, pixels*in.stride, tiles)
	p.add(name, chunks, reads, []place{out}, func(s *state, _ *worker, chunk int) {
		x := x
		x.p0, x.p1 = 0, m.panels
		first, last := 0, pixels
		if byPanel {
			x.p0, x.p1 = share(m.panels, chunk, chunks)
		} else {
			first, last = share(tiles, chunk, chunks)
			first, last = first*set.rows, min(last*set.rows, pixels)
		}
		x.rows = last - first
		x.a = in.from(s, first)
		column := x.p0 * m.width
		if floats != nil {
			x.c = bytesOf(out.of(s))[first*x.ldc+column*size:]
		} else {
			x.c = bytes.from(s, first)[column:]
		}
		if residual != nil {
			x.r = residual.from(s, first)[column:]
		}
		set.multiply(x)
	})
}

// addInt8Gemm plans a fully connected layer.
func (p *planner) addInt8Gemm(from, to *value, k, n int, weight func(row, col int) float32, bias []float32) (bool, error) {
	q, ok := p.quantity(from)
	if !ok {
		return false, nil
	}
	in, err := p.asBytes(from, q)
	if err != nil {
		return false, err
	}
	numbers := quantity{1, 0}
	m := p.packInt8(k, n, weight, finishing(in.quantity, numbers, bias, nil), negativeInfinity, positiveInfinity)
	p.addInt8Product("Gemm", m, in, to, numbers, toFloats, nil)
	return true, nil
}

// An int8Middle is the part of a block up to the depthwise convolution. It goes by panels: bytes are so small that the convolved
// map stays in the second-level cache.
type int8Middle struct {
	window
	set      *int8Set
	convolve int8Depthwise
	weights  []int8
	scale    []float32
	bias     []float32
	lo, hi   float32
	blocks   int

	source *byteRows
	expand *int8Matrix
	stem   *dense // or: an expansion in float32
	floats *kernels
	middle quantity // of the expanded map

	width, panels int
	bands         int    // the map is cut into so many chunks of rows
	quads         int    // of one row of the ring
	outside       []byte // a row outside of the picture
}

// addInt8Block plans a block. It returns false if it cannot be quantised.
func (p *planner) addInt8Block(b *inverted) (bool, error) {
	d := b.depthwise
	if p.ranges == nil || b.expand == nil || d.stride[0] != d.stride[1] || p.kernels.int8.depthwise[[2]int{d.kernel[1], d.stride[1]}] == nil {
		return false, nil
	}
	middle, ok1 := p.quantity(d.from)
	convolved, ok2 := p.quantity(d.to)
	from, ok3 := p.quantity(b.expand.from)
	if !ok1 || !ok2 || !ok3 || b.project == nil && !staysBytes(d.to) {
		return false, nil
	}
	m := &int8Middle{window: d.window, set: p.kernels.int8, middle: middle, blocks: roundUp(d.channels, block) / block}
	m.convolve = m.set.depthwise[[2]int{d.kernel[1], d.stride[1]}]
	m.width = m.set.panel * block
	m.panels = (m.blocks + m.set.panel - 1) / m.set.panel
	m.lo, m.hi = convolved.clamp(d.lo, d.hi)
	positions := (roundUp(d.out[1], 4)-1)*d.stride[1] + d.kernel[1]
	m.quads = (positions + 3) / 4
	if d.before[1] > pixelsBefore || 4*m.quads-d.before[1]-d.in[1] > pixelsBehind {
		return false, nil
	}

	var reads []place
	scratch := m.ring()
	if b.expand.pointwise() {
		source, err := p.asBytes(b.expand.from, from)
		if err != nil {
			return false, err
		}
		lo, hi := middle.clamp(b.expand.lo, b.expand.hi)
		m.source = source
		m.expand = p.packInt8(b.expand.channels, b.expand.filters, func(row, col int) float32 { return b.expand.weights.at(col*b.expand.channels + row) },
			finishing(source.quantity, middle, b.expand.bias, nil), lo, hi)
		reads = append(reads, source.place)
	} else {
		stem, err := p.dense(b.expand)
		if err != nil {
			return false, err
		}
		m.stem, m.floats = stem, p.kernels
		reads = append(reads, stem.input())
		scratch += 4*m.quads*m.width + stem.scratch(d.in[1])
	}
	if err := p.needScratch(scratch); err != nil {
		return false, err
	}
	m.outside = make([]byte, 4*m.quads*m.width)
	for i := range m.outside {
		m.outside[i] = byte(middle.zero)
	}
	m.packDepthwise(d, convolved)

	m.bands = 1
	if p.threads > 1 && m.panels < 4*p.threads {
		m.bands = min((4*p.threads+m.panels-1)/m.panels, m.out[0])
	}
	to := p.allocateBytes(d.to, convolved)
	p.add("expand, depthwise", m.panels*m.bands, reads, []place{to.place}, func(s *state, w *worker, chunk int) {
		m.run(s, w, chunk/m.bands, chunk%m.bands, to)
	})
	if b.project == nil {
		return true, nil
	}
	ok, err := p.addInt8Project("project", b.project, to)
	if !ok && err == nil { // its residual has no range
		err = p.addConvolution(b.project)
	}
	return true, err
}

// packDepthwise rounds the weights of each channel by its own scale.
func (m *int8Middle) packDepthwise(c *convolution, to quantity) {
	taps := c.kernel[0] * c.kernel[1]
	rounded := make([]int8, m.blocks*block*taps)
	m.scale, m.bias = aligned(m.blocks*block), aligned(m.blocks*block)
	finish := finishing(m.middle, to, c.bias, nil)
	column := make([]float32, taps)
	for channel := range c.channels {
		for t := range taps {
			column[t] = c.weights.at(channel*taps + t)
		}
		w := rounded[channel*taps:][:taps]
		scale := quantizeColumn(column, m.set.limit, w)
		var sum int32
		for _, v := range w {
			sum += int32(v)
		}
		m.scale[channel], m.bias[channel] = finish(channel, scale, sum)
	}
	m.weights = packTaps(m.set.lanes, m.blocks, c.kernel[1], c.stride[1], func(channel, ky, kx int) int8 {
		return rounded[channel*taps+ky*c.kernel[1]+kx]
	})
}

// ring is the number of floats that the ring of a panel takes.
func (m *int8Middle) ring() int { return m.kernel[0] * m.quads * m.width }

// top and bottom are as for middle.
func (m *int8Middle) top(y int) int    { return y*m.stride[0] - m.before[0] }
func (m *int8Middle) bottom(y int) int { return min(m.in[0], m.top(y)+m.kernel[0]) }

// run makes one panel of one band of the convolved map.
func (m *int8Middle) run(s *state, w *worker, panel, band int, to *byteRows) {
	width := min(m.width, m.blocks*block-panel*m.width)
	ring, scratch := bytesOf(w.scratch[:m.ring()]), w.scratch[m.ring():]
	length := 4 * m.quads * width
	first, last := share(m.out[0], band, m.bands)
	filled := max(0, m.top(first))
	taps := len(m.weights) / (m.blocks * block)
	channel := panel * m.width
	for y := first; y < last; y++ {
		for ; filled < m.bottom(y); filled++ {
			m.fill(s, scratch, ring[filled%m.kernel[0]*length:][:length], panel, width, filled)
		}
		var rows [5]*byte
		for k := range m.kernel[0] {
			if iy := m.top(y) + k; iy < 0 || iy >= m.in[0] {
				rows[k] = &m.outside[0]
			} else {
				rows[k] = &ring[iy%m.kernel[0]*length]
			}
		}
		dst := to.from(s, y*m.out[1])[channel:]
		_ = dst[(m.out[1]-1)*to.stride+width-1]
		m.convolve(&dst[0], rows[0], rows[1], rows[2], rows[3], rows[4], &m.weights[channel*taps], &m.scale[channel], &m.bias[channel],
			m.out[1], width/block, 4*width, to.stride, m.lo, m.hi)
	}
}

// fill expands input row y of a panel into a row of quads, which begins with the padding.
func (m *int8Middle) fill(s *state, scratch []float32, row []byte, panel, width, y int) {
	if m.expand != nil {
		m.set.multiply(int8Product{m: m.expand, form: toQuads, c: row, ldc: 4 * width, a: m.source.from(s, y*m.in[1]-m.before[1]), lda: m.source.stride,
			rows: 4 * m.quads, p0: panel, p1: panel + 1})
	} else {
		expanded := scratch[:4*m.quads*m.width]
		a, lda := m.stem.row(s, scratch[len(expanded):], y, 0, m.in[1])
		m.floats.multiply(product{m: m.stem.matrix, c: expanded[m.before[1]*width:], a: a, ldc: width, lda: lda, rows: m.in[1], p0: panel, p1: panel + 1})
		m.set.quantize(&row[0], &expanded[0], m.quads, width/block, width, 4*width, 1/m.middle.scale, m.middle.zero)
	}
	m.pad(row, width, 0, m.before[1])
	m.pad(row, width, m.before[1]+m.in[1], min(m.before[1]+m.in[1]+m.after[1], 4*m.quads))
}

// pad sets some positions of a row of quads to zero.
func (m *int8Middle) pad(row []byte, width, first, end int) {
	for first < end {
		quad := first / 4
		next := min(end, 4*quad+4)
		mask := uint64(1)<<(8*(next-4*quad)) - uint64(1)<<(8*(first-4*quad)) // bytes of one channel
		mask |= mask << 32
		zero := uint64(byte(m.middle.zero)) * 0x0101010101010101 & mask
		for q := row[4*quad*width:][:4*width]; len(q) >= 8; q = q[8:] {
			binary.LittleEndian.PutUint64(q, binary.LittleEndian.Uint64(q)&^mask|zero)
		}
		first = next
	}
}

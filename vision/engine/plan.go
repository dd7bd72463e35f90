package engine

import (
	"cmp"
	"errors"
	"fmt"
	"slices"
	"unsafe"
)

// A plan is a network made ready to run: steps in order, and how much memory they need. It never changes, and all runs share
// it and its weights.
type plan struct {
	steps   []step
	inputs  []Port
	outputs []output
	arena   int // floats of a run
	scratch int // floats of a worker
	threads int
}

// A step is a number of chunks of work that may be done in any order and at the same time.
type step struct {
	name   string
	chunks int
	do     func(s *state, w *worker, chunk int)
}

// An output is a result and where it lies at the end of a run.
type output struct {
	Port
	place
	rows *rows // not nil: it lies there as rows
}

// A place is where a tensor lies during a run: in the arena, in an input of the caller, or in a constant.
type place struct {
	size     int
	store    *store // arena
	input    int    // used when store and constant are nil
	constant []float32
}

// of returns the memory of a place in one run.
func (p place) of(s *state) []float32 {
	switch {
	case p.store != nil:
		return s.arena[p.store.offset : p.store.offset+p.size]
	case p.constant != nil:
		return p.constant
	}
	return s.inputs[p.input]
}

// A store is a piece of the arena and the steps between which its content matters.
type store struct {
	size, first, last int
	offset            int
}

// rows is the layout [height·width, stride] of activations, with zeros or harmless numbers in the padded channels.
type rows struct {
	place
	height, width, channels, stride int
}

// A planner compiles a network into a plan.
type planner struct {
	plan
	kernels *kernels
	threads int
	done    map[*operation]bool
	plain   map[*value]place     // where values lie in ONNX order
	rows    map[*value]*rows     // where they lie as rows
	bytes   map[*value]*byteRows // where they lie quantised
	ranges  Ranges               // nil: float32
	stores  []*store

	last     *matrix // packed last
	lastInt8 *int8Matrix
}

// compile makes the plan of a network: in float32 without ranges, quantised with them.
func compile(n *network, ks *kernels, ranges Ranges, threads int) (*plan, error) {
	p := &planner{kernels: ks, ranges: ranges, threads: threads, done: map[*operation]bool{},
		plain: map[*value]place{}, rows: map[*value]*rows{}, bytes: map[*value]*byteRows{}}
	p.plan.threads = threads
	for i, v := range n.inputs {
		p.plain[v] = place{size: elements(v.shape), input: i}
		p.inputs = append(p.inputs, Port{v.name, v.shape})
	}
	for _, o := range n.operations {
		if err := infer(o); err != nil {
			return nil, err
		}
	}
	for _, o := range n.operations {
		if p.done[o] {
			continue
		}
		if err := p.fuse(o); err != nil {
			return nil, fmt.Errorf("%s: %w", o, err)
		}
	}
	for _, v := range n.outputs {
		if v.shape == nil {
			return nil, fmt.Errorf("nothing computes output %q", v.name)
		}
		out := output{Port: Port{v.name, v.shape}}
		if r, ok := p.rows[v]; ok {
			out.rows, out.place = r, r.place
		} else {
			at, err := p.asPlain(v)
			if err != nil {
				return nil, err
			}
			out.place = at
		}
		if out.store != nil {
			out.store.last = len(p.steps)
		}
		p.outputs = append(p.outputs, out)
	}
	if p.arena = layOut(p.stores); p.arena > maxArena {
		return nil, errTooLarge
	}
	return &p.plan, nil
}

var errTooLarge = errors.New("it needs too much memory")

// add appends a step and extends the life of what it touches.
func (p *planner) add(name string, chunks int, reads, writes []place, do func(s *state, w *worker, chunk int)) {
	at := len(p.steps)
	for _, r := range append(reads, writes...) {
		if r.store != nil {
			r.store.last = at
		}
	}
	for _, w := range writes {
		w.store.first = min(w.store.first, at)
	}
	p.steps = append(p.steps, step{name, chunks, do})
}

func (p *planner) allocate(size int) place {
	s := &store{size: roundUp(size, block), first: len(p.steps)}
	p.stores = append(p.stores, s)
	return place{size: size, store: s}
}

// allocateRows gives a value of shape [1,C,H,W] or [1,C] a place as rows.
func (p *planner) allocateRows(v *value) *rows {
	r := &rows{height: 1, width: 1, channels: v.shape[1], stride: roundUp(v.shape[1], block)}
	if len(v.shape) == 4 {
		r.height, r.width = v.shape[2], v.shape[3]
	}
	size := r.height * r.width * r.stride
	if p.ranges != nil {
		size += 3 * r.stride // products of bytes make four rows at once
	}
	r.place = p.allocate(size)
	p.rows[v] = r
	return r
}

// fitsRows tells whether a value can lie as rows: one picture, at least one channel.
func fitsRows(v *value) bool {
	return (len(v.shape) == 4 || len(v.shape) == 2) && v.shape[0] == 1 && elements(v.shape) > 0
}

// pack packs a matrix, and makes the one before prefetch it.
func (p *planner) pack(k, cols int, at func(row, col int) float32, bias []float32, lo, hi float32) *matrix {
	m := pack(p.kernels, k, cols, at, bias, lo, hi)
	if p.last != nil {
		p.last.following = m.data
	}
	p.last = m
	return m
}

// needScratch makes sure that each worker has this many floats of its own.
func (p *planner) needScratch(floats int) error {
	if floats > maxArena {
		return errTooLarge
	}
	p.scratch = max(p.scratch, floats)
	return nil
}

// ready tells whether a value has been computed, or will have been by the step that comes next.
func (p *planner) ready(v *value) bool {
	_, plain := p.plain[v]
	_, rows := p.rows[v]
	_, bytes := p.bytes[v]
	return plain || rows || bytes
}

// asPlain returns where a value lies in ONNX order, adding a step that puts it there if need be.
func (p *planner) asPlain(v *value) (place, error) {
	if at, ok := p.plain[v]; ok {
		return at, nil
	}
	if v.constant != nil {
		f, err := v.constant.floats()
		if err != nil {
			return place{}, fmt.Errorf("constant %q %w", v.name, err)
		}
		at := place{size: len(f), constant: f}
		p.plain[v] = at
		return at, nil
	}
	r, ok := p.rows[v]
	if b := p.bytes[v]; !ok && b != nil {
		r, ok = p.dequantise(v, b), true
	}
	if !ok {
		return place{}, fmt.Errorf("nothing computes %q", v.name)
	}
	at := r.place
	if at.size = elements(v.shape); r.height*r.width > 1 {
		at = p.allocate(at.size)
		p.add("from rows", 1, []place{r.place}, []place{at}, func(s *state, _ *worker, _ int) {
			fromRows(at.of(s), r.of(s), r)
		})
	}
	p.plain[v] = at
	return at, nil
}

// asRows returns where a value that fits lies as rows, adding a step that puts it there if need be.
func (p *planner) asRows(v *value) (*rows, error) {
	if r, ok := p.rows[v]; ok {
		return r, nil
	}
	if b, ok := p.bytes[v]; ok {
		return p.dequantise(v, b), nil
	}
	from, err := p.asPlain(v)
	if err != nil {
		return nil, err
	}
	r := p.allocateRows(v)
	p.add("to rows", 1, []place{from}, []place{r.place}, func(s *state, _ *worker, _ int) {
		toRows(r.of(s), from.of(s), r)
	})
	return r, nil
}

// fromRows copies rows into ONNX order.
func fromRows(dst, src []float32, r *rows) {
	area := r.height * r.width
	const tile = 16 // pixels whose rows stay in the cache while their channels are read one by one
	for first := 0; first < area; first += tile {
		n := min(tile, area-first)
		for c := range r.channels {
			d := dst[c*area+first:][:n]
			for i := range d {
				d[i] = src[(first+i)*r.stride+c]
			}
		}
	}
}

// toRows copies ONNX order into rows.
func toRows(dst, src []float32, r *rows) {
	area := r.height * r.width
	for i := range area {
		row := dst[i*r.stride:][:r.stride]
		for c := range r.channels {
			row[c] = src[c*area+i]
		}
		clear(row[r.channels:])
	}
}

// alone runs an operation as operators.go knows it.
func (p *planner) alone(o *operation) error {
	do, err := operators[o.kind].bind(o)
	if err != nil {
		return err
	}
	var reads []place
	var in [maxInputs]*place
	for i, v := range o.in {
		if v == nil {
			continue
		}
		at, err := p.asPlain(v)
		if err != nil {
			return err
		}
		reads = append(reads, at)
		in[i] = &at
	}
	out := p.allocate(elements(o.out[0].shape))
	p.plain[o.out[0]] = out
	p.done[o] = true
	p.add(o.kind, 1, reads, []place{out}, func(s *state, w *worker, _ int) {
		for i, at := range in {
			if w.in[i] = nil; at != nil {
				w.in[i] = at.of(s)
			}
		}
		do(out.of(s), w.in[:])
	})
	return nil
}

// layOut gives each store its place in the arena: the first gap among the stores that live at the same time, largest first.
// It returns the size of the arena in floats.
func layOut(stores []*store) int {
	sorted := slices.SortedStableFunc(slices.Values(stores), func(a, b *store) int { return cmp.Compare(b.size, a.size) })
	var placed []*store // by offset
	size := 0
	for _, s := range sorted {
		at := 0
		for _, o := range placed {
			if o.last < s.first || s.last < o.first {
				continue
			}
			if o.offset-at >= s.size {
				break
			}
			at = max(at, o.offset+o.size)
		}
		s.offset = at
		placed = append(placed, s)
		slices.SortStableFunc(placed, func(a, b *store) int { return cmp.Compare(a.offset, b.offset) })
		size = max(size, at+s.size)
	}
	return size
}

// aligned returns zeroed memory that starts on a cache line.
func aligned(n int) []float32 {
	const line = 16 // floats
	m := make([]float32, n+line)
	skip := (line - int(uintptr(unsafe.Pointer(&m[0]))/4%line)) % line
	return m[skip : skip+n : skip+n]
}

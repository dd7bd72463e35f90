package engine

import (
	"fmt"
	"math"
	"slices"
)

var negativeInfinity, positiveInfinity = float32(math.Inf(-1)), float32(math.Inf(1))

// fuse plans an operation together with those after it that are better done at the same time.
func (p *planner) fuse(o *operation) error {
	for _, f := range []func(*operation) (bool, error){p.fuseBlock, p.fuseConv, p.fuseGemm, p.fusePool, p.fuseFlatten} {
		if ok, err := f(o); ok || err != nil {
			return err
		}
	}
	return p.alone(o)
}

// A convolution is a Conv with all that is done to its result before anything else sees it:
// clamp(conv(x) + bias + residual, lo, hi).
type convolution struct {
	window
	from, to   *value
	weights    *constant // ONNX order
	bias       []float32 // may be nil
	residual   *value
	lo, hi     float32
	operations []*operation
}

// pointwise: each output pixel comes from one input pixel.
func (c *convolution) pointwise() bool {
	one := [2]int{1, 1}
	return c.group == 1 && c.kernel == one && c.stride == one && c.before == [2]int{} && c.after == [2]int{}
}

// depthwise: each output channel comes from one input channel, by a window for which there is a kernel.
func (c *convolution) depthwise(ks *kernels) bool {
	return c.group > 1 && c.group == c.channels && c.group == c.filters && c.kernel[0] == c.kernel[1] && ks.depthwise[c.kernel[0]] != nil
}

// convolution reads a Conv of constant weights on one picture and what may be done with it. It returns nil if o is none.
func (p *planner) convolution(o *operation) (*convolution, error) {
	if o == nil || o.kind != "Conv" || o.in[0].shape[0] != 1 || o.in[1].constant == nil || !fitsRows(o.out[0]) {
		return nil, nil
	}
	w, err := windowOf(o)
	if err != nil || w.dilation != [2]int{1, 1} {
		return nil, err
	}
	c := &convolution{window: w, from: o.in[0], to: o.out[0], operations: []*operation{o},
		lo: negativeInfinity, hi: positiveInfinity}
	if c.weights = o.in[1].constant; c.weights.check() != nil {
		return nil, fmt.Errorf("kernel %w", c.weights.check())
	}
	if len(o.in) == 3 && o.in[2] != nil {
		if o.in[2].constant == nil {
			return nil, nil
		}
		if c.bias, err = o.in[2].constant.floats(); err != nil {
			return nil, err
		}
	}
	for u := only(c.to); u != nil; u = only(c.to) {
		switch {
		case u.kind == "Add" && c.residual == nil:
			other := u.in[0]
			if other == c.to {
				other = u.in[1]
			}
			if other.constant != nil || !p.ready(other) || !slices.Equal(other.shape, c.to.shape) {
				return c, nil
			}
			c.residual = other
		case u.kind == "Clip" && u.in[0] == c.to:
			lo, hi, known, err := clipBounds(u)
			if err != nil || !known || !(lo < positiveInfinity && hi > negativeInfinity) { // padding must stay finite
				return c, err
			}
			c.lo, c.hi = lo, hi
			c.to = u.out[0]
			c.operations = append(c.operations, u)
			return c, nil
		default:
			return c, nil
		}
		c.to = u.out[0]
		c.operations = append(c.operations, u)
	}
	return c, nil
}

// only returns the operation that uses a value if it is the only one and the value is not an output.
func only(v *value) *operation {
	if v.output || len(v.users) != 1 {
		return nil
	}
	return v.users[0]
}

// finish marks the operations of convolutions as planned.
func (p *planner) finish(cs ...*convolution) {
	for _, c := range cs {
		if c != nil {
			for _, o := range c.operations {
				p.done[o] = true
			}
		}
	}
}

// fuseBlock finds (expand →) depthwise (→ project). Expand may be any convolution that is not depthwise: the stem of a network
// can feed the first depthwise layer without ever being written to memory.
func (p *planner) fuseBlock(o *operation) (bool, error) {
	c, err := p.convolution(o)
	if c == nil || err != nil {
		return false, err
	}
	b := &inverted{depthwise: c}
	if !c.depthwise(p.kernels) {
		if c.group != 1 || c.residual != nil {
			return false, nil
		}
		b.expand = c
		if b.depthwise, err = p.convolution(only(c.to)); err != nil || b.depthwise == nil || b.depthwise.from != c.to || !b.depthwise.depthwise(p.kernels) {
			return false, err
		}
	}
	if b.depthwise.residual != nil {
		return false, nil
	}
	project, err := p.convolution(only(b.depthwise.to))
	if err != nil {
		return false, err
	}
	if project != nil && project.from == b.depthwise.to && project.pointwise() {
		b.project = project
	}
	p.finish(b.expand, b.depthwise, b.project)
	if ok, err := p.addInt8Block(b); ok || err != nil {
		return true, err
	}
	return true, p.addBlock(b)
}

// fuseConv plans a dense convolution.
func (p *planner) fuseConv(o *operation) (bool, error) {
	c, err := p.convolution(o)
	if c == nil || err != nil || c.group != 1 {
		return false, err
	}
	p.finish(c)
	if ok, err := p.addInt8Convolution(c); ok || err != nil {
		return true, err
	}
	return true, p.addConvolution(c)
}

// fuseFlatten makes a Flatten of one pixel another name for the same memory.
func (p *planner) fuseFlatten(o *operation) (bool, error) {
	r := p.rows[o.in[0]]
	v := o.out[0]
	if o.kind != "Flatten" || r == nil || r.height*r.width != 1 || !fitsRows(v) || v.shape[1] != r.channels {
		return false, nil
	}
	p.rows[v] = r
	p.done[o] = true
	return true, nil
}

package engine

import (
	"errors"
	"fmt"
	"slices"
)

// An operator is what the engine knows of one ONNX operator: enough to run it alone on tensors in ONNX order. To add an
// operator, add it here. fuse.go finds faster ways for the combinations that networks are made of.
type operator struct {
	inputs     [2]int // fewest and most
	attributes []string

	// shape works out the shape of the output and checks shapes and attributes of an operation.
	shape func(o *operation) ([]int, error)

	// bind returns the function that computes an operation. It must not allocate. in[i] is nil for a missing input.
	bind func(o *operation) (func(out []float32, in [][]float32), error)
}

var operators = map[string]*operator{
	"Add":               {[2]int{2, 2}, nil, addShape, bindAdd},
	"Clip":              {[2]int{1, 3}, []string{"min", "max"}, sameShape, bindClip},
	"Conv":              {[2]int{2, 3}, []string{"auto_pad", "dilations", "group", "kernel_shape", "pads", "strides"}, convShape, bindConv},
	"Flatten":           {[2]int{1, 1}, []string{"axis"}, flattenShape, bindCopy},
	"Gemm":              {[2]int{2, 3}, []string{"alpha", "beta", "transA", "transB"}, gemmShape, bindGemm},
	"GlobalAveragePool": {[2]int{1, 1}, nil, poolShape, bindPool},
}

// maxInputs is the most inputs an operator has.
const maxInputs = 3

// infer checks an operation and sets the shape of its output.
func infer(o *operation) error {
	op := operators[o.kind]
	if len(o.in) < op.inputs[0] || len(o.in) > op.inputs[1] {
		return fmt.Errorf("%s: %d inputs", o, len(o.in))
	}
	for i, v := range o.in {
		if v == nil && i < op.inputs[0] {
			return fmt.Errorf("%s: input %d is missing", o, i)
		}
		if v != nil && v.shape == nil {
			return fmt.Errorf("%s: nothing before it computes its input %q", o, v.name)
		}
	}
	for name := range o.attributes {
		if !slices.Contains(op.attributes, name) {
			return fmt.Errorf("%s: unknown attribute %q", o, name)
		}
	}
	shape, err := op.shape(o)
	if err == nil && elements(shape) > maxElements {
		err = fmt.Errorf("result of shape %v is too large", shape)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", o, err)
	}
	o.out[0].shape = shape
	return nil
}

// attribute returns an attribute of an operation, or otherwise if it has none.
func attribute[T any](o *operation, name string, otherwise T) (T, error) {
	a, ok := o.attributes[name]
	if !ok {
		return otherwise, nil
	}
	v, ok := a.(T)
	if !ok {
		return otherwise, fmt.Errorf("attribute %q is a %T", name, a)
	}
	return v, nil
}

func sameShape(o *operation) ([]int, error) { return o.in[0].shape, nil }

func bindCopy(*operation) (func([]float32, [][]float32), error) {
	return func(out []float32, in [][]float32) { copy(out, in[0]) }, nil
}

// Add, with the two-way broadcasting of https://onnx.ai/onnx/repo-docs/Broadcasting.html.

func addShape(o *operation) ([]int, error) { return broadcast(o.in[0].shape, o.in[1].shape) }

func broadcast(a, b []int) ([]int, error) {
	out := make([]int, max(len(a), len(b)))
	for i := range out {
		x, y := fromEnd(a, len(out)-1-i), fromEnd(b, len(out)-1-i)
		if x != y && x != 1 && y != 1 {
			return nil, fmt.Errorf("shapes %v and %v do not go together", a, b)
		}
		if out[i] = x; x == 1 {
			out[i] = y
		}
	}
	return out, nil
}

func fromEnd(shape []int, i int) int {
	if i >= len(shape) {
		return 1
	}
	return shape[len(shape)-1-i]
}

// broadcastSteps returns how far an operand of a shape moves for one step along each dimension of out.
func broadcastSteps(shape, out []int) (steps [maxRank]int) {
	step := 1
	for i := range out {
		if d := fromEnd(shape, i); d != 1 {
			steps[len(out)-1-i] = step
			step *= d
		}
	}
	return steps
}

func bindAdd(o *operation) (func([]float32, [][]float32), error) {
	shape := o.out[0].shape
	if len(shape) > maxRank {
		return nil, fmt.Errorf("more than %d dimensions", maxRank)
	}
	sa, sb := broadcastSteps(o.in[0].shape, shape), broadcastSteps(o.in[1].shape, shape)
	return func(out []float32, in [][]float32) {
		var at [maxRank]int
		a, b := 0, 0
		for i := range out {
			out[i] = in[0][a] + in[1][b]
			for d := len(shape) - 1; d >= 0; d-- {
				at[d]++
				a += sa[d]
				b += sb[d]
				if at[d] < shape[d] {
					break
				}
				a -= sa[d] * shape[d]
				b -= sb[d] * shape[d]
				at[d] = 0
			}
		}
	}, nil
}

// Clip has its bounds in attributes up to version 6 and in inputs from version 11.

// clipBounds returns the bounds of a Clip if they are known when the plan is made.
func clipBounds(o *operation) (lo, hi float32, known bool, err error) {
	bound := [2]float32{negativeInfinity, positiveInfinity}
	for i, name := range []string{"min", "max"} {
		if bound[i], err = attribute(o, name, bound[i]); err != nil {
			return 0, 0, false, err
		}
		if len(o.in) <= i+1 || o.in[i+1] == nil {
			continue
		}
		v := o.in[i+1]
		if elements(v.shape) != 1 {
			return 0, 0, false, fmt.Errorf("%s has shape %v", name, v.shape)
		}
		if v.constant == nil {
			return 0, 0, false, nil
		}
		f, err := v.constant.floats()
		if err != nil {
			return 0, 0, false, fmt.Errorf("%s %w", name, err)
		}
		bound[i] = f[0]
	}
	return bound[0], bound[1], true, nil
}

func bindClip(o *operation) (func([]float32, [][]float32), error) {
	lo, hi, known, err := clipBounds(o)
	return func(out []float32, in [][]float32) {
		lo, hi := lo, hi
		if !known {
			lo, hi = negativeInfinity, positiveInfinity
			if in[1] != nil {
				lo = in[1][0]
			}
			if in[2] != nil {
				hi = in[2][0]
			}
		}
		for i, v := range in[0] {
			out[i] = min(max(v, lo), hi)
		}
	}, err
}

// Conv, two-dimensional.

// A window is the geometry of a convolution. Pairs are for y and x.
type window struct {
	channels, filters, group int // filters: output channels
	in, out, kernel          [2]int
	stride, dilation         [2]int
	before, after            [2]int // padding
}

// windowOf reads the geometry of a Conv.
func windowOf(o *operation) (w window, err error) {
	x, k := o.in[0].shape, o.in[1].shape
	if len(x) != 4 || len(k) != 4 {
		return w, fmt.Errorf("input of shape %v and kernel of shape %v: only two-dimensional convolution is known", x, k)
	}
	ints := func(name string, n int, otherwise, least int64) []int64 {
		v, e := attribute(o, name, slices.Repeat([]int64{otherwise}, n))
		if e == nil && len(v) != n {
			e = fmt.Errorf("%s has %d numbers", name, len(v))
		}
		for _, d := range v {
			if e == nil && (d < least || d > 1<<16) {
				e = fmt.Errorf("%s %v is out of bounds", name, v)
			}
		}
		if e != nil {
			err = errors.Join(err, e)
			return make([]int64, n)
		}
		return v
	}
	stride, dilation, pads := ints("strides", 2, 1, 1), ints("dilations", 2, 1, 1), ints("pads", 4, 0, 0)
	group, e1 := attribute(o, "group", int64(1))
	auto, e2 := attribute(o, "auto_pad", "NOTSET")
	shape, e3 := attribute(o, "kernel_shape", []int64{int64(k[2]), int64(k[3])})
	if err = errors.Join(err, e1, e2, e3); err != nil {
		return w, err
	}
	if len(shape) != 2 || int(shape[0]) != k[2] || int(shape[1]) != k[3] || elements(k) == 0 {
		return w, fmt.Errorf("kernel_shape %v for a kernel of shape %v", shape, k)
	}
	if group < 1 || group > int64(k[0]) || k[0]%int(group) != 0 || k[1]*int(group) != x[1] {
		return w, fmt.Errorf("%d groups, input of shape %v, kernel of shape %v", group, x, k)
	}
	w = window{channels: x[1], filters: k[0], group: int(group)}
	for d := range 2 {
		w.in[d], w.kernel[d] = x[2+d], k[2+d]
		w.stride[d], w.dilation[d] = int(stride[d]), int(dilation[d])
		w.before[d], w.after[d] = int(pads[d]), int(pads[2+d])
		reach := (w.kernel[d]-1)*w.dilation[d] + 1
		switch auto {
		case "NOTSET", "":
		case "VALID":
			w.before[d], w.after[d] = 0, 0
		case "SAME_UPPER", "SAME_LOWER":
			n := (w.in[d] + w.stride[d] - 1) / w.stride[d]
			pad := max(0, (n-1)*w.stride[d]+reach-w.in[d])
			w.before[d], w.after[d] = pad/2, pad-pad/2
			if auto == "SAME_LOWER" {
				w.before[d], w.after[d] = w.after[d], w.before[d]
			}
		default:
			return w, fmt.Errorf("auto_pad %q", auto)
		}
		span := w.in[d] + w.before[d] + w.after[d] - reach
		if w.in[d] < 1 || span < 0 {
			return w, fmt.Errorf("kernel of shape %v does not fit into input of shape %v", k, x)
		}
		w.out[d] = span/w.stride[d] + 1
	}
	return w, nil
}

func convShape(o *operation) ([]int, error) {
	w, err := windowOf(o)
	if err != nil {
		return nil, err
	}
	if len(o.in) == 3 && o.in[2] != nil && !slices.Equal(o.in[2].shape, []int{w.filters}) {
		return nil, fmt.Errorf("bias of shape %v for %d filters", o.in[2].shape, w.filters)
	}
	return []int{o.in[0].shape[0], w.filters, w.out[0], w.out[1]}, nil
}

func bindConv(o *operation) (func([]float32, [][]float32), error) {
	w, err := windowOf(o)
	batch, perGroup := o.in[0].shape[0], w.channels/w.group
	return func(out []float32, in [][]float32) {
		area, taps := w.in[0]*w.in[1], w.kernel[0]*w.kernel[1]
		i := 0
		for n := range batch {
			for f := range w.filters {
				x := in[0][(n*w.channels+f/(w.filters/w.group)*perGroup)*area:]
				k := in[1][f*perGroup*taps:]
				var bias float32
				if in[2] != nil {
					bias = in[2][f]
				}
				for oy := range w.out[0] {
					for ox := range w.out[1] {
						sum := bias
						for c := range perGroup {
							for ky := range w.kernel[0] {
								y := oy*w.stride[0] - w.before[0] + ky*w.dilation[0]
								if y < 0 || y >= w.in[0] {
									continue
								}
								for kx := range w.kernel[1] {
									if p := ox*w.stride[1] - w.before[1] + kx*w.dilation[1]; p >= 0 && p < w.in[1] {
										sum += x[c*area+y*w.in[1]+p] * k[c*taps+ky*w.kernel[1]+kx]
									}
								}
							}
						}
						out[i] = sum
						i++
					}
				}
			}
		}
	}, err
}

// Flatten.

func flattenShape(o *operation) ([]int, error) {
	x := o.in[0].shape
	axis, err := attribute(o, "axis", int64(1))
	if axis < 0 {
		axis += int64(len(x))
	}
	if err != nil || axis < 0 || axis > int64(len(x)) {
		return nil, errors.Join(fmt.Errorf("axis %d of an input of shape %v", axis, x), err)
	}
	return []int{elements(x[:axis]), elements(x[axis:])}, nil
}

// Gemm: alpha·A·B + beta·C, with C broadcast to the result.

type gemm struct {
	m, n, k        int
	transA, transB bool
	alpha, beta    float32
}

func gemmOf(o *operation) (p gemm, err error) {
	a, b := o.in[0].shape, o.in[1].shape
	alpha, e1 := attribute(o, "alpha", float32(1))
	beta, e2 := attribute(o, "beta", float32(1))
	ta, e3 := attribute(o, "transA", int64(0))
	tb, e4 := attribute(o, "transB", int64(0))
	if err = errors.Join(e1, e2, e3, e4); err != nil {
		return p, err
	}
	if len(a) != 2 || len(b) != 2 {
		return p, fmt.Errorf("shapes %v and %v", a, b)
	}
	p = gemm{m: a[0], k: a[1], n: b[1], transA: ta != 0, transB: tb != 0, alpha: alpha, beta: beta}
	inner := b[0]
	if p.transA {
		p.m, p.k = p.k, p.m
	}
	if p.transB {
		p.n, inner = inner, p.n
	}
	if inner != p.k {
		return p, fmt.Errorf("shapes %v and %v do not go together", a, b)
	}
	return p, nil
}

func gemmShape(o *operation) ([]int, error) {
	p, err := gemmOf(o)
	shape := []int{p.m, p.n}
	if err == nil && len(o.in) == 3 && o.in[2] != nil {
		if s, e := broadcast(o.in[2].shape, shape); e != nil || !slices.Equal(s, shape) {
			err = fmt.Errorf("C of shape %v for a result of shape %v", o.in[2].shape, shape)
		}
	}
	return shape, err
}

func bindGemm(o *operation) (func([]float32, [][]float32), error) {
	p, err := gemmOf(o)
	a, b := [2]int{p.k, 1}, [2]int{p.n, 1} // steps along rows and columns
	if p.transA {
		a = [2]int{1, p.m}
	}
	if p.transB {
		b = [2]int{1, p.k}
	}
	var c [maxRank]int
	if len(o.in) == 3 && o.in[2] != nil {
		c = broadcastSteps(o.in[2].shape, o.out[0].shape)
	}
	return func(out []float32, in [][]float32) {
		for m := range p.m {
			for n := range p.n {
				var sum float32
				for k := range p.k {
					sum += in[0][m*a[0]+k*a[1]] * in[1][k*b[0]+n*b[1]]
				}
				sum *= p.alpha
				if in[2] != nil {
					sum += p.beta * in[2][m*c[0]+n*c[1]]
				}
				out[m*p.n+n] = sum
			}
		}
	}, err
}

// GlobalAveragePool.

func poolShape(o *operation) ([]int, error) {
	x := o.in[0].shape
	if len(x) < 3 || elements(x) == 0 {
		return nil, fmt.Errorf("input of shape %v", x)
	}
	shape := slices.Repeat([]int{1}, len(x))
	copy(shape, x[:2])
	return shape, nil
}

func bindPool(o *operation) (func([]float32, [][]float32), error) {
	area := elements(o.in[0].shape[2:])
	return func(out []float32, in [][]float32) {
		for i := range out {
			var sum float64
			for _, v := range in[0][i*area : (i+1)*area] {
				sum += float64(v)
			}
			out[i] = float32(sum / float64(area))
		}
	}, nil
}

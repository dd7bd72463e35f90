package teach

import (
	"math"

	"gonum.org/v1/gonum/blas"
	"gonum.org/v1/gonum/blas/blas32"
	"gonum.org/v1/gonum/optimize"
)

// rows are what a classifier is fitted to: n vectors of the same width, the class each belongs to,
// and how much each counts.
type rows struct {
	width  int
	x      []float32 // [n, width]
	class  []int     // [n]
	weight []float64 // [n]
}

func (r *rows) n() int { return len(r.class) }

func (r *rows) add(x []float32, class int, weight float64) {
	r.x = append(r.x, x...)
	r.class = append(r.class, class)
	r.weight = append(r.weight, weight)
}

// linear gives each class the logit weights·x + bias.
type linear struct {
	classes, width int
	weights        []float32 // [classes, width]
	bias           []float64 // [classes]
}

func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return float64(s0) + float64(s1) + float64(s2) + float64(s3)
}

// fit is multinomial logistic regression: it minimises the weighted mean of the rows' log loss plus
// decay/2 times the squared weights by L-BFGS (Liu and Nocedal 1989). The biases are free.
func fit(r *rows, classes int, decay float64, iterations int) *linear {
	n, width := r.n(), r.width
	// Centred vectors have the same optimum, as biases are free, and a much rounder valley.
	mean := make([]float64, width)
	var total float64
	for i, w := range r.weight {
		total += w
		for j, v := range r.x[i*width:][:width] {
			mean[j] += w * float64(v)
		}
	}
	centre := make([]float32, width)
	for j := range mean {
		centre[j] = float32(mean[j] / total)
	}
	x := blas32.General{Rows: n, Cols: width, Stride: width, Data: make([]float32, n*width)}
	for i := range n {
		for j, v := range r.x[i*width:][:width] {
			x.Data[i*width+j] = v - centre[j]
		}
	}
	l := &linear{classes: classes, width: width, weights: make([]float32, classes*width), bias: make([]float64, classes)}
	w := blas32.General{Rows: classes, Cols: width, Stride: width, Data: l.weights}
	p := blas32.General{Rows: n, Cols: classes, Stride: classes, Data: make([]float32, n*classes)}
	g := blas32.General{Rows: classes, Cols: width, Stride: width, Data: make([]float32, classes*width)}

	// at computes loss and gradient at params: weights, then biases.
	at := func(grad, params []float64) (loss float64) {
		for i := range l.weights {
			l.weights[i] = float32(params[i])
		}
		blas32.Gemm(blas.NoTrans, blas.Trans, 1, x, w, 0, p)
		bias := params[classes*width:]
		if grad != nil {
			clear(grad[classes*width:])
		}
		for i := range n {
			row, high := p.Data[i*classes:][:classes], math.Inf(-1)
			for k, v := range row {
				row[k] = v + float32(bias[k])
				high = max(high, float64(row[k]))
			}
			var sum float64
			own := float64(row[r.class[i]])
			for k, v := range row {
				e := math.Exp(float64(v) - high)
				row[k] = float32(e)
				sum += e
			}
			share := r.weight[i] / total
			loss += share * (high + math.Log(sum) - own)
			scale := float32(share / sum)
			for k := range row {
				row[k] *= scale
			}
			row[r.class[i]] -= float32(share)
			if grad != nil {
				for k, v := range row {
					grad[classes*width+k] += float64(v)
				}
			}
		}
		if grad != nil {
			blas32.Gemm(blas.Trans, blas.NoTrans, 1, p, x, 0, g)
			for i, v := range g.Data {
				grad[i] = float64(v) + decay*params[i]
			}
		}
		for _, v := range params[:classes*width] {
			loss += decay / 2 * v * v
		}
		return loss
	}

	params := make([]float64, classes*width+classes)
	// The optimiser asks for the value and the gradient at the same place one after the other.
	last, gradient := make([]float64, len(params)), make([]float64, len(params))
	var loss float64
	known := false
	evaluate := func(params []float64) {
		if known {
			same := true
			for i, v := range params {
				if v != last[i] {
					same = false
					break
				}
			}
			if same {
				return
			}
		}
		copy(last, params)
		loss, known = at(gradient, params), true
	}
	problem := optimize.Problem{
		Func: func(params []float64) float64 { evaluate(params); return loss },
		Grad: func(grad, params []float64) { evaluate(params); copy(grad, gradient) },
	}
	result, err := optimize.Minimize(problem, params, &optimize.Settings{
		MajorIterations: iterations, GradientThreshold: 1e-5, Converger: &optimize.FunctionConverge{Relative: 1e-5, Iterations: 3},
	}, &optimize.LBFGS{Store: 10})
	// float32 sums may stop the line search a little before the optimum; what it has is good then.
	_ = err
	if result != nil {
		params = result.X
	}
	for i := range l.weights {
		l.weights[i] = float32(params[i])
	}
	for k := range classes {
		l.bias[k] = params[classes*width+k] - dot(l.weights[k*width:][:width], centre)
	}
	return l
}

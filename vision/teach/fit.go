package teach

import (
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/viterin/vek/vek32"
	"gonum.org/v1/gonum/optimize"

	"github.com/zoodex/zoodex/vision/model"
)

// rows are what a classifier is fitted to: vectors of 1280 values, the class each belongs to, and
// how much each counts.
type rows struct {
	x      [][]float32
	class  []int
	weight []float64
}

func (r *rows) add(x []float32, class int, weight float64) {
	r.x, r.class, r.weight = append(r.x, x), append(r.class, class), append(r.weight, weight)
}

// linear gives each class the logit weights·x + bias.
type linear struct {
	weights []float32 // [classes, 1280]
	bias    []float64 // [classes]
}

// fit is multinomial logistic regression: it minimises the weighted mean of the rows' log loss plus
// decay/2 times the squared weights by L-BFGS (Liu and Nocedal 1989). The biases are free.
func fit(r *rows, classes int, decay float64, steps int) *linear {
	const width = model.Features
	n := len(r.x)
	// Centred vectors have the same optimum, as biases are free, and a much rounder valley.
	mean := make([]float64, width)
	var total float64
	for i, w := range r.weight {
		total += w
		for j, v := range r.x[i] {
			mean[j] += w * float64(v)
		}
	}
	centre := make([]float32, width)
	for j := range mean {
		centre[j] = float32(mean[j] / total)
	}
	x, across := make([]float32, n*width), make([]float32, width*n) // [n, width] and [width, n]
	for i, row := range r.x {
		for j, v := range row {
			x[i*width+j] = v - centre[j]
			across[j*n+i] = v - centre[j]
		}
	}
	l := &linear{weights: make([]float32, classes*width), bias: make([]float64, classes)}
	p, slope := make([]float32, classes*n), make([]float32, classes*width) // [classes, n], [classes, width]

	// at computes the loss and its gradient at params: weights, then biases.
	at := func(grad, params []float64) (loss float64) {
		for i := range l.weights {
			l.weights[i] = float32(params[i])
		}
		products(p, l.weights, x, classes, n, width)
		bias := params[classes*width:]
		clear(grad[classes*width:])
		exps := make([]float64, classes)
		for i := range n {
			high := math.Inf(-1)
			for k := range exps {
				exps[k] = float64(p[k*n+i]) + bias[k]
				high = max(high, exps[k])
			}
			own, sum := exps[r.class[i]], 0.
			for k, v := range exps {
				exps[k] = math.Exp(v - high)
				sum += exps[k]
			}
			share := r.weight[i] / total
			loss += share * (high + math.Log(sum) - own)
			for k, e := range exps {
				g := share * e / sum
				if k == r.class[i] {
					g -= share
				}
				p[k*n+i] = float32(g)
				grad[classes*width+k] += g
			}
		}
		products(slope, p, across, classes, width, n)
		for i, v := range slope {
			grad[i] = float64(v) + decay*params[i]
			loss += decay / 2 * params[i] * params[i]
		}
		return loss
	}

	params := make([]float64, classes*width+classes)
	// The optimiser asks for the value and for the gradient at the same place, one after the other.
	last, gradient := make([]float64, len(params)), make([]float64, len(params))
	loss, known := 0., false
	evaluate := func(params []float64) {
		if !known || !slices.Equal(params, last) {
			copy(last, params)
			loss, known = at(gradient, params), true
		}
	}
	problem := optimize.Problem{
		Func: func(params []float64) float64 { evaluate(params); return loss },
		Grad: func(grad, params []float64) { evaluate(params); copy(grad, gradient) },
	}
	// An error is a line search that sums of float32 stopped close to the optimum; what it has is good.
	result, _ := optimize.Minimize(problem, params, &optimize.Settings{
		MajorIterations: steps, GradientThreshold: 1e-5, Converger: &optimize.FunctionConverge{Relative: 1e-5, Iterations: 3},
	}, &optimize.LBFGS{Store: 6})
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

// products writes all products of rows of a [rows, depth] with rows of b [columns, depth] to dst
// [rows, columns], on all cores, in blocks that stay in the cache.
func products(dst, a, b []float32, rows, columns, depth int) {
	const block = 64
	var group sync.WaitGroup
	workers := min(runtime.GOMAXPROCS(0), (columns+block-1)/block)
	for w := range workers {
		group.Go(func() {
			for from := w * block; from < columns; from += workers * block {
				to := min(from+block, columns)
				for i := range rows {
					for j := from; j < to; j++ {
						dst[i*columns+j] = vek32.Dot(a[i*depth:][:depth], b[j*depth:][:depth])
					}
				}
			}
		})
	}
	group.Wait()
}

func dot(a, b []float32) float64 { return float64(vek32.Dot(a, b)) }

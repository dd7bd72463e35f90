package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"sync"
	"testing"
	"time"
)

// networkFile reads a network beside the embedded one; those that the product does not embed are made by vision/model/export.py.
func networkFile(b *testing.B, name string) []byte {
	file, err := os.ReadFile(filepath.Join("..", "model", "efficientnet-"+name+".onnx"))
	if err != nil {
		b.Skipf("no such network here: %v", err)
	}
	return file
}

func randoms(n int) []float32 {
	r := rand.New(rand.NewPCG(1, 2))
	f := aligned(n)
	for i := range f {
		f[i] = r.Float32()*2 - 1
	}
	return f
}

// BenchmarkNetwork/NETWORK/PRECISION/KERNEL/THREADS.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"lite0", "lite2"} {
		for _, precision := range []Precision{Float32, Int8} {
			b.Run(fmt.Sprintf("%s/%s", name, precision), func(b *testing.B) {
				file := networkFile(b, name)
				in := randoms(elements(load(b, file, Options{}).Input().Shape))
				measured, err := Calibrate(file, slices.Values([][]float32{in}))
				if err != nil {
					b.Fatal(err)
				}
				kernels := Kernels()
				if precision == Int8 {
					kernels = int8Kernels()
				}
				for _, kernel := range kernels {
					for _, threads := range []int{1, 2} {
						b.Run(fmt.Sprintf("%s/%d", kernel, threads), func(b *testing.B) {
							e := load(b, file, Options{Kernel: kernel, Precision: precision, Ranges: measured, Threads: threads})
							logits := make([]float32, elements(e.Outputs()[2].Shape))
							least := time.Hour
							b.ReportAllocs()
							for b.Loop() {
								start := time.Now()
								if err := e.Run(context.Background(), in, nil, nil, logits); err != nil {
									b.Fatal(err)
								}
								least = min(least, time.Since(start))
							}
							b.ReportMetric(least.Seconds()*1e3, "min-ms")
						})
					}
				}
			})
		}
	}
}

// BenchmarkManyRuns compares, in turns, one run alone, two at once, and a batch with as many single runs at once: medians of the
// time of a run, and for the last two, of the time a picture.
func BenchmarkManyRuns(b *testing.B) {
	e := load(b, networkFile(b, "lite2"), Options{})
	in := make([][]float32, 32)
	for i := range in {
		in[i] = randoms(elements(e.Input().Shape))
	}
	room := func() [][]float32 { return [][]float32{nil, make([]float32, elements(e.Outputs()[1].Shape))} }
	outs := make([][][]float32, len(in))
	for i := range outs {
		outs[i] = room()
	}
	run := func(i int) float64 {
		start := time.Now()
		if err := e.Run(context.Background(), in[i], outs[i]...); err != nil {
			b.Error(err)
		}
		return time.Since(start).Seconds() * 1e3
	}
	atOnce := func(goroutines, runs int) (times []float64) {
		all := make([][]float64, goroutines)
		var group sync.WaitGroup
		for g := range all {
			group.Go(func() {
				for i := range runs {
					all[g] = append(all[g], run(g*runs+i))
				}
			})
		}
		group.Wait()
		return slices.Concat(all...)
	}
	var lone, two, batch, single []float64
	cores := runtime.GOMAXPROCS(0)
	for b.Loop() {
		lone = append(lone, atOnce(1, 8)...)
		two = append(two, atOnce(2, 8)...)
		start := time.Now()
		if err := e.RunBatch(context.Background(), in, func(i int) [][]float32 { return outs[i] }); err != nil {
			b.Fatal(err)
		}
		batch = append(batch, time.Since(start).Seconds()*1e3/float64(len(in)))
		start = time.Now()
		atOnce(cores, len(in)/cores)
		single = append(single, time.Since(start).Seconds()*1e3/float64(len(in)/cores*cores))
	}
	median := func(times []float64) float64 { slices.Sort(times); return times[len(times)/2] }
	b.ReportMetric(median(lone), "lone-ms")
	b.ReportMetric(median(two), "each-of-two-ms")
	b.ReportMetric(lone[0], "lone-min-ms")
	b.ReportMetric(two[0], "each-of-two-min-ms")
	b.ReportMetric(median(batch), "batch-ms/picture")
	b.ReportMetric(median(single), "singles-ms/picture")
	b.ReportMetric(batch[0], "batch-min-ms/picture")
	b.ReportMetric(single[0], "singles-min-ms/picture")
}

// BenchmarkGemm gives the speed of a matrix product beside the peak of the machine's multiply-add units, both best of many.
func BenchmarkGemm(b *testing.B) {
	for _, ks := range kernelSets() {
		if !ks.available {
			continue
		}
		for _, size := range []struct{ m, k, n int }{{130, 16, 96}, {84, 96, 96}, {33, 288, 48}, {84, 352, 1280}, {84, 1280, 1000}} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", ks.name, size.m, size.k, size.n), func(b *testing.B) {
				w := randoms(size.k * size.n)
				m := pack(ks, size.k, size.n, func(row, col int) float32 { return w[row*size.n+col] }, nil, 0, 6)
				a, c := randoms(size.m*size.k), aligned(size.m*m.cols)
				least, peak := time.Hour, 0.0
				for b.Loop() {
					start := time.Now()
					ks.multiply(product{m: m, c: c, a: a, ldc: m.cols, lda: size.k, rows: size.m, p1: m.panels})
					least = min(least, time.Since(start))
					start = time.Now()
					if n := ks.peak(20000); n > 0 {
						peak = max(peak, float64(n)/time.Since(start).Seconds()/1e9)
					}
				}
				speed := 2 * float64(size.m*size.k*m.cols) / least.Seconds() / 1e9
				b.ReportMetric(speed, "GFLOP/s")
				if peak > 0 {
					b.ReportMetric(peak, "peak-GFLOP/s")
					b.ReportMetric(100*speed/peak, "%peak")
				}
			})
		}
	}
}

// BenchmarkGemmInt8 is BenchmarkGemm for bytes; a multiply-add counts as two operations.
func BenchmarkGemmInt8(b *testing.B) {
	for _, ks := range kernelSets() {
		if !ks.available || ks.int8 == nil {
			continue
		}
		for _, size := range []struct{ m, k, n int }{{132, 16, 96}, {84, 96, 96}, {84, 352, 1280}, {84, 1152, 192}} {
			b.Run(fmt.Sprintf("%s/%dx%dx%d", ks.name, size.m, size.k, size.n), func(b *testing.B) {
				w := randoms(size.k * size.n)
				m := packInt8(ks.int8, size.k, size.n, func(row, col int) float32 { return w[row*size.n+col] },
					func(int, float32, int32) (float32, float32) { return 1e-3, 0 }, 0, 255)
				a, c := make([]byte, size.m*size.k), make([]byte, size.m*m.cols)
				least := time.Hour
				for b.Loop() {
					start := time.Now()
					ks.int8.multiply(int8Product{m: m, c: c, a: a, ldc: m.cols, lda: size.k, rows: size.m, p1: m.panels})
					least = min(least, time.Since(start))
				}
				b.ReportMetric(2*float64(size.m*size.k*m.cols)/least.Seconds()/1e9, "GOP/s")
			})
		}
	}
}

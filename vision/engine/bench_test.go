package engine

import (
	"context"
	"fmt"
	"math/rand/v2"
	"os"
	"path/filepath"
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

// BenchmarkNetwork/NETWORK/float32/KERNEL/THREADS.
func BenchmarkNetwork(b *testing.B) {
	for _, name := range []string{"lite0", "lite2"} {
		b.Run(name+"/float32", func(b *testing.B) {
			file := networkFile(b, name)
			for _, kernel := range Kernels() {
				for _, threads := range []int{1, 2} {
					b.Run(fmt.Sprintf("%s/%d", kernel, threads), func(b *testing.B) {
						e, err := Load(file, Options{Kernel: kernel, Threads: threads})
						if err != nil {
							b.Fatal(err)
						}
						in := randoms(elements(e.Input().Shape))
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

// BenchmarkBatch compares a batch with single runs on all cores: time a picture.
func BenchmarkBatch(b *testing.B) {
	e, err := Load(networkFile(b, "lite2"), Options{})
	if err != nil {
		b.Fatal(err)
	}
	in := make([][]float32, 32)
	for i := range in {
		in[i] = randoms(elements(e.Input().Shape))
	}
	outs := make([][][]float32, len(in))
	for i := range outs {
		outs[i] = [][]float32{nil, make([]float32, elements(e.Outputs()[1].Shape))}
	}
	b.Run("batch", func(b *testing.B) {
		for b.Loop() {
			if err := e.RunBatch(context.Background(), in, func(i int) [][]float32 { return outs[i] }); err != nil {
				b.Fatal(err)
			}
		}
		b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N*len(in)), "ms/picture")
	})
	b.Run("single", func(b *testing.B) {
		b.RunParallel(func(pb *testing.PB) {
			out := make([]float32, elements(e.Outputs()[1].Shape))
			for pb.Next() {
				if err := e.Run(context.Background(), in[0], nil, out); err != nil {
					b.Error(err)
				}
			}
		})
		b.ReportMetric(b.Elapsed().Seconds()*1e3/float64(b.N), "ms/picture")
	})
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

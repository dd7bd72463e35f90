package engine

import (
	"fmt"
	"math"
	"math/rand/v2"
	"testing"
)

// assembly lists the kernel sets of this machine that are not the portable twin.
func assembly() (sets []*kernels) {
	for _, ks := range kernelSets() {
		if ks.available && ks != portable {
			sets = append(sets, ks)
		}
	}
	return sets
}

func TestAProductAgreesWithItsTwinAtEverySize(t *testing.T) {
	for _, ks := range assembly() {
		for n := 1; n <= 70; n++ {
			checkProduct(t, ks, n, 1+n*7%70, 1+n*13%70, uint64(n))
			checkProduct(t, ks, 1+n*11%70, n, 1+n*17%70, uint64(n))
			checkProduct(t, ks, 1+n*19%70, 1+n*23%70, n, uint64(n))
		}
	}
}

func FuzzProduct(f *testing.F) {
	f.Add(uint8(14), uint8(96), uint8(32), uint64(1))
	f.Fuzz(func(t *testing.T, rows, k, cols uint8, seed uint64) {
		for _, ks := range assembly() {
			checkProduct(t, ks, 1+int(rows), 1+int(k), 1+int(cols), seed)
		}
	})
}

// checkProduct compares a kernel set with the definition of a product, and looks for writes outside of the result.
func checkProduct(t *testing.T, ks *kernels, rows, k, cols int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 0))
	random := func(n int) []float32 {
		f := make([]float32, n)
		for i := range f {
			f[i] = r.Float32()*2 - 1
		}
		return f
	}
	w, bias := random(k*cols), random(cols)
	const lo, hi = -1.5, 2
	m := pack(ks, k, cols, func(row, col int) float32 { return w[row*cols+col] }, bias, lo, hi)
	lda, ldc := m.k+r.IntN(5), m.cols+r.IntN(5)
	x := product{m: m, a: random(rows * lda), c: random(rows * ldc), lda: lda, ldc: ldc, rows: rows, p1: m.panels}
	if seed%2 == 0 {
		x.r = random(rows * ldc)
	}
	before := append([]float32(nil), x.c...)
	ks.multiply(x)
	for i, got := range x.c {
		row, col := i/ldc, i%ldc
		want, near := before[i], 0.0
		if col < m.cols {
			sum := 0.0
			if col < cols {
				sum = float64(bias[col])
				for j := range k {
					sum += float64(x.a[row*lda+j]) * float64(w[j*cols+col])
				}
			}
			if x.r != nil {
				sum += float64(x.r[i])
			}
			want, near = float32(min(max(sum, lo), hi)), 1e-5
		}
		if !(math.Abs(float64(got-want)) <= near) {
			t.Fatalf("%s, %d×%d×%d: row %d, column %d: got %v, want %v", ks.name, rows, k, cols, row, col, got, want)
		}
	}
}

func TestDepthwiseAgreesWithItsTwinAtEverySize(t *testing.T) {
	for _, ks := range assembly() {
		for size := range ks.depthwise {
			for n := 1; n <= 70; n++ {
				checkDepthwise(t, ks, size, n, 1+n%5, 1+n%3, uint64(n))
			}
		}
	}
}

func FuzzDepthwise(f *testing.F) {
	f.Add(false, uint8(9), uint8(2), uint8(1), uint64(1))
	f.Fuzz(func(t *testing.T, five bool, n, blocks, stride uint8, seed uint64) {
		size := 3
		if five {
			size = 5
		}
		for _, ks := range assembly() {
			checkDepthwise(t, ks, size, 1+int(n), 1+int(blocks%8), 1+int(stride%4), seed)
		}
	})
}

func checkDepthwise(t *testing.T, ks *kernels, size, n, blocks, stride int, seed uint64) {
	t.Helper()
	r := rand.New(rand.NewPCG(seed, 1))
	random := func(n int) []float32 {
		f := make([]float32, n)
		for i := range f {
			f[i] = r.Float32()*2 - 1
		}
		return f
	}
	pixel, out := blocks*block+r.IntN(3)*block, blocks*block+r.IntN(20)
	var rows [5]*float32
	for i := range size {
		rows[i] = &random((n-1)*stride*pixel + (size-1)*pixel + blocks*block)[0]
	}
	w, bias, dst := random(blocks*size*size*block), random(blocks*block), random(n*out)
	want := append([]float32(nil), dst...)
	call := func(f depthwiseKernel, dst []float32) {
		f(&dst[0], rows[0], rows[1], rows[2], rows[3], rows[4], &w[0], &bias[0], n, blocks, pixel, stride*pixel, out, -1, 1.25)
	}
	call(portable.depthwise[size], want)
	call(ks.depthwise[size], dst)
	compare(t, fmt.Sprintf("%s, window %d, %d pixels, %d blocks, stride %d", ks.name, size, n, blocks, stride), dst, want, 1e-5)
}

func TestAMeanAgreesWithItsTwin(t *testing.T) {
	for _, ks := range assembly() {
		for n := 1; n <= 70; n++ {
			blocks := 1 + n%6
			ld := blocks*block + n%7
			src, got, want := randoms(n*ld), make([]float32, blocks*block+1), make([]float32, blocks*block+1)
			ks.mean(&got[0], &src[0], n, blocks, ld, 1/float32(n))
			portable.mean(&want[0], &src[0], n, blocks, ld, 1/float32(n))
			compare(t, fmt.Sprintf("%s, %d rows of %d blocks", ks.name, n, blocks), got, want, 1e-6)
		}
	}
}

// compare fails the test if two lists of numbers are further apart than near.
func compare(t *testing.T, what string, got, want []float32, near float64) {
	t.Helper()
	if len(got) != len(want) {
		t.Fatalf("%s: %d numbers, want %d", what, len(got), len(want))
	}
	for i := range want {
		if !(math.Abs(float64(got[i]-want[i])) <= near) {
			t.Fatalf("%s: number %d is %v, want %v", what, i, got[i], want[i])
		}
	}
}

func TestAnUnknownKernelIsAnErrorThatListsTheOthers(t *testing.T) {
	_, err := Load(nil, Options{Kernel: "abacus"})
	wantError(t, err, "abacus", "portable")
}

func TestTheEnvironmentChoosesTheKernel(t *testing.T) {
	t.Setenv("ZOODEX_KERNEL", "portable")
	e, err := Load(tinyNetwork().bytes(), Options{})
	if err != nil {
		t.Fatal(err)
	}
	if e.Kernel() != "portable" {
		t.Errorf("kernel is %s", e.Kernel())
	}
}

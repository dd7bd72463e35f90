package engine

import (
	"context"
	"errors"
	"fmt"
	"math/rand/v2"
	"runtime"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zoodex/zoodex/vision/model"
)

func load(t testing.TB, file []byte, o Options) *Engine {
	t.Helper()
	e, err := Load(file, o)
	if err != nil {
		t.Fatal(err)
	}
	return e
}

// buffers makes room for all outputs.
func buffers(e *Engine) [][]float32 {
	var outs [][]float32
	for _, o := range e.Outputs() {
		outs = append(outs, make([]float32, elements(o.Shape)))
	}
	return outs
}

func TestEveryKernelAgreesWithONNXRuntime(t *testing.T) {
	for _, kernel := range Kernels() {
		for _, threads := range []int{1, 2, 3} {
			slow := kernel == "portable" // one goroutine and one picture are enough for it
			if slow && threads > 1 {
				break
			}
			e := load(t, model.Network, Options{Kernel: kernel, Threads: threads})
			outs := buffers(e)
			for _, r := range model.References() {
				if err := e.Run(context.Background(), r.Input(), outs...); err != nil {
					t.Fatal(err)
				}
				var sampled []float32
				for i := 0; i < len(outs[0]); i += model.MapStride {
					sampled = append(sampled, outs[0][i])
				}
				name := fmt.Sprintf("%s with %d threads on %s: ", kernel, threads, r.Name)
				compare(t, name+"map", sampled, r.Map, 1e-4)
				compare(t, name+"features", outs[1], r.Features, 1e-4)
				compare(t, name+"logits", outs[2], r.Logits, 1e-4)
				if slow {
					break
				}
			}
		}
	}
}

func TestTheHundredthRunAnswersAsTheFirst(t *testing.T) {
	for _, o := range []Options{{Threads: 1}, {Threads: 2}, {Threads: 2, Precision: Int8, Ranges: ranges(t)}} {
		e, threads := load(t, model.Network, o), o.Threads
		in, other := model.References()[0].Input(), model.References()[1].Input()
		first, again := buffers(e), buffers(e)
		if err := e.Run(context.Background(), in, first...); err != nil {
			t.Fatal(err)
		}
		for run := 2; run <= 100; run++ {
			x := other
			if run == 2 || run == 100 {
				x = in
			}
			if err := e.Run(context.Background(), x, again...); err != nil {
				t.Fatal(err)
			}
			for i := range again {
				if (run == 2 || run == 100) && !slices.Equal(again[i], first[i]) {
					t.Fatalf("run %d with %d threads differs in output %d", run, threads, i)
				}
			}
		}
	}
}

func TestManyGoroutinesShareOneEngine(t *testing.T) {
	for _, o := range []Options{{}, {Threads: 2, Runs: 3}, {Precision: Int8, Ranges: ranges(t)}, {Precision: Int8, Ranges: ranges(t), Threads: 2, Runs: 3}} {
		e := load(t, model.Network, o)
		references := model.References()
		want := make([][]float32, len(references))
		for i, r := range references {
			want[i] = r.Logits
			if o.Precision == Int8 { // the same bytes every time
				want[i] = make([]float32, len(r.Logits))
				if err := e.Run(context.Background(), r.Input(), nil, nil, want[i]); err != nil {
					t.Fatal(err)
				}
			}
		}
		var group sync.WaitGroup
		for g := range 16 {
			group.Go(func() {
				r := references[g%len(references)]
				outs := buffers(e)
				for range 4 {
					if err := e.Run(context.Background(), r.Input(), outs...); err != nil {
						t.Error(err)
						return
					}
					for i, want := range want[g%len(references)] {
						if d := outs[2][i] - want; !(-1e-4 <= d && d <= 1e-4) {
							t.Errorf("%s: logit %d is %v, want %v", r.Name, i, outs[2][i], want)
							return
						}
					}
				}
			})
		}
		group.Wait()
	}
}

func TestARunAllocatesNothing(t *testing.T) {
	in := randoms(3 * 9 * 7)
	measured, err := Calibrate(tinyNetwork().bytes(), slices.Values([][]float32{in}))
	if err != nil {
		t.Fatal(err)
	}
	for _, kernel := range Kernels() {
		for _, o := range []Options{{Threads: 1}, {Threads: 2}, {Threads: 1, Precision: Int8}, {Threads: 2, Precision: Int8}} {
			if o.Precision == Int8 && !slices.Contains(int8Kernels(), kernel) {
				continue
			}
			threads := o.Threads
			o.Kernel, o.Ranges = kernel, measured
			e := load(t, tinyNetwork().bytes(), o)
			outs, ctx := buffers(e), context.Background()
			if n := testing.AllocsPerRun(100, func() {
				if err := e.Run(ctx, in, outs...); err != nil {
					t.Fatal(err)
				}
			}); n != 0 {
				t.Errorf("%s with %d threads: %v allocations a run", kernel, threads, n)
			}
		}
	}
}

func TestABatchAnswersAsSingleRuns(t *testing.T) {
	e := load(t, tinyNetwork().bytes(), Options{Runs: 4})
	r := rand.New(rand.NewPCG(5, 6))
	var inputs [][]float32
	var outs, want [][][]float32
	for range 20 {
		inputs = append(inputs, numbers(r, elements(e.Input().Shape)))
		outs, want = append(outs, buffers(e)), append(want, buffers(e))
		if err := e.Run(context.Background(), inputs[len(inputs)-1], want[len(want)-1]...); err != nil {
			t.Fatal(err)
		}
	}
	if err := e.RunBatch(context.Background(), inputs, func(i int) [][]float32 { return outs[i] }); err != nil {
		t.Fatal(err)
	}
	for i := range outs {
		for j := range outs[i] {
			compare(t, fmt.Sprintf("input %d, output %d", i, j), outs[i][j], want[i][j], 0)
		}
	}
	inputs[7] = inputs[7][1:]
	wantError(t, e.RunBatch(context.Background(), inputs, func(i int) [][]float32 { return outs[i] }), "input 7")
}

func TestARunWaitsForAFreeOneUntilItsDeadline(t *testing.T) {
	e := load(t, tinyNetwork().bytes(), Options{Runs: 1})
	s, err := e.acquire(context.Background())
	if err != nil {
		t.Fatal(err)
	}
	ctx, cancel := context.WithTimeout(context.Background(), 10*time.Millisecond)
	defer cancel()
	in := randoms(elements(e.Input().Shape))
	if err := e.Run(ctx, in); !errors.Is(err, context.DeadlineExceeded) {
		t.Errorf("got %v", err)
	}
	e.release(s)
	if err := e.Run(context.Background(), in); err != nil {
		t.Errorf("a free run: %v", err)
	}
	cancelled, stop := context.WithCancel(context.Background())
	stop()
	if err := e.Run(cancelled, in); !errors.Is(err, context.Canceled) {
		t.Errorf("cancelled before it began: %v", err)
	}
}

func TestWrongLengthsAreErrors(t *testing.T) {
	e := load(t, tinyNetwork().bytes(), Options{})
	in, outs := randoms(elements(e.Input().Shape)), buffers(e)
	wantError(t, e.Run(context.Background(), in[1:]), "188", "189")
	wantError(t, e.Run(context.Background(), in, outs[0][1:]), "sum", "59", "60")
	wantError(t, e.Run(context.Background(), in, outs[0], outs[1], outs[1]), "3 outputs")
	if err := e.Run(context.Background(), in, nil, outs[1]); err != nil {
		t.Errorf("an output that is not wanted: %v", err)
	}
}

func TestTheWeightsOfTheFileAreNotKept(t *testing.T) {
	heap := func() uint64 {
		runtime.GC()
		runtime.GC()
		var m runtime.MemStats
		runtime.ReadMemStats(&m)
		return m.HeapAlloc
	}
	before := heap()
	e := load(t, model.Network, Options{})
	grown := heap() - before
	runtime.KeepAlive(e)
	// Packed once, with some padding, and one arena.
	if most := uint64(len(model.Network)) * 5 / 4; grown > most {
		t.Errorf("a loaded network holds %d bytes, more than %d", grown, most)
	}
}

// TestFusedLayersAgreeWithSingleOperators compares plans of random networks with their operators run one by one.
func TestFusedLayersAgreeWithSingleOperators(t *testing.T) {
	for seed := range uint64(100) {
		r := rand.New(rand.NewPCG(seed, 7))
		file := randomNetwork(r).bytes()
		n, err := decode(file)
		if err != nil {
			t.Fatal(err)
		}
		in := numbers(r, elements(n.inputs[0].shape))
		want := oneByOne(t, n, in)
		for _, kernel := range Kernels() {
			e := load(t, file, Options{Kernel: kernel, Threads: 1 + int(seed%3)})
			outs := buffers(e)
			if err := e.Run(context.Background(), in, outs...); err != nil {
				t.Fatal(err)
			}
			for i := range outs {
				compare(t, fmt.Sprintf("seed %d, %s, output %d", seed, kernel, i), outs[i], want[i], 2e-4)
			}
		}
	}
}

// oneByOne runs each operator alone.
func oneByOne(t *testing.T, n *network, in []float32) (outs [][]float32) {
	values := map[*value][]float32{n.inputs[0]: in}
	for _, o := range n.operations {
		if err := infer(o); err != nil {
			t.Fatal(err)
		}
		do, err := operators[o.kind].bind(o)
		if err != nil {
			t.Fatal(err)
		}
		var ins [maxInputs][]float32
		for i, v := range o.in {
			if ins[i] = values[v]; v.constant != nil {
				if ins[i], err = v.constant.floats(); err != nil {
					t.Fatal(err)
				}
			}
		}
		values[o.out[0]] = make([]float32, elements(o.out[0].shape))
		do(values[o.out[0]], ins[:])
	}
	for _, v := range n.outputs {
		outs = append(outs, values[v])
	}
	return outs
}

// randomNetwork strings together convolutions of awkward sizes, clips and sums.
func randomNetwork(r *rand.Rand) *onnxFile {
	f := &onnxFile{}
	channels, h, w := 1+r.IntN(40), 5+r.IntN(30), 5+r.IntN(30)
	f.input("v0", 1, channels, h, w)
	f.weight("lo", []float32{-0.5})
	f.weight("hi", []float32{1})
	type shape struct{ c, h, w int }
	shapes := []shape{{channels, h, w}}
	last := func() (string, shape) { return fmt.Sprint("v", len(shapes)-1), shapes[len(shapes)-1] }
	for range 2 + r.IntN(9) {
		from, s := last()
		to := fmt.Sprint("v", len(shapes))
		k := []int{1, 1, 3, 5, 2}[r.IntN(5)]
		stride, group, filters := 1+r.IntN(2), 1, 1+r.IntN(70)
		pads := []int{r.IntN(k), r.IntN(k), r.IntN(k), r.IntN(k)}
		switch r.IntN(6) {
		case 0:
			f.node("Clip", to, []string{from, "lo", "hi"})
			shapes = append(shapes, s)
			continue
		case 1:
			f.node("Add", to, []string{from, from})
			shapes = append(shapes, s)
			continue
		case 2: // a sum with whatever has the same shape
			other := r.IntN(len(shapes))
			if shapes[other] == s {
				f.node("Add", to, []string{fmt.Sprint("v", other), from})
				shapes = append(shapes, s)
				continue
			}
			k, stride, filters, pads = 1, 1, shapes[other].c, []int{0, 0, 0, 0}
		case 3:
			group, filters = s.c, s.c
		}
		next := shape{filters, (s.h+pads[0]+pads[2]-k)/stride + 1, (s.w+pads[1]+pads[3]-k)/stride + 1}
		if s.h+pads[0]+pads[2] < k || s.w+pads[1]+pads[3] < k {
			continue
		}
		scale := numbers(r, filters*(s.c/group)*k*k)
		for i := range scale {
			scale[i] /= float32(s.c/group) / 4
		}
		f.weight(to+".w", scale, filters, s.c/group, k, k)
		f.weight(to+".b", numbers(r, filters), filters)
		f.node("Conv", to, []string{from, to + ".w", to + ".b"}, "group", group, "kernel_shape", []int{k, k},
			"strides", []int{stride, stride}, "pads", pads)
		shapes = append(shapes, next)
	}
	if len(shapes) == 1 { // onnx-go takes an input that is an output for two things
		f.node("Clip", "v1", []string{"v0", "lo", "hi"})
		shapes = append(shapes, shapes[0])
	}
	name, s := last()
	f.node("GlobalAveragePool", "pool", []string{name})
	f.output(name, 1, s.c, s.h, s.w)
	f.output("pool", 1, s.c, 1, 1)
	if middle := 1 + r.IntN(len(shapes)-1); middle < len(shapes)-1 {
		s := shapes[middle]
		f.output(fmt.Sprint("v", middle), 1, s.c, s.h, s.w)
	}
	return f
}

func wantError(t *testing.T, err error, words ...string) {
	t.Helper()
	if err == nil {
		t.Fatalf("no error that mentions %q", words)
	}
	for _, w := range words {
		if !strings.Contains(err.Error(), w) {
			t.Errorf("error %q does not mention %q", err, w)
		}
	}
}

package engine

import (
	"context"
	"math/rand/v2"
	"runtime"
	"slices"
	"testing"

	"github.com/zoodex/zoodex/vision/model"
)

func TestAWrongFileIsAnErrorThatSaysWhatIsWrong(t *testing.T) {
	whole := tinyNetwork().bytes()
	with := func(change func(f *onnxFile)) []byte {
		f := &onnxFile{}
		change(f)
		return f.bytes()
	}
	one := []float32{1}
	for name, c := range map[string]struct {
		file  []byte
		words []string
	}{
		"empty":           {nil, []string{"no graph"}},
		"text":            {[]byte("not a network"), []string{"damaged"}},
		"cut off":         {whole[:len(whole)/2], []string{"cut off"}},
		"cut off network": {model.Network[:1<<20], []string{"cut off"}},
		"unknown operator": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Einsum", "y", []string{"x"})
			f.output("y", 1, 3)
		}), []string{"Einsum"}},
		"unknown attribute": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Flatten", "y", []string{"x"}, "sideways", 1)
			f.output("y", 1, 3)
		}), []string{"Flatten", `"y"`, "sideways"}},
		"nothing computes an input": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Add", "y", []string{"x", "ghost"})
			f.output("y", 1, 3)
		}), []string{"Add", "ghost"}},
		"nothing computes an output": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Clip", "y", []string{"x"})
			f.output("z", 1, 3)
		}), []string{`"z"`}},
		"a circle": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Add", "y", []string{"x", "z"})
			f.node("Clip", "z", []string{"y"})
			f.output("z", 1, 3)
		}), []string{"Add", `"z"`}},
		"its own input": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Add", "y", []string{"x", "y"})
			f.output("y", 1, 3)
		}), []string{"Add", `"y"`}},
		"two inputs": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.input("z", 1, 3)
			f.node("Add", "y", []string{"x", "z"})
			f.output("y", 1, 3)
		}), []string{"2 inputs"}},
		"huge input": {with(func(f *onnxFile) {
			f.input("x", 1<<20, 1<<20)
			f.node("Clip", "y", []string{"x"})
			f.output("y", 1, 3)
		}), []string{`"x"`, "too large"}},
		"huge result": {with(func(f *onnxFile) {
			f.input("x", 1, 1, 4, 4)
			f.weight("w", one, 1, 1, 1, 1)
			f.node("Conv", "y", []string{"x", "w"}, "pads", []int{60000, 60000, 60000, 60000})
			f.output("y", 1, 1, 4, 4)
		}), []string{"Conv", "too large"}},
		"weight shorter than its shape": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.weight("w", one, 1<<12, 1<<11)
			f.node("Add", "y", []string{"x", "w"})
			f.output("y", 1, 3)
		}), []string{`"w"`}},
		"shapes that do not go together": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.weight("w", one, 1, 1)
			f.node("Gemm", "y", []string{"x", "w"})
			f.output("y", 1, 3)
		}), []string{"Gemm", "[1 3]", "[1 1]"}},
		"wrong bias": {with(func(f *onnxFile) {
			f.input("x", 1, 1, 4, 4)
			f.weight("w", one, 1, 1, 1, 1)
			f.weight("b", []float32{1, 2}, 2)
			f.node("Conv", "y", []string{"x", "w", "b"})
			f.output("y", 1, 1, 4, 4)
		}), []string{"Conv", "bias"}},
		"convolution of a list": {with(func(f *onnxFile) {
			f.input("x", 3)
			f.weight("w", one, 1, 1, 1, 1)
			f.node("Conv", "y", []string{"x", "w"})
			f.output("y", 3)
		}), []string{"Conv", "two-dimensional"}},
		"convolution of a number": {with(func(f *onnxFile) {
			f.input("x")
			f.weight("w", one, 1, 1, 1, 1)
			f.node("Conv", "y", []string{"x", "w"})
			f.output("y")
		}), []string{"Conv", "two-dimensional"}},
		"stride of zero": {with(func(f *onnxFile) {
			f.input("x", 1, 1, 4, 4)
			f.weight("w", one, 1, 1, 1, 1)
			f.node("Conv", "y", []string{"x", "w"}, "strides", []int{0, 1})
			f.output("y", 1, 1, 4, 4)
		}), []string{"Conv", "strides"}},
		"computed twice": {with(func(f *onnxFile) {
			f.input("x", 1, 3)
			f.node("Clip", "y", []string{"x"})
			f.node("Clip", "y", []string{"x"})
			f.output("y", 1, 3)
		}), []string{`"y"`, "twice"}},
	} {
		t.Run(name, func(t *testing.T) {
			_, err := Load(c.file, Options{})
			wantError(t, err, c.words...)
		})
	}
}

func TestHostileShapesOfInnerValuesAreNotAllocated(t *testing.T) {
	f := tinyNetwork()
	f.inner("stem", 1, 1<<16, 1<<16, 1<<16)
	var before, after runtime.MemStats
	runtime.ReadMemStats(&before)
	if _, err := Load(f.bytes(), Options{}); err != nil {
		t.Fatal(err)
	}
	runtime.ReadMemStats(&after)
	if n := after.TotalAlloc - before.TotalAlloc; n > 10<<20 {
		t.Errorf("loading a tiny network allocated %d bytes", n)
	}
}

func FuzzLoad(f *testing.F) {
	f.Add(tinyNetwork().bytes())
	for seed := range uint64(20) {
		if file := randomNetwork(rand.New(rand.NewPCG(seed, 9))).bytes(); len(file) < 8<<10 {
			f.Add(file)
		}
	}
	f.Fuzz(func(t *testing.T, file []byte) {
		e, err := Load(file, Options{Runs: 1})
		if err != nil || elements(e.Input().Shape) > 1<<16 {
			return
		}
		work := 0
		for _, o := range e.Outputs() {
			work += elements(o.Shape)
		}
		if work < 1<<12 && e.plan.arena < 1<<14 {
			in := make([]float32, elements(e.Input().Shape))
			if err := e.Run(context.Background(), in, buffers(e)...); err != nil {
				t.Fatal(err)
			}
			ranges, err := Calibrate(file, slices.Values([][]float32{in}))
			if err != nil {
				return // it needs more memory than a run
			}
			if e, err = Load(file, Options{Runs: 1, Precision: Int8, Ranges: ranges}); err != nil {
				t.Fatal(err)
			}
			if err := e.Run(context.Background(), in, buffers(e)...); err != nil {
				t.Fatal(err)
			}
		}
	})
}

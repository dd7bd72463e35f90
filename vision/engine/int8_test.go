package engine

import (
	"bytes"
	"context"
	"fmt"
	"maps"
	"math"
	"math/rand/v2"
	"slices"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision/model"
)

// ranges are those of the embedded network.
func ranges(t testing.TB) Ranges {
	t.Helper()
	r, err := ReadRanges(strings.NewReader(model.Ranges))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// int8Kernels are the kernel sets of this machine that compute in bytes.
func int8Kernels() (names []string) {
	for _, ks := range kernelSets() {
		if ks.available && ks.int8 != nil {
			names = append(names, ks.name)
		}
	}
	return names
}

// The references are drawn, and further from photos, which the ranges are of, than anything a visitor sees: this finds mistakes,
// and vision's measure tells how well it does.
func TestTheNetworkInBytesSeesWhatItSeesInFloats(t *testing.T) {
	const alike = 0.8
	for _, kernel := range int8Kernels() {
		for _, threads := range []int{1, 3} {
			e := load(t, model.Network, Options{Kernel: kernel, Precision: Int8, Ranges: ranges(t), Threads: threads})
			outs := buffers(e)
			for _, r := range model.References() {
				if err := e.Run(context.Background(), r.Input(), outs...); err != nil {
					t.Fatal(err)
				}
				name := fmt.Sprintf("%s with %d threads on %s", kernel, threads, r.Name)
				if c := cosine(outs[1], r.Features); c < alike {
					t.Errorf("%s: features are %.3f alike", name, c)
				}
				if c := cosine(outs[2], r.Logits); c < alike {
					t.Errorf("%s: logits are %.3f alike", name, c)
				}
				if kernel == "portable" {
					break
				}
			}
			if kernel == "portable" {
				break
			}
		}
	}
}

func cosine(a, b []float32) float64 {
	var ab, aa, bb float64
	for i := range a {
		ab += float64(a[i]) * float64(b[i])
		aa += float64(a[i]) * float64(a[i])
		bb += float64(b[i]) * float64(b[i])
	}
	return ab / math.Sqrt(aa*bb+1e-30)
}

// Whatever can be quantised, must be: no float32 layers but the stem and what is needed at the ends.
func TestTheNetworkIsComputedInBytes(t *testing.T) {
	e := load(t, model.Network, Options{Precision: Int8, Ranges: ranges(t)})
	found := map[string]int{}
	for _, s := range e.plan.steps {
		found[s.name]++
	}
	want := map[string]int{"expand, depthwise": 21, "project": 21, "Conv 1x1": 1, "GlobalAveragePool": 1, "quantise": 1, "Gemm": 1}
	if !maps.Equal(found, want) {
		t.Errorf("the plan has %v, want %v", found, want)
	}
}

// TestQuantisedLayersAgreeWithFloats compares random networks in bytes with themselves in float32. How far they may be apart
// depends on how many layers round; that they are nothing but alike shows that every path puts its bytes where they belong.
func TestQuantisedLayersAgreeWithFloats(t *testing.T) {
	for seed := range uint64(150) {
		r := rand.New(rand.NewPCG(seed, 9))
		var file []byte
		if seed%2 == 0 {
			file = randomNetwork(r).bytes()
		} else {
			file = randomBlocks(r).bytes()
		}
		exact := load(t, file, Options{})
		in := numbers(r, elements(exact.Input().Shape))
		measured, err := Calibrate(file, slices.Values([][]float32{in}))
		if err != nil {
			t.Fatal(err)
		}
		if seed%5 == 0 { // some ranges are not known
			for _, name := range slices.Sorted(maps.Keys(measured)) {
				if r.IntN(4) == 0 {
					delete(measured, name)
				}
			}
		}
		want := buffers(exact)
		if err := exact.Run(context.Background(), in, want...); err != nil {
			t.Fatal(err)
		}
		for _, kernel := range int8Kernels() {
			e := load(t, file, Options{Kernel: kernel, Precision: Int8, Ranges: measured, Threads: 1 + int(seed%3)})
			got := buffers(e)
			if err := e.Run(context.Background(), in, got...); err != nil {
				t.Fatal(err)
			}
			for i := range got {
				if c := cosine(got[i], want[i]); c < 0.98 {
					t.Errorf("seed %d, %s, output %d: %.3f alike", seed, kernel, i, c)
				}
			}
		}
	}
}

// randomBlocks strings together inverted residuals of awkward sizes.
func randomBlocks(r *rand.Rand) *onnxFile {
	f := &onnxFile{}
	channels, h, w := 3, 7+r.IntN(30), 7+r.IntN(30)
	f.input("input", 1, channels, h, w)
	f.weight("lo", []float32{0})
	f.weight("hi", []float32{6})
	conv := func(from, to string, in, out, group, size, stride int, clip bool, pads ...int) {
		scale := numbers(r, out*in/group*size*size)
		for i := range scale {
			scale[i] *= 3 / float32(math.Sqrt(float64(in/group*size*size)))
		}
		f.weight(to+".w", scale, out, in/group, size, size)
		f.weight(to+".b", numbers(r, out), out)
		name := to
		if clip {
			name += ".y"
		}
		f.node("Conv", name, []string{from, to + ".w", to + ".b"}, "group", group, "kernel_shape", []int{size, size},
			"strides", []int{stride, stride}, "pads", pads)
		if clip {
			f.node("Clip", to, []string{name, "lo", "hi"})
		}
	}
	name := "input"
	for i := range 1 + r.IntN(3) {
		b := fmt.Sprint("b", i)
		size, stride := 3+2*r.IntN(2), 1+r.IntN(2)
		pads := []int{r.IntN(size), r.IntN(size), r.IntN(size), r.IntN(size)}
		nh, nw := (h+pads[0]+pads[2]-size)/stride+1, (w+pads[1]+pads[3]-size)/stride+1
		if h+pads[0]+pads[2] < size || w+pads[1]+pads[3] < size {
			break
		}
		wide, out := 1+r.IntN(90), 1+r.IntN(50)
		if i == 0 && r.IntN(2) == 0 {
			conv(name, b+".expand", channels, wide, 1, 3, 1, true, 1, 1, 1, 1)
		} else {
			conv(name, b+".expand", channels, wide, 1, 1, 1, r.IntN(4) > 0, 0, 0, 0, 0)
		}
		conv(b+".expand", b+".depthwise", wide, wide, wide, size, stride, r.IntN(4) > 0, pads...)
		same := stride == 1 && nh == h && nw == w && i > 0
		if same {
			out = channels
		}
		conv(b+".depthwise", b+".project", wide, out, 1, 1, 1, r.IntN(4) == 0, 0, 0, 0, 0)
		last := b + ".project"
		if same {
			f.node("Add", b, []string{last, name})
			last = b
		}
		name, channels, h, w = last, out, nh, nw
	}
	if name == "input" {
		conv(name, "only", channels, 5, 1, 1, 1, true, 0, 0, 0, 0)
		name, channels = "only", 5
	}
	conv(name, "head", channels, 33, 1, 1, 1, true, 0, 0, 0, 0)
	f.node("GlobalAveragePool", "pool", []string{"head"})
	f.node("Flatten", "features", []string{"pool"}, "axis", 1)
	f.weight("fc.w", numbers(r, 33*7), 7, 33)
	f.node("Gemm", "logits", []string{"features", "fc.w"}, "transB", 1)
	f.output("head", 1, 33, h, w)
	f.output("logits", 1, 7)
	return f
}

func TestPrecisionIsChecked(t *testing.T) {
	file := tinyNetwork().bytes()
	_, err := Load(file, Options{Precision: Int8})
	wantError(t, err, "ranges")
	_, err = Load(file, Options{Precision: "int4"})
	wantError(t, err, "int4", "float32", "int8")
}

func TestRangesAreReadAsTheyWereWritten(t *testing.T) {
	want := Ranges{"a": {-1.5, 2}, "b,\"c\"": {0, 6}}
	var file bytes.Buffer
	if err := want.Write(&file); err != nil {
		t.Fatal(err)
	}
	got, err := ReadRanges(&file)
	if err != nil || !maps.Equal(got, want) {
		t.Errorf("read %v, %v", got, err)
	}
	for _, bad := range []string{"value,least,most\na,1\n", "value,least,most\na,x,1\n", "value,least,most\na,2,1\n", "value,least,most\na,NaN,1\n", "\"", "v,l,m\na,-Inf,1\n"} {
		if _, err := ReadRanges(strings.NewReader(bad)); err == nil {
			t.Errorf("no error for %q", bad)
		}
	}
}

func TestCalibratingSaysWhatIsWrong(t *testing.T) {
	file := tinyNetwork().bytes()
	_, err := Calibrate(file, slices.Values([][]float32{}))
	wantError(t, err, "no inputs")
	_, err = Calibrate(file, slices.Values([][]float32{{1, 2}}))
	wantError(t, err, "2 numbers", "189")
	_, err = Calibrate(file[:50], slices.Values([][]float32{{1, 2}}))
	wantError(t, err, "calibrate")
}

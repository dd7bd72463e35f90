package engine

import (
	"encoding/binary"
	"math"
	"math/rand/v2"
)

// An onnxFile writes small ONNX files for tests. Field numbers are those of onnx.proto.
type onnxFile struct{ graph []byte }

func (f *onnxFile) bytes() []byte {
	m := []byte{1 << 3, 7} // ir_version
	m = appendField(m, 7, f.graph)
	return appendField(m, 8, []byte{2 << 3, 13}) // opset_import
}

func (f *onnxFile) add(field uint64, content []byte) { f.graph = appendField(f.graph, field, content) }

func (f *onnxFile) input(name string, shape ...int)  { f.add(11, valueInfo(name, shape)) }
func (f *onnxFile) output(name string, shape ...int) { f.add(12, valueInfo(name, shape)) }
func (f *onnxFile) inner(name string, shape ...int)  { f.add(13, valueInfo(name, shape)) }

func valueInfo(name string, shape []int) []byte {
	var dims []byte
	for _, d := range shape {
		dims = appendField(dims, 1, binary.AppendUvarint([]byte{1 << 3}, uint64(d)))
	}
	tensor := appendField([]byte{1 << 3, 1}, 2, dims) // elem_type FLOAT, shape
	return appendField(appendField(nil, 1, []byte(name)), 2, appendField(nil, 1, tensor))
}

func (f *onnxFile) weight(name string, values []float32, shape ...int) {
	var t, raw []byte
	for _, d := range shape {
		t = binary.AppendUvarint(append(t, 1<<3), uint64(d))
	}
	for _, v := range values {
		raw = binary.LittleEndian.AppendUint32(raw, math.Float32bits(v))
	}
	t = append(t, 2<<3, 1)
	f.add(5, appendField(appendField(t, 8, []byte(name)), 9, raw))
}

// node adds a node; attributes are name, value, name, value, where a value is an int, a float32 or a []int.
func (f *onnxFile) node(op, output string, inputs []string, attributes ...any) {
	var n []byte
	for _, in := range inputs {
		n = appendField(n, 1, []byte(in))
	}
	n = appendField(appendField(n, 2, []byte(output)), 4, []byte(op))
	for i := 0; i < len(attributes); i += 2 {
		a := appendField(nil, 1, []byte(attributes[i].(string)))
		kind := byte(0)
		switch v := attributes[i+1].(type) {
		case int:
			a, kind = binary.AppendUvarint(append(a, 3<<3), uint64(v)), 2
		case float32:
			a, kind = binary.LittleEndian.AppendUint32(append(a, 2<<3|5), math.Float32bits(v)), 1
		case []int:
			for _, x := range v {
				a = binary.AppendUvarint(append(a, 8<<3), uint64(x))
			}
			kind = 7
		}
		n = appendField(n, 5, append(binary.AppendUvarint(a, 20<<3), kind))
	}
	f.add(1, n)
}

func numbers(r *rand.Rand, n int) []float32 {
	f := make([]float32, n)
	for i := range f {
		f[i] = r.Float32() - 0.5
	}
	return f
}

// tinyNetwork has one of everything: a stem, an inverted residual, pooling, a classifier.
func tinyNetwork() *onnxFile {
	r := rand.New(rand.NewPCG(3, 4))
	f := &onnxFile{}
	f.input("input", 1, 3, 9, 7)
	f.weight("lo", []float32{0})
	f.weight("hi", []float32{6})
	conv := func(from, to string, in, out, group, size, stride int, pads ...int) {
		f.weight(to+".w", numbers(r, out*in/group*size*size), out, in/group, size, size)
		f.weight(to+".b", numbers(r, out), out)
		f.node("Conv", to+".y", []string{from, to + ".w", to + ".b"}, "group", group, "kernel_shape", []int{size, size},
			"strides", []int{stride, stride}, "pads", pads)
		f.node("Clip", to, []string{to + ".y", "lo", "hi"})
	}
	conv("input", "stem", 3, 5, 1, 3, 2, 0, 0, 1, 1)
	conv("stem", "expand", 5, 20, 1, 1, 1, 0, 0, 0, 0)
	conv("expand", "depthwise", 20, 20, 20, 3, 1, 1, 1, 1, 1)
	f.weight("project.w", numbers(r, 5*20), 5, 20, 1, 1)
	f.node("Conv", "project", []string{"depthwise", "project.w"})
	f.node("Add", "sum", []string{"project", "stem"})
	f.node("GlobalAveragePool", "pool", []string{"sum"})
	f.node("Flatten", "features", []string{"pool"}, "axis", 1)
	f.weight("fc.w", numbers(r, 10*5), 10, 5)
	f.weight("fc.b", numbers(r, 10), 10)
	f.node("Gemm", "logits", []string{"features", "fc.w", "fc.b"}, "transB", 1, "alpha", float32(1), "beta", float32(1))
	f.output("sum", 1, 5, 4, 3)
	f.output("logits", 1, 10)
	return f
}

package engine

import (
	"encoding/binary"
	"errors"
	"fmt"
	"math"

	onnx "github.com/owulveryck/onnx-go"
)

// Bounds on what a file may ask for. They are far above any network we run, and far below what would hurt the machine.
const (
	maxElements = 1 << 24 // of one tensor: 64 MB
	maxArena    = 1 << 26 // floats of one run: 256 MB
	maxMessages = 1 << 18 // nodes, tensors and attributes of a file
	maxRank     = 8
)

// A constant is a tensor of the file that never changes.
type constant struct {
	shape  []int
	raw    []byte // little-endian float32, a part of the file
	values []float32
}

var errNotFloat = errors.New("is not float32")

// check tells whether the numbers are float32.
func (c *constant) check() error {
	if c.values == nil && c.raw == nil && elements(c.shape) > 0 {
		return errNotFloat
	}
	return nil
}

// at returns number i. Large weights are read one by one, straight from the file into their packed place.
func (c *constant) at(i int) float32 {
	if c.values != nil {
		return c.values[i]
	}
	return math.Float32frombits(binary.LittleEndian.Uint32(c.raw[4*i:]))
}

// floats returns all numbers.
func (c *constant) floats() ([]float32, error) {
	if err := c.check(); err != nil || c.values != nil {
		return c.values, err
	}
	f := make([]float32, len(c.raw)/4)
	for i := range f {
		f[i] = c.at(i)
	}
	return f, nil
}

// decodeOne decodes a network of one input.
func decodeOne(file []byte) (*network, error) {
	n, err := decode(file)
	if err == nil && len(n.inputs) != 1 {
		return nil, fmt.Errorf("it has %d inputs instead of one", len(n.inputs))
	}
	return n, err
}

// decode turns an ONNX file into a network, by way of onnx-go.
//
// onnx-go copies each weight several times while it decodes (more than 100 MB for an 18 MB file), allocates what the file
// claims, and panics on many damaged files, which Load turns into errors. So the file is read twice: lighten checks it and takes the weights out, and onnx-go
// decodes what is left, which is the graph.
func decode(file []byte) (*network, error) {
	light, weights, err := lighten(file)
	if err != nil {
		return nil, err
	}
	r := newRecorder()
	m := onnx.NewModel(r)
	if err := m.UnmarshalBinary(light); err != nil {
		return nil, err
	}
	n := &network{operations: r.operations}
	for _, id := range m.Input {
		v := r.values[id]
		if v.tensor == nil {
			return nil, fmt.Errorf("input %q has no shape", v.name)
		}
		v.shape, v.tensor = append([]int{}, v.tensor.Shape()...), nil
		n.inputs = append(n.inputs, v)
	}
	for _, id := range m.Output {
		v := r.values[id]
		v.output = true
		n.outputs = append(n.outputs, v)
	}
	for _, v := range r.values {
		if c, ok := weights[v.name]; ok && v.producer == nil {
			v.constant, v.shape = c, c.shape
		}
		v.tensor = nil
	}
	return n, nil
}

// lighten returns the file without its weights and without the shapes of inner values, which the engine works out itself, and
// the weights as views into the file. Field numbers are those of onnx.proto.
func lighten(file []byte) (light []byte, weights map[string]*constant, err error) {
	weights = map[string]*constant{}
	budget := maxMessages
	var graphs int
	err = fields(file, func(f field) error {
		if f.number != 7 { // ModelProto.graph
			light = append(light, f.whole...)
			return nil
		}
		if graphs++; graphs > 1 {
			return errors.New("damaged file: two graphs")
		}
		var g []byte
		if err := fields(f.bytes, func(f field) error {
			if budget--; budget < 0 {
				return errors.New("file has too many nodes")
			}
			switch f.number {
			case 1: // node
				if err := checkNode(f.bytes, &budget); err != nil {
					return err
				}
			case 5: // initializer
				name, c, stub, err := weight(f.bytes)
				if err != nil {
					return err
				}
				if weights[name] = c; stub != nil {
					g = appendField(g, 5, stub)
					return nil
				}
			case 11, 12: // input, output
				if err := checkValue(f.bytes); err != nil {
					return err
				}
			case 13: // value_info
				return nil
			case 15:
				return errors.New("sparse weights are not supported")
			}
			g = append(g, f.whole...)
			return nil
		}); err != nil {
			return err
		}
		light = appendField(light, 7, g)
		return nil
	})
	if err == nil && graphs == 0 {
		err = errors.New("not an ONNX file: it holds no graph")
	}
	return light, weights, err
}

// weight reads a TensorProto. For float32 it returns the numbers and a stub to stand in their place.
func weight(b []byte) (name string, c *constant, stub []byte, err error) {
	t, err := tensorHeader(b)
	if err != nil {
		return t.name, nil, nil, err
	}
	c = &constant{shape: t.shape}
	if t.kind != 1 { // not FLOAT
		return t.name, c, nil, nil
	}
	if len(t.data) != 4*elements(t.shape) {
		return t.name, nil, nil, fmt.Errorf("damaged file: weight %q of shape %v has %d bytes", t.name, t.shape, len(t.data))
	}
	c.raw = t.data
	stub = append(stub, 1<<3, 1, 2<<3, 1) // dims = [1], data_type = FLOAT
	stub = appendField(stub, 8, []byte(t.name))
	return t.name, c, appendField(stub, 9, make([]byte, 4)), nil
}

type tensorProto struct {
	name  string
	shape []int
	kind  uint64
	data  []byte
}

// tensorHeader reads a TensorProto and checks that its data could fill its shape.
func tensorHeader(b []byte) (t tensorProto, err error) {
	t.shape = []int{}
	var floats []byte
	var other int
	err = fields(b, func(f field) error {
		switch f.number {
		case 1:
			return f.integers(func(n uint64) error {
				if len(t.shape) == maxRank || n > maxElements {
					return errors.New("shape is out of bounds")
				}
				t.shape = append(t.shape, int(n))
				return nil
			})
		case 2:
			t.kind = f.integer
		case 4: // float_data, packed or one by one
			floats = append(floats, f.bytes...)
		case 8:
			t.name = string(f.bytes)
		case 9: // raw_data
			t.data = f.bytes
		case 13, 14:
			if f.number == 13 || f.integer != 0 {
				return errors.New("data is in another file")
			}
		default:
			other += len(f.whole)
		}
		return nil
	})
	if t.data == nil {
		t.data = floats
	}
	if n := elements(t.shape); err == nil && (n > maxElements || n > 8*(len(t.data)+other+1)) {
		err = errors.New("shape is larger than the data")
	}
	if err != nil {
		err = fmt.Errorf("damaged file: weight %q: %w", t.name, err)
	}
	return t, err
}

// checkNode checks the tensors among a node's attributes.
func checkNode(b []byte, budget *int) error {
	return fields(b, func(f field) error {
		if *budget--; *budget < 0 {
			return errors.New("file has too many nodes")
		}
		if f.number != 5 { // attribute
			return nil
		}
		return fields(f.bytes, func(f field) error {
			if f.number != 5 { // AttributeProto.t
				return nil
			}
			_, err := tensorHeader(f.bytes)
			return err
		})
	})
}

// checkValue checks a ValueInfoProto, whose shape onnx-go allocates as stated.
func checkValue(b []byte) error {
	var name string
	size := 1
	inner := func(number uint64, f field, do func(field) error) error {
		if f.number != number {
			return nil
		}
		return fields(f.bytes, do)
	}
	err := fields(b, func(f field) error {
		if f.number == 1 {
			name = string(f.bytes)
		}
		return inner(2, f, func(f field) error { // type
			return inner(1, f, func(f field) error { // tensor_type
				return inner(2, f, func(f field) error { // shape
					return inner(1, f, func(f field) error { // dim
						switch f.number {
						case 1:
							if f.integer > uint64(maxElements/size) {
								return errors.New("shape is too large")
							}
							size *= max(1, int(f.integer))
						case 2:
							return fmt.Errorf("dimension %q has no fixed size", f.bytes)
						}
						return nil
					})
				})
			})
		})
	})
	if err != nil {
		err = fmt.Errorf("value %q: %w", name, err)
	}
	return err
}

// A field is one field of a protocol buffer message.
type field struct {
	number  uint64
	integer uint64 // varint
	bytes   []byte // string, message, packed list, or the 4 or 8 bytes of a fixed number
	packed  bool
	whole   []byte
}

// integers visits a repeated integer field, packed or not.
func (f field) integers(do func(uint64) error) error {
	if !f.packed {
		return do(f.integer)
	}
	for b := f.bytes; len(b) > 0; {
		v, n := binary.Uvarint(b)
		if n <= 0 {
			return errors.New("bad number")
		}
		if err := do(v); err != nil {
			return err
		}
		b = b[n:]
	}
	return nil
}

var errTruncated = errors.New("damaged file: it is cut off or is not ONNX")

// fields visits the fields of a protocol buffer message.
func fields(b []byte, do func(field) error) error {
	for len(b) > 0 {
		key, n := binary.Uvarint(b)
		if n <= 0 || key>>3 == 0 {
			return errTruncated
		}
		f := field{number: key >> 3}
		end := n
		switch key & 7 {
		case 0:
			f.integer, n = binary.Uvarint(b[end:])
			if n <= 0 {
				return errTruncated
			}
			end += n
		case 1, 5:
			size := 8
			if key&7 == 5 {
				size = 4
			}
			if len(b)-end < size {
				return errTruncated
			}
			f.bytes = b[end : end+size]
			end += size
		case 2:
			size, n := binary.Uvarint(b[end:])
			if n <= 0 || size > uint64(len(b)-end-n) {
				return errTruncated
			}
			f.packed = true
			f.bytes = b[end+n : end+n+int(size)]
			end += n + int(size)
		default:
			return errTruncated
		}
		f.whole = b[:end]
		if err := do(f); err != nil {
			return err
		}
		b = b[end:]
	}
	return nil
}

func appendField(b []byte, number uint64, content []byte) []byte {
	b = binary.AppendUvarint(b, number<<3|2)
	b = binary.AppendUvarint(b, uint64(len(content)))
	return append(b, content...)
}

// elements is the number of elements of a tensor of this shape, or more than maxElements when it is too large.
func elements(shape []int) int {
	n := 1
	for _, d := range shape {
		if d < 0 || d > maxElements/max(n, 1) {
			return maxElements + 1
		}
		n *= d
	}
	return n
}

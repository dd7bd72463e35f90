package engine

import (
	"fmt"
	"math"

	onnx "github.com/owulveryck/onnx-go"
	"github.com/owulveryck/onnx-go/backend"
	"gonum.org/v1/gonum/graph"
	"gonum.org/v1/gonum/graph/simple"
	"gorgonia.org/tensor"
)

// A value is a tensor of the graph: an input, a constant, or what an operation computes.
// It is the node type that onnx-go sees.
type value struct {
	id       int64
	name     string
	tensor   tensor.Tensor // as onnx-go set it; dropped when the graph is compiled
	shape    []int
	constant *constant
	producer *operation
	users    []*operation // one entry a use: twice when an operation reads the value twice
	output   bool
}

func (v *value) ID() int64                       { return v.id }
func (v *value) SetName(s string)                { v.name = s }
func (v *value) GetName() string                 { return v.name }
func (v *value) SetTensor(t tensor.Tensor) error { v.tensor = t; return nil }
func (v *value) GetTensor() tensor.Tensor        { return v.tensor }

// An operation is a node of the ONNX graph. Missing optional inputs are nil.
type operation struct {
	kind       string
	attributes map[string]any
	in, out    []*value
}

func (o *operation) String() string {
	if len(o.out) > 0 {
		return fmt.Sprintf("%s that computes %q", o.kind, o.out[0].name)
	}
	return o.kind
}

// A recorder is the backend that onnx-go decodes into. It only writes down what it is told.
//
// Edges are kept in a list of its own: the graph of gonum has one edge between two nodes, so that x+x would lose an input.
type recorder struct {
	*simple.WeightedDirectedGraph
	values     []*value
	edges      map[int64][]*value // inputs of the operation that computes this value, in order
	operations []*operation

	// For Run, which onnx-go's test cases call.
	kernels *kernels
	fixed   int // graph inputs from this one on are constants
}

var _ backend.ComputationBackend = (*recorder)(nil)

func newRecorder() *recorder {
	return &recorder{
		WeightedDirectedGraph: simple.NewWeightedDirectedGraph(math.MaxFloat64, -1),
		edges:                 map[int64][]*value{},
	}
}

// NewNode numbers nodes from zero: onnx-go's SetInput(i) means the node with id i.
func (r *recorder) NewNode() graph.Node {
	v := &value{id: int64(len(r.values))}
	r.values = append(r.values, v)
	return v
}

func (r *recorder) SetWeightedEdge(e graph.WeightedEdge) {
	to, from := e.From().ID(), e.To().(*value) // onnx-go's edges run from an output to its inputs
	r.edges[to] = append(r.edges[to], from)
	if to != from.id {
		r.WeightedDirectedGraph.SetWeightedEdge(e)
	}
}

func (r *recorder) ApplyOperation(o onnx.Operation, outputs ...graph.Node) error {
	if _, ok := operators[o.Name]; !ok {
		return &onnx.ErrNotImplemented{Operator: o.Name, Message: "the engine does not know this operator"}
	}
	if len(outputs) != 1 {
		return fmt.Errorf("%s with %d outputs; the engine knows it with one", o.Name, len(outputs))
	}
	out := outputs[0].(*value)
	if out.producer != nil {
		return fmt.Errorf("%q is computed twice", out.name)
	}
	op := &operation{kind: o.Name, attributes: o.Attributes, in: r.edges[out.id], out: []*value{out}}
	for i, v := range op.in {
		if v.name == "" {
			op.in[i] = nil
			continue
		}
		v.users = append(v.users, op)
	}
	out.producer = op
	r.operations = append(r.operations, op)
	return nil
}

// Run computes the graph from the tensors its inputs hold, which is how onnx-go's own test cases use a backend.
// The product uses Engine.Run.
func (r *recorder) Run() error {
	g := &network{operations: r.operations}
	for _, v := range r.values {
		switch {
		case v.name == "" || v.producer != nil && len(v.users) > 0:
		case v.producer != nil:
			v.output = true
			g.outputs = append(g.outputs, v)
		case len(v.users) > 0:
			if v.tensor == nil {
				return fmt.Errorf("input %q has no tensor", v.name)
			}
			v.shape = append([]int{}, v.tensor.Shape()...)
			if len(g.inputs) >= r.fixed && r.fixed > 0 {
				v.constant = tensorConstant(v.tensor)
				continue
			}
			g.inputs = append(g.inputs, v)
		}
	}
	p, err := compile(g, r.kernels, nil, 1)
	if err != nil {
		return err
	}
	ins := make([][]float32, len(g.inputs))
	for i, v := range g.inputs {
		if ins[i], err = tensorConstant(v.tensor).floats(); err != nil {
			return fmt.Errorf("input %q: %w", v.name, err)
		}
	}
	outs := make([][]float32, len(g.outputs))
	for i, v := range g.outputs {
		outs[i] = make([]float32, elements(v.shape))
	}
	s := newState(p, 1)
	s.compute(ins, outs)
	for i, v := range g.outputs {
		v.tensor = tensor.New(tensor.WithShape(v.shape...), tensor.WithBacking(outs[i]))
	}
	return nil
}

// A network is a recorded graph, ready to be compiled.
type network struct {
	operations []*operation // in the order of the file: a value is computed before it is used
	inputs     []*value
	outputs    []*value
}

// tensorConstant wraps what onnx-go decoded.
func tensorConstant(t tensor.Tensor) *constant {
	c := &constant{shape: append([]int{}, t.Shape()...)}
	switch d := t.Data().(type) {
	case []float32:
		c.values = d
	case float32:
		c.values = []float32{d}
	}
	return c
}

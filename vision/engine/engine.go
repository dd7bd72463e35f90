package engine

import (
	"context"
	"errors"
	"fmt"
	"runtime"
	"sync"
	"sync/atomic"
)

// Options say how an engine runs. The zero value is right for a server: one goroutine a run, as many runs as cores.
type Options struct {
	Kernel    string    // one of Kernels(); "" is $ZOODEX_KERNEL, or the fastest
	Precision Precision // "" is Float32
	Ranges    Ranges    // of the network's values, for Int8
	Threads   int       // goroutines that share one run; 0 is 1
	Runs      int       // runs at once, further ones wait; 0 is GOMAXPROCS
}

// A Port is an input or an output: its name and its ONNX shape, batch first.
type Port struct {
	Name  string
	Shape []int
}

// An Engine runs one network. It is safe for concurrent use.
type Engine struct {
	plan    *plan
	kernels *kernels
	threads int

	slots chan struct{} // one for each run under way
	mu    sync.Mutex
	free  []*state // guarded by mu; the most recently used, whose memory is warm, is last
}

// Load reads a network of one input from an ONNX file. A file that is damaged, asks for too much memory or holds an operator
// that the engine does not know is an error that names it.
func Load(file []byte, o Options) (e *Engine, err error) {
	defer func() {
		if r := recover(); r != nil {
			e, err = nil, fmt.Errorf("load network: %w: %v", errDamaged, r)
		}
	}()
	if o.Threads < 0 || o.Runs < 0 {
		return nil, fmt.Errorf("engine options: %d threads, %d runs", o.Threads, o.Runs)
	}
	switch o.Precision {
	case "", Float32:
		o.Ranges = nil
	case Int8:
		if o.Ranges == nil {
			return nil, errors.New("engine options: int8 needs the ranges of the network's values")
		}
	default:
		return nil, fmt.Errorf("engine options: precision %q: there are %s and %s", o.Precision, Float32, Int8)
	}
	ks, err := chooseKernels(o.Kernel, o.Precision)
	if err != nil {
		return nil, err
	}
	n, err := decodeOne(file)
	if err != nil {
		return nil, fmt.Errorf("load network: %w", err)
	}
	e = &Engine{kernels: ks, threads: max(o.Threads, 1)}
	if e.plan, err = compile(n, ks, o.Ranges, e.threads); err != nil {
		return nil, fmt.Errorf("load network: %w", err)
	}
	if o.Runs == 0 {
		o.Runs = runtime.GOMAXPROCS(0)
	}
	e.slots = make(chan struct{}, o.Runs)
	e.free = append(make([]*state, 0, o.Runs), newState(e.plan, e.threads))
	return e, nil
}

var errDamaged = errors.New("damaged file")

// Input is what Run expects.
func (e *Engine) Input() Port { return e.plan.inputs[0] }

// Outputs are what Run computes, in this order.
func (e *Engine) Outputs() []Port {
	ports := make([]Port, len(e.plan.outputs))
	for i, o := range e.plan.outputs {
		ports[i] = o.Port
	}
	return ports
}

// Kernel names the kernel set in use.
func (e *Engine) Kernel() string { return e.kernels.name }

// Run computes one input and copies each output, in the order of Outputs, into outs; nil means not wanted. All are in ONNX
// order and must have the exact length. When all runs are taken it waits until one is free or ctx is done. It allocates nothing.
func (e *Engine) Run(ctx context.Context, in []float32, outs ...[]float32) error {
	if want := elements(e.plan.inputs[0].Shape); len(in) != want {
		return fmt.Errorf("run network: input has %d numbers, want %d for %v", len(in), want, e.plan.inputs[0].Shape)
	}
	if len(outs) > len(e.plan.outputs) {
		return fmt.Errorf("run network: %d outputs wanted of %d", len(outs), len(e.plan.outputs))
	}
	for i, out := range outs {
		if port := e.plan.outputs[i].Port; out != nil && len(out) != elements(port.Shape) {
			return fmt.Errorf("run network: output %q has room for %d numbers, want %d", port.Name, len(out), elements(port.Shape))
		}
	}
	s, err := e.acquire(ctx)
	if err != nil {
		return fmt.Errorf("wait for a free run: %w", err)
	}
	defer e.release(s)
	s.input[0] = in
	s.compute(s.input[:], outs)
	s.input[0] = nil
	return nil
}

// RunBatch computes many inputs on all cores, or as many as Options.Runs allows. outs says where the outputs of input i go, as
// for Run; it is called from several goroutines.
func (e *Engine) RunBatch(ctx context.Context, inputs [][]float32, outs func(i int) [][]float32) error {
	var next atomic.Int64
	var group sync.WaitGroup
	failures := make([]error, min(cap(e.slots), runtime.GOMAXPROCS(0), len(inputs)))
	for g := range failures {
		group.Go(func() {
			for failures[g] == nil {
				i := int(next.Add(1)) - 1
				if i >= len(inputs) {
					return
				}
				if err := e.Run(ctx, inputs[i], outs(i)...); err != nil {
					failures[g] = fmt.Errorf("input %d: %w", i, err)
					next.Store(int64(len(inputs)))
				}
			}
		})
	}
	group.Wait()
	return errors.Join(failures...)
}

// acquire returns the state of a run that is not under way.
func (e *Engine) acquire(ctx context.Context) (*state, error) {
	if err := ctx.Err(); err != nil {
		return nil, err
	}
	select {
	case e.slots <- struct{}{}:
	default:
		select {
		case e.slots <- struct{}{}:
		case <-ctx.Done():
			return nil, ctx.Err()
		}
	}
	e.mu.Lock()
	defer e.mu.Unlock()
	if last := len(e.free) - 1; last >= 0 {
		s := e.free[last]
		e.free = e.free[:last]
		return s, nil
	}
	return newState(e.plan, e.threads), nil
}

func (e *Engine) release(s *state) {
	e.mu.Lock()
	e.free = append(e.free, s)
	e.mu.Unlock()
	<-e.slots
}

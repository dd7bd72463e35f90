package engine

import "sync/atomic"

// A state is all that one run at a time changes: its arena, and its workers.
type state struct {
	plan    *plan
	arena   []float32
	inputs  [][]float32
	input   [1][]float32 // backs inputs when there is one
	workers []*worker    // the first is the goroutine that calls compute
	team
}

// A worker is a goroutine's own part of a state.
type worker struct {
	scratch []float32
	in      [maxInputs][]float32 // inputs of an operation run alone

	busy atomic.Bool
	help func() // joins the team; kept, so that starting it allocates nothing
}

func newState(p *plan, threads int) *state {
	s := &state{plan: p, arena: aligned(p.arena)}
	s.ticket.Store(idle)
	s.wake = make(chan struct{}, threads)
	s.finished = make(chan struct{}, 1)
	for range threads {
		w := &worker{scratch: aligned(p.scratch)}
		w.help = func() { s.join(w) }
		s.workers = append(s.workers, w)
	}
	return s
}

// compute follows the plan and copies results to outs, in ONNX order; nil means not wanted.
func (s *state) compute(inputs, outs [][]float32) {
	s.inputs = inputs
	if len(s.workers) > 1 {
		s.together()
	} else {
		for _, step := range s.plan.steps {
			for chunk := range step.chunks {
				step.do(s, s.workers[0], chunk)
			}
		}
	}
	for i, out := range outs {
		switch o := s.plan.outputs[i]; {
		case out == nil:
		case o.rows != nil:
			fromRows(out, o.of(s), o.rows)
		default:
			copy(out, o.of(s))
		}
	}
	s.inputs = nil
}

// A team shares the steps of one run among goroutines.
//
// Chunks are claimed, not dealt out: on a machine whose other cores are busy, or whose scheduler is late, the goroutine that
// called does all that nobody else has claimed, and never waits for a helper that has not begun. Who has nothing to do spins
// for some microseconds, since steps are short, and then sleeps.
type team struct {
	ticket   atomic.Uint64 // step<<32 | next chunk to claim
	done     atomic.Int32  // chunks of this step that are finished
	sleeping atomic.Int32  // helpers that sleep, or are about to
	waiting  atomic.Bool   // the caller sleeps, or is about to
	wake     chan struct{}
	finished chan struct{}
}

const (
	idle  = 1<<64 - 1 // ticket between runs
	spins = 100_000   // looks before sleeping: some 50 µs, for a goroutine that sleeps takes longer than that to wake
)

// together runs the plan with the help of the other workers. It starts them, but does not wait for them to leave: one that
// comes late finds nothing to claim, or helps the next run of this state, which is just as well.
func (s *state) together() {
	for _, w := range s.workers[1:] {
		if w.busy.CompareAndSwap(false, true) {
			go w.help()
		}
	}
	for i, step := range s.plan.steps {
		s.done.Store(0)
		s.ticket.Store(uint64(i) << 32)
		if step.chunks > 1 && s.sleeping.Load() > 0 {
			for range min(int(s.sleeping.Load()), step.chunks-1) {
				select {
				case s.wake <- struct{}{}:
				default:
				}
			}
		}
		for s.claim(s.workers[0], s.ticket.Load()) {
		}
		s.await(int32(step.chunks))
	}
	s.ticket.Store(idle)
	for range s.workers[1:] { // let sleepers leave
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// claim does one chunk of the step that ticket names, and reports whether there was one left.
func (s *state) claim(w *worker, ticket uint64) bool {
	index, chunk := ticket>>32, int(uint32(ticket))
	if index >= uint64(len(s.plan.steps)) || chunk >= s.plan.steps[index].chunks {
		return false
	}
	if !s.ticket.CompareAndSwap(ticket, ticket+1) {
		return true
	}
	step := &s.plan.steps[index]
	step.do(s, w, chunk)
	if int(s.done.Add(1)) == step.chunks && s.waiting.CompareAndSwap(true, false) {
		s.finished <- struct{}{}
	}
	return true
}

// await waits until the chunks of the step that others claimed are done.
func (s *state) await(chunks int32) {
	for range spins {
		if s.done.Load() == chunks {
			return
		}
	}
	s.waiting.Store(true)
	if s.done.Load() == chunks && s.waiting.CompareAndSwap(true, false) {
		return
	}
	<-s.finished
}

// join helps with a run until it ends.
func (s *state) join(w *worker) {
	defer w.busy.Store(false)
	for idleFor := 0; ; {
		t := s.ticket.Load()
		switch {
		case t == idle:
			return
		case s.claim(w, t):
			idleFor = 0
		case idleFor < spins:
			idleFor++
		default:
			s.sleeping.Add(1)
			if s.ticket.Load() == t {
				<-s.wake
			}
			s.sleeping.Add(-1)
			idleFor = 0
		}
	}
}

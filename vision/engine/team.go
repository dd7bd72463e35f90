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
	s.step.Store(idle)
	s.ranges = make([]claims, threads)
	s.wake = make(chan struct{}, threads)
	s.finished = make(chan struct{}, 1)
	for i := range threads {
		w := &worker{scratch: aligned(p.scratch)}
		w.help = func() { s.join(w, i) }
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
// The chunks of a step are dealt out in equal ranges, one for each worker, so that a worker finds its weights where it
// prefetched them and what it reads where it wrote it. But they are claimed one by one, and who is done with its own range goes
// on with the others: on a machine whose other cores are busy, or whose scheduler is late, the goroutine that called does all
// that nobody else has claimed, and never waits for a helper that has not begun. Who has nothing to do spins for some
// microseconds, since steps are short, and then sleeps.
type team struct {
	step     atomic.Uint32 // under way; idle between runs
	ranges   []claims      // one for each worker
	done     atomic.Int32  // chunks of this step that are finished
	sleeping atomic.Int32  // helpers that sleep, or are about to
	waiting  atomic.Bool   // the caller sleeps, or is about to
	wake     chan struct{}
	finished chan struct{}
}

// claims are the chunks of one worker's range.
type claims struct {
	next atomic.Uint64 // step<<32 | next chunk to claim
	_    [56]byte      // a cache line each
}

const (
	idle  = 1<<32 - 1
	spins = 100_000 // looks before sleeping: some 50 µs, for a goroutine that sleeps takes longer than that to wake
)

// together runs the plan with the help of the other workers. It starts them, but does not wait for them to leave: one that
// comes late finds nothing to claim, or helps the next run of this state, which is just as well.
func (s *state) together() {
	for i := range s.plan.steps {
		chunks := s.plan.steps[i].chunks
		s.done.Store(0)
		for r := range s.ranges {
			first, _ := share(chunks, r, len(s.ranges))
			s.ranges[r].next.Store(uint64(i)<<32 | uint64(first))
		}
		s.step.Store(uint32(i))
		if i == 0 {
			s.gather()
		}
		if chunks > 1 {
			s.wakeUp(min(int(s.sleeping.Load()), chunks-1))
		}
		for s.claim(s.workers[0], 0, uint32(i)) {
		}
		s.await(int32(chunks))
	}
	s.step.Store(idle)
	s.wakeUp(int(s.sleeping.Load())) // to let them leave
}

// gather starts the helpers that have left.
func (s *state) gather() {
	for _, w := range s.workers[1:] {
		if w.busy.CompareAndSwap(false, true) {
			go w.help()
		}
	}
}

func (s *state) wakeUp(n int) {
	for range n {
		select {
		case s.wake <- struct{}{}:
		default:
		}
	}
}

// claim does one chunk of a step, of range own as long as there is one, and reports whether there was one left.
func (s *state) claim(w *worker, own int, index uint32) bool {
	step := &s.plan.steps[index]
	for i := range s.ranges {
		r := (own + i) % len(s.ranges)
		_, end := share(step.chunks, r, len(s.ranges))
		for {
			ticket := s.ranges[r].next.Load()
			chunk := int(uint32(ticket))
			if uint32(ticket>>32) != index || chunk >= end {
				break
			}
			if !s.ranges[r].next.CompareAndSwap(ticket, ticket+1) {
				continue
			}
			step.do(s, w, chunk)
			if int(s.done.Add(1)) == step.chunks && s.waiting.CompareAndSwap(true, false) {
				s.finished <- struct{}{}
			}
			return true
		}
	}
	return false
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

// join helps with a run until it ends, and for a moment longer: the next one may be about to start.
func (s *state) join(w *worker, own int) {
	for looks := 0; ; {
		index := s.step.Load()
		switch {
		case index != idle && s.claim(w, own, index):
			looks = 0
		case looks < spins:
			looks++
		case index == idle:
			w.busy.Store(false)
			return
		default:
			s.sleeping.Add(1)
			if s.step.Load() == index {
				<-s.wake
			}
			s.sleeping.Add(-1)
			looks = 0
		}
	}
}

package game

import "strings"

// Trail is a challenge: steps to be done by seeing animals, in order or in any
// order, perhaps only between two days. Captures from before the trail was
// made count, but none outside its days.
type Trail struct {
	Key     string   `yaml:"key"` // never reused
	Ordered bool     `yaml:"ordered"`
	From    Date     `yaml:"from"`  // first day, zero = open
	Until   Date     `yaml:"until"` // last day, zero = open
	Points  int      `yaml:"points"`
	Art     string   `yaml:"art"`
	Texts   Captions `yaml:"texts"`
	Steps   []Step   `yaml:"steps"`
}

// Step asks for one species or for any of a group. One capture does one step
// of a trail. In a trail without order each step wants an animal of its own,
// so three steps "big-cat" are three different big cats; and an animal does
// the narrowest step that is open for it.
type Step struct {
	Species Slug   `yaml:"species" json:"species,omitempty"`
	Group   string `yaml:"group" json:"group,omitempty"`
	Wakes   bool   `yaml:"wakes" json:"wakes,omitempty"` // shown with the times when the species is up: a hint, not a condition
}

// The most of trails that there may be: steps of one, trails, and what one earns.
const (
	MaxSteps       = 24
	MaxTrails      = 200
	MaxTrailPoints = 1000
)

// Check lists what is wrong with a trail by itself, by its fields; nil if
// nothing is.
func (t Trail) Check(zoo []Species) []Problem {
	c := checker{zoo: zoo}
	c.trail("trail", t)
	for i := range c.found {
		c.found[i].Field = strings.TrimPrefix(c.found[i].Field, "trail.")
	}
	return c.found
}

// wants tells whether seeing the species does the step, and how narrow the
// step is: the narrower, the larger.
func (s Step) wants(species Species) (narrow int, ok bool) {
	if s.Species != "" {
		return 1 << 10, s.Species == species.Slug
	}
	return groupDepth(s.Group), InGroup(species.Group, s.Group)
}

// Walk is how far a visitor is on a trail.
type Walk struct {
	Trail string
	Steps []Footprint // one a step
	Done  int         // steps done
	// Capture is the one that did the last open step; "" while there are any.
	Capture CaptureID
}

// Complete tells whether the trail is walked to its end.
func (w Walk) Complete() bool { return w.Done == len(w.Steps) }

// Footprint is who did a step; zero while it is open.
type Footprint struct {
	Species SpeciesID
	Capture CaptureID
}

// Notice is what is worth saying about a trail when a step is done.
type Notice string

// The notices.
const (
	NoNotice   Notice = ""
	AlmostDone Notice = "almost" // three quarters
	AllDone    Notice = "done"
)

// noticeOf gives the notice that having done some of the steps deserves.
func noticeOf(done, total int) Notice {
	switch {
	case done == total:
		return AllDone
	case 4*done >= 3*total:
		return AlmostDone
	}
	return NoNotice
}

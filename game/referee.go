package game

import (
	"cmp"
	"fmt"
	"slices"
	"time"
)

// Referee applies the rules of a zoo to what its visitors did. It is made once
// for a revision of the rules and the species, never changes, and may be used
// by any number of goroutines.
type Referee struct {
	rules  Rules
	zone   *time.Location
	zoo    []Species
	shown  [][]Span // parallel to zoo: when the species was on display
	byID   map[SpeciesID]int
	hours  []opening
	badges []compiledBadge // parallel to rules.Badges, which has those only that are on
	trails []Span          // parallel to rules.Trails: when it may be walked
	steps  [][]trailSteps  // parallel to zoo: the steps that seeing the species does
	lands  []uint16        // parallel to zoo: a bit for each continent
	basis  int64

	moves          bool   // whether what is on display has ever changed
	walkable       []bool // parallel to rules.Trails: with what is on display now
	displayedLands uint16
}

type compiledBadge struct {
	kind    BadgeKind
	atLeast int
	species []int  // indices of the species that count
	counts  []bool // parallel to zoo: whether it is among them
	lands   uint16 // continents that count
	trails  []bool // parallel to rules.Trails
}

// trailSteps are the steps of one trail that a species does, the narrowest first.
type trailSteps struct {
	trail int
	steps []int
}

// NewReferee prepares the rules for the species of a zoo, whose days begin and
// end in the zone. Displays say when a species was on display, for those that
// have not always been as they are now; badges for everything on display go by
// what there was to see at the time.
func NewReferee(rules Rules, zoo []Species, displays map[SpeciesID][]Span, zone *time.Location) (*Referee, error) {
	if problems := rules.Check(nil); problems != nil {
		return nil, fmt.Errorf("rules: %s", problems[0])
	}
	rules.Badges = slices.DeleteFunc(slices.Clone(rules.Badges), func(b Badge) bool { return b.Off })
	r := &Referee{rules: rules, zone: zone, zoo: zoo, byID: make(map[SpeciesID]int, len(zoo)), moves: len(displays) > 0}
	var err error
	if r.hours, err = rules.FairPlay.openings(); err != nil {
		return nil, fmt.Errorf("rules: opening hours: %w", err)
	}
	for i, s := range zoo {
		r.byID[s.ID] = i
		shown, ok := displays[s.ID]
		if !ok && s.OnDisplay {
			shown = []Span{{}}
		}
		r.shown = append(r.shown, shown)
		r.lands = append(r.lands, landBits(s.Continents))
		if s.OnDisplay {
			r.displayedLands |= r.lands[i]
		}
		r.steps = append(r.steps, stepsFor(s, rules.Trails))
	}
	for _, t := range rules.Trails {
		r.trails = append(r.trails, Days(t.From, t.Until, zone))
		r.walkable = append(r.walkable, r.Walkable(t))
	}
	for _, b := range rules.Badges {
		c := compiledBadge{kind: b.Kind, atLeast: b.AtLeast, lands: landBits(b.lands())}
		for i, s := range zoo {
			c.counts = append(c.counts, b.counts(s))
			if c.counts[i] {
				c.species = append(c.species, i)
			}
		}
		for _, t := range rules.Trails {
			c.trails = append(c.trails, len(b.Of) == 0 || slices.Contains(b.Of, t.Key))
		}
		r.badges = append(r.badges, c)
	}
	r.basis, err = basisOf(rules, zoo, r.shown, zone)
	return r, err
}

func landBits(on []Continent) uint16 {
	var bits uint16
	for i, c := range continents {
		if slices.Contains(on, c) {
			bits |= 1 << i
		}
	}
	return bits
}

func stepsFor(s Species, trails []Trail) []trailSteps {
	var all []trailSteps
	for t, trail := range trails {
		var steps, narrow []int
		for i, step := range trail.Steps {
			n, ok := step.wants(s)
			narrow = append(narrow, n)
			if ok {
				steps = append(steps, i)
			}
		}
		if steps != nil {
			slices.SortStableFunc(steps, func(a, b int) int { return cmp.Compare(narrow[b], narrow[a]) })
			all = append(all, trailSteps{t, steps})
		}
	}
	return all
}

// Rules gives the rules that the referee applies: badges that are off are not
// among them.
func (r *Referee) Rules() Rules { return r.rules }

// Zone gives the zone in which the zoo's days begin and end.
func (r *Referee) Zone() *time.Location { return r.zone }

// Wakes gives the times of day at which the species of a step is up, for steps
// that are shown with them.
func (r *Referee) Wakes(s Step) []Awake {
	for _, species := range r.zoo {
		if s.Wakes && species.Slug == s.Species {
			return species.Awake
		}
	}
	return nil
}

// Walkable tells whether the animals on display suffice for the trail.
func (r *Referee) Walkable(t Trail) bool { return len(r.Lacking(t)) == 0 }

// Lacking gives the steps of a trail for which no animal on display is left.
func (r *Referee) Lacking(t Trail) (steps []int) {
	// An animal does the narrowest step open for it, which leaves as many steps
	// open for the others as can be.
	done := make([]bool, len(t.Steps))
	for _, s := range r.zoo {
		if !s.OnDisplay {
			continue
		}
		for _, of := range stepsFor(s, []Trail{t}) {
			for _, step := range of.steps {
				if !done[step] {
					done[step] = true
					break
				}
			}
		}
	}
	for i := range done {
		if !done[i] {
			steps = append(steps, i)
		}
	}
	return steps
}

// displayed tells whether species i was on display at a time.
func (r *Referee) displayed(i int, at time.Time) bool {
	for _, span := range r.shown[i] {
		if span.Contains(at) {
			return true
		}
	}
	return false
}

package main

import (
	"fmt"
	"io"
	"math"
	"slices"
	"sort"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/measure/tables"
	"github.com/zoodex/zoodex/vision/model"
)

// measurement holds the photos and everything the tables ask of them.
type measurement struct {
	shots  []*shot
	byKey  map[string][]int // classes of each resident
	roster *vision.Roster
	absent map[string]*vision.Roster // by truth: the roster without whoever is right
}

func newMeasurement(shots []*shot, residents []vision.Resident) (*measurement, error) {
	m := &measurement{shots: shots, byKey: map[string][]int{}, absent: map[string]*vision.Roster{}}
	var err error
	if m.roster, err = vision.NewRoster(residents); err != nil {
		return nil, err
	}
	for _, r := range residents {
		m.byKey[r.Key] = indices(r.Labels)
	}
	for _, s := range m.of(known, resident) {
		if m.absent[s.truth()] != nil {
			continue
		}
		others := slices.DeleteFunc(slices.Clone(residents), func(r vision.Resident) bool { return intersect(m.byKey[r.Key], s.classes) })
		if m.absent[s.truth()], err = vision.NewRoster(others); err != nil {
			return nil, err
		}
	}
	return m, nil
}

func (m *measurement) of(kinds ...kind) (shots []*shot) {
	for _, s := range m.shots {
		if slices.Contains(kinds, s.kind) {
			shots = append(shots, s)
		}
	}
	return shots
}

// right tells whether the resident called is one that the photo shows.
func (m *measurement) right(s *shot, key string) bool { return intersect(m.byKey[key], s.classes) }

func (m *measurement) print(w io.Writer) error {
	for _, table := range []func() string{
		m.topOne, m.decisions, m.thresholds, m.probabilityAlone, m.calibration, m.offDisplay, m.groups, m.halves,
	} {
		if _, err := io.WriteString(w, table()); err != nil {
			return err
		}
	}
	return nil
}

// topOne is the rate of right best classes, by set and by what they were taken from.
func (m *measurement) topOne() string {
	one := func(s *shot, whole, part bool) *vision.Views {
		v := *s.views
		if !part {
			v.Part = v.Whole
		} else if !whole {
			v.Whole = v.Part
		}
		return &v
	}
	flat := withoutRoster()
	hit := func(s *shot, v *vision.Views, rules vision.Rules) bool {
		return slices.Contains(s.classes, vision.Decide(v, m.roster, rules).Candidates[0].Index)
	}
	// The best animal is among the five candidates, or they would be five things.
	animal := func(s *shot) bool {
		candidates := vision.Decide(s.views, m.roster, flat).Candidates
		i := slices.IndexFunc(candidates, func(c vision.Candidate) bool { return model.Labels()[c.Index].Animal })
		return i >= 0 && slices.Contains(s.classes, candidates[i].Index)
	}
	inhabitant := func(s *shot) bool {
		guesses := vision.Decide(s.views, m.roster, vision.Measured).Residents
		return len(guesses) > 0 && m.right(s, guesses[0].Key)
	}
	sets := map[string][]*shot{}
	for _, s := range m.of(known, familiar) {
		sets[s.set] = append(sets[s.set], s)
		if s.kind == known {
			sets["**together**"] = append(sets["**together**"], s)
			if s.set != "caltech101" {
				sets["without caltech101"] = append(sets["without caltech101"], s)
			}
		}
	}
	t := tables.New("Known animals: the best of 1000 classes is right", "set", "photos", "whole frame", "close-up", "both", "both, animals only", "both, with the roster", "best resident")
	for _, name := range sorted(sets) {
		shots := sets[name]
		t.Row(name, len(shots),
			rate(shots, func(s *shot) bool { return hit(s, one(s, true, false), flat) }),
			rate(shots, func(s *shot) bool { return hit(s, one(s, false, true), flat) }),
			rate(shots, func(s *shot) bool { return hit(s, s.views, flat) }), rate(shots, animal),
			rate(shots, func(s *shot) bool { return hit(s, s.views, vision.Measured) }), rate(shots, inhabitant))
	}
	return t.String()
}

// withoutRoster are the rules by which all classes are equal.
func withoutRoster() vision.Rules {
	r := vision.Measured
	r.OffDisplay, r.NotAnAnimal = 1, 1
	return r
}

// quantised tells what rounding changes: the rate of right best classes of both looks, and how often they say the same.
func (m *measurement) quantised() string {
	t := tables.New("Int8 against float32", "photos of", "photos", "float32: best class right", "int8: best class right", "kept", "same best class", "same decision and species")
	best := func(v *vision.Views) int { return vision.Decide(v, m.roster, withoutRoster()).Candidates[0].Index }
	for _, k := range []kind{known, familiar, resident, relative, stranger, thing} {
		shots := m.of(k)
		var float, int8 float64
		for _, s := range shots {
			if slices.Contains(s.classes, best(s.exact)) {
				float++
			}
			if slices.Contains(s.classes, best(s.views)) {
				int8++
			}
		}
		kept := "–"
		if float > 0 {
			kept = fmt.Sprintf("%.1f %%", 100*int8/float)
		}
		t.Row(string(k), len(shots),
			rate(shots, func(s *shot) bool { return slices.Contains(s.classes, best(s.exact)) }),
			rate(shots, func(s *shot) bool { return slices.Contains(s.classes, best(s.views)) }), kept,
			rate(shots, func(s *shot) bool { return best(s.exact) == best(s.views) }),
			rate(shots, func(s *shot) bool {
				a, b := vision.Decide(s.exact, m.roster, vision.Measured), vision.Decide(s.views, m.roster, vision.Measured)
				return a.Decision == b.Decision && a.Key == b.Key
			}))
	}
	return t.String()
}

func (m *measurement) decisions() string {
	t := tables.New("What was decided", "photos of", "photos", "certain", "right of those", "unsure", "stranger", "nothing")
	for _, k := range []kind{known, resident, relative, stranger, thing, familiar} {
		shots := m.of(k)
		m.decided(t, string(k), shots, func(*shot) *vision.Roster { return m.roster })
	}
	m.decided(t, "known or resident, its species not on display", m.of(known, resident), func(s *shot) *vision.Roster { return m.absent[s.truth()] })
	return t.String()
}

func (m *measurement) decided(t *tables.Table, name string, shots []*shot, roster func(*shot) *vision.Roster) {
	sightings := map[*shot]vision.Sighting{}
	for _, s := range shots {
		sightings[s] = vision.Decide(s.views, roster(s), vision.Measured)
	}
	share := func(d vision.Decision) string {
		return rate(shots, func(s *shot) bool { return sightings[s].Decision == d })
	}
	certain := slices.DeleteFunc(slices.Clone(shots), func(s *shot) bool { return sightings[s].Decision != vision.Certain })
	t.Row(name, len(shots), share(vision.Certain), rate(certain, func(s *shot) bool { return m.right(s, sightings[s].Key) }),
		share(vision.Unsure), share(vision.Stranger), share(vision.Nothing))
}

// sweep is one line of a threshold table.
func (m *measurement) sweep(t *tables.Table, rules vision.Rules, first ...any) {
	certain := func(shots []*shot, roster func(*shot) *vision.Roster) (keys map[*shot]string) {
		keys = map[*shot]string{}
		for _, s := range shots {
			if sighting := vision.Decide(s.views, roster(s), rules); sighting.Decision == vision.Certain {
				keys[s] = sighting.Key
			}
		}
		return keys
	}
	all := func(*shot) *vision.Roster { return m.roster }
	home := m.of(known, resident)
	called := certain(home, all)
	right := 0
	for s, key := range called {
		if m.right(s, key) {
			right++
		}
	}
	cells := append(first, percent(len(called), len(home)), percent(right, len(called)))
	for _, k := range []kind{relative, stranger, thing} {
		shots := m.of(k)
		cells = append(cells, percent(len(certain(shots, all)), len(shots)))
	}
	absent := certain(home, func(s *shot) *vision.Roster { return m.absent[s.truth()] })
	t.Row(append(cells, percent(len(absent), len(home)))...)
}

var swept = []string{"residents certain", "right of those", "relatives certain", "strangers certain", "things certain", "absent species certain"}

func (m *measurement) thresholds() string {
	t := tables.New("Thresholds", append([]string{"modestly", "prominence"}, swept...)...)
	for _, modestly := range []float64{0.35, 0.4, 0.45, 0.5} {
		for _, prominence := range []float64{5.5, 6, 6.25, 6.5, 7} {
			rules := vision.Measured
			rules.Modestly, rules.Prominence = modestly, prominence
			m.sweep(t, rules, modestly, prominence)
		}
	}
	return t.String()
}

func (m *measurement) probabilityAlone() string {
	t := tables.New("Probability alone, for comparison", append([]string{"temperature", "probability"}, swept...)...)
	for _, temperature := range []float64{vision.Measured.Temperature, 1} {
		for _, probability := range []float64{0.3, 0.4, 0.5, 0.6, 0.8, 0.9, 0.95} {
			rules := vision.Measured
			rules.Modesty, rules.Modestly, rules.Probability, rules.Prominence = temperature, probability, 0, math.Inf(-1)
			m.sweep(t, rules, temperature, probability)
		}
	}
	return t.String()
}

// calibration fits the temperature on one half of the known animals and reports the error on the other.
func (m *measurement) calibration() string {
	home := m.of(known, resident)
	temperatures := []float64{0.3, 0.35, 0.4, 0.45, 0.5, 0.55, 0.6, 0.7, 0.8, 1}
	// Expected calibration error of the best class and of the best resident.
	errors := func(temperature float64, half int) (class, species float64) {
		rules := vision.Measured
		rules.Temperature = temperature
		var classes, residents []outcome
		for _, s := range home {
			if s.half != half {
				continue
			}
			sighting := vision.Decide(s.views, m.roster, rules)
			best := sighting.Candidates[0]
			classes = append(classes, outcome{best.Probability, slices.Contains(s.classes, best.Index)})
			if len(sighting.Residents) > 0 {
				residents = append(residents, outcome{sighting.Residents[0].Probability, m.right(s, sighting.Residents[0].Key)})
			}
		}
		return calibrationError(classes), calibrationError(residents)
	}
	t := tables.New("Expected calibration error of the probabilities told, 15 bins", "fitted on", "temperature", "reported on", "best class", "at temperature 1", "best resident", "at temperature 1")
	for fit := range 2 {
		chosen := slices.MinFunc(temperatures, func(a, b float64) int {
			ea, _ := errors(a, fit)
			eb, _ := errors(b, fit)
			return int(math.Copysign(1, ea-eb))
		})
		for _, temperature := range slices.Compact([]float64{chosen, vision.Measured.Temperature}) {
			name := []string{"first half", "second half"}
			how := name[fit]
			if temperature != chosen {
				how = "(in force)"
			}
			class, species := errors(temperature, 1-fit)
			class1, species1 := errors(1, 1-fit)
			t.Row(how, temperature, name[1-fit], decimals(class), decimals(class1), decimals(species), decimals(species1))
		}
	}
	return t.String()
}

type outcome struct {
	confidence float64
	right      bool
}

// calibrationError is how far confidence is from correctness, averaged over bins of confidence (Naeini et al. 2015).
func calibrationError(outcomes []outcome) float64 {
	const bins = 15
	var gap [bins]float64
	for _, o := range outcomes {
		bin := min(int(o.confidence*bins), bins-1)
		gap[bin] += o.confidence
		if o.right {
			gap[bin]--
		}
	}
	var total float64
	for _, g := range gap {
		total += math.Abs(g)
	}
	return total / float64(len(outcomes))
}

func (m *measurement) offDisplay() string {
	t := tables.New("What the roster is worth", append([]string{"animals off display by", "things by", "best of 1000 right"}, swept...)...)
	home := m.of(known, resident)
	for _, factors := range [][2]float64{{1, 1}, {2, 2}, {2, 8}, {4, 8}, {8, 8}, {16, 16}, {100, 100}} {
		rules := vision.Measured
		rules.OffDisplay, rules.NotAnAnimal = factors[0], factors[1]
		m.sweep(t, rules, factors[0], factors[1], rate(home, func(s *shot) bool {
			return slices.Contains(s.classes, vision.Decide(s.views, m.roster, rules).Candidates[0].Index)
		}))
	}
	return t.String()
}

// groups says how often the group of an unsure answer is one that the animal belongs to.
func (m *measurement) groups() string {
	t := tables.New("The group of unsure answers", "photos of", "unsure", "the animal is in the group", "and it is narrower than mammal, bird, …")
	for _, k := range []kind{known, resident, relative, stranger} {
		var unsure []*shot
		groups := map[*shot]string{}
		for _, s := range m.of(k) {
			if sighting := vision.Decide(s.views, m.roster, vision.Measured); sighting.Decision == vision.Unsure {
				unsure, groups[s] = append(unsure, s), sighting.Group
			}
		}
		t.Row(k, len(unsure),
			rate(unsure, func(s *shot) bool { return s.isA(groups[s]) }),
			rate(unsure, func(s *shot) bool {
				return s.isA(groups[s]) && groups[s] != model.Root && model.Parent(groups[s]) != model.Root
			}))
	}
	return t.String()
}

// truth is the same for shots of which the same classes are right.
func (s *shot) truth() string { return fmt.Sprint(s.classes) }

// isA tells whether the animal in the photo belongs to a group.
func (s *shot) isA(group string) bool {
	groups := []string{s.group}
	for _, class := range s.classes {
		groups = append(groups, model.Labels()[class].Group)
	}
	for _, g := range groups {
		for ; g != ""; g = model.Parent(g) {
			if g == group {
				return true
			}
		}
	}
	return false
}

// halves shows how much the figures owe to the photos they were chosen on: the thresholds are
// chosen on one half and reported on the other.
func (m *measurement) halves() string {
	t := tables.New("Thresholds chosen on one half, reported on the other", append([]string{"chosen on", "modestly", "prominence"}, swept...)...)
	name := [2]string{"first half", "second half"}
	for half := range 2 {
		rules := m.half(half).choose()
		m.half(1-half).sweep(t, rules, name[half], rules.Modestly, rules.Prominence)
	}
	for half := range 2 {
		m.half(half).sweep(t, vision.Measured, "(in force, "+name[half]+")", vision.Measured.Modestly, vision.Measured.Prominence)
	}
	return t.String()
}

func (m *measurement) half(half int) *measurement {
	part := *m
	part.shots = slices.DeleteFunc(slices.Clone(m.shots), func(s *shot) bool { return s.half != half })
	return &part
}

// choose gives the rules that are certain of most residents, as long as 95.5 % of those are right
// and at most 6.5 % of the strangers are called certain.
func (m *measurement) choose() vision.Rules {
	chosen, most := vision.Measured, -1
	for _, modestly := range []float64{0.3, 0.35, 0.4, 0.45, 0.5, 0.55} {
		for _, prominence := range []float64{5, 5.5, 6, 6.25, 6.5, 6.75, 7} {
			rules := vision.Measured
			rules.Modestly, rules.Prominence = modestly, prominence
			certain, right := 0, 0
			for _, s := range m.of(known, resident) {
				if sighting := vision.Decide(s.views, m.roster, rules); sighting.Decision == vision.Certain {
					certain++
					if m.right(s, sighting.Key) {
						right++
					}
				}
			}
			strangers := m.of(stranger)
			fooled := 0
			for _, s := range strangers {
				if vision.Decide(s.views, m.roster, rules).Decision == vision.Certain {
					fooled++
				}
			}
			if certain > most && float64(right) >= 0.955*float64(certain) && float64(fooled) <= 0.065*float64(len(strangers)) {
				chosen, most = rules, certain
			}
		}
	}
	return chosen
}

func rate(shots []*shot, is func(*shot) bool) string {
	n := 0
	for _, s := range shots {
		if is(s) {
			n++
		}
	}
	return percent(n, len(shots))
}

func percent(n, of int) string {
	if of == 0 {
		return "–"
	}
	return fmt.Sprintf("%.1f %%", 100*float64(n)/float64(of))
}

func decimals(v float64) string { return fmt.Sprintf("%.3f", v) }

func intersect(a, b []int) bool {
	return slices.ContainsFunc(a, func(v int) bool { return slices.Contains(b, v) })
}

func sorted(sets map[string][]*shot) []string {
	names := make([]string, 0, len(sets))
	for name := range sets {
		names = append(names, name)
	}
	sort.Strings(names)
	return names
}

package vision

import (
	"fmt"
	"slices"

	"github.com/zoodex/zoodex/vision/model"
)

// A Resident is a species on display.
type Resident struct {
	Key    string   // how the caller calls it, its slug
	Labels []string // WordNet ids of the network's classes it may be taken for; none: not yet recognisable
}

// A Roster says who lives in the zoo today. It is immutable.
type Roster struct {
	residents []Resident
	classes   [][]int // of each resident
	owners    [][]int // residents of each class
	shared    []int   // classes of several residents
	strangers []bool  // classes of animals that nobody on display is taken for
	animals   []int   // classes of animals
	head      *Head   // whose classes follow the network's, or nil
}

// animalClasses are the classes of animals, by index.
var animalClasses = func() (classes []int) {
	for _, l := range model.Labels() {
		if l.Animal {
			classes = append(classes, l.Index)
		}
	}
	return classes
}()

// NewRoster checks the residents: keys are unique and not empty, and every label is an animal that
// the network knows. Several residents may share a label: both elephants have tusks.
func NewRoster(residents []Resident) (*Roster, error) {
	r := &Roster{
		residents: residents, classes: make([][]int, len(residents)),
		owners: make([][]int, model.Classes), strangers: make([]bool, model.Classes), animals: animalClasses,
	}
	byID := make(map[string]model.Label, model.Classes)
	for _, l := range model.Labels() {
		byID[l.WordNetID] = l
	}
	keys := make(map[string]bool, len(residents))
	for i, resident := range residents {
		if resident.Key == "" {
			return nil, fmt.Errorf("roster: resident %d has no key", i+1)
		}
		if keys[resident.Key] {
			return nil, fmt.Errorf("roster: %s is there twice", resident.Key)
		}
		keys[resident.Key] = true
		for _, id := range resident.Labels {
			l, known := byID[id]
			if !known {
				return nil, fmt.Errorf("roster: %s: the network has no class %q", resident.Key, id)
			}
			if !l.Animal {
				return nil, fmt.Errorf("roster: %s: class %s (%s) is not an animal", resident.Key, id, l.Name)
			}
			if owners := r.owners[l.Index]; len(owners) > 0 && owners[len(owners)-1] == i {
				return nil, fmt.Errorf("roster: %s has class %s twice", resident.Key, id)
			}
			r.owners[l.Index] = append(r.owners[l.Index], i)
			r.classes[i] = append(r.classes[i], l.Index)
		}
	}
	for _, class := range animalClasses {
		r.strangers[class] = len(r.owners[class]) == 0
		if len(r.owners[class]) > 1 {
			r.shared = append(r.shared, class)
		}
	}
	return r, nil
}

// teach gives a roster that has the classes of a head, too. Each belongs to the resident with its
// key, and is a stranger's where there is none.
func (r *Roster) teach(h *Head) *Roster {
	t := *r
	t.head = h
	t.classes, t.owners = slices.Clone(r.classes), slices.Clone(r.owners)
	t.strangers, t.animals = slices.Clone(r.strangers), slices.Clone(r.animals)
	byKey := make(map[string]int, len(r.residents))
	for i, resident := range r.residents {
		byKey[resident.Key] = i
	}
	for k, taught := range h.Taught {
		class := model.Classes + k
		var owners []int
		if i, ok := byKey[taught.Key]; ok {
			owners = []int{i}
			t.classes[i] = append(slices.Clip(t.classes[i]), class)
		}
		t.owners = append(t.owners, owners)
		t.strangers = append(t.strangers, owners == nil)
		t.animals = append(t.animals, class)
	}
	return &t
}

// group is where in the tree of groups an animal's class hangs.
func (r *Roster) group(class int) string {
	if class < model.Classes {
		return model.Labels()[class].Group
	}
	return r.head.Taught[class-model.Classes].Group
}

// nobody is the roster of an empty zoo.
var nobody = func() *Roster {
	r, err := NewRoster(nil)
	if err != nil {
		panic(err) // there is nothing in it to be wrong
	}
	return r
}()

// masses gives each resident's probability: the sum over its classes. A class that several share
// is split in proportion to what each has of its own, evenly when none has anything.
func (r *Roster) masses(probabilities []float64) []float64 {
	own := make([]float64, len(r.residents))
	for i, classes := range r.classes {
		for _, c := range classes {
			if len(r.owners[c]) == 1 {
				own[i] += probabilities[c]
			}
		}
	}
	masses := append([]float64(nil), own...)
	for _, c := range r.shared {
		var total float64
		for _, i := range r.owners[c] {
			total += own[i]
		}
		for _, i := range r.owners[c] {
			if total > 0 {
				masses[i] += probabilities[c] * own[i] / total
			} else {
				masses[i] += probabilities[c] / float64(len(r.owners[c]))
			}
		}
	}
	return masses
}

// meant is the resident that a class stands for, given everyone's probability, or -1.
func (r *Roster) meant(class int, masses []float64) int {
	best := -1
	for _, i := range r.owners[class] {
		if best < 0 || masses[i] > masses[best] {
			best = i
		}
	}
	return best
}

package vision

import (
	"image"
	"math"
	"slices"

	"github.com/zoodex/zoodex/vision/model"
)

// Rules are the numbers that turn views into a decision.
type Rules struct {
	Temperature float64 // logits are divided by it for the probabilities reported; below 1 because the network is far too modest
	Modesty     float64 // and by this for deciding: modesty is right where the animal may be one that the network never learnt
	OffDisplay  float64 // an animal that does not live here must be so many times likelier than one that does
	NotAnAnimal float64 // and a thing so many times
	AnimalShare float64 // with less probability than this, before the two factors, there is no animal
	Probability float64 // least, at Temperature, for a certain resident and a certain stranger
	Modestly    float64 // least, at Modesty, likewise
	Prominence  float64 // least standard deviations above the mean logit of the animal classes, likewise
	GroupShare  float64 // of the animals' probability, at Modesty, that the group of an unsure answer covers; above one half
}

// Measured are the rules in force. README.md has the tables they were chosen from.
var Measured = Rules{
	Temperature: 0.4,
	Modesty:     1,
	OffDisplay:  2,
	NotAnAnimal: 8,
	AnimalShare: 0.5,
	Probability: 0.6,
	Modestly:    0.45,
	Prominence:  6.25,
	GroupShare:  0.6,
}

// A Decision is what a sighting comes down to.
type Decision string

const (
	Certain  Decision = "certain"  // a resident
	Unsure   Decision = "unsure"   // an animal, but which one is open
	Nothing  Decision = "nothing"  // no animal
	Stranger Decision = "stranger" // an animal, for sure, that does not live here
)

// A Candidate is one of the network's classes, or one that was taught.
type Candidate struct {
	Index       int    // among the network's classes; -1 for a taught one
	WordNetID   string // "" for a taught one
	Label       string
	Key         string  // the resident it means, or ""
	Probability float64 // after the roster; over all 1000 classes it sums to 1
}

// A Guess is a resident with the probability of all its classes.
type Guess struct {
	Key         string
	Probability float64
}

// A Sighting is the answer to a photo.
type Sighting struct {
	Decision   Decision
	Key        string          // Certain: the resident
	Confidence float64         // probability of what was decided; for Unsure, of the best candidate
	Candidates []Candidate     // the five likeliest classes, best first
	Residents  []Guess         // the likeliest residents, best first: at most five, each at least 0.01
	Group      string          // Unsure: the lowest group that is likely, a key of the tree in package model
	Stranger   *Candidate      // Stranger: which
	Box        image.Rectangle // what the network attended to, in pixels of the upright photo
	Why        Why
	Stages     Stages
	Hash       uint64 // perceptual hash of the photo
	Mirrored   uint64 // that of the photo flipped left to right
	Model      string // the network that answered
	Head       string // the ID of the head that had a say, or ""
}

// Decide turns views into a sighting. It depends on nothing but its arguments.
//
// The views are averaged as logits, which is the geometric mean of their probabilities. What lives
// in the zoo is prior knowledge: other classes lose by a factor, and the classes of one species
// are summed. With the temperature that gives honest probabilities for animals the network learnt.
// But it prefers some animal in a picture of one it never learnt, too. So a certain answer must
// hold without the temperature as well, and it must be prominent: its logit stands far above
// those of all other animals, in standard deviations, as a learnt animal's does.
func Decide(v *Views, roster *Roster, rules Rules) Sighting {
	if roster == nil {
		roster = nobody
	}
	whole, part := wide(&v.Whole), wide(&v.Part)
	logits := make([]float64, len(whole))
	for i := range logits {
		logits[i] = (whole[i] + part[i]) / 2
	}
	head := ""
	if v.Taught != nil {
		roster, head = roster.teach(v.Taught.Head), v.Taught.Head.ID()
	}
	network := logits
	logits = v.Taught.append(network, rules.Temperature)
	told := roster.odds(logits, rules.Temperature, rules)
	modest := roster.odds(v.Taught.append(network, rules.Modesty), rules.Modesty, rules)

	s := Sighting{Box: v.Box, Hash: v.Hash, Mirrored: v.Mirrored, Stages: v.Stages, Model: model.Name, Head: head}
	for _, class := range best(told.classes, nil, 5) {
		s.Candidates = append(s.Candidates, told.candidate(class))
	}
	for _, i := range best(told.residents, nil, 5) {
		if told.residents[i] >= 0.01 {
			s.Residents = append(s.Residents, Guess{roster.residents[i].Key, told.residents[i]})
		}
	}

	first, class, resident := told.first(logits)
	modestly := modest.classes[class]
	if resident >= 0 {
		modestly = modest.residents[resident]
	}
	strong := first.Probability >= rules.Probability
	if class < model.Classes {
		strong = strong && modestly >= rules.Modestly && prominence(logits, class) >= rules.Prominence
	} else {
		strong = strong && v.Taught.Familiarity >= v.Taught.Head.Familiar
	}
	one, other := told.candidate(best(whole, animalClasses, 1)[0]), told.candidate(best(part, animalClasses, 1)[0])
	s.Confidence = first.Probability
	switch {
	case told.animals < rules.AnimalShare:
		s.Decision, s.Confidence = Nothing, 1-told.animals
		s.Why = because(NoAnimal)
	case strong && resident >= 0:
		s.Decision, s.Key = Certain, first.Key
		s.Why = because(ViewsTogether, first)
		if class < model.Classes && same(one, first) && same(other, first) {
			s.Why = because(ViewsAgree, first)
		}
	case strong && roster.strangers[class]:
		s.Decision, s.Stranger = Stranger, &first
		s.Why = because(NotOnDisplay, first)
	default:
		s.Decision = Unsure
		s.Group = roster.likelyGroup(modest.classes, rules.GroupShare)
		s.Why = doubt(first, one, other, s)
	}
	return s
}

// doubt says why an answer is unsure: first is the best, one and other are what each view alone would say.
func doubt(first, one, other Candidate, s Sighting) Why {
	if first.Index >= 0 && !same(one, other) {
		return because(ViewsDisagree, one, other)
	}
	rivals := s.Candidates
	for _, g := range s.Residents {
		rivals = append(rivals[:len(rivals):len(rivals)], Candidate{Index: -1, Key: g.Key, Probability: g.Probability})
	}
	second := Candidate{}
	for _, r := range rivals {
		if !same(first, r) && r.Probability > second.Probability {
			second = r
		}
	}
	switch {
	case second.Probability >= first.Probability/4 && first.Probability+second.Probability >= 0.5:
		return because(LookAlikes, first, second)
	case first.Probability >= 0.5:
		return because(Unfamiliar, first)
	}
	return because(Faint)
}

// same tells whether two candidates lead to the same answer.
func same(a, b Candidate) bool {
	return a.Index == b.Index && (a.Index >= 0 || a.Key == b.Key) || a.Key != "" && a.Key == b.Key
}

// odds are probabilities in view of who lives here.
type odds struct {
	roster    *Roster
	animals   float64   // of there being an animal, whoever lives here
	classes   []float64 // of the network's classes; they sum to 1
	residents []float64 // of the residents, in the roster's order
}

// odds lowers what is not on display, makes the rest sum to 1 again and sums up the residents.
func (r *Roster) odds(logits []float64, temperature float64, rules Rules) odds {
	p := softmax(logits, temperature)
	o := odds{roster: r, animals: sum(p, r.animals), classes: p}
	var total float64
	for class := range p {
		switch {
		case r.strangers[class]:
			p[class] /= rules.OffDisplay
		case len(r.owners[class]) == 0:
			p[class] /= rules.NotAnAnimal
		}
		total += p[class]
	}
	for class := range p {
		p[class] /= total
	}
	o.residents = r.masses(p)
	return o
}

func (o odds) candidate(class int) Candidate {
	c := Candidate{Index: -1, Probability: o.classes[class]}
	if class < model.Classes {
		l := model.Labels()[class]
		c.Index, c.WordNetID, c.Label = class, l.WordNetID, l.Name
	} else {
		c.Label = o.roster.head.Taught[class-model.Classes].Key
	}
	if i := o.roster.meant(class, o.residents); i >= 0 {
		c.Key = o.roster.residents[i].Key
	}
	return c
}

// first is the best answer: a resident with all its classes, of which the one with the highest
// logit is named, or else an animal's class; then resident is -1.
func (o odds) first(logits []float64) (first Candidate, class, resident int) {
	class = best(o.classes, o.roster.animals, 1)[0]
	if o.roster.strangers[class] && (len(o.residents) == 0 || o.classes[class] > slices.Max(o.residents)) {
		return o.candidate(class), class, -1
	}
	resident = best(o.residents, nil, 1)[0]
	class = best(logits, o.roster.classes[resident], 1)[0]
	first = o.candidate(class)
	first.Key, first.Probability = o.roster.residents[resident].Key, o.residents[resident]
	return first, class, resident
}

// likelyGroup rolls probabilities up the tree of groups and gives the lowest one with at least the
// given share of all animals. Above one half that is a single path, so it has one lowest end.
func (r *Roster) likelyGroup(probabilities []float64, share float64) string {
	var total float64
	masses := map[string]float64{}
	for _, class := range r.animals {
		total += probabilities[class]
		for g := r.group(class); g != ""; g = model.Parent(g) {
			masses[g] += probabilities[class]
		}
	}
	lowest, deepest := model.Root, 0
	for group, mass := range masses {
		if mass < share*total {
			continue
		}
		depth := 0
		for g := group; g != model.Root; g = model.Parent(g) {
			depth++
		}
		if depth > deepest {
			lowest, deepest = group, depth
		}
	}
	return lowest
}

// prominence is how far a class stands above the mean of all animal classes, in their standard deviations.
func prominence(logits []float64, class int) float64 {
	n := float64(len(animalClasses))
	mean := sum(logits, animalClasses) / n
	var squares float64
	for _, c := range animalClasses {
		squares += (logits[c] - mean) * (logits[c] - mean)
	}
	if squares == 0 {
		return 0
	}
	return (logits[class] - mean) / math.Sqrt(squares/n)
}

func wide(logits *[model.Classes]float32) []float64 {
	w := make([]float64, len(logits))
	for i, l := range logits {
		w[i] = float64(l)
	}
	return w
}

func softmax(logits []float64, temperature float64) []float64 {
	highest := slices.Max(logits)
	p := make([]float64, len(logits))
	var total float64
	for i, l := range logits {
		p[i] = math.Exp((l - highest) / temperature)
		total += p[i]
	}
	for i := range p {
		p[i] /= total
	}
	return p
}

func sum(values []float64, at []int) (total float64) {
	for _, i := range at {
		total += values[i]
	}
	return total
}

// best gives the places of the n highest values, the highest first; of equal ones the earlier. Only
// the places in among take part, or all when it is nil.
func best(values []float64, among []int, n int) []int {
	places := make([]int, 0, n+1)
	take := func(i int) {
		at := len(places)
		for at > 0 && values[i] > values[places[at-1]] {
			at--
		}
		if at < n {
			places = slices.Insert(places, at, i)
			places = places[:min(len(places), n)]
		}
	}
	if among == nil {
		for i := range values {
			take(i)
		}
	}
	for _, i := range among {
		take(i)
	}
	return places
}

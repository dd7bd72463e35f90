package teach

import (
	"cmp"
	"fmt"
	"math"
	"slices"
	"strings"
	"sync"

	"github.com/zoodex/zoodex/vision"
)

// A Report says how well a lesson was learnt, measured on photos that the measured pupil had not
// seen. It is data: as JSON it can be kept and shown anywhere.
type Report struct {
	Verdict  Verdict   `json:"verdict"`
	Sentence string    `json:"sentence"`          // the verdict in words
	Advice   string    `json:"advice,omitempty"`  // what would help most
	Outlook  string    `json:"outlook,omitempty"` // what the learning curve says
	Head     string    `json:"head"`              // the ID of the head that was made
	Accuracy float64   `json:"accuracy"`          // of all photos, 0…1
	Folds    int       `json:"folds"`
	Species  []Species `json:"species"`
	LeftOut  []string  `json:"leftOut,omitempty"` // species without a photo that can be used
	Matrix   [][]int   `json:"matrix"`            // [shown][taken for], photos, in the order of Species
	Cells    []Cell    `json:"cells"`             // the photos behind the matrix; empty cells are left out
	Noted    []Noted   `json:"noted"`             // photos for a person to keep or to drop
	Curve    []Point   `json:"curve"`             // accuracy by photos of each species
	Known    []Known   `json:"known,omitempty"`   // residents that were known before
}

// Species is one row of the report.
type Species struct {
	Name      string  `json:"name"`
	Files     int     `json:"files"`     // that were given
	Photos    int     `json:"photos"`    // that could be used
	Distinct  int     `json:"distinct"`  // of those, not counting copies
	Precision float64 `json:"precision"` // of the photos taken for it, 0…1
	Recall    float64 `json:"recall"`    // of its photos
	Certain   float64 `json:"certain"`   // of its photos: what would have got the check mark
}

// A Cell of the matrix. Shown and TakenFor are places in Species.
type Cell struct {
	Shown    int      `json:"shown"`
	TakenFor int      `json:"takenFor"`
	Photos   []Answer `json:"photos"` // the surest first
}

// An Answer is what was made of a photo.
type Answer struct {
	Photo     string          `json:"photo"`     // its ID
	Certainty float64         `json:"certainty"` // probability among the taught species
	Decision  vision.Decision `json:"decision"`  // what a visitor would have been told
}

// Noted is a photo with notes.
type Noted struct {
	Photo   string `json:"photo"` // its ID
	Species string `json:"species"`
	Used    bool   `json:"used"` // or left out
	Notes   []Note `json:"notes"`
}

// A Point of the learning curve.
type Point struct {
	Photos   float64   `json:"photos"` // of each species, on average
	Accuracy float64   `json:"accuracy"`
	Recall   []float64 `json:"recall"` // by species
}

// Known is a resident that the network knows itself, and how its photos fare.
type Known struct {
	Name   string   `json:"name"`
	Photos int      `json:"photos"`
	Before Fared    `json:"before"`
	After  Fared    `json:"after"`
	Lost   []string `json:"lost"` // IDs of photos for which it was the likeliest resident before and is not any more
}

// Fared counts photos.
type Fared struct {
	Right   int `json:"right"`   // the likeliest resident
	Certain int `json:"certain"` // with the check mark
}

// A Verdict is what a report comes down to.
type Verdict string

const (
	Ready     Verdict = "ready"
	Confusing Verdict = "ready-but-confuses"
	NotReady  Verdict = "not-ready"
)

// What a verdict takes.
const (
	readyPhotos   = 5    // different photos of each species
	readyRecall   = 0.8  // of each species
	readyAccuracy = 0.9  // over all
	readyCertain  = 0.5  // of a single species
	confusedShare = 0.05 // of a species' photos that are taken for one other species
	confusedLeast = 2    // photos
	knownShare    = 0.02 // of a known resident's photos that may be lost
)

// evaluate fills in what the answers on photos kept apart say about a head.
func (t *teaching) evaluate(head *vision.Head) error {
	r := t.report
	r.Head, r.Folds = head.ID(), t.folds
	roster, err := t.roster()
	if err != nil {
		return err
	}
	decisions := t.decide(head, roster)
	r.Matrix = make([][]int, t.classes)
	for k := range r.Matrix {
		r.Matrix[k] = make([]int, t.classes)
	}
	cells := map[[2]int][]Answer{}
	for i, h := range t.heldOut {
		s, taken, total := t.samples[i], h.best(), logSumExp(h.logits)
		r.Matrix[s.class][taken]++
		at := [2]int{s.class, taken}
		cells[at] = append(cells[at], Answer{s.ID, math.Exp(h.logits[taken] - total), decisions[i].Decision})
		if decisions[i].Key == s.Species {
			r.Species[s.class].Certain++
		}
		if taken != s.class && math.Exp(h.logits[s.class]-total) < 0.1 && r.Species[s.class].Distinct > 2 {
			s.note(Odd, fmt.Sprintf("it looks more like %s than like the other photos of %s", r.Species[taken].Name, s.Species))
		}
	}
	for k := range r.Species {
		var taken int
		for j := range r.Matrix {
			taken += r.Matrix[j][k]
			if answers := cells[[2]int{k, j}]; answers != nil {
				slices.SortStableFunc(answers, func(a, b Answer) int { return cmp.Compare(b.Certainty, a.Certainty) })
				r.Cells = append(r.Cells, Cell{k, j, answers})
			}
		}
		s, right := &r.Species[k], r.Matrix[k][k]
		r.Accuracy += float64(right) / float64(len(t.samples))
		s.Recall, s.Precision = ratio(right, s.Photos), ratio(right, taken)
		s.Certain /= float64(s.Photos)
	}
	t.oddOnesOut()
	r.Noted = []Noted{}
	for _, p := range t.Photos {
		if len(p.notes) > 0 {
			r.Noted = append(r.Noted, Noted{p.ID, p.Species, p.Study != nil, p.notes})
		}
	}
	t.tryKnown(head, roster)
	if err := t.curve(); err != nil {
		return err
	}
	r.conclude()
	return nil
}

// roster has the residents and all that were taught.
func (t *teaching) roster() (*vision.Roster, error) {
	residents := slices.Clone(t.Residents)
	for _, s := range t.report.Species {
		if !slices.ContainsFunc(residents, func(r vision.Resident) bool { return r.Key == s.Name }) {
			residents = append(residents, vision.Resident{Key: s.Name})
		}
	}
	return vision.NewRoster(residents)
}

// decide tells what visitors would have been told of each photo by a head that had not seen it.
func (t *teaching) decide(head *vision.Head, roster *vision.Roster) []vision.Sighting {
	decisions := make([]vision.Sighting, len(t.samples))
	inParallel(len(t.samples), func(i int) {
		h, views := t.heldOut[i], t.samples[i].Study.Views()
		views.Taught = &vision.Judgement{
			Head: head, Logits: h.logits, Likeness: h.with.likeness, Distinction: h.with.distinction,
			Familiarity: vision.Familiarity(h.with.distinction, h.logits),
		}
		decisions[i] = vision.Decide(views, roster, vision.Measured)
	})
	return decisions
}

// tryKnown compares what the network says of photos of residents that it knows with and without the head.
func (t *teaching) tryKnown(head *vision.Head, roster *vision.Roster) {
	var mu sync.Mutex
	known := map[string]*Known{}
	inParallel(len(t.Lesson.Known), func(i int) {
		p := t.Lesson.Known[i]
		if p.Study == nil {
			return
		}
		views := p.Study.Views()
		before := vision.Decide(views, roster, vision.Measured)
		views.Taught = head.Judge(p.Study.Vector)
		after := vision.Decide(views, roster, vision.Measured)
		mu.Lock()
		defer mu.Unlock()
		k := known[p.Species]
		if k == nil {
			k = &Known{Name: p.Species, Lost: []string{}}
			known[p.Species] = k
		}
		k.Photos++
		count := func(s vision.Sighting, f *Fared) (right bool) {
			right = len(s.Residents) > 0 && s.Residents[0].Key == p.Species
			if right {
				f.Right++
			}
			if s.Decision == vision.Certain && s.Key == p.Species {
				f.Certain++
			}
			return right
		}
		if wasRight, isRight := count(before, &k.Before), count(after, &k.After); wasRight && !isRight {
			k.Lost = append(k.Lost, p.ID)
		}
	})
	for _, k := range known {
		slices.Sort(k.Lost)
		t.report.Known = append(t.report.Known, *k)
	}
	slices.SortFunc(t.report.Known, func(a, b Known) int { return cmp.Compare(a.Name, b.Name) })
}

func ratio(a, b int) float64 {
	if b == 0 {
		return 0
	}
	return float64(a) / float64(b)
}

// curve measures what fewer photos would have given.
func (t *teaching) curve() error {
	distinct := 0
	for _, s := range t.report.Species {
		distinct += s.Distinct
	}
	average := float64(distinct) / float64(t.classes) * float64(t.folds-1) / float64(t.folds)
	shares, folds := []float64{0.25, 0.5, 0.75}, t.folds
	if t.large {
		shares, folds = shares[1:2], 1
	}
	shares = slices.DeleteFunc(shares, func(share float64) bool { return share*average < 1 })
	t.begin(Reporting, folds*len(shares))
	for _, share := range shares {
		small := t.settings
		small.variants = 0
		answers, err := t.crossValidate(small, share, folds)
		if err != nil {
			return err
		}
		point := Point{Photos: share * average, Recall: make([]float64, t.classes)}
		judged, of := 0, make([]int, t.classes)
		for i, a := range answers {
			s := t.samples[i]
			if s.fold >= folds {
				continue
			}
			judged++
			of[s.class]++
			if a.best() == s.class {
				point.Accuracy++
				point.Recall[s.class]++
			}
		}
		point.Accuracy /= float64(max(judged, 1))
		for k, n := range of {
			point.Recall[k] /= float64(max(n, 1))
		}
		t.report.Curve = append(t.report.Curve, point)
	}
	full := Point{Photos: average, Accuracy: t.report.Accuracy}
	for _, s := range t.report.Species {
		full.Recall = append(full.Recall, s.Recall)
	}
	t.report.Curve = append(t.report.Curve, full)
	return nil
}

// conclude finds the one verdict, what would help most, and what the curve says.
func (r *Report) conclude() {
	reasons, but := r.reasons(), r.confusions()
	for _, k := range r.Known {
		if float64(len(k.Lost)) > knownShare*float64(k.Photos) {
			but = append(but, fmt.Sprintf("no longer recognises %s", several(len(k.Lost), "photo of ", k.Name)))
		}
	}
	switch {
	case len(reasons) > 0:
		r.Verdict, r.Sentence = NotReady, "Not ready, because "+and(reasons)+"."
	case len(but) > 0:
		r.Verdict, r.Sentence = Confusing, "Ready, but it "+and(but)+"."
	default:
		r.Verdict, r.Sentence = Ready, "Ready."
	}
	r.advise()
}

// reasons are why the head is not ready.
func (r *Report) reasons() (reasons []string) {
	for k, s := range r.Species {
		switch {
		case s.Distinct == 1:
			reasons = append(reasons, fmt.Sprintf("%s has only one photo that can be used", s.Name))
		case s.Distinct < readyPhotos:
			reasons = append(reasons, fmt.Sprintf("%s has only %d different photos", s.Name, s.Distinct))
		case s.Recall < readyRecall:
			reasons = append(reasons, fmt.Sprintf("only %d of %d photos of %s were recognised", r.Matrix[k][k], s.Photos, s.Name))
		}
	}
	for _, name := range r.LeftOut {
		reasons = append(reasons, fmt.Sprintf("%s has no photo that can be used", name))
	}
	if len(reasons) == 0 && r.Accuracy < readyAccuracy {
		reasons = append(reasons, fmt.Sprintf("only %.0f %% of the photos were recognised", 100*r.Accuracy))
	}
	if s := r.Species[0]; len(r.Species) == 1 && s.Distinct >= readyPhotos && s.Certain < readyCertain {
		reasons = append(reasons, fmt.Sprintf("only %.0f of %d photos of %s are surely told from animals that were known before", s.Certain*float64(s.Photos), s.Photos, s.Name))
	}
	return reasons
}

// confusions are the pairs of species that are taken for each other.
func (r *Report) confusions() (pairs []string) {
	for k, s := range r.Species {
		for j, other := range r.Species[:k] {
			if ab := r.Matrix[k][j] + r.Matrix[j][k]; ab >= confusedLeast &&
				float64(ab) >= confusedShare*float64(min(s.Photos, other.Photos)) {
				pairs = append(pairs, fmt.Sprintf("confuses %s with %s", other.Name, s.Name))
			}
		}
	}
	return pairs
}

// advise finds the species that ten more photos would help most: mistakes become rarer with about the
// square root of the number of photos.
func (r *Report) advise() {
	most, weakest := 0., -1
	for k, s := range r.Species {
		n := float64(s.Distinct)
		mistakes := (float64(s.Photos-r.Matrix[k][k]) + 0.5) / float64(s.Photos+1)
		if gain := mistakes * (1 - math.Sqrt(n/(n+10))); gain > most && (s.Recall < 1 || s.Distinct < 2*readyPhotos) {
			most, weakest = gain, k
		}
	}
	if weakest >= 0 {
		s := r.Species[weakest]
		r.Advice = fmt.Sprintf("Ten more photos of %s would help most: ", s.Name)
		if wrong := s.Photos - r.Matrix[weakest][weakest]; wrong > 0 {
			r.Advice += fmt.Sprintf("%d of %d were not recognised.", wrong, s.Photos)
		} else {
			r.Advice += fmt.Sprintf("it has only %d.", s.Distinct)
		}
	}
	if len(r.Curve) < 2 {
		return
	}
	full := r.Curve[len(r.Curve)-1]
	for _, p := range r.Curve {
		if p.Photos*2 >= full.Photos*0.99 && p.Photos < full.Photos {
			more := "more photos of all species would help little"
			if full.Accuracy-p.Accuracy >= 0.005 {
				more = "more photos of all species would still help"
			}
			r.Outlook = fmt.Sprintf("With about %.0f photos of each species to learn from %.1f %% are recognised, with %.0f it is %.1f %%: %s.",
				p.Photos, 100*p.Accuracy, full.Photos, 100*full.Accuracy, more)
			return
		}
	}
}

// several counts things in words: "3 photos of zebra".
func several(n int, what, of string) string {
	if n == 1 {
		return "one " + what + of
	}
	return fmt.Sprintf("%d %s%s", n, strings.Replace(what, "photo", "photos", 1), of)
}

// and joins up to three things for a sentence.
func and(things []string) string {
	if n := len(things); n > 3 {
		things = append(slices.Clone(things[:3]), fmt.Sprintf("%d more", n-3))
	}
	if len(things) == 1 {
		return things[0]
	}
	last := len(things) - 1
	return strings.Join(things[:last], ", ") + " and " + things[last]
}

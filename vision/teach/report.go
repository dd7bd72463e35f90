package teach

import (
	"fmt"
	"math"
	"slices"
	"strings"
)

// A Report says how well a lesson was learnt, measured on photos that the measured pupil had not seen.
type Report struct {
	Verdict  Verdict   `json:"verdict"`
	Sentence string    `json:"sentence"` // the verdict in words
	Accuracy float64   `json:"accuracy"` // of all photos, 0…1
	Folds    int       `json:"folds"`
	Species  []Species `json:"species"`
	LeftOut  []string  `json:"leftOut,omitempty"` // species without a photo that can be used
	Matrix   [][]int   `json:"matrix"`            // [shown][taken for]
	Wrong    []Mistake `json:"wrong"`             // the photos behind the cells beside the diagonal
	Noted    []Noted   `json:"noted"`             // photos for a person to look at
	Curve    []Point   `json:"curve"`             // accuracy by photos of each species
	Advice   string    `json:"advice,omitempty"`  // what would help most
}

// Species is one row of the report.
type Species struct {
	Name      string  `json:"name"`
	Files     int     `json:"files"`    // in its folder
	Photos    int     `json:"photos"`   // that could be used
	Distinct  int     `json:"distinct"` // of those, not counting copies
	Precision float64 `json:"precision"`
	Recall    float64 `json:"recall"`
}

// A Mistake is a photo of one species taken for another.
type Mistake struct {
	Path      string  `json:"path"`
	Shown     string  `json:"shown"`
	TakenFor  string  `json:"takenFor"`
	Certainty float64 `json:"certainty"` // probability of the wrong answer among the taught species
	photo     *Photo
}

// Noted is a photo with notes.
type Noted struct {
	Path    string `json:"path"`
	Species string `json:"species"`
	Used    bool   `json:"used"`
	Notes   []Note `json:"notes"`
	photo   *Photo
}

// A Point of the learning curve.
type Point struct {
	Photos   float64   `json:"photos"` // of each species, on average
	Accuracy float64   `json:"accuracy"`
	Recall   []float64 `json:"recall"` // by species
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
	confusedShare = 0.05 // of a species' photos that are taken for one other species
	confusedLeast = 2    // photos
)

// evaluate fills in what the verdicts on photos kept apart say.
func (t *teaching) evaluate() {
	r := t.report
	r.Folds = t.folds
	r.Matrix = make([][]int, t.classes)
	for k := range r.Matrix {
		r.Matrix[k] = make([]int, t.classes)
	}
	r.Wrong = []Mistake{}
	for i, v := range t.heldOut {
		s, taken := t.samples[i], v.best()
		r.Matrix[s.class][taken]++
		p := math.Exp(v.logits[taken] - logSumExp(v.logits))
		if taken != s.class {
			r.Wrong = append(r.Wrong, Mistake{s.Path, s.Species, r.Species[taken].Name, p, s.Photo})
		}
		if own := math.Exp(v.logits[s.class] - logSumExp(v.logits)); taken != s.class && own < 0.1 && r.Species[s.class].Distinct > 2 {
			s.note(Odd, fmt.Sprintf("it looks more like %s than like the other photos of %s", r.Species[taken].Name, s.Species))
		}
	}
	r.Accuracy = 0
	for k := range r.Species {
		var shown, taken int
		for j := range r.Matrix {
			shown += r.Matrix[k][j]
			taken += r.Matrix[j][k]
		}
		right := r.Matrix[k][k]
		r.Accuracy += float64(right) / float64(len(t.samples))
		r.Species[k].Recall = ratio(right, shown)
		r.Species[k].Precision = ratio(right, taken)
	}
	slices.SortStableFunc(r.Wrong, func(a, b Mistake) int { return int(math.Copysign(1, b.Certainty-a.Certainty)) })
	r.Noted = []Noted{}
	for _, p := range t.Photos {
		if len(p.Notes) > 0 {
			r.Noted = append(r.Noted, Noted{p.Path, p.Species, p.Study != nil, p.Notes, p})
		}
	}
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
	for _, share := range shares {
		if share*average < 1 {
			continue
		}
		small := t.settings
		small.variants = 0
		verdicts, err := t.crossValidate(small, share, folds)
		if err != nil {
			return err
		}
		point := Point{Photos: share * average, Recall: make([]float64, t.classes)}
		judged, of := 0, make([]int, t.classes)
		for i, v := range verdicts {
			s := t.samples[i]
			if s.fold >= folds {
				continue
			}
			judged++
			of[s.class]++
			if v.best() == s.class {
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

// conclude finds the one verdict and what would help most.
func (r *Report) conclude() {
	var reasons, pairs []string
	weakest := 0
	for k, s := range r.Species {
		w := r.Species[weakest]
		if s.Recall < w.Recall || s.Recall == w.Recall && s.Distinct < w.Distinct {
			weakest = k
		}
		switch {
		case s.Distinct == 1:
			reasons = append(reasons, fmt.Sprintf("%s has only one photo that can be used", s.Name))
		case s.Distinct < readyPhotos:
			reasons = append(reasons, fmt.Sprintf("%s has only %d different photos", s.Name, s.Distinct))
		case s.Recall < readyRecall:
			reasons = append(reasons, fmt.Sprintf("only %d of %d photos of %s were recognised", r.Matrix[k][k], s.Photos, s.Name))
		}
		for j := range k {
			if ab := r.Matrix[k][j] + r.Matrix[j][k]; ab >= confusedLeast &&
				float64(ab) >= confusedShare*float64(min(s.Photos, r.Species[j].Photos)) {
				pairs = append(pairs, fmt.Sprintf("%s and %s", r.Species[j].Name, s.Name))
			}
		}
	}
	for _, name := range r.LeftOut {
		reasons = append(reasons, fmt.Sprintf("%s has no photo that can be used", name))
	}
	if len(reasons) == 0 && r.Accuracy < readyAccuracy {
		reasons = append(reasons, fmt.Sprintf("only %.0f %% of the photos were recognised", 100*r.Accuracy))
	}
	if len(r.Species) == 1 {
		reasons = append(reasons, "there is only one species, so nothing shows whether it is told from others")
	}
	switch {
	case len(reasons) > 0:
		r.Verdict, r.Sentence = NotReady, "Not ready, because "+several(reasons, "and")+"."
	case len(pairs) > 0:
		r.Verdict, r.Sentence = Confusing, "Ready, but it confuses "+several(pairs, "and")+"."
	default:
		r.Verdict, r.Sentence = Ready, "Ready."
	}
	if w := r.Species[weakest]; len(r.Species) > 1 && (w.Recall < 0.99 || w.Distinct < readyPhotos) {
		r.Advice = fmt.Sprintf("Ten more photos of %s would help most.", w.Name)
	}
}

// several joins up to three things for a sentence.
func several(things []string, and string) string {
	if n := len(things); n > 3 {
		things = append(slices.Clone(things[:3]), fmt.Sprintf("%d more", n-3))
	}
	if len(things) == 1 {
		return things[0]
	}
	last := len(things) - 1
	return strings.Join(things[:last], ", ") + " " + and + " " + things[last]
}

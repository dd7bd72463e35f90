package teach

import (
	"context"
	"errors"
	"fmt"
	"math"
	"runtime"
	"slices"
	"sync"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// A pupil is a classifier among the taught species, and the middles it measures familiarity by.
type pupil struct {
	linear     *linear
	centre     []float32
	prototypes [][]float32 // of length 1, from the centre
}

// settings of a fit, chosen by cross-validation.
type settings struct {
	decay    float64 // of the weights, times the number of photos
	blend    float64 // part of the logits that comes from the prototypes, 0…1
	variants int     // augmented views of each photo that take part
}

// variantWeight is what a variant counts beside the plain pair of views.
const variantWeight = 0.2

// A sample is a usable photo.
type sample struct {
	*Photo
	class, group, fold int
	weight             float64 // copies together count as one
}

// learn fits a pupil to samples.
func learn(samples []sample, classes int, s settings, iterations int) *pupil {
	r := &rows{width: model.Features}
	p := &pupil{centre: make([]float32, model.Features), prototypes: make([][]float32, classes)}
	photos := make([]float64, classes)
	means := make([][]float32, classes)
	for k := range means {
		means[k] = make([]float32, model.Features)
	}
	for _, sample := range samples {
		vectors := sample.Study.vectors()
		for i, x := range vectors[:1+s.variants] {
			weight := sample.weight
			if i > 0 {
				weight *= variantWeight
			}
			r.add(x, sample.class, weight)
			photos[sample.class] += weight
			for j, v := range x {
				means[sample.class][j] += float32(weight) * v
			}
		}
	}
	taught := 0
	var total float64
	for k, n := range photos {
		if n == 0 {
			continue
		}
		taught++
		total += n
		for j := range means[k] {
			means[k][j] /= float32(n)
		}
	}
	for k, n := range photos {
		if n > 0 {
			for j, v := range means[k] {
				p.centre[j] += v / float32(taught)
			}
		}
	}
	if taught == 1 { // the middle of the animals it knows then
		clear(p.centre)
		all := rivals(make([]float32, model.Features))
		for _, v := range all {
			for j := range v {
				p.centre[j] += v[j] / float32(len(all))
			}
		}
		normalise(p.centre)
	}
	for k := range means {
		p.prototypes[k] = make([]float32, model.Features)
		if photos[k] == 0 {
			continue
		}
		for j, v := range means[k] {
			p.prototypes[k][j] = v - p.centre[j]
		}
		normalise(p.prototypes[k])
	}
	p.linear = fit(r, classes, s.decay/total, nil, iterations)
	return p
}

// judge gives logits among the species and the cosine to each prototype.
func (p *pupil) judge(x []float32) (logits, cosines []float64) {
	logits, cosines = make([]float64, p.linear.classes), make([]float64, p.linear.classes)
	p.linear.logits(logits, x)
	from := make([]float32, len(x))
	for j, v := range x {
		from[j] = v - p.centre[j]
	}
	normalise(from)
	for k, prototype := range p.prototypes {
		cosines[k] = dot(prototype, from)
	}
	return logits, cosines
}

// A Result is what came of a lesson.
type Result struct {
	Head   *vision.Head
	Report *Report
}

// mostFolds of cross-validation; fewer when a species has fewer photos.
const mostFolds = 5

// Teach makes a head of a lesson that has been studied, and says how good it is. stage is told what
// is being done. An error is one sentence about why nothing can be learnt.
func Teach(ctx context.Context, l *Lesson, stage func(string)) (*Result, error) {
	if stage == nil {
		stage = func(string) {}
	}
	stage("Looking through the photos")
	groups := tend(l.Photos)
	report := &Report{}
	var samples []sample
	members := map[int]int{}
	for i, p := range l.Photos {
		if p.Study != nil {
			p.Study.vectors()
			members[groups[i]]++
		}
	}
	for _, name := range l.Species {
		s := Species{Name: name}
		distinct := map[int]bool{}
		for i, p := range l.Photos {
			if p.Species != name {
				continue
			}
			s.Files++
			if p.Study == nil {
				continue
			}
			distinct[groups[i]] = true
			samples = append(samples, sample{Photo: p, class: len(report.Species), group: groups[i], weight: 1 / float64(members[groups[i]])})
			s.Photos++
		}
		s.Distinct = len(distinct)
		if s.Photos == 0 {
			report.LeftOut = append(report.LeftOut, name)
			continue
		}
		report.Species = append(report.Species, s)
	}
	distinct, fewest := 0, math.MaxInt
	for _, s := range report.Species {
		distinct += s.Distinct
		fewest = min(fewest, s.Distinct)
	}
	switch {
	case len(samples) == 0:
		return nil, errors.New("none of the files is a photo that can be used")
	case len(samples) == 1:
		return nil, errors.New("one photo is not enough to learn from: a species needs at least two, better twenty")
	case distinct == 1:
		return nil, errors.New("all photos show the same picture: a species needs at least two different ones, better twenty")
	}
	t := &teaching{Lesson: l, ctx: ctx, report: report, samples: samples, classes: len(report.Species), stage: stage}
	t.folds = min(mostFolds, max(2, fewest))
	species, group := make([]int, len(samples)), make([]int, len(samples))
	for i, s := range samples {
		species[i], group[i] = s.class, s.group
	}
	for i, f := range fold(species, group, t.folds) {
		samples[i].fold = f
	}
	return t.run()
}

type teaching struct {
	*Lesson
	ctx      context.Context
	report   *Report
	samples  []sample
	classes  int
	folds    int
	stage    func(string)
	settings settings
	heldOut  []verdict // of each sample, by a pupil that had not seen it
}

// A verdict is what a pupil said of a photo.
type verdict struct {
	logits, cosines []float64
}

func (v verdict) best() int {
	b := 0
	for k, l := range v.logits {
		if l > v.logits[b] {
			b = k
		}
	}
	return b
}

func (t *teaching) run() (*Result, error) {
	t.stage("Choosing how to learn")
	if err := t.choose(); err != nil {
		return nil, err
	}
	t.stage("Testing on photos kept apart")
	var err error
	if t.heldOut, err = t.crossValidate(t.settings, nil, 60); err != nil {
		return nil, err
	}
	t.stage("Learning from all photos")
	p := learn(t.samples, t.classes, t.settings, 100)
	head, err := t.calibrate(p)
	if err != nil {
		return nil, err
	}
	t.stage("Writing the report")
	t.evaluate()
	if err := t.curve(); err != nil {
		return nil, err
	}
	t.report.conclude(t)
	return &Result{head, t.report}, nil
}

// crossValidate judges each sample by a pupil that has not seen its fold. keep says which of the
// others it may see; nil means all.
func (t *teaching) crossValidate(s settings, keep func(sample) bool, iterations int) ([]verdict, error) {
	verdicts := make([]verdict, len(t.samples))
	slots := make(chan struct{}, runtime.GOMAXPROCS(0))
	var group sync.WaitGroup
	for f := range t.folds {
		slots <- struct{}{}
		if t.ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-slots }()
			var seen []sample
			for _, s := range t.samples {
				if s.fold != f && (keep == nil || keep(s)) {
					seen = append(seen, s)
				}
			}
			p := learn(seen, t.classes, s, iterations)
			for i, s := range t.samples {
				if s.fold == f {
					verdicts[i].logits, verdicts[i].cosines = p.judge(s.Study.vectors()[0])
				}
			}
		})
	}
	group.Wait()
	return verdicts, t.ctx.Err()
}

// choose takes the settings with the least log loss in cross-validation.
func (t *teaching) choose() error {
	best := math.Inf(1)
	for _, decay := range []float64{0.003, 0.01, 0.03, 0.1} {
		s := settings{decay: decay, variants: 0}
		verdicts, err := t.crossValidate(s, nil, 40)
		if err != nil {
			return err
		}
		var loss float64
		for i, v := range verdicts {
			loss += t.samples[i].weight * (logSumExp(v.logits) - v.logits[t.samples[i].class])
		}
		if loss < best {
			best, t.settings = loss, s
		}
	}
	t.settings.variants = Variants
	return nil
}

func logSumExp(v []float64) float64 {
	high := slices.Max(v)
	var sum float64
	for _, x := range v {
		sum += math.Exp(x - high)
	}
	return high + math.Log(sum)
}

// calibrate makes a head of a pupil.
func (t *teaching) calibrate(p *pupil) (*vision.Head, error) {
	taught := make([]vision.Taught, t.classes)
	for k, s := range t.report.Species {
		taught[k] = vision.Taught{
			Key: s.Name, Group: model.Root, Photos: s.Photos,
			Weights: p.linear.weights[k*model.Features:][:model.Features], Bias: p.linear.bias[k],
			Prototype: p.prototypes[k], Familiar: 0.3,
		}
	}
	head, err := vision.NewHead(p.centre, taught)
	if err != nil {
		return nil, fmt.Errorf("what was learnt cannot be kept: %w", err)
	}
	return head, nil
}

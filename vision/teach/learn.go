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

// settings of a fit, chosen by cross-validation.
type settings struct {
	decay    float64 // of the weights, times the number of photos
	blend    float64 // part of the logits that comes from the prototypes, 0…1
	scale    float64 // of the prototypes' products, to be logits
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

// learn makes a head of samples that tells the species apart; how familiar a photo must be is not
// known yet.
func (t *teaching) learn(samples []sample, s settings, steps int) (*vision.Head, error) {
	r := &rows{}
	recipe := vision.Recipe{
		Taught: make([]vision.Taught, t.classes),
		Centre: make([]float32, model.Features), Middle: make([]float32, model.Features),
	}
	photos, means := make([]float64, t.classes), make([][]float32, t.classes)
	for k := range means {
		means[k] = make([]float32, model.Features)
	}
	var total, features float64
	for _, sample := range samples {
		for i, x := range sample.Study.Vectors[:1+s.variants] {
			weight := sample.weight
			if i > 0 {
				weight *= variantWeight
			}
			r.add(x, sample.class, weight)
			photos[sample.class] += weight
			total += weight
			for j, v := range x {
				means[sample.class][j] += float32(weight) * v
			}
			// A vector's squares are the features, up to their total.
			features = weight * sample.Study.Total
			for j, v := range x {
				recipe.Middle[j] += float32(features) * v * v
			}
		}
	}
	taught := 0
	for k, n := range photos {
		if n > 0 {
			taught++
			for j := range means[k] {
				means[k][j] /= float32(n)
				recipe.Centre[j] += means[k][j]
			}
		}
	}
	for j := range recipe.Centre {
		recipe.Centre[j] /= float32(taught)
		recipe.Middle[j] /= float32(total)
	}
	if t.large {
		steps = min(steps, largeSteps)
	}
	l := fit(r, t.classes, s.decay/total, steps)
	for k := range recipe.Taught {
		recipe.Taught[k] = vision.Taught{
			Key: t.report.Species[k].Name, Group: t.group(k), Kin: t.kin(k), Photos: t.report.Species[k].Photos,
			Weights: l.weights[k*model.Features:][:model.Features], Bias: l.bias[k], Prototype: means[k],
		}
		if photos[k] == 0 {
			recipe.Taught[k].Bias = -100 // nothing is known of it
			continue
		}
		for j := range means[k] {
			means[k][j] -= recipe.Centre[j]
		}
		if taught > 1 {
			normalise(means[k])
		}
		c := &recipe.Taught[k]
		c.Bias = (1-s.blend)*c.Bias - s.blend*s.scale*dot(c.Prototype, recipe.Centre)
		for j, v := range c.Prototype {
			c.Weights[j] = float32((1-s.blend)*float64(c.Weights[j]) + s.blend*s.scale*float64(v))
		}
	}
	head, err := vision.NewHead(recipe)
	if err != nil {
		return nil, fmt.Errorf("what was learnt cannot be kept: %w", err)
	}
	return head, nil
}

func normalise(v []float32) {
	scale := float32(1 / max(math.Sqrt(dot(v, v)), 1e-9))
	for i := range v {
		v[i] *= scale
	}
}

// A Result is what came of a lesson.
type Result struct {
	Head   *vision.Head
	Report *Report
}

// mostFolds of cross-validation; fewer when no species has as many photos, or when a lesson is large.
const (
	mostFolds      = 5
	mostFoldsLarge = 3
)

// A lesson is large when photos times species are more. It takes minutes otherwise, so it gets
// fewer trials and steps; with as many photos they make little difference.
const large = 100_000

// Steps of L-BFGS at most: in trials, for the head itself, and for large lessons.
const (
	trialSteps = 60
	finalSteps = 100
	largeSteps = 25
)

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
	distinct, most := 0, 0
	for _, s := range report.Species {
		distinct += s.Distinct
		most = max(most, s.Distinct)
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
	t.large = len(samples)*t.classes > large
	t.folds = min(mostFolds, max(2, most))
	if t.large {
		t.folds = min(mostFoldsLarge, t.folds)
	}
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
	large    bool
	stage    func(string)
	settings settings
	heldOut  []heldOut // of each sample
}

func (t *teaching) run() (*Result, error) {
	t.stage("Choosing how to learn")
	if err := t.choose(); err != nil {
		return nil, err
	}
	t.stage("Testing on photos kept apart")
	if t.heldOut == nil || t.settings != usual {
		var err error
		if t.heldOut, err = t.crossValidate(t.settings, 1, t.folds); err != nil {
			return nil, err
		}
	}
	t.stage("Learning from all photos")
	head, err := t.learn(t.samples, t.settings, finalSteps)
	if err != nil {
		return nil, err
	}
	recipe := head.Recipe
	t.sharpen(&recipe)
	recipe.Slope, recipe.Offset, recipe.Familiar = t.calibrate()
	if head, err = vision.NewHead(recipe); err != nil {
		return nil, err
	}
	t.stage("Writing the report")
	t.evaluate()
	if err := t.curve(); err != nil {
		return nil, err
	}
	t.report.conclude()
	return &Result{head, t.report}, nil
}

// A heldOut is what a head that had not seen a photo makes of it.
type heldOut struct {
	logits, prototype []float64 // prototype: products of the photo, from the centre, with the prototypes
	with, without     likeness  // by the head, and if the photo's species had not been taught
}

func (h heldOut) best() int {
	b := 0
	for k, l := range h.logits {
		if l > h.logits[b] {
			b = k
		}
	}
	return b
}

// likeness of a photo; see vision.Judgement.
type likeness struct{ likeness, distinction float64 }

func likenessOf(j *vision.Judgement) likeness { return likeness{j.Likeness, j.Distinction} }

// crossValidate judges each sample by a head that has not seen its fold, and of the others only a
// share: 1 for all. With fewer folds than there are, only their samples are judged.
func (t *teaching) crossValidate(s settings, share float64, folds int) ([]heldOut, error) {
	answers := make([]heldOut, len(t.samples))
	atOnce := runtime.GOMAXPROCS(0)
	if t.large {
		atOnce = 1 // a fit uses all cores and much memory then
	}
	slots, failures := make(chan struct{}, atOnce), make([]error, folds)
	var group sync.WaitGroup
	for f := range folds {
		slots <- struct{}{}
		if t.ctx.Err() != nil {
			break
		}
		group.Go(func() {
			defer func() { <-slots }()
			head, err := t.learn(t.without(f, share), s, trialSteps)
			if err != nil {
				failures[f] = err
				return
			}
			for i, s := range t.samples {
				if s.fold != f {
					continue
				}
				j := head.Judge(s.Study.Vectors[0])
				answers[i] = heldOut{logits: j.Logits, with: likenessOf(j)}
				for _, taught := range head.Taught {
					answers[i].prototype = append(answers[i].prototype, dot(taught.Prototype, s.Study.Vectors[0])-dot(taught.Prototype, head.Centre))
				}
				if t.classes > 1 {
					answers[i].without = likenessOf(head.JudgeWithout(s.class, s.Study.Vectors[0]))
				}
			}
		})
	}
	group.Wait()
	return answers, errors.Join(append(failures, t.ctx.Err())...)
}

// without are the samples of other folds than f: of each species the given share of what is
// different, and at least one.
func (t *teaching) without(f int, share float64) (seen []sample) {
	distinct := make([]map[int]bool, t.classes)
	for k := range distinct {
		distinct[k] = map[int]bool{}
	}
	for _, s := range t.samples {
		if s.fold != f {
			distinct[s.class][s.group] = true
		}
	}
	taken := make([]map[int]bool, t.classes)
	for k := range taken {
		taken[k] = map[int]bool{}
	}
	for _, s := range t.samples {
		if s.fold == f {
			continue
		}
		if most := max(1, math.Round(share*float64(len(distinct[s.class])))); float64(len(taken[s.class])) < most {
			taken[s.class][s.group] = true
		}
		if taken[s.class][s.group] {
			seen = append(seen, s)
		}
	}
	return seen
}

// usual are settings that were best, or next to it, in every lesson measured; README.md has the table.
var usual = settings{decay: 0.03}

// choose takes the usual settings, unless others make clearly fewer mistakes in cross-validation:
// fewer by more than two standard deviations of such a number. Less would be luck.
func (t *teaching) choose() error {
	t.settings = usual
	if t.large {
		return nil
	}
	var err error
	if t.heldOut, err = t.crossValidate(usual, 1, t.folds); err != nil {
		return err
	}
	least := t.mistakes(t.heldOut, 0, 0)
	least -= 2 * math.Sqrt(least)
	consider := func(s settings, answers []heldOut) {
		if m := t.mistakes(answers, s.blend, s.scale); m < least {
			least, t.settings = m, s
		}
	}
	for _, s := range []settings{{decay: usual.decay, variants: Variants}, {decay: 0.3}, {decay: 0.003}} {
		if least <= 0 {
			return nil // nothing to gain
		}
		answers, err := t.crossValidate(s, 1, t.folds)
		if err != nil {
			return err
		}
		consider(s, answers)
		for _, blend := range []float64{0.25, 0.5, 1} {
			s.blend, s.scale = blend, prototypeScale
			consider(s, answers)
		}
	}
	return nil
}

// prototypeScale makes products with prototypes about as large as the other logits.
const prototypeScale = 40

// mistakes counts the answers that are wrong, blended with the prototypes'.
func (t *teaching) mistakes(answers []heldOut, blend, scale float64) (mistakes float64) {
	for i, a := range answers {
		best, highest := 0, math.Inf(-1)
		for k := range a.logits {
			if l := (1-blend)*a.logits[k] + blend*scale*a.prototype[k]; l > highest {
				best, highest = k, l
			}
		}
		if best != t.samples[i].class {
			mistakes += t.samples[i].weight
		}
	}
	return mistakes
}

func logSumExp(v []float64) float64 {
	high := slices.Max(v)
	var sum float64
	for _, x := range v {
		sum += math.Exp(x - high)
	}
	return high + math.Log(sum)
}

// kin are the classes that the network takes a third or more of a species' photos for.
func (t *teaching) kin(class int) (kin []int) {
	called, photos := map[int]int{}, 0
	for _, s := range t.samples {
		if s.class == class {
			photos++
			called[s.Study.Class]++
		}
	}
	for c, n := range called {
		if 3*n >= photos {
			kin = append(kin, c)
		}
	}
	slices.Sort(kin)
	return kin
}

// group is the lowest group of animals that most photos of a species agree on.
func (t *teaching) group(class int) string {
	votes, photos := map[string]int{}, 0
	for _, s := range t.samples {
		if s.class == class {
			photos++
			for g := s.Study.Group; g != ""; g = model.Parent(g) {
				votes[g]++
			}
		}
	}
	lowest, deepest := model.Root, 0
	for g, n := range votes {
		depth := 0
		for up := g; up != model.Root && up != ""; up = model.Parent(up) {
			depth++
		}
		if 3*n > 2*photos && depth > deepest {
			lowest, deepest = g, depth
		}
	}
	return lowest
}

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
	var total float64
	for _, sample := range samples {
		for i, x := range sample.Study.vectors(s.variants) {
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
			features := weight * sample.Study.Total
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
	if t.classes == 1 { // seen from its own middle it would lie nowhere
		recipe.Centre = vision.KnownCentre(recipe.Middle)
	}
	if t.large {
		steps = min(steps, largeSteps)
	}
	l := fit(r, t.classes, s.decay/total, steps)
	for k := range recipe.Taught {
		recipe.Taught[k] = vision.Taught{
			Key: t.report.Species[k].Name, Group: t.group[k], Kin: t.kin[k], Photos: t.report.Species[k].Photos,
			Weights: l.weights[k*model.Features:][:model.Features], Bias: l.bias[k], Prototype: means[k],
		}
		if photos[k] == 0 {
			recipe.Taught[k].Bias = -100 // nothing is known of it
			continue
		}
		for j := range means[k] {
			means[k][j] -= recipe.Centre[j]
		}
		normalise(means[k])
		c := &recipe.Taught[k]
		c.Bias = (1-s.blend)*c.Bias - s.blend*prototypeScale*dot(c.Prototype, recipe.Centre)
		for j, v := range c.Prototype {
			c.Weights[j] = float32((1-s.blend)*float64(c.Weights[j]) + s.blend*prototypeScale*float64(v))
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

// Options say what a lesson works with.
type Options struct {
	Recognizer *vision.Recognizer // looks at photos; not needed when all are studied
	Cache      Cache              // nil: nothing is kept
	// Residents are who lives in the zoo; those that are taught need not be among them. They say what
	// visitors would be told of a photo, and whom a known photo shows.
	Residents []vision.Resident
	Progress  func(Progress) // nil: nobody is told
}

// Progress of a lesson.
type Progress struct {
	Stage    Stage
	Done, Of int // photos looked at, or trials; Of is 0 where it cannot be known
}

// A Stage is what a lesson is doing.
type Stage string

// The stages, in order.
const (
	Looking   Stage = "looking"   // at the photos
	Choosing  Stage = "choosing"  // how to learn, by trials on photos kept apart
	Varying   Stage = "varying"   // looking again, in altered views, if there is something to gain; then choosing goes on
	Learning  Stage = "learning"  // from all photos
	Reporting Stage = "reporting" // with more trials, for the learning curve
)

// A Result is what came of a lesson.
type Result struct {
	Head   *vision.Head
	Report *Report
	lesson *Lesson
}

// Learn looks at the photos of a lesson, makes a head of them and says how good it is. Calls may be
// told of progress from several goroutines, one at a time. An error is an [*Error] when nothing can
// be learnt from these photos, and wraps ctx.Err() when ctx ended first.
func Learn(ctx context.Context, l *Lesson, o Options) (*Result, error) {
	if o.Progress == nil {
		o.Progress = func(Progress) {}
	}
	if err := l.check(); err != nil {
		return nil, err
	}
	all := slices.Concat(l.Photos, l.Known)
	if err := each(ctx, all, o.look, func(done, of int) { o.Progress(Progress{Looking, done, of}) }); err != nil {
		return nil, err
	}
	t, err := newTeaching(ctx, l, &o)
	if err != nil {
		return nil, err
	}
	return t.run()
}

type teaching struct {
	*Lesson
	*Options
	ctx      context.Context
	report   *Report
	samples  []sample
	classes  int
	group    []string // of each class
	kin      [][]int  // of each class
	folds    int
	large    bool
	mu       sync.Mutex
	progress Progress
	settings settings
	heldOut  []heldOut // of each sample
}

func newTeaching(ctx context.Context, l *Lesson, o *Options) (*teaching, error) {
	t := &teaching{Lesson: l, Options: o, ctx: ctx, report: &Report{}}
	groups := tend(l.Photos)
	members := map[int]int{}
	for i, p := range l.Photos {
		if p.Study != nil {
			members[groups[i]]++
		}
	}
	distinct, most := 0, 0
	for _, name := range l.Species {
		s := Species{Name: name}
		seen := map[int]bool{}
		for i, p := range l.Photos {
			if p.Species != name {
				continue
			}
			s.Files++
			if p.Study == nil {
				continue
			}
			seen[groups[i]] = true
			t.samples = append(t.samples, sample{Photo: p, class: len(t.report.Species), group: groups[i], weight: 1 / float64(members[groups[i]])})
			s.Photos++
		}
		if s.Photos == 0 {
			t.report.LeftOut = append(t.report.LeftOut, name)
			continue
		}
		s.Distinct = len(seen)
		distinct += s.Distinct
		most = max(most, s.Distinct)
		t.report.Species = append(t.report.Species, s)
	}
	switch {
	case len(t.samples) == 0:
		return nil, refuseAs(NoneUsable, "none of the files is a photo that can be used")
	case len(t.samples) == 1:
		return nil, refuseAs(OnePhoto, "one photo is not enough to learn from: a species needs at least two, better twenty")
	case distinct == 1:
		return nil, refuseAs(OnePicture, "all photos show the same picture: a species needs at least two different ones, better twenty")
	}
	t.classes = len(t.report.Species)
	t.large = len(t.samples)*t.classes > large
	t.folds = min(mostFolds, max(2, most))
	if t.large {
		t.folds = min(mostFoldsLarge, t.folds)
	}
	species, group := make([]int, len(t.samples)), make([]int, len(t.samples))
	for i, s := range t.samples {
		species[i], group[i] = s.class, s.group
	}
	for i, f := range fold(species, group, t.folds) {
		t.samples[i].fold = f
	}
	t.place()
	return t, ctx.Err()
}

// begin tells what is being done, and in how many steps.
func (t *teaching) begin(stage Stage, of int) {
	t.progress = Progress{Stage: stage, Of: of}
	t.Progress(t.progress)
}

// step tells that one more is done.
func (t *teaching) step() {
	t.mu.Lock()
	defer t.mu.Unlock()
	t.progress.Done++
	t.Progress(t.progress)
}

func (t *teaching) run() (*Result, error) {
	if err := t.choose(); err != nil {
		return nil, err
	}
	t.begin(Learning, 0)
	head, err := t.learn(t.samples, t.settings, finalSteps)
	if err != nil {
		return nil, err
	}
	recipe := head.Recipe
	t.sharpen(&recipe)
	recipe.Slope, recipe.Offset, recipe.Familiar = t.calibrate()
	if head, err = vision.NewHead(recipe); err != nil {
		return nil, fmt.Errorf("what was learnt cannot be kept: %w", err)
	}
	if err := t.evaluate(head); err != nil {
		return nil, err
	}
	return &Result{head, t.report, t.Lesson}, nil
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
			defer t.step()
			for i, s := range t.samples {
				if s.fold != f {
					continue
				}
				j := head.Judge(s.Study.Vector)
				answers[i] = heldOut{logits: j.Logits, with: likenessOf(j)}
				for _, taught := range head.Taught {
					answers[i].prototype = append(answers[i].prototype, dot(taught.Prototype, s.Study.Vector)-dot(taught.Prototype, head.Centre))
				}
				if t.classes > 1 {
					answers[i].without = likenessOf(head.JudgeWithout(s.class, s.Study.Vector))
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
	others := []settings{{decay: usual.decay, variants: Variants}, {decay: 0.3}, {decay: 0.003}}
	if t.large {
		others = nil
	}
	t.begin(Choosing, t.folds*(1+len(others)))
	t.settings = usual
	var err error
	if t.heldOut, err = t.crossValidate(usual, 1, t.folds); err != nil {
		return err
	}
	least := t.mistakes(t.heldOut, usual)
	least -= 2 * math.Sqrt(least)
	for _, s := range others {
		if least <= 0 {
			return nil // nothing to gain
		}
		if s.variants > 0 {
			able, err := t.vary()
			if err != nil {
				return err
			}
			if !able {
				continue
			}
			t.begin(Choosing, t.folds*len(others))
		}
		answers, err := t.crossValidate(s, 1, t.folds)
		if err != nil {
			return err
		}
		for _, s.blend = range []float64{0, 0.25, 0.5, 1} {
			if m := t.mistakes(answers, s); m < least {
				least, t.settings = m, s
			}
		}
	}
	if t.settings == usual {
		return nil
	}
	t.heldOut, err = t.crossValidate(t.settings, 1, t.folds)
	return err
}

// vary looks at all photos again, in altered views. It is not able to when they are not at hand.
func (t *teaching) vary() (able bool, err error) {
	photos := make([]*Photo, len(t.samples))
	for i, s := range t.samples {
		if photos[i] = s.Photo; s.Study.Variants == nil && (t.Recognizer == nil || s.Open == nil) {
			return false, nil
		}
	}
	return true, each(t.ctx, photos, t.Options.vary, func(done, of int) { t.Progress(Progress{Varying, done, of}) })
}

// prototypeScale makes products with prototypes about as large as the other logits.
const prototypeScale = 40

// mistakes counts the answers that are wrong, blended with the prototypes'.
func (t *teaching) mistakes(answers []heldOut, s settings) (mistakes float64) {
	for i, a := range answers {
		best, highest := 0, math.Inf(-1)
		for k := range a.logits {
			if l := (1-s.blend)*a.logits[k] + s.blend*prototypeScale*a.prototype[k]; l > highest {
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

// place finds for each species its group, the lowest that most photos agree on, and its kin, the
// classes that the network takes a third or more of the photos for.
func (t *teaching) place() {
	t.group, t.kin = make([]string, t.classes), make([][]int, t.classes)
	groups, called := make([]map[string]int, t.classes), make([]map[int]int, t.classes)
	for k := range t.classes {
		groups[k], called[k] = map[string]int{}, map[int]int{}
	}
	for _, s := range t.samples {
		class, group := s.Study.takenFor()
		called[s.class][class]++
		for ; group != ""; group = model.Parent(group) {
			groups[s.class][group]++
		}
	}
	for k := range t.classes {
		photos := t.report.Species[k].Photos
		for class, n := range called[k] {
			if 3*n >= photos {
				t.kin[k] = append(t.kin[k], class)
			}
		}
		slices.Sort(t.kin[k])
		deepest := 0
		t.group[k] = model.Root
		for group, n := range groups[k] {
			depth := 0
			for up := group; up != model.Root; up = model.Parent(up) {
				depth++
			}
			if 3*n > 2*photos && depth > deepest {
				t.group[k], deepest = group, depth
			}
		}
	}
}

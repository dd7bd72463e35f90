package teach

import (
	"math"
	"slices"

	"github.com/zoodex/zoodex/vision"
)

// What familiarity takes; see README.md for the tables.
const (
	mostRefused  = 0.12 // of the right answers on photos kept apart that may be refused as unfamiliar
	leastRefused = 0.06 // and so many are refused anyway
	mostFooled   = 0.03 // of photos whose species was not taught that may be taken as familiar
	doubtful     = 0.02 // of them that may be less likely than what the network knows
	leastLike    = 0.12 // likeness below which a photo is more likely of what the network knows: that of 1 in 200 known animals, whoever was taught
	usualSlope   = 20.  // of the log odds by likeness
)

// sharpen multiplies all logits by the factor that makes probabilities among the species honest on
// photos kept apart (temperature scaling, Guo et al. 2017), in the recipe and in what was held out.
func (t *teaching) sharpen(r *vision.Recipe) {
	least, factor, scaled := math.Inf(1), 1., make([]float64, t.classes)
	for f := 0.5; f < 16; f *= 1.25 {
		// One more photo whose answer is anybody's guess keeps the factor from running away.
		loss := math.Log1p(math.Exp(f)) * 0.1
		for i, h := range t.heldOut {
			for k, l := range h.logits {
				scaled[k] = f * l
			}
			loss += t.samples[i].weight * (logSumExp(scaled) - scaled[t.samples[i].class])
		}
		if loss < least {
			least, factor = loss, f
		}
	}
	for k := range r.Taught {
		c := &r.Taught[k]
		c.Bias *= factor
		for j := range c.Weights {
			c.Weights[j] *= float32(factor)
		}
	}
	for _, h := range t.heldOut {
		for k := range h.logits {
			h.logits[k] *= factor
		}
	}
}

// calibrate finds how much like a taught species its photos are, and those of a species that was not
// taught, which every photo is when its own species is left out. It gives the log odds by likeness
// as a line, and the least familiarity for a certain answer.
func (t *teaching) calibrate() (slope, offset, familiar float64) {
	var known, unknown evidence
	for i, h := range t.heldOut {
		own := t.samples[i].class
		if h.best() == own {
			known.add(h.with, h.logits)
		}
		if t.classes > 1 {
			without := slices.Clone(h.logits)
			without[own] = math.Inf(-1)
			unknown.add(h.without, without)
		}
	}
	slope, offset = logOdds(known.likeness, unknown.likeness)
	return slope, offset, threshold(known.familiarity, unknown.familiarity)
}

type evidence struct{ likeness, familiarity []float64 }

func (e *evidence) add(l likeness, logits []float64) {
	e.likeness = append(e.likeness, l.likeness)
	e.familiarity = append(e.familiarity, vision.Familiarity(l.distinction, logits))
}

// logOdds fits the line by Newton's method, both sides counting the same. They are even at the
// earliest where doubtful of the known would be refused, because what the network knows and what
// nobody knows is not at hand and much more numerous than the unknown.
func logOdds(known, unknown []float64) (slope, offset float64) {
	low := max(quantile(known, doubtful), leastLike)
	slope, offset = usualSlope, -usualSlope*low
	if len(unknown) > 0 {
		for range 50 {
			gs, g0, hss, hs0, h00 := 0.01*(slope-usualSlope), 0., 0.01, 0., 1e-9
			for y, values := range [][]float64{unknown, known} {
				for _, l := range values {
					q := 1 / (1 + math.Exp(-(slope*l + offset)))
					e, w := (q-float64(y))/float64(len(values)), q*(1-q)/float64(len(values))
					gs, g0 = gs+e*l, g0+e
					hss, hs0, h00 = hss+w*l*l, hs0+w*l, h00+w
				}
			}
			det := hss*h00 - hs0*hs0
			slope, offset = slope-(h00*gs-hs0*g0)/det, offset-(hss*g0-hs0*gs)/det
		}
	}
	if !(slope > 5 && slope < 100) || math.IsNaN(offset) {
		slope, offset = usualSlope, -usualSlope*low
	}
	return slope, -slope * low
}

// threshold refuses few of the known and lets few of the unknown pass.
func threshold(known, unknown []float64) float64 {
	low, high := quantile(known, leastRefused), quantile(known, mostRefused)
	return min(max(low, quantile(unknown, 1-mostFooled)), high)
}

// quantile is the value with the part q of the others below; 0 of none.
func quantile(values []float64, q float64) float64 {
	if len(values) == 0 {
		return 0
	}
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

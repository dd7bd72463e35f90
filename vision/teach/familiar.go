package teach

import (
	"math"
	"slices"
)

// What familiarity takes; see README.md for the tables.
const (
	mostRefused  = 0.12 // of the right answers on photos kept apart that may be refused as unfamiliar
	leastRefused = 0.06 // and so many are refused anyway
	mostFooled   = 0.03 // of photos whose species was not taught that may be taken as familiar
	usualSlope   = 15.  // of the log odds, and where they are even: what ten lessons came to on average;
	usualEven    = 0.15 // they count as much as usualWeight photos
	usualWeight  = 10.
)

// calibrate finds how familiar a photo of a taught species is, and one of a species that was not
// taught, which every photo is when its own species is left out. It gives the log odds as a line,
// fitted by logistic regression, and the least familiarity for a certain answer.
func (t *teaching) calibrate() (slope, offset, familiar float64) {
	var known, unknown []float64
	for i, h := range t.heldOut {
		if h.best() == t.samples[i].class {
			known = append(known, h.familiar)
		}
		if t.classes > 1 {
			unknown = append(unknown, h.without)
		}
	}
	slope, offset = logOdds(known, unknown)
	return slope, offset, threshold(known, unknown, -offset/slope)
}

// logOdds fits the line by Newton's method, both sides counting the same.
func logOdds(known, unknown []float64) (slope, offset float64) {
	type point struct{ f, y, weight float64 }
	var points []point
	add := func(values []float64, y, usual float64) {
		weight := float64(len(values)) + usualWeight
		for _, f := range values {
			points = append(points, point{f, y, 1 / weight})
		}
		// What is usual: three points on the logistic curve's shoulder.
		for _, d := range []float64{0.5, 1, 2} {
			points = append(points, point{usual + (2*y-1)*d/usualSlope*2, y, usualWeight / weight / 3})
		}
	}
	add(known, 1, usualEven)
	add(unknown, 0, usualEven)
	slope, offset = usualSlope, -usualSlope*usualEven
	const decay = 1e-4 // keeps the slope finite where nothing overlaps
	for range 50 {
		var gs, g0, hss, hs0, h00 float64
		gs, hss = decay*(slope-usualSlope), decay
		for _, p := range points {
			q := 1 / (1 + math.Exp(-(slope*p.f + offset)))
			e, w := p.weight*(q-p.y), p.weight*q*(1-q)+1e-9
			gs, g0 = gs+e*p.f, g0+e
			hss, hs0, h00 = hss+w*p.f*p.f, hs0+w*p.f, h00+w
		}
		det := hss*h00 - hs0*hs0
		if det < 1e-18 {
			break
		}
		ds, d0 := (h00*gs-hs0*g0)/det, (hss*g0-hs0*gs)/det
		slope, offset = slope-ds, offset-d0
		if math.Abs(ds)+math.Abs(d0) < 1e-9 {
			break
		}
	}
	if !(slope > 1 && slope < 1000) || math.IsNaN(offset) {
		return usualSlope, -usualSlope * usualEven
	}
	return slope, offset
}

// threshold refuses few of the known and lets few of the unknown pass.
func threshold(known, unknown []float64, even float64) float64 {
	if len(known) < 10 {
		return even
	}
	low, high := quantile(known, leastRefused), quantile(known, mostRefused)
	if len(unknown) == 0 {
		return low
	}
	return min(max(low, quantile(unknown, 1-mostFooled)), high)
}

func quantile(values []float64, q float64) float64 {
	sorted := slices.Sorted(slices.Values(values))
	return sorted[min(int(q*float64(len(sorted))), len(sorted)-1)]
}

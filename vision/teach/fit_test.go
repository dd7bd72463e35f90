package teach

import (
	"math"
	"math/rand/v2"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision/model"
)

// cloud is n vectors of each class around its own direction.
func cloud(classes, n int, noise float64, seed uint64) *rows {
	random := rand.New(rand.NewPCG(seed, 1))
	r := &rows{}
	for k := range classes {
		for range n {
			x := make([]float32, model.Features)
			for j := range x {
				x[j] = float32(0.03 + noise*random.NormFloat64())
			}
			x[k] += 0.5
			r.add(x, k, 0.5+random.Float64())
		}
	}
	return r
}

// loss is what fit minimises, computed as one would on paper.
func loss(r *rows, l *linear, decay float64) float64 {
	var sum, total float64
	for i, x := range r.x {
		logits := make([]float64, len(l.bias))
		for k := range logits {
			logits[k] = l.bias[k]
			for j, v := range x {
				logits[k] += float64(l.weights[k*model.Features+j]) * float64(v)
			}
		}
		sum += r.weight[i] * (logSumExp(logits) - logits[r.class[i]])
		total += r.weight[i]
	}
	sum /= total
	for _, w := range l.weights {
		sum += decay / 2 * float64(w) * float64(w)
	}
	return sum
}

func TestTheFitIsWhereTheLossIsLeast(t *testing.T) {
	r := cloud(3, 12, 0.05, 1)
	const decay = 0.01
	l := fit(r, 3, decay, 200)
	least := loss(r, l, decay)
	if nothing := loss(r, &linear{make([]float32, 3*model.Features), make([]float64, 3)}, decay); least > nothing/2 {
		t.Fatalf("loss %g, with nothing learnt %g", least, nothing)
	}
	random := rand.New(rand.NewPCG(2, 2))
	for range 20 {
		near := &linear{append([]float32(nil), l.weights...), append([]float64(nil), l.bias...)}
		for i := range near.weights {
			near.weights[i] += float32(0.02 * random.NormFloat64())
		}
		for k := range near.bias {
			near.bias[k] += 0.1 * random.NormFloat64()
		}
		if there := loss(r, near, decay); there < least {
			t.Errorf("loss %g, and %g nearby", least, there)
		}
	}
	for i := range 5 { // biases are free, so nothing is left to gain there
		for _, by := range []float64{-0.05, 0.05} {
			near := &linear{l.weights, append([]float64(nil), l.bias...)}
			near.bias[i%3] += by
			if there := loss(r, near, decay); there < least-1e-7 {
				t.Errorf("loss %g, with another bias %g", least, there)
			}
		}
	}
}

func TestProductsAreThoseOfRows(t *testing.T) {
	random := rand.New(rand.NewPCG(3, 3))
	for _, shape := range [][3]int{{1, 1, 1}, {3, 130, 7}, {2, 64, 33}, {5, 65, 1280}} {
		rows, columns, depth := shape[0], shape[1], shape[2]
		a, b, dst := make([]float32, rows*depth), make([]float32, columns*depth), make([]float32, rows*columns)
		for i := range a {
			a[i] = random.Float32() - 0.5
		}
		for i := range b {
			b[i] = random.Float32() - 0.5
		}
		products(dst, a, b, rows, columns, depth)
		for i := range rows {
			for j := range columns {
				var want float64
				for d := range depth {
					want += float64(a[i*depth+d]) * float64(b[j*depth+d])
				}
				if math.Abs(want-float64(dst[i*columns+j])) > 1e-4 {
					t.Fatalf("%v: row %d, column %d: %g, want %g", shape, i, j, dst[i*columns+j], want)
				}
			}
		}
	}
}

func TestFoldsAreEvenAndKeepCopiesTogether(t *testing.T) {
	random := rand.New(rand.NewPCG(4, 4))
	for range 50 {
		classes, k := 1+random.IntN(5), 2+random.IntN(4)
		var species, group []int
		for c := range classes {
			for range 1 + random.IntN(30) {
				species = append(species, c)
				group = append(group, len(group))
				if last := len(group) - 1; last > 0 && species[last-1] == c && random.IntN(4) == 0 {
					group[last] = group[last-1]
				}
			}
		}
		folds := fold(species, group, k)
		of := map[int]int{}
		count, biggest, size := make([][]int, classes), make([]int, classes), map[int]int{}
		for c := range count {
			count[c] = make([]int, k)
		}
		for i, f := range folds {
			if f < 0 || f >= k {
				t.Fatalf("fold %d of %d", f, k)
			}
			if other, ok := of[group[i]]; ok && other != f {
				t.Fatalf("group %d is in folds %d and %d", group[i], other, f)
			}
			of[group[i]] = f
			count[species[i]][f]++
			size[group[i]]++
			biggest[species[i]] = max(biggest[species[i]], size[group[i]])
		}
		for c := range count {
			low, high := count[c][0], count[c][0]
			for _, n := range count[c] {
				low, high = min(low, n), max(high, n)
			}
			if high-low > biggest[c] {
				t.Fatalf("species %d: folds of %v, the largest group has %d", c, count[c], biggest[c])
			}
		}
	}
}

func TestWhatIsFamiliarFollowsFromPhotosKeptApart(t *testing.T) {
	// n values spread evenly over a tenth around the middle.
	around := func(middle float64, n int) (values []float64) {
		for i := range n {
			values = append(values, middle+0.1*((float64(i)+0.5)/float64(n)-0.5))
		}
		return values
	}
	for _, c := range []struct {
		name           string
		known, unknown []float64
		refused        [2]float64 // at least and at most, of the known
		even           [2]float64 // where the odds are even
	}{
		{"clearly apart", around(0.8, 100), around(0.1, 100), [2]float64{0.05, 0.07}, [2]float64{0.4, 0.8}},
		{"hard to tell: a few more of the known are refused", around(0.5, 100), around(0.49, 100), [2]float64{0.11, 0.13}, [2]float64{0.45, 0.55}},
		{"in between: as many as it takes", around(0.5, 1000), around(0.411, 1000), [2]float64{0.06, 0.12}, [2]float64{0.44, 0.47}},
		{"few", around(0.8, 4), around(0.1, 4), [2]float64{0, 0.25}, [2]float64{0.4, 0.8}},
		{"nothing unknown at hand", around(0.8, 100), nil, [2]float64{0.05, 0.07}, [2]float64{0.74, 0.77}},
		{"nothing at all", nil, nil, [2]float64{0, 0}, [2]float64{leastLike - 0.01, leastLike + 0.01}},
	} {
		least, refused := threshold(c.known, c.unknown), 0.
		for _, f := range c.known {
			if f < least {
				refused += 1 / float64(len(c.known))
			}
		}
		if refused < c.refused[0] || refused > c.refused[1] {
			t.Errorf("%s: %.3f of the known are refused, want %v", c.name, refused, c.refused)
		}
		slope, offset := logOdds(c.known, c.unknown)
		if even := -offset / slope; slope <= 0 || even < c.even[0] || even > c.even[1] {
			t.Errorf("%s: slope %g, even at %.3f, want %v", c.name, slope, even, c.even)
		}
	}
}

func TestVerdicts(t *testing.T) {
	for _, c := range []struct {
		name    string
		matrix  [][]int
		verdict Verdict
		says    string
	}{
		{"all right", [][]int{{20, 0}, {0, 20}}, Ready, "Ready."},
		{"one mistake is no confusion", [][]int{{19, 1}, {0, 20}}, Ready, "Ready."},
		{"two look alike", [][]int{{18, 2, 0}, {1, 19, 0}, {0, 0, 20}}, Confusing, "it confuses okapi with giraffe"},
		{"one is not recognised", [][]int{{20, 0}, {9, 11}}, NotReady, "only 11 of 20 photos of giraffe"},
		{"too few photos", [][]int{{20, 0}, {0, 3}}, NotReady, "giraffe has only 3 different photos"},
		{"only one", [][]int{{20}}, NotReady, "only 0 of 20 photos of okapi are surely told"},
	} {
		r := &Report{Matrix: c.matrix}
		right, total := 0, 0
		for k, row := range c.matrix {
			n := 0
			for _, v := range row {
				n += v
			}
			right, total = right+row[k], total+n
			r.Species = append(r.Species, Species{
				Name: []string{"okapi", "giraffe", "raccoon"}[k], Photos: n, Distinct: n, Recall: ratio(row[k], n),
			})
		}
		r.Accuracy = ratio(right, total)
		r.conclude()
		if r.Verdict != c.verdict || !strings.Contains(r.Sentence, c.says) {
			t.Errorf("%s: %s, %q; want %s, %q", c.name, r.Verdict, r.Sentence, c.verdict, c.says)
		}
	}
}

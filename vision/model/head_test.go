package model

import (
	"math"
	"testing"
)

// The logits of a class are its weights times the features, plus a bias that is the same for every picture.
func TestClassWeightsAreThoseThatMakeTheLogits(t *testing.T) {
	for _, class := range []int{0, 291, 397, 999} {
		row := make([]float32, Features)
		AddClassWeights(row, class, 1)
		AddClassWeights(row, class, -0.5)
		var bias []float64
		for _, r := range References() {
			var dot float64
			for i, w := range row {
				dot += 2 * float64(w) * float64(r.Features[i])
			}
			bias = append(bias, float64(r.Logits[class])-dot)
		}
		for i, b := range bias {
			if math.Abs(b-bias[0]) > 1e-4 {
				t.Errorf("class %d: reference %d needs bias %g, reference 0 %g", class, i, b, bias[0])
			}
		}
	}
}

func TestADamagedFileHasNoInitializer(t *testing.T) {
	if raw, err := initializer(Network, "nobody"); raw != nil || err != nil {
		t.Errorf("a name that is not there: %d bytes, %v", len(raw), err)
	}
	for cut := 1; cut < 200; cut++ {
		if raw, err := initializer(Network[:cut], "classes.weight"); raw != nil || (err == nil && cut > 40) {
			t.Errorf("first %d bytes of the network: %d bytes, %v", cut, len(raw), err)
		}
	}
}

package teach

import (
	"math"
	"sync"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// Rivals stand in for the animals that the network knows, of which no photo is at hand when
// something is taught. A class's features lie, seen from the middle of all animals, about where
// its weights in the network's last layer point: the cosine is 0.5 to 0.6, and 0.6 to 0.7 after
// cutting what would be negative, which features never are. README.md has the figures.
const (
	rivalReach = 2.5 // of the weights, so that the class has about the logit of a good photo
	rivalLogit = 7   // of a rival's own class, about that of an average photo
)

// temperature is the one at which the network's logits give honest probabilities, and so must a head's.
var temperature = vision.Measured.Temperature

// classWeights are the last layer's rows.
var classWeights = sync.OnceValue(func() [][]float32 {
	rows := make([][]float32, model.Classes)
	for i := range rows {
		rows[i] = make([]float32, model.Features)
		model.AddClassWeights(rows[i], i, 1)
	}
	return rows
})

// rivals gives the vectors of the network's animals, seen from the mean of pooled features.
func rivals(mean []float32) [][]float32 {
	var all [][]float32
	for i, w := range classWeights() {
		if !model.Labels()[i].Animal {
			continue
		}
		v := make([]float32, model.Features)
		for j := range v {
			v[j] = max(0, mean[j]+rivalReach*w[j])
		}
		normalise(v)
		all = append(all, v)
	}
	return all
}

func normalise(v []float32) {
	scale := float32(1 / max(math.Sqrt(dot(v, v)), 1e-9))
	for i := range v {
		v[i] *= scale
	}
}

// rival is the logit of everything the network knows, taken together, at the temperature.
func (s *Study) rival() float64 {
	sum, high := 0.0, math.Inf(-1)
	logit := func(i int) float64 { return float64(s.Logits[0][i]+s.Logits[1][i]) / 2 / temperature }
	for i := range model.Classes {
		high = max(high, logit(i))
	}
	for i := range model.Classes {
		sum += math.Exp(logit(i) - high)
	}
	return high + math.Log(sum)
}

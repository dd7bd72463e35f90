package vision

import (
	"math"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/model"
)

func TestTheSelfCheckNoticesAWrongAnswer(t *testing.T) {
	e, err := engine.Load(model.Network, engine.Options{Runs: 1})
	if err != nil {
		t.Fatal(err)
	}
	for name, wrong := range map[string]float32{"off by little": 0.002, "not a number": float32(math.NaN())} {
		references := model.References()[4:5]
		references[0].Logits[291] += wrong
		if found, err := check(e, references); err == nil || !strings.Contains(err.Error(), "lion") {
			t.Errorf("%s: %q, %v; want an error about the lion", name, found, err)
		}
	}
}

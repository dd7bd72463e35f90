package vision

import (
	"context"
	"fmt"
	"math"
	"runtime"
	"strings"
	"time"

	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/model"
)

// tolerance of a self-check: logits reach 20, and a sum of a thousand products may be rounded in any order.
const tolerance = 1e-3

// SelfCheck loads the network as the service would, lets it look at drawn pictures and compares
// its answers with those that ONNX Runtime gave. What it found is one line, for people.
func SelfCheck() (string, error) {
	e, err := engine.Load(model.Network, engine.Options{Runs: 1})
	if err != nil {
		return "", err
	}
	return check(e, model.References())
}

func check(e *engine.Engine, references []model.Reference) (string, error) {
	var worst float64
	fastest := time.Hour
	logits := make([]float32, model.Classes)
	for _, r := range references {
		in, start := r.Input(), time.Now()
		if err := e.Run(context.Background(), in, nil, nil, logits); err != nil {
			return "", fmt.Errorf("picture %q: %w", r.Name, err)
		}
		fastest = min(fastest, time.Since(start))
		for i, want := range r.Logits {
			// Written so that a NaN is off, too.
			if off := math.Abs(float64(logits[i] - want)); !(off <= tolerance) {
				return "", fmt.Errorf("picture %q: kernel %s gives %g for %s instead of %g",
					r.Name, e.Kernel(), logits[i], model.Labels()[i].Name, want)
			} else {
				worst = max(worst, off)
			}
		}
	}
	return fmt.Sprintf("%s, kernel %s, %.1f ms a run, %.0e from the expected answers",
		model.Name, e.Kernel(), float64(fastest.Microseconds())/1000, worst), nil
}

// Processor names the architecture, its cores and the kernels it can run, the fastest first.
func Processor() string {
	return fmt.Sprintf("%s, %d cores, kernels %s", runtime.GOARCH, runtime.GOMAXPROCS(0), strings.Join(engine.Kernels(), ", "))
}

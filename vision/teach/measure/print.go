package main

import (
	"fmt"
	"math"
	"os"
	"strings"

	"github.com/zoodex/zoodex/vision/model"
)

func percent(share float64) string { return fmt.Sprintf("%.1f %%", 100*share) }

func one(is bool) float64 {
	if is {
		return 1
	}
	return 0
}

func labelID(class int) string { return model.Labels()[class].WordNetID }

func unit(v []float32) {
	var squares float64
	for _, x := range v {
		squares += float64(x) * float64(x)
	}
	for i := range v {
		v[i] /= float32(math.Sqrt(squares))
	}
}

// memory is the most that this process ever had, as Linux tells it.
func memory() string {
	status, err := os.ReadFile("/proc/self/status")
	if err == nil {
		for _, line := range strings.Split(string(status), "\n") {
			var kilobytes int
			if n, _ := fmt.Sscanf(line, "VmHWM: %d kB", &kilobytes); n == 1 {
				return fmt.Sprintf("at most %d MB in all", kilobytes>>10)
			}
		}
	}
	return "memory not known"
}

package main

import (
	"fmt"
	"io"
	"math"
	"os"
	"strings"

	"github.com/zoodex/zoodex/vision/model"
)

// table is written as Markdown.
type table struct{ strings.Builder }

func newTable(title string, columns ...string) *table {
	t := &table{}
	fmt.Fprintf(t, "\n### %s\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	return t
}

func (t *table) row(cells ...any) {
	for _, c := range cells {
		fmt.Fprintf(t, "| %v ", c)
	}
	t.WriteString("|\n")
}

func (t *table) print(w io.Writer) error {
	_, err := io.WriteString(w, t.String())
	return err
}

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

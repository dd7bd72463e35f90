package store_test

import (
	"fmt"
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

// regular is a visitor who has been there often: so many captures, fifteen a day
// until yesterday.
func regular(b *testing.B, f *fixture, captures int) game.VisitorID {
	v := f.welcome()
	zoo := f.zoo()
	for i := range captures {
		c := f.sighting(v, 1+i%5)
		c.At = opening.AddDate(0, 0, i/15-(captures+14)/15).Add(time.Duration(i%15) * 20 * time.Minute)
		if _, _, err := f.Record(b.Context(), zoo, c); err != nil {
			b.Fatal(err)
		}
	}
	return v
}

// BenchmarkRecord times the whole transaction of a capture, without recognition:
// of visitors who are new, or have so many captures, and one that comes late,
// between others.
func BenchmarkRecord(b *testing.B) {
	for _, c := range []struct {
		name     string
		captures int
		late     time.Duration
	}{{name: "new"}, {name: "regular=300", captures: 300}, {name: "regular=700", captures: 700}, {"late=300", 300, 40 * time.Hour}} {
		b.Run(c.name, func(b *testing.B) {
			f := founded(b)
			v := regular(b, f, c.captures)
			zoo := f.zoo()
			var times []time.Duration
			for b.Loop() {
				b.StopTimer()
				if c.captures == 0 {
					v = f.welcome()
				}
				capture := f.sighting(v, 3)
				capture.At = capture.At.Add(-c.late)
				b.StartTimer()
				begin := time.Now()
				if _, _, err := f.Record(b.Context(), zoo, capture); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(begin))
			}
			median(b, times)
		})
	}
}

// BenchmarkState times the recomputing of everything a visitor has earned.
func BenchmarkState(b *testing.B) {
	for _, captures := range []int{300, 700} {
		b.Run(fmt.Sprint("captures=", captures), func(b *testing.B) {
			f := founded(b)
			v := regular(b, f, captures)
			var times []time.Duration
			for b.Loop() {
				begin := time.Now()
				if _, _, err := f.State(b.Context(), v); err != nil {
					b.Fatal(err)
				}
				times = append(times, time.Since(begin))
			}
			median(b, times)
		})
	}
}

func median(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
}

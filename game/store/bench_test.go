package store_test

import (
	"slices"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
)

// regular is a visitor who has been there often: 300 captures on 20 days.
func regular(b *testing.B, f *fixture) game.VisitorID {
	v := f.welcome()
	zoo := f.zoo()
	for i := range 300 {
		c := f.sighting(v, 1+i%5)
		c.At = opening.AddDate(0, 0, -i/15).Add(time.Duration(i%15) * 20 * time.Minute)
		if _, _, err := f.Record(b.Context(), zoo, c); err != nil {
			b.Fatal(err)
		}
	}
	return v
}

// BenchmarkRecord times the whole transaction of a capture, without recognition.
func BenchmarkRecord(b *testing.B) {
	for name, who := range map[string]func(*testing.B, *fixture) game.VisitorID{
		"new":     func(_ *testing.B, f *fixture) game.VisitorID { return f.welcome() },
		"regular": regular,
	} {
		b.Run(name, func(b *testing.B) {
			f := founded(b)
			v := who(b, f)
			zoo := f.zoo()
			var times []time.Duration
			for b.Loop() {
				b.StopTimer()
				if name == "new" {
					v = f.welcome()
				}
				c := f.sighting(v, 3)
				b.StartTimer()
				begin := time.Now()
				if _, _, err := f.Record(b.Context(), zoo, c); err != nil {
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
	f := founded(b)
	v := regular(b, f)
	var times []time.Duration
	for b.Loop() {
		begin := time.Now()
		if _, _, err := f.State(b.Context(), v); err != nil {
			b.Fatal(err)
		}
		times = append(times, time.Since(begin))
	}
	median(b, times)
}

func median(b *testing.B, times []time.Duration) {
	slices.Sort(times)
	b.ReportMetric(float64(times[len(times)/2].Microseconds())/1000, "ms-median")
}

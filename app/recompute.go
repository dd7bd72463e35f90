package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/zoodex/zoodex/game/store"
)

// recomputeEvery is how long it takes at most until a change of rules or species
// is noticed.
const recomputeEvery = time.Second

// recompute lets everybody have what they have earned by the rules and species
// of now, a few visitors at a time and resting as long as it works. Where it
// stopped follows from the database, so it may be killed at any time, and any
// number of processes may do it: they take turns.
func recompute(ctx context.Context, games *store.Store, log *slog.Logger) {
	next := time.NewTimer(0)
	defer next.Stop()
	total, failing := 0, false
	begun := time.Now()
	for {
		select {
		case <-ctx.Done():
			return
		case <-next.C:
		}
		begin := time.Now()
		if total == 0 {
			begun = begin
		}
		done, err := games.Recompute(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			log.Error("visitors are not recomputed", "error", err)
		}
		failing = err != nil
		total += done
		if done > 0 {
			next.Reset(time.Since(begin))
			continue
		}
		if total > 0 && !failing {
			log.Info("recomputed what visitors have earned", "visitors", total, "took", time.Since(begun).Round(time.Millisecond))
			total = 0
		}
		next.Reset(recomputeEvery)
	}
}

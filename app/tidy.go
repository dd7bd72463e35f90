package app

import (
	"context"
	"log/slog"
	"time"

	"github.com/zoodex/zoodex/game/store"
)

// tidyEvery is how often it is looked for pictures that nobody uses.
const tidyEvery = time.Hour

// tidy deletes what nobody uses any more, at the start and then every hour. Any
// number of processes may do it: they take turns.
func tidy(ctx context.Context, games *store.Store, log *slog.Logger) {
	for {
		forgotten, err := games.ForgetPictures(ctx)
		switch {
		case err != nil && ctx.Err() == nil:
			log.Error("unused pictures are not deleted", "error", err)
		case forgotten > 0:
			log.Info("deleted pictures that no species uses", "pictures", forgotten)
		}
		select {
		case <-ctx.Done():
			return
		case <-time.After(tidyEvery):
		}
	}
}

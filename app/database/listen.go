package database

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"time"

	"github.com/jackc/pgx/v5"
)

// Follow gives the payloads of notifications (LISTEN) on a channel of the
// database at url, until ctx is done. When it begins to hear it gives "", for
// what was missed; likewise every so often while it cannot hear.
func Follow(ctx context.Context, url, channel string, blind time.Duration, log *slog.Logger, heard func(payload string)) {
	failing := false
	for ctx.Err() == nil {
		err := listen(ctx, url, channel, func() {
			if failing {
				log.Info("notifications are heard again", "channel", channel)
			}
			failing = false
			heard("")
		}, heard)
		if ctx.Err() != nil {
			return
		}
		if !failing {
			log.Warn("notifications are not heard; what they tell of is looked for instead", "channel", channel, "error", err)
		}
		failing = true
		select {
		case <-ctx.Done():
		case <-time.After(blind):
			heard("")
		}
	}
}

func listen(ctx context.Context, url, channel string, connected func(), heard func(payload string)) error {
	conn, err := pgx.Connect(ctx, url)
	if err != nil {
		return errors.New("cannot connect to the database") // its text quotes the address
	}
	defer func() {
		closing, cancel := context.WithTimeout(context.WithoutCancel(ctx), time.Second)
		defer cancel()
		conn.Close(closing)
	}()
	if _, err := conn.Exec(ctx, "LISTEN "+channel); err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	connected()
	for {
		n, err := conn.WaitForNotification(ctx)
		if err != nil {
			return fmt.Errorf("wait for a notification: %w", err)
		}
		heard(n.Payload)
	}
}

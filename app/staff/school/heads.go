package school

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/teach"
)

// Head is something that was learnt, without its file.
type Head struct {
	Version  int64
	Who      string
	At       time.Time
	Verdict  teach.Verdict
	Accuracy float64  // of photos that were kept apart, 0 to 1
	Species  []string // slugs
	Holds    bool     // it is the one that is published
	Outdated bool     // it was made for another network: it cannot be published
}

// holding is the version that holds, NULL for none.
const holding = `(SELECT version FROM head_publications ORDER BY id DESC LIMIT 1)`

// Heads lists all heads, the latest first, without what only the report says.
func (s *School) Heads(ctx context.Context) ([]Head, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT version, who, created_at, report->>'verdict', (report->>'accuracy')::double precision,
			(SELECT coalesce(array_agg(x->>'name'), '{}') FROM jsonb_array_elements(report->'species') x), version IS NOT DISTINCT FROM `+holding+`, substring(file FOR length($1::bytea)) <> $1
		FROM heads ORDER BY version DESC LIMIT 200`, vision.HeadPrefix())
	if err != nil {
		return nil, fmt.Errorf("list the heads: %w", err)
	}
	heads, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Head])
	if err != nil {
		return nil, fmt.Errorf("list the heads: %w", err)
	}
	return heads, nil
}

// Report is what a training said of a head.
func (s *School) Report(ctx context.Context, version int64) (r teach.Report, err error) {
	var text []byte
	err = s.pool.QueryRow(ctx, `SELECT report FROM heads WHERE version = $1`, version).Scan(&text)
	if errors.Is(err, pgx.ErrNoRows) {
		return r, ErrNotFound
	}
	if err == nil {
		err = json.Unmarshal(text, &r)
	}
	if err != nil {
		return r, fmt.Errorf("read a report: %w", err)
	}
	return r, nil
}

// Read gives a head itself.
func (s *School) Read(ctx context.Context, version int64) (*vision.Head, error) {
	var file []byte
	err := s.pool.QueryRow(ctx, `SELECT file FROM heads WHERE version = $1`, version).Scan(&file)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("read head %d: %w", version, err)
	}
	head, err := vision.ReadHead(file)
	if err != nil {
		return nil, fmt.Errorf("read head %d: %w", version, err)
	}
	return head, nil
}

// Publication says which head held from when on.
type Publication struct {
	Version int64 // 0: none, the network alone
	Who     string
	At      time.Time
}

// Publications lists which heads held, the latest first: the first holds now.
func (s *School) Publications(ctx context.Context) ([]Publication, error) {
	rows, err := s.pool.Query(ctx, `SELECT coalesce(version, 0), who, at FROM head_publications ORDER BY id DESC LIMIT 200`)
	if err != nil {
		return nil, fmt.Errorf("list what was published: %w", err)
	}
	all, err := pgx.CollectRows(rows, pgx.RowToStructByPos[Publication])
	if err != nil {
		return nil, fmt.Errorf("list what was published: %w", err)
	}
	return all, nil
}

// headsChannel is where processes hear that another head holds.
const headsChannel = "zoodex_heads"

// Publish makes a head the one that holds, everywhere and within a second; 0
// goes back to the network alone. What a report calls not ready is ErrNotReady,
// unless it is to be anyway.
func (s *School) Publish(ctx context.Context, who string, version int64, anyway bool) error {
	var kept *int64
	if version != 0 {
		report, err := s.Report(ctx, version)
		if err != nil {
			return err
		}
		if _, err := s.Read(ctx, version); err != nil { // of another network, after an update
			return err
		}
		if report.Verdict == teach.NotReady && !anyway {
			return ErrNotReady
		}
		kept = &version
	}
	err := s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO head_publications (version, who, at) VALUES ($1, $2, $3)`, kept, who, s.Now()); err != nil {
			return err
		}
		if err := s.note(ctx, tx, who, "head.publish", fmt.Sprint(version), nil); err != nil {
			return err
		}
		_, err := tx.Exec(ctx, `SELECT pg_notify('`+headsChannel+`', '')`)
		return err
	})
	if err != nil {
		return fmt.Errorf("publish head %d: %w", version, err)
	}
	return s.useHead(ctx)
}

// useHead makes recognition use the head that holds.
func (s *School) useHead(ctx context.Context) error {
	s.mu.Lock() // one after another, so that the latest stays
	defer s.mu.Unlock()
	var version int64
	if err := s.pool.QueryRow(ctx, `SELECT coalesce(`+holding+`, 0)`).Scan(&version); err != nil {
		return fmt.Errorf("look which head holds: %w", err)
	}
	if version == s.held {
		return nil
	}
	var head *vision.Head
	if version != 0 {
		var err error
		if head, err = s.Read(ctx, version); err != nil {
			s.Log.Error("the published head cannot be used; the network works alone", "version", version, "error", err)
		}
	}
	s.Published(version, head)
	s.held = version
	s.Log.Info("another head holds", "version", version)
	return nil
}

// lookEvery is how often a process looks which head holds, should it not hear.
const lookEvery = time.Second

// followHeads keeps recognition to the head that holds: it looks when it hears
// of another, and from time to time.
func (s *School) followHeads(ctx context.Context) {
	looks := make(chan struct{}, 1)
	var hearing sync.WaitGroup
	hearing.Go(func() {
		database.Follow(ctx, s.DatabaseURL, headsChannel, lookEvery, s.Log, func(string) {
			select {
			case looks <- struct{}{}:
			default:
			}
		})
	})
	defer hearing.Wait()
	every := time.NewTicker(lookEvery)
	defer every.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-looks:
		case <-every.C:
		}
		err := s.useHead(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Error("it is not known which head holds", "error", err)
		}
		failing = err != nil
	}
}

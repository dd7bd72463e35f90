package database

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"path"
	"time"

	"github.com/pressly/goose/v3"
	"github.com/pressly/goose/v3/lock"
)

// ErrNewer says that the schema was made by a later version of the program.
var ErrNewer = errors.New("the database was made by a newer version of zoodex")

// Migrate brings the schema to the last of the goose files in fsys. Replicas
// that start together wait for each other by an advisory lock. A schema newer
// than fsys is left alone and is an [ErrNewer].
func (d *Database) Migrate(ctx context.Context, fsys fs.FS) error {
	locker, err := lock.NewPostgresSessionLocker(lock.WithLockTimeout(1, 600))
	if err != nil {
		return fmt.Errorf("migrate: %w", err)
	}
	provider, err := d.migrations(fsys, goose.WithSessionLocker(locker))
	if err != nil {
		return err
	}
	if err := d.refuseNewer(ctx, fsys); err != nil {
		return err
	}
	begin := time.Now()
	done, err := provider.Up(ctx)
	var failed *goose.PartialError
	switch {
	case errors.As(err, &failed):
		return fmt.Errorf("migrate %s: %w", path.Base(failed.Failed.Source.Path), failed.Err)
	case err != nil:
		return fmt.Errorf("migrate: %w", err)
	}
	if len(done) > 0 {
		d.log.InfoContext(ctx, "database schema migrated",
			"version", done[len(done)-1].Source.Version, "took", time.Since(begin).Round(time.Millisecond))
	}
	return d.refuseNewer(ctx, fsys) // another replica may have been faster
}

func (d *Database) refuseNewer(ctx context.Context, fsys fs.FS) error {
	have, want, err := d.Version(ctx, fsys)
	if err == nil && have > want {
		err = fmt.Errorf("%w: its schema is version %d, this program knows %d", ErrNewer, have, want)
	}
	return err
}

// Version is the version of the schema, 0 for an empty database, and the last
// one in fsys. It changes nothing.
func (d *Database) Version(ctx context.Context, fsys fs.FS) (have, want int64, err error) {
	provider, err := d.migrations(fsys)
	if err != nil {
		return 0, 0, err
	}
	sources := provider.ListSources()
	want = sources[len(sources)-1].Version

	var exists bool
	err = d.pool.QueryRowContext(ctx, `SELECT to_regclass('goose_db_version') IS NOT NULL`).Scan(&exists)
	if err == nil && exists {
		err = d.pool.QueryRowContext(ctx,
			`SELECT coalesce(max(version_id), 0) FROM goose_db_version WHERE is_applied`).Scan(&have)
	}
	if err != nil {
		return 0, 0, fmt.Errorf("read the version of the schema: %w", err)
	}
	return have, want, nil
}

func (d *Database) migrations(fsys fs.FS, options ...goose.ProviderOption) (*goose.Provider, error) {
	options = append(options, goose.WithDisableGlobalRegistry(true), goose.WithAllowOutofOrder(true))
	p, err := goose.NewProvider(goose.DialectPostgres, d.pool, fsys, options...)
	if err != nil {
		return nil, fmt.Errorf("read the migrations: %w", err)
	}
	return p, nil
}

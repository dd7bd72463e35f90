package main

import (
	"context"
	"errors"
	"fmt"
	"io"
	"os/signal"
	"strings"
	"syscall"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/rules"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/migrations"
)

type gameCommand struct {
	Simulate simulateCommand `cmd:"" help:"Fill an empty zoo with visitors, to try how it fares with many."`
	Verify   verifyCommand   `cmd:"" help:"Check that everybody's points are what follows from their captures."`
}

// databaseFlags say on which database a command works.
type databaseFlags struct {
	Data        string `help:"Folder of our own Postgres (${env}; a folder of the user's otherwise)." env:"ZOODEX_DATA" placeholder:"FOLDER"`
	DatabaseURL string `help:"A Postgres to use instead of our own (${env})." env:"ZOODEX_DATABASE_URL" placeholder:"URL"`
}

// open runs f on the database.
func (d databaseFlags) open(o output, f func(context.Context, *database.Database) error) (err error) {
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGINT, syscall.SIGTERM)
	defer stop()
	db, err := database.Open(ctx, database.Options{URL: d.DatabaseURL, Folder: d.Data, Log: o.log()})
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, db.Close()) }()
	return f(ctx, db)
}

// openMigrated brings the database to our schema and runs f on it.
func (d databaseFlags) openMigrated(o output, f func(context.Context, *database.Database) error) error {
	return d.open(o, func(ctx context.Context, db *database.Database) error {
		if err := db.Migrate(ctx, migrations.FS); err != nil {
			return err
		}
		return f(ctx, db)
	})
}

type simulateCommand struct {
	databaseFlags
	Visitors int    `help:"How many visitors." default:"1000"`
	Seed     uint64 `help:"Another seed makes other visitors." default:"1"`
}

// Run fills the zoo.
func (c simulateCommand) Run(o output) error {
	if c.Visitors < 1 || c.Visitors > 10_000_000 {
		return fmt.Errorf("--visitors must be 1 to 10000000, not %d", c.Visitors)
	}
	return c.openMigrated(o, func(ctx context.Context, db *database.Database) error {
		return c.simulate(ctx, o, store.New(db.Gorm(), time.Now))
	})
}

func (c simulateCommand) simulate(ctx context.Context, o output, games *store.Store) error {
	species, err := catalogue.Load()
	if err != nil {
		return err
	}
	if _, err := games.Found(ctx, species); err != nil {
		return err
	}
	first, err := rules.Load()
	if err != nil {
		return err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return err
	}
	if err := games.FoundRules(ctx, first, zone); err != nil {
		return err
	}
	begin := time.Now()
	if err := games.Simulate(ctx, c.Visitors, c.Seed, func(done int) { bar(o.err, done, c.Visitors, begin) }); err != nil {
		return err
	}
	fmt.Fprintf(o.out, "Simulated %d visitors in %v.\n", c.Visitors, time.Since(begin).Round(time.Second))
	return nil
}

// bar draws how far a long work is over the line drawn before.
func bar(w io.Writer, done, total int, begin time.Time) {
	const width = 40
	filled := width * done / max(total, 1)
	left := time.Duration(float64(time.Since(begin)) * float64(total-done) / float64(max(done, 1))).Round(time.Second)
	fmt.Fprintf(w, "\r[%s%s] %d of %d, %v left ", strings.Repeat("=", filled), strings.Repeat(" ", width-filled), done, total, left)
	if done >= total {
		fmt.Fprintln(w)
	}
}

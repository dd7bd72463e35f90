package main

import (
	"context"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/migrations"
)

type verifyCommand struct {
	databaseFlags
	Repair bool `help:"Append to every ledger what it lacks, and bring the leaderboards after it."`
}

// shownDifferences is how many differences of a kind the output names.
const shownDifferences = 20

// Run compares all points with what follows from the captures. Differences
// that are not repaired are an error.
func (c verifyCommand) Run(o output) error {
	return c.open(o, func(ctx context.Context, db *database.Database) error { return c.verify(ctx, o, db) })
}

func (c verifyCommand) verify(ctx context.Context, o output, db *database.Database) error {
	have, want, err := db.Version(ctx, migrations.FS)
	if err != nil {
		return err
	}
	if have != want {
		return fmt.Errorf("the database has schema %d and this program knows %d: start the service first", have, want)
	}
	games := store.New(db.Gorm(), time.Now)
	begin := time.Now()
	progress := func(done, total int) { bar(o.err, done, total, begin) }
	ledgers, boards := games.Verify, games.VerifyBoards
	if c.Repair {
		ledgers, boards = games.Repair, games.RepairBoards
	}
	fmt.Fprintln(o.err, "Ledgers:")
	wrong, err := ledgers(ctx, progress)
	show(o, len(wrong), func(i int) string {
		text := fmt.Sprintf("visitor %s: %+d points in %d lines", wrong[i].Visitor, game.Sum(wrong[i].Lines), len(wrong[i].Lines))
		if wrong[i].Tally {
			text += ", and the tally"
		}
		return text
	})
	if err != nil {
		return err
	}
	fmt.Fprintln(o.err, "Leaderboards:")
	begin = time.Now()
	misplaced, err := boards(ctx, progress)
	show(o, len(misplaced), func(i int) string {
		return fmt.Sprintf("board %s: visitor %s", misplaced[i].Board, misplaced[i].Visitor)
	})
	if err != nil {
		return err
	}
	switch n, m := len(wrong), len(misplaced); {
	case c.Repair:
		fmt.Fprintf(o.out, "Repaired %d ledgers and %d places on leaderboards.\n", n, m)
	case n+m > 0:
		return fmt.Errorf("%d ledgers and %d places on leaderboards are not what follows from the captures; --repair puts them right", n, m)
	default:
		fmt.Fprintln(o.out, "Everybody's points and places are what follows from their captures.")
	}
	return nil
}

// show prints the first of some differences.
func show(o output, n int, difference func(int) string) {
	for i := range min(n, shownDifferences) {
		fmt.Fprintln(o.out, difference(i))
	}
	if n > shownDifferences {
		fmt.Fprintf(o.out, "… and %d more\n", n-shownDifferences)
	}
}

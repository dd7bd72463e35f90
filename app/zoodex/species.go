package main

import (
	"context"
	"errors"
	"fmt"
	"os"
	"path/filepath"
	"strings"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/staff"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/game/sheet"
	"github.com/zoodex/zoodex/game/store"
)

type speciesCommand struct {
	Import speciesImportCommand `cmd:"" help:"Bring a table of species into the zoo: all of it, or nothing."`
	Export speciesExportCommand `cmd:"" help:"Write every species with every fact into a table."`
}

type speciesImportCommand struct {
	databaseFlags
	File string `arg:"" help:"A .csv or .json file, as export writes it."`
	Dry  bool   `help:"Only tell what would be done."`
}

// Run imports a table. What is wrong is told line by line, and then nothing is
// imported.
func (c speciesImportCommand) Run(o output) error {
	format, err := formatOf(c.File)
	if err != nil {
		return err
	}
	data, err := os.ReadFile(c.File)
	if err != nil {
		return err
	}
	rows, wrong := sheet.Read(data, format)
	var done store.Imported
	if wrong == nil {
		err = c.withGame(o, func(ctx context.Context, games *store.Store, staffed *office.Office) (err error) {
			done, err = games.Import(ctx, staff.Author(staffed, office.CommandLine), rows, c.Dry)
			return err
		})
		var lines store.ImportError
		if errors.As(err, &lines) {
			wrong = lines
		} else if err != nil {
			return err
		}
	}
	for _, p := range wrong {
		fmt.Fprintf(o.err, "line %d: %s %s\n", p.Line, p.Field, p.Message)
	}
	if wrong != nil {
		return fmt.Errorf("nothing was imported: %d values are not right", len(wrong))
	}
	verb := "Imported"
	if c.Dry {
		verb = "Would import"
	}
	fmt.Fprintf(o.out, "%s: %d new, %d changed, %d as they were.\n", verb, done.Added, done.Changed, done.Same)
	return nil
}

type speciesExportCommand struct {
	databaseFlags
	File string `arg:"" help:"A .csv or .json file."`
}

// Run writes a table.
func (c speciesExportCommand) Run(o output) error {
	format, err := formatOf(c.File)
	if err != nil {
		return err
	}
	return c.withGame(o, func(ctx context.Context, games *store.Store, _ *office.Office) (err error) {
		zoo, err := games.Zoo(ctx)
		if err != nil {
			return err
		}
		f, err := os.Create(c.File)
		if err != nil {
			return err
		}
		defer func() { err = errors.Join(err, f.Close()) }()
		if err := sheet.Write(f, format, zoo.Species); err != nil {
			return fmt.Errorf("write %s: %w", c.File, err)
		}
		fmt.Fprintf(o.out, "Exported %d species to %s.\n", len(zoo.Species), c.File)
		return nil
	})
}

func formatOf(file string) (sheet.Format, error) {
	switch strings.ToLower(filepath.Ext(file)) {
	case ".csv":
		return sheet.CSV, nil
	case ".json":
		return sheet.JSON, nil
	}
	return "", fmt.Errorf("%s must end in .csv or .json", file)
}

// withGame opens the database and runs f on the game and the staff in it.
func (d databaseFlags) withGame(o output, f func(context.Context, *store.Store, *office.Office) error) error {
	return d.openMigrated(o, func(ctx context.Context, db *database.Database) error {
		return f(ctx, store.New(db.Gorm(), time.Now), office.New(db.SQL(), time.Now))
	})
}

package main

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/migrations"
	"github.com/zoodex/zoodex/vision"
)

type doctorCommand struct {
	Data        string `help:"Data folder, as for serve." env:"ZOODEX_DATA" placeholder:"FOLDER"`
	DatabaseURL string `help:"Postgres, as for serve." env:"ZOODEX_DATABASE_URL" placeholder:"URL"`
}

// Run checks each thing a service needs and says how it found it.
func (c doctorCommand) Run(o output) error {
	ctx, cancel := context.WithTimeout(context.Background(), 5*time.Minute)
	defer cancel()
	ill := 0
	check := func(what string, examine func() (string, error)) {
		found, err := examine()
		if err != nil {
			ill++
			fmt.Fprintf(o.out, "✗ %-10s %v\n", what, err)
			return
		}
		fmt.Fprintf(o.out, "✓ %-10s %s\n", what, found)
	}
	check("processor", func() (string, error) { return vision.Processor(), nil })
	check("network", vision.SelfCheck)
	check("catalogue", func() (string, error) {
		zoo, err := catalogue.Load()
		return fmt.Sprintf("%d species", len(zoo)), err
	})
	folder := c.Data
	if folder == "" {
		var err error
		if folder, err = database.DefaultFolder(); err != nil {
			return err
		}
	}
	check("disk", func() (string, error) { return freeSpace(folder) })
	check("database", func() (string, error) {
		db, err := database.Open(ctx, database.Options{URL: c.DatabaseURL, Folder: folder, Log: o.log()})
		if errors.Is(err, database.ErrRunning) {
			return fmt.Sprintf("not looked into: %v, which is no illness", err), nil
		}
		if err != nil {
			return "", err
		}
		defer db.Close()
		have, want, err := db.Version(ctx, migrations.FS)
		switch {
		case err != nil:
			return "", err
		case have == 0:
			return fmt.Sprintf("answers; it is empty, the service will set it up (schema %d)", want), nil
		case have < want:
			return fmt.Sprintf("answers; schema %d, the service will bring it to %d", have, want), nil
		case have > want:
			return "", fmt.Errorf("%w: its schema is version %d, this program knows %d", database.ErrNewer, have, want)
		default:
			return fmt.Sprintf("answers; schema %d is current", have), nil
		}
	})
	if ill > 0 {
		return errors.New("something is not in order, see above")
	}
	return nil
}

package store

import (
	"context"
	"fmt"
	"maps"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/sheet"
	"gorm.io/gorm"
)

// Imported counts what a table changes.
type Imported struct {
	Added, Changed, Same int
}

// ImportError lists what is wrong with a table, line by line.
type ImportError []sheet.Problem

func (e ImportError) Error() string {
	return fmt.Sprintf("line %d: %s (%d problems in all)", e[0].Line, e[0].Problem, len(e))
}

// Import brings the species of a table into the zoo: all of them, or none if
// something is wrong with one, which is an [ImportError]. A dry run only tells.
func (s *Store) Import(ctx context.Context, by Author, rows []sheet.Row, dry bool) (done Imported, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		now, err := s.lockedZoo(tx)
		if err != nil {
			return err
		}
		// Later lines stand among what earlier ones made.
		zoo := &Zoo{Species: append([]game.Species{}, now.Species...), bySlug: maps.Clone(now.bySlug)}
		plan, problems := draw(zoo, rows)
		if problems != nil {
			return ImportError(problems)
		}
		for _, p := range plan {
			switch {
			case p.fresh:
				done.Added++
			case game.CompareFacts(p.before, p.after) != nil:
				done.Changed++
			default:
				done.Same++
				continue
			}
			if dry {
				continue
			}
			if p.fresh {
				_, err = s.insertSpecies(tx, by, p.after)
			} else {
				_, err = s.replace(tx, by, "species.edit", p.before, p.after)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.after.Slug, err)
			}
		}
		if dry || done.Added+done.Changed == 0 {
			return nil
		}
		return by.note(tx, "species.import", fmt.Sprintf("%d species", done.Added+done.Changed), map[string]any{"added": done.Added, "changed": done.Changed})
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import species: %w", err)
	}
	return done, nil
}

// planned is what becomes of a line.
type planned struct {
	fresh         bool
	before, after game.Species
}

// draw works out what becomes of every line, and what is wrong.
func draw(zoo *Zoo, rows []sheet.Row) (plan []planned, problems []sheet.Problem) {
	for _, row := range rows {
		i, there := zoo.bySlug[row.Slug]
		p := planned{fresh: !there}
		if there {
			p.before = zoo.Species[i]
		} else {
			p.before = game.Species{Slug: row.Slug, Number: nextNumber(zoo.Species), Version: 1, OnDisplay: true, Rarity: 3}
		}
		p.after = p.before
		wrong := false
		for _, f := range game.Facts {
			value, given := row.Values[f.Path]
			if !given {
				continue
			}
			if err := f.Set(&p.after, value); err != nil {
				problems = append(problems, sheet.Problem{Line: row.Line, Problem: game.Problem{Field: f.Path, Message: err.Error(), Format: err.Error()}})
				wrong = true
			}
		}
		if !wrong {
			for _, found := range catalogue.Check(zoo.Species, p.after) {
				problems = append(problems, sheet.Problem{Line: row.Line, Problem: found})
				wrong = true
			}
		}
		if wrong {
			continue
		}
		if there {
			p.after.Version++
			zoo.Species[i] = p.after
		} else {
			zoo.bySlug[row.Slug] = len(zoo.Species)
			zoo.Species = append(zoo.Species, p.after)
		}
		plan = append(plan, p)
	}
	return plan, problems
}

func nextNumber(species []game.Species) int {
	next := 1
	for _, s := range species {
		next = max(next, s.Number+1)
	}
	return next
}

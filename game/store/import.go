package store

import (
	"context"
	"errors"
	"fmt"
	"maps"
	"slices"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/sheet"
	"gorm.io/gorm"
)

// Imported tells what a table changes.
type Imported struct {
	Added, Changed, Same int
	Changes              []SpeciesChange
}

// SpeciesChange is a species before and after a change.
type SpeciesChange struct {
	Fresh         bool // there was none before
	Before, After game.Species
}

func (c SpeciesChange) isOne() bool { return c.Fresh || game.CompareFacts(c.Before, c.After) != nil }

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
			case p.Fresh:
				done.Added++
			case p.isOne():
				done.Changed++
			default:
				done.Same++
				continue
			}
			done.Changes = append(done.Changes, p)
		}
		if dry || done.Added+done.Changed == 0 {
			return nil
		}
		kept := importRow{Who: by.Name, Added: done.Added, Changed: done.Changed}
		if by.importing, err = s.keepImport(tx, &kept); err != nil {
			return err
		}
		for _, p := range done.Changes {
			if p.Fresh {
				_, err = s.insertSpecies(tx, by, p.After)
			} else {
				_, err = s.replace(tx, by, "species.edit", p.Before, p.After)
			}
			if err != nil {
				return fmt.Errorf("%s: %w", p.After.Slug, err)
			}
		}
		return by.note(tx, "species.import", fmt.Sprintf("%d species", done.Added+done.Changed), map[string]any{"added": done.Added, "changed": done.Changed})
	})
	if err != nil {
		return Imported{}, fmt.Errorf("import species: %w", err)
	}
	return done, nil
}

// draw works out what becomes of every line, and what is wrong.
func draw(zoo *Zoo, rows []sheet.Row) (plan []SpeciesChange, problems []sheet.Problem) {
	for _, row := range rows {
		i, there := zoo.bySlug[row.Slug]
		p := SpeciesChange{Fresh: !there}
		if there {
			p.Before = zoo.Species[i]
		} else {
			p.Before = game.Species{Slug: row.Slug, Number: nextNumber(zoo.Species), Version: 1, OnDisplay: true, Rarity: 3}
		}
		p.After = p.Before
		wrong := false
		for _, f := range game.Facts {
			value, given := row.Values[f.Path]
			if !given {
				continue
			}
			if err := f.Set(&p.After, value); err != nil {
				problems = append(problems, sheet.Problem{Line: row.Line, Problem: game.Problem{Field: f.Path, Message: err.Error(), Format: err.Error()}})
				wrong = true
			}
		}
		if !wrong {
			for _, found := range catalogue.Check(zoo.Species, p.After) {
				problems = append(problems, sheet.Problem{Line: row.Line, Problem: found})
				wrong = true
			}
		}
		if wrong {
			continue
		}
		if there {
			p.After.Version++
			zoo.Species[i] = p.After
		} else {
			zoo.bySlug[row.Slug] = len(zoo.Species)
			zoo.Species = append(zoo.Species, p.After)
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

// importRow is an import, or the undoing of one.
type importRow struct {
	ID      string `gorm:"primaryKey"`
	At      time.Time
	Who     string
	Added   int
	Changed int
	UndoOf  *string
}

func (importRow) TableName() string { return "species_imports" }

func (s *Store) keepImport(tx *gorm.DB, row *importRow) (id *string, err error) {
	if row.ID, err = newID(); err != nil {
		return nil, err
	}
	row.At = s.now().UTC()
	return &row.ID, tx.Create(row).Error
}

// PastImport is an import that was done, or the undoing of one.
type PastImport struct {
	ID             string
	At             time.Time
	Who            string
	Added, Changed int
	UndoOf         string // the import that it undid
	Latest         bool   // nobody has edited its species since: it can be undone
}

const pastImports = `SELECT id, at, who, added, changed, coalesce(undo_of::text, '') AS undo_of,
	NOT EXISTS (SELECT FROM species_edits e JOIN species s ON s.id = e.species_id WHERE e.import_id = i.id AND e.version <> s.version) AS latest
	FROM species_imports i `

// Imports gives the latest imports, the last first.
func (s *Store) Imports(ctx context.Context, most int) (past []PastImport, err error) {
	if err := s.read(ctx).Raw(pastImports+"ORDER BY at DESC, id DESC LIMIT ?", most).Scan(&past).Error; err != nil {
		return nil, fmt.Errorf("read the imports: %w", err)
	}
	return past, nil
}

// EditedSince says which species of an import are in the way of undoing it:
// somebody has edited them since, or has given what they had to others.
type EditedSince []game.Species

func (e EditedSince) Error() string {
	return fmt.Sprintf("%d species were edited since the import, such as %s", len(e), e[0].Slug)
}

// UndoImport makes every species of an import what it was before, and takes off
// display those that it added: all of them, or none. That is an import of its
// own, which can be undone too; for one that was undone already it is the same
// again. It fails with an [EditedSince], and with game.ErrNotFound.
func (s *Store) UndoImport(ctx context.Context, by Author, id string) (done PastImport, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		now, err := s.lockedZoo(tx)
		if err != nil {
			return err
		}
		switch err := tx.Raw(pastImports+"WHERE undo_of = ?", id).Scan(&done).Error; {
		case err != nil:
			return err
		case done.Latest:
			return nil
		}
		var edits []editRow
		if err := tx.Find(&edits, "import_id = ?", id).Error; err != nil {
			return err
		}
		if len(edits) == 0 {
			return game.ErrNotFound
		}
		plan, err := drawBack(tx, now, edits)
		if err != nil {
			return err
		}
		kept := importRow{Who: by.Name, Changed: len(plan), UndoOf: &id}
		if by.importing, err = s.keepImport(tx, &kept); err != nil {
			return err
		}
		for _, p := range plan {
			if _, err := s.replace(tx, by, "species.restore", p.Before, p.After); err != nil {
				return fmt.Errorf("%s: %w", p.After.Slug, err)
			}
		}
		done = PastImport{kept.ID, kept.At, by.Name, 0, len(plan), id, true}
		return by.note(tx, "species.unimport", fmt.Sprintf("%d species", len(plan)), map[string]any{"changed": len(plan)})
	})
	if err != nil {
		return PastImport{}, fmt.Errorf("undo an import: %w", err)
	}
	return done, nil
}

// drawBack works out what undoing edits makes of each species. They are judged
// together, for an import may have passed a name from one to another.
func drawBack(tx *gorm.DB, now *Zoo, edits []editRow) (plan []SpeciesChange, err error) {
	var inTheWay EditedSince
	zoo := slices.Clone(now.Species)
	for _, e := range edits {
		i, ok := now.byID[game.SpeciesID(e.SpeciesID)]
		if !ok {
			return nil, fmt.Errorf("species %s: %w", e.SpeciesID, game.ErrNotFound)
		}
		p := SpeciesChange{Before: zoo[i], After: zoo[i]}
		if p.Before.Version != e.Version {
			inTheWay = append(inTheWay, p.Before)
			continue
		}
		var earlier editRow
		switch err := tx.Take(&earlier, "species_id = ? AND version = ?", e.SpeciesID, e.Version-1).Error; {
		case errors.Is(err, gorm.ErrRecordNotFound): // it was added
			p.After.OnDisplay = false
		case err != nil:
			return nil, err
		default:
			old, err := earlier.edit(p.Before)
			if err != nil {
				return nil, err
			}
			p.After = old.Species
		}
		p.After.Version = p.Before.Version + 1
		zoo[i] = p.After
		if p.isOne() {
			plan = append(plan, p)
		}
	}
	for _, p := range plan {
		if catalogue.Check(zoo, p.After) != nil {
			inTheWay = append(inTheWay, p.Before)
		}
	}
	if inTheWay != nil {
		return nil, inTheWay
	}
	return plan, nil
}

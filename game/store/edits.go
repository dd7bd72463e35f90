package store

import (
	"context"
	"database/sql"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// Tx is as much of a transaction as others may write to it.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// Author is who changes something, and how that is noted in the transaction of
// the change.
type Author struct {
	Name string
	Note func(ctx context.Context, tx Tx, action, subject string, details map[string]any) error

	importing *string // the import that their edits belong to
}

func (a Author) note(tx *gorm.DB, action, subject string, details map[string]any) error {
	return a.Note(tx.Statement.Context, tx.Statement.ConnPool, action, subject, details)
}

// Edit is a species as somebody left it.
type Edit struct {
	game.Species
	At  time.Time
	Who string // "" if nobody edited it yet
}

// Outdated says that somebody else was faster: their edit is in it.
type Outdated struct{ Edit }

func (e Outdated) Error() string {
	return fmt.Sprintf("%s has version %d by now, by %s", e.Slug, e.Version, e.Who)
}

// SpeciesError lists what is wrong with a species.
type SpeciesError []game.Problem

func (e SpeciesError) Error() string { return fmt.Sprintf("the species is not right: %s", e[0]) }

type editRow struct {
	SpeciesID string `gorm:"primaryKey"`
	Version   int    `gorm:"primaryKey;autoIncrement:false"`
	At        time.Time
	Who       string
	Facts     string `gorm:"type:jsonb"`
	ImportID  *string
}

func (editRow) TableName() string { return "species_edits" }

// edit reads what an edit left, of the species as it is now: facts that it does
// not have are as they are now.
func (r editRow) edit(now game.Species) (Edit, error) {
	values := map[string]string{}
	if err := json.Unmarshal([]byte(r.Facts), &values); err != nil {
		return Edit{}, fmt.Errorf("read version %d of %s: %w", r.Version, now.Slug, err)
	}
	for _, f := range game.Facts {
		if v, ok := values[f.Path]; ok {
			if err := f.Set(&now, v); err != nil {
				return Edit{}, fmt.Errorf("read version %d of %s: %s %w", r.Version, now.Slug, f.Path, err)
			}
		}
	}
	now.Version = r.Version
	return Edit{now, r.At, r.Who}, nil
}

func newEdit(s game.Species, at time.Time, by Author) (editRow, error) {
	values := map[string]string{}
	for _, f := range game.Facts {
		values[f.Path] = f.Get(s)
	}
	text, err := json.Marshal(values)
	if err != nil {
		return editRow{}, fmt.Errorf("write version %d of %s: %w", s.Version, s.Slug, err)
	}
	return editRow{string(s.ID), s.Version, at.UTC(), by.Name, string(text), by.importing}, nil
}

// Species gives a species as it is now, and who left it so. It fails with
// game.ErrNotFound.
func (s *Store) Species(ctx context.Context, slug game.Slug) (Edit, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return Edit{}, err
	}
	now, ok := zoo.BySlug(slug)
	if !ok {
		return Edit{}, fmt.Errorf("find %s: %w", slug, game.ErrNotFound)
	}
	return edited(s.read(ctx), now)
}

func edited(tx *gorm.DB, now game.Species) (Edit, error) {
	var row editRow
	switch err := tx.Take(&row, "species_id = ? AND version = ?", now.ID, now.Version).Error; {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return Edit{Species: now}, nil
	case err != nil:
		return Edit{}, fmt.Errorf("find who edited %s: %w", now.Slug, err)
	}
	return Edit{now, row.At, row.Who}, nil
}

// Edits gives the versions of a species below one, the latest first, at most so
// many; below 0 is from the present one on.
func (s *Store) Edits(ctx context.Context, slug game.Slug, below, most int) ([]Edit, error) {
	now, err := s.Species(ctx, slug)
	if err != nil {
		return nil, err
	}
	if now.Who == "" && now.Version == 1 { // nobody has edited it
		if below > 0 && below <= 1 {
			return nil, nil
		}
		return []Edit{now}, nil
	}
	query := s.read(ctx).Where("species_id = ?", now.ID).Order("version DESC").Limit(most)
	if below > 0 {
		query = query.Where("version < ?", below)
	}
	var rows []editRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the history of %s: %w", slug, err)
	}
	edits := make([]Edit, len(rows))
	for i, row := range rows {
		if edits[i], err = row.edit(now.Species); err != nil {
			return nil, err
		}
	}
	return edits, nil
}

// AddSpecies gives the zoo another species, under the next number. It fails
// with a [SpeciesError].
func (s *Store) AddSpecies(ctx context.Context, by Author, add game.Species) (Edit, error) {
	return s.editing(ctx, "add", add.Slug, func(tx *gorm.DB, zoo *Zoo) (Edit, error) { return s.add(tx, zoo, by, add) })
}

// EditSpecies changes the facts of a species from one version on. If that is no
// longer the latest it fails with an [Outdated], else if something is wrong
// with a [SpeciesError], and with game.ErrNotFound. What changes nothing makes
// no version.
func (s *Store) EditSpecies(ctx context.Context, by Author, from int, to game.Species) (Edit, error) {
	return s.editing(ctx, "edit", to.Slug, func(tx *gorm.DB, zoo *Zoo) (Edit, error) { return s.edit(tx, zoo, by, "species.edit", from, to) })
}

// RestoreSpecies brings a species back to how an earlier version left it, as
// an edit of its own. It fails as [Store.EditSpecies] does.
func (s *Store) RestoreSpecies(ctx context.Context, by Author, slug game.Slug, from, to int) (Edit, error) {
	return s.editing(ctx, "restore", slug, func(tx *gorm.DB, zoo *Zoo) (Edit, error) {
		now, ok := zoo.BySlug(slug)
		if !ok {
			return Edit{}, game.ErrNotFound
		}
		var row editRow
		switch err := tx.Take(&row, "species_id = ? AND version = ?", now.ID, to).Error; {
		case errors.Is(err, gorm.ErrRecordNotFound):
			return Edit{}, game.ErrNotFound
		case err != nil:
			return Edit{}, err
		}
		old, err := row.edit(now)
		if err != nil {
			return Edit{}, err
		}
		return s.edit(tx, zoo, by, "species.restore", from, old.Species)
	})
}

// editing runs f in a transaction with the zoo as it is there. Edits take turns.
func (s *Store) editing(ctx context.Context, what string, slug game.Slug, f func(tx *gorm.DB, zoo *Zoo) (Edit, error)) (result Edit, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		zoo, err := s.lockedZoo(tx)
		if err != nil {
			return err
		}
		result, err = f(tx, zoo)
		return err
	})
	if err != nil {
		return Edit{}, fmt.Errorf("%s %s: %w", what, slug, err)
	}
	return result, nil
}

// lockedZoo gives the zoo, of which no other transaction changes a species
// until this one ends.
func (s *Store) lockedZoo(tx *gorm.DB) (*Zoo, error) {
	if err := tx.Exec("SELECT revision FROM species_revision FOR UPDATE").Error; err != nil {
		return nil, err
	}
	return s.zooIn(tx)
}

func (s *Store) add(tx *gorm.DB, zoo *Zoo, by Author, add game.Species) (Edit, error) {
	add.ID, add.Version, add.Number = "", 1, nextNumber(zoo.Species)
	if err := refuse(tx, zoo, add); err != nil {
		return Edit{}, err
	}
	return s.insertSpecies(tx, by, add)
}

// refuse fails with a [SpeciesError] if something is wrong with a species.
func refuse(tx *gorm.DB, zoo *Zoo, s game.Species) error {
	problems, err := check(tx, zoo, s)
	if err != nil || problems == nil {
		return err
	}
	return SpeciesError(problems)
}

func (s *Store) insertSpecies(tx *gorm.DB, by Author, add game.Species) (Edit, error) {
	id, err := newID()
	if err != nil {
		return Edit{}, err
	}
	add.ID = game.SpeciesID(id)
	now := s.now().UTC()
	row, err := newEdit(add, now, by)
	if err != nil {
		return Edit{}, err
	}
	species, texts := rowOf(add, id, now), textsOf(add, id)
	for _, rows := range []any{&species, &texts, &row} {
		if err := tx.Create(rows).Error; err != nil {
			return Edit{}, err
		}
	}
	return Edit{add, now, by.Name}, by.note(tx, "species.add", string(add.Slug), map[string]any{"number": add.Number})
}

func (s *Store) edit(tx *gorm.DB, zoo *Zoo, by Author, action string, from int, to game.Species) (Edit, error) {
	before, ok := zoo.BySlug(to.Slug)
	if !ok {
		return Edit{}, game.ErrNotFound
	}
	if from != before.Version {
		latest, err := edited(tx, before)
		if err != nil {
			return Edit{}, err
		}
		return Edit{}, Outdated{latest}
	}
	to.ID, to.Number, to.Version = before.ID, before.Number, before.Version+1
	if err := refuse(tx, zoo, to); err != nil {
		return Edit{}, err
	}
	if game.CompareFacts(before, to) == nil {
		return edited(tx, before)
	}
	return s.replace(tx, by, action, before, to)
}

// replace writes the next version of a species.
func (s *Store) replace(tx *gorm.DB, by Author, action string, before, to game.Species) (Edit, error) {
	now := s.now().UTC()
	if before.Version == 1 { // it is not kept yet, unless staff made the species
		first, err := newEdit(before, now, Author{})
		if err != nil {
			return Edit{}, err
		}
		var made time.Time
		if err := tx.Raw("SELECT created_at FROM species WHERE id = ?", before.ID).Scan(&made).Error; err != nil {
			return Edit{}, err
		}
		err = tx.Exec("INSERT INTO species_edits (species_id, version, at, who, facts) VALUES (?, ?, ?, '', ?) ON CONFLICT DO NOTHING",
			first.SpeciesID, first.Version, made, first.Facts).Error
		if err != nil {
			return Edit{}, err
		}
	}
	edit, err := newEdit(to, now, by)
	if err != nil {
		return Edit{}, err
	}
	species, texts := rowOf(to, string(to.ID), now), textsOf(to, string(to.ID))
	if err := tx.Select("*").Omit("created_at").Updates(&species).Error; err != nil {
		return Edit{}, err
	}
	if err := tx.Save(&texts).Error; err != nil {
		return Edit{}, err
	}
	if err := tx.Create(&edit).Error; err != nil {
		return Edit{}, err
	}
	changes := game.CompareFacts(before, to)
	paths := make([]string, len(changes))
	for i, c := range changes {
		paths[i] = c.Path
	}
	details := map[string]any{"version": to.Version, "facts": paths}
	return Edit{to, now, by.Name}, by.note(tx, action, string(to.Slug), details)
}

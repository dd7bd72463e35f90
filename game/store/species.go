package store

import (
	"context"
	"database/sql/driver"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5/pgtype"
	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

type speciesRow struct {
	ID             string `gorm:"primaryKey"`
	Number         int
	Slug           string
	ScientificName string `json:"scientific_name"`
	Class          string
	Order          string
	Family         string
	Group          string
	Conservation   string
	Continents     words
	Activity       string
	Awake          words
	SleepHours     float64 `json:"sleep_hours"`
	Rarity         int
	Keys           words
	Art            string
	Picture        string
	OnDisplay      bool      `json:"on_display"`
	Version        int       `gorm:"default:1"`
	CreatedAt      time.Time `json:"created_at"`
	UpdatedAt      time.Time `json:"updated_at"`
}

func (speciesRow) TableName() string { return "species" }

type textRow struct {
	SpeciesID string `gorm:"primaryKey" json:"species_id"`
	Language  string `gorm:"primaryKey"`
	Name      string
	Habitat   string
	Diet      string
	Sleep     string
	Surprise  string
}

func (textRow) TableName() string { return "species_texts" }

// words is a text[] column.
type words []string

var arrays = pgtype.NewMap()

// Scan implements sql.Scanner.
func (w *words) Scan(src any) error {
	return arrays.SQLScanner((*[]string)(w)).Scan(src)
}

// Value implements driver.Valuer.
func (w words) Value() (driver.Value, error) {
	if w == nil {
		w = words{}
	}
	b, err := arrays.Encode(pgtype.TextArrayOID, pgtype.TextFormatCode, []string(w), nil)
	return string(b), err
}

// Found fills an empty zoo with its starter species. Where there are species
// already they belong to the staff, and nothing is done.
func (s *Store) Found(ctx context.Context, starter []game.Species) (added int, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		// Two replicas starting at once take turns on this row.
		var revision int64
		if err := tx.Raw("SELECT revision FROM species_revision FOR UPDATE").Scan(&revision).Error; err != nil {
			return err
		}
		var n int64
		if err := tx.Model(&speciesRow{}).Count(&n).Error; err != nil || n > 0 {
			return err
		}
		var rows []speciesRow
		var texts []textRow
		for _, sp := range starter {
			id, err := newID()
			if err != nil {
				return err
			}
			rows = append(rows, rowOf(sp, id, s.now()))
			texts = append(texts, textsOf(sp, id)...)
		}
		if len(rows) == 0 {
			return nil
		}
		added = len(rows)
		if err := tx.CreateInBatches(rows, 500).Error; err != nil {
			return err
		}
		if err := tx.CreateInBatches(texts, 500).Error; err != nil {
			return err
		}
		// What a zoo begins with has always been there.
		return tx.Exec("DELETE FROM displays").Error
	})
	if err != nil {
		return 0, fmt.Errorf("fill the zoo with its starter species: %w", err)
	}
	return added, nil
}

func rowOf(s game.Species, id string, now time.Time) speciesRow {
	r := speciesRow{
		ID: id, Number: s.Number, Slug: string(s.Slug), ScientificName: s.ScientificName,
		Class: s.Class, Order: s.Order, Family: s.Family, Group: s.Group,
		Conservation: string(s.Conservation), Activity: string(s.Activity),
		SleepHours: s.SleepHours, Rarity: s.Rarity, Keys: s.Keys, Art: s.Art, Picture: s.Picture,
		OnDisplay: s.OnDisplay, Version: max(s.Version, 1), CreatedAt: now, UpdatedAt: now,
	}
	for _, c := range s.Continents {
		r.Continents = append(r.Continents, string(c))
	}
	for _, a := range s.Awake {
		r.Awake = append(r.Awake, a.String())
	}
	return r
}

func textsOf(s game.Species, id string) []textRow {
	rows := make([]textRow, len(game.Languages))
	for i, l := range game.Languages {
		t := s.Texts[l]
		rows[i] = textRow{id, string(l), t.Name, t.Habitat, t.Diet, t.Sleep, t.Surprise}
	}
	return rows
}

func (r speciesRow) species() game.Species {
	s := game.Species{
		ID: game.SpeciesID(r.ID), Number: r.Number, Slug: game.Slug(r.Slug), ScientificName: r.ScientificName,
		Class: r.Class, Order: r.Order, Family: r.Family, Group: r.Group,
		Conservation: game.Conservation(r.Conservation), Activity: game.Activity(r.Activity),
		SleepHours: r.SleepHours, Rarity: r.Rarity, Keys: r.Keys, Art: r.Art, Picture: r.Picture,
		OnDisplay: r.OnDisplay, Version: r.Version, Texts: map[game.Language]game.Text{},
	}
	for _, c := range r.Continents {
		s.Continents = append(s.Continents, game.Continent(c))
	}
	for _, a := range r.Awake {
		if span, err := game.ParseAwake(a); err == nil {
			s.Awake = append(s.Awake, span)
		}
	}
	return s
}

// integers is an integer[] column.
type integers []int32

// Value implements driver.Valuer.
func (n integers) Value() (driver.Value, error) {
	b, err := arrays.Encode(pgtype.Int4ArrayOID, pgtype.TextFormatCode, []int32(n), nil)
	return string(b), err
}

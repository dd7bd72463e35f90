package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

type captureRow struct {
	VisitorID  string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	At         time.Time
	CreatedAt  time.Time
	PhotoSum   []byte
	PhotoSig   int64
	Outcome    string
	SpeciesID  *string
	Recognised string `gorm:"type:jsonb"`
	Model      string
	Progress   string `gorm:"type:jsonb"`
}

func (captureRow) TableName() string { return "captures" }

type ledgerRow struct {
	VisitorID string
	CaptureID string
	Reason    string
	Points    int
	CreatedAt time.Time
}

func (ledgerRow) TableName() string { return "ledger" }

// answered is what the recognised column holds: what an answer needs beyond
// the columns, so that a retry is answered the same years later.
type answered struct {
	Confidence float64          `json:"confidence"`
	Candidates []game.Candidate `json:"candidates,omitempty"`
	Group      string           `json:"group,omitempty"`
	Stranger   string           `json:"stranger,omitempty"`
	Box        *game.Box        `json:"box,omitempty"`
	Why        game.Reason      `json:"why"`
	Verdict    game.Verdict     `json:"verdict"`
	Earned     int              `json:"earned,omitempty"`
}

// Replay finds a capture that was recorded before; the second result tells
// whether there is one. The same id with another photo is
// game.ErrConflict.
func (s *Store) Replay(ctx context.Context, visitor game.VisitorID, id game.CaptureID, photo [32]byte) (game.Capture, bool, error) {
	return replay(s.read(ctx), visitor, id, photo)
}

func replay(tx *gorm.DB, visitor game.VisitorID, id game.CaptureID, photo [32]byte) (game.Capture, bool, error) {
	var rows []captureRow
	if err := tx.Where("visitor_id = ? AND id = ?", string(visitor), string(id)).Limit(1).Find(&rows).Error; err != nil {
		return game.Capture{}, false, fmt.Errorf("look for an earlier capture: %w", err)
	}
	if len(rows) == 0 {
		return game.Capture{}, false, nil
	}
	c, err := rows[0].capture()
	if err != nil {
		return game.Capture{}, false, err
	}
	if c.PhotoSum != photo {
		return game.Capture{}, false, game.ErrConflict
	}
	return c, true, nil
}

// Record judges a recognised photo for its visitor, keeps it with what it
// earned, and answers with the capture and whether it is new. A capture whose
// id was recorded before with the same photo is answered as it was then; with
// another photo it is game.ErrConflict. An erased visitor is game.ErrUnknown.
func (s *Store) Record(ctx context.Context, zoo *Zoo, c game.Capture) (_ game.Capture, fresh bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var ids []string
		lock := tx.Model(&visitorRow{}).Clauses(clause.Locking{Strength: "UPDATE"}).Where("id = ?", string(c.Visitor)).Pluck("id", &ids)
		if lock.Error != nil {
			return lock.Error
		}
		if len(ids) == 0 {
			return game.ErrUnknown
		}
		earlier, ok, err := replay(tx, c.Visitor, c.ID, c.PhotoSum)
		if err != nil || ok {
			c = earlier
			return err
		}
		seen, points, err := collection(tx, c.Visitor)
		if err != nil {
			return err
		}
		_, before := seen[c.Species]
		c.Outcome = game.Judge(c.Verdict, before)
		species, _ := zoo.ByID(c.Species)
		c.Earned = game.Award(c.Outcome, species)
		if c.Species != "" {
			sighted := seen[c.Species]
			sighted.Times++
			seen[c.Species] = sighted
		}
		c.Progress = game.Count(game.Dex(zoo.Species, seen), points+c.Earned)
		fresh = true
		return insert(tx, c, s.now().UTC())
	})
	if err != nil {
		return game.Capture{}, false, fmt.Errorf("record a capture: %w", err)
	}
	return c, fresh, nil
}

func insert(tx *gorm.DB, c game.Capture, now time.Time) error {
	recognised, err := json.Marshal(answered{c.Confidence, c.Candidates, c.Group, c.Stranger, c.Box, c.Why, c.Verdict, c.Earned})
	if err != nil {
		return err
	}
	progress, err := json.Marshal(c.Progress)
	if err != nil {
		return err
	}
	row := captureRow{
		VisitorID: string(c.Visitor), ID: string(c.ID), At: c.At.UTC(), CreatedAt: now,
		PhotoSum: c.PhotoSum[:], PhotoSig: int64(c.PhotoSig), Outcome: string(c.Outcome),
		Recognised: string(recognised), Model: c.Model, Progress: string(progress),
	}
	if c.Species != "" {
		id := string(c.Species)
		row.SpeciesID = &id
	}
	if err := tx.Create(&row).Error; err != nil {
		return err
	}
	if c.Earned == 0 {
		return nil
	}
	return tx.Create(&ledgerRow{string(c.Visitor), string(c.ID), string(c.Outcome), c.Earned, now}).Error
}

func (r captureRow) capture() (game.Capture, error) {
	var a answered
	if err := json.Unmarshal([]byte(r.Recognised), &a); err != nil {
		return game.Capture{}, fmt.Errorf("read a capture: %w", err)
	}
	c := game.Capture{
		ID: game.CaptureID(r.ID), Visitor: game.VisitorID(r.VisitorID), At: r.At,
		PhotoSum: [32]byte(r.PhotoSum), PhotoSig: uint64(r.PhotoSig), Outcome: game.Outcome(r.Outcome), Earned: a.Earned,
		Recognised: game.Recognised{
			Verdict: a.Verdict, Confidence: a.Confidence, Candidates: a.Candidates, Group: a.Group,
			Stranger: a.Stranger, Box: a.Box, Why: a.Why, Model: r.Model,
		},
	}
	if r.SpeciesID != nil {
		c.Species = game.SpeciesID(*r.SpeciesID)
	}
	if err := json.Unmarshal([]byte(r.Progress), &c.Progress); err != nil {
		return game.Capture{}, fmt.Errorf("read a capture's progress: %w", err)
	}
	return c, nil
}

// Collection gives what a visitor has seen of each species, and their points.
func (s *Store) Collection(ctx context.Context, visitor game.VisitorID) (map[game.SpeciesID]game.Sighted, int, error) {
	seen, points, err := collection(s.read(ctx), visitor)
	if err != nil {
		return nil, 0, fmt.Errorf("read a collection: %w", err)
	}
	return seen, points, nil
}

func collection(tx *gorm.DB, visitor game.VisitorID) (map[game.SpeciesID]game.Sighted, int, error) {
	var rows []struct {
		SpeciesID string
		First     time.Time
		Times     int
	}
	err := tx.Raw(`
		SELECT species_id, min(at) AS first, count(*) AS times
		FROM captures WHERE visitor_id = ? AND species_id IS NOT NULL
		GROUP BY species_id`, string(visitor)).Scan(&rows).Error
	if err != nil {
		return nil, 0, err
	}
	seen := make(map[game.SpeciesID]game.Sighted, len(rows))
	for _, r := range rows {
		seen[game.SpeciesID(r.SpeciesID)] = game.Sighted{First: r.First, Times: r.Times}
	}
	var points int
	err = tx.Raw("SELECT coalesce(sum(points), 0) FROM ledger WHERE visitor_id = ?", string(visitor)).Scan(&points).Error
	return seen, points, err
}

// Captures gives all captures of a visitor, the oldest first, for their export.
func (s *Store) Captures(ctx context.Context, visitor game.VisitorID) ([]game.Capture, error) {
	var rows []captureRow
	if err := s.read(ctx).Where("visitor_id = ?", string(visitor)).Order("at, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the captures of a visitor: %w", err)
	}
	captures := make([]game.Capture, len(rows))
	for i, r := range rows {
		c, err := r.capture()
		if err != nil {
			return nil, err
		}
		captures[i] = c
	}
	return captures, nil
}

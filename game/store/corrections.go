package store

import (
	"context"
	"fmt"
	"reflect"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

type correctionRow struct {
	VisitorID string
	CaptureID string
	Kind      string
	SpeciesID *string
	Staff     string
	Reason    string
	CreatedAt time.Time
}

func (correctionRow) TableName() string { return "corrections" }

// Remark is a correction as it is kept.
type Remark struct {
	Capture game.CaptureID
	game.Correction
	Staff  string // who made it; "" for the visitor
	Reason string
	At     time.Time
}

// Corrected is what a capture means after a correction or an answer.
type Corrected struct {
	Ruling   game.Ruling
	Gain     game.Gain
	Progress game.Progress
	Question *game.Question // if the capture became a catch that was not one before
}

// Correct lets a visitor say what a capture shows, or take that back. It fails
// with game.ErrNotFound if there is no such capture, and with
// game.ErrNotOffered.
func (s *Store) Correct(ctx context.Context, visitor game.VisitorID, id game.CaptureID, c game.Correction) (Corrected, error) {
	if c.Kind != game.Say && c.Kind != game.Unsay {
		return Corrected{}, fmt.Errorf("a visitor cannot %s", c.Kind)
	}
	return s.correct(ctx, visitor, Remark{Capture: id, Correction: c}, Author{})
}

// Overrule lets staff withdraw, restore, pardon or no longer pardon a capture,
// and say why. It fails with game.ErrNotFound if there is no such capture.
func (s *Store) Overrule(ctx context.Context, by Author, visitor game.VisitorID, id game.CaptureID, kind game.CorrectionKind, reason string) (Corrected, error) {
	switch kind {
	case game.Withdraw, game.Restore, game.Pardon, game.Unpardon:
		return s.correct(ctx, visitor, Remark{Capture: id, Correction: game.Correction{Kind: kind}, Staff: by.Name, Reason: reason}, by)
	}
	return Corrected{}, fmt.Errorf("staff cannot %s", kind)
}

func (s *Store) correct(ctx context.Context, visitor game.VisitorID, r Remark, by Author) (result Corrected, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		var row captureRow
		result, row, err = s.change(tx, visitor, r.Capture, func(zoo *Zoo, answer Answer, marks *game.Marks) error {
			if r.Kind == game.Say {
				if err := zoo.Referee.Rules().FairPlay.MaySay(answer.Capture, r.Species); err != nil {
					return err
				}
			}
			*marks = marks.Correct(r.Correction)
			return nil
		})
		if err != nil || row.ID == "" {
			return err
		}
		err := tx.Model(&row).Select("said", "said_id", "withdrawn", "pardoned").Updates(&row).Error
		if err != nil {
			return err
		}
		err = tx.Create(&correctionRow{string(visitor), string(r.Capture), string(r.Kind), nullable(r.Species), r.Staff, r.Reason, s.now().UTC()}).Error
		if err != nil || by.Note == nil {
			return err
		}
		return by.note(tx, "capture."+string(r.Kind), string(r.Capture), map[string]any{"reason": r.Reason, "points": result.Gain.Points})
	})
	if err != nil {
		return Corrected{}, fmt.Errorf("correct a capture: %w", err)
	}
	return result, nil
}

// change puts other marks on a capture of a visitor, whom it locks, and brings
// the ledger after it. It gives the row to write back; one without an id if
// nothing changed.
func (s *Store) change(tx *gorm.DB, visitor game.VisitorID, id game.CaptureID, mark func(*Zoo, Answer, *game.Marks) error) (Corrected, captureRow, error) {
	none := captureRow{}
	zoo, err := s.zooIn(tx)
	if err != nil {
		return Corrected{}, none, err
	}
	referee, err := zoo.referee()
	if err != nil {
		return Corrected{}, none, err
	}
	if err := lock(tx, visitor); err != nil {
		return Corrected{}, none, err
	}
	var rows []captureRow
	if err := tx.Where("visitor_id = ? AND id = ?", string(visitor), string(id)).Limit(1).Find(&rows).Error; err != nil {
		return Corrected{}, none, err
	}
	if len(rows) == 0 {
		return Corrected{}, none, game.ErrNotFound
	}
	row := rows[0]
	answer, err := row.answer()
	if err != nil {
		return Corrected{}, none, err
	}
	history, err := historyOf(tx, visitor)
	if err != nil {
		return Corrected{}, none, err
	}
	before := referee.Replay(history)
	var was, marks game.Marks
	for i := range history {
		if t := &history[i]; t.ID == id {
			was, marks = t.Marks, t.Marks
			if err := mark(zoo, answer, &marks); err != nil {
				return Corrected{}, none, err
			}
			t.Marks = marks
		}
	}
	after, tally := referee.Tally(history)
	result := Corrected{Gain: game.Compare(before, after), Progress: after.Progress(zoo.Species)}
	result.Ruling, _ = after.Ruling(id)
	if reflect.DeepEqual(was, marks) {
		return result, none, nil
	}
	if q := questionFor(zoo, visitor, result.Ruling, after); q != nil {
		first, err := ask(tx, visitor, id, *q, s.now().UTC())
		if err != nil {
			return Corrected{}, none, err
		}
		if first {
			result.Question = q
		}
	}
	row.Withdrawn, row.Pardoned, row.Said, row.SaidID = marks.Withdrawn, marks.Pardoned, marks.Said != nil, nil
	if marks.Said != nil {
		row.SaidID = nullable(*marks.Said)
	}
	return result, row, s.settle(tx, referee, visitor, after, tally)
}

// Remarks gives all corrections of a visitor's captures, the oldest first.
func (s *Store) Remarks(ctx context.Context, visitor game.VisitorID) ([]Remark, error) {
	remarks, err := remarksOf(s.read(ctx), []game.VisitorID{visitor})
	return remarks[visitor], err
}

func remarksOf(tx *gorm.DB, visitors []game.VisitorID) (map[game.VisitorID][]Remark, error) {
	var rows []correctionRow
	if err := tx.Where("visitor_id = ANY (?)", idsOf(visitors)).Order("id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read corrections: %w", err)
	}
	remarks := map[game.VisitorID][]Remark{}
	for _, row := range rows {
		r := Remark{Capture: game.CaptureID(row.CaptureID), Staff: row.Staff, Reason: row.Reason, At: row.CreatedAt,
			Correction: game.Correction{Kind: game.CorrectionKind(row.Kind)}}
		if row.SpeciesID != nil {
			r.Species = game.SpeciesID(*row.SpeciesID)
		}
		v := game.VisitorID(row.VisitorID)
		remarks[v] = append(remarks[v], r)
	}
	return remarks, nil
}

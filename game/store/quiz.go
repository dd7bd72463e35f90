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

type questionRow struct {
	VisitorID  string `gorm:"primaryKey"`
	CaptureID  string `gorm:"primaryKey"`
	Question   string `gorm:"type:jsonb"`
	AskedAt    time.Time
	Choice     *string
	Correct    *bool
	AnsweredAt *time.Time
	Gained     *string `gorm:"type:jsonb"`
}

func (questionRow) TableName() string { return "questions" }

func (r questionRow) question() (game.Question, error) {
	var q game.Question
	if err := json.Unmarshal([]byte(r.Question), &q); err != nil {
		return q, fmt.Errorf("read a question: %w", err)
	}
	return q, nil
}

// Quizzed is a question that was asked, and what came of it.
type Quizzed struct {
	Capture  game.CaptureID
	Question game.Question
	Choice   string // the first answer; "" if there is none yet
	Right    bool
	At       time.Time     // of the answer
	Gain     game.Gain     // by the answer
	Progress game.Progress // as it stood then
}

// gained is what the gained column holds.
type gained struct {
	Gain     game.Gain     `json:"gain"`
	Progress game.Progress `json:"progress"`
}

func (r questionRow) quizzed() (Quizzed, error) {
	q := Quizzed{Capture: game.CaptureID(r.CaptureID)}
	var err error
	if q.Question, err = r.question(); err != nil || r.Choice == nil {
		return q, err
	}
	var g gained
	if err := json.Unmarshal([]byte(*r.Gained), &g); err != nil {
		return q, fmt.Errorf("read what an answer gained: %w", err)
	}
	q.Choice, q.Right, q.At, q.Gain, q.Progress = *r.Choice, *r.Correct, *r.AnsweredAt, g.Gain, g.Progress
	return q, nil
}

// questionFor makes the question that follows a catch; nil if there is none.
func questionFor(zoo *Zoo, visitor game.VisitorID, r game.Ruling, state game.State) *game.Question {
	if r.Outcome != game.Caught {
		return nil
	}
	q, ok := zoo.Referee.Rules().Quiz.Ask(zoo.Species, state.Seen, game.QuizSeed(visitor, r.Capture))
	if !ok {
		return nil
	}
	return &q
}

// ask keeps a question, and tells whether it is the first about its capture.
func ask(tx *gorm.DB, visitor game.VisitorID, capture game.CaptureID, q game.Question, now time.Time) (first bool, err error) {
	text, err := json.Marshal(q)
	if err != nil {
		return false, err
	}
	row := questionRow{VisitorID: string(visitor), CaptureID: string(capture), Question: string(text), AskedAt: now}
	made := tx.Clauses(clause.OnConflict{DoNothing: true}).Create(&row)
	if made.Error != nil {
		return false, fmt.Errorf("keep a question: %w", made.Error)
	}
	return made.RowsAffected > 0, nil
}

func questionOf(tx *gorm.DB, visitor game.VisitorID, capture game.CaptureID) (*game.Question, error) {
	var row questionRow
	if err := tx.Where("visitor_id = ? AND capture_id = ?", string(visitor), string(capture)).Take(&row).Error; err != nil {
		return nil, fmt.Errorf("read a question: %w", err)
	}
	q, err := row.question()
	return &q, err
}

// Respond answers the question that followed a capture. Only the first answer
// counts: later ones are told what came of it. It fails with game.ErrNotFound
// if nothing was asked, and with game.ErrChoice.
func (s *Store) Respond(ctx context.Context, visitor game.VisitorID, capture game.CaptureID, choice string) (q Quizzed, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := lock(tx, visitor); err != nil {
			return err
		}
		var rows []questionRow
		if err := tx.Where("visitor_id = ? AND capture_id = ?", string(visitor), string(capture)).Limit(1).Find(&rows).Error; err != nil {
			return err
		}
		if len(rows) == 0 {
			return game.ErrNotFound
		}
		row := rows[0]
		if q, err = row.quizzed(); err != nil || q.Choice != "" {
			return err
		}
		right, err := q.Question.Check(choice)
		if err != nil {
			return err
		}
		now := s.now().UTC().Truncate(time.Microsecond)
		result, _, err := s.change(tx, visitor, capture, func(_ *Zoo, _ Answer, m *game.Marks) error {
			m.Answer = &game.Answer{Right: right, At: now}
			return nil
		})
		if err != nil {
			return err
		}
		text, err := json.Marshal(gained{result.Gain, result.Progress})
		if err != nil {
			return err
		}
		g := string(text)
		row.Choice, row.Correct, row.AnsweredAt, row.Gained = &choice, &right, &now, &g
		if err := tx.Save(&row).Error; err != nil {
			return err
		}
		q, err = row.quizzed()
		return err
	})
	if err != nil {
		return Quizzed{}, fmt.Errorf("answer a question: %w", err)
	}
	return q, nil
}

// Questions gives everything a visitor was asked, the oldest first.
func (s *Store) Questions(ctx context.Context, visitor game.VisitorID) ([]Quizzed, error) {
	var rows []questionRow
	if err := s.read(ctx).Where("visitor_id = ?", string(visitor)).Order("asked_at, capture_id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read questions: %w", err)
	}
	all := make([]Quizzed, len(rows))
	for i, r := range rows {
		var err error
		if all[i], err = r.quizzed(); err != nil {
			return nil, err
		}
	}
	return all, nil
}

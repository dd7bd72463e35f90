package school

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"

	"github.com/jackc/pgx/v5"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision/teach"
)

// Train has a head made from all lessons. While one is being made it is
// ErrBusy.
func (s *School) Train(ctx context.Context, who string) (Job, error) {
	id, err := newID()
	if err != nil {
		return Job{}, err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		now := s.Now()
		_, err := tx.Exec(ctx, `INSERT INTO lesson_jobs (id, kind, who, state, created_at, queued_at) VALUES ($1, 'train', $2, 'queued', $3, $3)`, id, who, now)
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, who, "head.train", "", map[string]any{"job": id}); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, id, train)
	})
	if isDuplicate(err) {
		return Job{}, ErrBusy
	}
	if err != nil {
		return Job{}, fmt.Errorf("begin a training: %w", err)
	}
	return s.Job(ctx, id)
}

// trainJob learns from all lessons. Begun again, it takes what was seen in the
// photos from the bucket.
func (s *School) trainJob(ctx context.Context, j *running) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return err
	}
	lesson, err := s.everything(ctx, func(id game.SpeciesID) (string, bool) {
		animal, ok := zoo.ByID(id)
		return string(animal.Slug), ok
	})
	if err != nil {
		return err
	}
	if len(lesson.Photos) == 0 {
		return NoPhotos
	}
	result, err := teach.Learn(ctx, lesson, teach.Options{
		Recognizer: s.Recognizer.With(nil), Cache: studies{s.bucket}, Residents: s.Residents(zoo),
		Progress: func(p teach.Progress) {
			if err := j.progress(ctx, string(p.Stage), p.Done, p.Of); err != nil {
				stop(err)
			}
		},
	})
	var refused *teach.Error
	switch {
	case errors.As(err, &refused) && slices.Contains(Failures, Failure(refused.Kind)):
		return Failure(refused.Kind)
	case err != nil:
		if cause := context.Cause(ctx); cause != nil {
			return cause
		}
		return err
	}
	return s.keep(ctx, j, result)
}

// keep makes a head of a result.
func (s *School) keep(ctx context.Context, j *running, result *teach.Result) error {
	file, err := result.Head.MarshalBinary()
	if err != nil {
		return fmt.Errorf("keep a head: %w", err)
	}
	report, err := json.Marshal(result.Report)
	if err != nil {
		return fmt.Errorf("keep a report: %w", err)
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		var version int64
		err := tx.QueryRow(ctx, `INSERT INTO heads (file, report, who, created_at) VALUES ($1, $2, $3, $4) RETURNING version`, file, string(report), j.who, s.Now()).Scan(&version)
		if err != nil {
			return err
		}
		tag, err := tx.Exec(ctx, `UPDATE lesson_jobs SET head = $3 WHERE id = $1 AND owner = $2 AND state = 'running'`, j.id, j.owner, version)
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return errCancelled
		}
		return s.note(ctx, tx, j.who, "head.made", fmt.Sprint(version), map[string]any{"verdict": result.Report.Verdict, "accuracy": result.Report.Accuracy})
	})
	if err != nil {
		return fmt.Errorf("keep a head: %w", err)
	}
	return nil
}

// everything is what all lessons have to teach.
func (s *School) everything(ctx context.Context, slugOf func(game.SpeciesID) (string, bool)) (*teach.Lesson, error) {
	rows, err := s.pool.Query(ctx, `
		SELECT l.id, l.species_id, l.taught, p.id, p.sum FROM lessons l JOIN lesson_photos p ON p.lesson_id = l.id
		WHERE p.why = '' AND NOT p.dropped AND l.ended_at IS NULL ORDER BY l.id, p.id`)
	if err != nil {
		return nil, fmt.Errorf("gather the photos: %w", err)
	}
	lesson := &teach.Lesson{}
	var id, photo string
	var species game.SpeciesID
	var taught bool
	var sum []byte
	_, err = pgx.ForEachRow(rows, []any{&id, &species, &taught, &photo, &sum}, func() error {
		slug, ok := slugOf(species)
		if !ok {
			return nil
		}
		key := photoKey(id, photo)
		p := &teach.Photo{Species: slug, ID: photo, Sum: [32]byte(sum), Open: func() (io.ReadCloser, error) {
			return s.bucket.NewReader(ctx, key, nil)
		}}
		if taught {
			lesson.Add(p)
		} else {
			lesson.Known = append(lesson.Known, p)
		}
		return nil
	})
	if err != nil {
		return nil, fmt.Errorf("gather the photos: %w", err)
	}
	return lesson, nil
}

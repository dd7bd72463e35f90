package school

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/riverqueue/river"
	"github.com/zoodex/zoodex/game"
)

// Lesson is a species with photos.
type Lesson struct {
	ID      string
	Species game.SpeciesID
	Taught  bool   // false: its photos only show whether the species is still known
	Photos  int    // that can be learnt from
	Dropped int    // by a person
	Refused int    // that could not be used
	Cover   string // id of a photo; "" without
	Since   time.Time
}

const readLessons = `
	SELECT l.id, l.species_id, l.taught, p.used, p.dropped, p.refused, coalesce(cover.id::text, ''), l.created_at
	FROM lessons l, LATERAL (
		SELECT count(*) FILTER (WHERE why = '' AND NOT dropped) AS used, count(*) FILTER (WHERE why = '' AND dropped) AS dropped,
			count(*) FILTER (WHERE why <> '') AS refused
		FROM lesson_photos WHERE lesson_id = l.id
	) p LEFT JOIN LATERAL (
		SELECT id FROM lesson_photos WHERE lesson_id = l.id AND why = '' AND NOT dropped ORDER BY id LIMIT 1
	) cover ON true WHERE l.ended_at IS NULL `

func scanLesson(row pgx.CollectableRow) (l Lesson, err error) {
	err = row.Scan(&l.ID, &l.Species, &l.Taught, &l.Photos, &l.Dropped, &l.Refused, &l.Cover, &l.Since)
	return l, err
}

// Lessons lists all lessons, the oldest first.
func (s *School) Lessons(ctx context.Context) ([]Lesson, error) {
	rows, err := s.pool.Query(ctx, readLessons+`ORDER BY l.id`)
	if err != nil {
		return nil, fmt.Errorf("list the lessons: %w", err)
	}
	lessons, err := pgx.CollectRows(rows, scanLesson)
	if err != nil {
		return nil, fmt.Errorf("list the lessons: %w", err)
	}
	return lessons, nil
}

// Lesson finds the lesson of a species.
func (s *School) Lesson(ctx context.Context, species game.Slug) (Lesson, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return Lesson{}, err
	}
	animal, ok := zoo.BySlug(species)
	if !ok {
		return Lesson{}, ErrNotFound
	}
	rows, err := s.pool.Query(ctx, readLessons+`AND l.species_id = $1`, string(animal.ID))
	if err != nil {
		return Lesson{}, fmt.Errorf("read a lesson: %w", err)
	}
	l, err := pgx.CollectExactlyOneRow(rows, scanLesson)
	if errors.Is(err, pgx.ErrNoRows) {
		return Lesson{}, ErrNotFound
	}
	if err != nil {
		return Lesson{}, fmt.Errorf("read a lesson: %w", err)
	}
	return l, nil
}

// lessonID finds the lesson of a species without counting its photos.
func (s *School) lessonID(ctx context.Context, species game.Slug) (id string, err error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return "", err
	}
	animal, ok := zoo.BySlug(species)
	if !ok {
		return "", ErrNotFound
	}
	err = s.pool.QueryRow(ctx, `SELECT id FROM lessons WHERE species_id = $1 AND ended_at IS NULL`, string(animal.ID)).Scan(&id)
	if errors.Is(err, pgx.ErrNoRows) {
		return "", ErrNotFound
	}
	if err != nil {
		return "", fmt.Errorf("find a lesson: %w", err)
	}
	return id, nil
}

// Begin makes the lesson of a species. It is ErrSpecies if the zoo has none of
// that name, and ErrExists if there is one already.
func (s *School) Begin(ctx context.Context, who string, species game.Slug) (Lesson, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return Lesson{}, err
	}
	animal, ok := zoo.BySlug(species)
	if !ok {
		return Lesson{}, ErrSpecies
	}
	id, err := newID()
	if err != nil {
		return Lesson{}, err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `INSERT INTO lessons (id, species_id, created_at) VALUES ($1, $2, $3)`, id, string(animal.ID), s.Now()); err != nil {
			return err
		}
		return s.note(ctx, tx, who, "lesson.begin", string(species), nil)
	})
	if isDuplicate(err) {
		return Lesson{}, ErrExists
	}
	if err != nil {
		return Lesson{}, fmt.Errorf("begin a lesson: %w", err)
	}
	return s.Lesson(ctx, species)
}

func isDuplicate(err error) bool {
	var refused *pgconn.PgError
	return errors.As(err, &refused) && refused.Code == "23505"
}

// SetTaught says whether a lesson's species is to be taught.
func (s *School) SetTaught(ctx context.Context, who string, species game.Slug, taught bool) (Lesson, error) {
	l, err := s.Lesson(ctx, species)
	if err != nil {
		return Lesson{}, err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		if _, err := tx.Exec(ctx, `UPDATE lessons SET taught = $2 WHERE id = $1`, l.ID, taught); err != nil {
			return err
		}
		return s.note(ctx, tx, who, "lesson.change", string(species), map[string]any{"taught": taught})
	})
	if err != nil {
		return Lesson{}, fmt.Errorf("change a lesson: %w", err)
	}
	l.Taught = taught
	return l, nil
}

// keptFor is how long a lesson can be brought back after its end.
const keptFor = 30 * 24 * time.Hour

// End takes a lesson and its photos away. It can be brought back for 30 days.
// Heads that learnt from it stay as they are.
func (s *School) End(ctx context.Context, who string, species game.Slug) error {
	l, err := s.Lesson(ctx, species)
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE lessons SET ended_at = $2 WHERE id = $1 AND ended_at IS NULL`, l.ID, s.Now())
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		if _, err := s.queue.InsertTx(ctx, tx, sweepArgs{Lesson: l.ID}, &river.InsertOpts{ScheduledAt: time.Now().Add(keptFor)}); err != nil {
			return err
		}
		return s.note(ctx, tx, who, "lesson.end", string(species), map[string]any{"photos": l.Photos})
	})
	if err != nil {
		return fmt.Errorf("end a lesson: %w", err)
	}
	return nil
}

// Restore brings back the lesson of a species that was ended last. It is
// ErrNotFound if there is none, and ErrExists if there is another by now.
func (s *School) Restore(ctx context.Context, who string, species game.Slug) (Lesson, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return Lesson{}, err
	}
	animal, ok := zoo.BySlug(species)
	if !ok {
		return Lesson{}, ErrSpecies
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE lessons SET ended_at = NULL WHERE id = (
			SELECT id FROM lessons WHERE species_id = $1 AND ended_at IS NOT NULL ORDER BY ended_at DESC LIMIT 1 FOR UPDATE)`, string(animal.ID))
		switch {
		case err != nil:
			return err
		case tag.RowsAffected() == 0:
			return ErrNotFound
		}
		return s.note(ctx, tx, who, "lesson.restore", string(species), nil)
	})
	switch {
	case isDuplicate(err):
		return Lesson{}, ErrExists
	case err != nil:
		return Lesson{}, fmt.Errorf("bring back a lesson: %w", err)
	}
	return s.Lesson(ctx, species)
}

// sweep deletes a lesson that ended long ago, for good.
func (s *School) sweep(ctx context.Context, lesson string) error {
	if _, err := s.pool.Exec(ctx, `DELETE FROM lessons WHERE id = $1 AND ended_at <= $2`, lesson, s.Now().Add(-keptFor)); err != nil {
		return fmt.Errorf("delete a lesson: %w", err)
	}
	var ended bool
	switch err := s.pool.QueryRow(ctx, `SELECT ended_at IS NOT NULL FROM lessons WHERE id = $1`, lesson).Scan(&ended); {
	case err == nil && ended: // by our clock it is too early
		return river.JobSnooze(time.Hour)
	case err == nil: // it was brought back
		return nil
	case !errors.Is(err, pgx.ErrNoRows):
		return err
	}
	return errors.Join(s.clear(ctx, photoKey(lesson, "")), s.clear(ctx, "thumbnails/"+lesson+"/"))
}

package school

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"io"
	"path"
	"strings"
	"time"
	"unicode"

	"github.com/jackc/pgx/v5"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/vision/photo"
)

// Photo is a file that was sent to a lesson, used or not.
type Photo struct {
	ID            string
	Name          string // that it came with
	Why           Why    // it is not used; "" if it is
	Dropped       bool   // by a person: kept, but not learnt from
	Bytes         int64
	Width, Height int
	Since         time.Time
}

// Why says why a file is not used. The list is closed.
type Why string

// The reasons.
const (
	Empty       Why = "empty"
	NotAPhoto   Why = "not-a-photo"
	Broken      Why = "broken"
	TooLarge    Why = "too-large"
	TooManyDots Why = "too-many-pixels"
	Duplicate   Why = "duplicate" // is in the lesson already
	Full        Why = "lesson-full"
	UnsafeName  Why = "unsafe-name" // in a ZIP: it points out of it
	Encrypted   Why = "encrypted"   // in a ZIP
	OverLimit   Why = "over-limit"  // in a ZIP: with the files before it, too much
	Incomplete  Why = "incomplete"  // it did not arrive whole
)

// Whys are all of them.
var Whys = []Why{Empty, NotAPhoto, Broken, TooLarge, TooManyDots, Duplicate, Full, UnsafeName, Encrypted, OverLimit, Incomplete}

// whyOf turns a decoder's refusal into a reason.
func whyOf(err error) (Why, bool) {
	var refused *photo.Error
	if !errors.As(err, &refused) {
		return "", false
	}
	switch refused.Kind {
	case photo.Empty:
		return Empty, true
	case photo.TooManyBytes:
		return TooLarge, true
	case photo.TooManyPixels:
		return TooManyDots, true
	case photo.Unsupported:
		return NotAPhoto, true
	default:
		return Broken, true
	}
}

// mostName of a file, in bytes.
const mostName = 200

// label makes a file's name fit to be shown; it is used for nothing else.
func label(name string) string {
	name = path.Base(strings.ReplaceAll(strings.ToValidUTF8(name, "_"), `\`, "/"))
	name = strings.Map(func(r rune) rune {
		if unicode.IsControl(r) {
			return '_'
		}
		return r
	}, name)
	if name == "." || name == "/" {
		return "photo"
	}
	for len(name) > mostName {
		name = name[:len(name)-1]
	}
	return strings.ToValidUTF8(name, "")
}

// origin tells where in a ZIP a photo was; zero: it came by itself.
type origin struct {
	job   string
	entry int
}

// add takes a file into a lesson, and says what happened to it. An error is
// ours, never the file's.
func (s *School) add(ctx context.Context, lesson, name string, data []byte, from origin) (Photo, error) {
	id, err := newID()
	if err != nil {
		return Photo{}, err
	}
	p := Photo{ID: id, Name: label(name), Bytes: int64(len(data)), Since: s.Now()}
	decoded, err := s.Recognizer.Decode(ctx, data)
	if why, refused := whyOf(err); refused {
		p.Why = why
		return p, s.list(ctx, lesson, p, nil, from)
	}
	if err != nil {
		return Photo{}, err
	}
	size := decoded.Bounds().Size()
	p.Width, p.Height = size.X, size.Y
	small, err := thumbnail(decoded)
	if err != nil {
		return Photo{}, err
	}
	sum := sha256.Sum256(data)
	var there bool
	var photos int
	err = s.pool.QueryRow(ctx, `SELECT coalesce(bool_or(sum = $2), false), count(*) FROM lesson_photos WHERE lesson_id = $1 AND why = ''`, lesson, sum[:]).Scan(&there, &photos)
	switch {
	case err != nil:
		return Photo{}, fmt.Errorf("look through a lesson: %w", err)
	case there:
		p.Why = Duplicate
	case photos >= s.Limits.Photos:
		p.Why = Full
	}
	if p.Why != "" {
		return p, s.list(ctx, lesson, p, nil, from)
	}
	// First the bytes, then the row: what is listed is there.
	if err := s.bucket.WriteAll(ctx, photoKey(lesson, id), data, nil); err != nil {
		return Photo{}, fmt.Errorf("keep a photo: %w", err)
	}
	if err := s.bucket.WriteAll(ctx, thumbKey(lesson, id), small, nil); err != nil {
		return Photo{}, fmt.Errorf("keep a thumbnail: %w", err)
	}
	err = s.list(ctx, lesson, p, sum[:], from)
	if isDuplicate(err) { // the same photo came at the same moment
		err = errors.Join(s.remove(ctx, photoKey(lesson, id)), s.remove(ctx, thumbKey(lesson, id)))
		p.Why = Duplicate
		if err == nil {
			err = s.list(ctx, lesson, p, nil, from)
		}
	}
	return p, err
}

// refuse lists a file that is not even looked at.
func (s *School) refuse(ctx context.Context, lesson, name string, why Why, from origin) (Photo, error) {
	id, err := newID()
	if err != nil {
		return Photo{}, err
	}
	p := Photo{ID: id, Name: label(name), Why: why, Since: s.Now()}
	return p, s.list(ctx, lesson, p, nil, from)
}

func (s *School) list(ctx context.Context, lesson string, p Photo, sum []byte, from origin) error {
	var job *string
	if from.job != "" {
		job = &from.job
	}
	_, err := s.pool.Exec(ctx, `INSERT INTO lesson_photos (id, lesson_id, name, why, sum, bytes, width, height, job_id, entry, created_at)
		VALUES ($1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11)`, p.ID, lesson, p.Name, string(p.Why), sum, p.Bytes, p.Width, p.Height, job, from.entry, p.Since)
	if err != nil {
		return fmt.Errorf("list a photo: %w", err)
	}
	return nil
}

// Pick picks the photos of a page.
type Pick struct {
	After string // id of the last photo of the page before
	Limit int
	Only  string // "used", "dropped", "refused"; "" for all
}

// Photos lists the files of a lesson in the order in which they came, and
// whether there are more.
func (s *School) Photos(ctx context.Context, species game.Slug, p Pick) (photos []Photo, more bool, err error) {
	lesson, err := s.lessonID(ctx, species)
	if err != nil {
		return nil, false, err
	}
	if p.After == "" {
		p.After = "00000000-0000-0000-0000-000000000000"
	}
	rows, err := s.pool.Query(ctx, `
		SELECT id, name, why, dropped, bytes, width, height, created_at FROM lesson_photos
		WHERE lesson_id = $1 AND id > $2 AND CASE $3 WHEN 'used' THEN why = '' AND NOT dropped WHEN 'dropped' THEN why = '' AND dropped
			WHEN 'refused' THEN why <> '' ELSE true END
		ORDER BY id LIMIT $4`, lesson, p.After, p.Only, p.Limit+1)
	if err != nil {
		return nil, false, fmt.Errorf("list photos: %w", err)
	}
	photos, err = pgx.CollectRows(rows, func(row pgx.CollectableRow) (p Photo, err error) {
		err = row.Scan(&p.ID, &p.Name, &p.Why, &p.Dropped, &p.Bytes, &p.Width, &p.Height, &p.Since)
		return p, err
	})
	if err != nil {
		return nil, false, fmt.Errorf("list photos: %w", err)
	}
	if len(photos) > p.Limit {
		return photos[:p.Limit], true, nil
	}
	return photos, false, nil
}

// Drop leaves photos of a lesson out of what is learnt from, or takes them back
// in. It gives how many there were.
func (s *School) Drop(ctx context.Context, who string, species game.Slug, photos []string, dropped bool) (changed int, err error) {
	l, err := s.Lesson(ctx, species)
	if err != nil {
		return 0, err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE lesson_photos SET dropped = $3 WHERE lesson_id = $1 AND id = ANY($2) AND why = '' AND dropped <> $3`, l.ID, photos, dropped)
		if err != nil {
			return err
		}
		changed = int(tag.RowsAffected())
		if changed == 0 {
			return nil
		}
		return s.note(ctx, tx, who, "lesson.photos", string(species), map[string]any{"dropped": dropped, "photos": photos})
	})
	if err != nil {
		return 0, fmt.Errorf("drop photos: %w", err)
	}
	return changed, nil
}

// Picture gives the bytes of a photo, or of its thumbnail.
func (s *School) Picture(ctx context.Context, id string, small bool) ([]byte, error) {
	var lesson string
	err := s.pool.QueryRow(ctx, `SELECT lesson_id FROM lesson_photos JOIN lessons l ON l.id = lesson_id WHERE lesson_photos.id = $1 AND why = '' AND l.ended_at IS NULL`, id).Scan(&lesson)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil, ErrNotFound
	}
	if err != nil {
		return nil, fmt.Errorf("find a photo: %w", err)
	}
	key := photoKey(lesson, id)
	if small {
		key = thumbKey(lesson, id)
	}
	data, err := s.bucket.ReadAll(ctx, key)
	if err != nil {
		return nil, fmt.Errorf("read a photo: %w", err)
	}
	return data, nil
}

// readAtMost reads a file; over is whether there is more of it than the limit.
func readAtMost(from io.Reader, limit int64) (data []byte, over bool, err error) {
	var b bytes.Buffer
	n, err := b.ReadFrom(io.LimitReader(from, limit+1))
	return b.Bytes(), n > limit, err
}

package store

import (
	"context"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"gorm.io/gorm"
)

// Picture is a picture of an animal, in two sizes that are JPEG.
type Picture struct {
	ID              string
	Sum             []byte `gorm:"column:sum"` // SHA-256 of the file that it was made of
	Width, Height   int    // of the card
	Card, Thumbnail []byte
	SentAt          time.Time
}

// pictureDays is how long a picture is kept that no species shows and no
// version of one: long enough for a draft that is saved in the evening.
const pictureDays = 1

// KeepPicture keeps a picture, and gives its id. The same file is kept once.
func (s *Store) KeepPicture(ctx context.Context, by Author, p Picture) (Picture, error) {
	id, err := newID()
	if err != nil {
		return Picture{}, err
	}
	kept := Picture{}
	err = s.write(ctx, func(tx *gorm.DB) error {
		err := tx.Raw(`
			INSERT INTO pictures (id, sum, width, height, card, thumbnail, sent_at) VALUES (?, ?, ?, ?, ?, ?, ?)
			ON CONFLICT (sum) DO UPDATE SET sent_at = excluded.sent_at
			RETURNING id, width, height`, id, p.Sum, p.Width, p.Height, p.Card, p.Thumbnail, s.now().UTC()).Scan(&kept).Error
		if err != nil || kept.ID != id {
			return err
		}
		return by.note(tx, "picture.add", id, map[string]any{"width": p.Width, "height": p.Height})
	})
	if err != nil {
		return Picture{}, fmt.Errorf("keep a picture: %w", err)
	}
	return kept, nil
}

// Picture gives the bytes of a picture: the card, or the thumbnail. It fails
// with game.ErrNotFound.
func (s *Store) Picture(ctx context.Context, id string, small bool) ([]byte, error) {
	if !isID(id) {
		return nil, fmt.Errorf("find a picture: %w", game.ErrNotFound)
	}
	size := "card"
	if small {
		size = "thumbnail"
	}
	var p Picture
	switch err := s.read(ctx).Select(size).Take(&p, "id = ?", id).Error; {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return nil, fmt.Errorf("find a picture: %w", game.ErrNotFound)
	case err != nil:
		return nil, fmt.Errorf("read a picture: %w", err)
	case small:
		return p.Thumbnail, nil
	}
	return p.Card, nil
}

func isID(text string) bool {
	id, err := uuid.Parse(text)
	return err == nil && id.String() == text
}

// Check lists what is wrong with a species among the others of the zoo.
func (s *Store) Check(ctx context.Context, zoo *Zoo, species game.Species) ([]game.Problem, error) {
	return check(s.read(ctx), zoo, species)
}

func check(tx *gorm.DB, zoo *Zoo, species game.Species) ([]game.Problem, error) {
	problems := catalogue.Check(zoo.Species, species)
	if species.Picture == "" {
		return problems, nil
	}
	there := false
	if isID(species.Picture) {
		if err := tx.Raw("SELECT EXISTS (SELECT FROM pictures WHERE id = ?)", species.Picture).Scan(&there).Error; err != nil {
			return nil, fmt.Errorf("look for a picture: %w", err)
		}
	}
	if !there {
		problems = append(problems, game.NewProblem("picture", "is not kept in this zoo: choose it again"))
	}
	return problems, nil
}

// ForgetPictures deletes the pictures that were sent more than a day ago and
// that no species shows, nor any version that one may go back to.
func (s *Store) ForgetPictures(ctx context.Context) (forgotten int, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		// No species begins to show a picture while it is deleted.
		if err := tx.Exec("SELECT revision FROM species_revision FOR UPDATE").Error; err != nil {
			return err
		}
		done := tx.Exec(`
			DELETE FROM pictures p
			WHERE sent_at < ?
				AND NOT EXISTS (SELECT FROM species WHERE picture = p.id::text)
				AND NOT EXISTS (SELECT FROM species_edits WHERE facts ->> 'picture' = p.id::text AND facts ->> 'picture' <> '')`,
			s.now().UTC().AddDate(0, 0, -pictureDays))
		forgotten = int(done.RowsAffected)
		return done.Error
	})
	if err != nil {
		return 0, fmt.Errorf("forget pictures: %w", err)
	}
	return forgotten, nil
}

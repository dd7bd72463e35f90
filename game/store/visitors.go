package store

import (
	"context"
	"errors"
	"fmt"
	"slices"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

type visitorRow struct {
	ID           string `gorm:"primaryKey"`
	Nickname     string
	PassCodeHash []byte
	CreatedAt    time.Time
}

func (visitorRow) TableName() string { return "visitors" }

type phoneRow struct {
	TokenHash []byte `gorm:"primaryKey"`
	VisitorID string
	CreatedAt time.Time
}

func (phoneRow) TableName() string { return "phones" }

// Welcome makes a visitor with a first phone.
func (s *Store) Welcome(ctx context.Context, nickname string, token game.Token, code game.PassCode) (game.Visitor, error) {
	id, err := newID()
	if err != nil {
		return game.Visitor{}, err
	}
	now := s.now().UTC()
	th, ch := token.Hash(), code.Hash()
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Create(&visitorRow{id, nickname, ch[:], now}).Error; err != nil {
			return err
		}
		return tx.Create(&phoneRow{th[:], id, now}).Error
	})
	if err != nil {
		return game.Visitor{}, fmt.Errorf("make a visitor: %w", err)
	}
	return game.Visitor{ID: game.VisitorID(id), Nickname: nickname, Since: now}, nil
}

// Visitor finds who holds a token; game.ErrUnknown when nobody does.
func (s *Store) Visitor(ctx context.Context, token game.Token) (game.Visitor, error) {
	h := token.Hash()
	var v struct {
		ID, Nickname string
		CreatedAt    time.Time
		Listed       bool
		Points       int
	}
	err := s.read(ctx).Raw(`
		SELECT v.id, v.nickname, v.created_at, v.listed,
		       (SELECT coalesce(sum(points), 0) FROM ledger WHERE visitor_id = v.id) AS points
		FROM phones p JOIN visitors v ON v.id = p.visitor_id
		WHERE p.token_hash = ?`, h[:]).Scan(&v).Error
	if err != nil {
		return game.Visitor{}, fmt.Errorf("find the visitor of a token: %w", err)
	}
	if v.ID == "" {
		return game.Visitor{}, game.ErrUnknown
	}
	return game.Visitor{ID: game.VisitorID(v.ID), Nickname: v.Nickname, Since: v.CreatedAt, Points: v.Points, Listed: v.Listed}, nil
}

// Rename gives a visitor another nickname.
func (s *Store) Rename(ctx context.Context, id game.VisitorID, nickname string) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		r := tx.Model(&visitorRow{}).Where("id = ?", string(id)).Update("nickname", nickname)
		switch {
		case r.Error != nil:
			return r.Error
		case r.RowsAffected == 0:
			return game.ErrUnknown
		}
		return s.renamed(tx, id)
	})
	if err != nil {
		return fmt.Errorf("rename a visitor: %w", err)
	}
	return nil
}

// Erase removes a visitor and everything recorded of them.
func (s *Store) Erase(ctx context.Context, id game.VisitorID) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		err := lock(tx, id)
		if errors.Is(err, game.ErrUnknown) {
			return nil
		}
		if err != nil {
			return err
		}
		groups, err := groupsOf(tx, id)
		if err != nil {
			return err
		}
		slices.Sort(groups) // who erases two members of two groups at once locks them in one order
		if err := s.gone(tx, id); err != nil {
			return err
		}
		for _, group := range groups {
			g, err := s.lockGroup(tx, group, id)
			if errors.Is(err, game.ErrNotFound) { // removed meanwhile
				continue
			}
			if err != nil {
				return err
			}
			if err := s.exit(tx, g, id); err != nil {
				return err
			}
		}
		return tx.Delete(&visitorRow{ID: string(id)}).Error
	})
	if err != nil {
		return fmt.Errorf("erase a visitor: %w", err)
	}
	return nil
}

// lock makes the transaction wait for its turn to write what is a visitor's.
// Nobody by that id is game.ErrUnknown.
func lock(tx *gorm.DB, id game.VisitorID) error {
	var ids []string
	err := tx.Raw("SELECT id FROM visitors WHERE id = ? FOR NO KEY UPDATE", string(id)).Scan(&ids).Error
	if err == nil && len(ids) == 0 {
		return game.ErrUnknown
	}
	return err
}

// AddPhone lets another phone, by its new token, be the visitor who has the
// pass code. A code that nobody has is game.ErrPassCode.
func (s *Store) AddPhone(ctx context.Context, code game.PassCode, token game.Token) (game.Visitor, error) {
	// The hash is looked up, so how long it takes says nothing of the code.
	ch, th := code.Hash(), token.Hash()
	err := s.write(ctx, func(tx *gorm.DB) error {
		var ids []string
		err := tx.Raw("SELECT id FROM visitors WHERE pass_code_hash = ? FOR KEY SHARE", ch[:]).Scan(&ids).Error
		if err != nil {
			return err
		}
		if len(ids) == 0 {
			return game.ErrPassCode
		}
		return tx.Create(&phoneRow{th[:], ids[0], s.now().UTC()}).Error
	})
	if err != nil {
		return game.Visitor{}, fmt.Errorf("add a phone: %w", err)
	}
	return s.Visitor(ctx, token)
}

// ChangePassCode gives a visitor another pass code; the one before is nobody's.
func (s *Store) ChangePassCode(ctx context.Context, id game.VisitorID, code game.PassCode) error {
	h := code.Hash()
	r := s.read(ctx).Model(&visitorRow{}).Where("id = ?", string(id)).Update("pass_code_hash", h[:])
	if r.Error != nil {
		return fmt.Errorf("change a pass code: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return game.ErrUnknown
	}
	return nil
}

// List puts a visitor on the leaderboards, or takes them off.
func (s *Store) List(ctx context.Context, id game.VisitorID, yes bool) error {
	err := s.write(ctx, func(tx *gorm.DB) error {
		if err := lock(tx, id); err != nil {
			return err
		}
		return s.listed(tx, id, yes)
	})
	if err != nil {
		return fmt.Errorf("list a visitor: %w", err)
	}
	return nil
}

// Phones gives the times at which a visitor's phones joined them.
func (s *Store) Phones(ctx context.Context, id game.VisitorID) ([]time.Time, error) {
	var at []time.Time
	err := s.read(ctx).Model(&phoneRow{}).Where("visitor_id = ?", string(id)).Order("created_at").Pluck("created_at", &at).Error
	if err != nil {
		return nil, fmt.Errorf("read a visitor's phones: %w", err)
	}
	return at, nil
}

package store

import (
	"context"
	"fmt"
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
		Points       int
	}
	err := s.read(ctx).Raw(`
		SELECT v.id, v.nickname, v.created_at,
		       (SELECT coalesce(sum(points), 0) FROM ledger WHERE visitor_id = v.id) AS points
		FROM phones p JOIN visitors v ON v.id = p.visitor_id
		WHERE p.token_hash = ?`, h[:]).Scan(&v).Error
	if err != nil {
		return game.Visitor{}, fmt.Errorf("find the visitor of a token: %w", err)
	}
	if v.ID == "" {
		return game.Visitor{}, game.ErrUnknown
	}
	return game.Visitor{ID: game.VisitorID(v.ID), Nickname: v.Nickname, Since: v.CreatedAt, Points: v.Points}, nil
}

// Rename gives a visitor another nickname.
func (s *Store) Rename(ctx context.Context, id game.VisitorID, nickname string) error {
	r := s.read(ctx).Model(&visitorRow{}).Where("id = ?", string(id)).Update("nickname", nickname)
	if r.Error != nil {
		return fmt.Errorf("rename a visitor: %w", r.Error)
	}
	if r.RowsAffected == 0 {
		return game.ErrUnknown
	}
	return nil
}

// Erase removes a visitor and everything recorded of them.
func (s *Store) Erase(ctx context.Context, id game.VisitorID) error {
	if err := s.read(ctx).Delete(&visitorRow{ID: string(id)}).Error; err != nil {
		return fmt.Errorf("erase a visitor: %w", err)
	}
	return nil
}

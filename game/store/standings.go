package store

import (
	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// GroupID identifies a group of visitors (UUIDv7 text).
type GroupID string

// moved brings the boards up to date after lines were appended to a visitor's
// ledger: to be called last in the same transaction, which holds the lock on
// the visitor's row. The groups are all those that the visitor belongs to.
func (s *Store) moved(tx *gorm.DB, visitor game.VisitorID, groups []GroupID, lines []game.Line) error {
	return nil
}

// listed puts a visitor on the boards or takes them off (visitors.listed), in
// a transaction that holds the lock on the visitor's row.
func (s *Store) listed(tx *gorm.DB, visitor game.VisitorID, yes bool) error { return nil }

// gone takes a visitor off the boards who is about to be erased: to be called
// before their memberships and ledger are deleted, in the same transaction.
func (s *Store) gone(tx *gorm.DB, visitor game.VisitorID) error { return nil }

// joined counts a visitor's animals for a group that they have just joined.
func (s *Store) joined(tx *gorm.DB, visitor game.VisitorID, group GroupID) error { return nil }

// left no longer counts a visitor's animals for a group.
func (s *Store) left(tx *gorm.DB, visitor game.VisitorID, group GroupID) error { return nil }

// disbanded takes a group off the boards.
func (s *Store) disbanded(tx *gorm.DB, group GroupID) error { return nil }

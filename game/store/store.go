// Package store keeps the game's state in Postgres: species and rules,
// visitors, their captures and what was said of them, the ledger of points,
// groups and leaderboards. It is the only package that imports GORM, and it
// decides nothing: the rules are in package game.
//
// Every write is one transaction. A visitor's writes take turns by a lock on
// the visitor's row, so a phone that sends twice at once is answered once.
// Whatever changes what a visitor has earned goes through [Store.settle]: it
// brings the ledger to what game.Referee.Replay makes of the captures.
package store

import (
	"context"
	"fmt"
	"sync"
	"time"

	"github.com/google/uuid"
	"gorm.io/gorm"
)

// Store is safe for concurrent use; any number of processes may share a database.
type Store struct {
	db  *gorm.DB
	now func() time.Time

	mu  sync.Mutex
	zoo *Zoo // the last that was read
}

// New returns a store over a migrated database. The clock is the caller's.
func New(db *gorm.DB, now func() time.Time) *Store {
	return &Store{db: db, now: now}
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// read runs f on a connection that ctx bounds.
func (s *Store) read(ctx context.Context) *gorm.DB { return s.db.WithContext(ctx) }

// write runs f in a transaction.
func (s *Store) write(ctx context.Context, f func(tx *gorm.DB) error) error {
	return s.db.WithContext(ctx).Transaction(f)
}

// Package office keeps the zoo's staff: their accounts, the sessions of those
// who signed in, the tokens of their scripts, and the audit log of who changed
// what.
//
// An [Office] answers one question of the staff desk's routes, "who is this?",
// with a [Caller]; what a caller may do is for the routes to say, by [Role].
// Secrets are made here, given out once, and kept only as hashes; a password
// is kept as argon2id makes it. Nothing here writes a secret to a log.
package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"

	"github.com/google/uuid"
	"golang.org/x/sync/semaphore"
)

// Role says what somebody may do. Each may do what the ones before it may.
type Role string

// The roles.
const (
	Editor Role = "editor" // species, facts, pictures, trails, badges
	Keeper Role = "keeper" // teaching, captures under review
	Admin  Role = "admin"  // staff, settings, the audit log
)

// Roles lists them, each with all that those before it may do.
var Roles = []Role{Editor, Keeper, Admin}

// The ways in which a request to the office can fail.
var (
	ErrNotFound  = errors.New("no such account or token")
	ErrUnknown   = errors.New("nobody by this session or token")
	ErrWrong     = errors.New("wrong name or password")
	ErrTooOften  = errors.New("tried too often")
	ErrLink      = errors.New("the link is used, expired or was never made")
	ErrTaken     = errors.New("the name is taken")
	ErrName      = errors.New("the name must have 2 to 60 letters, digits, spaces, dots, hyphens or underscores")
	ErrRole      = errors.New("the role must be editor, keeper or admin")
	ErrLastAdmin = errors.New("the last admin would be gone")
	ErrDays      = errors.New("a token must last 1 to 3660 days")
)

// Caller is who makes a request: somebody signed in, or a script.
type Caller struct {
	Name    string
	Role    Role
	Account string    // id of the account; "" for a script
	Expires time.Time // when the session or the token ends

	session [32]byte // hash of the session's token
}

// Who names the caller in the audit log. Names of accounts have no brackets.
func (c Caller) Who() string {
	if c.Account == "" {
		return c.Name + " (script)"
	}
	return c.Name
}

// CommandLine is who acts on the machine itself.
const CommandLine = "(command line)"

// Office is safe for concurrent use; any number of processes may share a database.
type Office struct {
	db      *sql.DB
	now     func() time.Time
	hashing *semaphore.Weighted // passwords being hashed: each takes memory
}

// hashesAtOnce times the memory of one is what sign-ins take at most.
const hashesAtOnce = 4

// New returns an office over a migrated database. The clock is the caller's.
func New(db *sql.DB, now func() time.Time) *Office {
	return &Office{db, func() time.Time { return now().UTC().Truncate(time.Microsecond) }, semaphore.NewWeighted(hashesAtOnce)}
}

// Tx is as much of a transaction as writing to it takes.
type Tx interface {
	ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error)
}

// write runs f in a transaction.
func (o *Office) write(ctx context.Context, f func(tx *sql.Tx) error) error {
	tx, err := o.db.BeginTx(ctx, nil)
	if err != nil {
		return fmt.Errorf("begin: %w", err)
	}
	defer tx.Rollback() // after a commit it does nothing
	if err := f(tx); err != nil {
		return err
	}
	if err := tx.Commit(); err != nil {
		return fmt.Errorf("commit: %w", err)
	}
	return nil
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

// oneRow tells a change of one row from a change of none.
func oneRow(result sql.Result, err error) error {
	if err != nil {
		return err
	}
	if n, err := result.RowsAffected(); err != nil || n == 1 {
		return err
	}
	return ErrNotFound
}

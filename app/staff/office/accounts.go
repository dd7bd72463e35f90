package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"regexp"
	"slices"
	"time"

	"github.com/jackc/pgx/v5/pgconn"
)

// Account is somebody of the staff.
type Account struct {
	ID     string
	Name   string
	Role   Role
	Active bool
	Ready  bool // has chosen a password
	Since  time.Time
	Seen   time.Time // zero: not signed in
	Signed int       // sessions
}

var nameForm = regexp.MustCompile(`^[\p{L}\p{N}](?:[\p{L}\p{N} ._-]{0,58}[\p{L}\p{N}.])$`)

func checkName(name string) error {
	if !nameForm.MatchString(name) {
		return ErrName
	}
	return nil
}

func checkRole(r Role) error {
	if !slices.Contains(Roles, r) {
		return ErrRole
	}
	return nil
}

// taken turns the database's word for a name that is there twice into ours.
func taken(err error) error {
	var refused *pgconn.PgError
	if errors.As(err, &refused) && refused.Code == "23505" {
		return ErrTaken
	}
	return err
}

// Add makes an account, with a password or, if it is empty, without: then its
// owner chooses one by a link.
func (o *Office) Add(ctx context.Context, by, name string, role Role, password string) (Account, error) {
	if err := errors.Join(checkName(name), checkRole(role)); err != nil {
		return Account{}, err
	}
	kept := ""
	if password != "" {
		if err := CheckPassword(password, name); err != nil {
			return Account{}, err
		}
		var err error
		if kept, err = o.hash(ctx, password); err != nil {
			return Account{}, err
		}
	}
	var a Account
	err := o.write(ctx, func(tx *sql.Tx) (err error) {
		a, err = o.insert(ctx, tx, by, name, role, kept)
		return err
	})
	if err != nil {
		return Account{}, fmt.Errorf("add %s: %w", name, err)
	}
	return a, nil
}

func (o *Office) insert(ctx context.Context, tx *sql.Tx, by, name string, role Role, kept string) (Account, error) {
	id, err := newID()
	if err != nil {
		return Account{}, err
	}
	a := Account{ID: id, Name: name, Role: role, Active: true, Ready: kept != "", Since: o.now()}
	_, err = tx.ExecContext(ctx, `INSERT INTO staff (id, name, role, password, created_at) VALUES ($1, $2, $3, $4, $5)`, a.ID, a.Name, a.Role, kept, a.Since)
	if err != nil {
		return Account{}, taken(err)
	}
	// Whoever was first needs no link any more to become it.
	if _, err := tx.ExecContext(ctx, `DELETE FROM staff_links WHERE staff_id IS NULL`); err != nil {
		return Account{}, err
	}
	return a, o.Note(ctx, tx, Entry{Who: by, Action: "staff.add", Subject: name, Details: map[string]any{"role": role}})
}

const accountColumns = `s.id, s.name, s.role, s.active, s.password <> '', s.created_at, max(e.seen_at), count(e.staff_id)
	FROM staff s LEFT JOIN staff_sessions e ON e.staff_id = s.id`

func scanAccount(scan func(...any) error) (a Account, err error) {
	var seen sql.NullTime
	err = scan(&a.ID, &a.Name, &a.Role, &a.Active, &a.Ready, &a.Since, &seen, &a.Signed)
	a.Seen = seen.Time
	return a, err
}

// Accounts lists the staff by name.
func (o *Office) Accounts(ctx context.Context) ([]Account, error) {
	rows, err := o.db.QueryContext(ctx, `SELECT `+accountColumns+` GROUP BY s.id ORDER BY lower(s.name)`)
	if err != nil {
		return nil, fmt.Errorf("list the staff: %w", err)
	}
	defer rows.Close()
	accounts := []Account{}
	for rows.Next() {
		a, err := scanAccount(rows.Scan)
		if err != nil {
			return nil, fmt.Errorf("list the staff: %w", err)
		}
		accounts = append(accounts, a)
	}
	return accounts, rows.Err()
}

// Empty tells whether there is no account yet.
func (o *Office) Empty(ctx context.Context) (bool, error) {
	var any bool
	if err := o.db.QueryRowContext(ctx, `SELECT EXISTS (SELECT FROM staff)`).Scan(&any); err != nil {
		return false, fmt.Errorf("look for accounts: %w", err)
	}
	return !any, nil
}

// Change gives an account another role, or bars or admits it; what is nil
// stays. Who is barred is signed out. The last admin can neither be barred nor
// become anything else: ErrLastAdmin.
func (o *Office) Change(ctx context.Context, by, id string, role *Role, active *bool) (a Account, err error) {
	if role != nil {
		if err := checkRole(*role); err != nil {
			return Account{}, err
		}
	}
	err = o.alter(ctx, id, func(tx *sql.Tx, name string) error {
		if _, err := tx.ExecContext(ctx, `UPDATE staff SET role = coalesce($2, role), active = coalesce($3, active) WHERE id = $1`, id, role, active); err != nil {
			return err
		}
		details := map[string]any{}
		if role != nil {
			details["role"] = *role
		}
		if active != nil {
			details["active"] = *active
		}
		if active != nil && !*active {
			if err := forget(ctx, tx, id); err != nil {
				return err
			}
		}
		if err := o.Note(ctx, tx, Entry{Who: by, Action: "staff.change", Subject: name, Details: details}); err != nil {
			return err
		}
		a, err = scanAccount(tx.QueryRowContext(ctx, `SELECT `+accountColumns+` WHERE s.id = $1 GROUP BY s.id`, id).Scan)
		return err
	})
	return a, err
}

// Remove deletes an account; what it did stays in the audit log. The last
// admin stays: ErrLastAdmin.
func (o *Office) Remove(ctx context.Context, by, id string) error {
	return o.alter(ctx, id, func(tx *sql.Tx, name string) error {
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff WHERE id = $1`, id); err != nil {
			return err
		}
		return o.Note(ctx, tx, Entry{Who: by, Action: "staff.remove", Subject: name})
	})
}

// alter runs f on an account, and takes it back if no admin would be left.
// Alterations take turns, so that two admins cannot bar each other.
func (o *Office) alter(ctx context.Context, id string, f func(tx *sql.Tx, name string) error) error {
	err := o.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `LOCK TABLE staff IN SHARE ROW EXCLUSIVE MODE`); err != nil {
			return err
		}
		var name string
		switch err := tx.QueryRowContext(ctx, `SELECT name FROM staff WHERE id = $1`, id).Scan(&name); {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		}
		if err := f(tx, name); err != nil {
			return err
		}
		var admins int
		if err := tx.QueryRowContext(ctx, `SELECT count(*) FROM staff WHERE role = 'admin' AND active`).Scan(&admins); err != nil {
			return err
		}
		if admins == 0 {
			return ErrLastAdmin
		}
		return nil
	})
	if err != nil {
		return fmt.Errorf("change an account: %w", err)
	}
	return nil
}

// forget ends all sessions and links of an account.
func forget(ctx context.Context, tx Tx, id string) error {
	if _, err := tx.ExecContext(ctx, `DELETE FROM staff_sessions WHERE staff_id = $1`, id); err != nil {
		return err
	}
	_, err := tx.ExecContext(ctx, `DELETE FROM staff_links WHERE staff_id = $1`, id)
	return err
}

package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// How long a session lasts: so long without a call, and so long in all.
const (
	idleTime    = 12 * time.Hour
	SessionTime = 7 * 24 * time.Hour
	// seenEvery bounds how often a session in use is written to.
	seenEvery = time.Minute
)

// SignIn takes a name and a password and gives a new session. The session that
// the browser had before, if any, ends: nobody can prepare one for another.
// What does not fit is ErrWrong, whatever it was; too many tries are
// ErrTooOften, before the password is looked at.
func (o *Office) SignIn(ctx context.Context, name, password, address string, before Secret) (Secret, Caller, error) {
	if err := o.try(ctx, name, address); err != nil {
		return "", Caller{}, err
	}
	var a Account
	var kept string
	err := o.db.QueryRowContext(ctx, `SELECT id, name, role, password FROM staff WHERE lower(name) = lower($1) AND active`, name).Scan(&a.ID, &a.Name, &a.Role, &kept)
	if err != nil && !errors.Is(err, sql.ErrNoRows) {
		return "", Caller{}, fmt.Errorf("sign in: %w", err)
	}
	right, err := o.matches(ctx, password, kept)
	if err != nil {
		return "", Caller{}, fmt.Errorf("sign in: %w", err)
	}
	if !right {
		return "", Caller{}, ErrWrong
	}
	var session Secret
	var caller Caller
	err = o.write(ctx, func(tx *sql.Tx) (err error) {
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff_sessions WHERE token_hash = $1`, before.hash()); err != nil {
			return err
		}
		if err := o.forgive(ctx, tx, name, address); err != nil {
			return err
		}
		session, caller, err = o.begin(ctx, tx, a)
		return err
	})
	if err != nil {
		return "", Caller{}, fmt.Errorf("sign in: %w", err)
	}
	return session, caller, nil
}

// begin makes a session, and sweeps up those that ended.
func (o *Office) begin(ctx context.Context, tx *sql.Tx, a Account) (Secret, Caller, error) {
	session, now := newSecret(""), o.now()
	if _, err := tx.ExecContext(ctx, `DELETE FROM staff_sessions WHERE seen_at < $1 OR created_at < $2`, now.Add(-idleTime), now.Add(-SessionTime)); err != nil {
		return "", Caller{}, err
	}
	if _, err := tx.ExecContext(ctx, `INSERT INTO staff_sessions (token_hash, staff_id, created_at, seen_at) VALUES ($1, $2, $3, $3)`, session.hash(), a.ID, now); err != nil {
		return "", Caller{}, err
	}
	caller := Caller{Name: a.Name, Role: a.Role, Account: a.ID, Expires: now.Add(SessionTime), session: [32]byte(session.hash())}
	return session, caller, o.Note(ctx, tx, Entry{Who: a.Name, Action: "session.begin", Subject: a.Name})
}

// Session tells whose session it is; ErrUnknown if it is nobody's or ended.
func (o *Office) Session(ctx context.Context, session Secret) (Caller, error) {
	now := o.now()
	c := Caller{session: [32]byte(session.hash())}
	var begun, seen time.Time
	err := o.db.QueryRowContext(ctx, `
		SELECT s.id, s.name, s.role, e.created_at, e.seen_at FROM staff_sessions e JOIN staff s ON s.id = e.staff_id
		WHERE e.token_hash = $1 AND s.active AND e.seen_at >= $2 AND e.created_at >= $3`,
		session.hash(), now.Add(-idleTime), now.Add(-SessionTime)).Scan(&c.Account, &c.Name, &c.Role, &begun, &seen)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Caller{}, ErrUnknown
	case err != nil:
		return Caller{}, fmt.Errorf("find a session: %w", err)
	}
	c.Expires = begun.Add(SessionTime)
	if now.Sub(seen) > seenEvery {
		if _, err := o.db.ExecContext(ctx, `UPDATE staff_sessions SET seen_at = $2 WHERE token_hash = $1`, session.hash(), now); err != nil {
			return Caller{}, fmt.Errorf("keep a session: %w", err)
		}
	}
	return c, nil
}

// SignOut ends a caller's session, or all sessions of their account.
func (o *Office) SignOut(ctx context.Context, c Caller, everywhere bool) error {
	err := o.write(ctx, func(tx *sql.Tx) error {
		statement, args := `DELETE FROM staff_sessions WHERE staff_id = $1 AND token_hash = $2`, []any{c.Account, c.session[:]}
		action := "session.end"
		if everywhere {
			statement, args, action = `DELETE FROM staff_sessions WHERE staff_id = $1`, []any{c.Account}, "session.end-all"
		}
		if _, err := tx.ExecContext(ctx, statement, args...); err != nil {
			return err
		}
		return o.Note(ctx, tx, Entry{Who: c.Name, Action: action, Subject: c.Name})
	})
	if err != nil {
		return fmt.Errorf("sign out: %w", err)
	}
	return nil
}

// SetPassword gives a caller another password, if they know the one they have,
// and ends all their sessions but this.
func (o *Office) SetPassword(ctx context.Context, c Caller, old, password, address string) error {
	if err := o.try(ctx, c.Name, address); err != nil {
		return err
	}
	var kept string
	if err := o.db.QueryRowContext(ctx, `SELECT password FROM staff WHERE id = $1`, c.Account).Scan(&kept); err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	right, err := o.matches(ctx, old, kept)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	if !right {
		return ErrWrong
	}
	if err := CheckPassword(password, c.Name); err != nil {
		return err
	}
	hash, err := o.hash(ctx, password)
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	err = o.write(ctx, func(tx *sql.Tx) error {
		if _, err := tx.ExecContext(ctx, `UPDATE staff SET password = $2 WHERE id = $1`, c.Account, hash); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff_sessions WHERE staff_id = $1 AND token_hash <> $2`, c.Account, c.session[:]); err != nil {
			return err
		}
		if err := o.forgive(ctx, tx, c.Name, address); err != nil {
			return err
		}
		return o.Note(ctx, tx, Entry{Who: c.Name, Action: "staff.password", Subject: c.Name})
	})
	if err != nil {
		return fmt.Errorf("set a password: %w", err)
	}
	return nil
}

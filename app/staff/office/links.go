package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// How long a link works that nobody used.
const (
	firstLinkTime = 24 * time.Hour
	linkTime      = 7 * 24 * time.Hour
)

// FirstLink makes a link by which the first account is made; "" if there is an
// account already. It works once, and not after another way was faster.
func (o *Office) FirstLink(ctx context.Context) (Secret, error) {
	secret := newSecret("")
	result, err := o.db.ExecContext(ctx, `INSERT INTO staff_links (secret_hash, staff_id, expires_at) SELECT $1, NULL, $2 WHERE NOT EXISTS (SELECT FROM staff)`,
		secret.hash(), o.now().Add(firstLinkTime))
	switch err := oneRow(result, err); {
	case errors.Is(err, ErrNotFound):
		return "", nil
	case err != nil:
		return "", fmt.Errorf("make the first link: %w", err)
	}
	return secret, nil
}

// Link makes a link by which the owner of an account chooses a password, and
// ends the account's sessions and earlier links.
func (o *Office) Link(ctx context.Context, by, id string) (Secret, time.Time, error) {
	secret, until := newSecret(""), o.now().Add(linkTime)
	err := o.write(ctx, func(tx *sql.Tx) error {
		var name string
		switch err := tx.QueryRowContext(ctx, `SELECT name FROM staff WHERE id = $1 FOR UPDATE`, id).Scan(&name); {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		}
		if err := forget(ctx, tx, id); err != nil {
			return err
		}
		if _, err := tx.ExecContext(ctx, `INSERT INTO staff_links (secret_hash, staff_id, expires_at) VALUES ($1, $2, $3)`, secret.hash(), id, until); err != nil {
			return err
		}
		return o.Note(ctx, tx, Entry{Who: by, Action: "staff.link", Subject: name})
	})
	if err != nil {
		return "", time.Time{}, fmt.Errorf("make a link: %w", err)
	}
	return secret, until, nil
}

// Follow takes a link: the password is its owner's from now on, and they are
// signed in. The first account also takes a name. A password or name that is
// refused leaves the link as it was.
func (o *Office) Follow(ctx context.Context, link Secret, name, password string) (Secret, Caller, error) {
	var session Secret
	var caller Caller
	err := o.write(ctx, func(tx *sql.Tx) error {
		var id sql.NullString
		var owner Account
		err := tx.QueryRowContext(ctx, `
			SELECT l.staff_id, coalesce(s.name, ''), coalesce(s.role, 'admin') FROM staff_links l LEFT JOIN staff s ON s.id = l.staff_id
			WHERE l.secret_hash = $1 AND l.expires_at > $2 AND coalesce(s.active, true) FOR UPDATE OF l`, link.hash(), o.now()).Scan(&id, &owner.Name, &owner.Role)
		switch {
		case errors.Is(err, sql.ErrNoRows):
			return ErrLink
		case err != nil:
			return err
		}
		if !id.Valid {
			owner.Name = name
			if err := checkName(name); err != nil {
				return err
			}
		}
		if err := CheckPassword(password, owner.Name); err != nil {
			return err
		}
		kept, err := o.hash(ctx, password)
		if err != nil {
			return err
		}
		if id.Valid {
			owner.ID = id.String
			if _, err := tx.ExecContext(ctx, `UPDATE staff SET password = $2 WHERE id = $1`, owner.ID, kept); err != nil {
				return err
			}
			if err := forget(ctx, tx, owner.ID); err != nil {
				return err
			}
			if err := o.Note(ctx, tx, Entry{Who: owner.Name, Action: "staff.password", Subject: owner.Name}); err != nil {
				return err
			}
		} else if owner, err = o.insert(ctx, tx, owner.Name, owner.Name, Admin, kept); err != nil {
			return err
		}
		session, caller, err = o.begin(ctx, tx, owner)
		return err
	})
	if err != nil {
		return "", Caller{}, fmt.Errorf("follow a link: %w", err)
	}
	return session, caller, nil
}

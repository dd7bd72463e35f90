package office

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"time"
)

// Token is what a script signs in with, as it is listed: without its secret.
type Token struct {
	ID      string
	Name    string
	Role    Role
	Since   time.Time
	Expires time.Time
	Used    time.Time // zero: never; to the minute
}

// AddToken makes a token for a script. Its secret is given once.
func (o *Office) AddToken(ctx context.Context, by, name string, role Role, days int) (Token, Secret, error) {
	if err := errors.Join(checkName(name), checkRole(role)); err != nil {
		return Token{}, "", err
	}
	if days < 1 || days > 3660 {
		return Token{}, "", ErrDays
	}
	id, err := newID()
	if err != nil {
		return Token{}, "", err
	}
	secret, now := newSecret(scriptPrefix), o.now()
	t := Token{ID: id, Name: name, Role: role, Since: now, Expires: now.AddDate(0, 0, days)}
	err = o.write(ctx, func(tx *sql.Tx) error {
		// The name of one that is over is free again.
		if _, err := tx.ExecContext(ctx, `DELETE FROM staff_tokens WHERE lower(name) = lower($1) AND expires_at <= $2`, name, now); err != nil {
			return err
		}
		_, err := tx.ExecContext(ctx, `INSERT INTO staff_tokens (id, name, role, token_hash, created_at, expires_at) VALUES ($1, $2, $3, $4, $5, $6)`,
			t.ID, t.Name, t.Role, secret.hash(), t.Since, t.Expires)
		if err != nil {
			return taken(err)
		}
		return o.Note(ctx, tx, Entry{Who: by, Action: "token.add", Subject: name, Details: map[string]any{"role": role, "expires": t.Expires}})
	})
	if err != nil {
		return Token{}, "", fmt.Errorf("make a token: %w", err)
	}
	return t, secret, nil
}

// Tokens lists the tokens by name.
func (o *Office) Tokens(ctx context.Context) ([]Token, error) {
	rows, err := o.db.QueryContext(ctx, `SELECT id, name, role, created_at, expires_at, used_at FROM staff_tokens ORDER BY lower(name)`)
	if err != nil {
		return nil, fmt.Errorf("list the tokens: %w", err)
	}
	defer rows.Close()
	tokens := []Token{}
	for rows.Next() {
		var t Token
		var used sql.NullTime
		if err := rows.Scan(&t.ID, &t.Name, &t.Role, &t.Since, &t.Expires, &used); err != nil {
			return nil, fmt.Errorf("list the tokens: %w", err)
		}
		t.Used = used.Time
		tokens = append(tokens, t)
	}
	return tokens, rows.Err()
}

// Script tells whose token it is; ErrUnknown if it is nobody's, revoked or over.
func (o *Office) Script(ctx context.Context, token Secret) (Caller, error) {
	var c Caller
	var used sql.NullTime
	now := o.now()
	err := o.db.QueryRowContext(ctx, `SELECT name, role, expires_at, used_at FROM staff_tokens WHERE token_hash = $1 AND expires_at > $2`,
		token.hash(), now).Scan(&c.Name, &c.Role, &c.Expires, &used)
	switch {
	case errors.Is(err, sql.ErrNoRows):
		return Caller{}, ErrUnknown
	case err != nil:
		return Caller{}, fmt.Errorf("find a token: %w", err)
	}
	if now.Sub(used.Time) > seenEvery {
		if _, err := o.db.ExecContext(ctx, `UPDATE staff_tokens SET used_at = $2 WHERE token_hash = $1`, token.hash(), now); err != nil {
			return Caller{}, fmt.Errorf("find a token: %w", err)
		}
	}
	return c, nil
}

// RevokeToken ends a token, by its id or its name.
func (o *Office) RevokeToken(ctx context.Context, by, idOrName string) error {
	err := o.write(ctx, func(tx *sql.Tx) error {
		var name string
		switch err := tx.QueryRowContext(ctx, `DELETE FROM staff_tokens WHERE id::text = $1 OR lower(name) = lower($1) RETURNING name`, idOrName).Scan(&name); {
		case errors.Is(err, sql.ErrNoRows):
			return ErrNotFound
		case err != nil:
			return err
		}
		return o.Note(ctx, tx, Entry{Who: by, Action: "token.revoke", Subject: name})
	})
	if err != nil {
		return fmt.Errorf("revoke a token: %w", err)
	}
	return nil
}

package office

import (
	"context"
	"database/sql"
	"encoding/json"
	"fmt"
	"strings"
	"time"

	"github.com/jackc/pgx/v5"
)

// Entry is a line of the audit log: who did what to what.
type Entry struct {
	ID      int64
	At      time.Time
	Who     string // name of the account, the token or the command
	Action  string // "species.edit"
	Subject string // "lion"
	Details map[string]any
}

// Note writes a line into the transaction of the change that it tells of.
func (o *Office) Note(ctx context.Context, tx Tx, e Entry) error {
	if e.Details == nil {
		e.Details = map[string]any{}
	}
	details, err := json.Marshal(e.Details)
	if err == nil {
		_, err = tx.ExecContext(ctx, `INSERT INTO audit (at, who, action, subject, details) VALUES ($1, $2, $3, $4, $5)`,
			o.now(), e.Who, e.Action, e.Subject, string(details))
	}
	if err != nil {
		return fmt.Errorf("write the audit log: %w", err)
	}
	return nil
}

// Filter picks lines of the audit log; what is zero picks all.
type Filter struct {
	Who     string // name, however it is spelt
	Action  string // an action, or its first word: "species"
	Subject string
	From    time.Time
	Until   time.Time
	Before  int64 // lines older than this one
	Limit   int
}

// Log gives lines of the audit log, the latest first, and whether there are
// more.
func (o *Office) Log(ctx context.Context, f Filter) (entries []Entry, more bool, err error) {
	where, args := []string{"true"}, []any{}
	add := func(condition string, arg any) {
		args = append(args, arg)
		where = append(where, fmt.Sprintf(condition, len(args)))
	}
	if f.Who != "" {
		add("lower(who) = lower($%d)", f.Who)
	}
	if f.Action != "" {
		add("(action = $%[1]d OR starts_with(action, $%[1]d || '.'))", f.Action)
	}
	if f.Subject != "" {
		add("subject = $%d", f.Subject)
	}
	if !f.From.IsZero() {
		add("at >= $%d", f.From)
	}
	if !f.Until.IsZero() {
		add("at < $%d", f.Until)
	}
	if f.Before > 0 {
		add("id < $%d", f.Before)
	}
	args = append(args, f.Limit+1)
	rows, err := o.db.QueryContext(ctx, fmt.Sprintf(`SELECT id, at, who, action, subject, details FROM audit WHERE %s ORDER BY id DESC LIMIT $%d`,
		strings.Join(where, " AND "), len(args)), args...)
	if err != nil {
		return nil, false, fmt.Errorf("read the audit log: %w", err)
	}
	defer rows.Close()
	for rows.Next() {
		var e Entry
		var details []byte
		if err := rows.Scan(&e.ID, &e.At, &e.Who, &e.Action, &e.Subject, &details); err != nil {
			return nil, false, fmt.Errorf("read the audit log: %w", err)
		}
		if err := json.Unmarshal(details, &e.Details); err != nil {
			return nil, false, fmt.Errorf("read the audit log: %w", err)
		}
		entries = append(entries, e)
	}
	if err := rows.Err(); err != nil {
		return nil, false, fmt.Errorf("read the audit log: %w", err)
	}
	if len(entries) > f.Limit {
		return entries[:f.Limit], true, nil
	}
	return entries, false, nil
}

// PgxTx is a transaction of pgx as a Tx.
type PgxTx struct{ pgx.Tx }

// ExecContext implements Tx; it gives no result.
func (t PgxTx) ExecContext(ctx context.Context, query string, args ...any) (sql.Result, error) {
	_, err := t.Exec(ctx, query, args...)
	return nil, err
}

// Package database opens Postgres: the one that an address names, or our own.
//
// Our own needs nothing installed. PostgreSQL's programs are fetched once into
// a cache folder; a child process of ours (child.go) starts the server on files
// in the data folder and stops it when we are gone, however we went. Postgres
// refuses to run as root, so under root that child is an unprivileged user.
//
// A program that opens its own Postgres calls [RunChildIfAsked] first thing in
// main. Then: [Open], [Database.Migrate], [Database.Gorm], [Database.Close].
// Passwords and query parameters are in no log line and in no error.
package database

import (
	"context"
	"database/sql"
	"errors"
	"fmt"
	"log/slog"
	"net"
	"strings"
	"sync"
	"time"

	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgconn"
	"github.com/jackc/pgx/v5/pgtype"
	"github.com/jackc/pgx/v5/stdlib"
	"gorm.io/driver/postgres"
	"gorm.io/gorm"
)

const (
	maxConnections = 20 // of one replica; Postgres allows 100 by default
	connectTimeout = 10 * time.Second
	slowQuery      = time.Second
)

// Options say which Postgres to open.
type Options struct {
	URL    string       // postgres://user:password@host:port/name; "" for our own
	Folder string       // data folder of our own; "" for DefaultFolder()
	Log    *slog.Logger // nil for slog.Default()

	// Temporary empties our own database at the end, even that of a killed process.
	Temporary bool
}

// Database is an open Postgres with its pool of connections.
type Database struct {
	url      string
	password string
	pool     *sql.DB
	gorm     *gorm.DB
	own      *server // nil when a URL was given
	log      *slog.Logger

	closing sync.Once
	closed  error
}

// Open connects to Postgres, and starts it first where it is our own.
// An error is one sentence that a person can act upon.
func Open(ctx context.Context, o Options) (*Database, error) {
	if o.Log == nil {
		o.Log = slog.Default()
	}
	d := &Database{url: o.URL, log: o.Log}
	if d.url == "" {
		own, err := startServer(ctx, o)
		if err != nil {
			return nil, err
		}
		d.own, d.url = own, own.url
	}
	if err := d.connect(ctx); err != nil {
		return nil, errors.Join(err, d.Close())
	}
	return d, nil
}

func (d *Database) connect(ctx context.Context) error {
	config, err := pgx.ParseConfig(d.url)
	if err != nil { // its text quotes the address
		return errors.New("the database address is not valid: it should read postgres://user:password@host:port/name")
	}
	d.password = config.Password
	if config.ConnectTimeout == 0 {
		config.ConnectTimeout = connectTimeout
	}
	config.RuntimeParams["timezone"] = "UTC"
	if config.RuntimeParams["application_name"] == "" {
		config.RuntimeParams["application_name"] = "zoodex"
	}

	d.pool = stdlib.OpenDB(*config, stdlib.OptionAfterConnect(readTimesAsUTC))
	d.pool.SetMaxOpenConns(maxConnections)
	d.pool.SetMaxIdleConns(maxConnections / 2)
	d.pool.SetConnMaxIdleTime(5 * time.Minute)
	d.pool.SetConnMaxLifetime(time.Hour)
	if err := d.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("cannot open database %q at %s as user %q: %s", config.Database,
			net.JoinHostPort(config.Host, fmt.Sprint(config.Port)), config.User, reason(err, d.password))
	}

	// pgx keeps prepared statements for each connection, so gorm need not.
	d.gorm, err = gorm.Open(postgres.New(postgres.Config{Conn: d.pool}), &gorm.Config{
		TranslateError: true,
		NowFunc:        func() time.Time { return time.Now().UTC().Truncate(time.Microsecond) }, // as Postgres keeps it
		Logger:         slowQueries{d.log},
	})
	if err != nil {
		return fmt.Errorf("open the database: %w", err)
	}
	return nil
}

func readTimesAsUTC(_ context.Context, c *pgx.Conn) error {
	c.TypeMap().RegisterType(&pgtype.Type{
		Name: "timestamptz", OID: pgtype.TimestamptzOID,
		Codec: &pgtype.TimestamptzCodec{ScanLocation: time.UTC},
	})
	return nil
}

// reason is the cause of a failed connection in a few words, without the password.
func reason(err error, password string) string {
	var refused *pgconn.PgError
	var unknown *net.DNSError
	var network *net.OpError
	text := err.Error()
	switch {
	case errors.As(err, &refused):
		text = refused.Message
	case errors.As(err, &unknown):
		text = unknown.Err
	case errors.As(err, &network):
		text = network.Err.Error()
	case errors.Is(err, context.DeadlineExceeded):
		text = "no answer in time"
	}
	if password != "" {
		text = strings.ReplaceAll(text, password, "…")
	}
	return strings.Join(strings.Fields(text), " ")
}

// Gorm is the handle for rows. Times are written and read as UTC, errors are
// translated (gorm.ErrDuplicatedKey, …), parameters are never logged.
func (d *Database) Gorm() *gorm.DB { return d.gorm }

// SQL is the pool for hand-written SQL. Times are read as UTC.
func (d *Database) SQL() *sql.DB { return d.pool }

// URL is the address for connections outside of the pool, as LISTEN needs one.
// It holds the password: never log it.
func (d *Database) URL() string { return d.url }

// Ping tells whether the database answers.
func (d *Database) Ping(ctx context.Context) error {
	if err := d.pool.PingContext(ctx); err != nil {
		return fmt.Errorf("the database does not answer: %s", reason(err, d.password))
	}
	return nil
}

// Close ends the pool, then stops Postgres if it is our own.
func (d *Database) Close() error {
	d.closing.Do(func() {
		if d.pool != nil {
			d.closed = d.pool.Close()
		}
		if d.own != nil {
			d.closed = errors.Join(d.closed, d.own.stop())
		}
	})
	return d.closed
}

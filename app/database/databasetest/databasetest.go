// Package databasetest gives each test an empty Postgres database of its own.
//
// The server is the one that $ZOODEX_TEST_DATABASE_URL names (its user must be
// allowed to create databases), or our own in a temporary folder: started at the
// first use, shared by the tests of one package, and gone with their process.
// A package that uses it hands over its TestMain:
//
//	func TestMain(m *testing.M) { os.Exit(databasetest.Main(m)) }
package databasetest

import (
	"context"
	"fmt"
	"io/fs"
	"log/slog"
	"net/url"
	"os"
	"sync"
	"testing"

	"github.com/jackc/pgx/v5"

	"github.com/zoodex/zoodex/app/database"
)

// Main runs the tests, then stops the server. It returns the exit code.
func Main(m *testing.M) int {
	database.RunChildIfAsked()
	code := m.Run()
	if err := shared.stop(); err != nil {
		fmt.Fprintln(os.Stderr, err)
		code = max(code, 1)
	}
	return code
}

// URL is the address of a new, empty database, which goes when the test ends.
func URL(t testing.TB) string {
	t.Helper()
	server, err := shared.url()
	if err != nil {
		t.Fatalf("a database for tests: %v", err)
	}
	name := shared.name()
	if err := execute(server, "CREATE DATABASE "+name); err != nil {
		t.Fatalf("a database for tests: %v", err)
	}
	t.Cleanup(func() {
		if err := execute(server, "DROP DATABASE "+name+" WITH (FORCE)"); err != nil {
			t.Errorf("remove the database of the test: %v", err)
		}
	})
	u, err := url.Parse(server)
	if err != nil {
		t.Fatal("$ZOODEX_TEST_DATABASE_URL should read postgres://user:password@host:port/name")
	}
	u.Path = "/" + name
	return u.String()
}

// Open opens a new database with the schema of fsys, until the test ends.
func Open(t testing.TB, fsys fs.FS) *database.Database {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: URL(t), Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if err := db.Close(); err != nil {
			t.Error(err)
		}
	})
	if err := db.Migrate(t.Context(), fsys); err != nil {
		t.Fatal(err)
	}
	return db
}

func execute(server, statement string) error {
	ctx := context.Background()
	c, err := pgx.Connect(ctx, server)
	if err != nil {
		return err
	}
	defer c.Close(ctx)
	_, err = c.Exec(ctx, statement)
	return err
}

// server is started at the first use, and counts the databases it has given.
type server struct {
	mu     sync.Mutex
	given  int
	own    *database.Database
	folder string
}

var shared server

func (s *server) url() (string, error) {
	if u := os.Getenv("ZOODEX_TEST_DATABASE_URL"); u != "" {
		return u, nil
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		folder, err := os.MkdirTemp("", "zoodex-test-")
		if err != nil {
			return "", err
		}
		own, err := database.Open(context.Background(), database.Options{Folder: folder, Temporary: true, Log: slog.New(slog.NewTextHandler(os.Stderr, nil))})
		if err != nil {
			os.RemoveAll(folder)
			return "", err
		}
		s.own, s.folder = own, folder
	}
	return s.own.URL(), nil
}

func (s *server) name() string {
	s.mu.Lock()
	defer s.mu.Unlock()
	s.given++
	return fmt.Sprintf("zoodex_test_%d_%d", os.Getpid(), s.given)
}

func (s *server) stop() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.own == nil {
		return nil
	}
	err := s.own.Close()
	s.own = nil
	if removed := os.RemoveAll(s.folder); err == nil {
		err = removed
	}
	return err
}

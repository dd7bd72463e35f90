package database_test

import (
	"bufio"
	"bytes"
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/exec"
	"os/signal"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

func TestMain(m *testing.M) {
	database.RunChildIfAsked()
	if what := os.Getenv("ZOODEX_TEST_HELPER"); what != "" {
		if err := help(what); err != nil {
			fmt.Println(err)
			os.Exit(1)
		}
		os.Exit(0)
	}
	os.Exit(databasetest.Main(m))
}

// help is what the test program does as another process:
//
//	serve   opens the database in $FOLDER ($TEMPORARY or not), writes rows until
//	        it is killed and prints the number of each when it is safe; an
//	        interrupt ends it
//	migrate brings $URL to the schema slowly
func help(what string) error {
	ctx := context.Background()
	interrupted := make(chan os.Signal, 1)
	signal.Notify(interrupted, os.Interrupt)
	switch what {
	case "serve":
		db, err := database.Open(ctx, database.Options{
			Folder: os.Getenv("FOLDER"), Temporary: os.Getenv("TEMPORARY") != "", Log: slog.New(slog.DiscardHandler),
		})
		if err != nil {
			return err
		}
		if err := db.Gorm().Exec("CREATE TABLE IF NOT EXISTS rows (n int PRIMARY KEY)").Error; err != nil {
			return err
		}
		for n := 1; ; n++ {
			select {
			case <-interrupted:
				time.Sleep(300 * time.Millisecond) // the last requests take a while
				if err := db.Ping(ctx); err != nil {
					return err
				}
				fmt.Println("answered after the interrupt")
				return db.Close()
			default:
			}
			if err := db.Gorm().Exec("INSERT INTO rows VALUES (?)", n).Error; err != nil {
				return err
			}
			fmt.Println(n)
		}
	case "migrate":
		db, err := database.Open(ctx, database.Options{URL: os.Getenv("URL"), Log: slog.New(slog.DiscardHandler)})
		if err != nil {
			return err
		}
		defer db.Close()
		return db.Migrate(ctx, slowSchema)
	}
	return fmt.Errorf("unknown helper %q", what)
}

// helper is a process of this test program in a process group of its own.
type helper struct {
	*exec.Cmd
	lines *bufio.Scanner
}

func startHelper(t *testing.T, what string, environment ...string) *helper {
	t.Helper()
	h := &helper{Cmd: exec.Command(os.Args[0])}
	h.Env = append(os.Environ(), append(environment, "ZOODEX_TEST_HELPER="+what)...)
	h.SysProcAttr = &syscall.SysProcAttr{Setpgid: true}
	out, err := h.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	h.lines = bufio.NewScanner(out)
	if err := h.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() {
		if h.ProcessState == nil {
			h.Process.Kill()
			h.Wait()
		}
	})
	return h
}

// await reads what the helper prints up to the line.
func (h *helper) await(t *testing.T, line string) {
	t.Helper()
	var seen []string
	for h.lines.Scan() {
		if h.lines.Text() == line {
			return
		}
		seen = append(seen, h.lines.Text())
	}
	t.Fatalf("the other process ended without %q after %q", line, seen[max(0, len(seen)-3):])
}

// rest reads what the helper still prints until it ends, and returns the last line.
func (h *helper) rest() (last string, err error) {
	for h.lines.Scan() {
		last = h.lines.Text()
	}
	return last, h.Wait()
}

// open opens our own Postgres in the folder until the test ends.
func open(t *testing.T, folder string) *database.Database {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{Folder: folder, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func ask[T any](t *testing.T, db *database.Database, query string, args ...any) T {
	t.Helper()
	var answer T
	if err := db.Gorm().Raw(query, args...).Scan(&answer).Error; err != nil {
		t.Fatalf("%s: %v", query, err)
	}
	return answer
}

func do(t *testing.T, db *database.Database, statement string, args ...any) {
	t.Helper()
	if err := db.Gorm().Exec(statement, args...).Error; err != nil {
		t.Fatalf("%s: %v", statement, err)
	}
}

// notebook is a log that a test reads.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

var _ io.Writer = (*notebook)(nil)

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notebook) has(s string) bool {
	n.mu.Lock()
	defer n.mu.Unlock()
	return strings.Contains(n.text.String(), s)
}

func (n *notebook) log() *slog.Logger { return slog.New(slog.NewTextHandler(n, nil)) }

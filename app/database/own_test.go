package database_test

import (
	"context"
	"errors"
	"fmt"
	"io/fs"
	"log/slog"
	"os"
	"os/exec"
	"path/filepath"
	"strconv"
	"strings"
	"syscall"
	"testing"
	"time"

	"github.com/jackc/pgx/v5"

	"github.com/zoodex/zoodex/app/database"
)

func TestASecondStartKeepsTheData(t *testing.T) {
	folder := filepath.Join(t.TempDir(), "a zoo's data")
	begin := time.Now()
	db := open(t, folder)
	first := time.Since(begin)
	do(t, db, "CREATE TABLE animals (name text)")
	do(t, db, "INSERT INTO animals VALUES (?)", "Löwe")
	if err := db.Close(); err != nil {
		t.Fatal(err)
	}

	begin = time.Now()
	db = open(t, folder)
	t.Logf("first start %v, second %v", first, time.Since(begin))
	if got := ask[string](t, db, "SELECT upper(name) FROM animals"); got != "LÖWE" {
		t.Errorf("animal = %q", got)
	}
	for setting, want := range map[string]string{"fsync": "on", "full_page_writes": "on", "synchronous_commit": "on", "timezone": "UTC"} {
		if got := ask[string](t, db, "SELECT current_setting(?)", setting); got != want {
			t.Errorf("%s = %s, want %s", setting, got, want)
		}
	}
}

func TestThePasswordStaysInItsFile(t *testing.T) {
	var notes notebook
	folder := t.TempDir()
	db, err := database.Open(t.Context(), database.Options{Folder: folder, Log: notes.log()})
	if err != nil {
		t.Fatal(err)
	}
	password, err := os.ReadFile(filepath.Join(folder, "password"))
	if err != nil || len(password) < 20 {
		t.Fatalf("password of %d bytes, %v", len(password), err)
	}
	if info, err := os.Stat(filepath.Join(folder, "password")); err != nil || info.Mode().Perm() != 0o600 {
		t.Errorf("mode of the password file = %v, %v", info.Mode(), err)
	}
	db.Gorm().Exec("nonsense")
	db.Close()

	if notes.has(string(password)) || !notes.has("database ready") {
		t.Errorf("log:\n%s", notes.text.String())
	}
	err = filepath.WalkDir(folder, func(path string, e fs.DirEntry, err error) error {
		if err != nil || !e.Type().IsRegular() || e.Name() == "password" {
			return err
		}
		text, err := os.ReadFile(path)
		if strings.Contains(string(text), string(password)) {
			t.Errorf("%s holds the password", path)
		}
		return err
	})
	if err != nil {
		t.Error(err)
	}
}

func TestASecondStartOnTheSameFolderIsRefused(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	other := startHelper(t, "serve", "FOLDER="+folder)
	said, err := other.rest()
	want := fmt.Sprintf("zoodex is already running on %s (process %d)", folder, os.Getpid())
	if said != want || err == nil {
		t.Errorf("it said %q (%v), want %q", said, err, want)
	}
	if err := db.Ping(t.Context()); err != nil {
		t.Error(err)
	}
}

func TestTwoFoldersAtOnce(t *testing.T) {
	a, b := open(t, t.TempDir()), open(t, t.TempDir())
	do(t, a, "CREATE TABLE only_here ()")
	if ask[bool](t, b, "SELECT to_regclass('only_here') IS NOT NULL") {
		t.Error("both are the same database")
	}
}

func TestAKilledProcessLosesNothing(t *testing.T) {
	folder := t.TempDir()
	for round := range 3 {
		h := startHelper(t, "serve", "FOLDER="+folder)
		if round > 0 { // the rows are there already: start afresh
			h.Process.Kill()
			h.Wait()
			db := open(t, folder)
			do(t, db, "DROP TABLE rows")
			db.Close()
			h = startHelper(t, "serve", "FOLDER="+folder)
		}
		h.await(t, "50")
		h.Process.Kill()
		last, _ := h.rest()
		if last == "" {
			last = "50"
		}

		db := open(t, folder) // at once, while the old Postgres still stops
		written := ask[int](t, db, "SELECT count(*) FROM rows")
		if safe, err := strconv.Atoi(last); err != nil || written < safe {
			t.Errorf("%d rows, but %q were safe", written, last)
		}
		db.Close()
	}
}

func TestATemporaryDatabaseGoesEvenWithAKilledProcess(t *testing.T) {
	folder := t.TempDir()
	h := startHelper(t, "serve", "FOLDER="+folder, "TEMPORARY=yes")
	h.await(t, "1")
	h.Process.Kill()
	h.rest()
	deadline := time.Now().Add(10 * time.Second)
	for {
		left, err := os.ReadDir(filepath.Join(folder, "postgres"))
		if err == nil && len(left) == 0 {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("left: %v, %v", left, err)
		}
		time.Sleep(50 * time.Millisecond)
	}
}

func TestAnOrphanedPostgresIsReplaced(t *testing.T) {
	folder := t.TempDir()
	h := startHelper(t, "serve", "FOLDER="+folder)
	h.await(t, "1")
	old := postmaster(t, folder)
	for _, keeper := range children(t, h.Process.Pid) { // as when the machine runs out of memory
		if err := syscall.Kill(keeper, syscall.SIGKILL); err != nil {
			t.Fatal(err)
		}
	}
	h.Process.Kill()
	h.rest()
	if err := syscall.Kill(old, 0); err != nil {
		t.Fatalf("the old Postgres should still run: %v", err)
	}

	var notes notebook
	db, err := database.Open(t.Context(), database.Options{Folder: folder, Log: notes.log()})
	if err != nil {
		t.Fatal(err)
	}
	defer db.Close()
	if n := ask[int](t, db, "SELECT count(*) FROM rows"); n < 1 {
		t.Errorf("%d rows", n)
	}
	if postmaster(t, folder) == old || !notes.has("stopping the database of an earlier run") {
		t.Errorf("log:\n%s", notes.text.String())
	}
}

func TestAProcessNumberUsedAgainIsNoObstacle(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	stranger := exec.Command("sleep", "60") // as the user that runs Postgres
	if info, err := os.Stat(filepath.Join(folder, "postgres", "data")); err != nil {
		t.Fatal(err)
	} else if s := info.Sys().(*syscall.Stat_t); int(s.Uid) != os.Geteuid() {
		stranger.SysProcAttr = &syscall.SysProcAttr{Credential: &syscall.Credential{Uid: s.Uid, Gid: s.Gid}}
	}
	stranger.Dir = "/"
	note := filepath.Join(folder, "postgres", "data", "postmaster.pid")
	text, err := os.ReadFile(note)
	if err != nil {
		t.Fatal(err)
	}
	db.Close()
	if err := stranger.Start(); err != nil {
		t.Fatal(err)
	}
	defer func() { stranger.Process.Kill(); stranger.Wait() }()
	_, rest, _ := strings.Cut(string(text), "\n")
	if err := os.WriteFile(note, fmt.Appendf(nil, "%d\n%s", stranger.Process.Pid, rest), 0o644); err != nil {
		t.Fatal(err)
	}

	open(t, folder)
	if err := stranger.Process.Signal(syscall.Signal(0)); err != nil {
		t.Errorf("the stranger was harmed: %v", err)
	}
}

func TestPostgresIsStartedAgainWhenItDies(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	do(t, db, "CREATE TABLE kept ()")
	if err := syscall.Kill(postmaster(t, folder), syscall.SIGKILL); err != nil {
		t.Fatal(err)
	}
	time.Sleep(time.Second)
	deadline := time.Now().Add(20 * time.Second)
	for db.Ping(t.Context()) != nil {
		if time.Now().After(deadline) {
			t.Fatal("it did not come back")
		}
		time.Sleep(100 * time.Millisecond)
	}
	if !ask[bool](t, db, "SELECT to_regclass('kept') IS NOT NULL") {
		t.Error("the table is gone")
	}
	if err := db.Close(); err != nil {
		t.Error(err)
	}
}

func TestCtrlCReachesRequestsBeforeTheDatabase(t *testing.T) {
	h := startHelper(t, "serve", "FOLDER="+t.TempDir())
	h.await(t, "1")
	syscall.Kill(-h.Process.Pid, syscall.SIGINT) // what a terminal does
	if last, err := h.rest(); last != "answered after the interrupt" || err != nil {
		t.Errorf("it said %q, %v", last, err)
	}
}

func TestGivingUpWhileStartingLeavesNothingBehind(t *testing.T) {
	folder := t.TempDir()
	for _, after := range []time.Duration{0, 10 * time.Millisecond, 100 * time.Millisecond, 400 * time.Millisecond} {
		ctx, cancel := context.WithTimeout(t.Context(), after)
		db, err := database.Open(ctx, database.Options{Folder: folder, Log: slog.New(slog.DiscardHandler)})
		cancel()
		if err == nil {
			db.Close()
		} else if !errors.Is(err, context.DeadlineExceeded) {
			t.Errorf("after %v: %v", after, err)
		}
	}
	do(t, open(t, folder), "CREATE TABLE works ()")
}

func TestAnUnfinishedDatabaseIsMadeAgain(t *testing.T) {
	folder := t.TempDir()
	open(t, folder).Close()
	own := filepath.Join(folder, "postgres")
	if err := os.RemoveAll(filepath.Join(own, "data", "base")); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(filepath.Join(own, "unfinished"), nil, 0o644); err != nil {
		t.Fatal(err)
	}
	do(t, open(t, folder), "CREATE TABLE works ()")
}

func TestDataOfAnotherKindIsNotTouched(t *testing.T) {
	for name, c := range map[string]struct{ content, want string }{
		"PG_VERSION": {"12\n", "is of PostgreSQL 12"},
		"diary.txt":  {"dear diary", "is not a database"},
	} {
		t.Run(name, func(t *testing.T) {
			folder := t.TempDir()
			file := filepath.Join(folder, "postgres", "data", name)
			if err := os.MkdirAll(filepath.Dir(file), 0o755); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(file, []byte(c.content), 0o644); err != nil {
				t.Fatal(err)
			}
			if err := os.WriteFile(filepath.Join(folder, "password"), []byte("secret"), 0o600); err != nil {
				t.Fatal(err)
			}
			_, err := database.Open(t.Context(), database.Options{Folder: folder, Log: slog.New(slog.DiscardHandler)})
			if err == nil || !strings.Contains(err.Error(), filepath.Dir(file)) || !strings.Contains(err.Error(), c.want) || strings.Contains(err.Error(), "\n") {
				t.Errorf("error = %v", err)
			}
			if got, err := os.ReadFile(file); err != nil || string(got) != c.content {
				t.Errorf("the file now holds %q, %v", got, err)
			}
		})
	}
}

func TestABrokenDatabaseIsKeptAndExplained(t *testing.T) {
	folder := t.TempDir()
	open(t, folder).Close()
	if err := os.Remove(filepath.Join(folder, "postgres", "data", "global", "pg_control")); err != nil {
		t.Fatal(err)
	}
	_, err := database.Open(t.Context(), database.Options{Folder: folder, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.Contains(err.Error(), "pg_control") || strings.Contains(err.Error(), "shared_buffers") {
		t.Errorf("error = %v", err)
	}
	if _, err := os.Stat(filepath.Join(folder, "postgres", "data", "base")); err != nil {
		t.Errorf("the rest of it is gone: %v", err)
	}
}

func TestAMissingPasswordIsNamed(t *testing.T) {
	folder := t.TempDir()
	open(t, folder).Close()
	file := filepath.Join(folder, "password")
	if err := os.Remove(file); err != nil {
		t.Fatal(err)
	}
	_, err := database.Open(t.Context(), database.Options{Folder: folder, Log: slog.New(slog.DiscardHandler)})
	if err == nil || !strings.HasPrefix(err.Error(), file+" is missing") {
		t.Errorf("error = %v", err)
	}
}

func TestTheServerLogDoesNotShowWhatWasSent(t *testing.T) {
	folder := t.TempDir()
	db := open(t, folder)
	do(t, db, "CREATE TABLE tokens (token text PRIMARY KEY)")
	for range 2 {
		db.Gorm().Exec("INSERT INTO tokens VALUES (?)", "very-secret")
	}
	c, err := pgx.Connect(t.Context(), db.URL()) // as LISTEN does
	if err != nil {
		t.Fatal(err)
	}
	c.Close(t.Context())
	db.Close()
	logs, err := filepath.Glob(filepath.Join(folder, "postgres", "log", "*"))
	if err != nil || len(logs) != 1 {
		t.Fatalf("logs %v, %v", logs, err)
	}
	text, err := os.ReadFile(logs[0])
	if err != nil || !strings.Contains(string(text), "duplicate key") || strings.Contains(string(text), "very-secret") {
		t.Errorf("%v, log:\n%s", err, text)
	}
}

func postmaster(t *testing.T, folder string) int {
	t.Helper()
	text, err := os.ReadFile(filepath.Join(folder, "postgres", "data", "postmaster.pid"))
	if err != nil {
		t.Fatal(err)
	}
	line, _, _ := strings.Cut(string(text), "\n")
	pid, err := strconv.Atoi(line)
	if err != nil || pid < 2 {
		t.Fatalf("process %q of Postgres", line)
	}
	return pid
}

func children(t *testing.T, of int) (pids []int) {
	t.Helper()
	table, err := exec.Command("ps", "-A", "-o", "pid=,ppid=").Output()
	if err != nil {
		t.Fatal(err)
	}
	for line := range strings.Lines(string(table)) {
		var pid, parent int
		if n, _ := fmt.Sscan(line, &pid, &parent); n == 2 && parent == of {
			pids = append(pids, pid)
		}
	}
	if len(pids) == 0 {
		t.Fatal("the process has no child")
	}
	return pids
}

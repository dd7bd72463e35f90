package database

import (
	"bufio"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"net"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strconv"
	"strings"
	"syscall"
	"time"

	embedded "github.com/fergusstrange/embedded-postgres"
	"github.com/jackc/pgx/v5"
)

const (
	version       = embedded.PostgresVersion("17.9.0")
	downloadSize  = "15 MB"
	childVariable = "ZOODEX_DATABASE_CHILD" // names the re-executed self

	startTimeout = 20 * time.Second // to accept us, once it runs

	logFileSize = "4MB"
	logFiles    = 5 // older ones are removed
)

// settings suit a small machine. Durability is never traded away. What visitors
// sent does not get into the server's log: terse leaves out the values of keys.
var settings = map[string]string{
	"listen_addresses":        "127.0.0.1",
	"unix_socket_directories": "",
	"max_connections":         "100",
	"shared_buffers":          "96MB",
	"jit":                     "off",
	"fsync":                   "on",
	"logging_collector":       "on",
	"log_directory":           "../log",
	"log_filename":            "postgres-%Y-%m-%d-%H%M%S.log",
	"log_rotation_size":       logFileSize,
	"log_rotation_age":        "0",
	"log_error_verbosity":     "terse",
	"log_timezone":            "UTC",
}

// RunChildIfAsked does nothing, except in the process that [Open] started to look
// after Postgres: there it does that and never returns. Call it first thing in
// main, and in the TestMain of tests that open a database.
func RunChildIfAsked() {
	if os.Getenv(childVariable) == "" {
		return
	}
	os.Unsetenv(childVariable)
	// The parent decides when to stop. Only a SIGTERM to this very process counts.
	signal.Ignore(syscall.SIGINT, syscall.SIGHUP, syscall.SIGPIPE)
	terminated := make(chan os.Signal, 1)
	signal.Notify(terminated, syscall.SIGTERM)

	input := bufio.NewReader(os.Stdin)
	var o order
	line, err := input.ReadBytes('\n')
	if err == nil {
		err = json.Unmarshal(line, &o)
	}
	if err != nil {
		tell(report{Error: "the database process was started without an order"})
		os.Exit(1)
	}

	stop := make(chan struct{})
	go func() {
		defer close(stop)
		gone := make(chan struct{})
		go func() {
			io.Copy(io.Discard, input) // until the parent closes it or dies
			close(gone)
		}()
		select {
		case <-gone:
		case <-terminated:
		}
	}()
	if err := (&keeper{order: o, stop: stop}).run(); err != nil && !errors.Is(err, errStopped) {
		tell(report{Error: err.Error()})
		os.Exit(1)
	}
	os.Exit(0)
}

func tell(r report) { json.NewEncoder(os.Stdout).Encode(r) }

// keeper runs Postgres in the child's folder:
//
//	lock        held until Postgres has stopped
//	data/       the database
//	unfinished  there until the database has been made once
//	log/        Postgres' own log
//	run/, tmp/  nothing of value
type keeper struct {
	order
	stop <-chan struct{}
}

var errStopped = errors.New("stopped while starting")

func (k *keeper) path(name string) string { return filepath.Join(k.Folder, name) }
func (k *keeper) programs() string        { return filepath.Join(k.Cache, "postgresql-"+string(version)) }

func (k *keeper) run() error {
	// Of a parent killed a moment ago, the child may still be stopping its Postgres.
	lock, err := k.lock(k.path("lock"), "waiting for the database of an earlier run to stop")
	if err != nil {
		return err
	}
	defer lock.Close()
	if k.Temporary {
		defer k.empty()
	}

	for _, scratch := range []string{"tmp", "run"} {
		if err := errors.Join(os.RemoveAll(k.path(scratch)), os.MkdirAll(k.path(scratch), 0o700)); err != nil {
			return fmt.Errorf("database folder: %w", err)
		}
	}
	os.Setenv("TMPDIR", k.path("tmp"))
	os.Setenv("PGCTLTIMEOUT", "600") // recovery after a power cut takes what it takes

	if err := k.stopOrphan(); err != nil {
		return err
	}
	postgres, port, err := k.start(0)
	if err != nil {
		return err
	}
	tell(report{Port: port})
	debug.FreeOSMemory() // the download went through memory

	look := time.NewTicker(2 * time.Second)
	defer look.Stop()
	for {
		k.removeOldLogs()
		select {
		case <-look.C:
			if k.running() {
				continue
			}
			tell(report{Note: "the database ended by itself, starting it again"})
			if err := k.stopOrphan(); err != nil {
				return err
			}
			if postgres, _, err = k.start(port); err != nil {
				return err
			}
		case <-k.stop:
			if err := postgres.Stop(); err != nil {
				return fmt.Errorf("stop postgres: %w", err)
			}
			return nil
		}
	}
}

// empty removes all that is in the folder; the folder itself may be in root's.
func (k *keeper) empty() {
	entries, _ := os.ReadDir(k.Folder)
	for _, e := range entries {
		os.RemoveAll(k.path(e.Name()))
	}
}

// lock waits for a file's lock for as long as anybody wants us.
func (k *keeper) lock(name, note string) (*os.File, error) {
	f, err := os.OpenFile(name, os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("database folder: %w", err)
	}
	for begin := time.Now(); ; {
		err := syscall.Flock(int(f.Fd()), syscall.LOCK_EX|syscall.LOCK_NB)
		switch {
		case err == nil:
			return f, nil
		case !errors.Is(err, syscall.EWOULDBLOCK) && !errors.Is(err, syscall.EINTR):
			f.Close()
			return nil, fmt.Errorf("lock %s: %w", name, err)
		case note != "" && time.Since(begin) > time.Second:
			tell(report{Note: note})
			note = ""
		}
		select {
		case <-k.stop:
			f.Close()
			return nil, errStopped
		case <-time.After(20 * time.Millisecond):
		}
	}
}

// start fetches the programs if need be, makes the database if need be, and
// starts Postgres on the port, or on a free one for 0.
func (k *keeper) start(wanted int) (_ *embedded.EmbeddedPostgres, port int, _ error) {
	begin := time.Now()
	fresh, err := k.checkData()
	if err != nil {
		return nil, 0, err
	}
	complete := filepath.Join(k.programs(), "complete")
	if _, err := os.Stat(complete); err != nil {
		lock, err := k.lock(filepath.Join(k.Cache, "lock"), "waiting for another process to download PostgreSQL")
		if err != nil {
			return nil, 0, err
		}
		defer lock.Close()
		if _, err := os.Stat(complete); err != nil {
			tell(report{Note: fmt.Sprintf("downloading PostgreSQL %s (about %s), once", version, downloadSize)})
			if err := os.RemoveAll(k.programs()); err != nil {
				return nil, 0, fmt.Errorf("PostgreSQL's programs: %w", err)
			}
		}
	}

	var postgres *embedded.EmbeddedPostgres
	for attempt := 1; ; attempt++ { // somebody may take the port, or a dying backend hold the memory
		if port = wanted; port == 0 {
			if port, err = freePort(); err != nil {
				return nil, 0, err
			}
		}
		postgres = embedded.NewDatabase(embedded.DefaultConfig().
			Version(version).Port(uint32(port)).
			Database("postgres").Username(user).Password(k.Password).
			CachePath(k.Cache).BinariesPath(k.programs()).RuntimePath(k.path("run")).DataPath(k.path("data")).
			Locale("C").Encoding("UTF8").
			StartParameters(settings).StartTimeout(startTimeout).Logger(nil))
		if err = k.startOnce(postgres); err == nil {
			break
		}
		if errors.Is(err, errStopped) {
			return nil, 0, err
		}
		if _, missing := os.Stat(filepath.Join(k.programs(), "bin", "postgres")); missing != nil {
			return nil, 0, fmt.Errorf("PostgreSQL could not be downloaded: %w; "+
				"try again with a network, or name a Postgres that runs already", err)
		}
		if attempt == 3 || time.Since(begin) > startTimeout {
			return nil, 0, k.explain(err, begin)
		}
		time.Sleep(time.Second)
	}
	if err := os.WriteFile(complete, nil, 0o644); err != nil {
		return nil, 0, errors.Join(fmt.Errorf("PostgreSQL's programs: %w", err), postgres.Stop())
	}
	if fresh {
		if err := k.create(port); err != nil {
			return nil, 0, errors.Join(err, postgres.Stop())
		}
	}
	return postgres, port, nil
}

// startOnce gives up a download when nobody waits for it any more; a start that
// has begun is awaited and taken back.
func (k *keeper) startOnce(postgres *embedded.EmbeddedPostgres) error {
	done := make(chan error, 1)
	go func() { done <- postgres.Start() }()
	select {
	case err := <-done:
		return err
	case <-k.stop:
	}
	if _, err := os.Stat(k.path("data")); errors.Is(err, fs.ErrNotExist) {
		return errStopped
	}
	if err := <-done; err != nil {
		return errStopped
	}
	return errors.Join(errStopped, postgres.Stop())
}

// checkData tells whether a database has to be made. The library would silently
// replace one that it cannot use: that must not happen to anybody's data.
func (k *keeper) checkData() (fresh bool, err error) {
	unfinished := k.path("unfinished")
	if _, err := os.Stat(unfinished); err == nil { // nothing was ever kept in it
		if err := os.RemoveAll(k.path("data")); err != nil {
			return false, fmt.Errorf("database folder: %w", err)
		}
	}
	major, _, _ := strings.Cut(string(version), ".")
	have, err := os.ReadFile(filepath.Join(k.path("data"), "PG_VERSION"))
	switch entries, listErr := os.ReadDir(k.path("data")); {
	case err == nil && strings.TrimSpace(string(have)) == major:
		return false, nil
	case err == nil:
		return false, fmt.Errorf("the database in %s is of PostgreSQL %s, this program brings PostgreSQL %s",
			k.path("data"), strings.TrimSpace(string(have)), major)
	case len(entries) > 0 || listErr != nil && !errors.Is(listErr, fs.ErrNotExist):
		return false, fmt.Errorf("%s holds something that is not a database", k.path("data"))
	}
	f, err := os.OpenFile(unfinished, os.O_CREATE|os.O_RDONLY, 0o600)
	if err != nil {
		return false, fmt.Errorf("database folder: %w", err)
	}
	return true, errors.Join(f.Close(), syncFolder(k.Folder))
}

// create makes the service's database, which sorts by code point and knows the
// upper and lower case of every language.
func (k *keeper) create(port int) error {
	ctx, cancel := context.WithTimeout(context.Background(), time.Minute)
	defer cancel()
	c, err := pgx.Connect(ctx, fmt.Sprintf("host=127.0.0.1 port=%d user=%s password=%s dbname=postgres sslmode=disable",
		port, user, k.Password))
	if err != nil {
		return fmt.Errorf("make the database: %s", reason(err, k.Password))
	}
	defer c.Close(ctx)
	if _, err := c.Exec(ctx, "CREATE DATABASE "+user+
		" TEMPLATE template0 LOCALE_PROVIDER builtin BUILTIN_LOCALE 'C.UTF-8'"); err != nil {
		return fmt.Errorf("make the database: %w", err)
	}
	// From here on there may be data: a power cut must not bring the mark back.
	if err := errors.Join(os.Remove(k.path("unfinished")), syncFolder(k.Folder)); err != nil {
		return fmt.Errorf("database folder: %w", err)
	}
	return nil
}

// stopOrphan ends a Postgres that a killed keeper left running on our data, and
// clears away the note of one whose process number now belongs to somebody else.
func (k *keeper) stopOrphan() error {
	pid := k.postmaster()
	if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return nil // Postgres itself knows what to do
	}
	if !strings.Contains(commandLine(pid), k.path("data")) {
		if err := os.Remove(k.path("data/postmaster.pid")); err != nil {
			return fmt.Errorf("database folder: %w", err)
		}
		return nil
	}
	tell(report{Note: fmt.Sprintf("stopping the database of an earlier run (process %d)", pid)})
	stop := exec.Command(filepath.Join(k.programs(), "bin", "pg_ctl"), "stop", "-w", "-m", "fast", "-D", k.path("data"))
	if out, err := stop.CombinedOutput(); err != nil {
		return fmt.Errorf("stop the database of an earlier run (process %d): %s", pid, firstLine(string(out)))
	}
	return nil
}

// postmaster is the process that runs Postgres by its own account, 0 for none.
func (k *keeper) postmaster() int {
	text, _ := os.ReadFile(k.path("data/postmaster.pid"))
	pid, _ := strconv.Atoi(firstLine(string(text)))
	return max(pid, 0)
}

// running tells whether Postgres is there. In a container nobody may have fetched
// the exit status of a dead one: then it still has a number, but no command line.
func (k *keeper) running() bool {
	pid := k.postmaster()
	if pid == 0 || errors.Is(syscall.Kill(pid, 0), syscall.ESRCH) {
		return false
	}
	line, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid))
	return err != nil || len(line) > 0
}

func commandLine(pid int) string {
	if text, err := os.ReadFile(fmt.Sprintf("/proc/%d/cmdline", pid)); err == nil {
		return string(text)
	}
	text, _ := exec.Command("ps", "-o", "command=", "-p", strconv.Itoa(pid)).Output()
	return string(text)
}

// explain prefers the server's own last word to that of the program that starts it.
func (k *keeper) explain(err error, begin time.Time) error {
	said := err.Error()
	if _, answer, ok := strings.Cut(said, ":\n"); ok { // after the whole command
		said = answer
	}
	if logs := k.logs(); len(logs) > 0 {
		last := logs[len(logs)-1]
		if info, err := os.Stat(last); err == nil && info.ModTime().After(begin) {
			text, _ := os.ReadFile(last)
			said += "\n" + string(text)
		}
	}
	if at := strings.LastIndex(said, "FATAL:"); at >= 0 {
		said = firstLine(said[at+len("FATAL:"):])
	}
	return fmt.Errorf("postgres does not start: %s", strings.ReplaceAll(strings.TrimSpace(said), "\n", "; "))
}

func (k *keeper) logs() []string {
	entries, _ := os.ReadDir(k.path("log")) // sorted by name, which is by time
	var names []string
	for _, e := range entries {
		names = append(names, filepath.Join(k.path("log"), e.Name()))
	}
	return names
}

func (k *keeper) removeOldLogs() {
	if names := k.logs(); len(names) > logFiles {
		for _, name := range names[:len(names)-logFiles] {
			os.Remove(name)
		}
	}
}

func freePort() (int, error) {
	l, err := net.Listen("tcp", "127.0.0.1:0")
	if err != nil {
		return 0, fmt.Errorf("no port for the database: %w", err)
	}
	defer l.Close()
	return l.Addr().(*net.TCPAddr).Port, nil
}

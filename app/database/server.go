package database

import (
	"bufio"
	"bytes"
	"context"
	"crypto/rand"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"log/slog"
	"net"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"runtime"
	"strconv"
	"strings"
	"syscall"
	"time"
)

const (
	user = "zoodex" // of the database, and its name

	// stopTimeout is for a server that writes everything down before it stops.
	stopTimeout = time.Minute
)

// DefaultFolder is $ZOODEX_DATA, or where the system's users keep their data:
// /var/lib/zoodex for root (whose home nobody else can enter), ~/.local/share/zoodex
// for everybody else.
func DefaultFolder() (string, error) {
	if folder := os.Getenv("ZOODEX_DATA"); folder != "" {
		return folder, nil
	}
	if os.Geteuid() == 0 {
		return "/var/lib/zoodex", nil
	}
	if folder := os.Getenv("XDG_DATA_HOME"); filepath.IsAbs(folder) {
		return filepath.Join(folder, "zoodex"), nil
	}
	home, err := os.UserHomeDir()
	if err != nil {
		return "", fmt.Errorf("no data folder given and no home folder to put it: %w", err)
	}
	return filepath.Join(home, ".local", "share", "zoodex"), nil
}

// server is our own Postgres as its parent sees it: a child process that stops
// when its standard input ends. Its data folder holds
//
//	lock       held while a program uses the folder; the number of its process
//	password   of the database, for our eyes only
//	postgres/  what belongs to the child (see child.go)
type server struct {
	url    string
	log    *slog.Logger
	lock   *os.File
	input  io.Closer     // the child's; closing it stops the child
	ended  chan struct{} // closed after the child's end
	err    error         // how the child ended, once it did
	closed chan struct{} // closed when its end is wanted
	kill   func() error
}

// order is what the parent tells the child, in one line of JSON.
type order struct {
	Folder    string // the child's own: postgres/ in the data folder
	Cache     string // of PostgreSQL's programs
	Password  string
	Temporary bool // empty Folder at the end
}

// report is what the child tells the parent, in lines of JSON.
type report struct {
	Note  string `json:",omitempty"` // for the log
	Port  int    `json:",omitempty"` // the server is ready
	Error string `json:",omitempty"`
}

func startServer(ctx context.Context, o Options) (*server, error) {
	if os.Getenv(childVariable) != "" {
		return nil, errors.New("main must call database.RunChildIfAsked before it opens a database")
	}
	folder := o.Folder
	if folder == "" {
		var err error
		if folder, err = DefaultFolder(); err != nil {
			return nil, err
		}
	}
	folder, err := filepath.Abs(folder)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	lock, err := lockFolder(folder)
	if err != nil {
		return nil, err
	}
	s, err := launch(ctx, folder, o)
	if err != nil {
		lock.Close()
		return nil, err
	}
	s.lock = lock
	return s, nil
}

// ErrRunning says that another process uses the data folder.
var ErrRunning = errors.New("zoodex is already running")

// lockFolder makes sure that one process uses the folder. The kernel lets go of
// the lock when that process ends, by whatever means.
func lockFolder(folder string) (*os.File, error) {
	lock, err := os.OpenFile(filepath.Join(folder, "lock"), os.O_CREATE|os.O_RDWR, 0o600)
	if err != nil {
		return nil, fmt.Errorf("data folder: %w", err)
	}
	switch err := syscall.Flock(int(lock.Fd()), syscall.LOCK_EX|syscall.LOCK_NB); {
	case errors.Is(err, syscall.EWOULDBLOCK):
		other, _ := io.ReadAll(io.LimitReader(lock, 20))
		lock.Close()
		return nil, fmt.Errorf("%w on %s (process %s)", ErrRunning, folder, bytes.TrimSpace(other))
	case err != nil:
		lock.Close()
		return nil, fmt.Errorf("lock %s: %w", lock.Name(), err)
	}
	if err := lock.Truncate(0); err == nil {
		_, err = lock.WriteAt(strconv.AppendInt(nil, int64(os.Getpid()), 10), 0)
	}
	if err != nil {
		lock.Close()
		return nil, fmt.Errorf("write %s: %w", lock.Name(), err)
	}
	return lock, nil
}

// launch starts the child and waits until its Postgres answers.
func launch(ctx context.Context, folder string, o Options) (*server, error) {
	begin, log := time.Now(), o.Log
	own := filepath.Join(folder, "postgres")
	password, err := passwordOf(folder, own)
	if err != nil {
		return nil, err
	}
	as, err := prepare(folder, own)
	if err != nil {
		return nil, err
	}

	// The kernel's link works where the path of a program in root's home does not.
	program := "/proc/self/exe"
	if runtime.GOOS != "linux" {
		if program, err = os.Executable(); err != nil {
			return nil, fmt.Errorf("start the database: %w", err)
		}
	}
	child := exec.Command(program)
	child.Args = []string{"zoodex-database"}
	child.Dir = "/"
	child.SysProcAttr = as.process()
	child.Env = append(withoutPostgres(os.Environ()), childVariable+"=1")
	input, err := child.StdinPipe()
	if err != nil {
		return nil, fmt.Errorf("start the database: %w", err)
	}
	output, err := child.StdoutPipe()
	if err != nil {
		return nil, fmt.Errorf("start the database: %w", err)
	}
	var complaints bytes.Buffer // a crash of the child
	child.Stderr = &complaints
	if err := child.Start(); err != nil {
		return nil, fmt.Errorf("start the database as %s: %w", as, err)
	}

	s := &server{log: log, input: input, kill: child.Process.Kill, ended: make(chan struct{}), closed: make(chan struct{})}
	reports := make(chan report)
	go func() {
		defer close(s.ended)
		lines := bufio.NewScanner(output)
		for lines.Scan() {
			var r report
			if err := json.Unmarshal(lines.Bytes(), &r); err != nil {
				r.Error = "unexpected answer of the database process: " + lines.Text()
			}
			reports <- r
		}
		close(reports)
		if s.err = child.Wait(); s.err != nil && complaints.Len() > 0 {
			s.err = fmt.Errorf("%w: %s", s.err, firstLine(complaints.String()))
		}
	}()

	line, err := json.Marshal(order{Folder: own, Cache: as.cache, Password: password, Temporary: o.Temporary})
	if err == nil {
		_, err = input.Write(append(line, '\n'))
	}
	if err != nil { // the child has ended; its reports say why
		input.Close()
	}
	for {
		select {
		case r, ok := <-reports:
			switch {
			case r.Note != "":
				log.InfoContext(ctx, r.Note)
			case r.Error != "":
				go s.drain(reports)
				s.end() // it is on its way out
				return nil, errors.New(r.Error)
			case r.Port != 0:
				go s.drain(reports)
				go s.watch()
				s.url = (&url.URL{
					Scheme: "postgres", User: url.UserPassword(user, password),
					Host: net.JoinHostPort("127.0.0.1", strconv.Itoa(r.Port)), Path: user, RawQuery: "sslmode=disable",
				}).String()
				log.InfoContext(ctx, "database ready", "folder", folder, "as", as.String(),
					"took", time.Since(begin).Round(time.Millisecond))
				return s, nil
			case !ok:
				<-s.ended
				return nil, fmt.Errorf("the database process ended before it was ready: %v", s.err)
			}
		case <-ctx.Done():
			go s.drain(reports)
			s.end()
			return nil, fmt.Errorf("start the database: %w", ctx.Err())
		}
	}
}

// drain lets the child's reports pass after the first answer.
func (s *server) drain(reports <-chan report) {
	for r := range reports {
		if r.Error != "" {
			s.log.Error(r.Error)
		} else if r.Note != "" {
			s.log.Warn(r.Note)
		}
	}
}

// watch tells the log when the child ends on its own.
func (s *server) watch() {
	<-s.ended
	select {
	case <-s.closed:
	default:
		s.log.Error("the database process ended by itself; restart zoodex", "how", s.err)
	}
}

// stop ends Postgres, then lets go of the folder.
func (s *server) stop() error {
	begin := time.Now()
	err := s.end()
	s.log.Info("database stopped", "took", time.Since(begin).Round(time.Millisecond))
	return errors.Join(err, s.lock.Close())
}

func (s *server) end() error {
	close(s.closed)
	s.input.Close()
	select {
	case <-s.ended:
	case <-time.After(stopTimeout):
		err := s.kill()
		<-s.ended
		return errors.Join(fmt.Errorf("the database did not stop within %s", stopTimeout), err)
	}
	if s.err != nil {
		return fmt.Errorf("stop the database: %w", s.err)
	}
	return nil
}

// passwordOf reads the database's password, or makes it before there is a database.
func passwordOf(folder, own string) (string, error) {
	name := filepath.Join(folder, "password")
	text, err := os.ReadFile(name)
	switch {
	case err == nil && len(text) > 0:
		return string(text), nil
	case err != nil && !errors.Is(err, fs.ErrNotExist):
		return "", fmt.Errorf("password of the database: %w", err)
	}
	if _, err := os.Stat(filepath.Join(own, "data")); err == nil {
		return "", fmt.Errorf("%s is missing: without it the database in %s cannot be opened", name, own)
	}
	password := rand.Text()
	f, err := os.OpenFile(name, os.O_CREATE|os.O_WRONLY|os.O_TRUNC, 0o600)
	if err == nil {
		_, err = f.WriteString(password)
		err = errors.Join(err, f.Sync(), f.Close())
	}
	if err == nil { // the database must not outlive it
		err = syncFolder(folder)
	}
	if err != nil {
		return "", fmt.Errorf("password of the database: %w", err)
	}
	return password, nil
}

func syncFolder(folder string) error {
	f, err := os.Open(folder)
	if err != nil {
		return err
	}
	return errors.Join(f.Sync(), f.Close())
}

// withoutPostgres leaves out the settings that Postgres' own clients would obey.
func withoutPostgres(environment []string) []string {
	var kept []string
	for _, v := range environment {
		if !strings.HasPrefix(v, "PG") && !strings.HasPrefix(v, "ZOODEX_") {
			kept = append(kept, v)
		}
	}
	return kept
}

func firstLine(text string) string {
	line, _, _ := strings.Cut(strings.TrimSpace(text), "\n")
	return line
}

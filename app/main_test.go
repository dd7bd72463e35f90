package app_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"flag"
	"fmt"
	"io"
	"log/slog"
	"net/http"
	"os"
	"regexp"
	"runtime"
	"strconv"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

func TestMain(m *testing.M) {
	database.RunChildIfAsked()
	if os.Getenv(serveVariable) != "" {
		serve()
	}
	// Each test has a service, which has a network and connections to one Postgres.
	if err := flag.Set("test.parallel", strconv.Itoa(min(4, runtime.GOMAXPROCS(0)))); err != nil {
		panic(err)
	}
	os.Exit(databasetest.Main(m))
}

// service is a running service, its log, and the database behind it.
type service struct {
	t    testing.TB
	url  string
	log  *notebook
	db   *database.Database
	stop func() error

	running *app.Service
}

// start runs a service on a free port until the test ends.
func start(t testing.TB, change ...func(*app.Config)) *service {
	t.Helper()
	s := &service{t: t, log: &notebook{}}
	c := app.Config{
		Listen: "127.0.0.1:0", Limits: api.DefaultLimits, Version: "test",
		Log: slog.New(slog.NewTextHandler(s.log, &slog.HandlerOptions{Level: slog.LevelDebug})),
	}
	for _, f := range change {
		f(&c)
	}
	if c.DatabaseURL == "" {
		c.DatabaseURL = databasetest.URL(t)
	}
	if c.Data == "" {
		c.Data = t.TempDir() // the staff's photos
	}
	ctx, cancel := context.WithCancel(context.Background())
	running := app.New(c)
	s.running = running
	done := make(chan error, 1)
	go func() { done <- running.Run(ctx) }()
	s.stop = sync.OnceValue(func() error {
		cancel()
		return <-done
	})
	t.Cleanup(func() {
		http.DefaultClient.CloseIdleConnections()
		if err := s.stop(); err != nil {
			t.Errorf("the service ended with %v", err)
		}
	})
	select {
	case s.url = <-running.Ready():
	case err := <-done:
		done <- err
		t.Fatalf("the service does not start: %v", err)
	}
	s.db = open(t, c.DatabaseURL)
	return s
}

func open(t testing.TB, url string) *database.Database {
	t.Helper()
	db, err := database.Open(t.Context(), database.Options{URL: url, Log: slog.New(slog.DiscardHandler)})
	if err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { db.Close() })
	return db
}

func limits(change func(*api.Limits)) func(*app.Config) {
	return func(c *app.Config) { change(&c.Limits) }
}

// answer is what the service answered, whole.
type answer struct {
	status int
	header http.Header
	body   []byte
}

func (a answer) String() string { return fmt.Sprintf("%d %s", a.status, a.body) }

func (a answer) into(t testing.TB, value any) {
	t.Helper()
	if err := json.Unmarshal(a.body, value); err != nil {
		t.Fatalf("%v in %s", err, a)
	}
}

type problem struct {
	Type, Title, Detail, ID string
	Status                  int
	Errors                  []struct{ Message, Location string }
}

// kind is the last word of a problem's type, "" for an answer that is none.
func (a answer) kind() string {
	var p problem
	json.Unmarshal(a.body, &p)
	return strings.TrimPrefix(p.Type, "urn:zoodex:problem:")
}

// ask sends a request and gives its answer. Headers are pairs of name and
// value. Every problem is checked for what all problems promise.
func (s *service) ask(method, path string, body io.Reader, headers ...string) answer {
	s.t.Helper()
	a, err := s.try(method, path, body, headers...)
	if err != nil {
		s.t.Fatalf("%s %s: %v", method, path, err)
	}
	return a
}

func (s *service) try(method, path string, body io.Reader, headers ...string) (answer, error) {
	s.t.Helper()
	request, err := http.NewRequest(method, s.url+path, body)
	if err != nil {
		return answer{}, err
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		return answer{}, err
	}
	defer response.Body.Close()
	read, err := io.ReadAll(response.Body)
	if err != nil {
		return answer{}, err
	}
	a := answer{response.StatusCode, response.Header, read}
	if a.status >= 400 && method != http.MethodHead {
		s.checkProblem(method+" "+path, a)
	}
	return a, nil
}

var (
	problemID = regexp.MustCompile(`^[0-9A-HJKMNP-TV-Z]{4}-[0-9A-HJKMNP-TV-Z]{4}$`)
	inside    = regexp.MustCompile(`(?i)\.go\b|/tmp|/root|/home|/usr|/var|sqlstate|select |insert |update .*set|goroutine|panic|gorm|pgx|postgres|127\.0\.0\.1|0x[0-9a-f]{6}`)
)

// checkProblem checks that a refusal is a problem as the API promises: typed,
// readable, with an id that is in the log, and with nothing of our insides.
func (s *service) checkProblem(what string, a answer) {
	s.t.Helper()
	var p problem
	if got := a.header.Get("Content-Type"); got != "application/problem+json" {
		s.t.Errorf("%s: a refusal of type %q: %s", what, got, a)
		return
	}
	a.into(s.t, &p)
	if !strings.HasPrefix(p.Type, "urn:zoodex:problem:") || p.Title == "" || p.Detail == "" || p.Status != a.status || !problemID.MatchString(p.ID) {
		s.t.Errorf("%s: an incomplete problem: %s", what, a)
	}
	if strings.ContainsAny(p.Title+p.Detail, "{}") {
		s.t.Errorf("%s: a placeholder was left: %s", what, a)
	}
	found := inside.FindString(strings.ReplaceAll(string(a.body), p.ID, "")) // an id is random
	if here, err := os.Getwd(); err == nil && strings.Contains(string(a.body), here) {
		found = here
	}
	if found != "" {
		s.t.Errorf("%s: a problem shows %q: %s", what, found, a)
	}
	logged := s.log.has("id=" + p.ID)
	for range 100 { // the log of another process takes a moment
		if logged {
			break
		}
		time.Sleep(20 * time.Millisecond)
		logged = s.log.has("id=" + p.ID)
	}
	if !logged {
		s.t.Errorf("%s: problem %s is not in the log", what, p.ID)
	}
}

// visitor is somebody with a phone.
type visitor struct {
	*service
	ID, Token, Nickname, PassCode string
}

func (s *service) join() *visitor {
	s.t.Helper()
	a := s.ask("POST", "/v1/visitors", nil)
	if a.status != http.StatusCreated {
		s.t.Fatalf("no visitor was made: %s", a)
	}
	v := &visitor{service: s}
	a.into(s.t, v)
	return v
}

func (v *visitor) ask(method, path string, body io.Reader, headers ...string) answer {
	v.t.Helper()
	return v.service.ask(method, path, body, append([]string{"Authorization", "Bearer " + v.Token}, headers...)...)
}

func (v *visitor) get(path string, headers ...string) answer {
	v.t.Helper()
	return v.ask("GET", path, nil, headers...)
}

// capture sends a photo under a new id.
func (v *visitor) capture(photo []byte, headers ...string) answer {
	v.t.Helper()
	return v.captureAs(uuid.NewString(), photo, headers...)
}

func (v *visitor) captureAs(id string, photo []byte, headers ...string) answer {
	v.t.Helper()
	return v.ask("PUT", "/v1/captures/"+id, bytes.NewReader(photo), headers...)
}

// captured is the part of an answer to a capture that tests look at.
type captured struct {
	ID, Outcome, Why, Model string
	At                      time.Time
	Confidence              float64
	Species                 *struct {
		Slug, Name, ScientificName string
		Facts                      map[string]any
	}
	Candidates []struct{ Slug, Name string }
	Earned     struct{ Points int }
	Progress   struct{ Caught, Total, Points int }
}

func (a answer) captured(t testing.TB) (c captured) {
	t.Helper()
	if a.status != http.StatusCreated && a.status != http.StatusOK {
		t.Fatalf("not captured: %s", a)
	}
	a.into(t, &c)
	return c
}

// run changes the database.
func (s *service) run(statement string, args ...any) {
	s.t.Helper()
	if err := s.db.Gorm().Exec(statement, args...).Error; err != nil {
		s.t.Fatalf("%s: %v", statement, err)
	}
}

// count asks the database for a number.
func (s *service) count(query string, args ...any) (n int) {
	s.t.Helper()
	if err := s.db.Gorm().Raw(query, args...).Scan(&n).Error; err != nil {
		s.t.Fatalf("%s: %v", query, err)
	}
	return n
}

// rowsWith counts the rows of all tables that hold a text anywhere.
func (s *service) rowsWith(text string) (n int) {
	s.t.Helper()
	var tables []string
	err := s.db.Gorm().Raw(`SELECT table_name FROM information_schema.tables WHERE table_schema = 'public' AND table_type = 'BASE TABLE'`).Scan(&tables).Error
	if err != nil || len(tables) < 7 {
		s.t.Fatalf("tables %v, %v", tables, err)
	}
	for _, table := range tables {
		n += s.count(fmt.Sprintf(`SELECT count(*) FROM %q r WHERE strpos(r::text, ?) > 0`, table), text)
	}
	return n
}

func hashed(secret string) string {
	sum := sha256.Sum256([]byte(secret))
	return hex.EncodeToString(sum[:])
}

// notebook is a log that a test reads.
type notebook struct {
	mu   sync.Mutex
	text bytes.Buffer
}

func (n *notebook) Write(p []byte) (int, error) {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.Write(p)
}

func (n *notebook) String() string {
	n.mu.Lock()
	defer n.mu.Unlock()
	return n.text.String()
}

func (n *notebook) has(s string) bool { return strings.Contains(n.String(), s) }

package app_test

import (
	"bufio"
	"bytes"
	"context"
	"encoding/json"
	"fmt"
	"io"
	"log/slog"
	"math/rand/v2"
	"net/http"
	"os"
	"os/exec"
	"os/signal"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

// This program, run again with these variables, is a service: on a given
// database, or on its own in a folder.
const (
	serveVariable  = "ZOODEX_TEST_SERVE" // the address of a database, or "own"
	folderVariable = "ZOODEX_TEST_FOLDER"
)

func serve() {
	url := os.Getenv(serveVariable)
	if url == "own" {
		url = ""
	}
	unlimited := api.DefaultLimits
	unlimited.VisitorPhotos, unlimited.AddressCalls, unlimited.AddressJoins = 0, 0, 0
	service := app.New(app.Config{
		DatabaseURL: url, Data: os.Getenv(folderVariable), Limits: unlimited, Log: slog.New(slog.NewTextHandler(os.Stderr, nil)),
	})
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM)
	defer stop()
	go func() { fmt.Println(<-service.Ready()) }()
	if err := service.Run(ctx); err != nil {
		fmt.Fprintln(os.Stderr, err)
		os.Exit(1)
	}
	os.Exit(0)
}

// process is a service in a process of its own.
type process struct {
	*exec.Cmd
	url string
	log *notebook
}

func startProcess(t testing.TB, environment ...string) *process {
	t.Helper()
	p := &process{Cmd: exec.Command(os.Args[0]), log: &notebook{}}
	p.Env = append(os.Environ(), environment...)
	p.Stderr = p.log
	out, err := p.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := p.Start(); err != nil {
		t.Fatal(err)
	}
	t.Cleanup(func() { p.kill() })
	line, err := bufio.NewReader(out).ReadString('\n')
	if err != nil {
		p.kill()
		t.Fatalf("the service does not start: %v\n%s", err, p.log)
	}
	p.url = strings.TrimSpace(line)
	return p
}

// kill ends the process as a power cut would.
func (p *process) kill() {
	if p.ProcessState == nil {
		p.Process.Kill()
		p.Wait()
	}
}

// terminate asks the process to end, and waits.
func (p *process) terminate() error {
	p.Process.Signal(syscall.SIGTERM)
	return p.Wait()
}

// collector is a visitor who catches one animal after another and remembers
// every answer; a capture that was not answered is sent again before the next.
type collector struct {
	token   string
	photos  [][]byte
	photoOf map[string][]byte
	kept    map[string][]byte // answers by capture id
	order   []string
	pending string
	again   int // captures that were kept though their first answer was lost
}

func newCollector(t testing.TB, url string, photos [][]byte) *collector {
	t.Helper()
	response, err := http.Post(url+"/v1/visitors", "", nil)
	if err != nil {
		t.Fatal(err)
	}
	defer response.Body.Close()
	var v struct{ Token string }
	if err := json.NewDecoder(response.Body).Decode(&v); err != nil || v.Token == "" {
		t.Fatalf("no visitor was made: %v", err)
	}
	return &collector{token: v.Token, photos: photos, photoOf: map[string][]byte{}, kept: map[string][]byte{}}
}

// send sends a capture and gives the whole answer.
func (c *collector) send(client *http.Client, url, id string) (status int, body []byte, err error) {
	request, err := http.NewRequest("PUT", url+"/v1/captures/"+id, bytes.NewReader(c.photoOf[id]))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+c.token)
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// collect captures until the service is gone, and tells of every answer.
func (c *collector) collect(client *http.Client, url string, answered chan<- struct{}) error {
	for {
		id := c.pending
		if id == "" {
			id = uuid.NewString()
			c.photoOf[id] = c.photos[rand.IntN(len(c.photos))]
		}
		c.pending = id
		status, body, err := c.send(client, url, id)
		if err != nil {
			return nil
		}
		if status != http.StatusCreated && status != http.StatusOK {
			return fmt.Errorf("answered %d %s", status, body)
		}
		if status == http.StatusOK {
			c.again++
		}
		c.kept[id], c.pending = body, ""
		c.order = append(c.order, id)
		answered <- struct{}{}
	}
}

// rounds kills the service again and again under its clients.
func rounds(t *testing.T, n int, clients int, restart func() *process) ([]*collector, *process) {
	t.Helper()
	p := restart()
	photos := somePhotos(t)
	var collectors []*collector
	for range clients {
		collectors = append(collectors, newCollector(t, p.url, photos))
	}
	for round := range n {
		if round > 0 {
			p = restart()
		}
		transport := &http.Transport{}
		client := &http.Client{Transport: transport}
		answered := make(chan struct{})
		var running sync.WaitGroup
		for _, c := range collectors {
			running.Go(func() {
				if err := c.collect(client, p.url, answered); err != nil {
					t.Error(err)
				}
			})
		}
		go func() {
			running.Wait()
			close(answered)
		}()
		// A random moment, but not before something was answered.
		after, killed := rand.IntN(2*clients), make(chan struct{})
		for range after + 1 {
			<-answered
		}
		time.AfterFunc(time.Duration(rand.IntN(60))*time.Millisecond, func() {
			p.kill()
			close(killed)
		})
		for range answered {
		}
		<-killed
		transport.CloseIdleConnections()
	}
	return collectors, restart()
}

// somePhotos are photos of many species, or drawings where there are none.
func somePhotos(t testing.TB) (photos [][]byte) {
	t.Helper()
	files, _ := filepath.Glob(filepath.Join(photosMaybe(), "imagen-det", "*", "*"))
	for i := 0; i < len(files); i += 3 {
		photos = append(photos, read(t, files[i]))
	}
	for i := uint64(0); len(photos) < 10; i++ {
		photos = append(photos, drawing(i))
	}
	return photos
}

// check compares all that was answered with what is kept, and with what a
// retry is answered.
func check(t *testing.T, collectors []*collector, url string, db *database.Database) {
	t.Helper()
	answers, lost, again := 0, 0, 0
	for _, c := range collectors {
		if c.pending != "" {
			status, body, err := c.send(http.DefaultClient, url, c.pending)
			if err != nil || status > 201 {
				t.Fatalf("the capture without an answer: %d %s %v", status, body, err)
			}
			if status == http.StatusOK {
				c.again++
			}
			c.kept[c.pending] = body
			c.order = append(c.order, c.pending)
		}
		again += c.again

		var rows []struct{ ID, Outcome, Progress, Slug string }
		token := hashed(c.token)
		err := db.Gorm().Raw(`SELECT c.id, outcome, progress, coalesce(s.slug, '') AS slug FROM captures c LEFT JOIN species s ON s.id = c.species_id
			WHERE visitor_id = (SELECT visitor_id FROM phones WHERE token_hash = decode(?, 'hex')) ORDER BY c.created_at`, token).Scan(&rows).Error
		if err != nil {
			t.Fatal(err)
		}
		type row struct{ outcome, progress, slug string }
		kept := map[string]row{}
		for _, r := range rows {
			kept[r.ID] = row{r.Outcome, r.Progress, r.Slug}
		}
		if len(kept) != len(c.kept) {
			t.Errorf("%d captures are kept, %d were sent", len(kept), len(c.kept))
		}
		points, caught := 0, map[string]bool{}
		for _, id := range c.order {
			answers++
			var a captured
			if err := json.Unmarshal(c.kept[id], &a); err != nil {
				t.Fatal(err)
			}
			slug := ""
			if a.Species != nil {
				slug = a.Species.Slug
			}
			if a.Outcome != "void" && slug != "" { // as copies of what others sent are
				if a.Outcome == "caught" == caught[slug] {
					t.Errorf("%s is %s, and was caught before: %v", slug, a.Outcome, caught[slug])
				}
				caught[slug] = true
			}
			points += a.Earned.Points
			var progress struct{ Caught, Total, Points int }
			if r, ok := kept[id]; !ok {
				lost++
			} else if err := json.Unmarshal([]byte(r.progress), &progress); err != nil || r.outcome != a.Outcome || r.slug != slug && a.Outcome != "void" || progress != a.Progress {
				t.Errorf("kept %+v, answered %s", r, c.kept[id])
			}
			if a.Progress.Points != points {
				t.Errorf("%d points were answered, %d were earned until then", a.Progress.Points, points)
			}
			status, body, err := c.send(http.DefaultClient, url, id)
			if err != nil || status != http.StatusOK || !bytes.Equal(body, c.kept[id]) {
				t.Errorf("%v, a retry is answered %d %s, first was %s", err, status, body, c.kept[id])
			}
		}
		var sum int
		err = db.Gorm().Raw(`SELECT coalesce(sum(points), 0) FROM ledger WHERE visitor_id = (SELECT visitor_id FROM phones WHERE token_hash = decode(?, 'hex'))`, token).Scan(&sum).Error
		if err != nil || sum != points {
			t.Errorf("the ledger holds %d points, %d were earned, %v", sum, points, err)
		}
	}
	t.Logf("%d captures answered, %d lost, %d were kept without their answer having arrived", answers, lost, again)
	if lost > 0 {
		t.Errorf("%d captures that were answered are lost", lost)
	}
	if answers < len(collectors) {
		t.Errorf("only %d captures were answered: this shows nothing", answers)
	}
}

// No capture that was answered is lost by a kill -9 of the service.
func TestKilledServicesLoseNothing(t *testing.T) {
	url := databasetest.URL(t)
	collectors, p := rounds(t, 20, 6, func() *process { return startProcess(t, serveVariable+"="+url) })
	check(t, collectors, p.url, open(t, url))
	if err := p.terminate(); err != nil {
		t.Errorf("the last service ended with %v", err)
	}
}

// The same with the service's own Postgres, which dies with it.
func TestAKilledServiceWithItsOwnDatabaseLosesNothing(t *testing.T) {
	folder := t.TempDir()
	collectors, p := rounds(t, 3, 4, func() *process {
		return startProcess(t, serveVariable+"=own", folderVariable+"="+folder)
	})
	check(t, collectors, p.url, ownDatabase(t, folder))
	if err := p.terminate(); err != nil {
		t.Errorf("the last service ended with %v\n%s", err, p.log)
	}
}

// ownDatabase opens the database that a service runs in a folder.
func ownDatabase(t testing.TB, folder string) *database.Database {
	t.Helper()
	password := string(read(t, filepath.Join(folder, "password")))
	lines := strings.Split(string(read(t, filepath.Join(folder, "postgres", "data", "postmaster.pid"))), "\n")
	if len(lines) < 4 {
		t.Fatalf("a short note of Postgres: %q", lines)
	}
	return open(t, fmt.Sprintf("postgres://zoodex:%s@127.0.0.1:%s/zoodex?sslmode=disable", password, lines[3]))
}

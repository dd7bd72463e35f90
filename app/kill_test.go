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
	"github.com/zoodex/zoodex/game/store"
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
	unlimited.VisitorPhotos, unlimited.AddressCalls, unlimited.AddressJoins, unlimited.AddressCodes = 0, 0, 0, 0
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
	p.Env = append(append(os.Environ(), folderVariable+"="+t.TempDir()), environment...)
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

// player is a visitor who does one thing after another and remembers every
// answer. What was not answered is sent again before anything else.
type player struct {
	name      string
	token     string
	photos    [][]byte
	group     struct{ id, code string } // that all players may join
	pending   *move
	points    int
	listed    bool
	member    bool
	photoOf   map[string][]byte
	captured  map[string][]byte // answers by capture id
	order     []string
	questions map[string]string // answer by which the question after a capture is to be answered
	quizzed   map[string][]byte
	again     int // captures that were kept though their first answer was lost
	moves     int
}

// move is one call, and what its answer means to the player.
type move struct {
	method, path string
	body         []byte
	repeated     bool
	answered     func(m *move, status int, body []byte) error
}

func newPlayer(t testing.TB, url, name string, photos [][]byte) *player {
	t.Helper()
	p := &player{name: name, photos: photos, photoOf: map[string][]byte{}, captured: map[string][]byte{}, questions: map[string]string{}, quizzed: map[string][]byte{}}
	var v struct{ Token string }
	if status, body, err := p.call(http.DefaultClient, url, &move{method: "POST", path: "/v1/visitors"}); err != nil || status != http.StatusCreated || json.Unmarshal(body, &v) != nil {
		t.Fatalf("no visitor was made: %d %s %v", status, body, err)
	}
	p.token = v.Token
	return p
}

func (p *player) call(client *http.Client, url string, m *move) (status int, body []byte, err error) {
	request, err := http.NewRequest(m.method, url+m.path, bytes.NewReader(m.body))
	if err != nil {
		return 0, nil, err
	}
	request.Header.Set("Authorization", "Bearer "+p.token)
	if len(m.body) > 0 && m.body[0] == '{' {
		request.Header.Set("Content-Type", "application/json")
	}
	response, err := client.Do(request)
	if err != nil {
		return 0, nil, err
	}
	defer response.Body.Close()
	body, err = io.ReadAll(response.Body)
	return response.StatusCode, body, err
}

// play does one thing after another until the service is gone, and tells of
// every answer.
func (p *player) play(client *http.Client, url string, answered chan<- struct{}) error {
	for {
		m := p.pending
		if m == nil {
			m = p.next()
		}
		p.pending = m
		status, body, err := p.call(client, url, m)
		if err != nil {
			m.repeated = true
			return nil
		}
		if err := m.answered(m, status, body); err != nil {
			return fmt.Errorf("%s: %s %s, repeated %v: %w in %d %s", p.name, m.method, m.path, m.repeated, err, status, body)
		}
		p.pending = nil
		p.moves++
		answered <- struct{}{}
	}
}

// next draws what to do.
func (p *player) next() *move {
	switch n := rand.IntN(20); {
	case n < 3 && len(p.questions) > 0:
		for id, choice := range p.questions {
			return &move{method: "POST", path: "/v1/captures/" + id + "/quiz", body: fmt.Appendf(nil, `{"choice":%q}`, choice),
				answered: func(m *move, status int, body []byte) error {
					delete(p.questions, id)
					p.quizzed[id] = body
					return p.earned(status, body, false)
				}}
		}
	case n < 6 && len(p.order) > 0:
		m := &move{method: "POST", path: "/v1/captures/" + p.order[rand.IntN(len(p.order))] + "/correction", body: []byte("{}")}
		if n == 5 {
			m.method, m.body = "DELETE", nil
		}
		m.answered = func(m *move, status int, body []byte) error { return p.earned(status, body, m.repeated) }
		return m
	case n == 6:
		yes := !p.listed
		return &move{method: "PUT", path: "/v1/me/standings", body: fmt.Appendf(nil, `{"standings":%v}`, yes),
			answered: func(_ *move, status int, _ []byte) error {
				p.listed = yes
				return expect(status, http.StatusOK)
			}}
	case n == 7 && p.group.code != "" && p.member:
		return &move{method: "DELETE", path: "/v1/groups/" + p.group.id + "/members/me", answered: func(m *move, status int, _ []byte) error {
			p.member = false
			if m.repeated && status == http.StatusNotFound {
				return nil
			}
			return expect(status, http.StatusNoContent)
		}}
	case n == 7 && p.group.code != "":
		return &move{method: "POST", path: "/v1/groups/join", body: fmt.Appendf(nil, `{"code":%q}`, p.group.code), answered: func(m *move, status int, _ []byte) error {
			p.member = true
			if m.repeated && status == http.StatusConflict {
				return nil
			}
			return expect(status, http.StatusOK)
		}}
	}
	id := uuid.NewString()
	p.photoOf[id] = p.photos[rand.IntN(len(p.photos))]
	return p.capture(id)
}

func (p *player) capture(id string) *move {
	return &move{method: "PUT", path: "/v1/captures/" + id, body: p.photoOf[id], answered: func(m *move, status int, body []byte) error {
		if status == http.StatusOK && m.repeated {
			p.again++
			status = http.StatusCreated
		}
		p.captured[id] = body
		p.order = append(p.order, id)
		var a struct {
			Quiz *struct{ Choices []struct{ Key string } }
		}
		if err := json.Unmarshal(body, &a); err != nil {
			return err
		}
		if a.Quiz != nil {
			p.questions[id] = a.Quiz.Choices[rand.IntN(len(a.Quiz.Choices))].Key
		}
		return p.earned(status-1, body, false)
	}}
}

// earned adds up what an answer says was earned. Of a correction that is made
// again it may have been earned before.
func (p *player) earned(status int, body []byte, before bool) error {
	var a struct{ Earned, Progress struct{ Points int } }
	if err := json.Unmarshal(body, &a); err != nil {
		return err
	}
	if !before {
		p.points += a.Earned.Points
		if a.Progress.Points != p.points {
			return fmt.Errorf("%d points were earned until then", p.points)
		}
	}
	p.points = a.Progress.Points
	return expect(status, http.StatusOK)
}

func expect(status, want int) error {
	if status != want {
		return fmt.Errorf("want %d", want)
	}
	return nil
}

// rounds kills the service again and again under its players, and looks each
// time whether everybody's points and places are what follows from their
// captures, as the command game verify does.
func rounds(t *testing.T, n int, players int, restart func() *process, database func() *database.Database) ([]*player, *process) {
	t.Helper()
	p := restart()
	db := database()
	photos := somePhotos(t)
	var all []*player
	for i := range players {
		all = append(all, newPlayer(t, p.url, fmt.Sprint("player ", i), photos))
	}
	var group struct {
		ID   string
		Code struct{ Code string }
	}
	status, body, err := all[0].call(http.DefaultClient, p.url, &move{method: "POST", path: "/v1/groups", body: []byte(`{"kind":"class"}`)})
	if err != nil || status != http.StatusCreated || json.Unmarshal(body, &group) != nil {
		t.Fatalf("no group was made: %d %s %v", status, body, err)
	}
	for _, player := range all[1:] {
		player.group.id, player.group.code = group.ID, group.Code.Code
	}
	for round := range n {
		if round > 0 {
			p = restart()
		}
		transport := &http.Transport{}
		client := &http.Client{Transport: transport}
		answered := make(chan struct{})
		var running sync.WaitGroup
		for _, player := range all {
			running.Go(func() {
				if err := player.play(client, p.url, answered); err != nil {
					t.Error(err)
				}
			})
		}
		go func() {
			running.Wait()
			close(answered)
		}()
		// A random moment, but not before something was answered.
		after, killed := rand.IntN(4*players), make(chan struct{})
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
		if db == nil { // went with the service
			continue
		}
		verify(t, db, fmt.Sprint("round ", round))
		if err := db.Gorm().Exec("DELETE FROM prints").Error; err != nil { // so that the same photos earn again
			t.Fatal(err)
		}
	}
	return all, restart()
}

// verify looks whether everybody's points and places are what follows from
// their captures.
func verify(t testing.TB, db *database.Database, when string) {
	t.Helper()
	games := store.New(db.Gorm(), time.Now)
	ledgers, err := games.Verify(t.Context(), nil)
	if err != nil || len(ledgers) > 0 {
		t.Errorf("%s: ledgers differ: %+v, %v", when, ledgers, err)
	}
	boards, err := games.VerifyBoards(t.Context(), nil)
	if err != nil || len(boards) > 0 {
		t.Errorf("%s: boards differ: %+v, %v", when, boards, err)
	}
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
func check(t *testing.T, players []*player, url string, db *database.Database) {
	t.Helper()
	captures, moves, again, lost := 0, 0, 0, 0
	for _, p := range players {
		if m := p.pending; m != nil {
			status, body, err := p.call(http.DefaultClient, url, m)
			if err == nil {
				err = m.answered(m, status, body)
			}
			if err != nil {
				t.Errorf("%s: what had no answer: %v in %d %s", p.name, err, status, body)
			}
		}
		captures, moves, again = captures+len(p.order), moves+p.moves, again+p.again
		retry := func(m *move, first []byte) {
			t.Helper()
			status, body, err := p.call(http.DefaultClient, url, m)
			if status == http.StatusCreated {
				lost++
			}
			if err != nil || status != http.StatusOK || !bytes.Equal(body, first) {
				t.Errorf("%s: %v, a retry is answered %d %s, first was %s", p.name, err, status, body, first)
			}
		}
		for id, first := range p.captured {
			retry(p.capture(id), first)
		}
		for id, first := range p.quizzed {
			retry(&move{method: "POST", path: "/v1/captures/" + id + "/quiz", body: []byte(`{"choice":"another"}`)}, first)
		}
		var me struct {
			Points    int
			Standings bool
		}
		var mine struct{ Groups []struct{} }
		for path, into := range map[string]any{"/v1/me": &me, "/v1/groups": &mine} {
			if status, body, err := p.call(http.DefaultClient, url, &move{method: "GET", path: path}); err != nil || status != http.StatusOK || json.Unmarshal(body, into) != nil {
				t.Errorf("%s: %s is answered %d %s %v", p.name, path, status, body, err)
			}
		}
		if p.group.code == "" {
			p.member = true // who founded it
		}
		if me.Points != p.points || me.Standings != p.listed || (len(mine.Groups) == 1) != p.member {
			t.Errorf("%s has %d points, is listed %v and in %d groups; earned are %d, said was %v, joined %v", p.name, me.Points, me.Standings, len(mine.Groups), p.points, p.listed, p.member)
		}
		var kept int
		err := db.Gorm().Raw(`SELECT count(*) FROM captures WHERE visitor_id = (SELECT visitor_id FROM phones WHERE token_hash = decode(?, 'hex'))`, hashed(p.token)).Scan(&kept).Error
		if err != nil || kept != len(p.captured) {
			t.Errorf("%s: %d captures are kept, %d were sent, %v", p.name, kept, len(p.captured), err)
		}
	}
	verify(t, db, "at the end")
	t.Logf("%d answers, %d of them to captures, %d lost, %d were kept without their answer having arrived", moves, captures, lost, again)
	if captures < len(players) {
		t.Errorf("only %d captures were answered: this shows nothing", captures)
	}
}

// Nothing that was answered is lost by a kill -9 of the service, and nothing is
// counted twice.
func TestKilledServicesLoseNothing(t *testing.T) {
	url := databasetest.URL(t)
	players, p := rounds(t, 20, 6, func() *process { return startProcess(t, serveVariable+"="+url) },
		func() *database.Database { return open(t, url) })
	check(t, players, p.url, open(t, url))
	if err := p.terminate(); err != nil {
		t.Errorf("the last service ended with %v", err)
	}
}

// The same with the service's own Postgres, which dies with it.
func TestAKilledServiceWithItsOwnDatabaseLosesNothing(t *testing.T) {
	folder := t.TempDir()
	players, p := rounds(t, 3, 4, func() *process {
		return startProcess(t, serveVariable+"=own", folderVariable+"="+folder)
	}, func() *database.Database { return nil })
	check(t, players, p.url, ownDatabase(t, folder))
	if err := p.terminate(); err != nil {
		t.Errorf("the last service ended with %v\n%s", err, p.log)
	}
}

// Whoever a killed service was recomputing is recomputed by the next.
func TestAKilledRecomputingGoesOn(t *testing.T) {
	url := databasetest.URL(t)
	if err := startProcess(t, serveVariable+"="+url).terminate(); err != nil { // fills the zoo
		t.Fatal(err)
	}
	db := open(t, url)
	games := store.New(db.Gorm(), time.Now)
	if err := games.Simulate(t.Context(), 600, 1, func(int) {}); err != nil {
		t.Fatal(err)
	}
	zoo, err := games.Zoo(t.Context())
	if err != nil {
		t.Fatal(err)
	}
	old := zoo.Referee.Basis()
	behind := func() (n int) {
		t.Helper()
		if err := db.Gorm().Raw("SELECT count(*) FROM tallies WHERE basis = ?", old).Scan(&n).Error; err != nil {
			t.Fatal(err)
		}
		return n
	}
	all := behind()
	if err := db.Gorm().Exec("UPDATE species SET rarity = rarity % 5 + 1").Error; err != nil {
		t.Fatal(err)
	}
	stopped := 0
	for left := all; left > 0; {
		p := startProcess(t, serveVariable+"="+url)
		for was := left; left == was || left > 0 && stopped > 2; left = behind() {
			time.Sleep(10 * time.Millisecond)
		}
		p.kill()
		if left = behind(); left > 0 {
			stopped++
		}
	}
	if stopped == 0 {
		t.Errorf("all %d visitors were recomputed before the service was killed: this shows nothing", all)
	}
	if err := games.Fold(t.Context()); err != nil {
		t.Fatal(err)
	}
	verify(t, db, fmt.Sprintf("after %d kills", stopped))
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

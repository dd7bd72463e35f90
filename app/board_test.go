package app_test

import (
	"bufio"
	"bytes"
	"encoding/json"
	"fmt"
	"io"
	"net"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
)

type boardPage struct {
	Board, Of, Next string
	From, Until     *time.Time
	Total           int
	Rows            []struct {
		Rank, Points int
		Name, Key    string
		Me           bool
	}
	Mine *struct {
		Rank, Points int
		Key          string
		Listed       bool
	}
}

func (v *visitor) standings(query string) (p boardPage) {
	v.t.Helper()
	a := v.get("/v1/standings/" + query)
	if a.status != http.StatusOK {
		v.t.Fatalf("%s: %s", query, a)
	}
	a.into(v.t, &p)
	return p
}

// player is a visitor who said yes to the boards and has so many points.
func (s *service) player(points int, listed bool) *visitor {
	s.t.Helper()
	v := s.join()
	capture, at := uuid.NewString(), time.Now().UTC()
	for _, statement := range []string{
		`UPDATE visitors SET listed = ` + fmt.Sprint(listed) + ` WHERE id = @v`,
		`INSERT INTO captures (visitor_id, id, at, created_at, photo_sum, photo_sig, outcome, recognised, model, progress) VALUES (@v, @c, @at, @at, '', 0, 'nothing', '{}', '', '{}')`,
		`INSERT INTO scores (id, board, points, reached, listed) VALUES (@v, 'visitors ever', @points, @at, ` + fmt.Sprint(listed) + `)`,
		`INSERT INTO score_moves SELECT 'visitors ever', 0, @points WHERE ` + fmt.Sprint(listed),
	} {
		if err := s.db.Gorm().Exec(statement, map[string]any{"v": v.ID, "c": capture, "at": at, "points": points}).Error; err != nil {
			s.t.Fatal(err)
		}
	}
	return v
}

func TestTheLeaderboardIsReadPageByPage(t *testing.T) {
	t.Parallel()
	s := start(t)
	var players []*visitor
	for _, points := range []int{50, 40, 40, 30, 20} {
		players = append(players, s.player(points, true))
	}
	shy := s.player(45, false)

	var ranks, points []int
	query, pages := "ever?limit=2", 0
	for next := "-"; next != ""; pages++ {
		p := shy.standings(query)
		for _, r := range p.Rows {
			ranks, points = append(ranks, r.Rank), append(points, r.Points)
		}
		if p.Total != 5 || p.Board != "ever" || p.Of != "visitors" || p.Mine != nil {
			t.Errorf("got %+v", p)
		}
		next = p.Next
		query = "ever?limit=2&after=" + next
	}
	if !slices.Equal(ranks, []int{1, 2, 2, 4, 5}) || !slices.Equal(points, []int{50, 40, 40, 30, 20}) || pages != 3 {
		t.Errorf("in %d pages: ranks %v, points %v", pages, ranks, points)
	}

	mine := players[2].standings("ever?around=me&limit=3")
	if len(mine.Rows) != 3 || !mine.Rows[1].Me || mine.Mine.Rank != 2 || !mine.Mine.Listed || mine.Rows[1].Key != mine.Mine.Key || mine.Rows[0].Me {
		t.Errorf("around me: got %+v", mine)
	}
	if p := shy.standings("ever?around=me&limit=2"); len(p.Rows) != 2 || p.Mine.Listed || p.Mine.Rank != 2 || p.Mine.Points != 45 {
		t.Errorf("around who stays off: got %+v", p)
	}
	if p := shy.standings("today"); p.Total != 0 || p.Rows == nil || p.From == nil || p.Until.Sub(*p.From) < 23*time.Hour {
		t.Errorf("today: got %+v", p)
	}
	if a := s.ask("GET", "/v1/standings/ever", nil); a.status != http.StatusOK {
		t.Errorf("without a token: %s", a)
	} else {
		for _, p := range append(players, shy) {
			if strings.Contains(string(a.body), p.ID) {
				t.Errorf("the board gives away an id: %s", a)
			}
		}
	}

	for path, want := range map[string]string{
		"ever?around=me": "no-token", "year": "unknown-period", "year/live": "unknown-period", "seasons/yore": "no-season", "ever?after=x": "unknown-place",
		"ever?after=" + strings.Repeat("_", 28): "unknown-place", "ever?limit=-1": "invalid", "ever?limit=1000000000": "invalid", "ever?limit=many": "invalid", "ever?of=lions": "invalid",
		"ever?of=lions&x=%00": "invalid", "ever/live?of=lions": "invalid",
	} {
		if a := s.ask("GET", "/v1/standings/"+path, nil); a.kind() != want || a.status >= 500 {
			t.Errorf("%s: got %s, want %s", path, a, want)
		}
	}
	for path, want := range map[string]string{
		"ever?group=" + uuid.NewString(): "no-such-group", "ever?group=mine": "invalid", "ever?around=me&after=x": "unknown-place", "ever?of=groups&around=me": "unknown-place",
	} {
		if a := shy.get("/v1/standings/" + path); a.kind() != want {
			t.Errorf("%s: got %s, want %s", path, a, want)
		}
	}
}

// Between seasons there is no board of the season, and that is said; the others
// go on, and those of seasons that are over stay.
func TestThereIsNoSeasonInAGap(t *testing.T) {
	t.Parallel()
	first := start(t)
	first.run(`UPDATE rules SET rules = jsonb_set(rules, '{Calendar}', '{"Seasons":[{"Key":"summer-2020","From":"2020-05-01","Until":"2020-08-31"}]}')`)
	s := start(t, func(c *app.Config) { c.DatabaseURL = first.db.URL() })
	for path, want := range map[string]string{
		"season": "no-season", "season/live": "no-season", "season?of=groups": "no-season", "seasons/2026": "no-season", "seasons/%00": "no-season",
		"today": "", "ever": "", "seasons/summer-2020": "",
	} {
		if a := s.ask("GET", "/v1/standings/"+path, nil); a.kind() != want || (want == "") != (a.status == http.StatusOK) {
			t.Errorf("%s: got %s, want %q", path, a, want)
		}
	}
	// A capture is kept and counts for the boards that there are.
	v := s.join()
	v.send("PUT", "/v1/me/standings", `{"standings":true}`)
	a := v.capture(animal(t, "lion")).played(t)
	if p := v.standings("ever?around=me"); p.Mine.Points != a.Earned.Points || !p.Mine.Listed {
		t.Errorf("got %+v, want %d points", p, a.Earned.Points)
	}
	verify(t, s.db, "in a gap")
}

// liveEvent is one event of a live board, or a remark (": …") with no name.
type liveEvent struct {
	id, name, data string
	at             time.Time
}

// follow reads a live board until the test ends.
func (s *service) follow(period, last string) <-chan liveEvent {
	s.t.Helper()
	return s.followAt("/v1/standings/"+period+"/live", last)
}

func (s *service) followAt(path, last string, headers ...string) <-chan liveEvent {
	s.t.Helper()
	request, err := http.NewRequestWithContext(s.t.Context(), "GET", s.url+path, nil)
	if err != nil {
		s.t.Fatal(err)
	}
	for i := 0; i < len(headers); i += 2 {
		request.Header.Set(headers[i], headers[i+1])
	}
	if last != "" {
		request.Header.Set("Last-Event-ID", last)
	}
	response, err := http.DefaultClient.Do(request)
	if err != nil {
		s.t.Fatal(err)
	}
	if got := response.Header.Get("Content-Type"); got != "text/event-stream" {
		s.t.Fatalf("got %d, %q", response.StatusCode, got)
	}
	return eventsOf(response)
}

func eventsOf(response *http.Response) <-chan liveEvent {
	events := make(chan liveEvent, 100)
	go func() {
		defer close(events)
		defer response.Body.Close()
		var e liveEvent
		for lines := bufio.NewScanner(response.Body); lines.Scan(); {
			key, value, _ := strings.Cut(lines.Text(), ": ")
			switch key {
			case "id":
				e.id = value
			case "event":
				e.name = value
			case "data":
				e.data = value
			case "":
				if e.data != "" {
					e.at = time.Now()
					events <- e
				}
				e = liveEvent{}
			}
		}
	}()
	return events
}

func next(t testing.TB, events <-chan liveEvent) (e liveEvent, p boardPage) {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			t.Fatal("the live board ended")
		}
		if err := json.Unmarshal([]byte(e.data), &p); err != nil || e.name != "standings" || e.id == "" {
			t.Fatalf("%v in %+v", err, e)
		}
		return e, p
	case <-time.After(10 * time.Second):
		t.Fatal("nothing comes")
	}
	return
}

func none(t testing.TB, events <-chan liveEvent) {
	t.Helper()
	select {
	case e := <-events:
		t.Errorf("got %+v", e)
	case <-time.After(time.Second):
	}
}

func TestALiveBoardTellsEveryReplicasListeners(t *testing.T) {
	t.Parallel()
	s := start(t)
	other := start(t, func(c *app.Config) { c.DatabaseURL = s.db.URL() })
	s.player(30, true)

	first, second := s.follow("ever", ""), other.follow("ever", "")
	settled := func(events <-chan liveEvent, total int) liveEvent {
		for {
			if e, p := next(t, events); p.Total == total {
				return e
			}
		}
	}
	settled(first, 1)
	settled(second, 1)
	time.Sleep(time.Second) // any more that tell the same
	s.player(50, true)
	e := settled(first, 2)
	settled(second, 2)
	if _, p := next(t, other.follow("ever", "")); p.Rows[0].Points != 50 || p.Rows[1].Rank != 2 {
		t.Errorf("got %+v", p)
	}

	again := other.follow("ever", e.id)
	none(t, again)
	s.player(70, true)
	settled(again, 3)

	// A replica that hears nothing for a while catches up.
	s.db.Gorm().Exec(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE query = 'LISTEN boards' AND datname = current_database()`)
	s.player(90, true)
	settled(again, 4)
	settled(first, 4)

	http.DefaultClient.CloseIdleConnections()
	if err := other.stop(); err != nil {
		t.Error(err)
	}
	for range again { // ends with its replica
	}
}

func TestALiveBoardIsQuietHoweverManyCapture(t *testing.T) {
	t.Parallel()
	s := start(t)
	events := s.follow("ever", "")
	next(t, events)
	begin := time.Now()
	for i := range 60 {
		s.player(10+i, true)
	}
	took := time.Since(begin)
	n := 0
	for p := (boardPage{}); p.Total < 60; n++ {
		_, p = next(t, events)
	}
	if most := int(took.Seconds()*4) + 4; n > most {
		t.Errorf("%d events in %v, want %d at most", n, took, most)
	}
}

func TestAThousandListenToOneProcess(t *testing.T) {
	s := start(t, limits(func(l *api.Limits) { l.Listeners = 1000 }))
	s.player(10, true)
	connections := make([]net.Conn, 1000)
	for i := range connections {
		conn, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
		if err != nil {
			t.Fatal(err)
		}
		defer conn.Close()
		fmt.Fprint(conn, "GET /v1/standings/ever/live HTTP/1.1\r\nHost: zoo\r\n\r\n")
		connections[i] = conn
	}
	var first [1]byte
	for _, conn := range connections {
		if _, err := conn.Read(first[:]); err != nil || first[0] != 'H' {
			t.Fatalf("got %q, %v", first, err)
		}
	}
	if a := s.ask("GET", "/v1/standings/ever/live", nil); a.status != http.StatusServiceUnavailable || a.kind() != "busy" {
		t.Errorf("one more: got %s", a)
	}
	var listeners []<-chan liveEvent
	for _, conn := range connections {
		response, err := http.ReadResponse(bufio.NewReader(io.MultiReader(bytes.NewReader(first[:]), conn)), nil)
		if err != nil {
			t.Fatal(err)
		}
		listeners = append(listeners, eventsOf(response))
	}
	for _, l := range listeners {
		next(t, l)
	}
	time.Sleep(time.Second)

	s.player(20, true)
	for _, l := range listeners {
		for total := 0; total < 2; {
			_, p := next(t, l)
			total = p.Total
		}
	}
}

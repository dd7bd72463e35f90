package app_test

import (
	"encoding/json"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/app"
)

type zooCatch struct {
	Slug, Name, Art, Group string
	Rarity, Times          int
	At                     time.Time
}

type zooToday struct {
	Board                         string
	Caught, Species, Living, Ever int
	Rarest                        *zooCatch
	Latest                        []zooCatch
	Standings                     []boardPage
}

func (s *service) today(language string) (z zooToday) {
	s.t.Helper()
	a := s.ask("GET", "/v1/zoo/today", nil, "Accept-Language", language)
	if a.status != http.StatusOK {
		s.t.Fatal(a)
	}
	a.into(s.t, &z)
	return z
}

// followToday reads the zoo's day, live, until the test ends.
func (s *service) followToday(language, last string) <-chan liveEvent {
	s.t.Helper()
	return s.followAt("/v1/zoo/today/live", last, "Accept-Language", language)
}

func nextToday(t testing.TB, events <-chan liveEvent) (e liveEvent, z zooToday) {
	t.Helper()
	select {
	case e, ok := <-events:
		if !ok {
			t.Fatal("the zoo's day ended")
		}
		if err := json.Unmarshal([]byte(e.data), &z); err != nil || e.name != "zoo" || e.id == "" {
			t.Fatalf("%v in %+v", err, e)
		}
		return e, z
	case <-time.After(10 * time.Second):
		t.Fatal("nothing comes")
	}
	return
}

// caught makes visitors catch an animal, as if by photos of their own.
func (s *service) caught(slug string, times int) {
	s.t.Helper()
	photo := animal(s.t, slug)
	for range times {
		s.run(`DELETE FROM prints`)
		if c := s.join().capture(photo).captured(s.t); c.Outcome != "caught" {
			s.t.Fatalf("%s was not caught: %+v", slug, c)
		}
	}
}

func TestTheZoosDayTellsAnimalsAndCounts(t *testing.T) {
	t.Parallel()
	s := start(t)
	if z := s.today("en"); z.Caught != 0 || z.Ever != 0 || z.Rarest != nil || len(z.Latest) != 0 || z.Living < 100 || len(z.Standings) != 4 {
		t.Errorf("before anything is caught: %+v", z)
	}
	s.caught("lion", 2)
	s.caught("zebra", 1)
	s.run(`UPDATE species SET rarity = 5 WHERE slug = 'lion'`)
	z := s.today("de")
	if z.Caught != 3 || z.Species != 2 || z.Ever != 3 || z.Rarest == nil || z.Rarest.Name != "Löwe" || z.Rarest.Times != 2 || z.Rarest.Rarity != 5 {
		t.Errorf("got %+v", z)
	}
	if len(z.Latest) != 2 || z.Latest[0].Slug != "plains-zebra" || z.Latest[1].Slug != "lion" || time.Since(z.Latest[0].At) > time.Minute {
		t.Errorf("the latest are %+v", z.Latest)
	}
	if z.Board != z.Standings[0].Board || z.Standings[1].Of != "groups" || !strings.HasPrefix(z.Standings[2].Board, "week-") {
		t.Errorf("the boards are %+v", z.Standings)
	}
}

// A screen that everybody sees tells nothing of who did not say yes to that, and
// of nobody which animal they caught.
func TestTheZoosDayTellsNothingOfAVisitor(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	c := v.capture(animal(t, "lion")).captured(t)
	family := v.send("POST", "/v1/groups", `{"kind":"family"}`).group(t)
	for _, path := range []string{"/v1/zoo/today", "/v1/standings/today"} {
		told := string(s.ask("GET", path, nil).body)
		for what, secret := range map[string]string{"an id": v.ID, "a name": v.Nickname, "a capture": c.ID, "a token": v.Token, "a group's id": family.ID, "a group's code": family.Code.Code} {
			if strings.Contains(told, secret) {
				t.Errorf("%s tells %s: %s", path, what, told)
			}
		}
	}
	v.send("PUT", "/v1/me/standings", `{"standings":true}`)
	z := s.today("en")
	if rows := z.Standings[0].Rows; len(rows) != 1 || rows[0].Name != v.Nickname {
		t.Errorf("the visitors are %+v", rows)
	}
	if a := v.ask("DELETE", "/v1/me", nil); a.status != http.StatusNoContent {
		t.Fatal(a)
	}
	if z := s.today("en"); z.Caught != 0 || z.Ever != 0 || len(z.Latest) != 0 || z.Rarest != nil {
		t.Errorf("after they have left: %+v", z)
	}
}

func TestACorrectedCatchIsNoLongerToldOfTheZoosDay(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	c := v.capture(animal(t, "lion")).captured(t)
	if z := s.today("en"); z.Caught != 1 {
		t.Fatalf("got %+v", z)
	}
	v.send("POST", "/v1/captures/"+c.ID+"/correction", `{}`).played(t)
	if z := s.today("en"); z.Caught != 0 || z.Rarest != nil {
		t.Errorf("got %+v", z)
	}
}

func TestEveryReplicaHearsOfACatch(t *testing.T) {
	t.Parallel()
	s := start(t)
	other := start(t, func(c *app.Config) { c.DatabaseURL = s.db.URL() })
	here, there := s.followToday("en", ""), other.followToday("fr", "")
	nextToday(t, here)
	nextToday(t, there)
	s.caught("lion", 1)
	e, z := nextToday(t, here)
	if len(z.Latest) != 1 || z.Latest[0].Name != "lion" || z.Caught != 1 {
		t.Errorf("told %+v", z)
	}
	if _, z := nextToday(t, there); len(z.Latest) != 1 || z.Latest[0].Slug != "lion" {
		t.Errorf("told in another process: %+v", z)
	}
	t.Logf("told %v after it was caught", e.at.Sub(z.Latest[0].At))

	// Whoever comes back, to whatever process, gets only what is new.
	again := other.followToday("en", e.id)
	none(t, again)
	s.caught("zebra", 1)
	if _, z := nextToday(t, again); z.Caught != 2 {
		t.Errorf("told %+v", z)
	}
}

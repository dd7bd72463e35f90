package app_test

import (
	"crypto/sha256"
	"encoding/binary"
	"encoding/csv"
	"fmt"
	"net/http"
	"net/url"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// catches has a visitor catch an animal at a time, as a phone that was offline
// until now would tell.
func (v *visitor) catches(slug game.Slug, at time.Time) {
	v.t.Helper()
	games := store.New(v.db.Gorm(), time.Now)
	zoo, err := games.Zoo(v.t.Context())
	if err != nil {
		v.t.Fatal(err)
	}
	species, ok := zoo.BySlug(slug)
	if !ok {
		v.t.Fatalf("there is no %s", slug)
	}
	id := uuid.NewString()
	sum := sha256.Sum256([]byte(id))
	_, _, err = games.Record(v.t.Context(), zoo, game.Capture{ID: game.CaptureID(id), Visitor: game.VisitorID(v.ID), At: at, PhotoSum: sum, PhotoSig: binary.BigEndian.Uint64(sum[:]),
		Recognised: game.Recognised{Verdict: game.Certain, Species: species.ID, Confidence: 0.9, Why: game.Reason{Code: "clear"}, Model: "test"}})
	if err != nil {
		v.t.Fatal(err)
	}
}

type visitNumbers struct {
	From, Until, Today, Zone string
	Days                     []struct {
		Day                       string
		Visits, Captures, Catches int
	}
	Hours []struct{ Hour, Captures, Catches int }
}

// day tells a day's numbers: "2v 3p 1c".
func (n visitNumbers) day(day game.Date) string {
	for _, d := range n.Days {
		if d.Day == day.String() {
			return fmt.Sprintf("%dv %dp %dc", d.Visits, d.Captures, d.Catches)
		}
	}
	return "not there"
}

// What visitors do is told in numbers, whoever of the staff asks, and nothing of
// a single one of them.
func TestStaffSeeWhatVisitorsDo(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	zone, _ := time.LoadLocation("Europe/Berlin")
	today := game.DateOf(time.Now(), zone)
	noon := func(ago, minute int) time.Time {
		return today.Plus(-ago).Start(zone).Add(12*time.Hour + time.Duration(minute)*time.Minute)
	}
	a, b := s.join(), s.join()
	a.catches("lion", noon(3, 0))
	a.catches("lion", noon(3, 5))
	a.catches("tiger", noon(3, 65))
	b.catches("lion", noon(3, 10))
	b.catches("red-panda", noon(1, 0))
	a.capture(drawing(1)).want(t, http.StatusCreated) // today, whatever it shows

	var n visitNumbers
	got := ed.get("/visits?days=7").want(t, http.StatusOK)
	got.into(t, &n)
	if n.From != today.Plus(-6).String() || n.Until != today.String() || n.Today != today.String() || n.Zone != "Europe/Berlin" || len(n.Days) != 7 || len(n.Hours) != 24 {
		t.Errorf("the span is %.300s", got)
	}
	for ago, want := range map[int]string{3: "2v 4p 3c", 2: "0v 0p 0c", 1: "1v 1p 1c", 7: "not there"} {
		if got := n.day(today.Plus(-ago)); got != want {
			t.Errorf("%d days ago: %s, want %s", ago, got, want)
		}
	}
	if got := n.day(today); !strings.HasPrefix(got, "1v 1p") {
		t.Errorf("today: %s", got)
	}
	// Days on which the clocks change have other hours at noon; at least one was taken in one of the two.
	if n.Hours[12].Captures+n.Hours[13].Captures+n.Hours[11].Captures < 5 {
		t.Errorf("the hours are %v", n.Hours)
	}
	for _, secret := range []string{a.ID, b.ID, a.Nickname, b.Nickname} {
		if strings.Contains(string(got.body), secret) {
			t.Errorf("told is %s", secret)
		}
	}

	var list struct {
		Species []struct {
			Slug    string
			Catches int
		}
		Total, Never, Most int
	}
	ed.get("/visits/species?days=7&limit=3").want(t, http.StatusOK).into(t, &list)
	if fmt.Sprint(list.Species) != "[{lion 2} {tiger 1} {red-panda 1}]" && fmt.Sprint(list.Species) != "[{lion 2} {red-panda 1} {tiger 1}]" || list.Most != 2 || list.Never != list.Total-3 {
		t.Errorf("caught most: %+v", list)
	}
	ed.get("/visits/species?days=7&order=least&limit=1").into(t, &list)
	if len(list.Species) != 1 || list.Species[0].Catches != 0 {
		t.Errorf("caught least: %+v", list)
	}
	total := list.Total
	lion, tag := ed.species("lion")
	ed.send("PUT", "/species/lion", lion.with("", "onDisplay", false), "If-Match", tag).want(t, http.StatusOK)
	ed.get("/visits/species?days=2").into(t, &list)
	if list.Total != total-1 || list.Most != 1 || list.Species[0].Slug != "red-panda" {
		t.Errorf("without the lion, of two days: %+v", list)
	}

	// Whoever leaves is no longer counted.
	b.ask("DELETE", "/v1/me", nil).want(t, http.StatusNoContent)
	ed.get("/visits?days=7").into(t, &n)
	if got := n.day(today.Plus(-3)) + ", " + n.day(today.Plus(-1)); got != "1v 3p 2c, 0v 0p 0c" {
		t.Errorf("after one has left: %s", got)
	}
	verify(t, s.db, "after it")
}

func TestVisitNumbersAsTables(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	v := s.join()
	zone, _ := time.LoadLocation("Europe/Berlin")
	v.catches("lion", time.Date(2026, 5, 2, 10, 30, 0, 0, zone))
	s.run(`UPDATE species_texts SET name = '=HYPERLINK("x")' WHERE language = 'de' AND species_id = (SELECT id FROM species WHERE slug = 'lion')`)
	for table, want := range map[string][][]string{
		"days":    {{"day", "visits", "captures", "catches"}, {"2026-05-01", "0", "0", "0"}, {"2026-05-02", "1", "1", "1"}, {"2026-05-03", "0", "0", "0"}},
		"hours":   {{"hour", "captures", "catches"}, {"0", "0", "0"}},
		"species": {{"number", "slug", "texts.en.name", "texts.de.name", "texts.fr.name", "scientificName", "catches"}, {"1", "lion", "lion", `'=HYPERLINK("x")`, "lion", "Panthera leo", "1"}},
	} {
		a := ed.get("/exports/visits?from=2026-05-01&until=2026-05-03&table="+table).want(t, http.StatusOK)
		if a.header.Get("Content-Type") != "text/csv; charset=utf-8" || !strings.Contains(a.header.Get("Content-Disposition"), "visits-"+table+".csv") {
			t.Errorf("%s: %v", table, a.header)
		}
		text, marked := strings.CutPrefix(string(a.body), "\xef\xbb\xbf")
		rows, err := csv.NewReader(strings.NewReader(text)).ReadAll()
		if !marked || err != nil || strings.Count(text, "\r\n") != len(rows) || len(rows) < len(want) {
			t.Fatalf("%s: %v, %.300q", table, err, a.body)
		}
		for i, row := range want {
			if table == "species" && i > 0 {
				i = slices.IndexFunc(rows, func(r []string) bool { return r[1] == "lion" })
				row[0] = rows[i][0]
			}
			if !slices.Equal(rows[i], row) {
				t.Errorf("%s: line %d is %q, want %q", table, i+1, rows[i], row)
			}
		}
		if table == "hours" && (len(rows) != 25 || !slices.Equal(rows[11], []string{"10", "1", "1"})) {
			t.Errorf("the hours are %q", rows)
		}
	}
}

func TestWrongSpansAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	for query, want := range map[string]string{
		"from=yesterday":                                   "query.from",
		"from=2026-02-30":                                  "query.from",
		"from=0000-01-01&until=0000-01-02":                 "query.until query.from",
		"until=2026-5-1":                                   "query.until",
		"until=9999-12-31":                                 "query.until",
		"from=" + url.QueryEscape("' OR 1=1"):              "query.from",
		"from=2026-05-02&until=2026-05-01":                 "query.until",
		"from=2999-01-01":                                  "query.from",
		"from=2020-01-01&until=2023-01-01":                 "query.until",
		"days=0":                                           "query.days",
		"days=1097":                                        "query.days",
		"from=" + strings.Repeat("2", 400):                 "query.from",
		"days=many":                                        "query.days",
		"from=2026-05-01T00:00:00Z":                        "query.from",
		"from=2026-05-01&from=2026-05-02&until=2026-04-01": "query.until",
	} {
		for _, path := range []string{"/visits?", "/visits/species?", "/exports/visits?"} {
			a := ed.get(path+query).want(t, http.StatusUnprocessableEntity)
			if got := strings.Join(a.fields(), " "); got != want {
				t.Errorf("%s%.60s is refused at %q, want %q", path, query, got, want)
			}
		}
	}
	if a := ed.get("/visits?from=2026-05-02&until=2026-05-01", "Accept-Language", "fr"); !strings.Contains(string(a.body), "ne doit pas précéder le premier jour") {
		t.Errorf("in French: %s", a)
	}
	ed.get("/visits?from=2020-01-01&until=2022-12-31").want(t, http.StatusOK)
	ed.get("/exports/visits?table=visitors").want(t, http.StatusUnprocessableEntity)
	ed.get("/visits/species?order=loudest").want(t, http.StatusUnprocessableEntity)
}

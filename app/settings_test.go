package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

// sets changes a setting from what it is now.
func (c *colleague) sets(name, body string) answer {
	c.t.Helper()
	now := c.get("/settings/"+name).want(c.t, http.StatusOK)
	return c.send("PUT", "/settings/"+name, body, "If-Match", now.header.Get("ETag"))
}

func twoServices(t *testing.T) (here, there *service) {
	url := databasetest.URL(t)
	one := func(c *app.Config) { c.DatabaseURL = url }
	return start(t, one), start(t, one)
}

func TestOpeningHoursAreSetAndUndone(t *testing.T) {
	t.Parallel()
	here, there := twoServices(t)
	boss, v := here.hire("The Boss", office.Admin), there.join()
	lion := animal(t, "lion")
	v.capture(lion).want(t, http.StatusCreated)
	points := func() (n int) {
		var dex struct{ Progress struct{ Points int } }
		v.get("/v1/dex").into(t, &dex)
		return dex.Progress.Points
	}
	before := points()
	today := time.Now().UTC()
	later := today.AddDate(0, 0, 3).Format(time.DateOnly)

	// Closed from in three days on: what was captured until then counts.
	boss.sets("hours", `{"hours":[{"from":"`+later+`","until":"","days":[],"open":""}]}`).want(t, http.StatusOK)
	if got := points(); got != before || before == 0 {
		t.Errorf("hours of later changed %d points to %d", before, got)
	}
	// Always closed.
	a := boss.sets("hours", `{"hours":[{"from":"","until":"","days":[],"open":""}]}`).want(t, http.StatusOK)
	there.run(`DELETE FROM prints`)
	if p := v.capture(lion).played(t); p.Outcome != "void" || p.Void.Reason != "closed" {
		t.Errorf("closed, a capture is %+v", p)
	}
	if got := points(); got != 0 {
		t.Errorf("a closed zoo leaves %d points", got)
	}
	var history struct {
		Versions []struct {
			Revision int64
			Who      string
			Changes  []struct{ Field, Before, After string }
		}
	}
	boss.get("/settings/hours/versions").want(t, http.StatusOK).into(t, &history)
	if n := len(history.Versions); n != 3 || history.Versions[0].Who != "The Boss" || history.Versions[2].Revision != 1 || history.Versions[2].Who != "" {
		t.Fatalf("the history is %+v", history)
	}
	if c := history.Versions[0].Changes; len(c) != 1 || c[0].Before != later+" – · closed" || c[0].After != "closed" {
		t.Errorf("changed is %+v", c)
	}
	restored := boss.send("POST", "/settings/hours/versions/1/restore", "", "If-Match", a.header.Get("ETag")).want(t, http.StatusOK)
	if !strings.Contains(string(restored.body), `"hours":[]`) {
		t.Errorf("restored is %s", restored)
	}
	if got := points(); got < before {
		t.Errorf("open again, of %d points there are %d", before, got)
	}
	boss.send("POST", "/settings/hours/versions/99/restore", "", "If-Match", restored.header.Get("ETag")).want(t, http.StatusNotFound)
	var audit struct {
		Entries []struct{ Who, Action, Subject string }
	}
	boss.get("/audit?action=settings").into(t, &audit)
	if len(audit.Entries) != 3 || audit.Entries[0].Action != "settings.restore" || audit.Entries[1].Action != "settings.edit" || audit.Entries[1].Subject != "hours" {
		t.Errorf("the audit log has %+v", audit.Entries)
	}
}

func TestHoursAreCheckedBeforeTheyAreSaved(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss := s.hire("The Boss", office.Admin)
	day := func(n int) string {
		zone, err := time.LoadLocation("Europe/Berlin")
		if err != nil {
			t.Fatal(err)
		}
		return time.Now().In(zone).AddDate(0, 0, n).Format(time.DateOnly)
	}
	var checked struct {
		Wrong []struct{ Field, Message string }
		Days  []struct{ Day, Open string }
	}
	boss.send("POST", "/settings/hours/check", fmt.Sprintf(`{"hours":[{"from":"","until":"","days":[],"open":"09:00-18:00"},{"from":%q,"until":%q,"days":[],"open":""}]}`, day(2), day(2))).
		want(t, http.StatusOK).into(t, &checked)
	if len(checked.Days) != 14 || checked.Days[0].Day != day(0) || checked.Days[1].Open != "09:00-18:00" || checked.Days[2].Open != "" || checked.Days[3].Open != "09:00-18:00" {
		t.Errorf("the coming days are %+v", checked)
	}
	boss.send("POST", "/settings/hours/check", `{"hours":[{"from":"2026-02-30","until":"","days":["someday"],"open":""}]}`).want(t, http.StatusOK).into(t, &checked)
	if len(checked.Wrong) != 1 || checked.Wrong[0].Field != "hours[0].from" || len(checked.Days) != 0 {
		t.Errorf("a day that does not exist: %+v", checked)
	}
	if s.count(`SELECT count(*) FROM rules`) != 1 {
		t.Error("a check has changed something")
	}
	boss.sets("hours", fmt.Sprintf(`{"hours":[{"from":"2001-01-01","until":"2001-12-31","days":[],"open":"07:00-08:00"},{"from":"","until":"","days":["monday"],"open":""},{"from":%q,"until":"","days":["friday"],"open":"09:00-24:00"}]}`, day(2))).want(t, http.StatusOK)
	page := string(s.ask("GET", "/rules?lang=de", nil).want(t, http.StatusOK).body)
	if !strings.Contains(page, "geschlossen ist (Montag)") || !strings.Contains(page, "09:00–24:00 (Freitag, ab ") || strings.Contains(page, "07:00") {
		t.Errorf("parents read %s", page)
	}
}

// Each bad value is refused at its field, in the reader's language, and nothing is written.
func TestBadSettingsAreRefusedAtTheirField(t *testing.T) {
	t.Parallel()
	s := start(t)
	boss := s.hire("The Boss", office.Admin)
	hours := func(line string) string {
		return `{"hours":[{"from":"","until":"","days":[],"open":""},{` + line + `}]}`
	}
	many := func(line string, n int) string { return strings.TrimSuffix(strings.Repeat(line+",", n), ",") }
	const line = `{"from":"","until":"","days":[],"open":""}`
	for _, c := range []struct{ setting, body, field, said string }{
		{"hours", hours(`"from":"2026-02-30","until":"","days":[],"open":""`), "body.hours[1].from", "muss ein Tag sein"},
		{"hours", hours(`"from":"morgen","until":"","days":[],"open":""`), "body.hours[1].from", "muss ein Tag sein"},
		{"hours", hours(`"from":"9026-05-01","until":"","days":[],"open":""`), "body.hours[1].from", "von 2000 bis 2100"},
		{"hours", hours(`"from":"2026-05-02","until":"2026-05-01","days":[],"open":""`), "body.hours[1].until", "nicht vor dem ersten Tag"},
		{"hours", hours(`"from":"","until":"","days":["Montag"],"open":""`), "body.hours[1].days[0]", "Wochentag"},
		{"hours", hours(`"from":"","until":"","days":["monday","monday"],"open":""`), "body.hours[1].days[1]", "doppelt"},
		{"hours", hours(`"from":"","until":"","days":[],"open":"9-18"`), "body.hours[1].open", "09:00-18:30"},
		{"hours", hours(`"from":"","until":"","days":[],"open":"25:00-26:00"`), "body.hours[1].open", "09:00-18:30"},
		{"hours", hours(`"from":"","until":"","days":[],"open":"18:00-09:00"`), "body.hours[1].open", "nach dem Beginn"},
		{"hours", `{"hours":[` + many(line, 101) + `]}`, "body.hours", "100 Einträge"},
		{"hours", `{"hours":[` + many(line, 1001) + `]}`, "body.hours", ""},
		{"hours", `{"hours":null}`, "body.hours", ""},
		{"area", `{"area":{"latitude":91,"longitude":0,"meters":600}}`, "body.area.latitude", ""},
		{"area", `{"area":{"latitude":0,"longitude":-181,"meters":600}}`, "body.area.longitude", ""},
		{"area", `{"area":{"latitude":0,"longitude":0,"meters":5}}`, "body.area.meters", ""},
		{"area", `{"area":{"latitude":0,"longitude":0,"meters":1000000}}`, "body.area.meters", "100000"},
		{"zone", `{"zone":"Berlin"}`, "body.zone", "Zeitzone"},
		{"zone", `{"zone":"Local"}`, "body.zone", "Zeitzone"},
		{"zone", `{"zone":"../../etc/passwd"}`, "body.zone", "Zeitzone"},
		{"zone", `{"zone":""}`, "body.zone", "Zeitzone"},
		{"seasons", `{"yearly":{"from":"02-30","until":"11-30"},"seasons":[]}`, "body.yearly.from", "Tag jedes Jahres"},
		{"seasons", `{"yearly":{"from":"03-01","until":""},"seasons":[]}`, "body.yearly.until", "Tag jedes Jahres"},
		{"seasons", `{"seasons":[{"key":"x","from":"2026-05-02","until":"2026-05-01"}]}`, "body.seasons[0].until", "nicht vor dem ersten Tag"},
		{"seasons", `{"seasons":[{"key":"x","from":"2026-05-02","until":""}]}`, "body.seasons[0].until", "muss ein Tag sein"},
		{"seasons", `{"seasons":[{"key":"Mein Sommer","from":"2026-05-02","until":"2026-05-03"}]}`, "body.seasons[0].key", "Kleinbuchstaben"},
		{"seasons", `{"seasons":[{"key":"x","from":"2026-05-02","until":"2026-05-03"},{"key":"x","from":"2027-05-02","until":"2027-05-03"}]}`, "body.seasons[1].key", "doppelt"},
		{"seasons", `{"seasons":[{"key":"x","from":"2026-05-02","until":"2026-05-03"},{"key":"y","from":"2026-05-03","until":"2026-05-04"}]}`, "body.seasons[1].from", "Saison x"},
		{"seasons", `{"yearly":{"from":"03-01","until":"11-30"},"seasons":[{"key":"x","from":"2026-05-02","until":"2026-05-03"}]}`, "body.seasons[0].from", "Saison 2026"},
	} {
		now := boss.get("/settings/" + c.setting)
		a := boss.send("PUT", "/settings/"+c.setting, c.body, "If-Match", now.header.Get("ETag"), "Accept-Language", "de")
		var p struct {
			Errors []struct{ Location, Message string }
		}
		a.into(t, &p)
		if a.status != http.StatusUnprocessableEntity || len(p.Errors) == 0 || p.Errors[0].Location != c.field || !strings.Contains(p.Errors[0].Message, c.said) {
			t.Errorf("%s %.100s: %.400s, want %s", c.setting, c.body, a, c.field)
		}
	}
	if s.count(`SELECT count(*) FROM rules`) != 1 || s.count(`SELECT count(*) FROM audit WHERE action LIKE 'settings%'`) != 0 {
		t.Error("something was written")
	}
}

func TestTwoPeopleOnSettings(t *testing.T) {
	t.Parallel()
	here, there := twoServices(t)
	boss, kim := here.hire("The Boss", office.Admin), there.hire("Kim", office.Admin)
	hours, zone := boss.get("/settings/hours"), boss.get("/settings/zone")
	kim.sets("hours", `{"hours":[{"from":"","until":"","days":[],"open":"09:00-18:00"}]}`).want(t, http.StatusOK)
	a := boss.send("PUT", "/settings/hours", `{"hours":[]}`, "If-Match", hours.header.Get("ETag")).want(t, http.StatusPreconditionFailed)
	if a.kind() != "edited-meanwhile" || !strings.Contains(string(a.body), "Kim") {
		t.Errorf("the slower one reads %s", a)
	}
	boss.send("PUT", "/settings/hours", `{"hours":[]}`).want(t, http.StatusPreconditionRequired)
	// Other parts are not disturbed.
	boss.send("PUT", "/settings/zone", `{"zone":"Asia/Tokyo"}`, "If-Match", zone.header.Get("ETag")).want(t, http.StatusOK)
	if page := string(there.ask("GET", "/rules", nil).body); !strings.Contains(page, "Asia/Tokyo") {
		t.Error("the other service has another zone")
	}
	// The same again is no edit.
	n := here.count(`SELECT count(*) FROM rules`)
	boss.sets("zone", `{"zone":"Asia/Tokyo"}`).want(t, http.StatusOK)
	kim.sets("hours", `{"hours":[{"from":"","until":"","days":[],"open":"09:00-18:00"}]}`).want(t, http.StatusOK)
	if here.count(`SELECT count(*) FROM rules`) != n {
		t.Error("what changes nothing is an edit")
	}
}

func TestAreaAndSeasonsReachVisitors(t *testing.T) {
	t.Parallel()
	here, there := twoServices(t)
	boss, v := here.hire("The Boss", office.Admin), there.join()
	boss.sets("area", `{"area":{"latitude":52.508,"longitude":13.338,"meters":600}}`).want(t, http.StatusOK)
	if a := there.ask("GET", "/v1/zoo/area", nil); !strings.Contains(string(a.body), `"meters":600`) {
		t.Errorf("phones read %s", a)
	}
	boss.sets("area", `{}`).want(t, http.StatusOK)
	if a := there.ask("GET", "/v1/zoo/area", nil); strings.Contains(string(a.body), "meters") {
		t.Errorf("phones read %s", a)
	}
	day := time.Now().UTC()
	season := fmt.Sprintf(`{"seasons":[{"key":"lights","from":%q,"until":%q}]}`, day.AddDate(0, 0, -2).Format(time.DateOnly), day.AddDate(0, 0, 2).Format(time.DateOnly))
	v.capture(animal(t, "lion")).want(t, http.StatusCreated)
	boss.sets("seasons", season).want(t, http.StatusOK)
	if a := there.ask("GET", "/v1/standings/season", nil).want(t, http.StatusOK); !strings.Contains(string(a.body), "season-lights") {
		t.Errorf("the season's board is %.300s", a)
	}
	boss.sets("seasons", `{"seasons":[]}`).want(t, http.StatusOK)
	there.ask("GET", "/v1/standings/season", nil).want(t, http.StatusNotFound)
}

func TestABadgeIsTurnedOffAndOn(t *testing.T) {
	t.Parallel()
	here, there := twoServices(t)
	ed, v := here.hire("Ed", office.Editor), there.join()
	v.capture(animal(t, "lion")).want(t, http.StatusCreated)
	type shown struct {
		Earned int
		Badges []struct {
			Key      string
			Earned   bool
			EarnedAt string
		}
	}
	see := func() (all shown) { v.get("/v1/badges").into(t, &all); return all }
	before := see()
	var list struct {
		Badges []struct {
			Key, Version string
			On           bool
		}
	}
	ed.get("/badges").want(t, http.StatusOK).into(t, &list)
	first := list.Badges[0]
	if len(list.Badges) != len(before.Badges) || first.Key != "first-catch" || !first.On {
		t.Fatalf("the desk has %d badges, the first %+v", len(list.Badges), first)
	}
	off := ed.send("PATCH", "/badges/first-catch", `{"on":false}`, "If-Match", first.Version).want(t, http.StatusOK)
	if after := see(); len(after.Badges) != len(before.Badges)-1 || after.Badges[0].Key == "first-catch" || after.Earned != before.Earned-1 {
		t.Errorf("off, the visitor sees %d, %d earned", len(after.Badges), after.Earned)
	}
	if export := v.get("/v1/me/export").want(t, http.StatusOK); strings.Contains(string(export.body), `"first-catch"`) {
		t.Error("it is exported as earned")
	}
	if page := string(there.ask("GET", "/rules", nil).body); strings.Contains(page, "Your first animal is in the dex") {
		t.Error("parents read of it")
	}
	if a := ed.send("PATCH", "/badges/first-catch", `{"on":true}`, "If-Match", first.Version).want(t, http.StatusPreconditionFailed); !strings.Contains(string(a.body), "Ed") {
		t.Errorf("with an old version: %s", a)
	}
	ed.send("PATCH", "/badges/first-catch", `{"on":true}`, "If-Match", off.header.Get("ETag")).want(t, http.StatusOK)
	if after := see(); fmt.Sprint(after) != fmt.Sprint(before) {
		t.Errorf("on again, the visitor has %+v, had %+v", after, before)
	}
	ed.send("PATCH", "/badges/unicorn", `{"on":true}`, "If-Match", `"x"`).want(t, http.StatusNotFound)
	ed.send("PATCH", "/badges/first-catch", `{"on":"perhaps"}`, "If-Match", first.Version).want(t, http.StatusUnprocessableEntity)
	ed.get("/settings/hours").want(t, http.StatusForbidden)
	if n := here.count(`SELECT count(*) FROM audit WHERE action IN ('badge.on', 'badge.off') AND subject = 'badge/first-catch' AND who = 'Ed'`); n != 2 {
		t.Errorf("%d lines are in the audit log", n)
	}
}

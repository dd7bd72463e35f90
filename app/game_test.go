package app_test

import (
	"bytes"
	"io"
	"net/http"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/api"
)

type earned struct {
	Points int
	Lines  []struct {
		Reason, Text string
		Points       int
	}
	Badges, LostBadges []struct{ Key, Name string }
	Level              struct {
		Number int
		Name   string
		Next   struct{ Points int }
	}
	LevelUp bool
	Trails  []struct {
		Key, Name, Notice string
		Done, Total       int
	}
}

type played struct {
	ID, Outcome string
	Species     *struct{ Slug string }
	Void        *struct{ Reason, Text string }
	Earned      earned
	Progress    struct{ Caught, Total, Points int }
	Candidates  []struct {
		Slug       string
		Confidence float64
	}
	Quiz *struct {
		Question string
		Choices  []struct{ Key, Text string }
		Points   int
	}
}

func (a answer) played(t testing.TB) (p played) {
	t.Helper()
	if a.status >= 300 {
		t.Fatalf("refused: %s", a)
	}
	a.into(t, &p)
	return p
}

func (v *visitor) send(method, path, body string, headers ...string) answer {
	v.t.Helper()
	var r io.Reader
	if body != "" {
		r = strings.NewReader(body)
		headers = append(headers, "Content-Type", "application/json")
	}
	return v.ask(method, path, r, headers...)
}

func TestACaptureSaysWhatItEarned(t *testing.T) {
	t.Parallel()
	v := start(t).join()
	a := v.capture(animal(t, "lion"), "Accept-Language", "de").played(t)
	e := a.Earned
	sum := 0
	for _, l := range e.Lines {
		sum += l.Points
	}
	if len(e.Lines) != 2 || e.Lines[0].Reason != "catch" || e.Lines[0].Text != "Erster Fang: Löwe" || e.Lines[1].Reason != "visit" || sum != e.Points || a.Progress.Points != sum {
		t.Errorf("lines %+v, %d points, progress %+v", e.Lines, e.Points, a.Progress)
	}
	if len(e.Badges) == 0 || e.Badges[0].Key != "first-catch" || e.Level.Number != 1 || e.Level.Next.Points == 0 || len(e.Trails) == 0 {
		t.Errorf("badges %+v, level %+v, trails %+v", e.Badges, e.Level, e.Trails)
	}
	if a.Quiz == nil || a.Quiz.Question == "" || len(a.Quiz.Choices) < 3 {
		t.Errorf("the question is %+v", a.Quiz)
	}
	var me struct {
		Points, Visits int
		Level          struct{ Number int }
		Standings      bool
	}
	v.get("/v1/me").into(t, &me)
	if me.Points != sum || me.Visits != 1 || me.Level.Number != 1 || me.Standings {
		t.Errorf("me: %+v", me)
	}
}

func TestAWrongCaptureIsPutRight(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	a := v.capture(animal(t, "lion")).played(t)
	path := "/v1/captures/" + strings.ToUpper(a.ID) + "/correction"

	none := v.send("POST", path, `{}`).played(t)
	if none.Outcome != "unsure" || none.Species != nil || none.Earned.Points != -a.Earned.Points || none.Progress.Points != 0 || len(none.Earned.LostBadges) == 0 {
		t.Errorf("said that it was none: %+v", none)
	}
	if again := v.send("POST", path, `{}`).played(t); again.Earned.Points != 0 || again.Progress != none.Progress {
		t.Errorf("said twice: %+v", again)
	}
	back := v.send("DELETE", path, "").played(t)
	if back.Outcome != "caught" || back.Species.Slug != "lion" || back.Earned.Points != a.Earned.Points || back.Progress != a.Progress {
		t.Errorf("took it back: %+v", back)
	}
	for body, kind := range map[string]string{
		`{"species":"giant-panda"}`: "not-offered", `{"species":"unicorn"}`: "unknown-species", `{"species":7}`: "invalid", `{`: "bad-request",
	} {
		if r := v.send("POST", path, body); r.kind() != kind {
			t.Errorf("%s is %s, want %s", body, r, kind)
		}
	}
	if r := s.join().send("POST", path, `{}`); r.status != http.StatusNotFound || r.kind() != "no-such-capture" {
		t.Errorf("another's capture: %s", r)
	}
	if n := s.count(`SELECT count(*) FROM corrections`); n != 2 {
		t.Errorf("%d corrections are kept, want 2", n)
	}
}

// Nobody has to do anything for it: what staff change is earned by all.
func TestWhatWasEarnedFollowsTheSpecies(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	a := v.capture(animal(t, "lion")).played(t)
	s.run(`UPDATE species SET rarity = rarity % 5 + 1 WHERE slug = 'lion'`)
	var me struct{ Points int }
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		v.get("/v1/me").into(t, &me)
		if me.Points != a.Progress.Points {
			return
		}
		if time.Now().After(deadline) {
			t.Fatalf("still %d points", me.Points)
		}
	}
}

func TestAQuestionIsAnsweredOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	a := v.capture(animal(t, "lion")).played(t)
	type quizzed struct {
		Right          bool
		Choice, Answer struct{ Key, Text string }
		Earned         earned
	}
	path := "/v1/captures/" + a.ID + "/quiz"
	if r := v.send("POST", path, `{"choice":"no such thing"}`); r.kind() != "no-such-choice" {
		t.Errorf("no such choice: %s", r)
	}
	right := ""
	if err := s.db.Gorm().Raw(`SELECT question->>'right' FROM questions`).Scan(&right).Error; err != nil {
		t.Fatal(err)
	}
	var first, second quizzed
	v.send("POST", path, `{"choice":"`+right+`"}`).into(t, &first)
	if !first.Right || first.Choice != first.Answer || first.Answer.Text == "" || first.Earned.Points != a.Quiz.Points {
		t.Errorf("answered rightly: %+v", first)
	}
	for _, c := range a.Quiz.Choices {
		v.send("POST", path, `{"choice":"`+c.Key+`"}`).into(t, &second)
		if second.Choice != first.Choice || second.Earned.Points != first.Earned.Points {
			t.Errorf("answered once more: %+v", second)
		}
	}
	if r := s.join().send("POST", path, `{"choice":"`+right+`"}`); r.kind() != "no-question" {
		t.Errorf("another's question: %s", r)
	}
}

// A picture from a friend's phone is kept, and says kindly that it does not count.
func TestACopyEarnsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	lion := animal(t, "lion")
	first := s.join().capture(lion).played(t)
	if first.Outcome != "caught" {
		t.Fatalf("the first: %+v", first)
	}
	copied := s.join().capture(lion).played(t)
	if copied.Outcome != "void" || copied.Void == nil || copied.Void.Reason != "copied" || copied.Void.Text == "" || copied.Earned.Points != 0 || copied.Progress.Caught != 0 || copied.Quiz != nil {
		t.Errorf("a copy: %+v", copied)
	}
}

func TestBadgesTrailsAndLevelsShowWhatIsOpen(t *testing.T) {
	t.Parallel()
	v := start(t).join()
	v.capture(animal(t, "lion")).played(t)
	var badges struct {
		Earned int
		Badges []struct {
			Key, Name, Text, Art string
			Have, Need           int
			Earned, Possible     bool
			EarnedAt             *time.Time
		}
	}
	v.get("/v1/badges").into(t, &badges)
	earned := 0
	for _, b := range badges.Badges {
		if b.Earned {
			earned++
		}
		if b.Name == "" || b.Text == "" || b.Art == "" || b.Need < 1 || b.Earned != (b.EarnedAt != nil) {
			t.Errorf("badge %+v", b)
		}
	}
	if len(badges.Badges) < 20 || badges.Earned != earned || earned < 1 {
		t.Errorf("%d of %d badges are earned, %d say so", badges.Earned, len(badges.Badges), earned)
	}
	var trails struct {
		Trails []struct {
			Key, Name      string
			Open, Complete bool
			Done, Total    int
			Steps          []struct {
				Text string
				Done bool
				By   *struct{ Slug string }
			}
		}
	}
	v.get("/v1/trails", "Accept-Language", "fr").into(t, &trails)
	done := 0
	for _, trail := range trails.Trails {
		if len(trail.Steps) != trail.Total || !trail.Open || trail.Complete {
			t.Errorf("trail %+v", trail)
		}
		for _, step := range trail.Steps {
			if step.Text == "" || step.Done != (step.By != nil && step.By.Slug == "lion") {
				t.Errorf("step %+v of %s", step, trail.Key)
			}
			if step.Done {
				done++
			}
		}
	}
	if len(trails.Trails) < 6 || done == 0 {
		t.Errorf("%d trails, %d steps done", len(trails.Trails), done)
	}
	var levels struct {
		Current int
		Levels  []struct{ Name string }
	}
	v.get("/v1/levels").into(t, &levels)
	if levels.Current != 1 || len(levels.Levels) != 9 {
		t.Errorf("levels %+v", levels)
	}
}

type group struct {
	ID, Kind, Name string
	Owner          bool
	Members        []struct {
		ID, Nickname string
		Owner, Me    bool
	}
	Code *struct {
		Code    string
		Expired bool
	}
	Progress struct{ Caught, Points int }
}

func (a answer) group(t testing.TB) (g group) {
	t.Helper()
	if a.status >= 300 {
		t.Fatalf("refused: %s", a)
	}
	a.into(t, &g)
	return g
}

func TestAFamilyCollectsTogether(t *testing.T) {
	t.Parallel()
	s := start(t)
	mum, child, stranger := s.join(), s.join(), s.join()
	g := mum.send("POST", "/v1/groups", `{"kind":"family"}`).group(t)
	if !g.Owner || g.Code == nil || len(g.Code.Code) != 6 || len(g.Members) != 1 || !g.Members[0].Me {
		t.Fatalf("founded %+v", g)
	}
	typed := strings.ToLower(g.Code.Code[:3]) + " " + g.Code.Code[3:]
	joined := child.send("POST", "/v1/groups/join", `{"code":"`+typed+`"}`)
	if j := joined.group(t); j.Owner || j.Code != nil || len(j.Members) != 2 || strings.Contains(string(joined.body), mum.ID) {
		t.Errorf("joined %s", joined)
	}
	mum.capture(animal(t, "lion")).played(t)
	child.capture(animal(t, "tiger")).played(t)
	for _, v := range []*visitor{mum, child} {
		a := v.get("/v1/groups/" + g.ID)
		if both := a.group(t); both.Progress.Caught != 2 || both.Progress.Points <= 0 {
			t.Errorf("together %s", a)
		}
		for _, id := range []string{mum.ID, child.ID} {
			if strings.Contains(string(a.body), id) {
				t.Errorf("the id of a visitor is in %s", a)
			}
		}
	}
	member := mum.get("/v1/groups/" + g.ID).group(t).Members
	for _, c := range []struct {
		who          *visitor
		method, path string
		body         string
		kind         string
	}{
		{stranger, "GET", "/v1/groups/" + g.ID, "", "no-such-group"},
		{stranger, "POST", "/v1/groups/" + g.ID + "/code", "", "no-such-group"},
		{stranger, "DELETE", "/v1/groups/" + g.ID + "/members/me", "", "no-such-group"},
		{stranger, "DELETE", "/v1/groups/" + g.ID + "/members/" + member[1].ID, "", "no-such-group"},
		{stranger, "POST", "/v1/groups/join", `{"code":"BCDFHJ"}`, "wrong-group-code"},
		{stranger, "POST", "/v1/groups/join", `{"code":"hello"}`, "wrong-group-code"},
		{stranger, "POST", "/v1/groups", `{"kind":"gang"}`, "invalid"},
		{stranger, "GET", "/v1/groups/7", "", "invalid"},
		{child, "POST", "/v1/groups/join", `{"code":"` + g.Code.Code + `"}`, "member-already"},
		{child, "POST", "/v1/groups/" + g.ID + "/code", "", "not-the-owner"},
		{child, "DELETE", "/v1/groups/" + g.ID + "/members/" + member[0].ID, "", "not-the-owner"},
		{mum, "DELETE", "/v1/groups/" + g.ID + "/members/" + uuid.NewString(), "", "no-such-group"},
	} {
		if r := c.who.send(c.method, c.path, c.body); r.kind() != c.kind {
			t.Errorf("%s %s %s is %s, want %s", c.method, c.path, c.body, r, c.kind)
		}
	}

	if r := mum.send("DELETE", "/v1/groups/"+g.ID+"/members/"+member[1].ID, ""); r.status != http.StatusNoContent {
		t.Errorf("removed: %s", r)
	}
	if r := child.get("/v1/groups/" + g.ID); r.status != http.StatusNotFound {
		t.Errorf("the removed member sees %s", r)
	}
	other := mum.send("POST", "/v1/groups/"+g.ID+"/code", "").group(t)
	if r := child.send("POST", "/v1/groups/join", `{"code":"`+g.Code.Code+`"}`); r.kind() != "wrong-group-code" {
		t.Errorf("by the code before: %s", r)
	}
	s.run(`UPDATE groups SET code_at = code_at - interval '400 days'`)
	if r := child.send("POST", "/v1/groups/join", `{"code":"`+other.Code.Code+`"}`); r.status != http.StatusGone || r.kind() != "group-code-expired" {
		t.Errorf("by an old code: %s", r)
	}
	if r := mum.send("DELETE", "/v1/groups/"+g.ID+"/members/me", ""); r.status != http.StatusNoContent {
		t.Errorf("left: %s", r)
	}
	if n := s.count(`SELECT count(*) FROM groups`) + s.count(`SELECT count(*) FROM memberships`); n != 0 {
		t.Errorf("%d rows of the group are left", n)
	}
}

// Where a photo was taken counts if the zoo has an area; the phone judges it.
func TestAPhotoFromOutsideIsKeptAndEarnsNothing(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	lion := animal(t, "lion")
	at := func(place string) played {
		t.Helper()
		s.run(`DELETE FROM prints`)
		return v.ask("PUT", "/v1/captures/"+uuid.NewString()+place, bytes.NewReader(lion)).played(t)
	}
	if a := at("?place=outside"); a.Outcome != "caught" {
		t.Errorf("in a zoo without an area: %+v", a)
	}
	s.run(`INSERT INTO rules (revision, zone, rules, created_at) SELECT 2, zone, jsonb_set(rules, '{FairPlay,Area}', '{"latitude":52.5,"longitude":13.3,"meters":600}'), now() FROM rules`)
	var zoo struct {
		Area *struct {
			Latitude, Longitude float64
			Meters              int
		}
	}
	s.ask("GET", "/v1/zoo/area", nil).into(t, &zoo)
	if zoo.Area == nil || zoo.Area.Latitude != 52.5 || zoo.Area.Meters != 600 {
		t.Errorf("the area is %+v", zoo.Area)
	}
	s.run(`DELETE FROM captures`)
	s.run(`DELETE FROM tallies`)
	if a := at("?place=outside"); a.Outcome != "void" || a.Void.Reason != "outside" || a.Void.Text == "" || a.Earned.Points != 0 || a.Species != nil {
		t.Errorf("outside: %+v", a)
	}
	for _, place := range []string{"?place=inside", ""} {
		if a := at(place); a.Outcome != "caught" && a.Outcome != "seen" {
			t.Errorf("%q: %+v", place, a)
		}
	}
	if a := v.ask("PUT", "/v1/captures/"+uuid.NewString()+"?place=home", bytes.NewReader(lion)); a.kind() != "invalid" {
		t.Errorf("nowhere: %s", a)
	}
	if page := s.ask("GET", "/rules", nil); !strings.Contains(string(page.body), "outside of the zoo") {
		t.Error("the rules do not tell of the area")
	}
}

// A whole class does everything at once, and nobody hears that somebody else was
// in the way.
func TestAClassPlaysAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.VisitorPhotos, l.AddressCalls, l.AddressJoins, l.AddressCodes = 0, 0, 0, 0 }))
	photos := somePhotos(t)
	pupils := make([]*visitor, 32)
	for i := range pupils {
		pupils[i] = s.join()
	}
	var class struct {
		ID   string
		Code struct{ Code string }
	}
	pupils[0].send("POST", "/v1/groups", `{"kind":"class"}`).into(t, &class)
	membership, join := "/v1/groups/"+class.ID+"/members/me", `{"code":"`+class.Code.Code+`"}`
	var all sync.WaitGroup
	for i, v := range pupils {
		all.Go(func() {
			photo, first, second := photos[i%len(photos)], uuid.NewString(), uuid.NewString()
			for _, step := range []struct {
				method, path, body string
				status             int
			}{
				{"POST", "/v1/groups/join", join, http.StatusOK},
				{"PUT", "/v1/me/standings", `{"standings":true}`, http.StatusOK},
				{"PUT", "/v1/captures/" + first, string(photo), http.StatusCreated},
				{"PUT", "/v1/captures/" + first, string(photo), http.StatusOK},
				{"POST", "/v1/captures/" + first + "/correction", "{}", http.StatusOK},
				{"PUT", "/v1/captures/" + second, string(photos[(i+1)%len(photos)]), http.StatusCreated},
				{"DELETE", "/v1/captures/" + first + "/correction", "", http.StatusOK},
				{"GET", "/v1/standings/ever?around=me", "", http.StatusOK},
				{"DELETE", membership, "", http.StatusNoContent},
				{"POST", "/v1/groups/join", join, http.StatusOK},
				{"GET", "/v1/groups/" + class.ID, "", http.StatusOK},
			} {
				if i == 0 && (step.path == "/v1/groups/join" || step.path == membership) {
					continue // the group would go with its owner
				}
				headers := []string{"Authorization", "Bearer " + v.Token}
				if strings.HasPrefix(step.body, "{") {
					headers = append(headers, "Content-Type", "application/json")
				}
				a, err := s.try(step.method, step.path, strings.NewReader(step.body), headers...)
				if err != nil || a.status != step.status {
					t.Errorf("pupil %d: %s %s: %v, %.200s, want %d", i, step.method, step.path, err, a, step.status)
				}
			}
		})
	}
	all.Wait()
	var together struct{ Members []struct{} }
	pupils[0].get("/v1/groups/"+class.ID).into(t, &together)
	if len(together.Members) != len(pupils) {
		t.Errorf("%d members", len(together.Members))
	}
	verify(t, s.db, "after it")
}

func TestAnotherPhoneIsTheSameVisitor(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	v.capture(animal(t, "lion")).played(t)
	var made struct{ PassCode string }
	v.send("POST", "/v1/me/pass-code", "").into(t, &made)
	join := func(code string) answer {
		return s.ask("POST", "/v1/me/phones", strings.NewReader(`{"passCode":"`+code+`"}`), "Content-Type", "application/json")
	}
	if r := join(v.PassCode); r.status != http.StatusForbidden || r.kind() != "wrong-pass-code" {
		t.Errorf("by the code before: %s", r)
	}
	second := &visitor{service: s}
	join(strings.ToUpper(strings.ReplaceAll(made.PassCode, "-", " "))).into(t, second)
	if second.ID != v.ID || second.Token == v.Token || second.dex().Progress != v.dex().Progress {
		t.Errorf("the second phone is %+v", second)
	}
}

// Right codes are not counted, wrong ones soon find no answer.
func TestWrongCodesAreSlowedDown(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.AddressCodes = 5 }))
	owner := s.join()
	g := owner.send("POST", "/v1/groups", `{"kind":"class"}`).group(t)
	for range 12 {
		s.join().send("POST", "/v1/groups/join", `{"code":"`+g.Code.Code+`"}`).group(t)
	}
	var kinds []string
	for range 8 {
		kinds = append(kinds, owner.send("POST", "/v1/groups/join", `{"code":"BCDFHJ"}`).kind())
	}
	if kinds[0] != "wrong-group-code" || kinds[7] != "too-often" {
		t.Errorf("answered %v", kinds)
	}
}

func TestTheRulesAreToldInEveryLanguage(t *testing.T) {
	t.Parallel()
	s := start(t)
	for language, words := range map[string][]string{
		"en": {"How the game works", "Around the world", "30 November"},
		"de": {"Wie das Spiel geht", "Reise um die Welt", "30. November"},
		"fr": {"Comment marche le jeu", "Le tour du monde", "30 novembre"},
	} {
		a := s.ask("GET", "/rules", nil, "Accept-Language", language)
		for _, w := range append(words, `<html lang="`+language+`">`) {
			if a.status != 200 || !strings.Contains(string(a.body), w) {
				t.Errorf("%s: %d, no %q", language, a.status, w)
			}
		}
		for _, wrong := range []string{"<script", "style=", "{", "rules."} {
			if bytes.Contains(bytes.ReplaceAll(a.body, []byte("/rules.css"), nil), []byte(wrong)) {
				t.Errorf("%s: %q is in the page", language, wrong)
			}
		}
	}
	if a := s.ask("GET", "/rules.css", nil); a.status != 200 || !strings.HasPrefix(a.header.Get("Content-Type"), "text/css") {
		t.Errorf("the style: %d %s", a.status, a.header.Get("Content-Type"))
	}
}

func TestAnExportHoldsTheGame(t *testing.T) {
	t.Parallel()
	v := start(t).join()
	a := v.capture(animal(t, "lion")).played(t)
	v.send("POST", "/v1/groups", `{"kind":"family"}`).group(t)
	v.send("POST", "/v1/captures/"+a.ID+"/correction", `{}`).played(t)
	var e struct {
		PhonesSince                         []time.Time
		Badges, Trails, Ledger, Corrections []any
		Questions, Groups                   []any
		Captures                            []struct{ Outcome, OutcomeNow string }
	}
	v.get("/v1/me/export").into(t, &e)
	if len(e.PhonesSince) != 1 || len(e.Corrections) != 1 || len(e.Questions) != 1 || len(e.Groups) != 1 || len(e.Captures) != 1 ||
		e.Captures[0].Outcome != "caught" || e.Captures[0].OutcomeNow != "unsure" || len(e.Badges) != 0 {
		t.Errorf("exported %+v", e)
	}
}

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/chromedp/chromedp/kb"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

// plan is a trail as the desk sends it, with values by path changed.
func plan(changes ...any) string {
	p := map[string]any{
		"ordered": false, "from": "", "until": "", "points": 40, "art": "compass",
		"texts": map[string]any{"en": map[string]any{"name": "Two of a kind", "text": "Find a lion and any bird."},
			"de": map[string]any{"name": "", "text": ""}, "fr": map[string]any{"name": "", "text": ""}},
		"steps": []any{map[string]any{"species": "lion"}, map[string]any{"group": "bird"}},
	}
	for i := 0; i < len(changes); i += 2 {
		at, path := p, strings.Split(changes[i].(string), ".")
		for _, name := range path[:len(path)-1] {
			at = at[name].(map[string]any)
		}
		at[path[len(path)-1]] = changes[i+1]
	}
	text, _ := json.Marshal(p)
	return string(text)
}

func TestEditorsDrawUpTrailsAndChildrenWalkThem(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	here := start(t, func(c *app.Config) { c.DatabaseURL = url })
	there := start(t, func(c *app.Config) { c.DatabaseURL = url })
	ed := here.hire("Ed", office.Editor)
	v := there.join()
	v.capture(animal(t, "lion")).want(t, http.StatusCreated)

	added := ed.send("POST", "/trails", plan()).want(t, http.StatusCreated)
	if !strings.Contains(string(added.body), `"key":"two-of-a-kind"`) {
		t.Errorf("added: %s", added)
	}
	trail := func() (done, total int, found bool) {
		var all struct {
			Trails []struct {
				Key         string
				Done, Total int
			}
		}
		v.get("/v1/trails").into(t, &all)
		for _, tr := range all.Trails {
			if tr.Key == "two-of-a-kind" {
				return tr.Done, tr.Total, true
			}
		}
		return 0, 0, false
	}
	if done, total, _ := trail(); done != 1 || total != 2 {
		t.Errorf("who has caught a lion before has done %d of %d steps", done, total)
	}

	// A second trail of the same name gets a key of its own; a key is given once.
	again := ed.send("POST", "/trails", plan()).want(t, http.StatusCreated)
	if !strings.Contains(string(again.body), `"key":"two-of-a-kind-2"`) {
		t.Errorf("added again: %s", again)
	}
	same := strings.Replace(plan(), "{", `{"key":"two-of-a-kind",`, 1)
	ed.send("POST", "/trails", same).want(t, http.StatusConflict)

	tag := added.header.Get("ETag")
	changed := ed.send("PUT", "/trails/two-of-a-kind", plan("steps", []any{map[string]any{"species": "lion"}}), "If-Match", tag).want(t, http.StatusOK)
	if done, total, _ := trail(); done != 1 || total != 1 {
		t.Errorf("of the changed trail %d of %d steps are done", done, total)
	}
	kim := here.hire("Kim", office.Keeper)
	if late := kim.send("PUT", "/trails/two-of-a-kind", plan(), "If-Match", tag).want(t, http.StatusPreconditionFailed); !strings.Contains(string(late.body), "Ed") {
		t.Errorf("who was late: %s", late)
	}
	kim.send("DELETE", "/trails/two-of-a-kind", "").want(t, http.StatusPreconditionRequired)
	// Somebody else's trail is no reason to be refused.
	kim.send("PUT", "/trails/two-of-a-kind-2", plan("points", 7), "If-Match", again.header.Get("ETag")).want(t, http.StatusOK)

	tag = changed.header.Get("ETag")
	ed.send("DELETE", "/trails/two-of-a-kind", "", "If-Match", tag).want(t, http.StatusNoContent)
	if _, _, found := trail(); found {
		t.Error("children see a trail that was deleted")
	}
	ed.send("DELETE", "/trails/two-of-a-kind", "", "If-Match", tag).want(t, http.StatusPreconditionFailed)
	ed.send("POST", "/trails", same).want(t, http.StatusConflict)
	var list struct {
		Deleted []struct{ Key, Name, Who string }
	}
	ed.get("/trails").into(t, &list)
	if got := fmt.Sprint(list.Deleted); got != "[{two-of-a-kind Two of a kind Ed}]" {
		t.Errorf("deleted are %s", got)
	}
	var history struct {
		Versions []struct {
			Revision int64
			Who      string
			Gone     bool
			Changes  []struct{ Field, Before, After string }
		}
	}
	versions := ed.get("/trails/two-of-a-kind/versions").want(t, http.StatusOK)
	versions.into(t, &history)
	if len(history.Versions) != 3 || !history.Versions[0].Gone || fmt.Sprint(history.Versions[1].Changes) != "[{steps 2. some kind of bird }]" {
		t.Fatalf("the history is %s", versions)
	}
	restore := fmt.Sprintf("/trails/two-of-a-kind/versions/%d/restore", history.Versions[2].Revision)
	ed.send("POST", restore, "", "If-Match", versions.header.Get("ETag")).want(t, http.StatusOK)
	if done, total, found := trail(); done != 1 || total != 2 || !found {
		t.Errorf("brought back: %d of %d steps", done, total)
	}
	if ed.get("/trails").into(t, &list); len(list.Deleted) != 0 {
		t.Errorf("brought back, and still deleted: %v", list.Deleted)
	}
	// It was not there at first, which is nothing to go back to.
	tag = ed.get("/trails/two-of-a-kind").header.Get("ETag")
	ed.send("POST", "/trails/two-of-a-kind/versions/1/restore", "", "If-Match", tag).want(t, http.StatusNotFound)
	if _, _, found := trail(); !found {
		t.Error("the trail was deleted by going back")
	}
	ed.get("/trails/unheard-of").want(t, http.StatusNotFound)
	ed.get("/trails/unheard-of/versions").want(t, http.StatusNotFound)
	ed.send("PUT", "/trails/unheard-of", plan(), "If-Match", tag).want(t, http.StatusNotFound)

	boss := here.hire("Boss", office.Admin)
	var log struct {
		Entries []struct{ Who, Action string }
	}
	boss.get("/audit?subject=trail/two-of-a-kind").into(t, &log)
	if got := fmt.Sprint(log.Entries); got != "[{Ed trail.restore} {Ed trail.delete} {Ed trail.edit} {Ed trail.add}]" {
		t.Errorf("the audit log is %s", got)
	}
}

// Points follow what editors do with a trail, also of who was on it long ago and
// by another service, and the boards with them.
func TestPointsFollowTheTrails(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	here := start(t, func(c *app.Config) { c.DatabaseURL = url })
	there := start(t, func(c *app.Config) { c.DatabaseURL = url })
	ed := here.hire("Ed", office.Editor)
	v := there.join()
	v.catches("lion", time.Now().Add(-48*time.Hour))
	points := func() int {
		t.Helper()
		everybodyIsRecomputed(t, there.db)
		return v.standings("ever?around=me").Mine.Points
	}
	before := points()
	follows := func(what string, trail int) {
		t.Helper()
		if got := points(); got != before+trail {
			t.Errorf("%s: the board says %d points, want %d", what, got, before+trail)
		}
	}
	lion := []any{map[string]any{"species": "lion"}}
	tag := ed.send("POST", "/trails", plan("steps", lion, "points", 40)).want(t, http.StatusCreated).header.Get("ETag")
	follows("drawn up", 40)
	tag = ed.send("PUT", "/trails/two-of-a-kind", plan("steps", lion, "points", 15), "If-Match", tag).want(t, http.StatusOK).header.Get("ETag")
	follows("worth less", 15)
	tag = ed.send("PUT", "/trails/two-of-a-kind", plan("steps", lion, "points", 15, "from", "2999-01-01"), "If-Match", tag).want(t, http.StatusOK).header.Get("ETag")
	follows("of other days", 0)
	ed.send("DELETE", "/trails/two-of-a-kind", "", "If-Match", tag).want(t, http.StatusNoContent)
	follows("deleted", 0)
	versions := ed.get("/trails/two-of-a-kind/versions")
	var history struct{ Versions []struct{ Revision int64 } }
	versions.into(t, &history)
	restored := ed.send("POST", fmt.Sprintf("/trails/two-of-a-kind/versions/%d/restore", history.Versions[2].Revision), "", "If-Match", versions.header.Get("ETag")).want(t, http.StatusOK)
	follows("brought back", 15)
	ed.send("DELETE", "/trails/two-of-a-kind", "", "If-Match", restored.header.Get("ETag")).want(t, http.StatusNoContent)
	follows("deleted again", 0)
	verify(t, here.db, "after all")
}

func TestTheListOfTrailsTellsWhichCanBeWalked(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	lion, tag := ed.species("lion")
	ed.send("PUT", "/species/lion", lion.with("", "onDisplay", false), "If-Match", tag).want(t, http.StatusOK)
	for name, changes := range map[string][]any{
		"Without a lion":   nil,
		"Over":             {"until", "2020-01-01", "steps", []any{map[string]any{"species": "tiger"}}},
		"Coming":           {"from", "2999-01-01", "until", "2999-01-01"},
		"Two bears of one": {"steps", slices.Repeat([]any{map[string]any{"group": "red-panda"}}, 2)},
	} {
		ed.send("POST", "/trails", plan(append(changes, "texts.en.name", name)...)).want(t, http.StatusCreated)
	}
	var list struct {
		Trails []struct {
			Key, Name, State string
			Lacking          []string
		}
	}
	ed.get("/trails", "Accept-Language", "de").want(t, http.StatusOK).into(t, &list)
	told := map[string]string{}
	for _, trail := range list.Trails {
		told[trail.Key] = fmt.Sprint(trail.State, trail.Lacking)
	}
	for key, want := range map[string]string{
		"without-a-lion": "open[Löwe]", "over": "over[]", "coming": "coming[Löwe]",
		"two-bears-of-one": "open[ein Roter Panda]", "feathers": "open[]",
	} {
		if told[key] != want {
			t.Errorf("%s is %s, want %s", key, told[key], want)
		}
	}
}

func TestTooManyTrailsAndOddOnesAreRefused(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	for body, field := range map[string]string{
		strings.Replace(plan(), `"points":40`, `"points":1e300`, 1):                       "body",
		strings.Replace(plan(), `"points":40`, `"points":9223372036854775808`, 1):         "body",
		strings.Replace(plan(), `"points":40`, `"points":1.5`, 1):                         "body.points",
		strings.Replace(plan(), `"ordered":false`, `"ordered":"no"`, 1):                   "body.ordered",
		strings.Replace(plan(), `"steps":[`, `"steps":[null,`, 1):                         "body.steps[0]",
		strings.Replace(plan(), `"steps":[`, `"steps":[7,`, 1):                            "body.steps[0]",
		strings.Replace(plan(), `"steps":[`, `"steps":[{"species":"lion","times":2},`, 1): "body.steps[0].times",
		plan("from", "2026-02-29"):                                                        "body.from",
		plan("from", "2026-04-01T00:00:00Z"):                                              "body.from",
		plan("until", "-001-01-01"):                                                       "body.until",
		plan("texts.en.name", "a\u0000b"):                                                 "body.texts.en.name",
		plan("texts.en.name", "tab\there"):                                                "body.texts.en.name",
		plan("texts.en.text", strings.Repeat("long ", 20000)):                             "body.texts.en.text",
	} {
		if got := ed.send("POST", "/trails", body).want(t, http.StatusUnprocessableEntity).fields(); !slices.Equal(got, []string{field}) {
			t.Errorf("%.150s is refused at %q, want %s", body, got, field)
		}
	}
	ed.send("POST", "/trails", plan("texts.de.text", strings.Repeat("x", 1<<21))).want(t, http.StatusRequestEntityTooLarge)
	ed.send("POST", "/trails", `{"steps":`).want(t, http.StatusBadRequest)
	// As many as there may be, and one more.
	s.run(`UPDATE rules SET rules = jsonb_set(rules, '{Trails}', (SELECT jsonb_agg(rules->'Trails'->0 || jsonb_build_object('Key', 't' || i)) FROM generate_series(1, 200) i))
		WHERE revision = (SELECT max(revision) FROM rules)`)
	before := s.count(`SELECT count(*) FROM rules`)
	a := ed.send("POST", "/trails", plan(), "Accept-Language", "de").want(t, http.StatusUnprocessableEntity)
	if got := a.fields(); !slices.Equal(got, []string{"rules.trails"}) || !strings.Contains(string(a.body), "200") {
		t.Errorf("the 201st is refused at %q: %s", got, a)
	}
	if s.count(`SELECT count(*) FROM rules`) != before {
		t.Error("it was written")
	}
}

func TestAWrongTrailIsRefusedAtItsFields(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	long := make([]any, 25)
	for i := range long {
		long[i] = map[string]any{"group": "bird"}
	}
	step := func(steps ...map[string]any) []any {
		all := make([]any, len(steps))
		for i := range steps {
			all[i] = steps[i]
		}
		return all
	}
	lion, cat := map[string]any{"species": "lion"}, map[string]any{"group": "big-cat"}
	for _, wrong := range []struct {
		changes []any
		fields  []string
	}{
		{[]any{"from", "2026-05-02", "until", "2026-05-01"}, []string{"body.until"}},
		{[]any{"from", "2026-02-30"}, []string{"body.from"}},
		{[]any{"until", "tomorrow"}, []string{"body.until"}},
		{[]any{"texts.en.name", ""}, []string{"body.texts.en.name"}},
		{[]any{"texts.de.text", "<b>fett</b>"}, []string{"body.texts.de.text"}},
		{[]any{"texts.fr.name", strings.Repeat("é", 61)}, []string{"body.texts.fr.name"}},
		{[]any{"texts.fr.text", "deux\nlignes"}, []string{"body.texts.fr.text"}},
		{[]any{"points", -1}, []string{"body.points"}},
		{[]any{"points", 1001}, []string{"body.points"}},
		{[]any{"art", "no art!"}, []string{"body.art"}},
		{[]any{"steps", []any{}}, []string{"body.steps"}},
		{[]any{"steps", long}, []string{"body.steps"}},
		{[]any{"steps", step(map[string]any{"species": "unicorn"})}, []string{"body.steps[0].species"}},
		{[]any{"steps", step(lion, map[string]any{"group": "unicorns"})}, []string{"body.steps[1].group"}},
		{[]any{"steps", step(lion, lion)}, []string{"body.steps[1].species"}},
		{[]any{"steps", step(map[string]any{"species": "lion", "group": "bird"})}, []string{"body.steps[0]"}},
		{[]any{"steps", step(map[string]any{"group": "bird", "wakes": true})}, []string{"body.steps[0].wakes"}},
		{[]any{"ordered", true, "steps", step(lion, cat)}, []string{"body.steps[1]"}},
	} {
		a := ed.send("POST", "/trails", plan(wrong.changes...)).want(t, http.StatusUnprocessableEntity)
		if got := a.fields(); !slices.Equal(got, wrong.fields) {
			t.Errorf("%v is refused at %q: %s", wrong.changes, got, a)
		}
		// The same is told while somebody types.
		checked := ed.send("POST", "/trails/check", plan(wrong.changes...)).want(t, http.StatusOK)
		if want := fmt.Sprintf(`"field":%q`, strings.TrimPrefix(wrong.fields[0], "body.")); !strings.Contains(string(checked.body), want) {
			t.Errorf("%v is checked as %s", wrong.changes, checked)
		}
	}
	for _, key := range []string{"Two", "two--kinds", "../lion", "ü", strings.Repeat("a", 100)} {
		a := ed.send("POST", "/trails", strings.Replace(plan(), "{", fmt.Sprintf(`{"key":%q,`, key), 1)).want(t, http.StatusUnprocessableEntity)
		if got := a.fields(); !slices.Equal(got, []string{"body.key"}) {
			t.Errorf("the key %q is refused at %q", key, got)
		}
	}
	if s.count(`SELECT count(*) FROM rules`) != 1 || s.count(`SELECT count(*) FROM audit WHERE action LIKE 'trail%'`) != 0 {
		t.Error("something was written")
	}
	german := ed.send("POST", "/trails", plan("from", "2026-05-02", "until", "2026-05-01"), "Accept-Language", "de")
	if !strings.Contains(string(german.body), "nicht vor dem ersten Tag") {
		t.Errorf("in German: %s", german)
	}
	// A badge that wants the trail keeps it.
	s.run(`UPDATE rules SET rules = jsonb_set(rules, '{Badges,0}', rules->'Badges'->0 || '{"Kind":"trails","Of":["night-shift"],"AtLeast":1}')`)
	var all struct{ Trails []struct{ Key string } }
	ed.get("/trails").into(t, &all)
	s.run(`UPDATE rules SET rules = jsonb_set(rules, '{Badges,0,Of}', '["` + all.Trails[0].Key + `"]'), revision = 2`)
	tag := ed.get("/trails/" + all.Trails[0].Key).header.Get("ETag")
	if a := ed.send("DELETE", "/trails/"+all.Trails[0].Key, "", "If-Match", tag).want(t, http.StatusConflict); a.kind() != "trail-in-badge" {
		t.Errorf("a trail of a badge: %s", a)
	}
}

// An editor's way from an empty form to a trail that a child is on, and back.
func TestBrowserDeskTrails(t *testing.T) {
	phones := openPhones(t)
	s, browser := phones.service, phones.chromium
	s.hire("Ed", office.Editor)
	s.hire("Kim", office.Editor)
	ed := browser.signsIn(t, s.url, "Ed")
	ed.clicks("[data-testid=menu-trails]")
	ed.sees("[data-testid=trail-list]")
	ed.isInOrder("trails")
	ed.clicks("[data-testid=add-trail]")
	ed.types(`[data-testid="texts.en.name"]`, "Stripes and manes")
	ed.types(`[data-testid="texts.en.text"]`, "Find who wears stripes and who wears a mane.")
	ed.types(`[data-testid="texts.de.name"]`, "Streifen und Mähnen")
	ed.types("[data-testid=from]", "2026-05-02")
	ed.types("[data-testid=until]", "2026-05-01")
	ed.reads(".field .wrong", "must not be before the first day")
	ed.types("[data-testid=step-animal]", "lion")
	ed.waits("be offered the lion", `[...document.querySelectorAll('#trail-animals option')].some(o => o.value === 'lion')`)
	ed.types("[data-testid=step-animal]", "lion")
	ed.reads("[data-testid=steps]", "1. lion")
	ed.types("[data-testid=step-group]", "horse")
	ed.types("[data-testid=step-group]", "bird")
	ed.reads("[data-testid=preview]", "Stripes and manes", "some kind of bird")
	ed.clicks("[data-testid=save]")
	ed.reads("[data-testid=trouble]", "Last day", "must not be before the first day")
	ed.isInOrder("trail-refused")
	if s.count(`SELECT count(*) FROM rules`) != 1 {
		t.Error("a trail that ends before it starts was saved")
	}
	ed.types("[data-testid=from]", "")
	ed.types("[data-testid=until]", "")
	// Steps are ordered by keyboard, which stays on what it moves, and by dragging.
	order := func(want string) {
		t.Helper()
		ed.waits("see the steps as "+want, fmt.Sprintf(`[...document.querySelectorAll('[data-testid=steps] .name')].map(e => e.textContent.split('. ')[1]).join() === %q`, want))
	}
	order("lion,some kind of horse or zebra,some kind of bird")
	ed.evaluates(`(document.querySelector('[data-testid=up-2]').focus(), '')`)
	ed.does(chromedp.KeyEvent(kb.Enter), chromedp.KeyEvent(kb.Enter))
	order("some kind of bird,lion,some kind of horse or zebra")
	ed.does(chromedp.KeyEvent(kb.Enter)) // up is no more, so it goes down
	order("lion,some kind of bird,some kind of horse or zebra")
	ed.reads("[data-testid=steps] [role=status]", "some kind of bird is step 2 now")
	ed.evaluates(`((from, to) => {
		for (const [at, type] of [[from, 'dragstart'], [to, 'dragover'], [to, 'drop'], [from, 'dragend']])
			at.dispatchEvent(new DragEvent(type, { bubbles: true, cancelable: true, dataTransfer: new DataTransfer() }));
		return '' })(...[2, 0].map(i => document.querySelectorAll('[data-testid=steps] li')[i]))`)
	order("some kind of horse or zebra,lion,some kind of bird")
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=history]")
	if hash := ed.evaluates("location.hash"); hash != "#/trails/stripes-and-manes" {
		t.Errorf("the new trail is at %s", hash)
	}

	// A child is on it already, and does a step.
	child := phones.visit(t, "de")
	child.earns("trails")
	child.reads("[data-trail=stripes-and-manes][data-done='0']", "Streifen und Mähnen", "30")
	child.photographs(phones.lion)
	child.sees("[data-testid=answer][data-outcome=caught]")
	child.earns("trails")
	child.sees("[data-trail=stripes-and-manes][data-done='1']")

	// Two editors on one trail: both keep what they meant.
	kim := browser.signsIn(t, s.url, "Kim")
	kim.turns("trails/stripes-and-manes")
	kim.sees("[data-testid=history]")
	ed.types("[data-testid=points]", "55")
	ed.types(`[data-testid="texts.fr.name"]`, "Rayures et crinières")
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=saved]")
	ed.isInOrder("trail")
	kim.types("[data-testid=points]", "20")
	kim.types(`[data-testid="texts.de.name"]`, "Mähnen und Streifen")
	kim.clicks("[data-testid=save]")
	kim.reads("[data-testid=clashes]", "Ed was faster", "55", "20")
	kim.isInOrder("trail-clash")
	kim.clicks("[data-testid=theirs-points]")
	kim.clicks("[data-testid=save]")
	kim.sees("[data-testid=saved]")
	if a := s.signIn("Ed").get("/trails/stripes-and-manes"); !strings.Contains(string(a.body), `"points":55`) ||
		!strings.Contains(string(a.body), "Rayures") || !strings.Contains(string(a.body), "Mähnen und Streifen") {
		t.Errorf("after both: %s", a)
	}
	kim.clicks("[data-testid=undo]")
	kim.waits("see the former name", `document.querySelector('[data-testid="texts.de.name"]').value === 'Streifen und Mähnen'`)

	// Deleted after a question, and brought back.
	kim.clicks("[data-testid=delete]")
	kim.reads("dialog", "Delete the trail", "loses its points")
	kim.isInOrder("trail-delete")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=deleted]", "Stripes and manes")
	kim.waits("see the trail gone", `!document.querySelector('[data-trail=stripes-and-manes]')`)
	kim.clicks("[data-testid=undo-delete]")
	kim.sees("[data-trail=stripes-and-manes]")
	// Also by who has not deleted it, later.
	kim.clicks("[data-trail=stripes-and-manes]")
	kim.clicks("[data-testid=delete]")
	kim.clicks("[data-testid=sure]")
	kim.sees("[data-testid=deleted]")
	ed.turns("trails")
	ed.clicks("[data-testid=gone] summary")
	ed.reads("[data-testid=gone]", "Stripes and manes", "Kim")
	ed.isInOrder("trails-gone")
	ed.clicks("[data-testid=bring-stripes-and-manes]")
	ed.sees("[data-trail=stripes-and-manes]")
	child.opens("camera")
	child.earns("trails")
	child.sees("[data-trail=stripes-and-manes][data-done='1']")
}

package app_test

import (
	"encoding/json"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"sync"
	"testing"

	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

// kept is a species as the desk has it.
type kept map[string]any

func (c *colleague) species(slug string) (kept, string) {
	c.t.Helper()
	a := c.get("/species/"+slug).want(c.t, http.StatusOK)
	var k kept
	a.into(c.t, &k)
	return k, a.header.Get("ETag")
}

// with gives a copy of a species as the body of an edit, with a fact of a
// language changed, or any other for the language "".
func (k kept) with(language, fact string, value any) string {
	text, _ := json.Marshal(k)
	var copied kept
	json.Unmarshal(text, &copied)
	at := map[string]any(copied)
	if language != "" {
		at = copied["texts"].(map[string]any)[language].(map[string]any)
	}
	at[fact] = value
	for _, kept := range []string{"slug", "number", "version", "editedAt", "editedBy"} {
		delete(copied, kept)
	}
	text, _ = json.Marshal(copied)
	return string(text)
}

func (k kept) text(language, fact string) string {
	return k["texts"].(map[string]any)[language].(map[string]any)[fact].(string)
}

// fields gives the fields that a problem refuses.
func (a answer) fields() (fields []string) {
	var p problem
	json.Unmarshal(a.body, &p)
	for _, e := range p.Errors {
		fields = append(fields, e.Location)
	}
	return fields
}

func TestEditorsChangeFactsAndVisitorsSeeThemAtOnce(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	here := start(t, func(c *app.Config) { c.DatabaseURL = url })
	there := start(t, func(c *app.Config) { c.DatabaseURL = url })
	ed := here.hire("Ed", office.Editor)
	lion, tag := ed.species("lion")
	v := there.join()
	v.get("/v1/dex") // the other replica knows the old zoo
	edited := ed.send("PUT", "/species/lion", lion.with("de", "name", "Berberlöwe"), "If-Match", tag).want(t, http.StatusOK)
	if got := edited.header.Get("ETag"); got == tag || got == "" {
		t.Errorf("the version after %s is %q", tag, got)
	}
	if a := v.get("/v1/dex", "Accept-Language", "de"); !strings.Contains(string(a.body), "Berberlöwe") {
		t.Error("a visitor of another replica reads the old name")
	}
	// Who edits the old version is told who was faster, and changes nothing.
	kim := here.hire("Kim", office.Keeper)
	late := kim.send("PUT", "/species/lion", lion.with("de", "name", "Wüstenkönig"), "If-Match", tag).want(t, http.StatusPreconditionFailed)
	if late.kind() != "edited-meanwhile" || !strings.Contains(string(late.body), "Ed") {
		t.Errorf("who was late: %s", late)
	}
	kim.send("PUT", "/species/lion", lion.with("de", "name", "Wüstenkönig")).want(t, http.StatusPreconditionRequired)
	// What changes nothing makes no version.
	now, tag := ed.species("lion")
	if again := ed.send("PUT", "/species/lion", now.with("de", "name", "Berberlöwe"), "If-Match", tag).want(t, http.StatusOK); again.header.Get("ETag") != tag {
		t.Error("an edit without a change made a version")
	}
	kim.send("PUT", "/species/lion", now.with("", "rarity", 2), "If-Match", tag).want(t, http.StatusOK)

	var history struct {
		Versions []struct {
			Version int
			Who     string
			Changes []struct{ Field, Before, After string }
		}
	}
	ed.get("/species/lion/versions").want(t, http.StatusOK).into(t, &history)
	var told []string
	for _, v := range history.Versions {
		told = append(told, fmt.Sprintf("%d %s %v", v.Version, v.Who, v.Changes))
	}
	if want := []string{"3 Kim [{rarity 1 2}]", "2 Ed [{texts.de.name Löwe Berberlöwe}]", "1  []"}; !slices.Equal(told, want) {
		t.Errorf("the history is %q, want %q", told, want)
	}
	// Undone, with what came after it, and that can be undone too.
	_, tag = ed.species("lion")
	ed.send("POST", "/species/lion/versions/1/restore", "", "If-Match", tag).want(t, http.StatusOK)
	if lion, _ = ed.species("lion"); lion.text("de", "name") != "Löwe" || lion["rarity"] != 1.0 || lion["version"] != 4.0 {
		t.Errorf("restored as %v", lion)
	}
	ed.send("POST", "/species/lion/versions/1/restore", "", "If-Match", tag).want(t, http.StatusPreconditionFailed)
	ed.send("POST", "/species/lion/versions/9/restore", "", "If-Match", `"4"`).want(t, http.StatusNotFound)

	boss := here.hire("Boss", office.Admin)
	var log struct {
		Entries []struct{ Who, Action string }
	}
	boss.get("/audit?subject=lion").into(t, &log)
	if got := fmt.Sprint(log.Entries); got != "[{Ed species.restore} {Kim species.edit} {Ed species.edit}]" {
		t.Errorf("the audit log is %s", got)
	}
}

func TestWrongFactsAreRefusedAtTheirFields(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	lion, tag := ed.species("lion")
	for _, wrong := range []struct {
		language, fact string
		value          any
		field          string
	}{
		{"en", "name", "", "body.texts.en.name"},
		{"de", "name", "<b>Löwe</b>", "body.texts.de.name"},
		{"fr", "surprise", strings.Repeat("é", 261), "body.texts.fr.surprise"},
		{"en", "diet", "two\nlines", "body.texts.en.diet"},
		{"en", "name", "tiger", "body.texts.en.name"},
		{"", "rarity", 6, "body.rarity"},
		{"", "group", "unicorn", "body.group"},
		{"", "keys", []string{"n00000000"}, "body.keys[0]"},
		{"", "keys", []string{"n03792782"}, "body.keys[0]"}, // a bicycle
		{"", "awake", []string{"17:00-25:00"}, "body.awake[0]"},
		{"", "continents", []string{}, "body.continents"},
		{"", "conservation", "XX", "body.conservation"},
	} {
		a := ed.send("PUT", "/species/lion", lion.with(wrong.language, wrong.fact, wrong.value), "If-Match", tag).want(t, http.StatusUnprocessableEntity)
		if got := a.fields(); !slices.Equal(got, []string{wrong.field}) {
			t.Errorf("%s %s %v is refused at %q", wrong.language, wrong.fact, wrong.value, got)
		}
	}
	if _, now := ed.species("lion"); now != tag || s.count(`SELECT count(*) FROM species_edits`) != 0 {
		t.Error("something was written")
	}
	german := ed.send("PUT", "/species/lion", lion.with("", "rarity", 6), "If-Match", tag, "Accept-Language", "de")
	if !strings.Contains(string(german.body), "zwischen 1 und 5") {
		t.Errorf("in German: %s", german)
	}
	// The same is told while typing, with the card as a child would see it.
	checked := ed.send("POST", "/species/check", strings.Replace(lion.with("fr", "name", "roi <i>"), "{", `{"slug":"lion",`, 1), "Accept-Language", "fr").want(t, http.StatusOK)
	if !strings.Contains(string(checked.body), `"field":"texts.fr.name"`) || !strings.Contains(string(checked.body), "vulnérable") {
		t.Errorf("checked: %s", checked)
	}
}

func TestANewSpeciesTakesTheNextNumber(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	lion, _ := ed.species("lion")
	body := func(slug string) string {
		lion["scientificName"] = "Okapia johnstoni"
		for _, l := range []string{"en", "de", "fr"} {
			lion["texts"].(map[string]any)[l].(map[string]any)["name"] = "okapi"
		}
		return strings.Replace(lion.with("", "keys", []string{}), "{", `{"slug":"`+slug+`",`, 1)
	}
	a := ed.send("POST", "/species", body("Okapi!")).want(t, http.StatusUnprocessableEntity)
	if got := a.fields(); !slices.Equal(got, []string{"body.slug"}) {
		t.Errorf("a wrong slug is refused at %q", got)
	}
	before := s.count(`SELECT max(number) FROM species`)
	ed.send("POST", "/species", body("okapi")).want(t, http.StatusCreated)
	ed.send("POST", "/species", body("okapi")).want(t, http.StatusUnprocessableEntity)
	if a := s.join().get("/v1/dex"); !strings.Contains(string(a.body), fmt.Sprintf(`"number":%d`, before+1)) {
		t.Error("visitors do not see the new species")
	}
	okapi, tag := ed.species("okapi")
	ed.send("PUT", "/species/okapi", okapi.with("", "onDisplay", false), "If-Match", tag).want(t, http.StatusOK)
	if a := s.join().get("/v1/dex"); strings.Contains(string(a.body), "okapi") {
		t.Error("visitors see a species that is not on display")
	}
}

func TestTheListOfSpeciesIsSearchedAndPaged(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	list := func(query string) (slugs []string, total int) {
		t.Helper()
		var page struct {
			Species []struct{ Slug string }
			Total   int
		}
		ed.get("/species?"+query, "Accept-Language", "de").want(t, http.StatusOK).into(t, &page)
		for _, s := range page.Species {
			slugs = append(slugs, s.Slug)
		}
		return slugs, page.Total
	}
	all, total := list("limit=200")
	var paged []string
	for i := 0; i < total; i += 50 {
		page, _ := list(fmt.Sprintf("offset=%d", i))
		paged = append(paged, page...)
	}
	if !slices.Equal(all, paged) || len(all) != total {
		t.Errorf("in pages %d species, at once %d of %d", len(paged), len(all), total)
	}
	if got, _ := list("search=Panthera+LEO"); !slices.Equal(got, []string{"lion"}) {
		t.Errorf("found %q", got)
	}
	if got, _ := list("search=löwe"); !slices.Contains(got, "lion") {
		t.Errorf("found %q", got)
	}
	if _, n := list("missing=de"); n != 0 {
		t.Errorf("%d species lack German", n)
	}
	lion, tag := ed.species("lion")
	ed.send("PUT", "/species/lion", lion.with("de", "diet", ""), "If-Match", tag).want(t, http.StatusOK)
	lion, tag = ed.species("lion")
	ed.send("PUT", "/species/lion", lion.with("", "onDisplay", false), "If-Match", tag).want(t, http.StatusOK)
	for query, want := range map[string][]string{"missing=de": {"lion"}, "display=off": {"lion"}, "display=on&missing=de": nil} {
		if got, _ := list(query); !slices.Equal(got, want) {
			t.Errorf("%s: %q, want %q", query, got, want)
		}
	}
	if got, _ := list("offset=100000"); len(got) != 0 {
		t.Errorf("after the last page: %q", got)
	}
}

// Of many who edit one version at once, one wins and the others are told.
func TestOneOfManyEditorsAtOnceWins(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	lion, tag := ed.species("lion")
	var won, late int
	var mu sync.Mutex
	var all sync.WaitGroup
	for i := range 8 {
		all.Go(func() {
			a := ed.send("PUT", "/species/lion", lion.with("en", "name", fmt.Sprint("lion ", i)), "If-Match", tag)
			mu.Lock()
			defer mu.Unlock()
			switch a.status {
			case http.StatusOK:
				won++
			case http.StatusPreconditionFailed:
				late++
			default:
				t.Errorf("answered %s", a)
			}
		})
	}
	all.Wait()
	if won != 1 || late != 7 {
		t.Errorf("%d won and %d were late", won, late)
	}
}

package app_test

import (
	"fmt"
	"net/http"
	"strings"
	"sync"
	"testing"

	"github.com/zoodex/zoodex/app/staff/office"
)

type importAnswer struct {
	Done                             bool
	Added, Changed, Same, WrongLines int
	Wrong                            []struct {
		Line           int
		Field, Message string
	}
}

func (c *colleague) imports(query, table string) (a importAnswer) {
	c.t.Helper()
	c.send("POST", "/imports/species?"+query, table).want(c.t, http.StatusOK).into(c.t, &a)
	return a
}

func TestWhatIsExportedCanBeImportedAgain(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	// A text that a spreadsheet would take for a formula comes back as it was.
	lion, tag := ed.species("lion")
	ed.send("PUT", "/species/lion", lion.with("en", "diet", "=antelopes"), "If-Match", tag).want(t, http.StatusOK)
	for _, format := range []string{"csv", "json"} {
		table := string(ed.get("/exports/species?format="+format).want(t, http.StatusOK).body)
		if format == "csv" && !strings.Contains(table, ",'=antelopes,") {
			t.Error("a formula is exported as one")
		}
		if a := ed.imports("format="+format, table); !a.Done || a.Added+a.Changed != 0 || a.Same < 100 {
			t.Errorf("%s: %+v", format, a)
		}
	}
	semicolons := "\xef\xbb\xbfslug;texts.de.name;rarity\r\nlion;Berberlöwe;2\r\n"
	if a := ed.imports("dry=true", semicolons); a.Done || a.Changed != 1 {
		t.Errorf("dry: %+v", a)
	}
	if now, _ := ed.species("lion"); now.text("de", "name") != "Löwe" {
		t.Error("a dry run writes")
	}
	if a := ed.imports("", semicolons); !a.Done || a.Changed != 1 {
		t.Errorf("imported: %+v", a)
	}
	if now, _ := ed.species("lion"); now.text("de", "name") != "Berberlöwe" || now["rarity"] != 2.0 || now["version"] != 3.0 {
		t.Errorf("imported is %v", now)
	}
	new := `[{"slug":"okapi","scientificName":"Okapia johnstoni","class":"Mammalia","order":"Artiodactyla","family":"Giraffidae","group":"hoofed","conservation":"EN",` +
		`"continents":["africa"],"activity":"day","awake":["06:00-18:00"],"rarity":4,"texts":{"en":{"name":"okapi","habitat":"Forests.","diet":"Leaves.","sleep":"Little.","surprise":"Ears."}}}]`
	if a := ed.imports("format=json", new); !a.Done || a.Added != 1 {
		t.Errorf("imported: %+v", a)
	}
	ed.species("okapi")
}

func TestATableWithAnErrorIsRefusedWhole(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed := s.hire("Ed", office.Editor)
	long := &strings.Builder{}
	long.WriteString("slug,rarity\n")
	for i := range 100_000 {
		fmt.Fprintf(long, "animal-%d,3\n", i)
	}
	for what, c := range map[string]struct {
		query, table string
		line         int
		field        string
	}{
		"an error in line 3":    {"", "slug,rarity\nlion,2\ntiger,9\n", 3, "rarity"},
		"HTML":                  {"", "slug,texts.en.name\nlion,<script>x</script>\n", 2, "texts.en.name"},
		"a formula":             {"", "slug,texts.en.name\nlion,=HYPERLINK(1)\n", 2, "texts.en.name"},
		"a formula after a tab": {"", "slug,texts.en.name\nlion,\"\t=1\"\n", 2, "texts.en.name"},
		"a plus":                {"", "slug,texts.en.name\nlion,+1\n", 2, "texts.en.name"},
		"an at":                 {"", "slug,texts.en.name\nlion,@SUM(1)\n", 2, "texts.en.name"},
		"a null byte":           {"", "slug,texts.en.name\nlion,li\x00on\n", 2, "texts.en.name"},
		"a huge cell":           {"", "slug,texts.en.diet\nlion," + strings.Repeat("meat ", 1<<20) + "\n", 2, "texts.en.diet"},
		"a ZIP":                 {"", string(zipOf(t, file{"species.csv", []byte("slug,rarity\nlion,2\n")})), 1, "file"},
		"no header":             {"", "lion,2\ntiger,3\n", 1, "file"},
		"half of UTF-16":        {"", "\xff\xfes\x00l", 1, "file"},
		"another shape":         {"", "name;weight\nlion;200\n", 1, "file"},
		"a cell too many":       {"", "slug,rarity\nlion,2\ntiger,2,3\n", 3, "file"},
		"a picture":             {"", "\x89PNG\r\n\x1a\n", 1, "file"},
		"Latin-1":               {"", "slug,texts.de.name\nlion,L\xf6we\n", 2, "file"},
		"a quotation mark":      {"", "slug,texts.de.name\nlion,\"Lö\"we\n", 2, "file"},
		"100,000 lines":         {"", long.String(), 5002, "file"},
		"a line twice":          {"", "slug,rarity\nlion,2\nlion,3\n", 3, "slug"},
		"the name of another":   {"", "slug,texts.en.name\nlion,tiger\n", 2, "texts.en.name"},
		"half a species":        {"", "slug,texts.en.name\nokapi,okapi\n", 2, "scientificName"},
		"text for a number":     {"", "slug,rarity\nlion,many\n", 2, "rarity"},
		"JSON of another form":  {"format=json", `{"lion":2}`, 1, "file"},
		"broken JSON":           {"format=json", "[\n{\"slug\":\n", 3, "file"},
		"an unknown JSON name":  {"format=json", `[{"slug":"lion","weight":200}]`, 1, "weight"},
	} {
		a := ed.imports(c.query, c.table)
		if a.Done || len(a.Wrong) == 0 || a.Wrong[0].Line != c.line || a.Wrong[0].Field != c.field || a.Wrong[0].Message == "" {
			t.Errorf("%s: %+v", what, a)
		}
	}
	if n := s.count(`SELECT count(*) FROM species_edits`); n != 0 {
		t.Errorf("%d edits were written", n)
	}
	// As spreadsheets of some systems write it.
	wide := []byte{0xff, 0xfe}
	for _, r := range "slug;texts.de.name\r\nlion;Berberlöwe\r\n" {
		wide = append(wide, byte(r), byte(r>>8))
	}
	if a := ed.imports("dry=true", string(wide)); len(a.Wrong) != 0 || a.Changed != 1 {
		t.Errorf("UTF-16 with semicolons: %+v", a)
	}
	ed.send("POST", "/imports/species", "").want(t, http.StatusBadRequest)
	ed.send("POST", "/imports/species", strings.Repeat("x", 17<<20)).want(t, http.StatusRequestEntityTooLarge)
}

type pastImport struct {
	ID, Who, UndoOf string
	Added, Changed  int
	Latest          bool
}

func (c *colleague) pastImports() []pastImport {
	c.t.Helper()
	var past struct{ Imports []pastImport }
	c.get("/imports/species").want(c.t, http.StatusOK).into(c.t, &past)
	return past.Imports
}

// A whole import is undone at once, which can be undone too, unless somebody has
// edited one of its species since.
func TestAWholeImportIsUndone(t *testing.T) {
	t.Parallel()
	s := start(t)
	ed, kim := s.hire("Ed", office.Editor), s.hire("Kim", office.Keeper)
	lion, _ := ed.species("lion")
	// The lion gives its name to another.
	table := newAnimals(4)
	table += "lion," + strings.Repeat(",", 9) + "2,desert king,Savannas.,Zebras.,By day.,It roars.\n"
	header, _, _ := strings.Cut(table, "\n")
	table = strings.Replace(table, "lion,"+strings.Repeat(",", 9)+"2", "lion,Panthera leo,Mammalia,Carnivora,Felidae,big-cat,VU,africa asia,"+lion["activity"].(string)+",17:00-05:00,2", 1)
	if a := ed.imports("dry=true", table); a.Done || len(ed.pastImports()) != 0 {
		t.Errorf("a dry run is kept: %+v", a)
	}
	if a := ed.imports("", table); !a.Done || a.Added != 2 || a.Changed != 1 {
		t.Fatalf("imported: %+v", a)
	}
	if a := ed.imports("", table); a.Same != 3 || len(ed.pastImports()) != 1 {
		t.Errorf("an import that changes nothing is kept: %+v, %+v", a, ed.pastImports())
	}
	past := ed.pastImports()[0]
	if past.Who != "Ed" || past.Added != 2 || past.Changed != 1 || !past.Latest {
		t.Errorf("kept is %+v", past)
	}
	undo := func(c *colleague, id string) answer {
		t.Helper()
		return c.send("POST", "/imports/species/"+id+"/undo", "")
	}
	undo(ed, "0192f7e1-0000-7000-8000-000000000000").want(t, http.StatusNotFound)
	undo(ed, "lion").want(t, http.StatusUnprocessableEntity)

	// Somebody has edited one since: nothing is undone.
	striped, tag := kim.species("striped-dream")
	kim.send("PUT", "/species/striped-dream", striped.with("", "rarity", 5), "If-Match", tag).want(t, http.StatusOK)
	before := s.count(`SELECT count(*) FROM species_edits`)
	if a := undo(ed, past.ID).want(t, http.StatusConflict); a.kind() != "edited-since" || !strings.Contains(string(a.body), "striped dream") {
		t.Errorf("edited since: %s", a)
	}
	if ed.pastImports()[0].Latest || s.count(`SELECT count(*) FROM species_edits`) != before {
		t.Error("what was edited since is undone")
	}

	// Another import, undone by many at once and again: once.
	if a := ed.imports("", header+"\nstriped-dream,"+strings.SplitN(strings.SplitN(table, "striped-dream,", 2)[1], "\n", 2)[0]+"\n"); a.Changed != 1 {
		t.Fatalf("imported: %+v", a)
	}
	past = ed.pastImports()[0]
	var all sync.WaitGroup
	for range 4 {
		all.Go(func() { undo(kim, past.ID).want(t, http.StatusOK) })
	}
	all.Wait()
	if now, _ := ed.species("striped-dream"); now["rarity"] != 5.0 || now["version"] != 4.0 || now["editedBy"] != "Kim" {
		t.Errorf("undone is %v", now)
	}
	// And that is undone too.
	undone := ed.pastImports()[0]
	if undone.UndoOf != past.ID || undone.Changed != 1 || len(ed.pastImports()) != 3 {
		t.Errorf("the undoing is kept as %+v", undone)
	}
	undo(ed, undone.ID).want(t, http.StatusOK)
	if now, _ := ed.species("striped-dream"); now["rarity"] != 4.0 {
		t.Errorf("after undoing the undoing: %v", now)
	}
	undo(ed, past.ID).want(t, http.StatusConflict)

	// What was added goes off display, and what was changed is as it was.
	fresh := start(t)
	jo := fresh.hire("Jo", office.Editor)
	jo.imports("", table)
	undo(jo, jo.pastImports()[0].ID).want(t, http.StatusOK)
	if a := fresh.join().get("/v1/dex"); strings.Contains(string(a.body), "striped-dream") {
		t.Error("visitors see what an undone import added")
	}
	if now, _ := jo.species("lion"); now.text("en", "name") != "lion" || now.text("en", "diet") != lion.text("en", "diet") || now["rarity"] != lion["rarity"] {
		t.Errorf("the lion is %v", now)
	}
	if n := fresh.count(`SELECT count(*) FROM audit WHERE action = 'species.unimport'`); n != 1 {
		t.Errorf("%d lines in the audit log", n)
	}
}

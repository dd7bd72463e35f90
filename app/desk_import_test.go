package app_test

import (
	"fmt"
	"net/http"
	"strings"
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
		"an error in line 3":   {"", "slug,rarity\nlion,2\ntiger,9\n", 3, "rarity"},
		"HTML":                 {"", "slug,texts.en.name\nlion,<script>x</script>\n", 2, "texts.en.name"},
		"a formula":            {"", "slug,texts.en.name\nlion,=HYPERLINK(1)\n", 2, "texts.en.name"},
		"another shape":        {"", "name;weight\nlion;200\n", 1, "file"},
		"a cell too many":      {"", "slug,rarity\nlion,2\ntiger,2,3\n", 3, "file"},
		"a picture":            {"", "\x89PNG\r\n\x1a\n", 1, "file"},
		"Latin-1":              {"", "slug,texts.de.name\nlion,L\xf6we\n", 2, "file"},
		"a quotation mark":     {"", "slug,texts.de.name\nlion,\"Lö\"we\n", 2, "file"},
		"100,000 lines":        {"", long.String(), 5002, "file"},
		"a line twice":         {"", "slug,rarity\nlion,2\nlion,3\n", 3, "slug"},
		"the name of another":  {"", "slug,texts.en.name\nlion,tiger\n", 2, "texts.en.name"},
		"half a species":       {"", "slug,texts.en.name\nokapi,okapi\n", 2, "scientificName"},
		"text for a number":    {"", "slug,rarity\nlion,many\n", 2, "rarity"},
		"JSON of another form": {"format=json", `{"lion":2}`, 1, "file"},
		"broken JSON":          {"format=json", "[\n{\"slug\":\n", 3, "file"},
		"an unknown JSON name": {"format=json", `[{"slug":"lion","weight":200}]`, 1, "weight"},
	} {
		a := ed.imports(c.query, c.table)
		if a.Done || len(a.Wrong) == 0 || a.Wrong[0].Line != c.line || a.Wrong[0].Field != c.field || a.Wrong[0].Message == "" {
			t.Errorf("%s: %+v", what, a)
		}
	}
	if n := s.count(`SELECT count(*) FROM species_edits`); n != 0 {
		t.Errorf("%d edits were written", n)
	}
	ed.send("POST", "/imports/species", "").want(t, http.StatusBadRequest)
	ed.send("POST", "/imports/species", strings.Repeat("x", 17<<20)).want(t, http.StatusRequestEntityTooLarge)
}

package sheet_test

import (
	"bytes"
	"slices"
	"testing"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/sheet"
)

// Whatever is sent is read or refused at a line that there is, and what is
// exported is read again as what it was.
func FuzzRead(f *testing.F) {
	zoo, err := catalogue.Load()
	if err != nil {
		f.Fatal(err)
	}
	for _, format := range []sheet.Format{sheet.CSV, sheet.JSON} {
		var table bytes.Buffer
		if err := sheet.Write(&table, format, zoo[:3]); err != nil {
			f.Fatal(err)
		}
		f.Add(table.Bytes(), format == sheet.JSON)
	}
	for _, seed := range []string{"", "slug\n", "slug;rarity\nlion;2\n", "\xff\xfes\x00", "PK\x03\x04", "slug,rarity\n\"", "[{}]", "[", "{}", "slug\t\n=1"} {
		f.Add([]byte(seed), false)
		f.Add([]byte(seed), true)
	}
	f.Fuzz(func(t *testing.T, data []byte, json bool) {
		format := sheet.CSV
		if json {
			format = sheet.JSON
		}
		rows, problems := sheet.Read(data, format)
		lines := 2 + len(data) // UTF-16 has half as many
		for _, p := range problems {
			if p.Line < 0 || p.Line > lines || p.Message == "" {
				t.Errorf("refused at line %d of %d: %q", p.Line, lines, p.Message)
			}
		}
		if len(rows) > sheet.MaxRows {
			t.Errorf("read %d rows", len(rows))
		}
	})
}

func TestWhatIsWrittenIsReadAgain(t *testing.T) {
	zoo, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	zoo[0].Texts[game.English] = game.Text{Name: "=1+1", Habitat: "-2", Diet: "@meat", Sleep: "\tby day", Surprise: "'quoted'"}
	for _, format := range []sheet.Format{sheet.CSV, sheet.JSON} {
		var table bytes.Buffer
		if err := sheet.Write(&table, format, zoo); err != nil {
			t.Fatal(err)
		}
		rows, problems := sheet.Read(table.Bytes(), format)
		if problems != nil || len(rows) != len(zoo) {
			t.Fatalf("%s: %d rows, %v", format, len(rows), problems)
		}
		for _, path := range []string{"texts.en.name", "texts.en.habitat", "texts.en.diet", "texts.en.sleep", "texts.en.surprise"} {
			i := slices.IndexFunc(game.Facts, func(f game.Fact) bool { return f.Path == path })
			if want := game.Facts[i].Get(zoo[0]); rows[0].Values[path] != want {
				t.Errorf("%s: %s is read as %q, want %q", format, path, rows[0].Values[path], want)
			}
		}
		for i, row := range rows {
			if row.Slug != zoo[i].Slug || row.Values["texts.de.surprise"] != zoo[i].Texts[game.German].Surprise {
				t.Errorf("%s: line %d is %v", format, row.Line, row.Slug)
			}
		}
	}
}

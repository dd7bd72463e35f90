package staff

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/sheet"
	"github.com/zoodex/zoodex/game/store"
)

// WrongLine is something wrong in a line of a table.
type WrongLine struct {
	Line int `json:"line" example:"3" doc:"Of the file; in JSON the place in the list, from 1. 0 is the whole file."`
	Wrong
}

// Imported tells what a table changes.
type Imported struct {
	Done    bool              `json:"done" doc:"Whether it was imported: not after a dry run, and not if something is wrong"`
	Added   int               `json:"added"`
	Changed int               `json:"changed"`
	Same    int               `json:"same" doc:"Species that are as the table has them already"`
	Total   int               `json:"wrongLines" doc:"How many problems there are, also those that are not listed"`
	Changes []ImportedSpecies `json:"changes" doc:"The first 100 species that are new or changed"`
	Wrong   []WrongLine       `json:"wrong" doc:"The first 200 problems. If there is one, nothing is imported."`
}

// ImportedSpecies is a species that a table adds or changes.
type ImportedSpecies struct {
	api.SpeciesName
	Fresh   bool         `json:"added"`
	Changes []FactChange `json:"changes" doc:"Empty for one that is added"`
}

// mostWrong and mostChanges are how many problems and species of a table are
// listed, and importBytes is its size.
const (
	mostWrong   = 200
	mostChanges = 100
	importBytes = 16 << 20
)

func (d *Desk) imports() {
	type input struct {
		api.Reader
		Format  string `query:"format" enum:"csv,json" default:"csv"`
		Dry     bool   `query:"dry" doc:"Only tell what would be done"`
		RawBody []byte
	}
	op := d.operation(http.MethodPost, "/imports/species", "staff-import-species", "Import species",
		"Brings a table of species, as GET /staff/v1/exports/species writes it, into the zoo: all of it, or nothing if something is wrong. Columns that are left out stay as they are; a slug that is not known is a new species. Up to 5000 lines.",
		editors, http.StatusBadRequest, http.StatusRequestEntityTooLarge, http.StatusUnprocessableEntity)
	op.MaxBodyBytes, op.SkipValidateBody = importBytes, true // what is wrong is said line by line
	list := &huma.Schema{Type: huma.TypeArray, Items: &huma.Schema{Type: huma.TypeObject, AdditionalProperties: true}}
	text := &huma.MediaType{Schema: &huma.Schema{Type: huma.TypeString}, Example: "slug,texts.de.name\nlion,Löwe\n"}
	op.RequestBody = &huma.RequestBody{Required: true, Content: map[string]*huma.MediaType{"text/csv": text, "application/json": {Schema: list, Example: []map[string]any{{"slug": "lion", "rarity": 2}}}}}
	huma.Register(d.huma, op, func(ctx context.Context, in *input) (*struct{ Body Imported }, error) {
		l := in.Language()
		rows, wrong := sheet.Read(in.RawBody, sheet.Format(in.Format))
		if wrong != nil {
			return &struct{ Body Imported }{refusedTable(l, wrong)}, nil
		}
		done, err := d.API.Store.Import(ctx, d.author(ctx), rows, in.Dry)
		var lines store.ImportError
		if errors.As(err, &lines) {
			return &struct{ Body Imported }{refusedTable(l, lines)}, nil
		}
		if err != nil {
			return nil, d.fail(l, err)
		}
		told := Imported{Done: !in.Dry, Added: done.Added, Changed: done.Changed, Same: done.Same, Changes: []ImportedSpecies{}, Wrong: []WrongLine{}}
		for _, c := range done.Changes[:min(len(done.Changes), mostChanges)] {
			one := ImportedSpecies{api.SpeciesName{Slug: string(c.After.Slug), Name: c.After.Text(l).Name, ScientificName: c.After.ScientificName}, c.Fresh, []FactChange{}}
			if !c.Fresh {
				one.Changes = changesOf(c.Before, c.After)
			}
			told.Changes = append(told.Changes, one)
		}
		return &struct{ Body Imported }{told}, nil
	})

	type query struct {
		api.Reader
		Format string `query:"format" enum:"csv,json" default:"csv"`
	}
	type file struct {
		Type        string `header:"Content-Type"`
		Disposition string `header:"Content-Disposition"`
		Body        []byte
	}
	op = d.operation(http.MethodGet, "/exports/species", "staff-export-species", "Export species", "Every species with every fact, as a table: CSV for spreadsheets, or JSON.", editors, http.StatusUnprocessableEntity)
	op.Responses = map[string]*huma.Response{"200": {Description: "The table", Content: map[string]*huma.MediaType{
		"text/csv": text, "application/json": {Schema: list}}}}
	huma.Register(d.huma, op, func(ctx context.Context, in *query) (*file, error) {
		zoo, err := d.API.Store.Zoo(ctx)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		var b bytes.Buffer
		media := "application/json"
		if in.Format == string(sheet.CSV) {
			media = "text/csv; charset=utf-8"
			b.WriteString("\xef\xbb\xbf") // spreadsheets take it for another encoding otherwise
		}
		if err := sheet.Write(&b, sheet.Format(in.Format), zoo.Species); err != nil {
			return nil, d.fail(in.Language(), err)
		}
		return &file{media, `attachment; filename="species.` + in.Format + `"`, b.Bytes()}, nil
	})
}

// PastImport is an import that was done, or the undoing of one.
type PastImport struct {
	ID      string    `json:"id" format:"uuid"`
	At      time.Time `json:"at"`
	Who     string    `json:"who"`
	Added   int       `json:"added"`
	Changed int       `json:"changed"`
	UndoOf  string    `json:"undoOf,omitempty" doc:"The import that this undid"`
	Latest  bool      `json:"latest" doc:"Whether nobody has edited its species since: only then can it be undone"`
}

// PastImports are the latest of them.
type PastImports struct {
	Imports []PastImport `json:"imports" doc:"The last first"`
}

func pastOf(p store.PastImport) PastImport {
	return PastImport{p.ID, p.At, p.Who, p.Added, p.Changed, p.UndoOf, p.Latest}
}

func (d *Desk) pastImports() {
	type list struct {
		api.Reader
		Limit int `query:"limit" minimum:"1" maximum:"100" default:"10"`
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/imports/species", "staff-imports", "Past imports", "The latest imports of species, and what was undone of them.", editors, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *list) (*struct{ Body PastImports }, error) {
			past, err := d.API.Store.Imports(ctx, in.Limit)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			all := PastImports{[]PastImport{}}
			for _, p := range past {
				all.Imports = append(all.Imports, pastOf(p))
			}
			return &struct{ Body PastImports }{all}, nil
		})

	type undo struct {
		api.Reader
		ID string `path:"id" format:"uuid"`
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/imports/species/{id}/undo", "staff-undo-import", "Undo an import",
		"Makes every species of an import what it was before, and takes off display those that it added: all of them, or none if somebody has edited one since. That is an import of its own, which can be undone too.",
		editors, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *undo) (*struct{ Body PastImport }, error) {
			l := in.Language()
			done, err := d.API.Store.UndoImport(ctx, d.author(ctx), in.ID)
			var since store.EditedSince
			switch {
			case errors.As(err, &since):
				return nil, problem(l, editedSince, map[string]string{"species": namesOf(l, since)}, err)
			case errors.Is(err, game.ErrNotFound):
				return nil, problem(l, noSuchImport, nil, err)
			case err != nil:
				return nil, d.fail(l, err)
			}
			return &struct{ Body PastImport }{pastOf(done)}, nil
		})
}

// namesOf names species in a line, the first of many.
func namesOf(l game.Language, species []game.Species) string {
	const most = 5
	var names []string
	for _, s := range species[:min(len(species), most)] {
		names = append(names, s.Text(l).Name)
	}
	if len(species) > most {
		names = append(names, "…")
	}
	return strings.Join(names, ", ")
}

func refusedTable(l game.Language, problems []sheet.Problem) Imported {
	refused := Imported{Total: len(problems), Changes: []ImportedSpecies{}, Wrong: []WrongLine{}}
	for _, p := range problems[:min(len(problems), mostWrong)] {
		refused.Wrong = append(refused.Wrong, WrongLine{p.Line, Wrong{p.Field, strings.TrimSpace(sayProblem(l, p.Problem))}})
	}
	return refused
}

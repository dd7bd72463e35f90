package staff

import (
	"bytes"
	"context"
	"errors"
	"net/http"
	"strings"

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
	Done    bool        `json:"done" doc:"Whether it was imported: not after a dry run, and not if something is wrong"`
	Added   int         `json:"added"`
	Changed int         `json:"changed"`
	Same    int         `json:"same" doc:"Species that are as the table has them already"`
	Total   int         `json:"wrongLines" doc:"How many problems there are, also those that are not listed"`
	Wrong   []WrongLine `json:"wrong" doc:"The first 200 problems. If there is one, nothing is imported."`
}

// mostWrong is how many problems of a table are listed, and importBytes its size.
const (
	mostWrong   = 200
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
		return &struct{ Body Imported }{Imported{Done: !in.Dry, Added: done.Added, Changed: done.Changed, Same: done.Same, Wrong: []WrongLine{}}}, nil
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

func refusedTable(l game.Language, problems []sheet.Problem) Imported {
	refused := Imported{Total: len(problems), Wrong: []WrongLine{}}
	for _, p := range problems[:min(len(problems), mostWrong)] {
		refused.Wrong = append(refused.Wrong, WrongLine{p.Line, Wrong{p.Field, strings.TrimSpace(sayProblem(l, p.Problem))}})
	}
	return refused
}

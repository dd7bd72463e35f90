// Package sheet reads and writes species as tables, CSV for spreadsheets and
// JSON for programs. A row has a slug and values by the paths of [game.Facts];
// what it leaves out stays as it is.
package sheet

import (
	"bytes"
	"encoding/csv"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"slices"
	"strconv"
	"strings"
	"unicode/utf8"

	"github.com/zoodex/zoodex/game"
	"golang.org/x/text/encoding/unicode"
)

// Format is a form of table.
type Format string

// The formats.
const (
	CSV  Format = "csv"
	JSON Format = "json"
)

// MaxRows is the longest table that is read.
const MaxRows = 5000

// Row is a species as a table has it.
type Row struct {
	Line   int // of the file; in JSON the place in the list, from 1
	Slug   game.Slug
	Values map[string]string // by path
}

// Problem is something wrong in a line. Line 0 is the whole file.
type Problem struct {
	Line int
	game.Problem
}

func wrong(line int, field, format string, values ...any) Problem {
	return Problem{line, game.NewProblem(field, format, values...)}
}

// columns are the facts that a table has. What means something in one zoo only
// is not among them, so that another zoo can read it.
var columns = slices.DeleteFunc(slices.Clone(game.Facts), func(f game.Fact) bool { return f.Here })

var known = func() map[string]bool {
	paths := map[string]bool{"slug": true, "number": true}
	for _, f := range columns {
		paths[f.Path] = true
	}
	return paths
}()

// Read reads a table, and lists what cannot be read of it.
func Read(data []byte, format Format) ([]Row, []Problem) {
	if bytes.HasPrefix(data, []byte{0xff, 0xfe}) || bytes.HasPrefix(data, []byte{0xfe, 0xff}) {
		decoded, err := unicode.UTF16(unicode.LittleEndian, unicode.UseBOM).NewDecoder().Bytes(data)
		if err != nil {
			return nil, []Problem{wrong(0, "file", "must be UTF-8 text")}
		}
		data = decoded
	}
	data = bytes.TrimPrefix(data, []byte("\xef\xbb\xbf"))
	if !utf8.Valid(data) {
		line := 1
		for l := range bytes.Lines(data) {
			if !utf8.Valid(l) {
				break
			}
			line++
		}
		return nil, []Problem{wrong(line, "file", "must be UTF-8 text")}
	}
	var rows []Row
	var problems []Problem
	if format == JSON {
		rows, problems = readJSON(data)
	} else {
		rows, problems = readCSV(data)
	}
	seen := map[game.Slug]bool{}
	for _, r := range rows {
		if r.Slug == "" {
			problems = append(problems, wrong(r.Line, "slug", "must not be empty"))
		} else if seen[r.Slug] {
			problems = append(problems, wrong(r.Line, "slug", "is there twice"))
		}
		seen[r.Slug] = true
	}
	return rows, problems
}

// formula are the beginnings of a cell that spreadsheets would run.
const formula = "=+-@\t\r"

func readCSV(data []byte) (rows []Row, problems []Problem) {
	header, _, _ := bytes.Cut(data, []byte("\n"))
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	for _, comma := range ";\t" { // as spreadsheets of some countries write it
		if bytes.Count(header, []byte(string(comma))) > bytes.Count(header, []byte(string(r.Comma))) {
			r.Comma = comma
		}
	}
	names, err := r.Read()
	if err != nil {
		return nil, []Problem{wrong(1, "file", "must begin with a line of column names")}
	}
	for i, name := range names {
		names[i] = strings.TrimSpace(name)
		if !known[names[i]] {
			problems = append(problems, wrong(1, "file", "has a column %q that is no fact of a species", short(name)))
		} else if slices.Contains(names[:i], names[i]) {
			problems = append(problems, wrong(1, names[i], "is there twice"))
		}
	}
	if !slices.Contains(names, "slug") {
		problems = append(problems, wrong(1, "file", "must have a column slug"))
	}
	if problems != nil {
		return nil, problems
	}
	for {
		cells, err := r.Read()
		if errors.Is(err, io.EOF) {
			return rows, problems
		}
		var broken *csv.ParseError
		if errors.As(err, &broken) {
			return rows, append(problems, wrong(broken.Line, "file", "is not well-formed: a quotation mark is in the wrong place"))
		}
		line, _ := r.FieldPos(0)
		if len(rows) == MaxRows {
			return nil, []Problem{wrong(line, "file", "must have at most %d lines", MaxRows)}
		}
		if len(cells) != len(names) {
			problems = append(problems, wrong(line, "file", "must have %d cells, one a column", len(names)))
			continue
		}
		row := Row{Line: line, Values: map[string]string{}}
		for i, cell := range cells {
			switch {
			case strings.HasPrefix(cell, "'") && len(cell) > 1 && strings.ContainsRune(formula, rune(cell[1])):
				cell = cell[1:] // as Write has it
			case cell != "" && strings.ContainsRune(formula, rune(cell[0])):
				problems = append(problems, wrong(line, names[i], "must not be a formula"))
			}
			switch names[i] {
			case "slug":
				row.Slug = game.Slug(cell)
			case "number":
			default:
				row.Values[names[i]] = cell
			}
		}
		rows = append(rows, row)
	}
}

func readJSON(data []byte) (rows []Row, problems []Problem) {
	var list []map[string]any
	d := json.NewDecoder(bytes.NewReader(data))
	d.UseNumber()
	if err := d.Decode(&list); err != nil {
		var syntax *json.SyntaxError
		line := 1
		if errors.As(err, &syntax) {
			line += bytes.Count(data[:syntax.Offset], []byte("\n"))
		} else if errors.Is(err, io.ErrUnexpectedEOF) {
			line += bytes.Count(data, []byte("\n"))
		}
		return nil, []Problem{wrong(line, "file", "must be a list of species in JSON")}
	}
	if len(list) > MaxRows {
		return nil, []Problem{wrong(0, "file", "must have at most %d lines", MaxRows)}
	}
	for i, entry := range list {
		row := Row{Line: i + 1, Values: map[string]string{}}
		flatten("", entry, row.Values)
		row.Slug = game.Slug(row.Values["slug"])
		for path := range row.Values {
			if !known[path] {
				problems = append(problems, wrong(row.Line, short(path), "is no fact of a species"))
			}
		}
		delete(row.Values, "slug")
		delete(row.Values, "number")
		rows = append(rows, row)
	}
	slices.SortStableFunc(problems, func(a, b Problem) int { return a.Line - b.Line })
	return rows, problems
}

// flatten writes the values of an object by their paths.
func flatten(path string, value any, into map[string]string) {
	switch v := value.(type) {
	case map[string]any:
		for name, inner := range v {
			at := name
			if path != "" {
				at = path + "." + name
			}
			flatten(at, inner, into)
		}
	case []any:
		words := make([]string, len(v))
		for i, word := range v {
			words[i] = fmt.Sprint(word)
		}
		into[path] = strings.Join(words, " ")
	case nil:
		into[path] = ""
	default:
		into[path] = fmt.Sprint(v)
	}
}

func short(s string) string {
	if r := []rune(s); len(r) > 40 {
		return string(r[:40]) + "…"
	}
	return s
}

// Inert gives a cell that no spreadsheet takes for a formula.
func Inert(cell string) string {
	if cell != "" && strings.ContainsRune(formula, rune(cell[0])) {
		return "'" + cell
	}
	return cell
}

// Write writes species as a table that [Read] reads.
func Write(w io.Writer, format Format, species []game.Species) error {
	if format == JSON {
		return writeJSON(w, species)
	}
	out := csv.NewWriter(w)
	names := []string{"slug", "number"}
	for _, f := range columns {
		names = append(names, f.Path)
	}
	out.Write(names)
	for _, s := range species {
		cells := []string{string(s.Slug), strconv.Itoa(s.Number)}
		for _, f := range columns {
			cells = append(cells, Inert(f.Get(s)))
		}
		out.Write(cells)
	}
	out.Flush()
	return out.Error()
}

func writeJSON(w io.Writer, species []game.Species) error {
	list := make([]map[string]any, len(species))
	for i, s := range species {
		entry := map[string]any{"slug": s.Slug, "number": s.Number}
		for _, f := range columns {
			at := entry
			words := strings.Split(f.Path, ".")
			for _, word := range words[:len(words)-1] {
				inner, ok := at[word].(map[string]any)
				if !ok {
					inner = map[string]any{}
					at[word] = inner
				}
				at = inner
			}
			at[words[len(words)-1]] = f.Get(s)
		}
		list[i] = entry
	}
	e := json.NewEncoder(w)
	e.SetIndent("", "  ")
	e.SetEscapeHTML(false)
	return e.Encode(list)
}

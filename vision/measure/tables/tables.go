// Package tables reads the tables that measurements begin with, and writes
// those that they end with.
package tables

import (
	"encoding/csv"
	"fmt"
	"io"
	"strings"
)

// Read gives each row of a CSV file by the names of its columns, which are its
// first line.
func Read(file io.Reader) ([]map[string]string, error) {
	rows, err := csv.NewReader(file).ReadAll()
	if err != nil {
		return nil, err
	}
	if len(rows) == 0 {
		return nil, io.ErrUnexpectedEOF
	}
	var named []map[string]string
	for _, row := range rows[1:] {
		n := map[string]string{}
		for i, column := range rows[0] {
			n[column] = row[i]
		}
		named = append(named, n)
	}
	return named, nil
}

// Table is written as Markdown.
type Table struct{ strings.Builder }

// New begins a table.
func New(title string, columns ...string) *Table {
	t := &Table{}
	fmt.Fprintf(t, "\n### %s\n\n| %s |\n|%s\n", title, strings.Join(columns, " | "), strings.Repeat("---|", len(columns)))
	return t
}

// Row adds a row.
func (t *Table) Row(cells ...any) {
	for _, c := range cells {
		fmt.Fprintf(t, "| %v ", c)
	}
	t.WriteString("|\n")
}

// Print writes the table.
func (t *Table) Print(w io.Writer) error {
	_, err := io.WriteString(w, t.String())
	return err
}

// Package rules is what a new zoo's game begins with: points, levels, badges,
// trails, fair play, groups, seasons and the wording of the quiz, one readable
// file each. The files can be edited without knowing Go: the tests say what is
// wrong with them, and what the words in them mean stands with the types of
// package game.
package rules

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"io/fs"

	"go.yaml.in/yaml/v3"

	"github.com/zoodex/zoodex/game"
)

//go:embed *.yaml trails/*.yaml
var files embed.FS

// Load gives the rules that a new zoo begins with.
func Load() (game.Rules, error) { return Read(files) }

// Read gives the rules that stand in a folder's files. Fields that it does not
// know are errors; each error names the file. Whether the rules make sense is
// [game.Rules.Check]'s to say.
func Read(folder fs.FS) (r game.Rules, err error) {
	for file, into := range map[string]any{
		"points.yaml":   &r.Points,
		"levels.yaml":   &r.Levels,
		"badges.yaml":   &r.Badges,
		"fairplay.yaml": &r.FairPlay,
		"groups.yaml":   &r.Groups,
		"calendar.yaml": &r.Calendar,
		"quiz.yaml":     &r.Quiz,
	} {
		if err := read(folder, file, into); err != nil {
			return game.Rules{}, err
		}
	}
	trails, err := fs.Glob(folder, "trails/*.yaml") // sorted by name
	if err != nil {
		return game.Rules{}, fmt.Errorf("list trails: %w", err)
	}
	for _, file := range trails {
		var t game.Trail
		if err := read(folder, file, &t); err != nil {
			return game.Rules{}, err
		}
		r.Trails = append(r.Trails, t)
	}
	return r, nil
}

func read(folder fs.FS, file string, into any) error {
	data, err := fs.ReadFile(folder, file)
	if err != nil {
		return fmt.Errorf("read rules: %w", err)
	}
	if err := decode(data, into); err != nil {
		return fmt.Errorf("%s: %w", file, err)
	}
	return nil
}

// decode reads the one YAML document in data strictly.
func decode(data []byte, into any) error {
	d := yaml.NewDecoder(bytes.NewReader(data))
	d.KnownFields(true)
	switch err := d.Decode(into); {
	case errors.Is(err, io.EOF):
		return errors.New("is empty")
	case err != nil:
		return err
	}
	if err := d.Decode(new(yaml.Node)); !errors.Is(err, io.EOF) {
		return errors.New("has more than one document")
	}
	return nil
}

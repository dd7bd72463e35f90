// Package catalogue is the zoo that a new installation begins with: the
// species of many zoos with their facts in every language, one readable file
// each, and the names of groups and of animals that do not live here.
//
// The store takes a Species from here once, on first start; from then on staff
// own it, and nothing here overwrites what they wrote. The files can be edited
// without knowing Go: the tests say what is wrong with them.
package catalogue

import (
	"bytes"
	"embed"
	"errors"
	"fmt"
	"io"
	"maps"
	"path"
	"slices"
	"sync"

	"go.yaml.in/yaml/v3"

	"github.com/zoodex/zoodex/game"
)

//go:embed *.yaml species/*.yaml
var files embed.FS

// entry is a species as its file has it.
type entry struct {
	Number         int
	Slug           game.Slug
	ScientificName string `yaml:"scientificName"`
	Class          string
	Order          string
	Family         string
	Group          string
	Conservation   game.Conservation
	Continents     []game.Continent
	Activity       game.Activity
	Awake          []string
	SleepHours     float64 `yaml:"sleepHours"`
	Rarity         int
	Keys           []string
	Art            string
	Texts          map[game.Language]game.Text
}

// Load gives every species of the catalogue in the order of their numbers,
// on display and without an ID.
func Load() ([]game.Species, error) {
	entries, err := files.ReadDir("species")
	if err != nil {
		return nil, fmt.Errorf("list species: %w", err)
	}
	all := make([]game.Species, 0, len(entries))
	for _, e := range entries {
		file := path.Join("species", e.Name())
		data, err := files.ReadFile(file)
		if err != nil {
			return nil, fmt.Errorf("read species: %w", err)
		}
		s, err := Parse(file, data)
		if err != nil {
			return nil, err
		}
		all = append(all, s)
	}
	slices.SortFunc(all, func(a, b game.Species) int { return a.Number - b.Number })
	return all, nil
}

// Parse reads one species. Fields that it does not know, a second document and
// times of day that are none are errors; each names the file. Whether the
// facts make sense is [game.Validate]'s to say.
func Parse(file string, data []byte) (game.Species, error) {
	var e entry
	if err := decode(data, &e); err != nil {
		return game.Species{}, fmt.Errorf("%s: %w", file, err)
	}
	awake := make([]game.Awake, len(e.Awake))
	for i, span := range e.Awake {
		var err error
		if awake[i], err = game.ParseAwake(span); err != nil {
			return game.Species{}, fmt.Errorf("%s: awake: %w", file, err)
		}
	}
	return game.Species{
		Number:         e.Number,
		Slug:           e.Slug,
		ScientificName: e.ScientificName,
		Class:          e.Class,
		Order:          e.Order,
		Family:         e.Family,
		Group:          e.Group,
		Conservation:   e.Conservation,
		Continents:     e.Continents,
		Activity:       e.Activity,
		Awake:          awake,
		SleepHours:     e.SleepHours,
		Rarity:         e.Rarity,
		Keys:           e.Keys,
		Art:            e.Art,
		OnDisplay:      true,
		Texts:          e.Texts,
	}, nil
}

// GroupName is how visitors call a group in one language.
type GroupName struct {
	Name     string // "big cat"
	SomeKind string `yaml:"someKind"` // "some kind of big cat", for a photo that shows no more
}

// Groups gives the names of all groups by the keys of the group tree. The map
// is shared: do not write to it.
func Groups() map[string]map[game.Language]GroupName { return groups() }

var groups = sync.OnceValue(func() map[string]map[game.Language]GroupName {
	return embedded[map[string]map[game.Language]GroupName]("groups.yaml")
})

// AnimalName names an animal class of the network, by its WordNet id, in a
// language or else in English; false if the class is not an animal.
func AnimalName(wordnetID string, l game.Language) (string, bool) {
	names, ok := animals()[wordnetID]
	if name := names[l]; name != "" {
		return name, true
	}
	return names[game.English], ok
}

// Animals lists the animal classes of the network, by WordNet id.
func Animals() []string { return slices.Sorted(maps.Keys(animals())) }

var animals = sync.OnceValue(func() map[string]map[game.Language]string {
	return embedded[map[string]map[game.Language]string]("animals.yaml")
})

// embedded reads one of our own files, which the tests have read before.
func embedded[T any](file string) (v T) {
	data, err := files.ReadFile(file)
	if err == nil {
		err = decode(data, &v)
	}
	if err != nil {
		panic(fmt.Sprintf("catalogue: %s: %v", file, err))
	}
	return v
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

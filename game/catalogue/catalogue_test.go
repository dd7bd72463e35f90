package catalogue_test

import (
	"encoding/csv"
	"os"
	"slices"
	"strings"
	"testing"

	"go.yaml.in/yaml/v3"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
)

// label is a class of the network; group is "" for things.
type label struct{ name, group string }

// readLabels gives the network's classes by their WordNet ids. The file is
// read rather than the package, for game knows nothing of vision.
func readLabels(t *testing.T) map[string]label {
	t.Helper()
	f, err := os.Open("../../vision/model/labels.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	labels := map[string]label{}
	for _, row := range rows[1:] { // index, wordnet, name, group
		labels[row[1]] = label{row[2], row[3]}
	}
	return labels
}

const lion = `
number: 1
slug: lion
scientificName: Panthera leo
class: Mammalia
order: Carnivora
family: Felidae
group: big-cat
conservation: VU
continents: [africa, asia]
activity: twilight
awake: ["16:00-08:00"]
sleepHours: 20
rarity: 3
keys: [n02129165]
art: lion
texts:
  en: {name: lion, habitat: Savannah., diet: Zebras., sleep: Long., surprise: It roars.}
  de: {name: Löwe, habitat: Savanne., diet: Zebras., sleep: Lange., surprise: Er brüllt.}
`

func TestASpeciesIsReadInFull(t *testing.T) {
	s, err := catalogue.Parse("lion.yaml", []byte(lion))
	if err != nil {
		t.Fatal(err)
	}
	if problems := game.Validate(s); problems != nil {
		t.Error(problems)
	}
	if s.Number != 1 || s.ScientificName != "Panthera leo" || s.SleepHours != 20 || s.ID != "" || !s.OnDisplay {
		t.Errorf("got %+v", s)
	}
	if want := []game.Awake{{Start: 16 * 60, End: 8 * 60}}; !slices.Equal(s.Awake, want) {
		t.Errorf("awake: got %v, want %v", s.Awake, want)
	}
	if got := s.Text(game.German).Name; got != "Löwe" {
		t.Errorf("German name: got %q", got)
	}
	if got := s.Text(game.French).Name; got != "lion" {
		t.Errorf("French name falls back: got %q", got)
	}
}

func TestAMistakeNamesItsFile(t *testing.T) {
	for name, data := range map[string]string{
		"empty":              "",
		"comment only":       "# lion\n",
		"not YAML":           "number: [",
		"not a species":      "- lion",
		"unknown field":      lion + "colour: yellow\n",
		"unknown text field": strings.Replace(lion, "diet:", "food:", 1),
		"field twice":        lion + "rarity: 4\n",
		"text for number":    strings.Replace(lion, "number: 1", "number: one", 1),
		"half past 25":       strings.Replace(lion, "16:00-08:00", "25:30-08:00", 1),
		"two documents":      lion + "---\n" + lion,
		"broken second one":  lion + "---\n[",
		"not UTF-8":          strings.Replace(lion, "Löwe", "L\xf6we", 1),
	} {
		t.Run(name, func(t *testing.T) {
			_, err := catalogue.Parse("lion.yaml", []byte(data))
			if err == nil || !strings.HasPrefix(err.Error(), "lion.yaml: ") {
				t.Errorf("got %v, want an error that begins with the file", err)
			}
		})
	}
}

func TestEveryGroupHasANameInEveryLanguage(t *testing.T) {
	groups := catalogue.Groups()
	for id, l := range readLabels(t) {
		if _, ok := groups[l.group]; l.group != "" && !ok {
			t.Errorf("group %s of %s (%s) has no name", l.group, l.name, id)
		}
	}
	for key, names := range groups {
		if len(names) != len(game.Languages) {
			t.Errorf("%s: got %d languages, want %d", key, len(names), len(game.Languages))
		}
		for _, l := range game.Languages {
			if n := names[l]; n.Name == "" || n.SomeKind == "" || n.Name == n.SomeKind {
				t.Errorf("%s in %s: got %+v", key, l, n)
			}
		}
	}
}

func TestEveryAnimalOfTheNetworkHasANameInEveryLanguage(t *testing.T) {
	data, err := os.ReadFile("animals.yaml")
	if err != nil {
		t.Fatal(err)
	}
	var animals map[string]map[game.Language]string
	if err := yaml.Unmarshal(data, &animals); err != nil {
		t.Fatal(err)
	}
	for id, l := range readLabels(t) {
		for _, language := range game.Languages {
			want := animals[id][language]
			if got, ok := catalogue.AnimalName(id, language); got != want || ok != (l.group != "") || ok != (want != "") {
				t.Errorf("%s (%s) in %s: got %q, %v", id, l.name, language, got, ok)
			}
		}
	}
	if got, _ := catalogue.AnimalName("n01518878", "xx"); got != "ostrich" {
		t.Errorf("ostrich in a language without names: got %q, want the English one", got)
	}
}

func FuzzParse(f *testing.F) {
	f.Add([]byte(lion))
	f.Add([]byte("a: &a [*a]"))
	f.Add([]byte("texts: {en: {name: .nan}}\nsleepHours: .nan\nawake: [\"-1:00-09:30\"]"))
	f.Fuzz(func(t *testing.T, data []byte) {
		s, err := catalogue.Parse("f.yaml", data)
		if err != nil {
			if !strings.HasPrefix(err.Error(), "f.yaml: ") {
				t.Errorf("error without its file: %v", err)
			}
			return
		}
		if game.Validate(s) != nil {
			return
		}
		for _, a := range s.Awake { // what is valid survives being written down
			if again, err := game.ParseAwake(a.String()); err != nil || again != a {
				t.Errorf("%v: got %v, %v", a, again, err)
			}
		}
	})
}

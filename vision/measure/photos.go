package main

import (
	"crypto/sha256"
	_ "embed"
	"fmt"
	"io"
	"os"
	"path/filepath"
	"slices"
	"strconv"
	"strings"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/measure/tables"
	"github.com/zoodex/zoodex/vision/model"
)

// kind is what an answer to a photo can be at best.
type kind string

const (
	known    kind = "known"    // an animal that the network learnt
	resident kind = "resident" // from a data set of untaught animals, but a resident stands for exactly it
	relative kind = "relative" // the catalogue has a near relative, which is what the network makes of it
	stranger kind = "stranger" // nobody on display, and no class of the network
	thing    kind = "thing"    // no animal
	familiar kind = "familiar" // known, from a set the network may have been trained on: no claims
	left     kind = "left"     // no truth in the manifest
)

// shot is a photo of the manifest.
type shot struct {
	path, set, label string
	kind             kind
	classes          []int  // that count as right
	group            string // of an animal without classes
	half             int    // 0 or 1: what is chosen on one is reported on the other
	views            *vision.Views
	exact            *vision.Views // those of float32, if views are of another precision
}

//go:embed roster.csv
var starterCatalogue string

// corrections are for photos whose set calls them something that they, looked at, are not: a
// folder of leopards has cheetahs.
//
//go:embed corrections.csv
var corrections string

//go:embed untaught.csv
var untaughtAnimals string

// readRoster reads the residents from a file, or those of the starter catalogue.
func readRoster(path string) ([]vision.Resident, error) {
	var file io.Reader = strings.NewReader(starterCatalogue)
	if path != "" {
		f, err := os.Open(path)
		if err != nil {
			return nil, err
		}
		defer f.Close()
		file = f
	}
	rows, err := tables.Read(file)
	if err != nil {
		return nil, fmt.Errorf("roster: %w", err)
	}
	var residents []vision.Resident
	for _, row := range rows {
		residents = append(residents, vision.Resident{Key: row["slug"], Labels: strings.Fields(row["labels"])})
	}
	return residents, nil
}

// readManifest gives all photos of a folder, with the corrections unless they are to count as labelled.
func readManifest(folder string, asLabelled bool) ([]*shot, error) {
	f, err := os.Open(filepath.Join(folder, "manifest.csv"))
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := tables.Read(f)
	if err != nil {
		return nil, fmt.Errorf("manifest: %w", err)
	}
	untaught, err := readUntaught()
	if err != nil {
		return nil, err
	}
	corrected, err := tables.Read(strings.NewReader(corrections))
	if err != nil {
		return nil, fmt.Errorf("corrections: %w", err)
	}
	truth := map[string]string{}
	for _, row := range corrected {
		truth[row["path"]] = row["imagenet_idx"]
	}
	var shots []*shot
	for _, row := range rows {
		if classes, ok := truth[row["path"]]; ok && !asLabelled {
			row["imagenet_idx"] = classes
		}
		s := &shot{path: row["path"], set: row["set"], label: row["label"], kind: left}
		sum := sha256.Sum256([]byte(s.path))
		s.half = int(sum[0] & 1)
		for _, field := range strings.Fields(row["imagenet_idx"]) {
			class, err := strconv.Atoi(field)
			if err != nil || class < 0 || class >= model.Classes {
				return nil, fmt.Errorf("manifest: %s: class %q", s.path, field)
			}
			s.classes = append(s.classes, class)
		}
		switch row["purpose"] {
		case "A":
			if len(s.classes) > 0 {
				s.kind = known
				if s.set == "imagen-det" {
					s.kind = familiar
				}
			}
		case "B":
			u, ok := untaught[s.label]
			if !ok {
				return nil, fmt.Errorf("manifest: untaught.csv does not know %q", s.label)
			}
			s.kind, s.classes, s.group = u.kind, u.classes, u.group
		case "C":
			s.kind = thing
		}
		shots = append(shots, s)
	}
	return shots, nil
}

// readUntaught gives what is right for the animals of untaught.csv, by label.
func readUntaught() (map[string]shot, error) {
	residents, err := readRoster("")
	if err != nil {
		return nil, err
	}
	rows, err := tables.Read(strings.NewReader(untaughtAnimals))
	if err != nil {
		return nil, fmt.Errorf("untaught: %w", err)
	}
	animals := map[string]shot{}
	for _, row := range rows {
		s := shot{kind: kind(row["kind"]), group: row["group"]}
		if key := row["resident"]; key != "" {
			i := slices.IndexFunc(residents, func(r vision.Resident) bool { return r.Key == key })
			if i < 0 {
				return nil, fmt.Errorf("untaught: %s: nobody is called %q", row["label"], key)
			}
			s.classes = indices(residents[i].Labels)
		}
		animals[row["label"]] = s
	}
	return animals, nil
}

func indices(wordNetIDs []string) (classes []int) {
	for _, l := range model.Labels() {
		if slices.Contains(wordNetIDs, l.WordNetID) {
			classes = append(classes, l.Index)
		}
	}
	return classes
}

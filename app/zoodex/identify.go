package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"runtime"
	"runtime/debug"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/engine"
)

type identifyCommand struct {
	JSON      bool     `help:"One JSON object a line."`
	Head      string   `help:"File that zoodex teach made: its species are known, too." placeholder:"HEAD"`
	Language  string   `help:"Language of the names: en, de or fr." default:"en" enum:"en,de,fr"`
	Precision string   `help:"What the network is computed in: float32, or int8, which is faster and a little less right (${env})." default:"float32" enum:"float32,int8" env:"ZOODEX_PRECISION"`
	Photos    []string `arg:"" name:"photo" help:"JPEG, PNG, WebP or HEIC files."`
}

// identified is what is printed of one photo.
type identified struct {
	Path         string                 `json:"path"`
	Outcome      vision.Decision        `json:"outcome"`
	Species      *identifiedSpecies     `json:"species"`
	Confidence   float64                `json:"confidence"`
	Candidates   []identifiedCandidate  `json:"candidates"`
	Milliseconds identifiedMilliseconds `json:"milliseconds"`
	group        string
	stranger     string
}

type identifiedSpecies struct {
	Slug string `json:"slug"`
	Name string `json:"name"`
}

type identifiedCandidate struct {
	Index      *int               `json:"index,omitempty"` // of the network's class; a taught species has none
	WordNetID  string             `json:"wordnetId,omitempty"`
	Label      string             `json:"label"`
	Species    *identifiedSpecies `json:"species"`
	Confidence float64            `json:"confidence"`
}

type identifiedMilliseconds struct {
	Decode  float64 `json:"decode"`
	Prepare float64 `json:"prepare"`
	Network float64 `json:"network"`
}

// errSomeFailed makes the exit code 1; what failed has been said already.
var errSomeFailed = errors.New("some photos could not be read")

// Run names the animals in the photos, in their order. It uses all cores, one
// photo each.
func (c identifyCommand) Run(o output) error {
	id, err := newIdentifier(game.Language(c.Language), c.Head, engine.Precision(c.Precision))
	if err != nil {
		return err
	}
	type answer struct {
		identified
		err error
	}
	answers := make(chan chan answer, runtime.GOMAXPROCS(0))
	go func() {
		defer close(answers)
		for _, path := range c.Photos {
			a := make(chan answer, 1)
			answers <- a
			go func() {
				r, err := id.identify(context.Background(), path)
				a <- answer{r, err}
			}()
		}
	}()
	out, i, failed := json.NewEncoder(o.out), 0, 0
	out.SetEscapeHTML(false)
	for pending := range answers {
		a, path := <-pending, c.Photos[i]
		i++
		switch {
		case a.err != nil && c.JSON:
			failed++
			err = out.Encode(map[string]string{"path": path, "error": a.err.Error()})
		case a.err != nil:
			failed++
			_, err = fmt.Fprintf(o.out, "%s: %v\n", path, a.err)
		case c.JSON:
			err = out.Encode(a.identified)
		default:
			_, err = fmt.Fprintln(o.out, a.line())
		}
		if err != nil {
			return err // nobody reads us any more
		}
	}
	if failed > 0 {
		return errSomeFailed
	}
	return nil
}

func (i identified) line() string {
	what := "-"
	switch {
	case i.Species != nil:
		what = i.Species.Name
	case i.group != "":
		what = i.group
	case i.stranger != "":
		what = i.stranger
	}
	return fmt.Sprintf("%s: %s, %s, %.2f", i.Path, i.Outcome, what, i.Confidence)
}

// identifier names animals for the starter catalogue, without a database.
type identifier struct {
	language   game.Language
	recognizer *vision.Recognizer
	roster     *vision.Roster
	species    map[string]game.Species // by slug
	taught     map[string]bool         // slugs of the head's species
}

func newIdentifier(l game.Language, headFile string, p engine.Precision) (*identifier, error) {
	// The weights stay and little else does: collecting garbage early costs
	// next to nothing and saves a third of the memory.
	debug.SetGCPercent(20)
	zoo, err := catalogue.Load()
	if err != nil {
		return nil, err
	}
	id := &identifier{language: l, species: map[string]game.Species{}, taught: map[string]bool{}}
	for _, s := range zoo {
		id.species[string(s.Slug)] = s
	}
	everybody := residents(zoo)
	head, err := readHead(headFile)
	if err != nil {
		return nil, err
	}
	if head != nil {
		for _, t := range head.Taught {
			id.taught[t.Key] = true
			if _, resident := id.species[t.Key]; !resident {
				everybody = append(everybody, vision.Resident{Key: t.Key})
			}
		}
	}
	if id.roster, err = vision.NewRoster(everybody); err != nil {
		return nil, err
	}
	if id.recognizer, err = vision.New(vision.Options{Engine: engine.Options{Precision: p}}); err != nil {
		return nil, err
	}
	id.recognizer.Use(head)
	return id, nil
}

// residents are the species of the starter catalogue, as recognition calls them.
func residents(zoo []game.Species) []vision.Resident {
	var all []vision.Resident
	for _, s := range zoo {
		all = append(all, vision.Resident{Key: string(s.Slug), Labels: s.Keys})
	}
	return all
}

// readHead reads a file of zoodex teach; without a path there is no head.
func readHead(path string) (*vision.Head, error) {
	if path == "" {
		return nil, nil
	}
	file, err := readFile(path)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	h, err := vision.ReadHead(file)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return h, nil
}

func (i *identifier) identify(ctx context.Context, path string) (identified, error) {
	data, err := readFile(path)
	if err != nil {
		return identified{}, err
	}
	s, err := i.recognizer.Identify(ctx, data, i.roster)
	if err != nil {
		return identified{}, err
	}
	r := identified{
		Path: path, Outcome: s.Decision, Species: i.named(s.Key), Confidence: s.Confidence,
		Candidates: []identifiedCandidate{}, group: catalogue.Groups()[s.Group][i.language].SomeKind,
		Milliseconds: identifiedMilliseconds{milliseconds(s.Stages.Decode), milliseconds(s.Stages.Prepare), milliseconds(s.Stages.Network)},
	}
	if s.Stranger != nil {
		r.stranger, _ = catalogue.AnimalName(s.Stranger.WordNetID, i.language)
	}
	for _, c := range s.Candidates {
		var index *int
		if c.Index >= 0 {
			index = &c.Index
		}
		r.Candidates = append(r.Candidates, identifiedCandidate{index, c.WordNetID, c.Label, i.named(c.Key), c.Probability})
	}
	return r, nil
}

func (i *identifier) named(slug string) *identifiedSpecies {
	s, ok := i.species[slug]
	switch {
	case !ok && i.taught[slug]:
		return &identifiedSpecies{slug, slug}
	case !ok:
		return nil
	}
	return &identifiedSpecies{slug, s.Text(i.language).Name}
}

func milliseconds(d time.Duration) float64 { return float64(d.Microseconds()) / 1000 }

// largestFile bounds what is read of a file that is no photo; the decoder has
// a limit of its own and says so.
const largestFile = 64 << 20

func readFile(path string) ([]byte, error) {
	f, err := os.Open(path)
	if err != nil {
		var pathError *os.PathError
		if errors.As(err, &pathError) {
			err = pathError.Err // the path is in front of the line already
		}
		return nil, err
	}
	defer f.Close()
	if info, err := f.Stat(); err == nil && info.IsDir() {
		return nil, errors.New("this is a folder, not a photo")
	}
	return io.ReadAll(io.LimitReader(f, largestFile))
}

// Command measure teaches animals from a folder of photos and prints, as Markdown, how well that
// goes: the tables of package teach's README.
//
//	go run ./vision/teach/measure -photos ../shared/data/photos
//
// The folder has a manifest.csv with the columns path, set, label, purpose and imagenet_idx. Purpose
// A is an animal that the network knows, imagenet_idx says as which classes; B is one to be taught;
// C is no animal. What is seen in a photo is kept in the cache folder.
package main

import (
	"context"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"runtime/debug"
	"strconv"
	"strings"
	"sync"
	"sync/atomic"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/measure/tables"
	"github.com/zoodex/zoodex/vision/teach"
)

func main() {
	photos := flag.String("photos", "../shared/data/photos", "folder with photos and their manifest.csv")
	roster := flag.String("roster", "vision/measure/roster.csv", "CSV of slug and WordNet ids: who lives in the zoo")
	cache := flag.String("cache", filepath.Join(os.TempDir(), "zoodex-measure"), "folder for what was seen in the photos")
	draws := flag.Int("draws", 5, "random splits, by fixed seeds, of which the mean is printed")
	only := flag.String("only", "", "one of: accuracy, known, untaught, speed; default: all")
	flag.Parse()
	debug.SetGCPercent(20) // as the command does
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	if err := run(ctx, os.Stdout, *photos, *roster, *cache, *only, *draws); err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, folder, rosterFile, cacheFolder, only string, draws int) error {
	m := &measurement{ctx: ctx, folder: folder, draws: draws}
	var err error
	if m.roster, err = readRoster(rosterFile); err != nil {
		return err
	}
	if m.shots, err = readManifest(folder); err != nil {
		return err
	}
	if m.recognizer, err = vision.New(vision.Options{}); err != nil {
		return err
	}
	m.cache = teach.FolderCache(cacheFolder)
	if err := m.look(); err != nil {
		return err
	}
	for _, table := range []struct {
		name  string
		print func(io.Writer) error
	}{{"accuracy", m.accuracy}, {"known", m.known}, {"untaught", m.untaught}, {"speed", m.speed}} {
		if only != "" && only != table.name {
			continue
		}
		if err := table.print(w); err != nil {
			return fmt.Errorf("%s: %w", table.name, err)
		}
	}
	return nil
}

// A shot is a photo of the manifest.
type shot struct {
	path, set, label, purpose string
	classes                   []int // of the network that count as right
	study                     *teach.Study
}

func readManifest(folder string) ([]*shot, error) {
	rows, err := readCSV(filepath.Join(folder, "manifest.csv"))
	if err != nil {
		return nil, err
	}
	var shots []*shot
	for _, row := range rows {
		s := &shot{path: row["path"], set: row["set"], label: row["label"], purpose: row["purpose"]}
		for _, field := range strings.Fields(row["imagenet_idx"]) {
			class, err := strconv.Atoi(field)
			if err != nil {
				return nil, fmt.Errorf("manifest: %s: class %q", s.path, field)
			}
			s.classes = append(s.classes, class)
		}
		if s.purpose == "A" && (s.set == "imagen-det" || len(s.classes) == 0) {
			continue // no claims from photos that the network may have been trained on
		}
		if s.purpose != "" {
			shots = append(shots, s)
		}
	}
	return shots, nil
}

func readRoster(path string) ([]vision.Resident, error) {
	rows, err := readCSV(path)
	if err != nil {
		return nil, err
	}
	var residents []vision.Resident
	for _, row := range rows {
		residents = append(residents, vision.Resident{Key: row["slug"], Labels: strings.Fields(row["labels"])})
	}
	return residents, nil
}

func readCSV(path string) ([]map[string]string, error) {
	f, err := os.Open(path)
	if err != nil {
		return nil, err
	}
	defer f.Close()
	rows, err := tables.Read(f)
	if err != nil {
		return nil, fmt.Errorf("%s: %w", path, err)
	}
	return rows, nil
}

// look studies all shots.
func (m *measurement) look() error {
	ctx, cancel := context.WithCancelCause(m.ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range runtime.GOMAXPROCS(0) + 1 {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < len(m.shots) && ctx.Err() == nil; i = int(next.Add(1)) - 1 {
				s := m.shots[i]
				data, err := os.ReadFile(filepath.Join(m.folder, filepath.FromSlash(s.path)))
				if err == nil {
					s.study, err = teach.NewStudy(ctx, m.recognizer, data, m.cache)
				}
				if err != nil {
					cancel(fmt.Errorf("%s: %w", s.path, err))
				}
				if n := done.Add(1); n%100 == 0 || int(n) == len(m.shots) {
					fmt.Fprintf(os.Stderr, "\r%d of %d photos", n, len(m.shots))
				}
			}
		})
	}
	group.Wait()
	fmt.Fprintln(os.Stderr)
	return context.Cause(ctx)
}

// Command measure looks at a folder of photos and prints, as Markdown, how well recognition does
// on them: the tables of vision's README, and what its rules were chosen from.
//
//	go run ./vision/measure -photos ../shared/data/photos
//	go run ./vision/measure -precision int8               # the same quantised, and what that changes
//	go run ./vision/measure -calibrate vision/model/ranges.csv
//
// The folder has a manifest.csv with the columns path, set, label, purpose and imagenet_idx.
// Purpose A is an animal that the network learnt, imagenet_idx says as which classes; B is an
// animal that it did not learn as such, and untaught.csv says whether a resident stands for it;
// C is no animal. corrections.csv has what is wrong in the manifest.
package main

import (
	"context"
	"errors"
	"flag"
	"fmt"
	"io"
	"os"
	"os/signal"
	"path/filepath"
	"runtime"
	"sync"
	"sync/atomic"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/engine"
)

func main() {
	folder := flag.String("photos", "../shared/data/photos", "folder with photos and their manifest.csv")
	rosterFile := flag.String("roster", "", "CSV of slug and WordNet ids; default: the 179 species of the starter catalogue")
	workers := flag.Int("workers", runtime.GOMAXPROCS(0), "photos looked at once")
	kernel := flag.String("kernel", "", "one of the engine's kernels; default: the fastest")
	precision := flag.String("precision", "float32", "float32, or int8 and how it compares")
	calibrateFile := flag.String("calibrate", "", "measure the ranges of the network's values, write them to this file and stop")
	asLabelled := flag.Bool("as-labelled", false, "leave out the corrections of labels that are wrong")
	flag.Parse()
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	o := engine.Options{Kernel: *kernel, Precision: engine.Precision(*precision), Runs: *workers}
	var err error
	if *calibrateFile != "" {
		err = calibrate(ctx, *calibrateFile, *folder)
	} else {
		err = run(ctx, os.Stdout, *folder, *rosterFile, o, *asLabelled)
	}
	if err != nil {
		fmt.Fprintln(os.Stderr, "measure:", err)
		os.Exit(1)
	}
}

func run(ctx context.Context, w io.Writer, folder, rosterFile string, o engine.Options, asLabelled bool) error {
	residents, err := readRoster(rosterFile)
	if err != nil {
		return err
	}
	shots, err := readManifest(folder, asLabelled)
	if err != nil {
		return err
	}
	recognizer, err := vision.New(vision.Options{Engine: o})
	if err != nil {
		return err
	}
	if o.Precision == engine.Int8 {
		exact := o
		exact.Precision = engine.Float32
		r, err := vision.New(vision.Options{Engine: exact})
		if err != nil {
			return err
		}
		if err := look(ctx, r, folder, shots, o.Runs); err != nil {
			return err
		}
		for _, s := range shots {
			s.exact = s.views
		}
	}
	if err := look(ctx, recognizer, folder, shots, o.Runs); err != nil {
		return err
	}
	m, err := newMeasurement(shots, residents)
	if err != nil {
		return err
	}
	fmt.Fprintf(w, "Kernel %s, %d photos, %d residents.\n", recognizer.Kernel(), len(shots), len(residents))
	if o.Precision == engine.Int8 {
		if _, err := io.WriteString(w, m.quantised()); err != nil {
			return err
		}
	}
	return m.print(w)
}

// look fills in the views of all shots and says on stderr how far it is.
func look(ctx context.Context, r *vision.Recognizer, folder string, shots []*shot, workers int) error {
	ctx, cancel := context.WithCancelCause(ctx)
	defer cancel(nil)
	var next, done atomic.Int64
	var group sync.WaitGroup
	for range max(workers, 1) {
		group.Go(func() {
			for ctx.Err() == nil {
				i := int(next.Add(1)) - 1
				if i >= len(shots) {
					return
				}
				data, err := os.ReadFile(filepath.Join(folder, filepath.FromSlash(shots[i].path)))
				if err == nil {
					shots[i].views, err = r.Look(ctx, data)
				}
				if err != nil {
					cancel(fmt.Errorf("%s: %w", shots[i].path, err))
					return
				}
				if n := done.Add(1); n%100 == 0 || int(n) == len(shots) {
					fmt.Fprintf(os.Stderr, "\r%d of %d photos", n, len(shots))
				}
			}
		})
	}
	group.Wait()
	fmt.Fprintln(os.Stderr)
	if err := context.Cause(ctx); err != nil && !errors.Is(err, context.Canceled) {
		return err
	}
	return ctx.Err()
}

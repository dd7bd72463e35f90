package main

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"time"

	"github.com/schollz/progressbar/v3"
	"golang.org/x/term"

	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/teach"
)

type teachCommand struct {
	Folder string `arg:"" help:"Folder with one subfolder of photos for each species."`
	Out    string `help:"File to keep what was learnt in; identify --head reads it." placeholder:"HEAD"`
	JSON   bool   `help:"Print the report as JSON."`
	Report string `help:"Folder for a report with pictures, index.html." placeholder:"DIR"`
	Known  string `help:"Folder of the same kind with photos of animals that are known already: the report says whether they still are." placeholder:"DIR"`
	Cache  string `help:"Folder in which what was seen in each photo is kept, so that the next lesson is quick." placeholder:"DIR"`
}

// Run teaches the species of a folder.
func (c teachCommand) Run(o output) error {
	ctx, stop := signal.NotifyContext(context.Background(), os.Interrupt)
	defer stop()
	err := c.run(ctx, o)
	if errors.Is(err, context.Canceled) {
		return errors.New("interrupted; run it again to go on from here")
	}
	return err
}

func (c teachCommand) run(ctx context.Context, o output) error {
	lesson, err := teach.ReadFolder(c.Folder)
	if err != nil {
		return err
	}
	if c.Known != "" {
		known, err := teach.ReadFolder(c.Known)
		if err != nil {
			return err
		}
		lesson.Known = known.Photos
	}
	folder := c.Cache
	if folder == "" {
		if folder, err = os.UserCacheDir(); err != nil {
			return fmt.Errorf("there is no place to keep features: %w: name one with --cache", err)
		}
		folder = filepath.Join(folder, "zoodex", "features")
	}
	zoo, err := catalogue.Load()
	if err != nil {
		return err
	}
	// What was studied stays and little else does, so collecting garbage early is cheap.
	debug.SetGCPercent(20)
	recognizer, err := vision.New(vision.Options{})
	if err != nil {
		return err
	}
	bar := &progress{o: o}
	result, err := teach.Learn(ctx, lesson, teach.Options{
		Recognizer: recognizer, Cache: teach.FolderCache(folder), Residents: residents(zoo), Progress: bar.show,
	})
	bar.end()
	if err != nil {
		return plain(err)
	}
	if c.Out != "" {
		file, err := result.Head.MarshalBinary()
		if err == nil {
			err = teach.WriteFile(c.Out, file)
		}
		if err != nil {
			return fmt.Errorf("keep what was learnt: %w", plain(err))
		}
	}
	if c.Report != "" {
		var page bytes.Buffer
		err := result.HTML(ctx, &page)
		if err == nil {
			err = teach.WriteFile(filepath.Join(c.Report, "index.html"), page.Bytes())
		}
		if err != nil {
			return fmt.Errorf("write the report: %w", plain(err))
		}
	}
	if c.JSON {
		out := json.NewEncoder(o.out)
		out.SetEscapeHTML(false)
		out.SetIndent("", "  ")
		return out.Encode(result.Report)
	}
	_, err = fmt.Fprint(o.out, result.Report.Text())
	return err
}

// plain is a file's error with its path, without the name of the system call.
func plain(err error) error {
	var wrong *os.PathError
	if errors.As(err, &wrong) {
		return fmt.Errorf("%s: %w", wrong.Path, wrong.Err)
	}
	return err
}

// stages are what a lesson is doing, in words.
var stages = map[teach.Stage]string{
	teach.Looking: "Looking at the photos", teach.Choosing: "Choosing how to learn",
	teach.Varying:  "Looking at altered views",
	teach.Learning: "Learning from all photos", teach.Reporting: "Testing what fewer photos give",
}

// A progress shows a bar with the time left on a terminal. Elsewhere it writes a line when a tenth of
// the photos are looked at.
type progress struct {
	o     output
	stage teach.Stage
	bar   *progressbar.ProgressBar
	tenth int
}

func (p *progress) show(at teach.Progress) {
	f, ok := p.o.err.(*os.File)
	if !ok || !term.IsTerminal(int(f.Fd())) {
		if tenth := at.Done * 10 / max(at.Of, 1); at.Stage == teach.Looking && tenth > p.tenth {
			p.tenth = tenth
			fmt.Fprintf(p.o.err, "%s: %d of %d\n", stages[at.Stage], at.Done, at.Of)
		}
		return
	}
	if at.Stage != p.stage {
		p.end()
		of := at.Of
		if of == 0 {
			of = -1 // a spinner
		}
		p.stage = at.Stage
		p.bar = progressbar.NewOptions(of, progressbar.OptionSetWriter(f), progressbar.OptionSetDescription(stages[at.Stage]),
			progressbar.OptionShowCount(), progressbar.OptionSetPredictTime(true), progressbar.OptionClearOnFinish(),
			progressbar.OptionSetWidth(30), progressbar.OptionThrottle(50*time.Millisecond))
	}
	p.bar.Set(at.Done) // fails only where the terminal does
}

// end clears the line.
func (p *progress) end() {
	if p.bar != nil {
		p.bar.Clear()
	}
}

package main

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"os"
	"os/signal"
	"path/filepath"
	"runtime/debug"
	"strings"
	"time"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/teach"
)

type teachCommand struct {
	Folder string `arg:"" help:"Folder with one subfolder of photos for each species."`
	Out    string `help:"File to keep what was learnt in; identify --head reads it." placeholder:"HEAD"`
	JSON   bool   `help:"Print the report as JSON."`
	Report string `help:"Folder for a report with pictures, index.html." placeholder:"DIR"`
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
	folder := c.Cache
	if folder == "" {
		if folder, err = os.UserCacheDir(); err != nil {
			return fmt.Errorf("there is no place to keep features: %w: name one with --cache", err)
		}
		folder = filepath.Join(folder, "zoodex", "features")
	}
	cache, err := teach.NewCache(folder)
	if err != nil {
		return err
	}
	// What was studied stays and little else does, so collecting garbage early is cheap.
	debug.SetGCPercent(20)
	recognizer, err := vision.New(vision.Options{})
	if err != nil {
		return err
	}
	bar := newProgress(o, "Looking at the photos")
	err = lesson.Study(ctx, teach.NewStudent(recognizer), cache, bar.show)
	bar.end()
	if err != nil {
		return err
	}
	result, err := teach.Teach(ctx, lesson, func(what string) { bar.say(what + " …") })
	bar.end()
	if err != nil {
		return err
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
		if err := result.Report.WriteHTML(c.Report); err != nil {
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

// A progress shows progress on a terminal, in one line that is written over. Elsewhere it writes a line
// when a tenth is done.
type progress struct {
	o        output
	title    string
	terminal bool
	start    time.Time
	tenth    int
	width    int
}

func newProgress(o output, title string) *progress {
	b := &progress{o: o, title: title, start: time.Now()}
	if f, ok := o.err.(*os.File); ok {
		info, err := f.Stat()
		b.terminal = err == nil && info.Mode()&os.ModeCharDevice != 0
	}
	return b
}

func (b *progress) show(done, of int) {
	const width = 30
	if !b.terminal {
		if tenth := done * 10 / of; tenth > b.tenth {
			b.tenth = tenth
			fmt.Fprintf(b.o.err, "%s: %d of %d\n", b.title, done, of)
		}
		return
	}
	left := ""
	if took := time.Since(b.start); done < of && took > time.Second {
		left = ", " + remaining(time.Duration(float64(took)/float64(done)*float64(of-done))) + " left"
	}
	full := done * width / of
	b.say(fmt.Sprintf("%s [%s%s] %d of %d%s", b.title, strings.Repeat("█", full), strings.Repeat("·", width-full), done, of, left))
}

// say writes over the line.
func (b *progress) say(line string) {
	if !b.terminal {
		return
	}
	n := len([]rune(line))
	fmt.Fprintf(b.o.err, "\r%s%s", line, strings.Repeat(" ", max(0, b.width-n)))
	b.width = n
}

// end clears the line.
func (b *progress) end() {
	if b.terminal {
		fmt.Fprintf(b.o.err, "\r%s\r", strings.Repeat(" ", b.width))
	}
	b.width = 0
}

func remaining(d time.Duration) string {
	if d < time.Minute {
		return fmt.Sprintf("%d s", int(d.Seconds())+1)
	}
	return fmt.Sprintf("%d min", int(d.Minutes()+0.5))
}

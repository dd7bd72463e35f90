package teach

import (
	"context"
	"errors"
	"fmt"
	"io"
	"io/fs"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"sync"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/photo"
)

// A Lesson is what there is to learn: species and their photos.
type Lesson struct {
	Species []string // in order
	Photos  []*Photo // by species, then by path
}

// A Photo is one picture of a lesson, and what care found out about it.
type Photo struct {
	Species string
	Path    string // how its owner calls it
	Study   *Study // nil when it cannot be used
	Notes   []Note // what a person should look at
	open    func() (io.ReadCloser, error)
}

// Read gives the photo's bytes, at most one more than the limit.
func (p *Photo) read() ([]byte, error) {
	f, err := p.open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, largestFile+1))
}

// largestFile bounds what is read of a file that is no photo; photos have a lower limit of their own.
const largestFile = 64 << 20

// Bounds of a lesson.
const (
	MostPhotos  = 200_000
	MostSpecies = vision.MostTaught
)

// Add takes a photo into the lesson. It is read when it is studied, and again for a report.
func (l *Lesson) Add(species, path string, open func() (io.ReadCloser, error)) {
	if !slices.Contains(l.Species, species) {
		l.Species = append(l.Species, species)
	}
	l.Photos = append(l.Photos, &Photo{Species: species, Path: path, open: open})
}

// ReadFolder makes a lesson of a folder with one subfolder a species. Hidden files and folders are
// left out. What is in deeper folders belongs to the species, too; links are not followed.
func ReadFolder(folder string) (*Lesson, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		var wrong *fs.PathError
		if errors.As(err, &wrong) {
			err = wrong.Err
		}
		return nil, fmt.Errorf("folder %s: %w", folder, err)
	}
	l := &Lesson{}
	loose := 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if !e.IsDir() {
			loose++
			continue
		}
		root := filepath.Join(folder, e.Name())
		l.Species = append(l.Species, e.Name())
		err := filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
			switch {
			case err != nil:
				return err
			case strings.HasPrefix(d.Name(), ".") && d.IsDir() && path != root:
				return fs.SkipDir
			case !d.Type().IsRegular() || strings.HasPrefix(d.Name(), "."):
				return nil
			case len(l.Photos) == MostPhotos:
				return fmt.Errorf("there are more than %d photos", MostPhotos)
			}
			short, err := filepath.Rel(folder, path)
			if err != nil {
				return err
			}
			l.Photos = append(l.Photos, &Photo{Species: e.Name(), Path: filepath.ToSlash(short),
				open: func() (io.ReadCloser, error) { return os.Open(path) }})
			return nil
		})
		if err != nil {
			return nil, fmt.Errorf("folder %s: %w", folder, err)
		}
	}
	switch {
	case len(l.Species) == 0 && loose > 0:
		return nil, fmt.Errorf("folder %s: the photos must be in subfolders, one for each species", folder)
	case len(l.Species) == 0:
		return nil, fmt.Errorf("folder %s is empty: make one subfolder for each species and put its photos there", folder)
	case len(l.Photos) == 0:
		return nil, fmt.Errorf("folder %s: there is no photo in any subfolder", folder)
	case len(l.Species) > MostSpecies:
		return nil, fmt.Errorf("folder %s: %d species are too many: at most %d can be taught", folder, len(l.Species), MostSpecies)
	}
	return l, nil
}

// Study studies all photos, two or more at once, and takes from the cache what was studied before.
// done is told after each photo, from one goroutine at a time. What cannot be used gets a note; an
// error is about the lesson as a whole: ctx ended, or the cache cannot be written.
func (l *Lesson) Study(ctx context.Context, s *Student, c *Cache, done func(studied, of int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	jobs := make(chan *Photo)
	var group sync.WaitGroup
	var mu sync.Mutex
	studied := 0
	for range runtime.GOMAXPROCS(0) + 1 { // one more: some of it is reading files
		group.Go(func() {
			for p := range jobs {
				if err := p.study(ctx, s, c); err != nil {
					stop(err)
					continue
				}
				mu.Lock()
				studied++
				if done != nil {
					done(studied, len(l.Photos))
				}
				mu.Unlock()
			}
		})
	}
	for _, p := range l.Photos {
		select {
		case jobs <- p:
			continue
		case <-ctx.Done():
		}
		break
	}
	close(jobs)
	group.Wait()
	return context.Cause(ctx)
}

func (p *Photo) study(ctx context.Context, s *Student, c *Cache) error {
	data, err := p.read()
	if err != nil {
		p.note(Unreadable, "the file cannot be read")
		return nil
	}
	study, err := s.StudyOnce(ctx, data, c)
	var wrong *photo.Error
	if errors.As(err, &wrong) {
		p.note(Unreadable, wrong.Detail)
		return nil
	}
	p.Study = study
	return err
}

func (p *Photo) note(kind NoteKind, detail string, others ...string) {
	p.Notes = append(p.Notes, Note{kind, detail, others})
}

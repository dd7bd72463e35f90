package teach

import (
	"context"
	"crypto/sha256"
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
	"sync/atomic"
	"unicode/utf8"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/photo"
)

// A Lesson is what there is to learn: species and their photos.
type Lesson struct {
	Species []string // to be taught, in order
	Photos  []*Photo // of them
	// Known are photos of residents that need no teaching. Nothing is learnt from them; the report
	// says whether they are recognised as well as before.
	Known []*Photo
}

// A Photo is one picture of a lesson.
type Photo struct {
	Species string            // as a roster calls it
	ID      string            // how the photo's owner calls it: a path, a number
	Sum     [sha256.Size]byte // of its bytes; if given, a photo that was studied before is not opened
	Open    func() (io.ReadCloser, error)
	Study   *Study // nil: not yet studied, or it cannot be used
	notes   []Note
}

// Add takes a photo into the lesson.
func (l *Lesson) Add(p *Photo) {
	if !slices.Contains(l.Species, p.Species) {
		l.Species = append(l.Species, p.Species)
	}
	l.Photos = append(l.Photos, p)
}

// An Error is why nothing can be learnt from the photos that were given.
type Error struct {
	Kind   ErrorKind // "" for what is wrong with a folder
	Detail string    // one plain sentence
}

// ErrorKind says what an error is about. The list is closed.
type ErrorKind string

// The kinds.
const (
	NoneUsable     ErrorKind = "none-usable"
	OnePhoto       ErrorKind = "one-photo"
	OnePicture     ErrorKind = "one-picture"
	TooManySpecies ErrorKind = "too-many-species"
	TooManyPhotos  ErrorKind = "too-many-photos"
)

func (e *Error) Error() string { return e.Detail }

func refuse(format string, args ...any) error { return refuseAs("", format, args...) }

func refuseAs(kind ErrorKind, format string, args ...any) error {
	return &Error{kind, fmt.Sprintf(format, args...)}
}

// Bounds of a lesson: a head of as many species has 20 MB, and as many photos take 1 GB while they
// are looked at.
const (
	MostPhotos  = 20_000
	MostSpecies = vision.MostTaught
)

// ReadFolder makes a lesson of a folder with one subfolder a species. Hidden files and folders are
// left out. What is in deeper folders belongs to the species, too; links are not followed. A folder
// that cannot be read is listed like a photo that cannot.
func ReadFolder(folder string) (*Lesson, error) {
	entries, err := os.ReadDir(folder)
	if err != nil {
		return nil, refuse("folder %s: %v", folder, reason(err))
	}
	l, loose := &Lesson{}, 0
	for _, e := range entries {
		if strings.HasPrefix(e.Name(), ".") {
			continue
		}
		if !e.IsDir() {
			loose++
			continue
		}
		l.Species = append(l.Species, e.Name())
		l.readSpecies(folder, e.Name())
	}
	switch {
	case len(l.Species) == 0 && loose > 0:
		return nil, refuse("folder %s: the photos must be in subfolders, one for each species", folder)
	case len(l.Species) == 0:
		return nil, refuse("folder %s is empty: make one subfolder for each species and put its photos there", folder)
	case len(l.Photos) == 0:
		return nil, refuse("folder %s: there is no photo in any subfolder", folder)
	}
	return l, nil
}

// readSpecies adds the photos of one subfolder.
func (l *Lesson) readSpecies(folder, species string) {
	root := filepath.Join(folder, species)
	// The walk goes on after whatever went wrong, so it gives no error itself.
	filepath.WalkDir(root, func(path string, d fs.DirEntry, err error) error {
		hidden := path != root && strings.HasPrefix(d.Name(), ".")
		short, _ := filepath.Rel(folder, path) // path is below folder
		p := &Photo{Species: species, ID: filepath.ToSlash(short)}
		switch {
		case err != nil:
			p.Open = func() (io.ReadCloser, error) { return nil, err }
		case hidden && d.IsDir():
			return fs.SkipDir
		case hidden || !d.Type().IsRegular():
			return nil
		case len(l.Photos) > MostPhotos:
			return fs.SkipAll // Learn says that they are too many
		default:
			p.Open = func() (io.ReadCloser, error) { return os.Open(path) }
		}
		l.Photos = append(l.Photos, p)
		return nil
	})
}

// reason is what went wrong with a file, without its path and the name of the system call.
func reason(err error) error {
	var wrong *fs.PathError
	if errors.As(err, &wrong) {
		return wrong.Err
	}
	return err
}

// check refuses what no head can be made of.
func (l *Lesson) check() error {
	if len(l.Species) > MostSpecies {
		return refuseAs(TooManySpecies, "%d species are too many: at most %d can be taught at once", len(l.Species), MostSpecies)
	}
	if n := len(l.Photos) + len(l.Known); n > MostPhotos {
		return refuseAs(TooManyPhotos, "there are more than %d photos; a few hundred of each species are plenty", MostPhotos)
	}
	for _, name := range l.Species {
		if name == "" || len(name) > vision.LongestKey || !utf8.ValidString(name) {
			return refuse("%q cannot be the name of a species: it must be text of 1 to %d bytes", name, vision.LongestKey)
		}
	}
	return nil
}

// each does something with photos, two or more at once. done is told after each, from one goroutine
// at a time. The first error stops it, as the end of ctx does.
func each(ctx context.Context, photos []*Photo, do func(context.Context, *Photo) error, done func(studied, of int)) error {
	ctx, stop := context.WithCancelCause(ctx)
	defer stop(nil)
	jobs := make(chan *Photo)
	var group sync.WaitGroup
	var mu sync.Mutex
	studied := 0
	for range runtime.GOMAXPROCS(0) + 1 { // one more: some of it is reading files
		group.Go(func() {
			for p := range jobs {
				if err := do(ctx, p); err != nil {
					stop(err)
					continue
				}
				mu.Lock()
				studied++
				done(studied, len(photos))
				mu.Unlock()
			}
		})
	}
	for _, p := range photos {
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

// look studies a photo, or takes it from the cache. If it cannot be used it gets a note; an error is
// about the lesson as a whole: ctx ended, or the cache cannot be written.
func (o *Options) look(ctx context.Context, p *Photo) error {
	p.notes = nil
	if p.Study != nil {
		return nil
	}
	if p.Sum != ([sha256.Size]byte{}) {
		if p.Study = load(ctx, o.Cache, p.Sum); p.Study != nil {
			return nil
		}
	}
	data, err := p.read()
	if err != nil {
		if ctx.Err() != nil {
			return ctx.Err()
		}
		p.note(Unreadable, fmt.Sprintf("it cannot be read: %v", reason(err)))
		return nil
	}
	p.Sum = sha256.Sum256(data)
	p.Study, err = NewStudy(ctx, o.Recognizer, data, o.Cache)
	var wrong *photo.Error
	if errors.As(err, &wrong) {
		p.note(Unreadable, wrong.Detail)
		return nil
	}
	return err
}

// vary looks at a photo again, in altered views.
func (o *Options) vary(ctx context.Context, p *Photo) error {
	if p.Study.Variants != nil {
		return nil
	}
	data, err := p.read()
	if err == nil {
		err = p.Study.Vary(ctx, o.Recognizer, data, o.Cache)
	}
	if err != nil {
		return fmt.Errorf("%s: %w", p.ID, err)
	}
	return nil
}

// largestFile bounds what is read of a file that is no photo; photos have a lower limit of their own.
const largestFile = 64 << 20

// read gives the photo's bytes, at most one more than the limit.
func (p *Photo) read() ([]byte, error) {
	f, err := p.Open()
	if err != nil {
		return nil, err
	}
	defer f.Close()
	return io.ReadAll(io.LimitReader(f, largestFile+1))
}

func (p *Photo) note(kind NoteKind, detail string, others ...string) {
	p.notes = append(p.notes, Note{kind, detail, others})
}

// inParallel does something for each of 0…n-1, on all cores.
func inParallel(n int, do func(i int)) {
	var next atomic.Int64
	var group sync.WaitGroup
	for range min(runtime.GOMAXPROCS(0), n) {
		group.Go(func() {
			for i := int(next.Add(1)) - 1; i < n; i = int(next.Add(1)) - 1 {
				do(i)
			}
		})
	}
	group.Wait()
}

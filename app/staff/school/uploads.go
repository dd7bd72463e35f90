package school

import (
	"archive/zip"
	"bufio"
	"bytes"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"path"
	"path/filepath"
	"strings"

	"github.com/jackc/pgx/v5"
	"github.com/zoodex/zoodex/game"
)

// Received is what became of a file: a photo that was looked at, or a ZIP that
// a job unpacks.
type Received struct {
	Photo
	Job string // of a ZIP
}

// Receive takes one file into a lesson: a photo, or a ZIP of photos. What it is
// is decided by its bytes. An error of the reader leaves nothing but a line
// that says so.
func (s *School) Receive(ctx context.Context, who string, species game.Slug, name string, file io.Reader) (Received, error) {
	l, err := s.Lesson(ctx, species)
	if err != nil {
		return Received{}, err
	}
	buffered := bufio.NewReader(file)
	if start, _ := buffered.Peek(4); bytes.Equal(start, []byte("PK\x03\x04")) || bytes.Equal(start, []byte("PK\x05\x06")) {
		return s.receiveZIP(ctx, who, l, species, name, buffered)
	}
	data, over, err := readAtMost(buffered, s.Limits.PhotoBytes)
	switch {
	case err != nil:
		return s.cutOff(ctx, l, name, err)
	case over:
		p, err := s.refuse(ctx, l.ID, name, TooLarge, origin{})
		return Received{Photo: p}, err
	}
	p, err := s.add(ctx, l.ID, name, data, origin{})
	return Received{Photo: p}, err
}

// ErrCutOff says that a file did not arrive whole; it is listed.
var ErrCutOff = errors.New("the file did not arrive whole")

func (s *School) cutOff(ctx context.Context, l Lesson, name string, cause error) (Received, error) {
	// The client may be gone, and its context with it.
	p, err := s.refuse(context.WithoutCancel(ctx), l.ID, name, Incomplete, origin{})
	return Received{Photo: p}, errors.Join(fmt.Errorf("%w: %w", ErrCutOff, cause), err)
}

// receiveZIP keeps a ZIP and has it unpacked.
func (s *School) receiveZIP(ctx context.Context, who string, l Lesson, species game.Slug, name string, file io.Reader) (Received, error) {
	id, err := newID()
	if err != nil {
		return Received{}, err
	}
	writing, abandon := context.WithCancel(ctx)
	defer abandon() // before Close it leaves nothing
	to, err := s.bucket.NewWriter(writing, zipKey(id), nil)
	if err != nil {
		return Received{}, fmt.Errorf("keep a ZIP: %w", err)
	}
	read := &reader{from: io.LimitReader(file, s.Limits.ZIPBytes+1)}
	n, err := io.Copy(to, read)
	if err != nil || n > s.Limits.ZIPBytes {
		abandon()
		to.Close()
		switch {
		case read.failed != nil:
			return s.cutOff(ctx, l, name, read.failed)
		case err != nil:
			return Received{}, fmt.Errorf("keep a ZIP: %w", err)
		}
		p, err := s.refuse(ctx, l.ID, name, TooLarge, origin{})
		return Received{Photo: p}, err
	}
	if err := to.Close(); err != nil {
		return Received{}, fmt.Errorf("keep a ZIP: %w", err)
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		now := s.Now()
		_, err := tx.Exec(ctx, `INSERT INTO lesson_jobs (id, kind, lesson_id, name, who, state, created_at, queued_at) VALUES ($1, 'unpack', $2, $3, $4, 'queued', $5, $5)`,
			id, l.ID, label(name), who, now)
		if err != nil {
			return err
		}
		if err := s.note(ctx, tx, who, "lesson.upload", string(species), map[string]any{"zip": label(name), "bytes": n}); err != nil {
			return err
		}
		return s.enqueue(ctx, tx, id, unpack)
	})
	if err != nil {
		return Received{}, errors.Join(fmt.Errorf("have a ZIP unpacked: %w", err), s.remove(ctx, zipKey(id)))
	}
	return Received{Job: id, Photo: Photo{Name: label(name), Bytes: n}}, nil
}

// reader remembers that reading failed, to tell it from writing that did.
type reader struct {
	from   io.Reader
	failed error
}

// Read implements io.Reader.
func (r *reader) Read(p []byte) (int, error) {
	n, err := r.from.Read(p)
	if err != nil && err != io.EOF {
		r.failed = err
	}
	return n, err
}

// unpackJob takes the photos of a ZIP into its lesson. Begun again, it goes on
// after the last one that was listed.
func (s *School) unpackJob(ctx context.Context, j *running) error {
	file, size, err := s.fetch(ctx, zipKey(j.id))
	if err != nil {
		return err
	}
	defer func() {
		file.Close()
		os.Remove(file.Name())
	}()
	archive, err := zip.NewReader(file, size)
	if err != nil && !errors.Is(err, zip.ErrInsecurePath) {
		return BrokenZIP
	}
	var entries []*zip.File
	for _, f := range archive.File {
		if isFile(f) {
			entries = append(entries, f)
		}
	}
	if len(entries) > MostEntries {
		return TooManyFiles
	}
	left := s.Limits.Unpacked
	if err := j.progress(ctx, "unpacking", 0, len(entries)); err != nil {
		return err
	}
	var begun int
	if err := s.pool.QueryRow(ctx, `SELECT coalesce(max(entry), 0) FROM lesson_photos WHERE job_id = $1`, j.id).Scan(&begun); err != nil {
		return fmt.Errorf("see how far a ZIP is unpacked: %w", err)
	}
	for i, f := range entries {
		if i+1 <= begun {
			left -= int64(f.UncompressedSize64)
			continue
		}
		if err := s.unpackEntry(ctx, j, f, origin{j.id, i + 1}, &left); err != nil {
			return err
		}
		if err := j.progress(ctx, "unpacking", i+1, len(entries)); err != nil {
			return err
		}
	}
	return s.remove(ctx, zipKey(j.id))
}

// isFile leaves out folders, and what systems hide in ZIPs.
func isFile(f *zip.File) bool {
	name := strings.ReplaceAll(f.Name, `\`, "/")
	return !f.FileInfo().IsDir() && !strings.HasSuffix(name, "/") && !strings.HasPrefix(path.Base(name), ".") && !strings.HasPrefix(name, "__MACOSX/")
}

// unpackEntry takes one file of a ZIP. Of none more is read than a photo may
// have, and of all together no more than the limit, whatever the ZIP says.
func (s *School) unpackEntry(ctx context.Context, j *running, f *zip.File, from origin, left *int64) (err error) {
	refuse := func(why Why) error {
		_, err := s.refuse(ctx, j.lesson, f.Name, why, from)
		return err
	}
	switch {
	case !filepath.IsLocal(strings.ReplaceAll(f.Name, `\`, "/")) || f.Mode()&^0o777 != 0:
		return refuse(UnsafeName)
	case f.Flags&1 != 0:
		return refuse(Encrypted)
	case *left <= 0:
		return refuse(OverLimit)
	}
	r, err := f.Open()
	if err != nil {
		return refuse(Broken)
	}
	defer r.Close()
	data, over, err := readAtMost(r, min(s.Limits.PhotoBytes, *left))
	*left -= int64(len(data))
	switch {
	case over:
		return refuse(TooLarge)
	case err != nil:
		return refuse(Broken)
	}
	_, err = s.add(ctx, j.lesson, f.Name, data, from)
	return err
}

// MostEntries of a ZIP: each is listed.
const MostEntries = 20_000

// fetch brings an object into a temporary file: a ZIP is read from its end.
func (s *School) fetch(ctx context.Context, key string) (_ *os.File, size int64, err error) {
	from, err := s.bucket.NewReader(ctx, key, nil)
	if err != nil {
		return nil, 0, fmt.Errorf("fetch a ZIP: %w", err)
	}
	defer from.Close()
	file, err := os.CreateTemp("", "zoodex-*.zip")
	if err != nil {
		return nil, 0, fmt.Errorf("fetch a ZIP: %w", err)
	}
	if size, err = io.Copy(file, from); err != nil {
		file.Close()
		os.Remove(file.Name())
		return nil, 0, fmt.Errorf("fetch a ZIP: %w", err)
	}
	return file, size, nil
}

package school

import (
	"bytes"
	"context"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"io"
	"maps"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/zoodex/zoodex/vision/photo"
	"gocloud.dev/blob"
	"gocloud.dev/blob/fileblob"
	_ "gocloud.dev/blob/gcsblob" // gs://
	_ "gocloud.dev/blob/s3blob"  // s3://
	"gocloud.dev/gcerrors"
	"golang.org/x/image/draw"
)

// openBucket opens the place of the photos: a folder of this machine, or what
// the URL names.
func openBucket(ctx context.Context, address, folder string) (*blob.Bucket, error) {
	if address != "" {
		u, err := url.Parse(address)
		if err != nil || u.Scheme == "" {
			return nil, errors.New("the address of the photos should read s3://bucket, gs://bucket or file:///folder")
		}
		if u.Scheme != "file" {
			bucket, err := blob.OpenBucket(ctx, address)
			if err != nil {
				return nil, fmt.Errorf("open the place of the photos at %s://%s: %w", u.Scheme, u.Host, err)
			}
			return bucket, nil
		}
		folder = filepath.FromSlash(u.Path)
	}
	bucket, err := fileblob.OpenBucket(folder, &fileblob.Options{CreateDir: true, DirFileMode: 0o700, NoTempDir: true, Metadata: fileblob.MetadataDontWrite})
	if err != nil {
		return nil, fmt.Errorf("open the folder of the photos: %w", err)
	}
	return bucket, nil
}

// Where things are in the bucket.
func photoKey(lesson, photo string) string { return "lessons/" + lesson + "/" + photo }
func thumbKey(lesson, photo string) string { return "thumbnails/" + lesson + "/" + photo + ".jpg" }
func zipKey(job string) string             { return "uploads/" + job + ".zip" }

// studies keeps what teaching computed of photos in the bucket, so that every
// process goes on from what another has done.
type studies struct{ *blob.Bucket }

// Load implements teach.Cache.
func (s studies) Load(ctx context.Context, key string) ([]byte, error) {
	return s.ReadAll(ctx, "studies/"+key)
}

// Store implements teach.Cache.
func (s studies) Store(ctx context.Context, key string, study []byte) error {
	return s.WriteAll(ctx, "studies/"+key, study, nil)
}

// thumbSide is the longest side of a thumbnail, in pixels.
const thumbSide = 320

// thumbnail is a small JPEG of a photo.
func thumbnail(p *photo.Photo) ([]byte, error) {
	from := p.Image()
	size := from.Bounds().Size()
	scale := min(1, float64(thumbSide)/float64(max(size.X, size.Y)))
	to := image.NewRGBA(image.Rect(0, 0, max(1, int(float64(size.X)*scale)), max(1, int(float64(size.Y)*scale))))
	draw.ApproxBiLinear.Scale(to, to.Bounds(), from, from.Bounds(), draw.Src, nil)
	var out bytes.Buffer
	if err := jpeg.Encode(&out, to, &jpeg.Options{Quality: 80}); err != nil {
		return nil, fmt.Errorf("make a thumbnail: %w", err)
	}
	return out.Bytes(), nil
}

// clear deletes everything under a folder of the bucket.
func (s *School) clear(ctx context.Context, folder string) error {
	list := s.bucket.List(&blob.ListOptions{Prefix: folder})
	for {
		object, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err == nil {
			err = s.remove(ctx, object.Key)
		}
		if err != nil {
			return fmt.Errorf("delete photos: %w", err)
		}
	}
}

// tidyEvery is how often files are looked for that nothing lists.
const tidyEvery = 24 * time.Hour

// tidy deletes photos that are in no list and ZIPs that nobody is to unpack,
// since a process ended between writing the file and listing it, or a job
// failed. Younger ones may be listed yet.
func (s *School) tidy(ctx context.Context) error {
	return errors.Join(s.tidyPhotos(ctx), s.tidyZIPs(ctx))
}

func (s *School) tidyZIPs(ctx context.Context) error {
	list := s.bucket.List(&blob.ListOptions{Prefix: "uploads/"})
	for {
		object, err := list.Next(ctx)
		if err == io.EOF {
			return nil
		}
		if err != nil {
			return fmt.Errorf("look for ZIPs that nobody unpacks: %w", err)
		}
		job := strings.TrimSuffix(strings.TrimPrefix(object.Key, "uploads/"), ".zip")
		if time.Since(object.ModTime) <= tidyEvery || uuid.Validate(job) != nil {
			continue
		}
		var open bool
		err = s.pool.QueryRow(ctx, `SELECT EXISTS (SELECT FROM lesson_jobs WHERE id = $1 AND state IN ('queued', 'running'))`, job).Scan(&open)
		if err == nil && !open {
			err = s.remove(ctx, object.Key)
		}
		if err != nil {
			return fmt.Errorf("delete a ZIP that nobody unpacks: %w", err)
		}
	}
}

func (s *School) tidyPhotos(ctx context.Context) error {
	list := s.bucket.List(&blob.ListOptions{Prefix: "lessons/"})
	found := map[string]string{} // keys by photo
	lose := func() error {
		rows, err := s.pool.Query(ctx, `SELECT id::text FROM lesson_photos WHERE id = ANY($1::text[]::uuid[])`, slices.Collect(maps.Keys(found)))
		if err != nil {
			return err
		}
		listed, err := pgx.CollectRows(rows, pgx.RowTo[string])
		if err != nil {
			return err
		}
		for _, id := range listed {
			delete(found, id)
		}
		for id, lesson := range found {
			if err := errors.Join(s.remove(ctx, photoKey(lesson, id)), s.remove(ctx, thumbKey(lesson, id))); err != nil {
				return err
			}
		}
		clear(found)
		return nil
	}
	for {
		object, err := list.Next(ctx)
		if err != nil && err != io.EOF {
			return fmt.Errorf("look for photos that nothing lists: %w", err)
		}
		if err == nil && time.Since(object.ModTime) > tidyEvery {
			if lesson, id, ok := strings.Cut(strings.TrimPrefix(object.Key, "lessons/"), "/"); ok && uuid.Validate(id) == nil {
				found[id] = lesson
			}
		}
		if len(found) == 1000 || err == io.EOF {
			if err := lose(); err != nil {
				return fmt.Errorf("delete photos that nothing lists: %w", err)
			}
		}
		if err == io.EOF {
			return nil
		}
	}
}

// remove deletes an object, if it is there.
func (s *School) remove(ctx context.Context, key string) error {
	if err := s.bucket.Delete(ctx, key); err != nil && gcerrors.Code(err) != gcerrors.NotFound {
		return err
	}
	return nil
}

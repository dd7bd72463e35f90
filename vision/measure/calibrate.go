package main

import (
	"context"
	"fmt"
	"image"
	"os"
	"path/filepath"

	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/model"
	"github.com/zoodex/zoodex/vision/photo"
)

// calibrationPhotos is how many photos the ranges come from, of animals the network did not learn and of things: none of those on
// which the best class is judged.
const calibrationPhotos = 200

// calibrate measures the ranges of the network's values on some of the photos, the whole frame and its middle, and writes them.
func calibrate(ctx context.Context, to, folder string) error {
	shots, err := readManifest(folder, false)
	if err != nil {
		return err
	}
	var paths []string
	for _, s := range shots {
		if s.kind != known && s.kind != familiar && s.kind != left {
			paths = append(paths, filepath.Join(folder, filepath.FromSlash(s.path)))
		}
	}
	if len(paths) == 0 {
		return fmt.Errorf("no photos to calibrate with in %s", folder)
	}
	decoder := photo.NewDecoder(photo.Limits{})
	input := make([]float32, 3*model.InputSize*model.InputSize)
	var failed error
	ranges, err := engine.Calibrate(model.Network, func(yield func([]float32) bool) {
		n := min(calibrationPhotos, len(paths))
		for i := range n {
			path := paths[i*len(paths)/n]
			data, err := os.ReadFile(path)
			if err == nil {
				var p *photo.Photo
				if p, err = decoder.Decode(ctx, data); err == nil {
					for _, part := range []image.Rectangle{p.Bounds(), middle(p.Bounds())} {
						p.Sample(input, part, model.InputSize)
						if !yield(input) {
							return
						}
					}
				}
			}
			if err != nil {
				failed = fmt.Errorf("%s: %w", path, err)
				return
			}
		}
	})
	if failed != nil {
		return failed
	}
	if err != nil {
		return err
	}
	f, err := os.Create(to)
	if err != nil {
		return err
	}
	if err := ranges.Write(f); err != nil {
		f.Close()
		return err
	}
	return f.Close()
}

// middle is the square in the middle of a frame, a third smaller than its short side.
func middle(r image.Rectangle) image.Rectangle {
	side := max(1, min(r.Dx(), r.Dy())*2/3)
	at := r.Min.Add(image.Pt((r.Dx()-side)/2, (r.Dy()-side)/2))
	return image.Rectangle{Min: at, Max: at.Add(image.Pt(side, side))}
}

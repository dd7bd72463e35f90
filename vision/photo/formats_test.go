package photo

import (
	"context"
	"errors"
	"io/fs"
	"math"
	"os"
	"path/filepath"
	"strings"
	"testing"
)

// photoFolder is where real photographs lie, which the repository has none of.
func photoFolder(t testing.TB) string {
	folder := os.Getenv("ZOODEX_TEST_PHOTOS")
	if folder == "" {
		folder = filepath.Join("..", "..", "..", "shared", "data", "photos")
	}
	if _, err := os.Stat(filepath.Join(folder, "formats")); err != nil {
		t.Skipf("no photos in %s; set ZOODEX_TEST_PHOTOS to a folder of them", folder)
	}
	return folder
}

// What some files of the formats folder must give besides a picture.
var refused = map[string]Kind{
	"avif/goheif_fox.avif":                       Unsupported,
	"avif/hopper.avif":                           Unsupported,
	"avif/rot1mir0.avif":                         Unsupported,
	"heic/pillow_heif_corrupted.heic":            Broken,
	"heic/pillow_heif_empty.heic":                Empty,
	"heic/pillow_heif_truncated.heic":            Broken,
	"jpeg-broken/corrupted.jpg":                  Broken,
	"jpeg-broken/kangaroo_00090_truncated20.jpg": Broken,
	"jpeg-broken/truncated_jpeg.jpg":             Broken,
	"jpeg-odd/hopper_bad_exif.jpg":               Broken,
	"phone-jpeg/pillow_ultrahdr.jpg":             Broken,
	"webp/iss634.webp":                           Unsupported,
}

func TestRealFilesGiveAPictureOrAClearError(t *testing.T) {
	folder := filepath.Join(photoFolder(t), "formats")
	d := NewDecoder(Limits{})
	err := filepath.WalkDir(folder, func(path string, entry fs.DirEntry, err error) error {
		if err != nil || entry.IsDir() || strings.HasSuffix(path, ".txt") {
			return err
		}
		data, err := os.ReadFile(path)
		if err != nil {
			return err
		}
		name, _ := filepath.Rel(folder, path)
		name = filepath.ToSlash(name)
		p, err := d.Decode(context.Background(), data)
		if err != nil {
			e := &Error{Kind: "not ours"}
			errors.As(err, &e)
			t.Logf("%-55s %s: %v", name, e.Kind, err)
			if e.Kind != refused[name] {
				t.Errorf("%s is refused: %v", name, err)
			}
			return nil
		}
		t.Logf("%-55s %-4s %v turned %+v, hash %016x", name, p.Format(), p.Bounds().Max, p.turn, p.Hash())
		if refused[name] != "" {
			t.Errorf("%s is taken", name)
		}
		return nil
	})
	if err != nil {
		t.Fatal(err)
	}
}

func TestRealPhotosLookAlikeInAllOrientations(t *testing.T) {
	folder := filepath.Join(photoFolder(t), "formats")
	const size = 64
	for _, set := range []struct{ first, others string }{
		{"exif-orientation-landscape/Landscape_1.jpg", "exif-orientation-landscape/Landscape_*.jpg"},
		{"exif-orientation-portrait/Portrait_1.jpg", "exif-orientation-portrait/Portrait_*.jpg"},
		{"jpeg-odd/hopper_orientation_2.jpg", "jpeg-odd/hopper_orientation_*.jpg"},
		{"webp/hopper.webp", "webp/hopper_orientation_*.webp"},
	} {
		sample := func(path string) ([]float32, *Photo) {
			data, err := os.ReadFile(path)
			if err != nil {
				t.Fatal(err)
			}
			p, dst := mustDecode(t, data), make([]float32, 3*size*size)
			p.Sample(dst, p.Bounds(), size)
			return dst, p
		}
		want, first := sample(filepath.Join(folder, filepath.FromSlash(set.first)))
		paths, _ := filepath.Glob(filepath.Join(folder, filepath.FromSlash(set.others)))
		if len(paths) == 0 {
			t.Errorf("no %s", set.others)
		}
		for _, path := range paths {
			got, p := sample(path)
			var sum float64
			for i := range got {
				sum += math.Abs(float64(got[i]-want[i])) * 128
			}
			mean := sum / float64(len(got))
			t.Logf("%s differs by %.2f of 255", filepath.Base(path), mean)
			// The sets were encoded once for each orientation.
			if mean > 3 || p.Bounds() != first.Bounds() {
				t.Errorf("%s differs by %.2f, %v and %v", path, mean, p.Bounds(), first.Bounds())
			}
		}
	}
}

package teach_test

import (
	"bytes"
	"image"
	"image/color"
	"image/jpeg"
	"math"
	"math/rand/v2"
	"os"
	"path/filepath"
	"sync"
	"testing"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/teach"
)

// drawn is a JPEG of an animal of a species that exists only here: a spotted, a striped or a
// ringed one, each a little different.
func drawn(species string, number uint64) []byte {
	const w, h = 200, 150
	random := rand.New(rand.NewPCG(number, uint64(species[0])<<8+uint64(species[1])))
	img := image.NewRGBA(image.Rect(0, 0, w, h))
	cx, cy, r := 70+60*random.Float64(), 55+40*random.Float64(), 38+14*random.Float64()
	phase, turn := 6*random.Float64(), random.Float64()
	green := uint8(90 + random.IntN(60))
	for y := range h {
		for x := range w {
			c := color.RGBA{uint8(60 + random.IntN(30)), green, 50, 255}
			dx, dy := float64(x)-cx, float64(y)-cy
			if d := math.Hypot(dx, 1.3*dy); d < r {
				var wave float64
				switch species {
				case "spotted":
					wave = math.Sin(dx/3+phase) * math.Sin(dy/3+turn)
				case "striped":
					wave = math.Sin(dx/2.5 + turn*dy/4 + phase)
				default:
					wave = math.Sin(d/2 + phase)
				}
				switch {
				case species == "spotted" && wave > 0.3:
					c = color.RGBA{50, 30, 10, 255}
				case species == "spotted":
					c = color.RGBA{220, 170, 60, 255}
				case species == "striped" && wave > 0:
					c = color.RGBA{10, 10, 10, 255}
				case species == "striped":
					c = color.RGBA{240, 240, 240, 255}
				case wave > 0:
					c = color.RGBA{150, 20, 30, 255}
				default:
					c = color.RGBA{240, 120, 130, 255}
				}
			}
			img.SetRGBA(x, y, c)
		}
	}
	return encoded(img, 90)
}

func encoded(img image.Image, quality int) []byte {
	var out bytes.Buffer
	if err := jpeg.Encode(&out, img, &jpeg.Options{Quality: quality}); err != nil {
		panic(err)
	}
	return out.Bytes()
}

var kinds = []string{"ringed", "spotted", "striped"}

// folderOf writes files, named by their paths, into a new folder.
func folderOf(t testing.TB, files map[string][]byte) string {
	t.Helper()
	folder := t.TempDir()
	for name, data := range files {
		path := filepath.Join(folder, filepath.FromSlash(name))
		if err := os.MkdirAll(filepath.Dir(path), 0o700); err != nil {
			t.Fatal(err)
		}
		if err := os.WriteFile(path, data, 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return folder
}

// zoo are photos of all kinds, n each.
func zoo(n int) map[string][]byte {
	files := map[string][]byte{}
	for _, kind := range kinds {
		for i := range n {
			files[kind+"/"+string(rune('a'+i))+".jpg"] = drawn(kind, uint64(i))
		}
	}
	return files
}

var recognizer = sync.OnceValues(func() (*vision.Recognizer, error) { return vision.New(vision.Options{}) })

// shared is the folder of a cache for all tests, so that no drawing is studied twice.
var shared teach.FolderCache

func TestMain(m *testing.M) {
	folder, err := os.MkdirTemp("", "zoodex-teach-test")
	if err != nil {
		panic(err)
	}
	shared = teach.FolderCache(folder)
	code := m.Run()
	os.RemoveAll(folder)
	os.Exit(code)
}

func eyes(t testing.TB) *vision.Recognizer {
	t.Helper()
	r, err := recognizer()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// learnt is what comes of the lesson in a folder.
func learnt(t testing.TB, folder string) (*teach.Result, error) {
	t.Helper()
	l, err := teach.ReadFolder(folder)
	if err != nil {
		return nil, err
	}
	return teach.Learn(t.Context(), l, teach.Options{Recognizer: eyes(t), Cache: shared})
}

func taught(t testing.TB, files map[string][]byte) *teach.Result {
	t.Helper()
	r, err := learnt(t, folderOf(t, files))
	if err != nil {
		t.Fatal(err)
	}
	return r
}

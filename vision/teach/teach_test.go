package teach_test

import (
	"bytes"
	"context"
	"crypto/sha256"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"io"
	"io/fs"
	"maps"
	"os"
	"path/filepath"
	"reflect"
	"regexp"
	"slices"
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/teach"
)

func TestDrawnSpeciesAreLearnt(t *testing.T) {
	r := taught(t, zoo(8))
	if r.Report.Verdict != teach.Ready || r.Report.Sentence != "Ready." || r.Report.Accuracy != 1 {
		t.Errorf("%s (%s), accuracy %g", r.Report.Verdict, r.Report.Sentence, r.Report.Accuracy)
	}
	for k, s := range r.Report.Species {
		if s.Name != kinds[k] || s.Photos != 8 || s.Distinct != 8 || s.Recall != 1 || s.Precision != 1 || r.Report.Matrix[k][k] != 8 {
			t.Errorf("%+v, row %v", s, r.Report.Matrix[k])
		}
	}
	if curve := r.Report.Curve; len(curve) < 2 || curve[len(curve)-1].Accuracy != 1 {
		t.Errorf("curve %v", curve)
	}

	plain, err := recognizer()
	if err != nil {
		t.Fatal(err)
	}
	roster, err := vision.NewRoster([]vision.Resident{{Key: "ringed"}, {Key: "spotted"}, {Key: "striped"}})
	if err != nil {
		t.Fatal(err)
	}
	named := 0
	for _, kind := range kinds {
		for i := range uint64(4) {
			s, err := plain.With(r.Head).Identify(t.Context(), drawn(kind, 100+i), roster)
			if err != nil {
				t.Fatal(err)
			}
			switch {
			case s.Key == kind:
				named++
			case s.Decision == vision.Certain:
				t.Errorf("a %s is certainly a %s", kind, s.Key)
			}
		}
	}
	if named < 8 {
		t.Errorf("only %d of 12 new drawings were named", named)
	}
}

func TestTheSameLessonGivesTheSameHead(t *testing.T) {
	if a, b := taught(t, zoo(4)).Head.ID(), taught(t, zoo(4)).Head.ID(); a != b {
		t.Errorf("%s and %s", a, b)
	}
}

func TestAnInterruptedLessonGoesOnFromWhatWasStudied(t *testing.T) {
	folder, kept := folderOf(t, zoo(3)), t.TempDir()
	learn := func(ctx context.Context, r *vision.Recognizer, progress func(teach.Progress)) error {
		l, err := teach.ReadFolder(folder)
		if err != nil {
			t.Fatal(err)
		}
		_, err = teach.Learn(ctx, l, teach.Options{Recognizer: r, Cache: teach.FolderCache(kept), Progress: progress})
		return err
	}
	ctx, stop := context.WithCancel(t.Context())
	err := learn(ctx, eyes(t), func(p teach.Progress) {
		if p.Stage != teach.Looking || p.Of != 9 {
			t.Errorf("%+v", p)
		}
		if p.Done == 4 {
			stop()
		}
	})
	if !errors.Is(err, context.Canceled) {
		t.Fatalf("interrupted: %v", err)
	}
	before := filesIn(t, kept)
	if len(before) < 4 {
		t.Fatalf("only %d studies were kept", len(before))
	}
	if err := learn(t.Context(), eyes(t), nil); err != nil {
		t.Fatal(err)
	}
	after := filesIn(t, kept)
	if len(after) != 9 {
		t.Errorf("%d studies in the end", len(after))
	}
	for path, written := range before {
		if after[path] != written {
			t.Errorf("%s was written again", path)
		}
	}
	// With everything in the cache nobody needs to look any more.
	if err := learn(t.Context(), nil, nil); err != nil {
		t.Error(err)
	}
}

func TestProgressGoesThroughTheStages(t *testing.T) {
	l, err := teach.ReadFolder(folderOf(t, zoo(4)))
	if err != nil {
		t.Fatal(err)
	}
	var stages []teach.Stage
	_, err = teach.Learn(t.Context(), l, teach.Options{Recognizer: eyes(t), Cache: shared, Progress: func(p teach.Progress) {
		if n := len(stages); n == 0 || stages[n-1] != p.Stage {
			stages = append(stages, p.Stage)
		}
		if p.Of > 0 && p.Done > p.Of {
			t.Errorf("%+v", p)
		}
	}})
	if want := []teach.Stage{teach.Looking, teach.Choosing, teach.Learning, teach.Reporting}; err != nil || !slices.Equal(stages, want) {
		t.Errorf("%v, %v", stages, err)
	}
}

// A photo whose checksum is known and that was studied before need not be there any more.
func TestAStudiedPhotoIsNotOpened(t *testing.T) {
	l := &teach.Lesson{}
	for i := range uint64(3) {
		for _, kind := range kinds {
			data := drawn(kind, i)
			if _, err := teach.NewStudy(t.Context(), eyes(t), data, shared); err != nil {
				t.Fatal(err)
			}
			l.Add(&teach.Photo{Species: kind, ID: fmt.Sprint(kind, i), Sum: sha256.Sum256(data), Open: func() (io.ReadCloser, error) {
				t.Errorf("%s %d was opened", kind, i)
				return nil, fs.ErrNotExist
			}})
		}
	}
	if _, err := teach.Learn(t.Context(), l, teach.Options{Cache: shared}); err != nil {
		t.Error(err)
	}
}

// filesIn gives the files below a folder and when they were written.
func filesIn(t *testing.T, folder string) map[string]int64 {
	files := map[string]int64{}
	err := filepath.WalkDir(folder, func(path string, d fs.DirEntry, err error) error {
		if err != nil || d.IsDir() {
			return err
		}
		info, err := d.Info()
		files[path] = info.ModTime().UnixNano()
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return files
}

func TestADamagedStudyIsMadeAgain(t *testing.T) {
	data, kept := drawn("spotted", 1), t.TempDir()
	cache := teach.FolderCache(kept)
	want, err := teach.NewStudy(t.Context(), eyes(t), data, cache)
	if err != nil {
		t.Fatal(err)
	}
	for path := range filesIn(t, kept) {
		file, err := os.ReadFile(path)
		if err != nil {
			t.Fatal(err)
		}
		for _, damaged := range [][]byte{nil, file[:100], append(bytes.Clone(file[:500]), append([]byte{file[500] ^ 1}, file[501:]...)...)} {
			if err := os.WriteFile(path, damaged, 0o600); err != nil {
				t.Fatal(err)
			}
			if _, err := teach.NewStudy(t.Context(), eyes(t), data, cache); err != nil {
				t.Error(err)
			}
			if mended, err := os.ReadFile(path); err != nil || !bytes.Equal(mended, file) {
				t.Errorf("a damaged study was taken: %v", err)
			}
		}
	}
	got, err := teach.NewStudy(t.Context(), nil, data, cache) // nobody looks: it comes from the cache
	if err != nil || !reflect.DeepEqual(got, want) {
		t.Errorf("what is kept differs from what was seen: %v", err)
	}
}

func TestVariantsAreDifferentAndTheirOwn(t *testing.T) {
	data, cache := drawn("striped", 3), teach.FolderCache(t.TempDir())
	varied := func(r *vision.Recognizer) [][]float32 {
		s, err := teach.NewStudy(t.Context(), r, data, cache)
		if err == nil {
			err = s.Vary(t.Context(), r, data, cache)
		}
		if err != nil {
			t.Fatal(err)
		}
		return append(s.Variants, s.Vector)
	}
	s := varied(eyes(t))
	if kept := varied(nil); len(s) != teach.Variants+1 || !reflect.DeepEqual(kept, s) {
		t.Errorf("%d variants, and others from the cache", len(s)-1)
	}
	for i := range s {
		for j := range i {
			if slices.Equal(s[i], s[j]) {
				t.Errorf("variants %d and %d are the same", i, j)
			}
		}
	}
}

func TestPhotosToLookAtAreListedAndNoneIsDropped(t *testing.T) {
	files := zoo(6)
	files["ringed/text.jpg"] = []byte("this is not a photo")
	files["ringed/empty.png"] = nil
	files["ringed/cut.jpg"] = drawn("ringed", 50)[:3000]
	files["ringed/copy.jpg"] = files["ringed/a.jpg"]
	files["spotted/z.jpg"] = recompressed(t, files["spotted/b.jpg"])
	files["striped/lost.jpg"] = files["spotted/c.jpg"]
	files["striped/tiny.jpg"] = cropped(t, files["striped/a.jpg"], image.Rect(60, 40, 130, 100))
	files["striped/black.jpg"] = encoded(image.NewGray(image.Rect(0, 0, 300, 200)), 90)
	files["striped/odd.jpg"] = drawn("ringed", 70)
	files["striped/soft.jpg"] = soft()
	r := taught(t, files)
	got := map[string][]teach.NoteKind{}
	for _, n := range r.Report.Noted {
		for _, note := range n.Notes {
			got[n.Photo] = append(got[n.Photo], note.Kind)
			if note.Detail == "" {
				t.Errorf("%s: a note without a sentence", n.Photo)
			}
		}
		if unreadable := slices.Contains(got[n.Photo], teach.Unreadable); unreadable == n.Used {
			t.Errorf("%s: unreadable %v, used %v", n.Photo, unreadable, n.Used)
		}
	}
	for path, want := range map[string]teach.NoteKind{
		"ringed/text.jpg": teach.Unreadable, "ringed/empty.png": teach.Unreadable, "ringed/cut.jpg": teach.Unreadable,
		"ringed/copy.jpg": teach.Copy, "spotted/z.jpg": teach.Alike, "striped/lost.jpg": teach.Contested,
		"striped/tiny.jpg": teach.Tiny, "striped/black.jpg": teach.Flat, "striped/odd.jpg": teach.Odd, "striped/soft.jpg": teach.Blurred,
	} {
		if !slices.Contains(got[path], want) {
			t.Errorf("%s: %v, want %s", path, got[path], want)
		}
	}
	for _, path := range []string{"ringed/b.jpg", "spotted/d.jpg", "striped/e.jpg"} {
		if got[path] != nil {
			t.Errorf("%s is in order, yet %v", path, got[path])
		}
	}
	total := 0
	for _, row := range r.Report.Matrix {
		for _, n := range row {
			total += n
		}
	}
	if total != len(files)-3 {
		t.Errorf("%d photos in the matrix, %d files, of which 3 cannot be read", total, len(files))
	}
	text := r.Report.Text()
	for _, want := range []string{"ringed/text.jpg: left out", "the same file is there twice (ringed/a.jpg)", "striped/odd.jpg: taken for ringed"} {
		if !strings.Contains(text, want) {
			t.Errorf("the text lacks %q:\n%s", want, text)
		}
	}
}

func decoded(t *testing.T, data []byte) image.Image {
	img, err := jpeg.Decode(bytes.NewReader(data))
	if err != nil {
		t.Fatal(err)
	}
	return img
}

func recompressed(t *testing.T, data []byte) []byte { return encoded(decoded(t, data), 60) }

func cropped(t *testing.T, data []byte, r image.Rectangle) []byte {
	return encoded(decoded(t, data).(*image.YCbCr).SubImage(r), 90)
}

// soft has no edge at all.
func soft() []byte {
	img := image.NewRGBA(image.Rect(0, 0, 300, 200))
	for y := range 200 {
		for x := range 300 {
			img.SetRGBA(x, y, color.RGBA{uint8(x * 255 / 300), uint8(y * 255 / 200), 100, 255})
		}
	}
	return encoded(img, 95)
}

func TestWhatCannotBeTaughtIsSaidInOneSentence(t *testing.T) {
	one := drawn("ringed", 1)
	for name, c := range map[string]struct {
		files map[string][]byte
		says  string
	}{
		"nothing there":            {map[string][]byte{}, "is empty"},
		"photos beside each other": {map[string][]byte{"a.jpg": one}, "subfolders"},
		"empty species":            {map[string][]byte{"okapi/.keep": nil}, "no photo"},
		"texts":                    {map[string][]byte{"okapi/a.jpg": []byte("a"), "giraffe/b.jpg": []byte("b")}, "none of the files"},
		"one photo":                {map[string][]byte{"okapi/a.jpg": one, "giraffe/b.jpg": []byte("b")}, "one photo is not enough"},
		"only copies":              {map[string][]byte{"okapi/a.jpg": one, "okapi/b.jpg": one, "okapi/c.jpg": one}, "the same picture"},
	} {
		_, err := learnt(t, folderOf(t, c.files))
		var wrong *teach.Error
		if !errors.As(err, &wrong) {
			t.Errorf("%s: %v is no fault of the photos", name, err)
		}
		if err == nil || !strings.Contains(err.Error(), c.says) || strings.Contains(err.Error(), "\n") {
			t.Errorf("%s: %v, want an error that says %q", name, err, c.says)
		}
	}
	if _, err := teach.ReadFolder(filepath.Join(t.TempDir(), "none")); err == nil || !strings.Contains(err.Error(), "none") {
		t.Errorf("a folder that is not there: %v", err)
	}
}

func TestTooLittleIsTaughtAndNotReady(t *testing.T) {
	only := func(kind string, n int) map[string][]byte {
		files := zoo(n)
		maps.DeleteFunc(files, func(path string, _ []byte) bool { return !strings.HasPrefix(path, kind) })
		return files
	}
	few := zoo(6)
	few["quagga/a.jpg"] = drawn("quagga", 3)
	few["lost/a.jpg"] = []byte("no photo")
	for name, c := range map[string]struct {
		files map[string][]byte
		says  []string
	}{
		"two photos of one":        {only("ringed", 2), []string{"ringed has only 2 different photos"}},
		"two photos each":          {zoo(2), []string{"ringed has only 2 different photos"}},
		"one photo of one species": {few, []string{"quagga has only one photo", "lost has no photo"}},
	} {
		r := taught(t, c.files)
		if r.Report.Verdict != teach.NotReady {
			t.Errorf("%s: %s", name, r.Report.Verdict)
		}
		for _, want := range c.says {
			if !strings.Contains(r.Report.Sentence, want) {
				t.Errorf("%s: %q lacks %q", name, r.Report.Sentence, want)
			}
		}
	}
}

// The first lesson of a zoo often has one species.
func TestOneSpeciesIsToldFromWhatIsKnown(t *testing.T) {
	files := zoo(8)
	maps.DeleteFunc(files, func(path string, _ []byte) bool { return !strings.HasPrefix(path, "ringed") })
	r := taught(t, files)
	if r.Report.Verdict != teach.Ready || r.Report.Species[0].Certain < 0.5 {
		t.Errorf("%s, %.2f certain", r.Report.Sentence, r.Report.Species[0].Certain)
	}
	roster, err := vision.NewRoster([]vision.Resident{{Key: "ringed"}})
	if err != nil {
		t.Fatal(err)
	}
	for _, c := range []struct {
		kind  string
		named bool
	}{{"ringed", true}, {"striped", false}} {
		named := 0
		for i := range uint64(6) {
			s, err := eyes(t).With(r.Head).Identify(t.Context(), drawn(c.kind, 200+i), roster)
			if err != nil {
				t.Fatal(err)
			}
			if s.Key == "ringed" {
				named++
			}
		}
		if c.named && named < 3 || !c.named && named > 1 {
			t.Errorf("%d of 6 %s drawings are certainly ringed", named, c.kind)
		}
	}
}

func TestALessonCanBeInterruptedWhileItIsLearnt(t *testing.T) {
	for _, stage := range []teach.Stage{teach.Choosing, teach.Reporting} {
		l, err := teach.ReadFolder(folderOf(t, zoo(3)))
		if err != nil {
			t.Fatal(err)
		}
		ctx, stop := context.WithCancel(t.Context())
		_, err = teach.Learn(ctx, l, teach.Options{Recognizer: eyes(t), Cache: shared, Progress: func(p teach.Progress) {
			if p.Stage == stage {
				stop()
			}
		}})
		if !errors.Is(err, context.Canceled) {
			t.Errorf("%s: %v", stage, err)
		}
	}
}

func TestTheReportIsOnePageThatNeedsNothingElse(t *testing.T) {
	files := map[string][]byte{}
	for path, data := range zoo(6) {
		files[strings.Replace(path, "ringed", "ringed & <b>bold</b>", 1)] = data
	}
	files["striped/odd.jpg"] = drawn("ringed", 70)
	r := taught(t, files)
	var out bytes.Buffer
	if err := r.HTML(t.Context(), &out); err != nil {
		t.Fatal(err)
	}
	page := out.String()
	for _, link := range regexp.MustCompile(`(?:src|href)="([^"]*)"`).FindAllStringSubmatch(page, -1) {
		if !strings.HasPrefix(link[1], "data:image/jpeg;base64,") && !strings.HasPrefix(link[1], "#") {
			t.Errorf("the page needs %.60s", link[1])
		}
	}
	if strings.Contains(page, "<b>bold") || !strings.Contains(page, "&lt;b&gt;bold") {
		t.Error("a species' name is taken for HTML")
	}
	for _, want := range []string{r.Report.Sentence, "<svg", "striped/odd.jpg", "data:image/jpeg;base64,", `id="cell-2-0"`, `href="#cell-2-0"`} {
		if !strings.Contains(page, want) {
			t.Errorf("the page lacks %q", want)
		}
	}
}

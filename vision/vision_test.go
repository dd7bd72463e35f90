package vision_test

import (
	"bytes"
	"context"
	"encoding/csv"
	"errors"
	"fmt"
	"image"
	"image/color"
	"image/jpeg"
	"image/png"
	"os"
	"path/filepath"
	"reflect"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/model"
	"github.com/zoodex/zoodex/vision/photo"
)

// recognizer is shared by all tests: loading takes a moment.
var recognizer = sync.OnceValues(func() (*vision.Recognizer, error) { return vision.New(vision.Options{}) })

func recognizerFor(t testing.TB) *vision.Recognizer {
	t.Helper()
	r, err := recognizer()
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// drawing is a PNG of one of the model's reference pictures.
func drawing(t testing.TB, name string) []byte {
	t.Helper()
	const n = model.InputSize
	for _, r := range model.References() {
		if r.Name != name {
			continue
		}
		in, img := r.Input(), image.NewRGBA(image.Rect(0, 0, n, n))
		at := func(c, i int) uint8 { return uint8(in[c*n*n+i]*128 + 127) }
		for i := range n * n {
			img.SetRGBA(i%n, i/n, color.RGBA{at(0, i), at(1, i), at(2, i), 255})
		}
		var out bytes.Buffer
		if err := png.Encode(&out, img); err != nil {
			t.Fatal(err)
		}
		return out.Bytes()
	}
	t.Fatalf("no reference picture is called %q", name)
	return nil
}

// A drawing goes through decoder and resampling unchanged, so the network's answer is known.
func TestTheNetworkSeesThePhotoAndNothingElse(t *testing.T) {
	hashes := map[uint64]string{}
	for _, name := range []string{"mosaic", "disc", "edges"} {
		v, err := recognizerFor(t).Look(context.Background(), drawing(t, name))
		if err != nil {
			t.Fatal(err)
		}
		for _, r := range model.References() {
			if r.Name != name {
				continue
			}
			for i, want := range r.Logits {
				if off := v.Whole[i] - want; off > 1e-3 || off < -1e-3 {
					t.Fatalf("%s: logit of %s is %g, want %g", name, model.Labels()[i].Name, v.Whole[i], want)
				}
			}
		}
		if v.Box.Empty() || !v.Box.In(image.Rect(0, 0, model.InputSize, model.InputSize)) {
			t.Errorf("%s: box %v", name, v.Box)
		}
		if whole := v.Box.Dx() == model.InputSize && v.Box.Dy() == model.InputSize; whole != (v.Part == v.Whole) {
			t.Errorf("%s: the closer look at %v and the look at everything: same %v", name, v.Box, v.Part == v.Whole)
		}
		if other, twice := hashes[v.Hash]; twice {
			t.Errorf("%s and %s have the same hash", name, other)
		}
		hashes[v.Hash] = name
		if v.Stages.Decode <= 0 || v.Stages.Prepare <= 0 || v.Stages.Network <= 0 {
			t.Errorf("%s: stages %v", name, v.Stages)
		}
	}
}

func TestNoDrawingIsTakenForAResident(t *testing.T) {
	var residents []vision.Resident
	for _, l := range model.Labels() {
		if l.Animal {
			residents = append(residents, vision.Resident{Key: l.Name, Labels: []string{l.WordNetID}})
		}
	}
	roster := rosterOf(t, residents...)
	for _, name := range []string{"noise", "ramps", "disc", "edges"} {
		s, err := recognizerFor(t).Identify(context.Background(), drawing(t, name), roster)
		if err != nil {
			t.Fatal(err)
		}
		keepsPromises(t, s)
		if s.Decision == vision.Certain {
			t.Errorf("%s is certainly a %s (%.2f)", name, s.Key, s.Confidence)
		}
		if s.Model != model.Name || s.Box.Empty() {
			t.Errorf("%s: model %q, box %v", name, s.Model, s.Box)
		}
	}
}

func TestManyAtOnceAnswerAsOneAlone(t *testing.T) {
	r, roster := recognizerFor(t), rosterOf(t, zoo...)
	names := []string{"mosaic", "disc", "checks"}
	want := make([]vision.Sighting, len(names))
	photos := make([][]byte, len(names))
	for i, name := range names {
		var err error
		photos[i] = drawing(t, name)
		if want[i], err = r.Identify(context.Background(), photos[i], roster); err != nil {
			t.Fatal(err)
		}
		want[i].Stages = vision.Stages{}
	}
	var group sync.WaitGroup
	for i := range 12 {
		group.Go(func() {
			got, err := r.Identify(context.Background(), photos[i%len(photos)], roster)
			if got.Stages = (vision.Stages{}); err != nil || !reflect.DeepEqual(got, want[i%len(want)]) {
				t.Errorf("%s: %+v, %v\nwant %+v", names[i%len(names)], got, err, want[i%len(want)])
			}
		})
	}
	group.Wait()
}

func TestWhatIsWrongWithAPhotoReachesTheCaller(t *testing.T) {
	for name, c := range map[string]struct {
		data []byte
		kind photo.Kind
	}{
		"empty":     {nil, photo.Empty},
		"text":      {[]byte("this is not a photo"), photo.Unsupported},
		"truncated": {drawing(t, "noise")[:5000], photo.Broken},
	} {
		s, err := recognizerFor(t).Identify(context.Background(), c.data, nil)
		var wrong *photo.Error
		if !errors.As(err, &wrong) || wrong.Kind != c.kind {
			t.Errorf("%s: %v (%s), want %s", name, err, s.Decision, c.kind)
		}
	}
}

func TestNobodyWaitsForAnAnswerThatNobodyWants(t *testing.T) {
	ctx, cancel := context.WithCancel(context.Background())
	cancel()
	if _, err := recognizerFor(t).Identify(ctx, drawing(t, "disc"), nil); !errors.Is(err, context.Canceled) {
		t.Errorf("%v", err)
	}
}

func TestAKernelThatIsNotThereIsAnError(t *testing.T) {
	if _, err := vision.New(vision.Options{Engine: engine.Options{Kernel: "abacus"}}); err == nil || !strings.Contains(err.Error(), "abacus") {
		t.Errorf("%v", err)
	}
}

func TestTheSelfCheckFindsTheNetworkWell(t *testing.T) {
	found, err := vision.SelfCheck()
	if err != nil || !strings.Contains(found, model.Name) {
		t.Errorf("%q, %v", found, err)
	}
}

// Photos with known answers; all are in the manifest, none is in the repository.
var knownPhotos = map[string]string{
	"commons-hires/lion": "lion", "commons-hires/jellyfish": "moon-jellyfish", "commons-hires/alligator": "american-alligator",
	"commons-webp/africanwilddog": "african-wild-dog", "commons-webp/baboon": "hamadryas-baboon", "commons-webp/badger": "european-badger",
	"commons-webp/boar": "wild-boar", "commons-webp/camel": "dromedary", "commons-webp/coyote": "coyote",
	"commons-webp/flamingo": "greater-flamingo", "commons-webp/fox": "red-fox", "commons-webp/gilamonster": "gila-monster",
	"commons-webp/hippopotamus": "hippopotamus", "commons-webp/iguana": "green-iguana", "commons-webp/jaguar": "jaguar",
	"commons-webp/koala": "koala", "commons-webp/llama": "llama", "commons-webp/orangutan": "bornean-orangutan",
	"commons-webp/panda": "giant-panda", "commons-webp/platypus": "platypus", "commons-webp/polarbear": "polar-bear",
	"commons-webp/rattlesnake": "eastern-diamondback-rattlesnake", "commons-webp/scorpion": "emperor-scorpion",
	"commons-webp/skunk": "striped-skunk", "commons-webp/squirrel": "fox-squirrel", "commons-webp/toucan": "toco-toucan",
	"commons-webp/weasel": "least-weasel", "commons-webp/wolf": "grey-wolf", "commons-webp/zebra": "plains-zebra",
	// Animals from elsewhere and things.
	"commons-webp/dragonfly": "", "commons-webp/rabbit": "", "commons-webp/piranha": "", "commons-webp/toad": "",
	"imagenet-sample-objects/435_bathtub": "", "imagenet-sample-objects/555_fire_engine": "", "imagenet-sample-objects/850_teddy": "",
	"imagenet-sample-objects/950_orange": "", "imagenet-sample-objects/820_steam_locomotive": "",
}

func TestRealPhotosAreRecognised(t *testing.T) {
	folder := os.Getenv("ZOODEX_TEST_PHOTOS")
	if folder == "" {
		folder = filepath.FromSlash("../../shared/data/photos")
	}
	if _, err := os.Stat(folder); err != nil {
		t.Skipf("there is no folder of photos at %s; set ZOODEX_TEST_PHOTOS", folder)
	}
	roster := starterRoster(t)
	named := 0
	for dir, want := range knownPhotos {
		files, err := filepath.Glob(filepath.Join(folder, filepath.FromSlash(dir), "*"))
		if err != nil || len(files) == 0 {
			t.Errorf("no photo in %s: %v", dir, err)
			continue
		}
		data, err := os.ReadFile(files[0])
		if err != nil {
			t.Fatal(err)
		}
		s, err := recognizerFor(t).Identify(context.Background(), data, roster)
		if err != nil {
			t.Errorf("%s: %v", dir, err)
			continue
		}
		keepsPromises(t, s)
		if s.Decision == vision.Certain && s.Key == want {
			named++
		} else if s.Decision == vision.Certain {
			t.Errorf("%s is certainly %s", dir, s.Key)
		}
		if strings.HasPrefix(dir, "imagenet") && s.Decision != vision.Nothing {
			t.Errorf("%s is %s, want nothing: %s", dir, s.Decision, s.Why)
		}
		if (dir == "commons-webp/dragonfly" || dir == "commons-webp/rabbit") && s.Decision != vision.Stranger {
			t.Errorf("%s is %s, want stranger: %s", dir, s.Decision, s.Why)
		}
	}
	if animals := 29; named < animals*8/10 {
		t.Errorf("only %d of %d animals were named", named, animals)
	}
}

// starterRoster is the roster that vision is measured with.
func starterRoster(t testing.TB) *vision.Roster {
	f, err := os.Open("measure/roster.csv")
	if err != nil {
		t.Fatal(err)
	}
	defer f.Close()
	rows, err := csv.NewReader(f).ReadAll()
	if err != nil {
		t.Fatal(err)
	}
	var residents []vision.Resident
	for _, row := range rows[1:] {
		residents = append(residents, vision.Resident{Key: row[0], Labels: strings.Fields(row[1])})
	}
	return rosterOf(t, residents...)
}

// BenchmarkIdentify answers a 1280×960 JPEG, as the phone's page sends it, on one core.
func BenchmarkIdentify(b *testing.B) {
	img := image.NewRGBA(image.Rect(0, 0, 1280, 960))
	for i := range img.Pix {
		img.Pix[i] = uint8(i*i>>16 ^ i>>8)
	}
	var data bytes.Buffer
	if err := jpeg.Encode(&data, img, &jpeg.Options{Quality: 85}); err != nil {
		b.Fatal(err)
	}
	r, roster := recognizerFor(b), rosterOf(b, zoo...)
	var stages vision.Stages
	b.ReportAllocs()
	for b.Loop() {
		s, err := r.Identify(context.Background(), data.Bytes(), roster)
		if err != nil {
			b.Fatal(err)
		}
		stages.Decode += s.Stages.Decode
		stages.Prepare += s.Stages.Prepare
		stages.Network += s.Stages.Network
	}
	for name, took := range map[string]time.Duration{"decode": stages.Decode, "prepare": stages.Prepare, "network": stages.Network} {
		b.ReportMetric(float64(took.Microseconds())/1000/float64(b.N), fmt.Sprintf("%s-ms/op", name))
	}
}

func BenchmarkDecide(b *testing.B) {
	v, roster := viewsOf(logits{lion: 9, leopard: 8}, logits{lion: 9, zebra: 8}), starterRoster(b)
	b.ReportAllocs()
	for b.Loop() {
		vision.Decide(v, roster, vision.Measured)
	}
}

package vision_test

import (
	"crypto/sha256"
	"encoding/binary"
	"math"
	"math/rand/v2"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// recipe of a head that knows as many animals as there are keys. Each has its own direction; the
// vector of animal k is spot(k).
func recipe(keys ...string) vision.Recipe {
	r := vision.Recipe{
		Centre: make([]float32, model.Features), Middle: make([]float32, model.Features),
		Slope: 20, Offset: -6, Familiar: 0.3,
	}
	for i := range r.Middle {
		r.Middle[i], r.Centre[i] = 0.1, 0.01
	}
	for k, key := range keys {
		t := vision.Taught{Key: key, Group: "hoofed", Photos: 20, Bias: -1, Weights: make([]float32, model.Features), Prototype: make([]float32, model.Features)}
		t.Weights[k], t.Prototype[k] = 20, 1
		r.Taught = append(r.Taught, t)
	}
	return r
}

func spot(k int) []float32 {
	x := make([]float32, model.Features)
	for i := range x {
		x[i] = 0.01
	}
	x[k] = 1
	return x
}

func headOf(t testing.TB, r vision.Recipe) *vision.Head {
	t.Helper()
	h, err := vision.NewHead(r)
	if err != nil {
		t.Fatal(err)
	}
	return h
}

func TestATaughtAnimalCompetesWithTheNetworks(t *testing.T) {
	head := headOf(t, recipe("okapi", "quagga"))
	strange := spot(700) // like neither
	for _, c := range []struct {
		name      string
		network   logits
		x         []float32
		residents []vision.Resident
		decision  vision.Decision
		key       string
	}{
		{"what was taught is certain", logits{zebra: 6}, spot(0), zoo, vision.Certain, "okapi"},
		{"a known animal stays what it is", logits{zebra: 9}, strange, zoo, vision.Certain, "zebra"},
		{"a thing stays nothing", logits{teapot: 9}, strange, zoo, vision.Nothing, ""},
		{"a taught animal that does not live here is a stranger", logits{zebra: 6}, spot(1), zoo, vision.Stranger, ""},
		{"and certain where it does", logits{zebra: 6}, spot(1), append(zoo[:len(zoo):len(zoo)], vision.Resident{Key: "quagga"}), vision.Certain, "quagga"},
	} {
		v := viewsOf(c.network, c.network)
		v.Taught = head.Judge(c.x)
		s := vision.Decide(v, rosterOf(t, c.residents...), vision.Measured)
		if s.Decision != c.decision || s.Key != c.key {
			t.Errorf("%s: %s %q, want %s %q (%s, familiarity %.2f)", c.name, s.Decision, s.Key, c.decision, c.key, s.Why, v.Taught.Familiarity)
		}
		keepsPromises(t, s)
		for _, candidate := range s.Candidates {
			taught := candidate.Label == "okapi" || candidate.Label == "quagga"
			if taught != (candidate.Index == -1) || taught != (candidate.WordNetID == "") {
				t.Errorf("%s: candidate %+v", c.name, candidate)
			}
		}
	}
}

// A photo between two taught animals and one that is not familiar enough are no check marks.
func TestATaughtAnimalMustBeClearAndFamiliar(t *testing.T) {
	r := recipe("okapi", "quagga")
	residents := append(zoo[:len(zoo):len(zoo)], vision.Resident{Key: "quagga"})
	both := spot(0)
	both[1] = 1
	for name, c := range map[string]struct {
		x        []float32
		familiar float64
	}{"between two": {both, 0}, "not familiar": {spot(0), 1.99}} {
		r.Familiar = c.familiar
		v := viewsOf(logits{}, logits{})
		quieten(v)
		v.Taught = headOf(t, r).Judge(c.x)
		if s := vision.Decide(v, rosterOf(t, residents...), vision.Measured); s.Decision != vision.Unsure {
			t.Errorf("%s: %s %q, want unsure", name, s.Decision, s.Key)
		} else if model.Parent(s.Group) == "" && s.Group != model.Root {
			t.Errorf("%s: some kind of %s", name, s.Group)
		}
	}
}

// A resident that the network knows already can be taught as well; both are the same species then.
func TestATaughtResidentHasTheNetworksClassesToo(t *testing.T) {
	v := viewsOf(logits{zebra: 5}, logits{zebra: 5})
	v.Taught = headOf(t, recipe("zebra")).Judge(spot(0))
	s := vision.Decide(v, rosterOf(t, zoo...), vision.Measured)
	if s.Decision != vision.Certain || s.Key != "zebra" || len(s.Residents) == 0 || s.Residents[0].Key != "zebra" || s.Residents[0].Probability < 0.99 {
		t.Errorf("%s %q %v", s.Decision, s.Key, s.Residents)
	}
}

func TestARecogniserKnowsWhatItsHeadWasTaught(t *testing.T) {
	plain := recognizerFor(t)
	r, roster := plain.With(nil), rosterOf(t, zoo...)
	see := func(r *vision.Recognizer) vision.Sighting {
		s, err := r.Identify(t.Context(), drawing(t, "disc"), roster)
		if err != nil {
			t.Fatal(err)
		}
		return s
	}
	untaught := see(r)
	if untaught.Head != "" || r.Head() != nil {
		t.Errorf("no head was given, yet %q decided", untaught.Head)
	}
	for _, head := range []*vision.Head{headOf(t, recipe("okapi")), headOf(t, recipe("quagga")), headOf(t, recipe("okapi"))} {
		r.Use(head)
		if s := see(r); s.Head != head.ID() || r.Head() != head {
			t.Errorf("%q decided, not %q", s.Head, head.ID())
		}
		if s := see(r.With(nil)); s.Head != "" {
			t.Errorf("%q decided without a head", s.Head)
		}
	}
	r.Use(nil)
	if s := see(r); s.Head != "" || s.Confidence != untaught.Confidence {
		t.Error("without its head a recogniser answers as before")
	}
	if plain.Head() != nil {
		t.Error("a head belongs to the recogniser that it was given to")
	}
}

// Publishing a head does not disturb photos that are being looked at.
func TestAHeadChangesWhilePhotosAreLookedAt(t *testing.T) {
	r, roster := recognizerFor(t).With(nil), rosterOf(t, zoo...)
	heads := map[string]*vision.Head{}
	for _, key := range []string{"okapi", "quagga"} {
		h := headOf(t, recipe(key))
		heads[h.ID()] = h
	}
	var group sync.WaitGroup
	for range 2 {
		group.Go(func() {
			for range 6 {
				s, err := r.Identify(t.Context(), drawing(t, "disc"), roster)
				if err != nil {
					t.Error(err)
					return
				}
				for _, c := range s.Candidates {
					if c.Index < 0 && heads[s.Head].Taught[0].Key != c.Label {
						t.Errorf("%s is not what the head %s was taught", c.Label, s.Head)
					}
				}
			}
		})
	}
	for range 50 {
		for _, h := range heads {
			r.Use(h)
			time.Sleep(time.Millisecond)
		}
	}
	group.Wait()
}

func TestAHeadSurvivesItsFile(t *testing.T) {
	head := headOf(t, recipe("okapi", "Quagga †"))
	file, err := head.MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	read, err := vision.ReadHead(file)
	if err != nil {
		t.Fatal(err)
	}
	if read.ID() != head.ID() || len(read.Taught) != 2 || read.Taught[1].Key != "Quagga †" || read.Taught[0].Group != "hoofed" || read.Taught[0].Photos != 20 {
		t.Errorf("%s, %d classes", read.ID(), len(read.Taught))
	}
	a, b := head.Judge(spot(1)), read.Judge(spot(1))
	if a.Familiarity != b.Familiarity || a.Logits[0] != b.Logits[0] || a.Best() != 1 {
		t.Error("the head that was read judges differently")
	}
	if other := headOf(t, recipe("okapi")); other.ID() == head.ID() {
		t.Error("two heads have the same ID")
	}
}

func TestABadHeadFileIsSaid(t *testing.T) {
	file, err := headOf(t, recipe("okapi")).MarshalBinary()
	if err != nil {
		t.Fatal(err)
	}
	signed := func(change func(b []byte) []byte) []byte {
		b := change(append([]byte(nil), file[:len(file)-sha256.Size]...))
		sum := sha256.Sum256(b)
		return append(b, sum[:]...)
	}
	const body = 8 + 4 + sha256.Size
	for name, c := range map[string]struct {
		file []byte
		says string
	}{
		"empty":           {nil, "not a file of zoodex teach"},
		"a text":          {[]byte("these are not the weights"), "not a file of zoodex teach"},
		"short":           {file[:30], "cut off"},
		"cut off":         {file[:len(file)-1], "damaged"},
		"one bit":         {append(append([]byte(nil), file[:500]...), append([]byte{file[500] ^ 1}, file[501:]...)...), "damaged"},
		"another version": {signed(func(b []byte) []byte { b[8] = 9; return b }), "version 9"},
		"another network": {signed(func(b []byte) []byte { b[12] ^= 1; return b }), "another network"},
		"many classes":    {signed(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[body:], 1<<31); return b }), "do not fit"},
		"no class":        {signed(func(b []byte) []byte { binary.LittleEndian.PutUint32(b[body:], 0); return b }), "length"},
		"more at the end": {signed(func(b []byte) []byte { return append(b, 0) }), "length"},
		"not a number": {signed(func(b []byte) []byte {
			binary.LittleEndian.PutUint64(b[body+4:], math.Float64bits(math.NaN()))
			return b
		}), "number"},
	} {
		if _, err := vision.ReadHead(c.file); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", name, err, c.says)
		}
	}
}

func TestARecipeIsChecked(t *testing.T) {
	for name, c := range map[string]struct {
		change func(*vision.Recipe)
		says   string
	}{
		"nothing":        {func(r *vision.Recipe) { r.Taught = nil }, "0 classes"},
		"no key":         {func(r *vision.Recipe) { r.Taught[0].Key = "" }, "key"},
		"twice":          {func(r *vision.Recipe) { r.Taught[1].Key = "okapi" }, "twice"},
		"no such group":  {func(r *vision.Recipe) { r.Taught[0].Group = "unicorn" }, "unicorn"},
		"short weights":  {func(r *vision.Recipe) { r.Taught[0].Weights = r.Taught[0].Weights[1:] }, "1279"},
		"infinite bias":  {func(r *vision.Recipe) { r.Taught[0].Bias = math.Inf(1) }, "number"},
		"not a number":   {func(r *vision.Recipe) { r.Centre[7] = float32(math.NaN()) }, "number"},
		"huge threshold": {func(r *vision.Recipe) { r.Familiar = 1e300 }, "number"},
	} {
		r := recipe("okapi", "quagga")
		c.change(&r)
		if _, err := vision.NewHead(r); err == nil || !strings.Contains(err.Error(), c.says) {
			t.Errorf("%s: %v, want an error that says %q", name, err, c.says)
		}
	}
}

// The views' lengths say how strong the features are, not what they are of.
func TestAVectorHasLengthOneAndForgetsStrength(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 1))
	var pair, strong [2][model.Features]float32
	for j := range pair {
		for i := range pair[j] {
			pair[j][i] = random.Float32()
			strong[j][i] = 3 * pair[j][i]
		}
	}
	a, b := make([]float32, model.Features), make([]float32, model.Features)
	vision.Vector(a, &pair)
	vision.Vector(b, &strong)
	var length float64
	for i := range a {
		length += float64(a[i]) * float64(a[i])
		if math.Abs(float64(a[i]-b[i])) > 1e-6 {
			t.Fatalf("value %d is %g and %g", i, a[i], b[i])
		}
	}
	if math.Abs(length-1) > 1e-5 {
		t.Errorf("length² is %g", length)
	}
	vision.Vector(a, new([2][model.Features]float32))
	for _, v := range a {
		if v != 0 {
			t.Fatal("nothing seen has a direction")
		}
	}
}

func FuzzReadHead(f *testing.F) {
	file, err := headOf(f, recipe("okapi", "quagga")).MarshalBinary()
	if err != nil {
		f.Fatal(err)
	}
	f.Add(file[44 : len(file)-sha256.Size])
	f.Add([]byte{1, 0, 0, 0})
	head := file[:44]
	f.Fuzz(func(t *testing.T, body []byte) {
		b := append(append([]byte(nil), head...), body...)
		sum := sha256.Sum256(b)
		h, err := vision.ReadHead(append(b, sum[:]...))
		if err != nil {
			return
		}
		j := h.Judge(spot(3))
		if math.IsNaN(j.Familiarity) || len(j.Logits) != len(h.Taught) {
			t.Errorf("%v", j)
		}
	})
}

package vision

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
	"errors"
	"fmt"
	"io"
	"math"
	"slices"
	"sync"
	"unicode/utf8"

	"github.com/zoodex/zoodex/vision/model"
)

// A Head knows animals that the network was not made for. It is fitted to photos by package teach
// and reads the network's features. It is immutable.
//
// It answers two questions. Which of the taught species is it, if it is one? That is multinomial
// logistic regression. And is it one at all? Seen from the centre, the cosine to the prototype of the
// likeliest species is compared with the highest cosine to an animal that the network knows. Of those
// no photo is needed: the last layer says where they lie, see rivals. The difference is taken twice.
// Without kin it is the likeness, by which the species competes with the network's classes: what the
// network has always called okapi is no evidence against an okapi. With kin it is the distinction; a
// certain answer takes familiarity, which is distinction and a little more the clearer it is which
// of the taught species it would be.
type Head struct {
	Recipe
	rivals [][]float32 // of length 1, from the centre
	id     string
}

// A Recipe is what a head is made of. Its vectors have 1280 values; x is a photo's [Vector].
type Recipe struct {
	Taught []Taught
	Centre []float32 // the middle of the taught species' x
	Middle []float32 // of the taught photos' pooled features, as the network gives them
	// By likeness l the odds of a taught species against all that the network knows are
	// exp(Slope·l + Offset).
	Slope, Offset float64
	Familiar      float64 // least familiarity for a certain answer
}

// A Taught is one class of a head.
type Taught struct {
	Key    string // the species, as a roster calls it
	Group  string // of the tree in package model
	Photos int    // that taught it
	// Kin are classes of the network, at most three, that it took many of the photos for: the same
	// animal by another name, or a relative it cannot tell from it. They are no evidence against it.
	Kin      []int
	Bias     float64
	Weights, // weights·x + bias is the class's logit among the taught ones
	Prototype []float32 // the middle of its photos' x, from the centre, of length 1
}

// Bounds of a head.
const (
	MostTaught = 2000 // classes
	LongestKey = 200  // bytes
	mostKin    = 3
)

// NewHead checks a recipe and makes a head of it. Keys are unique and not empty. The recipe's
// slices are kept: do not write to them.
func NewHead(r Recipe) (*Head, error) {
	if len(r.Taught) == 0 || len(r.Taught) > MostTaught {
		return nil, fmt.Errorf("head: %d classes, want 1 to %d", len(r.Taught), MostTaught)
	}
	if err := errors.Join(finite(r.Centre), finite(r.Middle)); err != nil {
		return nil, fmt.Errorf("head: centre: %w", err)
	}
	if bad(r.Slope) || bad(r.Offset) || bad(r.Familiar) {
		return nil, errors.New("head: a number is not one")
	}
	keys := map[string]bool{}
	for i, t := range r.Taught {
		switch {
		case t.Key == "" || len(t.Key) > LongestKey || !utf8.ValidString(t.Key):
			return nil, fmt.Errorf("head: class %d: the key %.60q cannot be one", i+1, t.Key)
		case keys[t.Key]:
			return nil, fmt.Errorf("head: %s is there twice", t.Key)
		case !model.IsGroup(t.Group):
			return nil, fmt.Errorf("head: %s: there is no group %.60q", t.Key, t.Group)
		case t.Photos < 0 || t.Photos > math.MaxInt32:
			return nil, fmt.Errorf("head: %s: %d photos", t.Key, t.Photos)
		case len(t.Kin) > mostKin || slices.ContainsFunc(t.Kin, func(c int) bool { return c < 0 || c >= model.Classes }):
			return nil, fmt.Errorf("head: %s: classes %v cannot be its kin", t.Key, t.Kin)
		case bad(t.Bias):
			return nil, fmt.Errorf("head: %s: a number is not one", t.Key)
		}
		keys[t.Key] = true
		if err := errors.Join(finite(t.Weights), finite(t.Prototype)); err != nil {
			return nil, fmt.Errorf("head: %s: %w", t.Key, err)
		}
	}
	h := &Head{Recipe: r, rivals: rivals(r.Middle, r.Centre)}
	sum := sha256.Sum256(h.body())
	h.id = hex.EncodeToString(sum[:16])
	return h, nil
}

// How familiarity is measured; README.md of package teach has the figures.
const (
	rivalReach    = 5    // how far a known animal lies from the middle of all, in its class's weights
	clarityWeight = 0.03 // of the log odds of the likeliest taught species against the others
	clarityMost   = 8    // beyond that clearer is not more familiar
)

// rivals stand in for the animals that the network knows. Seen from the middle of all, an animal's
// features lie about where its weights in the last layer point, and are never negative: the cosine
// to the mean of real photos is 0.6 to 0.7.
func rivals(middle, centre []float32) [][]float32 {
	all := knownAnimals(middle)
	for _, v := range all {
		for j := range v {
			v[j] -= centre[j]
		}
		unit(v)
	}
	return all
}

// knownAnimals are the rivals as photos of them would look, of length 1.
func knownAnimals(middle []float32) [][]float32 {
	all := make([][]float32, len(animalClasses))
	for i, class := range animalClasses {
		v := slices.Clone(middle)
		model.AddClassWeights(v, class, rivalReach)
		for j, f := range v {
			v[j] = float32(math.Sqrt(max(0, float64(f))))
		}
		unit(v)
		all[i] = v
	}
	return all
}

// KnownCentre is the middle of the animals that the network knows, as a [Recipe]'s centre, around the
// middle of all pooled features.
func KnownCentre(middle []float32) []float32 {
	centre := make([]float32, model.Features)
	all := knownAnimals(middle)
	for _, v := range all {
		for j, f := range v {
			centre[j] += f / float32(len(all))
		}
	}
	return centre
}

func finite(vector []float32) error {
	if len(vector) != model.Features {
		return fmt.Errorf("a vector has %d values, want %d", len(vector), model.Features)
	}
	for _, v := range vector {
		if bad(float64(v)) {
			return errors.New("a number is not one")
		}
	}
	return nil
}

// bad numbers would spread: what is not finite, and what no fit gives.
func bad(v float64) bool { return !(math.Abs(v) < 1e6) }

// ID names what the head knows, by its content: 32 hexadecimal digits. Two heads with the same ID
// answer the same.
func (h *Head) ID() string { return h.id }

// NetworkSum is the SHA-256 of the embedded network. What was learnt from its features is of use
// with the same network only.
var NetworkSum = sync.OnceValue(func() [sha256.Size]byte { return sha256.Sum256(model.Network) })

// The file of a head, little-endian: headMagic, headVersion (uint32), the network's SHA-256, the
// body, and the SHA-256 of all before.
const (
	headMagic   = "zoodexhd"
	headVersion = 1
)

// MarshalBinary gives the head as a file.
func (h *Head) MarshalBinary() ([]byte, error) {
	network := NetworkSum()
	b := binary.LittleEndian.AppendUint32([]byte(headMagic), headVersion)
	b = append(b, network[:]...)
	b = append(b, h.body()...)
	sum := sha256.Sum256(b)
	return append(b, sum[:]...), nil
}

// body is the number of classes (uint32), slope, offset and familiar (float64), centre and middle
// (float32), and of each class key and group (length as uint16, UTF-8), photos (uint32), kin (number
// and classes as uint16), bias (float64), weights and prototype (float32).
func (h *Head) body() []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(nil, uint32(len(h.Taught)))
	vector := func(v []float32) {
		for _, f := range v {
			b = order.AppendUint32(b, math.Float32bits(f))
		}
	}
	for _, v := range []float64{h.Slope, h.Offset, h.Familiar} {
		b = order.AppendUint64(b, math.Float64bits(v))
	}
	vector(h.Centre)
	vector(h.Middle)
	for _, t := range h.Taught {
		for _, s := range []string{t.Key, t.Group} {
			b = append(order.AppendUint16(b, uint16(len(s))), s...)
		}
		b = order.AppendUint32(b, uint32(t.Photos))
		b = order.AppendUint16(b, uint16(len(t.Kin)))
		for _, class := range t.Kin {
			b = order.AppendUint16(b, uint16(class))
		}
		b = order.AppendUint64(b, math.Float64bits(t.Bias))
		vector(t.Weights)
		vector(t.Prototype)
	}
	return b
}

// ErrOutdated is that a head is of another program: what it was taught must be
// taught to this one.
var ErrOutdated = errors.New("teach it again")

// HeadPrefix is what every head that this program can read begins with.
func HeadPrefix() []byte {
	network := NetworkSum()
	return append(binary.LittleEndian.AppendUint32([]byte(headMagic), headVersion), network[:]...)
}

// ReadHead reads a head's file. It refuses what is damaged, what was written by another version,
// and what was learnt from another network.
func ReadHead(file []byte) (*Head, error) {
	const before, class = len(headMagic) + 4 + sha256.Size, 2 + 2 + 4 + 2 + 8 + 8*model.Features
	order := binary.LittleEndian
	if len(file) < len(headMagic) || string(file[:len(headMagic)]) != headMagic {
		return nil, errors.New("head: this is not a file of zoodex teach")
	}
	if len(file) < before+sha256.Size {
		return nil, errors.New("head: the file is cut off")
	}
	if v := order.Uint32(file[len(headMagic):]); v != headVersion {
		return nil, fmt.Errorf("head: the file has version %d, this program reads version %d: %w", v, headVersion, ErrOutdated)
	}
	body, sum := file[:len(file)-sha256.Size], file[len(file)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return nil, errors.New("head: the file is damaged")
	}
	if network := NetworkSum(); !bytes.Equal(body[before-sha256.Size:before], network[:]) {
		return nil, fmt.Errorf("head: it was taught to another network than this program's: %w", ErrOutdated)
	}
	r := headReader{bytes.NewReader(body[before:]), nil}
	var count uint32
	r.read(&count)
	if r.err == nil && int64(count)*int64(class) > int64(len(body)) {
		return nil, fmt.Errorf("head: %d classes do not fit into the file", count)
	}
	var recipe Recipe
	r.read(&recipe.Slope)
	r.read(&recipe.Offset)
	r.read(&recipe.Familiar)
	recipe.Centre, recipe.Middle = r.vector(), r.vector()
	recipe.Taught = make([]Taught, 0, min(count, MostTaught))
	for range count {
		var t Taught
		t.Key, t.Group = r.text(), r.text()
		var photos uint32
		r.read(&photos)
		t.Photos = int(photos)
		var kin uint16
		r.read(&kin)
		for range min(kin, mostKin+1) { // one too many is refused below
			var class uint16
			r.read(&class)
			t.Kin = append(t.Kin, int(class))
		}
		r.read(&t.Bias)
		t.Weights, t.Prototype = r.vector(), r.vector()
		recipe.Taught = append(recipe.Taught, t)
	}
	if r.err != nil || r.Len() != 0 {
		return nil, errors.New("head: the file has the wrong length")
	}
	return NewHead(recipe)
}

type headReader struct {
	*bytes.Reader
	err error
}

func (r *headReader) read(to any) {
	if r.err == nil {
		r.err = binary.Read(r.Reader, binary.LittleEndian, to)
	}
}

func (r *headReader) vector() []float32 {
	v := make([]float32, model.Features)
	r.read(v)
	return v
}

func (r *headReader) text() string {
	var n uint16
	r.read(&n)
	b := make([]byte, min(int(n), r.Len()))
	if r.err == nil {
		_, r.err = io.ReadFull(r.Reader, b)
	}
	return string(b)
}

// A Judgement is what a head made of a photo.
type Judgement struct {
	Head        *Head
	Logits      []float64 // among its classes
	Likeness    float64   // cosine to the likeliest of them, less the highest to an animal of the network that is no kin
	Distinction float64   // the same, kin included
	Familiarity float64
}

// Best is the likeliest class.
func (j *Judgement) Best() int { return best(j.Logits, nil, 1)[0] }

// Judge looks at a photo's [Vector].
func (h *Head) Judge(x []float32) *Judgement { return h.JudgeWithout(-1, x) }

// JudgeWithout judges as if one of the classes had not been taught; its logit is -Inf.
func (h *Head) JudgeWithout(class int, x []float32) *Judgement {
	j := &Judgement{Head: h, Logits: make([]float64, len(h.Taught))}
	for k, t := range h.Taught {
		j.Logits[k] = t.Bias + dot(t.Weights, x)
		if k == class {
			j.Logits[k] = math.Inf(-1)
		}
	}
	from := make([]float32, len(x))
	for i, v := range x {
		from[i] = v - h.Centre[i]
	}
	unit(from)
	likeliest, nearest, stranger := h.Taught[j.Best()], -1., -1.
	for i, r := range h.rivals {
		c := dot(r, from)
		nearest = max(nearest, c)
		if !slices.Contains(likeliest.Kin, animalClasses[i]) {
			stranger = max(stranger, c)
		}
	}
	own := dot(likeliest.Prototype, from)
	j.Likeness, j.Distinction = own-stranger, own-nearest
	j.Familiarity = Familiarity(j.Distinction, j.Logits)
	return j
}

// Familiarity is distinction and a little more the clearer it is which of the taught species it would be.
func Familiarity(distinction float64, logits []float64) float64 {
	likeliest, others := best(logits, nil, 1)[0], 0.
	for k, l := range logits {
		if k != likeliest {
			others += math.Exp(l - logits[likeliest])
		}
	}
	return distinction + clarityWeight*min(-math.Log(max(others, 1e-9)), clarityMost)
}

// append adds logits of the taught classes to those of the network's: the softmax over all, at the
// temperature, gives the taught ones together the odds they have. No judgement adds nothing.
func (j *Judgement) append(network []float64, temperature float64) []float64 {
	if j == nil {
		return network
	}
	rivals := logSumExp(network, temperature)
	all := logSumExp(j.Logits, 1)
	logits := slices.Clone(network)
	for _, l := range j.Logits {
		logits = append(logits, temperature*(rivals+j.Head.Slope*j.Likeness+j.Head.Offset+l-all))
	}
	return logits
}

func logSumExp(logits []float64, temperature float64) float64 {
	highest := slices.Max(logits)
	var total float64
	for _, l := range logits {
		total += math.Exp((l - highest) / temperature)
	}
	return highest/temperature + math.Log(total)
}

// Vector is what a head sees of a pair of views: the square roots of each view's features, which
// have length 1 then (the Hellinger kernel), added up and brought to length 1 again. dst has 1280
// values.
func Vector(dst []float32, features *[2][model.Features]float32) {
	clear(dst)
	for _, view := range features {
		var total float64
		for _, v := range view {
			total += float64(v)
		}
		scale := 1 / max(total, 1e-9)
		for i, v := range view {
			dst[i] += float32(math.Sqrt(max(0, float64(v)*scale)))
		}
	}
	unit(dst)
}

// unit brings a vector to length 1.
func unit(v []float32) {
	scale := float32(1 / max(math.Sqrt(dot(v, v)), 1e-9))
	for i := range v {
		v[i] *= scale
	}
}

// dot is the product of two vectors, in four sums so that the processor need not wait.
func dot(a, b []float32) float64 {
	var s0, s1, s2, s3 float32
	b = b[:len(a)]
	for len(a) >= 4 {
		s0 += a[0] * b[0]
		s1 += a[1] * b[1]
		s2 += a[2] * b[2]
		s3 += a[3] * b[3]
		a, b = a[4:], b[4:]
	}
	for i, v := range a {
		s0 += v * b[i]
	}
	return float64(s0) + float64(s1) + float64(s2) + float64(s3)
}

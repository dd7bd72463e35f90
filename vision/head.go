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

// A Head knows animals that the network was not made for. It is fitted to photos by package teach,
// reads the network's features, and its classes compete with the network's own: their logits are on
// the same scale. It is immutable.
type Head struct {
	taught []Taught
	centre []float32 // [1280]: the middle of all photos it was taught
	id     string
}

// A Taught is one class of a head. Its vectors have 1280 values; x is a photo's [Vector].
type Taught struct {
	Key      string // the species, as a roster calls it
	Group    string // of the tree in package model
	Photos   int    // that taught it
	Bias     float64
	Weights, // weights·x + bias is the class's logit
	Prototype []float32 // the middle of its photos, from the centre of all, of length 1
	Familiar float64 // least cosine between the prototype and x, from the centre, for a certain answer
}

// Bounds of a head.
const (
	MostTaught  = 2000 // classes
	longestName = 200  // bytes
)

// NewHead checks the classes and makes a head of them. Keys are unique and not empty.
func NewHead(centre []float32, taught []Taught) (*Head, error) {
	if len(taught) == 0 || len(taught) > MostTaught {
		return nil, fmt.Errorf("head: %d classes, want 1 to %d", len(taught), MostTaught)
	}
	if err := finite(centre); err != nil {
		return nil, fmt.Errorf("head: centre: %w", err)
	}
	keys := map[string]bool{}
	for i, t := range taught {
		switch {
		case t.Key == "" || len(t.Key) > longestName || !utf8.ValidString(t.Key):
			return nil, fmt.Errorf("head: class %d: the key %.60q cannot be one", i+1, t.Key)
		case keys[t.Key]:
			return nil, fmt.Errorf("head: %s is there twice", t.Key)
		case !model.IsGroup(t.Group):
			return nil, fmt.Errorf("head: %s: there is no group %.60q", t.Key, t.Group)
		case t.Photos < 0 || t.Photos > math.MaxInt32:
			return nil, fmt.Errorf("head: %s: %d photos", t.Key, t.Photos)
		}
		keys[t.Key] = true
		for _, v := range [][]float32{t.Weights, t.Prototype} {
			if err := finite(v); err != nil {
				return nil, fmt.Errorf("head: %s: %w", t.Key, err)
			}
		}
		if bad(t.Bias) || bad(t.Familiar) {
			return nil, fmt.Errorf("head: %s: a number is not one", t.Key)
		}
	}
	h := &Head{taught: taught, centre: centre}
	sum := sha256.Sum256(h.body())
	h.id = hex.EncodeToString(sum[:6])
	return h, nil
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

// Taught lists the classes. The slices are shared: do not write to them.
func (h *Head) Taught() []Taught { return slices.Clone(h.taught) }

// ID names what the head knows: two heads with the same ID answer the same.
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

// body is the number of classes (uint32), the centre, and of each class key and group (length as
// uint16, UTF-8), photos (uint32), bias and familiar (float64), weights and prototype (float32).
func (h *Head) body() []byte {
	order := binary.LittleEndian
	b := order.AppendUint32(nil, uint32(len(h.taught)))
	vector := func(v []float32) {
		for _, f := range v {
			b = order.AppendUint32(b, math.Float32bits(f))
		}
	}
	vector(h.centre)
	for _, t := range h.taught {
		for _, s := range []string{t.Key, t.Group} {
			b = append(order.AppendUint16(b, uint16(len(s))), s...)
		}
		b = order.AppendUint32(b, uint32(t.Photos))
		b = order.AppendUint64(b, math.Float64bits(t.Bias))
		b = order.AppendUint64(b, math.Float64bits(t.Familiar))
		vector(t.Weights)
		vector(t.Prototype)
	}
	return b
}

// ReadHead reads a head's file. It refuses what is damaged, what was written by another version,
// and what was learnt from another network.
func ReadHead(file []byte) (*Head, error) {
	const before, class = len(headMagic) + 4 + sha256.Size, 2 + 2 + 4 + 8 + 8 + 8*model.Features
	order := binary.LittleEndian
	if len(file) < len(headMagic) || string(file[:len(headMagic)]) != headMagic {
		return nil, errors.New("head: this is not a file of zoodex teach")
	}
	if len(file) < before+sha256.Size {
		return nil, errors.New("head: the file is cut off")
	}
	if v := order.Uint32(file[len(headMagic):]); v != headVersion {
		return nil, fmt.Errorf("head: the file has version %d, this program reads version %d: teach it again", v, headVersion)
	}
	body, sum := file[:len(file)-sha256.Size], file[len(file)-sha256.Size:]
	if want := sha256.Sum256(body); !bytes.Equal(sum, want[:]) {
		return nil, errors.New("head: the file is damaged")
	}
	if network := NetworkSum(); !bytes.Equal(body[before-sha256.Size:before], network[:]) {
		return nil, errors.New("head: it was taught to another network than this program's: teach it again")
	}
	r := headReader{bytes.NewReader(body[before:]), nil}
	var count uint32
	r.read(&count)
	if r.err == nil && int64(count)*int64(class) > int64(len(body)) {
		return nil, fmt.Errorf("head: %d classes do not fit into the file", count)
	}
	centre := r.vector()
	taught := make([]Taught, 0, count)
	for range count {
		var t Taught
		t.Key, t.Group = r.text(), r.text()
		var photos uint32
		r.read(&photos)
		t.Photos = int(photos)
		r.read(&t.Bias)
		r.read(&t.Familiar)
		t.Weights, t.Prototype = r.vector(), r.vector()
		taught = append(taught, t)
	}
	if r.err != nil || r.Len() != 0 {
		return nil, errors.New("head: the file has the wrong length")
	}
	return NewHead(centre, taught)
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
	Head     *Head
	Logits   []float64 // of its classes, on the network's scale
	Familiar []float64 // cosines; see [Taught]
}

// familiar tells whether the photo looks enough like those that taught a class.
func (j *Judgement) familiar(class int) bool {
	return j.Familiar[class] >= j.Head.taught[class].Familiar
}

// Judge looks at the features of a photo's two views.
func (h *Head) Judge(features *[2][model.Features]float32) *Judgement {
	x := make([]float32, model.Features)
	Vector(x, features)
	j := &Judgement{Head: h, Logits: make([]float64, len(h.taught)), Familiar: make([]float64, len(h.taught))}
	var length float64
	from := make([]float32, len(x))
	for i, v := range x {
		from[i] = v - h.centre[i]
		length += float64(from[i]) * float64(from[i])
	}
	length = max(math.Sqrt(length), 1e-9)
	for k, t := range h.taught {
		j.Logits[k] = t.Bias + dot(t.Weights, x)
		j.Familiar[k] = dot(t.Prototype, from) / length
	}
	return j
}

// Vector is what a head sees of a pair of views: the features of each view at length 1, added up
// and brought to length 1 again. dst has 1280 values.
func Vector(dst []float32, features *[2][model.Features]float32) {
	clear(dst)
	for _, view := range features {
		scale := float32(1 / max(math.Sqrt(dot(view[:], view[:])), 1e-9))
		for i, v := range view {
			dst[i] += v * scale
		}
	}
	scale := float32(1 / max(math.Sqrt(dot(dst, dst)), 1e-9))
	for i := range dst {
		dst[i] *= scale
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

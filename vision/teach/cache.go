package teach

import (
	"context"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"fmt"
	"hash/crc32"
	"image"
	"io/fs"
	"math"
	"os"
	"path/filepath"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// A Cache keeps studies, 7 KB each and 10 KB more where altered views were needed. It is safe for concurrent use. A key is a relative path of
// safe characters that names the network, the version of the study and the content of the photo, so
// what was kept once never needs to change, and several programs may share a cache.
type Cache interface {
	// Load gives what was stored. With an error, or what is damaged, the photo is studied again.
	Load(ctx context.Context, key string) ([]byte, error)
	// Store keeps all of a study or none of it. With an error the lesson ends.
	Store(ctx context.Context, key string, study []byte) error
}

// A FolderCache keeps each study in a file below a folder, which need not exist yet.
type FolderCache string

var _ Cache = FolderCache("")

func (c FolderCache) path(key string) string {
	return filepath.Join(string(c), filepath.FromSlash(key))
}

// Load reads a file.
func (c FolderCache) Load(_ context.Context, key string) ([]byte, error) {
	return os.ReadFile(c.path(key))
}

// Store writes a file.
func (c FolderCache) Store(_ context.Context, key string, study []byte) error {
	return WriteFile(c.path(key), study)
}

// studyVersion changes with everything that changes a study: variants, sampling, the file's form.
const studyVersion = 3

func cacheKey(sum [sha256.Size]byte) string {
	network := vision.NetworkSum()
	return fmt.Sprintf("%x-%d/%x/%x", network[:6], studyVersion, sum[:1], sum[1:])
}

const variantsSuffix = "-variants"

// load gives nil when there is no study that can be used.
func load(ctx context.Context, c Cache, sum [sha256.Size]byte) *Study {
	if b := unseal(ctx, c, cacheKey(sum), sum, studyBytes); b != nil {
		return decodeStudy(b)
	}
	return nil
}

func loadVariants(ctx context.Context, c Cache, sum [sha256.Size]byte) (variants [][]float32) {
	b := unseal(ctx, c, cacheKey(sum)+variantsSuffix, sum, 2*Variants*model.Features)
	for len(b) > 0 {
		variants, b = append(variants, vectorFrom(b)), b[2*model.Features:]
	}
	return variants
}

func store(ctx context.Context, c Cache, key string, b []byte) error {
	if c == nil {
		return nil
	}
	if err := c.Store(ctx, key, b); err != nil {
		return fmt.Errorf("keep what was seen in a photo: %w", err)
	}
	return nil
}

// What is kept is a checksum (CRC-32C) of what follows, the photo's SHA-256, and the fields of Study in
// order or the vectors of the variants, little-endian. Vectors and logits are uint16 in units of their own.
const (
	vectorUnit = 1. / math.MaxUint16 // values are 0…1
	logitUnit  = 1. / 1000           // and -32…32
	logitZero  = 1 << 15
	sealBytes  = 4 + sha256.Size
	studyBytes = 2*8 + 6*4 + 3*4 + 2*2*model.Classes + 2*model.Features
)

func seal(sum [sha256.Size]byte, body []byte) []byte {
	b := append(append(make([]byte, 4, sealBytes+len(body)), sum[:]...), body...)
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

// unseal gives nil when this was not kept, or not all of it, or of another photo.
func unseal(ctx context.Context, c Cache, key string, sum [sha256.Size]byte, bytes int) []byte {
	if c == nil {
		return nil
	}
	b, err := c.Load(ctx, key)
	if err != nil || len(b) != sealBytes+bytes || binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) ||
		[sha256.Size]byte(b[4:]) != sum {
		return nil
	}
	return b[sealBytes:]
}

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

func vectorCode(v float32) uint16  { return uint16(min(max(v/vectorUnit+0.5, 0), math.MaxUint16)) }
func vectorOf(code uint16) float32 { return float32(code) * vectorUnit }
func logitCode(v float32) uint16 {
	return uint16(min(max(math.Round(float64(v)/logitUnit)+logitZero, 0), math.MaxUint16))
}
func logitOf(code uint16) float32 { return float32((float64(code) - logitZero) * logitUnit) }

// round leaves of a study what survives being kept, so that a head does not depend on the cache.
func (s *Study) round() {
	for _, f := range []*float64{&s.Sharpness, &s.Contrast, &s.Total} {
		*f = float64(float32(*f))
	}
	for _, logits := range s.Logits {
		for i, v := range logits {
			logits[i] = logitOf(logitCode(v))
		}
	}
	roundVector(s.Vector)
}

func roundVector(vector []float32) {
	for i, v := range vector {
		vector[i] = vectorOf(vectorCode(v))
	}
}

func appendVectors(b []byte, vectors ...[]float32) []byte {
	for _, vector := range vectors {
		for _, v := range vector {
			b = binary.LittleEndian.AppendUint16(b, vectorCode(v))
		}
	}
	return b
}

func vectorFrom(b []byte) []float32 {
	v := make([]float32, model.Features)
	for i := range v {
		v[i] = vectorOf(binary.LittleEndian.Uint16(b[2*i:]))
	}
	return v
}

func (s *Study) encode() []byte {
	order := binary.LittleEndian
	b := order.AppendUint64(make([]byte, 0, studyBytes), s.Hash)
	b = order.AppendUint64(b, s.Mirrored)
	for _, v := range []int{s.Bounds.X, s.Bounds.Y, s.Box.Min.X, s.Box.Min.Y, s.Box.Max.X, s.Box.Max.Y} {
		b = order.AppendUint32(b, uint32(v))
	}
	for _, v := range []float64{s.Sharpness, s.Contrast, s.Total} {
		b = order.AppendUint32(b, math.Float32bits(float32(v)))
	}
	for _, logits := range s.Logits {
		for _, v := range logits {
			b = order.AppendUint16(b, logitCode(v))
		}
	}
	return appendVectors(b, s.Vector)
}

// decodeStudy reads studyBytes that encode wrote.
func decodeStudy(b []byte) *Study {
	order := binary.LittleEndian
	next := func(bytes int) uint64 {
		var v [8]byte
		copy(v[:], b[:bytes])
		b = b[bytes:]
		return order.Uint64(v[:])
	}
	number := func() int { return int(next(4)) }
	float := func() float64 { return float64(math.Float32frombits(uint32(next(4)))) }
	s := &Study{Hash: next(8), Mirrored: next(8), Bounds: image.Pt(number(), number())}
	s.Box = image.Rect(number(), number(), number(), number())
	s.Sharpness, s.Contrast, s.Total = float(), float(), float()
	for i := range s.Logits {
		s.Logits[i] = make([]float32, model.Classes)
		for j := range s.Logits[i] {
			s.Logits[i][j] = logitOf(uint16(next(2)))
		}
	}
	s.Vector = vectorFrom(b)
	return s
}

// WriteFile writes all of a file or none of it, and makes the folders it takes.
func WriteFile(path string, data []byte) error {
	folder := filepath.Dir(path)
	f, err := os.CreateTemp(folder, ".writing-*")
	if errors.Is(err, fs.ErrNotExist) {
		if err = os.MkdirAll(folder, 0o700); err == nil {
			f, err = os.CreateTemp(folder, ".writing-*")
		}
	}
	if err != nil {
		return err
	}
	_, err = f.Write(data)
	err = errors.Join(err, f.Close())
	if err == nil {
		err = os.Rename(f.Name(), path)
	}
	if err != nil {
		os.Remove(f.Name())
	}
	return err
}

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

// A Cache keeps studies, about 20 KB each. It is safe for concurrent use. A key is a relative path of
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
const studyVersion = 2

func cacheKey(sum [sha256.Size]byte) string {
	network := vision.NetworkSum()
	return fmt.Sprintf("%x-%d/%x/%x", network[:6], studyVersion, sum[:1], sum[1:])
}

func load(ctx context.Context, c Cache, sum [sha256.Size]byte) *Study {
	if c == nil {
		return nil
	}
	b, err := c.Load(ctx, cacheKey(sum))
	if err != nil {
		return nil
	}
	return decodeStudy(b, sum)
}

func store(ctx context.Context, c Cache, sum [sha256.Size]byte, s *Study) error {
	if c == nil {
		return nil
	}
	if err := c.Store(ctx, cacheKey(sum), s.encode(sum)); err != nil {
		return fmt.Errorf("keep what was seen in a photo: %w", err)
	}
	return nil
}

// The form of a study, little-endian: a checksum (CRC-32C) of what follows, the photo's SHA-256, then
// the fields of Study in order, whose vectors and logits are uint16 in units of their own.
const (
	vectorUnit = 1. / math.MaxUint16 // values are 0…1
	logitUnit  = 1. / 1000           // and -32…32
	logitZero  = 1 << 15
	studyBytes = 4 + sha256.Size + 2*8 + 2*4 + 3*4 + 2*2*model.Classes + 2*(1+Variants)*model.Features
)

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
	for _, vector := range s.Vectors {
		for i, v := range vector {
			vector[i] = vectorOf(vectorCode(v))
		}
	}
}

func (s *Study) encode(sum [sha256.Size]byte) []byte {
	order := binary.LittleEndian
	b := make([]byte, 4, studyBytes)
	b = append(b, sum[:]...)
	b = order.AppendUint64(b, s.Hash)
	b = order.AppendUint64(b, s.Mirrored)
	b = order.AppendUint32(b, uint32(s.Bounds.X))
	b = order.AppendUint32(b, uint32(s.Bounds.Y))
	for _, v := range []float64{s.Sharpness, s.Contrast, s.Total} {
		b = order.AppendUint32(b, math.Float32bits(float32(v)))
	}
	for _, logits := range s.Logits {
		for _, v := range logits {
			b = order.AppendUint16(b, logitCode(v))
		}
	}
	for _, vector := range s.Vectors {
		for _, v := range vector {
			b = order.AppendUint16(b, vectorCode(v))
		}
	}
	order.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	return b
}

// decodeStudy gives nil when this is not the whole study of the photo.
func decodeStudy(b []byte, sum [sha256.Size]byte) *Study {
	order := binary.LittleEndian
	if len(b) != studyBytes || order.Uint32(b) != crc32.Checksum(b[4:], castagnoli) || [sha256.Size]byte(b[4:]) != sum {
		return nil
	}
	b = b[4+sha256.Size:]
	next := func(bytes int) uint64 {
		var v [8]byte
		copy(v[:], b[:bytes])
		b = b[bytes:]
		return order.Uint64(v[:])
	}
	float := func() float64 { return float64(math.Float32frombits(uint32(next(4)))) }
	s := &Study{Hash: next(8), Mirrored: next(8), Bounds: image.Pt(int(next(4)), int(next(4)))}
	s.Sharpness, s.Contrast, s.Total = float(), float(), float()
	for i := range s.Logits {
		s.Logits[i] = make([]float32, model.Classes)
		for j := range s.Logits[i] {
			s.Logits[i][j] = logitOf(uint16(next(2)))
		}
	}
	for i := range s.Vectors {
		s.Vectors[i] = make([]float32, model.Features)
		for j := range s.Vectors[i] {
			s.Vectors[i][j] = vectorOf(uint16(next(2)))
		}
	}
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

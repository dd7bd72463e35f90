package teach

import (
	"bytes"
	"crypto/sha256"
	"encoding/binary"
	"encoding/hex"
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

// A Cache keeps studies in a folder, one file each, by the content of the photo. A file is written
// under another name and renamed when it is complete, so whatever interrupts a lesson, the next
// one goes on from there; several may share a folder.
type Cache struct{ folder string }

// studyVersion changes with everything that changes a study: variants, sampling, the file's form.
const studyVersion = 1

// NewCache opens a cache in a folder, which need not exist yet.
func NewCache(folder string) (*Cache, error) {
	network := vision.NetworkSum()
	folder = filepath.Join(folder, fmt.Sprintf("%x-%d", network[:6], studyVersion))
	if err := os.MkdirAll(folder, 0o700); err != nil {
		return nil, fmt.Errorf("cache of features: %w", err)
	}
	return &Cache{folder}, nil
}

func (c *Cache) path(sum [sha256.Size]byte) string {
	name := hex.EncodeToString(sum[:])
	return filepath.Join(c.folder, name[:2], name[2:])
}

// The file, little-endian: a checksum (CRC-32C) of what follows, the sum, then the fields of Study in
// order; the group as 32 bytes filled up with zeros, the vectors, whose values are 0 to 1, as uint16.
const (
	groupBytes = 32
	vectorUnit = 1.0 / math.MaxUint16
	studyBytes = 4 + sha256.Size + 8 + 2*4 + 3*4 + groupBytes + 4 + 2*(1+Variants)*model.Features
)

var castagnoli = crc32.MakeTable(crc32.Castagnoli)

// Load gives the study of a photo, or nil when there is none that can be used.
func (c *Cache) Load(sum [sha256.Size]byte) *Study {
	b, err := os.ReadFile(c.path(sum))
	if err != nil || len(b) != studyBytes ||
		binary.LittleEndian.Uint32(b) != crc32.Checksum(b[4:], castagnoli) || [sha256.Size]byte(b[4:]) != sum {
		return nil // studied again and written again
	}
	s := &Study{Sum: sum}
	b = b[4+sha256.Size:]
	next := func() uint32 {
		v := binary.LittleEndian.Uint32(b)
		b = b[4:]
		return v
	}
	float := func() float64 { return float64(math.Float32frombits(next())) }
	s.Hash = uint64(next()) | uint64(next())<<32
	s.Bounds = image.Pt(int(next()), int(next()))
	s.Sharpness, s.Contrast, s.Total = float(), float(), float()
	s.Group = string(bytes.TrimRight(b[:groupBytes], "\x00"))
	b = b[groupBytes:]
	s.Class = int(next())
	if !model.IsGroup(s.Group) || s.Class >= model.Classes {
		return nil
	}
	for i := range s.Vectors {
		s.Vectors[i] = make([]float32, model.Features)
		for j := range s.Vectors[i] {
			s.Vectors[i][j] = float32(binary.LittleEndian.Uint16(b)) * vectorUnit
			b = b[2:]
		}
	}
	return s
}

// Store keeps a study.
func (c *Cache) Store(s *Study) error {
	order := binary.LittleEndian
	b := make([]byte, 4, studyBytes)
	b = append(b, s.Sum[:]...)
	b = order.AppendUint64(b, s.Hash)
	b = order.AppendUint32(b, uint32(s.Bounds.X))
	b = order.AppendUint32(b, uint32(s.Bounds.Y))
	for _, v := range []float64{s.Sharpness, s.Contrast, s.Total} {
		b = order.AppendUint32(b, math.Float32bits(float32(v)))
	}
	b = append(append(b, s.Group...), make([]byte, groupBytes-len(s.Group))...)
	b = order.AppendUint32(b, uint32(s.Class))
	for _, vector := range s.Vectors {
		for _, v := range vector {
			b = order.AppendUint16(b, uint16(min(max(v/vectorUnit+0.5, 0), math.MaxUint16)))
		}
	}
	order.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
	if err := WriteFile(c.path(s.Sum), b); err != nil {
		return fmt.Errorf("keep features: %w", err)
	}
	return nil
}

// WriteFile writes all of a file or none of it.
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

package teach

import (
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

// The file: a checksum (CRC-32C) of what follows, the sum, then the fields of Study in order, the
// features as uint16 in units of 6/65535, since ReLU6 bounds them. Little-endian.
const (
	featureUnit = 6.0 / math.MaxUint16
	studyBytes  = 4 + sha256.Size + 8 + 4*4 + 2*4*model.Classes + 2*2*(1+Variants)*model.Features
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
	s.Hash = uint64(next()) | uint64(next())<<32
	s.Bounds = image.Pt(int(next()), int(next()))
	s.Sharpness = float64(math.Float32frombits(next()))
	s.Contrast = float64(math.Float32frombits(next()))
	for i := range s.Logits {
		for j := range s.Logits[i] {
			s.Logits[i][j] = math.Float32frombits(next())
		}
	}
	for i := range s.Views {
		for j := range s.Views[i] {
			for k := range s.Views[i][j] {
				s.Views[i][j][k] = float32(binary.LittleEndian.Uint16(b)) * featureUnit
				b = b[2:]
			}
		}
	}
	return s
}

// Store keeps a study.
func (c *Cache) Store(s *Study) (err error) {
	b := make([]byte, 4, studyBytes)
	b = append(b, s.Sum[:]...)
	b = binary.LittleEndian.AppendUint64(b, s.Hash)
	b = binary.LittleEndian.AppendUint32(b, uint32(s.Bounds.X))
	b = binary.LittleEndian.AppendUint32(b, uint32(s.Bounds.Y))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(s.Sharpness)))
	b = binary.LittleEndian.AppendUint32(b, math.Float32bits(float32(s.Contrast)))
	for i := range s.Logits {
		for _, v := range s.Logits[i] {
			b = binary.LittleEndian.AppendUint32(b, math.Float32bits(v))
		}
	}
	for i := range s.Views {
		for j := range s.Views[i] {
			for _, v := range s.Views[i][j] {
				b = binary.LittleEndian.AppendUint16(b, uint16(min(max(v/featureUnit+0.5, 0), math.MaxUint16)))
			}
		}
	}
	binary.LittleEndian.PutUint32(b, crc32.Checksum(b[4:], castagnoli))
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

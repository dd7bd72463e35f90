package app_test

import (
	"bytes"
	"compress/zlib"
	"encoding/binary"
	"hash/crc32"
	"image"
	"image/color"
	"image/jpeg"
	"math/rand/v2"
	"os"
	"path/filepath"
	"testing"
)

// photosMaybe is where real photos are, if there are any.
func photosMaybe() string {
	if folder := os.Getenv("ZOODEX_TEST_PHOTOS"); folder != "" {
		return folder
	}
	return "../../shared/data/photos"
}

// photoFolder is the folder of real photos, or skips the test.
func photoFolder(t testing.TB) string {
	t.Helper()
	if _, err := os.Stat(photosMaybe()); err != nil {
		t.Skip("no folder of test photos; set ZOODEX_TEST_PHOTOS")
	}
	return photosMaybe()
}

// animal is a real photo of about 500 pixels, of an animal that recognition knows.
func animal(t testing.TB, name string) []byte {
	t.Helper()
	files, err := filepath.Glob(filepath.Join(photoFolder(t), "imagen-det", name, "*"))
	if err != nil || len(files) == 0 {
		t.Skipf("no photo of %s in the folder of test photos", name)
	}
	return read(t, files[0])
}

func read(t testing.TB, path string) []byte {
	t.Helper()
	data, err := os.ReadFile(path)
	if err != nil {
		t.Fatal(err)
	}
	return data
}

// drawing is a small JPEG of coloured noise, another one for each seed.
func drawing(seed uint64) []byte {
	r := rand.New(rand.NewPCG(seed, 0))
	p := image.NewRGBA(image.Rect(0, 0, 96, 64))
	for y := 0; y < 64; y += 8 {
		for x := 0; x < 96; x += 8 {
			c := color.RGBA{uint8(r.Uint32()), uint8(r.Uint32()), uint8(r.Uint32()), 255}
			for i := range 64 {
				p.SetRGBA(x+i%8, y+i/8, c)
			}
		}
	}
	return encoded(p)
}

func encoded(p image.Image) []byte {
	var b bytes.Buffer
	if err := jpeg.Encode(&b, p, nil); err != nil {
		panic(err)
	}
	return b.Bytes()
}

// located is a JPEG whose EXIF data names a place, in words and in coordinates.
func located(photo []byte, place string) []byte {
	order := binary.LittleEndian
	text := append([]byte(place), 0)
	entry := func(b []byte, tag, kind uint16, count, value uint32) []byte {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, count)
		return order.AppendUint32(b, value)
	}
	const first = 8 // of the picture: description, place
	gps := uint32(first + 2 + 2*12 + 4)
	data := gps + 2 + 4*12 + 4
	b := append([]byte("II*\x00"), 8, 0, 0, 0)
	b = order.AppendUint16(b, 2)
	b = entry(b, 0x010e, 2, uint32(len(text)), data+48)
	b = entry(b, 0x8825, 4, 1, gps)
	b = order.AppendUint32(b, 0)
	b = order.AppendUint16(b, 4)
	b = entry(b, 1, 2, 2, 'N')
	b = entry(b, 2, 5, 3, data)
	b = entry(b, 3, 2, 2, 'E')
	b = entry(b, 4, 5, 3, data+24)
	b = order.AppendUint32(b, 0)
	for _, n := range []uint32{47, 1, 23, 1, 60942, 1000, 8, 1, 34, 1, 27531, 1000} {
		b = order.AppendUint32(b, n)
	}
	b = append(b, text...)
	exif := append([]byte("Exif\x00\x00"), b...)
	out := append([]byte{0xff, 0xd8, 0xff, 0xe1}, binary.BigEndian.AppendUint16(nil, uint16(len(exif)+2))...)
	return append(append(out, exif...), photo[2:]...)
}

// blankPNG is a valid PNG of black pixels, one bit each: a thousandth of its
// size once it is packed.
func blankPNG(width, height int) []byte {
	var b bytes.Buffer
	b.WriteString("\x89PNG\r\n\x1a\n")
	chunk := func(name string, data []byte) {
		binary.Write(&b, binary.BigEndian, uint32(len(data)))
		named := append([]byte(name), data...)
		b.Write(named)
		binary.Write(&b, binary.BigEndian, crc32.ChecksumIEEE(named))
	}
	header := binary.BigEndian.AppendUint32(nil, uint32(width))
	header = binary.BigEndian.AppendUint32(header, uint32(height))
	chunk("IHDR", append(header, 1, 0, 0, 0, 0))
	var packed bytes.Buffer
	w := zlib.NewWriter(&packed)
	row := make([]byte, 1+(width+7)/8)
	for range height {
		w.Write(row)
	}
	w.Close()
	chunk("IDAT", packed.Bytes())
	chunk("IEND", nil)
	return b.Bytes()
}

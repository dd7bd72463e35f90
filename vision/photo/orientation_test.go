package photo

import (
	"bytes"
	"encoding/binary"
	"fmt"
	"hash/crc32"
	"image"
	"testing"
)

// exif makes Exif data whose only directory has a tag before Orientation.
func exif(order binary.AppendByteOrder, kind, value uint16) []byte {
	head := []byte("II*\x00")
	if order == binary.AppendByteOrder(binary.BigEndian) {
		head = []byte("MM\x00*")
	}
	b := order.AppendUint32(head, 8)
	b = order.AppendUint16(b, 2)
	entry := func(tag, kind uint16, value uint16) {
		b = order.AppendUint16(b, tag)
		b = order.AppendUint16(b, kind)
		b = order.AppendUint32(b, 1)
		b = order.AppendUint16(b, value)
		b = order.AppendUint16(b, 0)
	}
	entry(0x0100, 3, 5)
	entry(0x0112, kind, value)
	return order.AppendUint32(b, 0)
}

// withExif puts an Exif segment after a JPEG's first marker.
func withExif(jpeg, exif []byte) []byte {
	segment := append([]byte("Exif\x00\x00"), exif...)
	head := binary.BigEndian.AppendUint16([]byte{0xff, 0xe1}, uint16(len(segment)+2))
	return bytes.Join([][]byte{jpeg[:2], head, segment, jpeg[2:]}, nil)
}

// lying is img as a camera stores it that says how to turn it back with an Orientation of value.
func lying(img *image.NRGBA, value int) *image.NRGBA {
	w, h := img.Rect.Max.X, img.Rect.Max.Y
	out := image.NewNRGBA(image.Rect(0, 0, w, h))
	if value >= 5 {
		out = image.NewNRGBA(image.Rect(0, 0, h, w))
	}
	for y := range h {
		for x := range w {
			// Exif 2.32: where the stored first row and first column are on the seen picture.
			at := map[int]image.Point{
				1: {x, y}, 2: {w - 1 - x, y}, 3: {w - 1 - x, h - 1 - y}, 4: {x, h - 1 - y},
				5: {y, x}, 6: {y, w - 1 - x}, 7: {h - 1 - y, w - 1 - x}, 8: {h - 1 - y, x},
			}[value]
			out.SetNRGBA(at.X, at.Y, img.NRGBAAt(x, y))
		}
	}
	return out
}

func TestPhotosAreUprightWhateverTheCameraSays(t *testing.T) {
	for value := 1; value <= 8; value++ {
		side := lying(fieldsImage(96, 64), value)
		for _, order := range []binary.AppendByteOrder{binary.LittleEndian, binary.BigEndian} {
			t.Run(fmt.Sprint(value, order), func(t *testing.T) {
				p := mustDecode(t, withExif(jpegOf(t, side), exif(order, 3, uint16(value))))
				if p.Bounds() != image.Rect(0, 0, 96, 64) {
					t.Errorf("bounds %v", p.Bounds())
				}
				expectFields(t, p, fields)
				if got := p.Image().Bounds(); got != p.Bounds() {
					t.Errorf("image %v", got)
				}
			})
		}
	}
}

func TestBoxesAreInUprightPixels(t *testing.T) {
	for value := 1; value <= 8; value++ {
		p := mustDecode(t, withExif(jpegOf(t, lying(fieldsImage(96, 64), value)), exif(binary.BigEndian, 3, uint16(value))))
		for i, box := range []image.Rectangle{
			image.Rect(8, 8, 40, 24), image.Rect(56, 8, 88, 24), image.Rect(8, 40, 40, 56), image.Rect(56, 40, 88, 56),
		} {
			const size = 4
			dst := make([]float32, 3*size*size)
			p.Sample(dst, box, size)
			for c, want := range []uint8{fields[i].R, fields[i].G, fields[i].B} {
				for _, v := range dst[c*size*size:][:size*size] {
					if got := v*128 + 127; got < float32(want)-8 || got > float32(want)+8 {
						t.Fatalf("orientation %d, field %d, channel %d: %v, want %d", value, i, c, got, want)
					}
				}
			}
		}
	}
}

func TestSenselessOrientationsMeanUpright(t *testing.T) {
	plain := jpegOf(t, fieldsImage(96, 64))
	little := binary.LittleEndian
	endless := exif(little, 3, 6)
	little.PutUint16(endless[8:], 65535)
	little.PutUint16(endless[10+12:], 0x9999)
	outside := exif(little, 3, 6)
	little.PutUint32(outside[4:], 1<<31)
	for name, data := range map[string][]byte{
		"value 0":           exif(little, 3, 0),
		"value 9":           exif(little, 3, 9),
		"value 65535":       exif(little, 3, 65535),
		"another type":      exif(little, 2, 6),
		"endless directory": endless,
		"directory outside": outside,
		"cut":               exif(little, 3, 6)[:25],
		"no byte order":     []byte("XX*\x00\x08\x00\x00\x00"),
		"nothing":           {},
	} {
		if p := mustDecode(t, withExif(plain, data)); p.turn != (turn{}) {
			t.Errorf("%s turns the photo: %+v", name, p.turn)
		}
	}
}

func TestAPNGIsTurnedByItsExif(t *testing.T) {
	data := pngOf(t, lying(fieldsImage(96, 64), 8))
	chunk := append([]byte("eXIf"), exif(binary.BigEndian, 3, 8)...)
	length := binary.BigEndian.AppendUint32(nil, uint32(len(chunk)-4))
	sum := binary.BigEndian.AppendUint32(nil, crc32.ChecksumIEEE(chunk))
	const afterHeader = 8 + 25
	p := mustDecode(t, bytes.Join([][]byte{data[:afterHeader], length, chunk, sum, data[afterHeader:]}, nil))
	if p.Bounds() != image.Rect(0, 0, 96, 64) {
		t.Errorf("bounds %v", p.Bounds())
	}
	expectFields(t, p, fields)
}

func FuzzExif(f *testing.F) {
	f.Add(exif(binary.LittleEndian, 3, 6))
	f.Add(exif(binary.BigEndian, 3, 8))
	f.Add([]byte("MM\x00*\xff\xff\xff\xff"))
	f.Fuzz(func(t *testing.T, data []byte) {
		got := exifTurn(data)
		if len(data) < 22 && got != (turn{}) {
			t.Errorf("%+v from %d bytes", got, len(data))
		}
		jpegTurn(append([]byte{0xff, 0xd8}, data...))
	})
}

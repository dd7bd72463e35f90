package photo

import (
	"bytes"
	"encoding/binary"
	"image"
)

// turn says how stored pixels lie relative to how a person sees them. To find a seen pixel in
// storage: swap its coordinates, then mirror them.
type turn struct {
	swap         bool // stored lines are seen columns
	flipX, flipY bool // stored columns run leftwards, stored lines upwards
}

// turns by the value of Exif's Orientation tag; unknown values mean upright.
var turns = [9]turn{
	2: {flipX: true},
	3: {flipX: true, flipY: true},
	4: {flipY: true},
	5: {swap: true},
	6: {swap: true, flipY: true},
	7: {swap: true, flipX: true, flipY: true},
	8: {swap: true, flipX: true},
}

// seen is the size of a picture as a person sees it, from its stored size; it is its own inverse.
func (t turn) seen(size image.Point) image.Point {
	if t.swap {
		return image.Pt(size.Y, size.X)
	}
	return size
}

// stored is where a seen box lies in a picture of the given stored size.
func (t turn) stored(box image.Rectangle, size image.Point) image.Rectangle {
	if t.swap {
		box = image.Rect(box.Min.Y, box.Min.X, box.Max.Y, box.Max.X)
	}
	if t.flipX {
		box.Min.X, box.Max.X = size.X-box.Max.X, size.X-box.Min.X
	}
	if t.flipY {
		box.Min.Y, box.Max.Y = size.Y-box.Max.Y, size.Y-box.Min.Y
	}
	return box
}

// upright turns a square plane of size×size stored values, in place, into seen order.
func (t turn) upright(v []float32, size int) {
	if t.flipX {
		for y := range size {
			line := v[y*size:][:size]
			for i, j := 0, size-1; i < j; i, j = i+1, j-1 {
				line[i], line[j] = line[j], line[i]
			}
		}
	}
	if t.flipY {
		for i, j := 0, size-1; i < j; i, j = i+1, j-1 {
			a, b := v[i*size:][:size], v[j*size:][:size]
			for x := range a {
				a[x], b[x] = b[x], a[x]
			}
		}
	}
	if t.swap {
		for y := range size {
			for x := range y {
				v[y*size+x], v[x*size+y] = v[x*size+y], v[y*size+x]
			}
		}
	}
}

// exifTurn reads the Orientation tag of Exif data (a TIFF file; Exif 2.32 §4.5) and nothing else.
// Whatever is wrong with the data, the picture is taken to be upright.
func exifTurn(tiff []byte) turn {
	const orientation, short = 0x0112, 3
	var order binary.ByteOrder = binary.LittleEndian
	switch {
	case hasAt(tiff, 0, "MM\x00*"):
		order = binary.BigEndian
	case !hasAt(tiff, 0, "II*\x00"):
		return turn{}
	}
	if len(tiff) < 8 {
		return turn{}
	}
	directory := order.Uint32(tiff[4:])
	if int64(directory)+2 > int64(len(tiff)) {
		return turn{}
	}
	entries := tiff[directory+2:]
	for range order.Uint16(tiff[directory:]) {
		if len(entries) < 12 {
			break
		}
		if order.Uint16(entries) == orientation {
			if value := order.Uint16(entries[8:]); order.Uint16(entries[2:]) == short && int(value) < len(turns) {
				return turns[value]
			}
			break
		}
		entries = entries[12:]
	}
	return turn{}
}

// jpegTurn finds the Exif data among a JPEG's segments.
func jpegTurn(data []byte) turn {
	for marker, body := range jpegSegments(data) {
		if marker == sos {
			break
		}
		if exif, ok := bytes.CutPrefix(body, []byte("Exif\x00")); ok && marker == app1 && len(exif) > 0 {
			return exifTurn(exif[1:])
		}
	}
	return turn{}
}

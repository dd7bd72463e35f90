package photo

import (
	"encoding/binary"
	"image"
)

// boxes calls visit for each box in data (ISO/IEC 14496-12 §4.2) until visit returns false. It
// reports whether the boxes fill data exactly, as they do unless the end of a file is missing.
func boxes(data []byte, visit func(kind string, body []byte) bool) (whole bool) {
	for len(data) >= 8 {
		size, start := uint64(binary.BigEndian.Uint32(data)), uint64(8)
		switch size {
		case 0:
			size = uint64(len(data))
		case 1:
			if len(data) < 16 {
				return false
			}
			size, start = binary.BigEndian.Uint64(data[8:]), 16
		}
		if size < start || size > uint64(len(data)) || !visit(string(data[4:8]), data[start:size]) {
			return false
		}
		data = data[size:]
	}
	return len(data) == 0
}

// heifHeader is what we read of a HEIF file ourselves, before any of its pixels.
type heifHeader struct {
	whole     bool        // the file has no missing end
	size      image.Point // of the largest picture: the photo, since tiles and thumbnails are smaller
	fullRange bool        // samples use 0…255, not video's 16…235
}

// readHEIF reads the properties of a file's pictures, which are in meta/iprp/ipco.
func readHEIF(data []byte) (h heifHeader) {
	var coded hevcConfig
	colours := false // the container states them, which overrides the stream
	properties := func(kind string, body []byte) bool {
		switch {
		case kind == "ispe" && len(body) >= 12: // version and flags, width, height
			w, ht := binary.BigEndian.Uint32(body[4:]), binary.BigEndian.Uint32(body[8:])
			h.size.X, h.size.Y = max(h.size.X, int(min(w, 1<<30))), max(h.size.Y, int(min(ht, 1<<30)))
		case kind == "hvcC":
			if c, ok := readHvcC(body); ok {
				coded.size.X, coded.size.Y = max(coded.size.X, c.size.X), max(coded.size.Y, c.size.Y)
				coded.fullRange = coded.fullRange || c.fullRange
			}
		case kind == "colr" && hasAt(body, 0, "nclx") && len(body) >= 11 && !colours:
			colours, h.fullRange = true, body[10]&0x80 != 0
		}
		return true
	}
	inside := func(parent string, skip int, visit func(kind string, body []byte) bool) func(string, []byte) bool {
		return func(kind string, body []byte) bool {
			if kind == parent && len(body) >= skip {
				boxes(body[skip:], visit)
			}
			return true
		}
	}
	const versionAndFlags = 4
	h.whole = boxes(data, inside("meta", versionAndFlags, inside("iprp", 0, inside("ipco", 0, properties))))
	if !colours {
		// Pictures made of tiles come from phones, which fill the range even where a tile says that
		// it does not; libheif takes them so, too.
		tiled := coded.size.X < h.size.X || coded.size.Y < h.size.Y
		h.fullRange = coded.fullRange || tiled
	}
	if h.size != (image.Point{}) {
		// What the container says must not hide what the stream holds.
		h.size.X, h.size.Y = max(h.size.X, coded.size.X), max(h.size.Y, coded.size.Y)
	}
	return h
}

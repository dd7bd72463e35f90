package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"image"

	"golang.org/x/image/webp"
)

func inspectWebP(data []byte) (header, error) {
	h := header{format: "webp"}
	if int64(binary.LittleEndian.Uint32(data[4:]))+8 > int64(len(data)) {
		return h, broken("webp", "its end is missing")
	}
	// A chunk is type, length and data, padded to even length (WebP container specification).
	for rest := data[12:]; len(rest) >= 8; {
		length := int64(binary.LittleEndian.Uint32(rest[4:]))
		body := rest[8:min(8+length, int64(len(rest)))]
		switch string(rest[:4]) {
		case "VP8X":
			if len(body) > 0 && body[0]&2 != 0 {
				return h, unsupported("an animated WebP")
			}
		case "EXIF":
			h.turn = exifTurn(bytes.TrimPrefix(body, []byte("Exif\x00\x00")))
		}
		rest = rest[min(8+length+length&1, int64(len(rest))):]
	}
	c, err := webp.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return h, broken("webp", plain(err))
	}
	h.size = image.Pt(c.Width, c.Height)
	h.memory = int64(c.Width) * int64(c.Height) * 8
	return h, nil
}

func decodeWebP(ctx context.Context, h header, data []byte) (picture, error) {
	img, err := webp.Decode(reader(ctx, data))
	if err != nil {
		return picture{}, broken("webp", plain(err))
	}
	// Lossy WebP stores video-range samples, which the decoder hands on as they are.
	switch img := img.(type) {
	case *image.YCbCr:
		fullRange(img)
	case *image.NYCbCrA:
		fullRange(&img.YCbCr)
	}
	return pictureOf(img), nil
}

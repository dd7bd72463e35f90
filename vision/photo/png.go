package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"image"
	"image/png"
)

const pngSignature = "\x89PNG\r\n\x1a\n"

func inspectPNG(data []byte) (header, error) {
	h := header{format: "png"}
	c, err := png.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return h, pngError(err)
	}
	h.size = image.Pt(c.Width, c.Height)
	h.memory = int64(c.Width) * int64(c.Height) * 8
	// A chunk is length, type, data and checksum (PNG §5.3).
	for rest := data[len(pngSignature):]; len(rest) >= 12; {
		length := int64(binary.BigEndian.Uint32(rest))
		if length > int64(len(rest)-12) {
			break
		}
		switch string(rest[4:8]) {
		case "acTL":
			return h, unsupported("an animated PNG")
		case "eXIf":
			h.turn = exifTurn(rest[8 : 8+length])
		}
		rest = rest[12+length:]
	}
	return h, nil
}

func decodePNG(ctx context.Context, h header, data []byte) (picture, error) {
	img, err := png.Decode(reader(ctx, data))
	if err != nil {
		return picture{}, pngError(err)
	}
	return pictureOf(img), nil
}

func pngError(err error) error {
	if e := png.UnsupportedError(""); errors.As(err, &e) {
		return &Error{Unsupported, "this kind of PNG cannot be read (" + string(e) + "); " + whatToSend}
	}
	return broken("png", plain(err))
}

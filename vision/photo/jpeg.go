package photo

import (
	"bytes"
	"context"
	"encoding/binary"
	"errors"
	"fmt"
	"image"
	"image/jpeg"
	"iter"
)

// Markers (T.81 table B.1).
const (
	sof0, sof1, dht, dqt, dri     = 0xc0, 0xc1, 0xc4, 0xdb, 0xdd
	rst0, rst7, soi, eoi, sos     = 0xd0, 0xd7, 0xd8, 0xd9, 0xda
	app0, app1, app14, app15, com = 0xe0, 0xe1, 0xee, 0xef, 0xfe
)

// jpegSegments goes through a JPEG's segments up to the end of the image, skipping what is none:
// entropy-coded data, and the junk that some cameras write between them.
func jpegSegments(data []byte) iter.Seq2[byte, []byte] {
	return func(yield func(marker byte, body []byte) bool) {
		for {
			at := bytes.IndexByte(data, 0xff)
			if at < 0 || at+4 > len(data) {
				return
			}
			data = data[at+1:]
			marker := data[0]
			if marker == 0xff || marker == 0 || marker >= rst0 && marker <= rst7 || marker == soi {
				continue // fill bytes, and markers without a segment
			}
			length := int(binary.BigEndian.Uint16(data[1:]))
			if marker == eoi || length < 2 || 1+length > len(data) || !yield(marker, data[3:1+length]) {
				return
			}
			data = data[1+length:]
		}
	}
}

// maxScans bounds what a JPEG may cost: each scan can take little of the file and go over the whole
// picture. Progressive ones have about ten.
const maxScans = 100

// inspectJPEG reads the headers with our own parser and, where it finds them unusual, with
// image/jpeg's.
func inspectJPEG(data []byte) (header, error) {
	h := header{format: "jpeg", turn: jpegTurn(data)}
	perPixel := int64(3)
	if h.jpeg = parseJPEG(data); h.jpeg != nil {
		h.size = h.jpeg.size
	} else {
		c, err := jpeg.DecodeConfig(bytes.NewReader(data))
		if err != nil {
			return h, jpegError(err)
		}
		h.size = image.Pt(c.Width, c.Height)
		perPixel = 15 // it may be progressive, whose coefficients are all kept
	}
	h.memory = int64(h.size.X) * int64(h.size.Y) * perPixel
	return h, nil
}

func decodeJPEG(ctx context.Context, h header, data []byte) (picture, error) {
	if h.jpeg != nil {
		if pic, ok := h.jpeg.decode(ctx, eighths(h.size)); ok {
			return pic, nil
		}
	}
	scans := 0
	for marker := range jpegSegments(data) {
		if marker == sos {
			scans++
		}
	}
	if scans > maxScans {
		return picture{}, broken("jpeg", fmt.Sprintf("it has %d scans", scans))
	}
	img, err := jpeg.Decode(reader(ctx, data))
	if err != nil {
		return picture{}, jpegError(err)
	}
	return pictureOf(img), nil
}

func jpegError(err error) error {
	if e := jpeg.UnsupportedError(""); errors.As(err, &e) {
		return &Error{Unsupported, "this kind of JPEG cannot be read (" + string(e) + "); " + whatToSend}
	}
	return broken("jpeg", plain(err))
}

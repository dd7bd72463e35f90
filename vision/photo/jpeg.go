package photo

import (
	"bytes"
	"context"
	"errors"
	"image"
	"image/jpeg"
)

func inspectJPEG(data []byte) (header, error) {
	h := header{format: "jpeg"}
	c, err := jpeg.DecodeConfig(bytes.NewReader(data))
	if err != nil {
		return h, jpegError(err)
	}
	h.size = image.Pt(c.Width, c.Height)
	h.turn = jpegTurn(data)
	h.memory = int64(c.Width) * int64(c.Height) * 15 // a progressive one without chroma subsampling
	return h, nil
}

func decodeJPEG(ctx context.Context, h header, data []byte) (picture, error) {
	if j := parseJPEG(data); j != nil && j.size == h.size {
		if pic, ok := j.decode(ctx, eighths(h.size)); ok {
			return pic, nil
		}
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

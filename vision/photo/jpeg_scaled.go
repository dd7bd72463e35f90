package photo

import (
	"context"
	"encoding/binary"
	"image"
	"slices"
)

// The usual JPEG (sequential, 8 bits, one or three channels, one scan) is decoded here, straight to
// the size that is wanted: pixels that nobody needs are never computed. For an eight-megapixel
// photo that is five times as fast as decoding all of it, and takes a quarter of the memory. Whatever is not usual, or damaged, is left to image/jpeg, which also
// knows what to say about it; this decoder accepts nothing that image/jpeg refuses.

// usualJPEG is a JPEG's headers, as far as decoding needs them.
type usualJPEG struct {
	size     image.Point
	channels []channel
	interval int // MCUs between restart markers, 0 for none
	steps    [4][64]int32
	hasSteps [4]bool
	dc, ac   [4]huffman
	jfif     bool
	adobe    int // colour transform that Adobe's marker states, or -1
	scan     []byte
}

type channel struct {
	id, table byte
	h, v      int // blocks in a MCU
	dc, ac    byte
}

// parseJPEG reads the headers up to the first scan. It returns nil for an unusual file.
func parseJPEG(data []byte) *usualJPEG {
	if !hasAt(data, 0, "\xff\xd8") {
		return nil
	}
	j := &usualJPEG{adobe: -1}
	for data = data[2:]; len(data) >= 4 && data[0] == 0xff; {
		marker, length := data[1], int(binary.BigEndian.Uint16(data[2:]))
		if length < 2 || 2+length > len(data) {
			return nil
		}
		body := data[4 : 2+length]
		data = data[2+length:]
		ok := true
		switch {
		case marker == sof0 || marker == sof1:
			ok = j.frame(body)
		case marker == dht:
			ok = j.huffmanTables(body)
		case marker == dqt:
			ok = j.quantisation(body)
		case marker == dri:
			ok = len(body) == 2
			if ok {
				j.interval = int(binary.BigEndian.Uint16(body))
			}
		case marker == sos:
			if !j.start(body) {
				return nil
			}
			j.scan = data
			return j
		case marker == app0 && len(body) >= 5:
			j.jfif = string(body[:5]) == "JFIF\x00"
		case marker == app14 && len(body) >= 12:
			if string(body[:5]) == "Adobe" {
				j.adobe = int(body[11])
			}
		case marker >= app0 && marker <= app15 || marker == com:
		default:
			return nil
		}
		if !ok {
			return nil
		}
	}
	return nil
}

// frame reads a start of frame (T.81 §B.2.2).
func (j *usualJPEG) frame(body []byte) bool {
	if j.channels != nil || len(body) < 6 || body[0] != 8 {
		return false
	}
	j.size = image.Pt(int(binary.BigEndian.Uint16(body[3:])), int(binary.BigEndian.Uint16(body[1:])))
	n := int(body[5])
	if n != 1 && n != 3 || len(body) != 6+3*n || j.size.X == 0 || j.size.Y == 0 {
		return false
	}
	blocks := 0
	for i := range n {
		spec := body[6+3*i:]
		c := channel{id: spec[0], h: int(spec[1] >> 4), v: int(spec[1] & 15), table: spec[2]}
		if n == 1 {
			c.h, c.v = 1, 1 // T.81 §A.2.2
		}
		switch first := append(j.channels, c)[0]; {
		case c.table > 3,
			c.h != 1 && c.h != 2 && c.h != 4, c.v != 1 && c.v != 2,
			first.h%c.h != 0 || first.v%c.v != 0,
			i == 1 && c.id == first.id,
			i == 2 && (c.id == first.id || c.id == j.channels[1].id || c.h != j.channels[1].h || c.v != j.channels[1].v):
			return false
		}
		blocks += c.h * c.v
		j.channels = append(j.channels, c)
	}
	return blocks <= 10
}

func (j *usualJPEG) quantisation(body []byte) bool {
	for len(body) >= 65 {
		table, words := body[0]&15, body[0]>>4 == 1
		if table > 3 || body[0]>>4 > 1 || words && len(body) < 129 {
			return false
		}
		body = body[1:]
		for k := range 64 {
			if words {
				j.steps[table][k] = int32(binary.BigEndian.Uint16(body[2*k:]))
			} else {
				j.steps[table][k] = int32(body[k])
			}
		}
		j.hasSteps[table] = true
		body = body[64:]
		if words {
			body = body[64:]
		}
	}
	return len(body) == 0
}

func (j *usualJPEG) huffmanTables(body []byte) bool {
	for len(body) >= 17 {
		class, table, n := body[0]>>4, body[0]&15, 0
		for _, count := range body[1:17] {
			n += int(count)
		}
		if class > 1 || table > 1 || n == 0 || n > 256 || len(body) < 17+n {
			return false
		}
		into := &j.dc[table]
		if class == 1 {
			into = &j.ac[table]
		}
		if !into.define(body[1:17], body[17:17+n], class == 1) {
			return false
		}
		body = body[17+n:]
	}
	return len(body) == 0
}

// start reads a start of scan (T.81 §B.2.3): all channels, in the frame's order.
func (j *usualJPEG) start(body []byte) bool {
	n := len(j.channels)
	if n == 0 || len(body) != 4+2*n || int(body[0]) != n {
		return false
	}
	for i := range j.channels {
		c := &j.channels[i]
		c.dc, c.ac = body[2+2*i]>>4, body[2+2*i]&15
		if body[1+2*i] != c.id || c.dc > 1 || c.ac > 1 || !j.hasSteps[c.table] ||
			!j.dc[c.dc].defined || !j.ac[c.ac].defined {
			return false
		}
	}
	return body[1+2*n] == 0 && body[2+2*n] == 63 && body[3+2*n] == 0
}

// isRGB decides as image/jpeg does.
func (j *usualJPEG) isRGB() bool {
	if len(j.channels) != 3 || j.jfif {
		return false
	}
	return j.adobe == 0 || j.channels[0].id == 'R' && j.channels[1].id == 'G' && j.channels[2].id == 'B'
}

// eighths chooses how many pixels each block of 8×8 becomes, in each direction: the fewest that
// leave enough.
func eighths(size image.Point) int {
	for _, n := range []int{1, 2, 3, 4, 5, 6} {
		if min(size.X, size.Y)*n/8 >= enough {
			return n
		}
	}
	return 8
}

// channelScan is a channel while its scan is decoded.
type channelScan struct {
	h, v   int // blocks in a MCU
	dc, ac *huffman
	steps  *[64]int32
	n      int // a block becomes n×n pixels
	place  *[64]uint8
	idct   idct
	plane  plane // of whole MCUs
	last   int32 // first coefficient of the block before
}

// decode decodes at n/8 of the size. It returns false for an unusual or damaged file.
func (j *usualJPEG) decode(ctx context.Context, n int) (pic picture, ok bool) {
	first := j.channels[0]
	across, down := ceilDiv(j.size.X, 8*first.h), ceilDiv(j.size.Y, 8*first.v)
	channels := make([]channelScan, len(j.channels))
	for i, c := range j.channels {
		n, subX, subY := n, first.h/c.h, first.v/c.v
		if subX*subY > 1 {
			n = chromaEighths[n] // what has fewer pixels already is reduced less
		}
		channels[i] = channelScan{
			h: c.h, v: c.v, dc: &j.dc[c.dc], ac: &j.ac[c.ac], steps: &j.steps[c.table],
			n: n, place: &places[n], idct: idcts[n],
			plane: newPlane(across*c.h*n, down*c.v*n, float64(n)/float64(8*subX), float64(n)/float64(8*subY)),
		}
	}
	if !j.decodeScan(ctx, channels, across, down) {
		return pic, false
	}
	pic = picture{size: j.size, rgb: j.isRGB()}
	for i, c := range j.channels {
		p := channels[i].plane
		// The last blocks reach beyond the picture.
		p.w = ceilDiv(j.size.X*channels[i].n, 8*first.h/c.h)
		p.h = ceilDiv(j.size.Y*channels[i].n, 8*first.v/c.v)
		pic.planes = append(pic.planes, p)
	}
	return pic, true
}

// decodeScan decodes the only scan, of across×down MCUs, interval by interval.
func (j *usualJPEG) decodeScan(ctx context.Context, channels []channelScan, across, down int) bool {
	all := across * down
	interval := j.interval
	if interval == 0 {
		interval = all
	}
	var padding [jpegPadding]byte
	var block [65]int32
	clean := make([]byte, 0, min(len(j.scan), 2*len(j.scan)/ceilDiv(all, interval))+jpegPadding)
	rest := j.scan
	for start, count := 0, 0; start < all; start, count = start+interval, count+1 {
		end := min(start+interval, all)
		clean, rest = unstuff(clean[:0], rest)
		clean = slices.Grow(clean, jpegPadding)
		for len(rest) > 1 && rest[1] == 0xff { // fill bytes
			rest = rest[1:]
		}
		marker := byte(eoi)
		if end < all {
			marker = rst0 + byte(count&7)
		}
		if len(rest) < 2 || rest[1] != marker {
			return false
		}
		rest = rest[2:]
		bits := jpegBits{data: append(clean, padding[:]...)}
		if !decodeMCUs(ctx, &bits, 8*len(clean), &block, channels, across, start, end) {
			return false
		}
		if end < all && 8*len(clean)-bits.used() >= 8 {
			return false
		}
	}
	return true
}

// decodeMCUs decodes the MCUs from start to end, for which there are so many bits. b is zero before
// and, if all is well, after.
func decodeMCUs(ctx context.Context, bits *jpegBits, have int, b *[65]int32, channels []channelScan, across, start, end int) bool {
	for i := range channels {
		channels[i].last = 0
	}
	for mcu := start; mcu < end; mcu++ {
		x, y := mcu%across, mcu/across
		if x == 0 && ctx.Err() != nil {
			return false
		}
		for i := range channels {
			c := &channels[i]
			for by := range c.v {
				for bx := range c.h {
					flat, ok := bits.block(b, c.place, c.steps, c.dc, c.ac, &c.last)
					if !ok {
						return false
					}
					dst := c.plane.pix[(y*c.v+by)*c.n*c.plane.stride+(x*c.h+bx)*c.n:]
					if flat {
						fill(b[0], dst, c.plane.stride, c.n)
						continue
					}
					c.idct(b, dst, c.plane.stride)
					clear(b[:c.n*c.n])
				}
			}
		}
		if bits.used() > have {
			return false
		}
	}
	return true
}

// places[n] tells where, among lines of n, coefficient k in zigzag order (T.81 figure 5) lies; 64
// if it is not among the n×n lowest frequencies.
var places = func() (places [9][64]uint8) {
	x, y := 0, 0
	for k := range 64 {
		for n := 1; n <= 8; n++ {
			places[n][k] = 64
			if x < n && y < n {
				places[n][k] = uint8(n*y + x)
			}
		}
		switch {
		case (x+y)%2 == 0 && x == 7:
			y++
		case (x+y)%2 == 0 && y == 0:
			x++
		case (x+y)%2 == 0:
			x, y = x+1, y-1
		case y == 7:
			x++
		case x == 0:
			y++
		default:
			x, y = x-1, y+1
		}
	}
	return places
}()

// chromaEighths is the reduction of subsampled channels by that of the others.
var chromaEighths = [9]int{1: 2, 2: 4, 3: 4, 4: 5, 5: 6, 6: 6, 8: 8}

func ceilDiv(a, b int) int { return (a + b - 1) / b }

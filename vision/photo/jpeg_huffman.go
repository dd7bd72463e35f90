package photo

import (
	"bytes"
	"encoding/binary"
)

// lookBits is the length of the bit strings that a Huffman table answers at once: nearly always a
// whole code, and often the value that follows it.
const lookBits = 10

// huffman is a Huffman table of a JPEG (ITU-T T.81, annex C). An entry of fast describes what
// begins with its bits:
//
//	bits 0–5    length of code and value together
//	bit  7      slow: the value does not lie within the bits, or, if size is 0, nor does the code
//	bits 8–15   coefficients to advance: zeros and the one that has the value
//	bits 16–31  the value, or its size if it is slow
type huffman struct {
	defined bool
	fast    [1 << lookBits]uint32
	limit   [17]uint32 // by code length: the first code, left-aligned in 16 bits, that is longer
	offset  [17]int    // by code length: from a code to its symbol's index
	symbols [256]byte
}

const (
	slow       = 0x80
	endOfBlock = 0x80 // an advance that leaves any block
)

// define builds the table from the number of codes of each length and their symbols. It reports
// whether they make a code.
func (h *huffman) define(counts, symbols []byte, ac bool) bool {
	*h = huffman{defined: true}
	if copy(h.symbols[:], symbols) != len(symbols) {
		return false
	}
	for i := range h.fast {
		h.fast[i] = slow
	}
	code, index := 0, 0
	for length := 1; length <= 16; length++ {
		h.offset[length] = index - code
		for range counts[length-1] {
			if code >= 1<<length {
				return false
			}
			if length <= lookBits {
				h.enter(code, length, symbols[index], ac)
			}
			code++
			index++
		}
		h.limit[length] = uint32(code) << (16 - length)
		code <<= 1
	}
	return true
}

// enter fills the fast entries that begin with a code.
func (h *huffman) enter(code, length int, symbol byte, ac bool) {
	rest := lookBits - length
	for bits := range 1 << rest {
		h.fast[code<<rest|bits] = fastEntry(symbol, length, bits, rest, ac)
	}
}

// fastEntry describes a symbol whose code has length bits and is followed by rest known bits.
func fastEntry(symbol byte, length, bits, rest int, ac bool) uint32 {
	advance, size := 1, int(symbol)
	if ac {
		advance, size = int(symbol>>4)+1, int(symbol&15)
		if symbol == 0 {
			advance = endOfBlock
		} else if size == 0 && symbol != 0xf0 { // only progressive JPEGs have these
			return slow
		}
	}
	if size > 15 {
		return slow
	}
	entry := uint32(length+size) | uint32(advance)<<8
	if size > rest {
		return entry | slow | uint32(size)<<16
	}
	return entry | uint32(extend(uint64(bits>>(rest-size)), size))<<16
}

// extend turns the size bits of a value into the value (T.81 §F.2.2.1).
func extend(bits uint64, size int) int32 {
	v := int32(bits)
	if size > 0 && v < 1<<(size-1) {
		v -= 1<<size - 1
	}
	return v
}

// find decodes a symbol whose code is longer than lookBits.
func (h *huffman) find(ahead uint64) (symbol byte, length int, ok bool) {
	bits := uint32(ahead >> 48)
	for length = 1; length <= 16; length++ {
		if bits < h.limit[length] {
			return h.symbols[(h.offset[length]+int(bits>>(16-length)))&255], length, true
		}
	}
	return 0, 0, false
}

// jpegBits reads entropy-coded data, of which the stuffed zero bytes have been taken out and to
// which padding has been added, so that only the end of an interval needs to be checked.
type jpegBits struct {
	data  []byte
	at    int    // next byte to load
	ahead uint64 // bits to be read next, the first one on top
	n     int    // of which this many are loaded
}

// used is how many bits have been read since the start of data.
func (r *jpegBits) used() int { return 8*r.at - r.n }

// jpegPadding is longer than one MCU can be: ten blocks of 64 coefficients of 31 bits.
const jpegPadding = 2560

// maxCoefficient is twice what the coefficients of eight-bit samples can be. Larger ones are damage,
// which the standard decoder may judge.
const maxCoefficient = 2048

// block decodes one block (T.81 §F.2.2): coefficient k, in zigzag order, times its quantisation
// step is added at b[place[k]]; places that are not wanted share one that nobody reads. It returns
// whether the block has no coefficient besides the first, and false if the data makes no sense.
func (r *jpegBits) block(b *[65]int32, place *[64]uint8, steps *[64]int32, dc, ac *huffman, last *int32) (flat, ok bool) {
	data, at, ahead, n := r.data, r.at, r.ahead, r.n

	// Load as many whole bytes as fit, without asking how many.
	ahead |= binary.BigEndian.Uint64(data[at:]) >> (n & 63)
	at += (63 - n) >> 3
	n |= 56
	e := dc.fast[ahead>>(64-lookBits)]
	if e&slow != 0 {
		if e, ok = dc.slowEntry(e, ahead, false); !ok {
			return false, false
		}
	}
	ahead <<= e & 63
	n -= int(e & 63)
	*last += int32(e) >> 16
	b[0] = *last * steps[0]
	wild := uint32(*last+maxCoefficient) | uint32(b[0]+maxCoefficient)

	k := 1
	for k < 64 {
		ahead |= binary.BigEndian.Uint64(data[at:]) >> (n & 63)
		at += (63 - n) >> 3
		n |= 56
		e = ac.fast[ahead>>(64-lookBits)]
		if e&slow != 0 {
			if e, ok = ac.slowEntry(e, ahead, true); !ok {
				return false, false
			}
		}
		ahead <<= e & 63
		n -= int(e & 63)
		k += int(e >> 8 & 255)
		if k > 64 {
			break
		}
		v := int32(e) >> 16 * steps[(k-1)&63]
		wild |= uint32(v + maxCoefficient)
		b[place[(k-1)&63]] = v
	}
	r.at, r.ahead, r.n = at, ahead, n
	return k == 1+endOfBlock, (k == 64 || k > endOfBlock) && wild < 2*maxCoefficient
}

// slowEntry completes an entry with the bits that lie ahead.
func (h *huffman) slowEntry(e uint32, ahead uint64, ac bool) (uint32, bool) {
	size, length := int(e>>16), int(e&63)
	if size == 0 {
		symbol, codeLength, ok := h.find(ahead)
		if !ok {
			return 0, false
		}
		e = fastEntry(symbol, codeLength, 0, 0, ac)
		size, length = int(e>>16), int(e&63)
		if e == slow {
			return 0, false
		}
		if e&slow == 0 { // no value follows
			return e, true
		}
	}
	value := ahead << (length - size) >> (64 - size)
	return e&0xff7f | uint32(extend(value, size))<<16, true
}

// unstuff appends the entropy-coded data at the start of data to dst, without its stuffed zeros
// (T.81 §F.1.2.3), and returns what follows it: a marker.
func unstuff(dst, data []byte) (clean, marker []byte) {
	for {
		i := bytes.IndexByte(data, 0xff)
		if i < 0 || i+1 == len(data) {
			return dst, nil
		}
		if data[i+1] != 0 {
			return append(dst, data[:i]...), data[i:]
		}
		dst = append(dst, data[:i+1]...)
		data = data[i+2:]
	}
}

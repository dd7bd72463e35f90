package photo

import (
	"encoding/binary"
	"image"
)

// hevcConfig is what a HEVC stream's sequence parameter set says about its pictures.
type hevcConfig struct {
	size      image.Point // as coded
	fullRange bool        // samples use 0…255, not video's 16…235
}

// readHvcC reads the sequence parameter set in the body of an hvcC box (ISO/IEC 14496-15 §8.3.3).
func readHvcC(body []byte) (c hevcConfig, ok bool) {
	const arrays, spsType = 22, 33
	if len(body) <= arrays {
		return c, false
	}
	rest := body[arrays+1:]
	for range body[arrays] {
		if len(rest) < 3 {
			return c, false
		}
		kind, units := rest[0]&63, binary.BigEndian.Uint16(rest[1:])
		rest = rest[3:]
		for range units {
			if len(rest) < 2 {
				return c, false
			}
			n := int(binary.BigEndian.Uint16(rest)) + 2
			if n > len(rest) {
				return c, false
			}
			if kind == spsType {
				return readSPS(rest[2:n])
			}
			rest = rest[n:]
		}
	}
	return c, false
}

// readSPS reads a sequence parameter set (ITU-T H.265 §7.3.2.2) up to the range of its samples.
func readSPS(unit []byte) (c hevcConfig, ok bool) {
	b := hevcBits{data: unescape(unit)}
	b.skip(16 + 4) // unit header, video parameter set
	layers := b.read(3)
	b.skip(1)
	b.skip(96) // profile, tier, level
	var present [8][2]uint
	for i := range layers {
		present[i] = [2]uint{b.read(1), b.read(1)}
	}
	if layers > 0 {
		b.skip(2 * (8 - int(layers)))
	}
	for _, p := range present[:layers] {
		b.skip(int(88*p[0] + 8*p[1]))
	}
	b.golomb() // id
	const separatePlanes = 3
	if b.golomb() == separatePlanes {
		b.skip(1)
	}
	c.size = image.Pt(int(b.golomb()), int(b.golomb()))
	if b.read(1) == 1 { // conformance window
		b.golombs(4)
	}
	b.golombs(2) // bit depths
	orderBits := int(b.golomb()) + 4
	if b.read(1) == 1 {
		b.golombs(3 * int(layers+1))
	} else {
		b.golombs(3)
	}
	b.golombs(6) // block sizes and depths
	if b.read(1) == 1 && b.read(1) == 1 {
		b.scalingLists()
	}
	b.skip(2)           // asymmetric partitions, sample-adaptive offset
	if b.read(1) == 1 { // raw blocks
		b.skip(8)
		b.golombs(2)
		b.skip(1)
	}
	b.referenceSets()
	if b.read(1) == 1 { // long-term references
		for range b.count() {
			b.skip(orderBits + 1)
		}
	}
	b.skip(2)           // temporal prediction, smoothing
	if b.read(1) == 0 { // no usability information
		return c, !b.bad
	}
	if b.read(1) == 1 && b.read(8) == 255 { // aspect
		b.skip(32)
	}
	if b.read(1) == 1 { // overscan
		b.skip(1)
	}
	if b.read(1) == 1 { // video signal
		b.skip(3)
		c.fullRange = b.read(1) == 1
	}
	return c, !b.bad
}

// scalingLists skips scaling_list_data (§7.3.4).
func (b *hevcBits) scalingLists() {
	for size := range 4 {
		lists := 6
		if size == 3 {
			lists = 2
		}
		for range lists {
			if b.read(1) == 0 {
				b.golomb() // copied from another list
				continue
			}
			if size > 1 {
				b.golomb()
			}
			b.golombs(min(64, 16<<(2*size)))
		}
	}
}

// referenceSets skips the short-term reference picture sets (§7.3.7).
func (b *hevcBits) referenceSets() {
	pictures := uint(0) // in the previous set
	for i := range b.count() {
		if i > 0 && b.read(1) == 1 { // predicted from the previous set
			b.skip(1)
			b.golomb()
			kept := uint(0)
			for range pictures + 1 {
				if b.read(1) == 1 || b.read(1) == 1 {
					kept++
				}
			}
			pictures = kept
			continue
		}
		pictures = b.count() + b.count()
		for range pictures {
			b.golomb()
			b.skip(1)
		}
	}
}

// unescape takes out the emulation prevention bytes: 0 0 3 stands for 0 0.
func unescape(unit []byte) []byte {
	out := make([]byte, 0, len(unit))
	for i, v := range unit {
		if v != 3 || i < 2 || unit[i-1] != 0 || unit[i-2] != 0 {
			out = append(out, v)
		}
	}
	return out
}

// hevcBits reads bits; past the end it reads zeros and is bad.
type hevcBits struct {
	data []byte
	at   int
	bad  bool
}

func (b *hevcBits) skip(n int) { b.at += n }

func (b *hevcBits) read(n int) (v uint) {
	for range n {
		v <<= 1
		if i := b.at >> 3; i < len(b.data) {
			v |= uint(b.data[i]>>(7-b.at&7)) & 1
		} else {
			b.bad = true
		}
		b.at++
	}
	return v
}

// golomb reads an Exp-Golomb number (H.265 §9.2).
func (b *hevcBits) golomb() uint {
	zeros := 0
	for b.read(1) == 0 {
		if zeros++; zeros > 31 || b.bad {
			b.bad = true
			return 0
		}
	}
	return 1<<zeros - 1 + b.read(zeros)
}

// count reads the length of a list, of which none has more than 64 entries.
func (b *hevcBits) count() uint {
	n := b.golomb()
	if n > 64 {
		b.bad = true
		return 0
	}
	return n
}

func (b *hevcBits) golombs(n int) {
	for range n {
		b.golomb()
	}
}

package main

import (
	"fmt"

	. "github.com/mmcloughlin/avo/build"
	"github.com/mmcloughlin/avo/ir"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// lanes is the number of 32-bit sums in a register.
func (s isa) lanes() int { return s.bytes / 4 }

// A dotter multiplies bytes and sums the products of four.
type dotter struct {
	isa
	pairs, ones reg.VecVirtual // AVX2 has no instruction for it
}

func (s isa) dotter() *dotter {
	d := &dotter{isa: s}
	if s.name == avx2.name {
		d.pairs, d.ones = s.vector(), s.vector()
		VPCMPEQW(d.ones, d.ones, d.ones)
		VPSRLW(Imm(15), d.ones, d.ones)
	}
	return d
}

// add adds to each lane of sum the products of four bytes without a sign with four weights.
func (d *dotter) add(weights Op, bytes, sum reg.VecVirtual) {
	if d.ones == nil {
		// avo does not know this instruction of AVX512-VNNI; Go's assembler does.
		Instruction(&ir.Instruction{Opcode: "VPDPBUSD", Operands: []Op{weights, bytes, sum}, Inputs: []Op{weights, bytes, sum},
			Outputs: []Op{sum}, ISA: []string{"AVX512VNNI"}})
		return
	}
	VPMADDUBSW(weights, bytes, d.pairs)
	VPMADDWD(d.ones, d.pairs, d.pairs)
	VPADDD(d.pairs, sum, sum)
}

// An epilogue turns sums into results: times scale plus bias, clamped.
type epilogue struct {
	isa
	lo, hi reg.VecVirtual
}

func (e epilogue) scale(v, scale, bias reg.VecVirtual) {
	VCVTDQ2PS(v, v)
	VMULPS(scale, v, v)
	VADDPS(bias, v, v)
}

func (e epilogue) clamp(v reg.VecVirtual) {
	VMAXPS(e.lo, v, v)
	VMINPS(e.hi, v, v)
}

// round clamps and makes integers from 0 to 255.
func (e epilogue) round(v reg.VecVirtual) {
	e.clamp(v)
	VCVTPS2DQ(v, v)
}

// store writes the low bytes of vectors side by side: one vector, or two of AVX2.
func (e epilogue) store(v []reg.VecVirtual, to Mem) {
	if e.bytes == 64 {
		for i := range v {
			VPMOVUSDB(v[i], to.Offset(i*16))
		}
		return
	}
	if len(v) == 1 {
		high := XMM()
		low := v[0].AsX()
		VEXTRACTI128(Imm(1), v[0], high)
		VPACKUSDW(high, low, low)
		VPACKUSWB(low, low, low)
		VMOVQ(low, to)
		return
	}
	high := XMM()
	VPACKUSDW(v[1], v[0], v[0])
	VPERMQ(Imm(0xD8), v[0], v[0])
	VEXTRACTI128(Imm(1), v[0], high)
	low := v[0].AsX()
	VPACKUSWB(high, low, low)
	VMOVDQU(low, to)
}

// quad makes of the same channels of four pixels one vector, in which the four numbers of a channel lie side by side.
func (e epilogue) quad(pixels []reg.VecVirtual) reg.VecVirtual {
	for i, v := range pixels[1:] {
		VPSLLD(Imm(uint64(8*(i+1))), v, v)
		if e.bytes == 64 {
			VPORD(v, pixels[0], pixels[0])
		} else {
			VPOR(v, pixels[0], pixels[0])
		}
	}
	return pixels[0]
}

// forms of results of a tile, in the order of the engine's int8.go.
var forms = []string{"Bytes", "Quads", "Floats"}

// tile8 writes a tile of a product of bytes. It is made as tile, but an inner step is four numbers deep.
func tile8(s isa, rows, width int, form string) {
	TEXT(fmt.Sprintf("tile%dx%d%s%s", rows, width*s.lanes(), form, s.name), NOSPLIT,
		"func(c, a *byte, b *int8, scale, bias *float32, r *byte, next *int8, ldc, lda, ldr, k int, rscale, lo, hi float32)")
	sums := s.vectors(rows * width)
	for _, sum := range sums {
		VXORPS(sum, sum, sum)
	}
	a := newMatrix(parameter("a"), parameter("lda"), rows)
	b, k, next := parameter("b"), parameter("k"), parameter("next")
	weights, d := s.vectors(width), s.dotter()
	factors := s.vectors(max(1, min(4, s.registers-len(sums)-width-2)))
	end := 0
	SHRQ(Imm(2), k)
	Label("inner")
	PREFETCHT1(Mem{Base: next})
	ADDQ(Imm(64), next)
	for j := range width {
		VMOVUPS(Mem{Base: b, Disp: j * s.bytes}, weights[j])
	}
	for row := range rows {
		f := factors[end%len(factors)]
		end++
		VPBROADCASTD(a.at(row, 0), f)
		for j := range width {
			d.add(weights[j], f, sums[row*width+j])
		}
	}
	ADDQ(Imm(uint64(width*s.bytes)), b)
	for _, p := range a.pointers {
		ADDQ(Imm(4), p)
	}
	DECQ(k)
	JNZ(LabelRef("inner"))

	e := epilogue{isa: s}
	scale, bias := parameter("scale"), parameter("bias")
	factor, offset := s.vector(), s.vector()
	for j := range width {
		VMOVUPS(Mem{Base: scale, Disp: j * s.bytes}, factor)
		VMOVUPS(Mem{Base: bias, Disp: j * s.bytes}, offset)
		for row := range rows {
			e.scale(sums[row*width+j], factor, offset)
		}
	}
	if form != "Quads" {
		r := parameter("r")
		TESTQ(r, r)
		JZ(LabelRef("clamp"))
		residual, rscale := newMatrix(r, parameter("ldr"), rows), s.broadcast("rscale")
		for row := range rows {
			for j := range width {
				VPMOVZXBD(residual.at(row, j*s.lanes()), factor)
				VCVTDQ2PS(factor, factor)
				VMULPS(rscale, factor, factor)
				VADDPS(factor, sums[row*width+j], sums[row*width+j])
			}
		}
		Label("clamp")
	}
	e.lo, e.hi = s.broadcast("lo"), s.broadcast("hi")
	height := rows
	if form == "Quads" {
		height /= 4
	}
	c := newMatrix(parameter("c"), parameter("ldc"), height)
	for row := range height {
		switch form {
		case "Floats":
			for j := range width {
				e.clamp(sums[row*width+j])
				VMOVUPS(sums[row*width+j], c.at(row, j*s.bytes))
			}
		case "Bytes":
			v := sums[row*width:][:width]
			for j := range v {
				e.round(v[j])
			}
			e.store(v, c.at(row, 0))
		case "Quads":
			for j := range width {
				var pixels []reg.VecVirtual
				for i := range 4 {
					pixels = append(pixels, sums[(4*row+i)*width+j])
					e.round(pixels[i])
				}
				VMOVUPS(e.quad(pixels), c.at(row, j*s.bytes))
			}
		}
	}
	VZEROUPPER()
	RET()
}

// A tap is what one quad of input contributes to one of four outputs.
type tap struct{ output, quad int }

// taps lists the taps of one row of a window, in the order of the engine's packed weights.
func taps(size, stride int) (list []tap, quads int) {
	quads = (3*stride+size-1)/4 + 1
	for q := range quads {
		for o := range 4 {
			if first := o * stride; first/4 <= q && q <= (first+size-1)/4 {
				list = append(list, tap{o, q})
			}
		}
	}
	return list, quads
}

// depthwise8 walks along an output row, four pixels at a time.
func depthwise8(s isa, size, stride int) {
	TEXT(fmt.Sprintf("depthwise%dstep%dBytes%s", size, stride, s.name), NOSPLIT,
		"func(dst, r0, r1, r2, r3, r4 *byte, w *int8, scale, bias *float32, n, blocks, quad, out int, lo, hi float32)")
	list, quads := taps(size, stride)
	w, quad, out, to := parameter("w"), parameter("quad"), parameter("out"), parameter("dst")
	offset := GP64() // of the channels, in bytes of a quad
	XORQ(offset, offset)
	e := epilogue{isa: s, lo: s.broadcast("lo"), hi: s.broadcast("hi")}
	d := s.dotter()
	blocks, err := Param("blocks").Resolve()
	if err != nil {
		panic(err)
	}
	if s.lanes() < 16 {
		SHLQ(Imm(1), blocks.Addr)
	}

	Label("block")
	weight := func(i int) Op { return Mem{Base: w, Disp: i * s.bytes} }
	if size == 3 && s.registers == 32 {
		kept := s.vectors(size * len(list))
		for i := range kept {
			VMOVUPS(weight(i), kept[i])
		}
		weight = func(i int) Op { return kept[i] }
	}
	rows := make([]reg.Register, size)
	for i := range rows {
		rows[i] = parameter(fmt.Sprintf("r%d", i))
		ADDQ(offset, rows[i])
	}
	dst, n := GP64(), parameter("n")
	MOVQ(to, dst)
	factor, bias := s.vector(), s.vector()
	for _, p := range []struct {
		name string
		v    reg.VecVirtual
	}{{"scale", factor}, {"bias", bias}} {
		at := parameter(p.name)
		VMOVUPS(Mem{Base: at, Index: offset, Scale: 1}, p.v)
	}

	Label("pixels")
	sums, x := s.vectors(4), s.vector()
	for _, sum := range sums {
		VXORPS(sum, sum, sum)
	}
	for row := range size {
		for q := range quads {
			at := Mem{Base: rows[row]}
			if q > 0 {
				at.Index, at.Scale = quad, uint8(q)
			}
			VMOVUPS(at, x)
			for i, t := range list {
				if t.quad == q {
					d.add(weight(row*len(list)+i), x, sums[t.output])
				}
			}
		}
		for range stride {
			ADDQ(quad, rows[row])
		}
	}
	for i, sum := range sums {
		e.scale(sum, factor, bias)
		e.round(sum)
		e.store([]reg.VecVirtual{sum}, Mem{Base: dst})
		if i < 3 {
			ADDQ(out, dst)
			DECQ(n)
			JZ(LabelRef("next"))
		}
	}
	ADDQ(out, dst)
	DECQ(n)
	JNZ(LabelRef("pixels"))

	Label("next")
	ADDQ(I32(size*len(list)*s.bytes), w)
	ADDQ(Imm(uint64(s.bytes)), offset)
	ADDQ(Imm(uint64(s.lanes())), to)
	DECQ(blocks.Addr)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// quantize writes floats as quads.
func quantize(s isa) {
	TEXT("quantize"+s.name, NOSPLIT, "func(dst *byte, src *float32, quads, blocks, ld, quad int, scale, zero float32)")
	dst, src, ld, quad := parameter("dst"), parameter("src"), stride("ld"), parameter("quad")
	scale, zero := s.broadcast("scale"), s.broadcast("zero")
	e := epilogue{isa: s, lo: s.vector(), hi: s.vector()}
	VXORPS(e.lo, e.lo, e.lo)
	most := GP32()
	MOVL(U32(255), most)
	spread := XMM()
	VMOVD(most, spread)
	VPBROADCASTD(spread, e.hi)
	VCVTDQ2PS(e.hi, e.hi)
	blocks, err := Param("blocks").Resolve()
	if err != nil {
		panic(err)
	}
	if s.lanes() < 16 {
		SHLQ(Imm(1), blocks.Addr)
	}
	Label("block")
	n, to, from := parameter("quads"), GP64(), GP64()
	MOVQ(dst, to)
	MOVQ(src, from)
	Label("quad")
	pixels := s.vectors(4)
	for _, v := range pixels {
		VMULPS(Mem{Base: from}, scale, v)
		VADDPS(zero, v, v)
		e.round(v)
		ADDQ(ld, from)
	}
	VMOVUPS(e.quad(pixels), Mem{Base: to})
	ADDQ(quad, to)
	DECQ(n)
	JNZ(LabelRef("quad"))
	ADDQ(Imm(uint64(s.bytes)), dst)
	ADDQ(Imm(uint64(s.bytes)), src)
	DECQ(blocks.Addr)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// Command gen writes the kernels in assembly: AVX-512 and AVX2 with FMA for amd64, by avo, and NEON for arm64 (neon.go).
// kernel.go in the folder above says what they compute.
package main

import (
	"flag"
	"fmt"
	"log"

	. "github.com/mmcloughlin/avo/build"
	. "github.com/mmcloughlin/avo/operand"
	"github.com/mmcloughlin/avo/reg"
)

// An isa is a vector instruction set: its name, the bytes of a register and how many there are.
type isa struct {
	name      string
	bytes     int
	registers int
	vector    func() reg.VecVirtual
}

var (
	avx512 = isa{"AVX512", 64, 32, ZMM}
	avx2   = isa{"AVX2", 32, 16, YMM}
)

func main() {
	neonAssembly := flag.String("neon", "", "file for the NEON kernels")
	neonStubs := flag.String("neonstubs", "", "file for their declarations")
	flag.Parse()
	if err := writeNEON(*neonAssembly, *neonStubs); err != nil {
		log.Fatal(err)
	}
	for rows := 1; rows <= 14; rows++ {
		tile(avx512, rows, 2)
		tile(avx512, rows, 1)
	}
	for rows := 1; rows <= 6; rows++ {
		tile(avx2, rows, 2)
	}
	for _, size := range []int{3, 5} {
		depthwiseAVX512(size)
		depthwiseAVX2(size)
	}
	for _, form := range forms {
		for rows := 4; rows <= 12; rows += 4 {
			tile8(avx512, rows, 2, form)
			tile8(avx512, rows, 1, form)
		}
		tile8(avx2, 4, 2, form)
	}
	for _, s := range []isa{avx512, avx2} {
		for _, size := range []int{3, 5} {
			depthwise8(s, size, 1)
			depthwise8(s, size, 2)
		}
		quantize(s)
	}
	mean(avx512)
	mean(avx2)
	peak(avx512)
	peak(avx2)
	Generate()
}

// vectors returns n registers.
func (s isa) vectors(n int) []reg.VecVirtual {
	v := make([]reg.VecVirtual, n)
	for i := range v {
		v[i] = s.vector()
	}
	return v
}

// parameter loads a parameter into a new register.
func parameter(name string) reg.Register { return Load(Param(name), GP64()) }

// stride loads a parameter that counts floats as bytes.
func stride(name string) reg.Register {
	r := Load(Param(name), GP64())
	SHLQ(Imm(2), r)
	return r
}

// broadcast fills a vector with a float parameter.
func (s isa) broadcast(name string) reg.VecVirtual {
	v := s.vector()
	address, err := Param(name).Resolve()
	if err != nil {
		panic(err)
	}
	VBROADCASTSS(address.Addr, v)
	return v
}

// A matrix addresses rows that are a stride apart. x86 adds one or two strides for free, so every third row has a pointer.
type matrix struct {
	pointers []reg.Register
	stride   reg.Register
}

func newMatrix(first, stride reg.Register, rows int) matrix {
	m := matrix{[]reg.Register{first}, stride}
	if rows > 3 {
		three := GP64()
		LEAQ(Mem{Base: stride, Index: stride, Scale: 2}, three)
		for i := 3; i < rows; i += 3 {
			p := GP64()
			LEAQ(Mem{Base: m.pointers[i/3-1], Index: three, Scale: 1}, p)
			m.pointers = append(m.pointers, p)
		}
	}
	return m
}

func (m matrix) at(row, offset int) Mem {
	a := Mem{Base: m.pointers[row/3], Disp: offset}
	if s := row % 3; s > 0 {
		a.Index, a.Scale = m.stride, uint8(s)
	}
	return a
}

// tile writes a tile of a matrix product: rows × width vectors of sums stay in registers; each inner step loads one row of the
// packed panel and multiplies it with each element of a column of A.
func tile(s isa, rows, width int) {
	TEXT(fmt.Sprintf("tile%dx%d%s", rows, width*s.bytes/4, s.name), NOSPLIT,
		"func(c, a, b, bias, r, next *float32, ldc, lda, ldr, k int, lo, hi float32)")
	sums := s.vectors(rows * width)
	bias := parameter("bias")
	for j := range width {
		VMOVUPS(Mem{Base: bias, Disp: j * s.bytes}, sums[j])
	}
	for i := width; i < len(sums); i++ {
		VMOVAPS(sums[i%width], sums[i])
	}
	a := newMatrix(parameter("a"), stride("lda"), rows)
	b, k, next := parameter("b"), parameter("k"), parameter("next")
	weights := s.vectors(width)
	factors := s.vectors(min(4, s.registers-len(sums)-width))
	SHRQ(Imm(2), k)
	loop, after, end := "inner", "clamp", 0
	Label(loop)
	if rows == 1 { // nothing is used twice: read ahead in the same panel
		for line := range 4 * width * s.bytes / 64 {
			PREFETCHT0(Mem{Base: b, Disp: readAhead + line*64})
		}
	} else {
		for line := range width {
			PREFETCHT1(Mem{Base: next, Disp: line * 64})
		}
		ADDQ(U32(64*width), next)
	}
	for step := range 4 {
		for j := range width {
			VMOVUPS(Mem{Base: b, Disp: (step*width + j) * s.bytes}, weights[j])
		}
		for row := range rows {
			f := factors[end%len(factors)]
			end++
			VBROADCASTSS(a.at(row, 4*step), f)
			for j := range width {
				VFMADD231PS(weights[j], f, sums[row*width+j])
			}
		}
	}
	ADDQ(I32(4*width*s.bytes), b)
	for _, p := range a.pointers {
		ADDQ(Imm(16), p)
	}
	DECQ(k)
	JNZ(LabelRef(loop))

	r := parameter("r")
	TESTQ(r, r)
	JZ(LabelRef(after))
	residual := newMatrix(r, stride("ldr"), rows)
	for row := range rows {
		for j := range width {
			VADDPS(residual.at(row, j*s.bytes), sums[row*width+j], sums[row*width+j])
		}
	}
	Label(after)
	c := newMatrix(parameter("c"), stride("ldc"), rows)
	lo, hi := s.broadcast("lo"), s.broadcast("hi")
	for row := range rows {
		for j := range width {
			s.clampAndStore(sums[row*width+j], lo, hi, c.at(row, j*s.bytes))
		}
	}
	VZEROUPPER()
	RET()
}

// readAhead is the distance in bytes at which a tile of one row prefetches.
const readAhead = 4096

func (s isa) clampAndStore(v, lo, hi reg.VecVirtual, to Mem) {
	VMAXPS(v, lo, v)
	VMINPS(v, hi, v)
	VMOVUPS(v, to)
}

const depthwiseSignature = "func(dst, r0, r1, r2, r3, r4, w, bias *float32, n, blocks, pixel, step, out int, lo, hi float32)"

// depthwiseAVX512 keeps the weights of a block of 16 channels in registers and walks along the output row. Every row of the
// window has a sum of its own, so that no addition waits for the one before it.
func depthwiseAVX512(size int) {
	s := avx512
	TEXT(fmt.Sprintf("depthwise%dAVX512", size), NOSPLIT, depthwiseSignature)
	weights, sums := s.vectors(size*size), s.vectors(size)
	w, bias := parameter("w"), parameter("bias")
	pixel, step, out := stride("pixel"), stride("step"), stride("out")
	columns := matrixColumns(pixel, size)
	offset := GP64() // of the block of channels, in bytes
	XORQ(offset, offset)

	Label("block")
	for i := range weights {
		VMOVUPS(Mem{Base: w, Disp: i * s.bytes}, weights[i])
	}
	ADDQ(I32(size*size*s.bytes), w)
	rows := make([]reg.Register, size)
	for k := range rows {
		rows[k] = parameter(fmt.Sprintf("r%d", k))
		ADDQ(offset, rows[k])
	}
	dst, n := parameter("dst"), parameter("n")
	ADDQ(offset, dst)
	var lo, hi reg.VecVirtual
	if size == 3 {
		lo, hi = s.broadcast("lo"), s.broadcast("hi")
	}

	Label("pixel")
	VMOVUPS(Mem{Base: bias, Index: offset, Scale: 1}, sums[0])
	for kx := range size {
		for ky := range size {
			from := columns(rows[ky], kx)
			if kx == 0 && ky > 0 {
				VMULPS(from, weights[ky*size], sums[ky])
			} else {
				VFMADD231PS(from, weights[ky*size+kx], sums[ky])
			}
		}
	}
	for _, r := range rows {
		ADDQ(step, r)
	}
	for i := 1; i < size; i++ {
		VADDPS(sums[i], sums[0], sums[0])
	}
	if size == 3 {
		s.clampAndStore(sums[0], lo, hi, Mem{Base: dst})
	} else { // the registers of other sums are free by now
		for i, name := range []string{"lo", "hi"} {
			a, _ := Param(name).Resolve()
			VBROADCASTSS(a.Addr, sums[1+i])
		}
		s.clampAndStore(sums[0], sums[1], sums[2], Mem{Base: dst})
	}
	ADDQ(out, dst)
	DECQ(n)
	JNZ(LabelRef("pixel"))

	ADDQ(Imm(64), offset)
	blocks, err := Param("blocks").Resolve()
	if err != nil {
		panic(err)
	}
	DECQ(blocks.Addr)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// matrixColumns addresses the columns of a window, pixel bytes apart.
func matrixColumns(pixel reg.Register, size int) func(row reg.Register, column int) Mem {
	var three reg.Register
	if size > 3 {
		three = GP64()
		LEAQ(Mem{Base: pixel, Index: pixel, Scale: 2}, three)
	}
	return func(row reg.Register, column int) Mem {
		switch column {
		case 0:
			return Mem{Base: row}
		case 3:
			return Mem{Base: row, Index: three, Scale: 1}
		}
		return Mem{Base: row, Index: pixel, Scale: uint8(column)}
	}
}

// depthwiseAVX2 has too few registers for the weights. It computes several pixels at once, so that a weight that was loaded
// serves them all, for 8 channels at a time.
func depthwiseAVX2(size int) {
	const together = 4
	s := avx2
	TEXT(fmt.Sprintf("depthwise%dAVX2", size), NOSPLIT, depthwiseSignature)
	w := parameter("w")
	pixel, step := stride("pixel"), stride("step")
	columns := matrixColumns(pixel, size)
	offset := GP64() // of the 8 channels, in bytes
	XORQ(offset, offset)
	lo, hi := s.broadcast("lo"), s.broadcast("hi")

	Label("block")
	dst, n, along := parameter("dst"), parameter("n"), GP64()
	ADDQ(offset, dst)
	MOVQ(offset, along) // offset of the channels and of the pixel
	pixels := func(label, next string, count int) {
		Label(label)
		CMPQ(n, Imm(uint64(count)))
		JL(LabelRef(next))
		bias := parameter("bias")
		sums := s.vectors(count)
		VMOVUPS(Mem{Base: bias, Index: offset, Scale: 1}, sums[0])
		for _, sum := range sums[1:] {
			VMOVAPS(sums[0], sum)
		}
		weight := s.vector()
		for ky := range size {
			at := []reg.Register{parameter(fmt.Sprintf("r%d", ky))}
			ADDQ(along, at[0])
			for p := 1; p < count; p++ {
				r := GP64()
				LEAQ(Mem{Base: at[p-1], Index: step, Scale: 1}, r)
				at = append(at, r)
			}
			for kx := range size {
				VMOVUPS(Mem{Base: w, Disp: (ky*size + kx) * 64}, weight)
				for p, sum := range sums {
					VFMADD231PS(columns(at[p], kx), weight, sum)
				}
			}
		}
		out := stride("out")
		for _, sum := range sums {
			s.clampAndStore(sum, lo, hi, Mem{Base: dst})
			ADDQ(out, dst)
			ADDQ(step, along)
		}
		SUBQ(Imm(uint64(count)), n)
		JMP(LabelRef(label))
	}
	pixels("several", "one", together)
	pixels("one", "next", 1)

	Label("next")
	// The second half of a block has its weights beside those of the first.
	ADDQ(Imm(32), w)
	ADDQ(Imm(32), offset)
	TESTQ(U32(32), offset)
	JNZ(LabelRef("block"))
	ADDQ(I32((size*size-1)*64), w)
	blocks, err := Param("blocks").Resolve()
	if err != nil {
		panic(err)
	}
	DECQ(blocks.Addr)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// mean writes the sum over rows, scaled, a block of channels at a time.
func mean(s isa) {
	TEXT("mean"+s.name, NOSPLIT, "func(dst, src *float32, n, blocks, ld int, scale float32)")
	dst, src, blocks, ld, scale := parameter("dst"), parameter("src"), parameter("blocks"), stride("ld"), s.broadcast("scale")
	sums := s.vectors(64 / s.bytes)
	Label("block")
	for _, sum := range sums {
		VXORPS(sum, sum, sum)
	}
	from, n := GP64(), parameter("n")
	MOVQ(src, from)
	Label("row")
	for i, sum := range sums {
		VADDPS(Mem{Base: from, Disp: i * s.bytes}, sum, sum)
	}
	ADDQ(ld, from)
	DECQ(n)
	JNZ(LabelRef("row"))
	for i, sum := range sums {
		VMULPS(scale, sum, sum)
		VMOVUPS(sum, Mem{Base: dst, Disp: i * s.bytes})
	}
	ADDQ(Imm(64), src)
	ADDQ(Imm(64), dst)
	DECQ(blocks)
	JNZ(LabelRef("block"))
	VZEROUPPER()
	RET()
}

// peak writes the loop that benchmarks hold the others against: multiply-adds and nothing else, 12 for each of n.
func peak(s isa) {
	TEXT("peak"+s.name, NOSPLIT, "func(n int)")
	n, sums, x := parameter("n"), s.vectors(12), s.vectors(2)
	for _, v := range append(sums, x...) {
		VXORPS(v, v, v)
	}
	Label("loop")
	for _, sum := range sums {
		VFMADD231PS(x[0], x[1], sum)
	}
	DECQ(n)
	JNZ(LabelRef("loop"))
	VZEROUPPER()
	RET()
}

package photo

// The inverse cosine transforms. A block of 8×8 coefficients can be turned into n×n pixels for any
// n, by taking its n×n lowest frequencies as those of an n-point transform: the result is the
// block at n/8 of its size, sharp and without aliasing, for a fraction of the work. In each
// direction
//
//	f(x) = F(0) + √2 Σ F(u) cos((2x+1)uπ/2n),   0 < u < n
//
// and both directions together are divided by 8 (T.81 §A.3.3). Each function takes coefficients in
// lines of n and writes n lines of n bytes. Numbers are fixed point: idctBits after the first
// direction, twice as many after the second.

const (
	idctBits = 12
	idctDown = 2*idctBits + 3
	// added to the coefficient that reaches every pixel, these round and shift by 128
	idctLevel = 1<<(idctDown-1) + 128<<idctDown
)

// √2 cos(kπ/2n) for n = 8 (and 4), 6 (and 3) and 5.
const (
	cos1, cos2, cos3, cos5, cos6, cos7 = 5681, 5352, 4816, 3218, 2217, 1130
	sixth1, sixth2, sixth4, sixth5     = 5595, 5017, 2896, 1499
	fifth1, fifth2, fifth3, fifth4     = 5509, 4686, 3405, 1790
	root2                              = 5793
)

// idct is a transform to n×n pixels.
type idct func(b *[65]int32, dst []byte, stride int)

// idcts by n.
var idcts = [9]idct{1: idct1, 2: idct2, 3: idct3, 4: idct4, 5: idct5, 6: idct6, 8: idct8}

func pixel(v int) byte { return byte(max(0, min(v>>idctDown, 255))) }

// fill writes a block that has no coefficient but the first.
func fill(dc int32, dst []byte, stride, n int) {
	v := byte(max(0, min((dc+4)>>3+128, 255)))
	for y := range n {
		line := dst[y*stride:][:n]
		for x := range line {
			line[x] = v
		}
	}
}

func idct1(b *[65]int32, dst []byte, _ int) { fill(b[0], dst, 0, 1) }

func idct2(b *[65]int32, dst []byte, stride int) {
	const level = 4 + 128<<3
	s0, d0 := b[0]+b[2]+level, b[0]-b[2]+level
	s1, d1 := b[1]+b[3], b[1]-b[3]
	top, bottom := dst[:2], dst[stride:][:2]
	top[0] = byte(max(0, min((s0+s1)>>3, 255)))
	top[1] = byte(max(0, min((s0-s1)>>3, 255)))
	bottom[0] = byte(max(0, min((d0+d1)>>3, 255)))
	bottom[1] = byte(max(0, min((d0-d1)>>3, 255)))
}

// three is the three-point transform of f0 and f1, f2 with sixth4 in f2 and sixth2 in f1.
func three(f0, f1, f2 int) (x0, x1, x2 int) { return f0 + f2 + f1, f0 - 2*f2, f0 + f2 - f1 }

func idct3(b *[65]int32, dst []byte, stride int) {
	var t [9]int
	for x := range 3 {
		t[x], t[3+x], t[6+x] = three(int(b[x])<<idctBits, int(b[3+x])*sixth2, int(b[6+x])*sixth4)
	}
	for y := range 3 {
		f := t[3*y:][:3]
		x0, x1, x2 := three(f[0]<<idctBits+idctLevel, f[1]*sixth2, f[2]*sixth4)
		line := dst[y*stride:][:3]
		line[0], line[1], line[2] = pixel(x0), pixel(x1), pixel(x2)
	}
}

// four is the four-point transform; f0 and f2 are already fixed point.
func four(f0, f1, f2, f3 int) (x0, x1, x2, x3 int) {
	a, b := f0+f2, f0-f2
	c, d := f1*cos2+f3*cos6, f1*cos6-f3*cos2
	return a + c, b + d, b - d, a - c
}

func idct4(b *[65]int32, dst []byte, stride int) {
	var t [16]int
	for x := range 4 {
		t[x], t[4+x], t[8+x], t[12+x] = four(int(b[x])<<idctBits, int(b[4+x]), int(b[8+x])<<idctBits, int(b[12+x]))
	}
	for y := range 4 {
		f := t[4*y:][:4]
		x0, x1, x2, x3 := four(f[0]<<idctBits+idctLevel, f[1], f[2]<<idctBits, f[3])
		line := dst[y*stride:][:4]
		line[0], line[1], line[2], line[3] = pixel(x0), pixel(x1), pixel(x2), pixel(x3)
	}
}

func five(f0, f1, f2, f3, f4 int) (x0, x1, x2, x3, x4 int) {
	e0, e1, e2 := f0+f2*fifth2+f4*fifth4, f0-f2*fifth4-f4*fifth2, f0+(f4-f2)*root2
	o0, o1 := f1*fifth1+f3*fifth3, f1*fifth3-f3*fifth1
	return e0 + o0, e1 + o1, e2, e1 - o1, e0 - o0
}

func idct5(b *[65]int32, dst []byte, stride int) {
	var t [25]int
	for x := range 5 {
		t[x], t[5+x], t[10+x], t[15+x], t[20+x] = five(
			int(b[x])<<idctBits, int(b[5+x]), int(b[10+x]), int(b[15+x]), int(b[20+x]))
	}
	for y := range 5 {
		f := t[5*y:][:5]
		x0, x1, x2, x3, x4 := five(f[0]<<idctBits+idctLevel, f[1], f[2], f[3], f[4])
		line := dst[y*stride:][:5]
		line[0], line[1], line[2], line[3], line[4] = pixel(x0), pixel(x1), pixel(x2), pixel(x3), pixel(x4)
	}
}

func six(f0, f1, f2, f3, f4, f5 int) (x0, x1, x2, x3, x4, x5 int) {
	e0, e1, e2 := three(f0, f2*sixth2, f4*sixth4)
	o0 := f1*sixth1 + f3<<idctBits + f5*sixth5
	o1 := (f1 - f3 - f5) << idctBits
	o2 := f1*sixth5 - f3<<idctBits + f5*sixth1
	return e0 + o0, e1 + o1, e2 + o2, e2 - o2, e1 - o1, e0 - o0
}

func idct6(b *[65]int32, dst []byte, stride int) {
	var t [36]int
	for x := range 6 {
		t[x], t[6+x], t[12+x], t[18+x], t[24+x], t[30+x] = six(
			int(b[x])<<idctBits, int(b[6+x]), int(b[12+x]), int(b[18+x]), int(b[24+x]), int(b[30+x]))
	}
	for y := range 6 {
		f := t[6*y:][:6]
		x0, x1, x2, x3, x4, x5 := six(f[0]<<idctBits+idctLevel, f[1], f[2], f[3], f[4], f[5])
		line := dst[y*stride:][:6]
		line[0], line[1], line[2] = pixel(x0), pixel(x1), pixel(x2)
		line[3], line[4], line[5] = pixel(x3), pixel(x4), pixel(x5)
	}
}

// odd is the half of the eight-point transform that changes sign in the middle.
func odd(f1, f3, f5, f7 int) (x0, x1, x2, x3 int) {
	return f1*cos1 + f3*cos3 + f5*cos5 + f7*cos7,
		f1*cos3 - f3*cos7 - f5*cos1 - f7*cos5,
		f1*cos5 - f3*cos1 + f5*cos7 + f7*cos3,
		f1*cos7 - f3*cos5 + f5*cos3 - f7*cos1
}

func idct8(b *[65]int32, dst []byte, stride int) {
	var t [64]int
	for x := range 8 {
		f1, f2, f3, f4, f5, f6, f7 := b[8+x], b[16+x], b[24+x], b[32+x], b[40+x], b[48+x], b[56+x]
		f0 := int(b[x]) << idctBits
		if f1|f2|f3|f4|f5|f6|f7 == 0 {
			for y := range 8 {
				t[8*y+x] = f0
			}
			continue
		}
		e0, e1, e2, e3 := four(f0, int(f2), int(f4)<<idctBits, int(f6))
		o0, o1, o2, o3 := odd(int(f1), int(f3), int(f5), int(f7))
		t[x], t[8+x], t[16+x], t[24+x] = e0+o0, e1+o1, e2+o2, e3+o3
		t[32+x], t[40+x], t[48+x], t[56+x] = e3-o3, e2-o2, e1-o1, e0-o0
	}
	for y := range 8 {
		f := t[8*y:][:8]
		e0, e1, e2, e3 := four(f[0]<<idctBits+idctLevel, f[2], f[4]<<idctBits, f[6])
		o0, o1, o2, o3 := odd(f[1], f[3], f[5], f[7])
		line := dst[y*stride:][:8]
		line[0], line[1], line[2], line[3] = pixel(e0+o0), pixel(e1+o1), pixel(e2+o2), pixel(e3+o3)
		line[4], line[5], line[6], line[7] = pixel(e3-o3), pixel(e2-o2), pixel(e1-o1), pixel(e0-o0)
	}
}

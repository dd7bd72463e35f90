package engine

import (
	"math"
	"unsafe"
)

// portableInt8 is the twin in Go of every kernel for bytes in assembly: the same arguments, the same answers.
var portableInt8 = &int8Set{
	limit: 127, panel: 1, rows: 4, lanes: block,
	tiles: [forms][3][]int8Tile{
		toBytes:  {1: {portableInt8Tile(toBytes, block)}},
		toQuads:  {1: {portableInt8Tile(toQuads, block)}},
		toFloats: {1: {portableInt8Tile(toFloats, block)}},
	},
	depthwise: map[[2]int]int8Depthwise{
		{3, 1}: portableInt8Depthwise(3, 1, block), {3, 2}: portableInt8Depthwise(3, 2, block),
		{5, 1}: portableInt8Depthwise(5, 1, block), {5, 2}: portableInt8Depthwise(5, 2, block),
	},
	quantize: portableQuantize,
}

// roundToByte rounds a number that is clamped to 0…255.
func roundToByte(f float32) byte { return byte(math.RoundToEven(float64(f))) }

// portableInt8Tile makes four rows of so many columns, at most two blocks.
func portableInt8Tile(to form, width int) int8Tile {
	return func(c, a *byte, b *int8, scale, bias *float32, r *byte, _ *int8, ldc, lda, ldr, k int, rscale, lo, hi float32) {
		A, B := unsafe.Slice(a, 3*lda+k), unsafe.Slice(b, k*width)
		S, T := unsafe.Slice(scale, width), unsafe.Slice(bias, width)
		for row := range 4 {
			var sums [2 * block]int32
			for i := 0; i < k; i += 4 {
				a := (*[4]byte)(A[row*lda+i:])
				a0, a1, a2, a3 := int32(a[0]), int32(a[1]), int32(a[2]), int32(a[3])
				w := B[i*width:][:4*width]
				for col := range sums[:width] {
					four := (*[4]int8)(w[4*col:])
					sums[col] += a0*int32(four[0]) + a1*int32(four[1]) + a2*int32(four[2]) + a3*int32(four[3])
				}
			}
			for col, sum := range sums[:width] {
				y := float32(float32(sum)*S[col]) + T[col]
				if r != nil {
					y += float32(float32(unsafe.Slice(r, 3*ldr+width)[row*ldr+col]) * rscale)
				}
				y = min(max(y, lo), hi)
				switch to {
				case toBytes:
					unsafe.Slice(c, 3*ldc+width)[row*ldc+col] = roundToByte(y)
				case toQuads:
					unsafe.Slice(c, 4*width)[4*col+row] = roundToByte(y)
				case toFloats:
					*(*float32)(unsafe.Add(unsafe.Pointer(c), row*ldc+4*col)) = y
				}
			}
		}
	}
}

func portableInt8Depthwise(size, step, lanes int) int8Depthwise {
	list, _ := tapsOf(size, step)
	return func(dst, r0, r1, r2, r3, r4 *byte, w *int8, scale, bias *float32, n, blocks, quad, out int, lo, hi float32) {
		channels := blocks * block
		D := unsafe.Slice(dst, (n-1)*out+channels)
		W := unsafe.Slice(w, channels*size*len(list)*4)
		S, T := unsafe.Slice(scale, channels), unsafe.Slice(bias, channels)
		rows := [5]*byte{r0, r1, r2, r3, r4}
		for x := range n {
			for channel := range channels {
				var sum int32
				for ky := range size {
					for i, t := range list {
						if t.output != x%4 {
							continue
						}
						at := (x/4*step+t.quad)*quad + 4*channel
						taps := W[((channel/lanes*size+ky)*len(list)+i)*4*lanes+channel%lanes*4:][:4]
						for j, v := range unsafe.Slice(rows[ky], at+4)[at:] {
							sum += int32(v) * int32(taps[j])
						}
					}
				}
				D[x*out+channel] = roundToByte(min(max(float32(float32(sum)*S[channel])+T[channel], lo), hi))
			}
		}
	}
}

func portableQuantize(dst *byte, src *float32, quads, blocks, ld, quad int, scale, zero float32) {
	channels := blocks * block
	D, S := unsafe.Slice(dst, (quads-1)*quad+4*channels), unsafe.Slice(src, (4*quads-1)*ld+channels)
	for x := range 4 * quads {
		for channel, v := range S[x*ld:][:channels] {
			D[x/4*quad+4*channel+x%4] = roundToByte(min(max(float32(v*scale)+zero, 0), 255))
		}
	}
}

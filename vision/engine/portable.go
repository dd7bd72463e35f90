package engine

import "unsafe"

// portable is the twin in Go of every kernel in assembly: the same arguments, the same answers within rounding.
var portable = &kernels{
	name: "portable", available: true, panel: 1, rows: 4,
	tiles: [3][]tileKernel{1: {
		portableTile(1), portableTile(2), portableTile(3), portableTile(4),
	}},
	depthwise: map[int]depthwiseKernel{3: portableDepthwise(3), 5: portableDepthwise(5)},
	mean:      portableMean,
	int8:      portableInt8,
	peak:      func(int) int { return 0 },
}

func portableTile(rows int) tileKernel {
	return func(c, a, b, bias, r, _ *float32, ldc, lda, ldr, k int, lo, hi float32) {
		C, A := unsafe.Slice(c, (rows-1)*ldc+block), unsafe.Slice(a, (rows-1)*lda+k)
		B := unsafe.Slice(b, k*block)
		for row := range rows {
			sum := *(*[block]float32)(unsafe.Slice(bias, block))
			b := B
			for _, x := range A[row*lda : row*lda+k] {
				w := (*[block]float32)(b)
				b = b[block:]
				for i := 0; i < block; i += 4 {
					sum[i] += x * w[i]
					sum[i+1] += x * w[i+1]
					sum[i+2] += x * w[i+2]
					sum[i+3] += x * w[i+3]
				}
			}
			if r != nil {
				for i, v := range unsafe.Slice(r, (rows-1)*ldr+block)[row*ldr:][:block] {
					sum[i] += v
				}
			}
			for i, v := range sum {
				C[row*ldc+i] = min(max(v, lo), hi)
			}
		}
	}
}

func portableDepthwise(size int) depthwiseKernel {
	return func(dst, r0, r1, r2, r3, r4, w, bias *float32, n, blocks, pixel, step, out int, lo, hi float32) {
		reach := (n-1)*step + (size-1)*pixel + blocks*block
		D := unsafe.Slice(dst, (n-1)*out+blocks*block)
		W, B := unsafe.Slice(w, blocks*size*size*block), unsafe.Slice(bias, blocks*block)
		rows := [5]*float32{r0, r1, r2, r3, r4}
		for x := range n {
			for b := range blocks {
				sum := *(*[block]float32)(B[b*block:])
				taps := W[b*size*size*block:]
				for _, r := range rows[:size] {
					R := unsafe.Slice(r, reach)[x*step+b*block:]
					for kx := range size {
						v, t := (*[block]float32)(R[kx*pixel:]), (*[block]float32)(taps)
						taps = taps[block:]
						for i := range sum {
							sum[i] += v[i] * t[i]
						}
					}
				}
				for i, v := range sum {
					D[x*out+b*block+i] = min(max(v, lo), hi)
				}
			}
		}
	}
}

func portableMean(dst, src *float32, n, blocks, ld int, scale float32) {
	D, S := unsafe.Slice(dst, blocks*block), unsafe.Slice(src, (n-1)*ld+blocks*block)
	clear(D)
	for i := range n {
		for j, v := range S[i*ld:][:len(D)] {
			D[j] += v
		}
	}
	for j := range D {
		D[j] *= scale
	}
}

package engine

import "github.com/klauspost/cpuid/v2"

// machineKernels lists the kernel sets for amd64, fastest first.
func machineKernels() []*kernels {
	return []*kernels{
		{
			name: "avx512", available: cpuid.CPU.Supports(cpuid.AVX512F, cpuid.AVX512DQ), panel: 2, rows: 14,
			tiles: [3][]tileKernel{
				1: {
					tile1x16AVX512, tile2x16AVX512, tile3x16AVX512, tile4x16AVX512, tile5x16AVX512, tile6x16AVX512, tile7x16AVX512,
					tile8x16AVX512, tile9x16AVX512, tile10x16AVX512, tile11x16AVX512, tile12x16AVX512, tile13x16AVX512, tile14x16AVX512,
				},
				2: {
					tile1x32AVX512, tile2x32AVX512, tile3x32AVX512, tile4x32AVX512, tile5x32AVX512, tile6x32AVX512, tile7x32AVX512,
					tile8x32AVX512, tile9x32AVX512, tile10x32AVX512, tile11x32AVX512, tile12x32AVX512, tile13x32AVX512, tile14x32AVX512,
				},
			},
			depthwise: map[int]depthwiseKernel{3: depthwise3AVX512, 5: depthwise5AVX512},
			mean:      meanAVX512,
			peak:      func(n int) int { peakAVX512(n); return n * 12 * 16 * 2 },
		},
		{
			name: "avx2", available: cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3), panel: 1, rows: 6,
			tiles: [3][]tileKernel{1: {
				tile1x16AVX2, tile2x16AVX2, tile3x16AVX2, tile4x16AVX2, tile5x16AVX2, tile6x16AVX2,
			}},
			depthwise: map[int]depthwiseKernel{3: depthwise3AVX2, 5: depthwise5AVX2},
			mean:      meanAVX2,
			peak:      func(n int) int { peakAVX2(n); return n * 12 * 8 * 2 },
		},
	}
}

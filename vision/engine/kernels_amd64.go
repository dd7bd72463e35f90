package engine

import "github.com/klauspost/cpuid/v2"

// machineKernels lists the kernel sets for amd64, fastest first.
func machineKernels() []*kernels {
	var vnni *int8Set // the first CPUs with AVX-512 had no instruction for it
	if cpuid.CPU.Supports(cpuid.AVX512BW, cpuid.AVX512VNNI) {
		vnni = int8VNNI
	}
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
			int8:      vnni,
			peak:      func(n int) int { peakAVX512(n); return n * 12 * 16 * 2 },
		},
		{
			name: "avx2", available: cpuid.CPU.Supports(cpuid.AVX2, cpuid.FMA3), panel: 1, rows: 6,
			tiles: [3][]tileKernel{1: {
				tile1x16AVX2, tile2x16AVX2, tile3x16AVX2, tile4x16AVX2, tile5x16AVX2, tile6x16AVX2,
			}},
			depthwise: map[int]depthwiseKernel{3: depthwise3AVX2, 5: depthwise5AVX2},
			mean:      meanAVX2,
			int8:      int8AVX2,
			peak:      func(n int) int { peakAVX2(n); return n * 12 * 8 * 2 },
		},
	}
}

// int8VNNI has an instruction that multiplies bytes and sums four products.
var int8VNNI = &int8Set{
	limit: 127, panel: 2, rows: 12, lanes: 16,
	tiles: [forms][3][]int8Tile{
		toBytes: {
			1: {tile4x16BytesAVX512, tile8x16BytesAVX512, tile12x16BytesAVX512},
			2: {tile4x32BytesAVX512, tile8x32BytesAVX512, tile12x32BytesAVX512},
		},
		toQuads: {
			1: {tile4x16QuadsAVX512, tile8x16QuadsAVX512, tile12x16QuadsAVX512},
			2: {tile4x32QuadsAVX512, tile8x32QuadsAVX512, tile12x32QuadsAVX512},
		},
		toFloats: {
			1: {tile4x16FloatsAVX512, tile8x16FloatsAVX512, tile12x16FloatsAVX512},
			2: {tile4x32FloatsAVX512, tile8x32FloatsAVX512, tile12x32FloatsAVX512},
		},
	},
	depthwise: map[[2]int]int8Depthwise{
		{3, 1}: depthwise3step1BytesAVX512, {3, 2}: depthwise3step2BytesAVX512,
		{5, 1}: depthwise5step1BytesAVX512, {5, 2}: depthwise5step2BytesAVX512,
	},
	quantize: quantizeAVX512,
}

// int8AVX2 sums products in pairs of 16 bits, so its weights have 7 bits.
var int8AVX2 = &int8Set{
	limit: 63, panel: 1, rows: 4, lanes: 8,
	tiles: [forms][3][]int8Tile{
		toBytes:  {1: {tile4x16BytesAVX2}},
		toQuads:  {1: {tile4x16QuadsAVX2}},
		toFloats: {1: {tile4x16FloatsAVX2}},
	},
	depthwise: map[[2]int]int8Depthwise{
		{3, 1}: depthwise3step1BytesAVX2, {3, 2}: depthwise3step2BytesAVX2,
		{5, 1}: depthwise5step1BytesAVX2, {5, 2}: depthwise5step2BytesAVX2,
	},
	quantize: quantizeAVX2,
}

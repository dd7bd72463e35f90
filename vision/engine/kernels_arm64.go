package engine

// machineKernels lists the kernel sets for arm64, which has NEON always.
func machineKernels() []*kernels {
	return []*kernels{{
		name: "neon", available: true, panel: 1, rows: 6,
		tiles: [3][]tileKernel{1: {
			tile1x16NEON, tile2x16NEON, tile3x16NEON, tile4x16NEON, tile5x16NEON, tile6x16NEON,
		}},
		depthwise: map[int]depthwiseKernel{3: depthwise3NEON, 5: depthwise5NEON},
		mean:      meanNEON,
		int8:      portableInt8,
		peak:      func(int) int { return 0 },
	}}
}

//go:build !amd64 && !arm64

package engine

// machineKernels lists no kernel sets: only the portable one runs here.
func machineKernels() []*kernels { return nil }

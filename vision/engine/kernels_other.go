//go:build !amd64

package engine

func machineKernels() []*kernels { return nil }

//go:build !unix

package photo

// reserve has no way of its own to get memory here; the heap's is used.
func reserve(int) (memory []byte, release func()) { return nil, func() {} }

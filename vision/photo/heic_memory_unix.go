//go:build unix

package photo

import "syscall"

// reserve asks the operating system, not Go's heap, for a decode's memory: pages that are not used
// cost nothing, growing copies nothing, and release gives everything back at once.
func reserve(size int) (memory []byte, release func()) {
	memory, err := syscall.Mmap(-1, 0, size, syscall.PROT_READ|syscall.PROT_WRITE, syscall.MAP_ANON|syscall.MAP_PRIVATE)
	if err != nil {
		return nil, func() {}
	}
	return memory, func() { _ = syscall.Munmap(memory) }
}

package vision

import (
	"os"
	"unsafe"

	"golang.org/x/sys/unix"
)

// release tells the system that the pages of an embedded file will not be read
// again soon. They are clean pages of the executable, so they come back from
// it if they are read after all; until then they count for nobody.
func release(embedded []byte) {
	page := os.Getpagesize()
	before := -int(uintptr(unsafe.Pointer(unsafe.SliceData(embedded)))) & (page - 1)
	whole := (len(embedded) - before) / page * page
	if whole > 0 {
		unix.Madvise(embedded[before:before+whole], unix.MADV_DONTNEED)
	}
}

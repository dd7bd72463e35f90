//go:build unix

package main

import (
	"fmt"
	"os"
	"path/filepath"

	"golang.org/x/sys/unix"
)

// leastSpace is what a zoo's database can grow into for a season.
const leastSpace = 1 << 30

// freeSpace tells how much room the file system of a folder has; the folder
// need not exist yet.
func freeSpace(folder string) (string, error) {
	at := folder
	for {
		if _, err := os.Stat(at); err == nil || at == filepath.Dir(at) {
			break
		}
		at = filepath.Dir(at)
	}
	var s unix.Statfs_t
	if err := unix.Statfs(at, &s); err != nil {
		return "", fmt.Errorf("look at %s: %w", at, err)
	}
	free := s.Bavail * uint64(s.Bsize)
	if free < leastSpace {
		return "", fmt.Errorf("only %d MB are free under %s; a gigabyte is wanted", free>>20, folder)
	}
	return fmt.Sprintf("%d GB free under %s", free>>30, folder), nil
}

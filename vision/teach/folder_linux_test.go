package teach_test

import (
	"bytes"
	"fmt"
	"os"
	"path/filepath"
	"runtime"
	"slices"
	"strings"
	"syscall"
	"testing"

	"github.com/zoodex/zoodex/vision/teach"
)

// asNobody runs do with the rights that an ordinary user has on files of others.
func asNobody(t *testing.T, do func()) {
	t.Helper()
	done := make(chan struct{})
	go func() {
		defer close(done)
		runtime.LockOSThread() // never unlocked: the thread ends with the goroutine
		if os.Getuid() == 0 {
			if err := syscall.Setfsuid(65534); err != nil {
				t.Error(err)
			}
		}
		do()
	}()
	<-done
}

func TestFoldersThatCannotBeReadAreListedAndTheOthersKept(t *testing.T) {
	files := zoo(4)
	files["striped/deeper/x.jpg"] = drawn("striped", 60)
	files["locked/a.jpg"] = drawn("spotted", 61)
	files["spotted/secret.jpg"] = drawn("spotted", 62)
	folder := folderOf(t, files)
	for path := folder; path != os.TempDir() && path != "/"; path = filepath.Dir(path) {
		if err := os.Chmod(path, 0o755); err != nil {
			t.Fatal(err)
		}
	}
	for path, mode := range map[string]os.FileMode{"locked": 0, "spotted/secret.jpg": 0, "striped": 0o755, "striped/deeper": 0o755, "ringed": 0o755, "spotted": 0o755} {
		if err := os.Chmod(filepath.Join(folder, path), mode); err != nil {
			t.Fatal(err)
		}
	}
	for path := range files {
		if path != "spotted/secret.jpg" {
			if err := os.Chmod(filepath.Join(folder, path), 0o644); err != nil {
				t.Fatal(err)
			}
		}
	}
	t.Cleanup(func() { os.Chmod(filepath.Join(folder, "locked"), 0o755) })
	asNobody(t, func() {
		l, err := teach.ReadFolder(folder)
		if err != nil {
			t.Error(err)
			return
		}
		var ids []string
		for _, p := range l.Photos {
			f, err := p.Open()
			if err != nil {
				ids = append(ids, p.ID)
				if !strings.Contains(err.Error(), "permission denied") {
					t.Errorf("%s: %v", p.ID, err)
				}
				continue
			}
			f.Close()
		}
		if want := []string{"locked", "spotted/secret.jpg"}; !slices.Equal(ids, want) || len(l.Photos) != 15 {
			t.Errorf("%d photos, cannot be read: %v", len(l.Photos), ids)
		}
	})
}

func TestOddFolderNames(t *testing.T) {
	files := map[string][]byte{}
	names := []string{"Grévy-Zebra", "a b  c", "100%", "..dots", "\x1b[31mred"}
	for k, name := range names {
		for i := range uint64(3) {
			files[name+"/"+string(rune('a'+i))+".jpg"] = drawn(kinds[k%3], uint64(k)*10+i)
		}
	}
	r := taught(t, files)
	var got []string
	for _, taught := range r.Head.Taught {
		got = append(got, taught.Key)
	}
	for _, name := range names {
		if hidden := strings.HasPrefix(name, "."); slices.Contains(got, name) == hidden {
			t.Errorf("taught: %q", got)
		}
	}
	if strings.ContainsRune(r.Report.Text(), '\x1b') {
		t.Error("a folder's name moves the cursor")
	}
	folder := folderOf(t, map[string][]byte{"g\xe4ms/a.jpg": drawn("ringed", 1), "ok/a.jpg": drawn("striped", 1)})
	if _, err := learnt(t, folder); err == nil || !strings.Contains(err.Error(), "cannot be the name of a species") {
		t.Errorf("%v", err)
	}
	long := folderOf(t, map[string][]byte{strings.Repeat("x", 240) + "/a.jpg": drawn("ringed", 1)})
	if _, err := learnt(t, long); err == nil || !strings.Contains(err.Error(), "cannot be the name of a species") {
		t.Errorf("%v", err)
	}
}

func TestHundredsOfCopiesCountAsOnePhoto(t *testing.T) {
	files := zoo(6)
	for i := range 300 {
		files[fmt.Sprintf("striped/copy-%03d.jpg", i)] = files["striped/a.jpg"]
	}
	r := taught(t, files)
	if s := r.Report.Species[2]; s.Files != 306 || s.Distinct != 6 || r.Report.Verdict != teach.Ready || len(r.Report.Noted) != 300 {
		t.Errorf("%+v, %d noted, %s", s, len(r.Report.Noted), r.Report.Sentence)
	}
}

func TestAPhotoOverTheLimitsIsListed(t *testing.T) {
	files := zoo(4)
	files["striped/huge.jpg"] = append(bytes.Clone(files["striped/a.jpg"]), make([]byte, 21<<20)...)
	for _, n := range taught(t, files).Report.Noted {
		if n.Photo == "striped/huge.jpg" && !n.Used && n.Notes[0].Kind == teach.Unreadable {
			return
		}
	}
	t.Error("it is not listed")
}

package database

import (
	"errors"
	"fmt"
	"io/fs"
	"os"
	osuser "os/user"
	"path/filepath"
	"strconv"
	"syscall"
)

// account is who runs Postgres: we ourselves, or under root somebody else.
type account struct {
	uid, gid int
	name     string
	other    bool // not us
	confined bool // cannot enter the data folder by itself
	cache    string
}

func (a account) String() string { return a.name }

// prepare makes the child's folders and says who it is. The owner of a database
// that exists already goes on owning it.
func prepare(folder, own string) (account, error) {
	a := account{uid: os.Geteuid(), gid: os.Getegid()}
	if a.uid == 0 {
		a = unprivileged(own)
	}
	if a.name == "" {
		a.name = "user " + strconv.Itoa(a.uid)
		if u, err := osuser.LookupId(strconv.Itoa(a.uid)); err == nil {
			a.name = u.Username
		}
	}

	if err := a.makeFolder(own, 0o700); err != nil {
		return a, fmt.Errorf("data folder: %w", err)
	}
	// Programs are shared by all data folders; where that cannot be, each has its own.
	a.cache = a.sharedCache()
	if a.cache == "" || a.makeFolder(a.cache, 0o755) != nil {
		a.cache = filepath.Join(own, "programs")
		if err := a.makeFolder(a.cache, 0o755); err != nil {
			return a, fmt.Errorf("data folder: %w", err)
		}
	}
	if a.other {
		if info, err := os.Stat(folder); err == nil && !a.mayEnter(info) {
			if err := os.Chmod(folder, info.Mode().Perm()|0o011); err != nil {
				return a, fmt.Errorf("let %s enter the data folder: %w", a, err)
			}
		}
		a.confined = !a.mayReach(own)
	}
	return a, nil
}

// unprivileged chooses whom root leaves the database to.
func unprivileged(own string) account {
	if info, err := os.Stat(filepath.Join(own, "data")); err == nil {
		if s, ok := info.Sys().(*syscall.Stat_t); ok && s.Uid != 0 {
			return account{uid: int(s.Uid), gid: int(s.Gid), other: true}
		}
	}
	for _, name := range []string{"postgres", "nobody"} {
		if u, err := osuser.Lookup(name); err == nil {
			uid, err1 := strconv.Atoi(u.Uid)
			gid, err2 := strconv.Atoi(u.Gid)
			if err1 == nil && err2 == nil && uid > 0 {
				return account{uid: uid, gid: gid, name: name, other: true}
			}
		}
	}
	return account{uid: 65534, gid: 65534, other: true} // an image without a list of users
}

func (a account) sharedCache() string {
	if a.other {
		return filepath.Join("/var/cache/zoodex", strconv.Itoa(a.uid))
	}
	if folder, err := os.UserCacheDir(); err == nil {
		return filepath.Join(folder, "zoodex")
	}
	return ""
}

func (a account) makeFolder(folder string, mode fs.FileMode) error {
	if err := os.MkdirAll(folder, mode); err != nil {
		return err
	}
	if !a.other {
		return nil
	}
	return errors.Join(os.Chmod(folder, mode), os.Lchown(folder, a.uid, a.gid))
}

// mayReach tells whether the account may pass through every folder above path.
func (a account) mayReach(path string) bool {
	path, err := filepath.EvalSymlinks(path)
	for err == nil && path != filepath.Dir(path) {
		path = filepath.Dir(path)
		var info fs.FileInfo
		if info, err = os.Stat(path); err == nil && !a.mayEnter(info) {
			return false
		}
	}
	return err == nil
}

func (a account) mayEnter(folder fs.FileInfo) bool {
	s, ok := folder.Sys().(*syscall.Stat_t)
	switch {
	case !ok:
		return false
	case int(s.Uid) == a.uid:
		return folder.Mode()&0o100 != 0
	case int(s.Gid) == a.gid:
		return folder.Mode()&0o010 != 0
	}
	return folder.Mode()&0o001 != 0
}

// process is how the child is started: in a session of its own, so that Ctrl-C in
// a terminal stops us first and the database after.
func (a account) process() *syscall.SysProcAttr {
	p := &syscall.SysProcAttr{Setsid: true}
	if a.other {
		p.Credential = &syscall.Credential{Uid: uint32(a.uid), Gid: uint32(a.gid)}
		if a.confined {
			letThrough(p)
		}
	}
	return p
}

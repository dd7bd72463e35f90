package office

import (
	"context"
	"crypto/rand"
	"errors"
	"fmt"
	"unicode/utf8"

	"github.com/alexedwards/argon2id"
	"github.com/ccojocar/zxcvbn-go"
)

// The lengths of passwords, in characters. A long one costs no more to keep,
// but to judge.
const (
	MinPassword = 12
	MaxPassword = 128
)

// What is wrong with a password that somebody chose.
var (
	ErrShort     = fmt.Errorf("a password must have at least %d characters", MinPassword)
	ErrLong      = fmt.Errorf("a password must have at most %d characters", MaxPassword)
	ErrGuessable = errors.New("the password is too easy to guess")
)

// params are OWASP's for argon2id: 19 MiB, two passes.
// https://cheatsheetseries.owasp.org/cheatsheets/Password_Storage_Cheat_Sheet.html
var params = &argon2id.Params{Memory: 19 << 10, Iterations: 2, Parallelism: 1, SaltLength: 16, KeyLength: 32}

// leastScore of zxcvbn's 0 to 4: what it takes not to be guessed online.
const leastScore = 3

// CheckPassword says what is wrong with a password, by its length and by lists
// of common passwords, names and words; nil if nothing is.
func CheckPassword(password, name string) error {
	switch n := utf8.RuneCountInString(password); {
	case n < MinPassword:
		return ErrShort
	case n > MaxPassword:
		return ErrLong
	}
	judged := password[:min(len(password), 64)] // the time it takes grows with the cube
	if zxcvbn.PasswordStrength(judged, []string{name, "zoodex"}).Score < leastScore {
		return ErrGuessable
	}
	return nil
}

// GeneratePassword makes a password that nobody guesses.
func GeneratePassword() string { return rand.Text()[:20] }

// hash gives a password as it is kept.
func (o *Office) hash(ctx context.Context, password string) (string, error) {
	if err := o.hashing.Acquire(ctx, 1); err != nil {
		return "", err
	}
	defer o.hashing.Release(1)
	return argon2id.CreateHash(password, params)
}

// matches tells whether a password is the one that was kept. Where none was
// kept it takes as long, so that names cannot be told by the time.
func (o *Office) matches(ctx context.Context, password, kept string) (bool, error) {
	if err := o.hashing.Acquire(ctx, 1); err != nil {
		return false, err
	}
	defer o.hashing.Release(1)
	if kept == "" {
		argon2id.CreateHash(password, params)
		return false, nil
	}
	return argon2id.ComparePasswordAndHash(password, kept)
}

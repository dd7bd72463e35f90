package office

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
)

// Secret is a session's or a script's token, or the end of a link. It has 256
// random bits, so that its plain SHA-256 cannot be searched.
type Secret string

// scriptPrefix lets scanners of repositories find a token that was left there.
const scriptPrefix = "zoodex_staff_"

func newSecret(prefix string) Secret {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	return Secret(prefix + base64.RawURLEncoding.EncodeToString(b[:]))
}

func (s Secret) hash() []byte {
	sum := sha256.Sum256([]byte(s))
	return sum[:]
}

// String keeps secrets out of logs.
func (s Secret) String() string { return fmt.Sprintf("secret(%d)", len(s)) }

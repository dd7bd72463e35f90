package game

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/base64"
	"fmt"
	"time"
)

// Visitor is all we know about somebody: nothing that leads back to a person.
type Visitor struct {
	ID       VisitorID
	Nickname string
	Since    time.Time
	Points   int
	Listed   bool // said yes to standing on the leaderboards
}

// Token is the secret by which a phone shows that it belongs to a visitor:
// 256 random bits. The store keeps only its hash.
type Token string

// NewToken makes a token from the system's randomness.
func NewToken() Token {
	var b [32]byte
	rand.Read(b[:]) // never fails (crypto/rand, since Go 1.24)
	return Token(base64.RawURLEncoding.EncodeToString(b[:]))
}

// Hash is what is stored of a token. A token has 256 bits of entropy, so a
// plain SHA-256 cannot be searched.
func (t Token) Hash() [32]byte { return sha256.Sum256([]byte(t)) }

// String keeps tokens out of logs.
func (t Token) String() string { return fmt.Sprintf("token(%d)", len(t)) }

package game

import (
	"crypto/rand"
	"crypto/sha256"
	"encoding/binary"
	"errors"
	"strings"
	"unicode"
)

// PassCode lets another phone join a visitor, so that nobody loses a
// collection with a phone. It is six words of four letters, "bamo-lire-…",
// made of syllables that English, German and French readers spell alike. Each
// word holds ten bits: 54 random ones, then 6 of a checksum that catches a
// misread word without asking the database. The store keeps only its hash.
type PassCode string

const (
	passWords    = 6
	checksumBits = 6
	firstLetters = "bdfglmrw"
	thirdLetters = "blmnrsvz"
	vowels       = "aeio"
)

// ErrPassCode is the answer to a code that no visitor can have.
var ErrPassCode = errors.New("this is not a pass code: it has six words of four letters, like on the card")

// NewPassCode makes a code from the system's randomness.
func NewPassCode() PassCode {
	var b [8]byte
	rand.Read(b[:])
	return spell(binary.BigEndian.Uint64(b[:]) >> (64 - passWords*10 + checksumBits))
}

// ParsePassCode reads a code as people type it: any case, any separators.
func ParsePassCode(s string) (PassCode, error) {
	letters := strings.Map(func(r rune) rune {
		if !unicode.IsLetter(r) {
			return -1
		}
		return unicode.ToLower(r)
	}, s)
	if len(letters) != 4*passWords {
		return "", ErrPassCode
	}
	var bits uint64
	for i := 0; i < len(letters); i += 2 {
		consonants := firstLetters
		if i%4 == 2 {
			consonants = thirdLetters
		}
		c, v := strings.IndexByte(consonants, letters[i]), strings.IndexByte(vowels, letters[i+1])
		if c < 0 || v < 0 {
			return "", ErrPassCode
		}
		bits = bits<<5 | uint64(c<<2|v)
	}
	code := spell(bits >> checksumBits)
	if strings.ReplaceAll(string(code), "-", "") != letters {
		return "", ErrPassCode
	}
	return code, nil
}

// spell appends the checksum to 54 bits and writes them as words.
func spell(secret uint64) PassCode {
	sum := sha256.Sum256(binary.BigEndian.AppendUint64(nil, secret))
	bits := secret<<checksumBits | uint64(sum[0]>>(8-checksumBits))
	var b strings.Builder
	for i := passWords*2 - 1; i >= 0; i-- {
		syllable := bits >> (5 * i) & 31
		consonants := thirdLetters
		if i%2 == 1 {
			consonants = firstLetters
			if b.Len() > 0 {
				b.WriteByte('-')
			}
		}
		b.WriteByte(consonants[syllable>>2])
		b.WriteByte(vowels[syllable&3])
	}
	return PassCode(b.String())
}

// Hash is what is stored of a code. Guessing is bounded by the rate at which
// the service answers, not by the hash.
func (c PassCode) Hash() [32]byte { return sha256.Sum256([]byte(c)) }

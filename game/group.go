package game

import (
	"crypto/rand"
	"errors"
	"strings"
	"time"
)

// GroupKind is what sort of group visitors form to collect together.
type GroupKind string

// The kinds of groups of visitors.
const (
	FamilyGroup GroupKind = "family"
	ClassGroup  GroupKind = "class"
)

// GroupKinds lists them.
var GroupKinds = []GroupKind{FamilyGroup, ClassGroup}

// GroupRules bound groups of visitors.
type GroupRules struct {
	Members  map[GroupKind]int `yaml:"members"`  // at most, the owner included
	Joined   int               `yaml:"joined"`   // groups that one visitor may belong to
	CodeDays int               `yaml:"codeDays"` // days for which a code lets others join
}

// The ways in which somebody cannot join a group.
var (
	ErrGroupKind     = errors.New("there is no such kind of group: family and class are known")
	ErrGroupFull     = errors.New("this group is full")
	ErrGroupMember   = errors.New("you are in this group already")
	ErrTooManyGroups = errors.New("you are in as many groups as possible")
	ErrGroupCode     = errors.New("this is not the code of a group: it has six letters")
	ErrCodeExpired   = errors.New("this code has expired: ask for a new one")
)

// Joining is what somebody finds who wants to join a group.
type Joining struct {
	Kind    GroupKind
	Members int       // now
	Member  bool      // whether the visitor is one
	Joined  int       // groups the visitor belongs to
	CodeAt  time.Time // when the code was made
}

// MayFound tells whether a visitor who belongs to so many groups may found one.
func (r GroupRules) MayFound(kind GroupKind, joined int) error {
	switch {
	case r.Members[kind] == 0:
		return ErrGroupKind
	case joined >= r.Joined:
		return ErrTooManyGroups
	}
	return nil
}

// MayJoin tells whether a visitor with the right code may join.
func (r GroupRules) MayJoin(j Joining, now time.Time) error {
	switch {
	case !now.Before(r.CodeEnds(j.CodeAt)):
		return ErrCodeExpired
	case j.Member:
		return ErrGroupMember
	case j.Members >= r.Members[j.Kind]:
		return ErrGroupFull
	case j.Joined >= r.Joined:
		return ErrTooManyGroups
	}
	return nil
}

// CodeEnds is when a code made at a time lets nobody in any more.
func (r GroupRules) CodeEnds(made time.Time) time.Time {
	return made.Add(time.Duration(r.CodeDays) * 24 * time.Hour)
}

// GroupCode lets visitors join a group: six letters, 24 million codes. There
// are no vowels among them, so that they spell no words, and none of the
// letters that are taken for another (I, L; O, Q, G; U, V, Y).
type GroupCode string

const (
	codeLetters = "BCDFHJKMNPRSTVWXZ"
	codeLength  = 6
)

// NewGroupCode makes a code from the system's randomness.
func NewGroupCode() GroupCode {
	const fair = 256 - 256%len(codeLetters) // bytes from here on would prefer the first letters
	code := make([]byte, 0, codeLength)
	for len(code) < codeLength {
		var b [1]byte
		rand.Read(b[:])
		if int(b[0]) < fair {
			code = append(code, codeLetters[int(b[0])%len(codeLetters)])
		}
	}
	return GroupCode(code)
}

// ParseGroupCode reads a code as people type it: any case, with spaces or
// hyphens, and with digits for the letters that look like them.
func ParseGroupCode(s string) (GroupCode, error) {
	if len(s) > 4*codeLength {
		return "", ErrGroupCode
	}
	code := strings.NewReplacer(" ", "", "-", "", "2", "Z", "5", "S", "8", "B").Replace(strings.ToUpper(s))
	if len(code) != codeLength || strings.Trim(code, codeLetters) != "" {
		return "", ErrGroupCode
	}
	return GroupCode(code), nil
}

// Together is what the members of a group have seen in a span of time: the
// collection is the union of theirs, and each animal in it scores once, as a
// first catch does, for whoever saw it first. So a large group has no more to
// win than a small one, and seen animals can be seen again in the next period.
func (r *Referee) Together(id string, span Span, members ...State) (map[SpeciesID]Sighted, Score) {
	union := map[SpeciesID]Sighted{}
	days := map[SpeciesID]map[Date]bool{}
	for _, m := range members {
		for _, ruling := range m.Rulings {
			if !ruling.Counts() || !span.Contains(ruling.At) {
				continue
			}
			s, seen := union[ruling.Species]
			if !seen {
				days[ruling.Species] = map[Date]bool{}
			}
			if !seen || ruling.At.Before(s.First) {
				s.First = ruling.At
			}
			s.Times++
			days[ruling.Species][DateOf(ruling.At, r.zone)] = true
			s.Visits = len(days[ruling.Species])
			union[ruling.Species] = s
		}
	}
	score := Score{ID: id}
	for species, s := range union {
		if i, ok := r.byID[species]; ok {
			score.add(r.rules.Points.Catch[r.zoo[i].Rarity], s.First)
		}
	}
	return union, score
}

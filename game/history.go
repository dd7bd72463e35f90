package game

import (
	"cmp"
	"errors"
	"slices"
	"time"
)

// Taken is a capture as the rules see it: when it was taken, what recognition
// made of it, and what people have said of it since. What a visitor has earned
// follows from their Takens alone, whatever the order in which they arrived.
type Taken struct {
	ID      CaptureID
	At      time.Time
	Verdict Verdict
	Species SpeciesID // what recognition was certain of
	Marks
}

// Marks are what a capture did not have from recognition.
type Marks struct {
	Said      *SpeciesID // the visitor says it shows this species, or none of ours ("")
	Copied    bool       // when it was recorded, the same picture was there already
	Outside   bool       // the phone says that it was not in the zoo
	Withdrawn bool       // staff say it does not count
	Pardoned  bool       // staff say it counts, whatever fair play says
	Answer    *Answer    // to the question that followed the catch
}

// Answer is what a visitor answered to the question after a catch. There is
// one for a capture: the first.
type Answer struct {
	Right bool
	At    time.Time
}

// species is what the capture shows, "" for none of ours.
func (t Taken) species() SpeciesID {
	if t.Said != nil {
		return *t.Said
	}
	if t.Verdict == Certain {
		return t.Species
	}
	return ""
}

// CorrectionKind is one of the ways to put a capture right.
type CorrectionKind string

// Visitors say and unsay; staff do the rest. Each kind has the one that takes
// it back, and a correction made twice is made once.
const (
	Say      CorrectionKind = "say"      // the visitor saw another species, or none
	Unsay    CorrectionKind = "unsay"    // recognition was right after all
	Withdraw CorrectionKind = "withdraw" // does not count
	Restore  CorrectionKind = "restore"
	Pardon   CorrectionKind = "pardon" // fair play was wrong
	Unpardon CorrectionKind = "unpardon"
)

// Correction is something said about a capture after it was answered.
type Correction struct {
	Kind    CorrectionKind
	Species SpeciesID // Say: what the visitor saw, "" for none of the candidates
}

// Correct gives the marks as they are after a correction. Answers stay: what
// a visitor knew does not change with the photo.
func (m Marks) Correct(c Correction) Marks {
	switch c.Kind {
	case Say:
		m.Said = &c.Species
	case Unsay:
		m.Said = nil
	case Withdraw, Restore:
		m.Withdrawn = c.Kind == Withdraw
	case Pardon, Unpardon:
		m.Pardoned = c.Kind == Pardon
	}
	return m
}

// ErrNotOffered is the answer to a visitor who says they saw an animal that
// recognition did not take into consideration.
var ErrNotOffered = errors.New("this animal was not among the candidates")

// MaySay tells whether the visitor may say that the capture shows the species.
// None ("") and what recognition said are always possible, another species
// only if it was a candidate of some likelihood, so that a photo of a hen does
// not become the last panda.
func (f FairPlay) MaySay(c Capture, species SpeciesID) error {
	if species == "" || species == c.Species && c.Verdict == Certain {
		return nil
	}
	if c.Verdict == Certain || c.Verdict == Undecided {
		for _, candidate := range c.Candidates {
			if candidate.Species == species && candidate.Confidence >= f.Candidate {
				return nil
			}
		}
	}
	return ErrNotOffered
}

// chronological gives the history in the order in which it was taken, each
// capture once, with times as exact as the database keeps them.
func chronological(history []Taken) []Taken {
	h := slices.Clone(history)
	for i := range h {
		h[i].At = instant(h[i].At)
	}
	slices.SortFunc(h, func(a, b Taken) int { return cmp.Or(a.At.Compare(b.At), cmp.Compare(a.ID, b.ID)) })
	return slices.CompactFunc(h, func(a, b Taken) bool { return a.ID == b.ID })
}

func instant(t time.Time) time.Time { return t.UTC().Truncate(time.Microsecond) }

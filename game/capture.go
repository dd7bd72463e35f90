package game

import "time"

// VisitorID identifies a visitor: a phone's owner, of whom nothing is known
// but a generated nickname and what was caught.
type VisitorID string

// CaptureID is the id a phone made for one of its captures. It is unique for
// one visitor; another visitor may use the same id without either noticing.
type CaptureID string

// Verdict is how sure recognition is, in the words of package vision.
type Verdict string

// The verdicts of recognition.
const (
	Certain   Verdict = "certain"
	Undecided Verdict = "unsure"
	NoAnimal  Verdict = "nothing"
	NotOurs   Verdict = "stranger"
)

// Outcome is what a capture meant for the visitor who made it.
type Outcome string

// The outcomes of a capture.
const (
	Caught   Outcome = "caught"   // first capture of this species
	Seen     Outcome = "seen"     // certain, and caught before
	Unsure   Outcome = "unsure"   // an animal, but which?
	Nothing  Outcome = "nothing"  // no animal in the picture
	Stranger Outcome = "stranger" // an animal that does not live here
	Void     Outcome = "void"     // kept, but does not count; see VoidReason
)

// Judge turns a verdict into an outcome for a visitor who has or has not
// caught the species before.
func Judge(v Verdict, caughtBefore bool) Outcome {
	switch v {
	case Certain:
		if caughtBefore {
			return Seen
		}
		return Caught
	case NotOurs:
		return Stranger
	case NoAnimal:
		return Nothing
	default:
		return Unsure
	}
}

// Candidate is a species that a photo might show.
type Candidate struct {
	Species    SpeciesID `json:"species"`
	Confidence float64   `json:"confidence"` // 0 to 1
}

// Box is the part of a photo that recognition attended to, in pixels of the
// upright photo.
type Box struct {
	X      int `json:"x" doc:"Left edge, in pixels of the upright photo"`
	Y      int `json:"y" doc:"Top edge"`
	Width  int `json:"width"`
	Height int `json:"height"`
}

// Reason says in one line why recognition decided as it did: a code from
// package vision and the values its sentence needs.
type Reason struct {
	Code   string            `json:"code"`
	Values map[string]string `json:"values,omitempty"`
}

// Recognised is what recognition made of a photo. Nothing of the photo itself
// is in it but two hashes.
type Recognised struct {
	Verdict    Verdict
	Species    SpeciesID // set when Certain
	Confidence float64   // of the verdict, 0 to 1
	Candidates []Candidate
	Group      string // Undecided: the lowest group that all candidates share
	Stranger   string // NotOurs: WordNet id of the animal it looks like
	Box        *Box
	Why        Reason
	Model      string // network that decided
	Head       int64  // version of the head that had a say; 0: none
}

// Capture is one photo a visitor took, as it was answered.
type Capture struct {
	ID       CaptureID
	Visitor  VisitorID
	At       time.Time // when the shutter was pressed
	PhotoSum [32]byte  // SHA-256 of the photo's bytes: the same photo is a retry
	PhotoSig uint64    // perceptual hash
	// PhotoFlip is the perceptual hash of the photo flipped left to right; 0 if
	// it is not known.
	PhotoFlip uint64
	Outside   bool // the phone says that it was not in the zoo
	Recognised
	Outcome  Outcome
	Earned   int      // points this capture earned
	Progress Progress // as it stood when the capture was recorded
}

// Progress is how far a visitor has come.
type Progress struct {
	Caught int `json:"caught" doc:"Species caught so far"`
	Total  int `json:"total" doc:"Species that can be caught, or were"`
	Points int `json:"points"`
}

// A capture made offline may be sent later; these bounds keep it honest.
const (
	// MaxAge is how old a capture may be when it arrives.
	MaxAge = 7 * 24 * time.Hour
	// MaxSkew is how far a phone's clock may run ahead of ours.
	MaxSkew = 2 * time.Minute
)

// Timely tells whether a capture taken at the given time may be recorded now.
func Timely(at, now time.Time) bool {
	return !at.After(now.Add(MaxSkew)) && !at.Before(now.Add(-MaxAge))
}

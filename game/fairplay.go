package game

import (
	"fmt"
	"math/bits"
	"time"
)

// VoidReason is why a capture that shows an animal is kept but earns nothing.
type VoidReason string

// The reasons, each with a kind sentence of its own in the front ends.
const (
	Withdrawn VoidReason = "withdrawn" // staff took it back
	Copied    VoidReason = "copied"    // the picture was captured before, by anybody
	Closed    VoidReason = "closed"    // the zoo was closed
	Outside   VoidReason = "outside"   // the phone was not in the zoo
	TooFast   VoidReason = "too-fast"  // more new animals than a child can walk to
)

// FairPlay is what nobody can do honestly. Copies are judged when a capture is
// recorded, since they depend on what others captured before; everything else
// follows from the visitor's own history and is judged by [Referee.Replay].
type FairPlay struct {
	Copies    int     `yaml:"copies"`    // bits of 64 by which two hashes of one picture differ at most, 0 to MaxCopies
	Candidate float64 `yaml:"candidate"` // confidence that a candidate needs for a visitor to choose it
	Rates     []Rate  `yaml:"rates"`
	Hours     []Hours `yaml:"hours"` // empty: never closed
	Area      *Area   `yaml:"area"`  // of the zoo; nil: anywhere
}

// Rate bounds how many captures may earn something for the animal they show
// (a first catch, or a species seen again on a new visit) in a stretch of time.
type Rate struct {
	Captures int           `yaml:"captures"`
	Within   time.Duration `yaml:"within"`
}

// memory is how many of the latest captures the rates look back on.
func (f FairPlay) memory() int {
	n := 0
	for _, r := range f.Rates {
		n = max(n, r.Captures)
	}
	return n
}

// Hours says when the zoo is open from a day on, or from one day to another. Of
// several that fit a day the one with the latest From holds, and among those the
// last; so old captures are judged by the hours of their time.
type Hours struct {
	From  Date     `yaml:"from"`
	Until Date     `yaml:"until" json:",omitzero"` // last day; none: for good
	Days  []string `yaml:"days"`                   // "monday" …; empty: all
	Open  string   `yaml:"open"`                   // "09:00-18:30"; "" is closed
}

// MaxHours is how many hours there can be, and MaxSeasons how many seasons.
const (
	MaxHours   = 100
	MaxSeasons = 100
)

// Area is a circle around the zoo. Phones that may know where they are compare
// that with it themselves, and tell with a photo whether they were outside: no
// position ever leaves them. Who does not tell is believed to be inside.
type Area struct {
	Latitude  float64 `yaml:"latitude" json:"latitude" minimum:"-90" maximum:"90" example:"52.508" doc:"Of the middle, in degrees north (WGS 84)"`
	Longitude float64 `yaml:"longitude" json:"longitude" minimum:"-180" maximum:"180" example:"13.338" doc:"In degrees east"`
	Meters    int     `yaml:"meters" json:"meters" minimum:"50" example:"600" doc:"From the middle to the edge"`
}

// MaxCopies is the largest distance at which [Bands] still find every copy.
const MaxCopies = bands - 1

// Print is a photo's perceptual hash, and that of the photo flipped left to
// right.
type Print struct {
	Upright, Mirrored uint64
}

// Same tells whether two photos are the same picture, be it re-encoded,
// slightly cropped or flipped.
func (f FairPlay) Same(a, b Print) bool {
	return bits.OnesCount64(a.Upright^b.Upright) <= f.Copies ||
		bits.OnesCount64(a.Mirrored^b.Upright) <= f.Copies ||
		bits.OnesCount64(a.Upright^b.Mirrored) <= f.Copies
}

// Shot is a photo somebody took, as far as copies are concerned.
type Shot struct {
	Visitor VisitorID
	At      time.Time
	Species SpeciesID // what recognition was certain of, whatever was said since
	Print   Print
}

// Copy tells whether a photo that comes in copies an earlier one, of anybody.
// Only photos that were recognised can be copied: who tries again because the
// first photo was unsure is no cheat. Neither is who takes two photos alike on
// one visit, which earns nothing anyway.
func (f FairPlay) Copy(mine, earlier Shot, zone *time.Location) bool {
	again := mine.Visitor == earlier.Visitor && DateOf(mine.At, zone) == DateOf(earlier.At, zone)
	return earlier.Species != "" && !again && f.Same(mine.Print, earlier.Print)
}

// bands is into how many pieces a hash is cut, so that an index can find copies
// among millions: of two hashes that differ in fewer bits than there are bands,
// one band at least is the same.
const bands = 6

// Bands gives the keys under which a hash is stored, and its copies are found:
// every hash up to MaxCopies bits away has one of them too. A band has 11 or 10
// bits, and its number above bit 16.
func Bands(hash uint64) [bands]int32 {
	var keys [bands]int32
	for i := range keys {
		first, next := (64*i+bands-1)/bands, (64*(i+1)+bands-1)/bands
		keys[i] = int32(i<<16) | int32(hash>>first&(1<<(next-first)-1))
	}
	return keys
}

// opening is Hours, read.
type opening struct {
	from, until Date
	days        [7]bool
	open        *Awake
}

func (f FairPlay) openings() ([]opening, error) {
	openings := make([]opening, len(f.Hours))
	for i, h := range f.Hours {
		o := &openings[i]
		o.from, o.until = h.From, h.Until
		for d := range o.days {
			o.days[d] = len(h.Days) == 0
		}
		for _, name := range h.Days {
			day, err := parseWeekday(name)
			if err != nil {
				return nil, err
			}
			o.days[day] = true
		}
		if h.Open != "" {
			span, err := ParseAwake(h.Open)
			if err != nil {
				return nil, err
			}
			o.open = &span
		}
	}
	return openings, nil
}

// Open tells when the zoo is open on a day; false if it is closed.
func (f FairPlay) Open(day Date) (Awake, bool, error) {
	openings, err := f.openings()
	if err != nil {
		return Awake{}, false, fmt.Errorf("opening hours: %w", err)
	}
	switch rule := openingOn(openings, day); {
	case rule < 0:
		return Awake{0, 24 * 60}, true, nil
	case openings[rule].open == nil:
		return Awake{}, false, nil
	default:
		return *openings[rule].open, true, nil
	}
}

// HoursFrom gives the hours that hold on one of so many days from a day on.
func (f FairPlay) HoursFrom(day Date, days int) ([]Hours, error) {
	openings, err := f.openings()
	if err != nil {
		return nil, fmt.Errorf("opening hours: %w", err)
	}
	holds := make([]bool, len(openings))
	for i := range days {
		if rule := openingOn(openings, day.Plus(i)); rule >= 0 {
			holds[rule] = true
		}
	}
	var all []Hours
	for i, h := range f.Hours {
		if holds[i] {
			all = append(all, h)
		}
	}
	return all, nil
}

// openingOn finds what holds on a day; -1 if nothing does.
func openingOn(openings []opening, day Date) int {
	rule := -1
	for i := range openings {
		o := &openings[i]
		fits := o.days[day.Weekday()] && o.from.Compare(day) <= 0 && (o.until.IsZero() || day.Compare(o.until) <= 0)
		if fits && (rule < 0 || openings[rule].from.Compare(o.from) <= 0) {
			rule = i
		}
	}
	return rule
}

// isOpen tells whether the zoo was open at a local time of a day.
func isOpen(openings []opening, day Date, local time.Time) bool {
	rule := openingOn(openings, day)
	return rule < 0 || openings[rule].open != nil && openings[rule].open.Contains(local)
}

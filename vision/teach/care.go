package teach

import (
	"crypto/sha256"
	"fmt"
	"math"
	"slices"

	"github.com/zoodex/zoodex/vision/photo"
)

// A Note is something about a photo that a person should look at.
type Note struct {
	Kind   NoteKind `json:"kind"`
	Detail string   `json:"detail"`           // a sentence
	Others []string `json:"others,omitempty"` // IDs of photos it is about, too
}

// NoteKind says what a note is about. The list is closed.
type NoteKind string

const (
	Unreadable NoteKind = "unreadable" // left out: no photo, broken, too big
	Copy       NoteKind = "copy"       // the same file as another; together they count as one photo
	Alike      NoteKind = "alike"      // nearly the same picture as another; likewise
	Contested  NoteKind = "contested"  // a copy of it, or nearly so, is with another species
	Tiny       NoteKind = "tiny"       // has few pixels
	Blurred    NoteKind = "blurred"
	Flat       NoteKind = "flat" // shows next to nothing: black, white, fog
	Odd        NoteKind = "odd"  // looks unlike the others of its species
)

// What care takes for tiny, blurred and flat; see README.md for how many real photos that is.
const (
	tinySide      = 100   // pixels of the short side; the network looks at 260
	leastSharp    = 0.035 // see sharpness
	leastContrast = 0.06
	alikeBits     = 6    // of 64 that the hashes of nearly the same pictures differ in at most
	oddDeviations = 4    // from the middle of the species' products with its prototype, in standard deviations
	oddLeast      = 0.03 // which are taken to be at least so much
)

// tend notes what is wrong with single photos, and puts together what shows the same picture:
// groups gives each usable photo a number that it shares with its copies.
func tend(photos []*Photo) (groups []int) {
	groups = make([]int, len(photos))
	for i, p := range photos {
		groups[i] = i
		s := p.Study
		switch {
		case s == nil:
			continue
		case s.Contrast < leastContrast:
			p.note(Flat, "it shows next to nothing")
		case min(s.Bounds.X, s.Bounds.Y) < tinySide:
			p.note(Tiny, fmt.Sprintf("it has only %d × %d pixels", s.Bounds.X, s.Bounds.Y))
		case s.Sharpness < leastSharp:
			p.note(Blurred, "it is blurred")
		}
	}
	root := func(i int) int {
		for groups[i] != i {
			groups[i] = groups[groups[i]]
			i = groups[i]
		}
		return i
	}
	same := make(map[int][]int) // of a photo, the earlier ones that it is a copy of
	link := func(i, j int) {
		same[i] = append(same[i], j)
		a, b := root(i), root(j)
		groups[max(a, b)] = min(a, b)
	}
	first := make(map[[sha256.Size]byte]int) // by checksum; the others are copies of it and need no comparing
	var different []int
	for i, p := range photos {
		if p.Study == nil {
			continue
		}
		if p.Sum != ([sha256.Size]byte{}) {
			if j, ok := first[p.Sum]; ok {
				link(i, j)
				continue
			}
			first[p.Sum] = i
		}
		for _, j := range different {
			if alike(p, photos[j]) {
				link(i, j)
			}
		}
		different = append(different, i)
	}
	for i, p := range photos {
		groups[i] = root(i)
		var copies, alike, contested []string
		where := ""
		for _, j := range same[i] {
			q := photos[j]
			switch {
			case q.Species != p.Species:
				contested, where = append(contested, q.ID), q.Species
			case q.Sum == p.Sum:
				copies = append(copies, q.ID)
			default:
				alike = append(alike, q.ID)
			}
		}
		if len(contested) > 0 {
			p.note(Contested, fmt.Sprintf("nearly the same picture is also with %s", where), contested...)
		}
		if len(copies) > 0 {
			p.note(Copy, "the same file is there twice", copies...)
		} else if len(alike) > 0 {
			p.note(Alike, "nearly the same picture is there twice", alike...)
		}
	}
	return groups
}

// alike tells whether two files show nearly the same picture, or one the mirror image of the other's.
func alike(p, q *Photo) bool {
	if photo.Distance(p.Study.Hash, q.Study.Hash) > alikeBits && photo.Distance(p.Study.Mirrored, q.Study.Hash) > alikeBits {
		return false
	}
	// The hash of a picture that shows nothing says nothing.
	return p.Study.Contrast >= leastContrast && q.Study.Contrast >= leastContrast
}

// oddOnesOut notes photos that lie far from the others of their species, as seen by pupils that had
// not seen them: further than anything but one in thousands would.
func (t *teaching) oddOnesOut() {
	near := make([][]float64, t.classes)
	for i, s := range t.samples {
		near[s.class] = append(near[s.class], t.heldOut[i].prototype[s.class])
	}
	least := make([]float64, t.classes)
	for k, values := range near {
		middle, deviations := quantile(values, 0.5), make([]float64, len(values))
		for i, v := range values {
			deviations[i] = math.Abs(v - middle)
		}
		// 1.4826 times the median of deviations is the standard deviation where there are no odd ones.
		least[k] = middle - oddDeviations*max(1.4826*quantile(deviations, 0.5), oddLeast)
	}
	for i, s := range t.samples {
		odd := slices.ContainsFunc(s.notes, func(n Note) bool { return n.Kind == Odd })
		if !odd && t.report.Species[s.class].Distinct >= readyPhotos && t.heldOut[i].prototype[s.class] < least[s.class] {
			s.note(Odd, fmt.Sprintf("it looks unlike the other photos of %s", s.Species))
		}
	}
}

package game

import "time"

// LineReason is what points were given for.
type LineReason string

// The reasons for points.
const (
	ForCatch LineReason = "catch" // first capture of a species; Key is the species
	ForAgain LineReason = "again" // the species seen again on a later visit; Key is the species
	ForVisit LineReason = "visit" // first animal of a visit; Key is the day
	ForTrail LineReason = "trail" // a trail walked to its end; Key is the trail
	ForQuiz  LineReason = "quiz"  // a right answer; Key is the species caught
)

// Line is an entry of the ledger of points. The ledger is only appended to:
// what was wrongly given is taken back by a line of negative points.
type Line struct {
	Capture CaptureID
	Reason  LineReason
	Key     string
	Points  int
	At      time.Time // when it was earned, and the period to which it counts
}

// Settle gives the lines to append to a stored ledger so that it says what it
// should; none if it does. So one function writes the ledger, follows
// corrections, verifies and repairs: those are only different wants.
func Settle(stored, want []Line) []Line {
	have := make(map[Line]int, len(stored)) // by line without points
	for _, l := range stored {
		have[l.key()] += l.Points
	}
	var missing []Line
	add := func(l Line, points int) {
		if points != 0 {
			l.Points = points
			missing = append(missing, l)
		}
	}
	for _, l := range Net(want) {
		k := l.key()
		add(k, l.Points-have[k])
		delete(have, k)
	}
	for _, l := range stored {
		k := l.key()
		add(k, -have[k])
		delete(have, k)
	}
	return missing
}

// Net merges the lines of a ledger that are about the same thing and leaves
// out those that were taken back, in the order of the first of each.
func Net(lines []Line) []Line {
	sums := make(map[Line]int, len(lines))
	for _, l := range lines {
		sums[l.key()] += l.Points
	}
	net := make([]Line, 0, len(sums))
	for _, l := range lines {
		k := l.key()
		if points := sums[k]; points != 0 {
			k.Points = points
			net = append(net, k)
		}
		delete(sums, l.key())
	}
	return net
}

// Sum adds up the points of a ledger.
func Sum(lines []Line) int {
	sum := 0
	for _, l := range lines {
		sum += l.Points
	}
	return sum
}

func (l Line) key() Line {
	l.Points = 0
	l.At = instant(l.At)
	return l
}

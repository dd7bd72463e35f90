package game

import (
	"cmp"
	"crypto/sha256"
	"encoding/binary"
	"encoding/json"
	"fmt"
	"slices"
	"time"
)

// Tally is all that the rules remember of a visitor's captures to judge a later
// one: where a replay of them stands after the latest. It saves reading and
// replaying them all, and says nothing that does not follow from them. It is
// good for the rules and species it was made by, which [Referee.Basis] names.
type Tally struct {
	At      time.Time  `json:"at"`      // when the latest capture was taken
	Capture CaptureID  `json:"capture"` // the latest
	Points  int        `json:"points"`
	Seen    [][5]int64 `json:"seen"`    // species, first time, times, visits, number of the latest visit
	Visits  int        `json:"visits"`  // how many
	Day     Date       `json:"day"`     // of the latest
	Earning []int64    `json:"earning"` // the latest captures that the rates count
	Won     []int64    `json:"won"`     // for each badge when it was earned; 0: it is not
	Walked  [][]int    `json:"walked"`  // for each trail the species, from 1, that did the steps; 0: none has
	Quiz    int        `json:"quiz"`    // species with an answer that was rewarded
	// Species, badges and trails are numbered as the referee has them, times are
	// microseconds since 1970.
}

// Precedes tells whether all captures of the tally were taken before another one.
func (t Tally) Precedes(o Taken) bool {
	return cmp.Or(t.At.Compare(instant(o.At)), cmp.Compare(t.Capture, o.ID)) < 0
}

// tallyFormat is part of every basis. It has to rise with each change of this
// program after which a replay of the same captures may end elsewhere.
const tallyFormat = 1

// Basis names the rules and species by which the referee judges, but for their
// wording: tallies made on one basis go on by every referee of the same. What is
// made by a newer program has a larger basis.
func (r *Referee) Basis() int64 { return r.basis }

// Formats gives the span of the bases, the second excluded, that this program
// and no newer one may have made.
func Formats() (from, until int64) { return 0, (tallyFormat + 1) << basisBits }

const basisBits = 48

// basisOf sums up everything that could make a difference to a replay.
func basisOf(rules Rules, zoo []Species, shown [][]Span, zone *time.Location) (int64, error) {
	rules.Quiz = Quiz{}
	rules.Levels, rules.Badges, rules.Trails = slices.Clone(rules.Levels), slices.Clone(rules.Badges), slices.Clone(rules.Trails)
	for i := range rules.Levels {
		rules.Levels[i].Art, rules.Levels[i].Texts = "", nil
	}
	for i := range rules.Badges {
		rules.Badges[i].Art, rules.Badges[i].Texts = "", nil
	}
	for i := range rules.Trails {
		rules.Trails[i].Art, rules.Trails[i].Texts = "", nil
	}
	zoo = slices.Clone(zoo)
	for i := range zoo {
		zoo[i].Texts, zoo[i].Keys, zoo[i].Art, zoo[i].Picture = nil, nil, "", ""
	}
	text, err := json.Marshal([]any{rules, zoo, shown, zone.String()})
	if err != nil {
		return 0, fmt.Errorf("sum up the rules: %w", err)
	}
	sum := sha256.Sum256(text)
	return tallyFormat<<basisBits | int64(binary.BigEndian.Uint64(sum[:])>>(64-basisBits)), nil
}

// Tally is [Referee.Replay] with the tally to go on from.
func (r *Referee) Tally(history []Taken) (State, Tally) {
	g := r.replay(history)
	return g.state(), g.tally()
}

// Resume judges a new capture, without an answer yet, that all of a tally
// [Tally.Precedes]. It gives what the visitor had earned before and has earned
// now, and the next tally. Of the rulings and lines, the states have only those
// of the new capture; of earlier captures they do not say what each did.
func (r *Referee) Resume(t Tally, taken Taken) (before, after State, next Tally) {
	g := r.begin()
	g.base, g.quizzed = t.Points, t.Quiz
	for _, s := range t.Seen {
		i := int(s[0])
		g.seen[i] = sighting{Sighted{micro(s[1]), int(s[2]), int(s[3])}, int(s[4])}
		g.lands |= r.lands[i]
		for b := range r.badges {
			if r.badges[b].counts[i] {
				g.had[b]++
			}
		}
	}
	g.visits = make([]Visit, t.Visits)
	if t.Visits > 0 {
		g.visits[t.Visits-1].Day = t.Day
	}
	for _, at := range t.Earning {
		g.earning = append(g.earning, micro(at))
	}
	for b, at := range t.Won {
		if at != 0 {
			g.wins[b].at = micro(at)
		}
	}
	for i, steps := range t.Walked {
		w := &g.walks[i]
		for step, species := range steps {
			if species > 0 {
				w.Steps[step].Species = r.zoo[species-1].ID
				w.Done++
			}
		}
	}
	before = g.state()
	before.Trails = slices.Clone(before.Trails)
	taken.At = instant(taken.At)
	g.last = taken
	g.rulings = append(g.rulings, g.judge(taken))
	return before, g.state(), g.tally()
}

func (g *replay) tally() Tally {
	t := Tally{At: g.last.At, Capture: g.last.ID, Points: g.base + Sum(g.lines), Seen: [][5]int64{}, Visits: len(g.visits), Quiz: g.quizzed,
		Earning: []int64{}, Won: make([]int64, len(g.wins)), Walked: make([][]int, len(g.walks))}
	for i, s := range g.seen {
		if s.Times > 0 {
			t.Seen = append(t.Seen, [5]int64{int64(i), s.First.UnixMicro(), int64(s.Times), int64(s.Visits), int64(s.visit)})
		}
	}
	if n := len(g.visits); n > 0 {
		t.Day = g.visits[n-1].Day
	}
	for _, at := range g.earning[max(0, len(g.earning)-g.rules.FairPlay.memory()):] {
		t.Earning = append(t.Earning, at.UnixMicro())
	}
	for b, w := range g.wins {
		if !w.at.IsZero() {
			t.Won[b] = w.at.UnixMicro()
		}
	}
	for i, w := range g.walks {
		t.Walked[i] = make([]int, len(w.Steps))
		for step, f := range w.Steps {
			if f.Species != "" {
				t.Walked[i][step] = g.byID[f.Species] + 1
			}
		}
	}
	return t
}

func micro(t int64) time.Time { return time.UnixMicro(t).UTC() }

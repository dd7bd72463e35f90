package game

import (
	"math/bits"
	"slices"
	"time"
)

// State is everything a visitor has earned, as it follows from their captures.
type State struct {
	Rulings []Ruling              // one for each capture, in the order in which they were taken
	Seen    map[SpeciesID]Sighted // the collection
	Visits  []Visit
	Lines   []Line // what the points were given for, one line for each thing
	Points  int    // their sum
	Level   int    // from 1
	Badges  []BadgeState
	Trails  []Walk
}

// Ruling is what a capture means, given all others of the visitor. It may
// differ from what the visitor was answered: an earlier capture that arrives
// later becomes the first catch.
type Ruling struct {
	Capture CaptureID
	At      time.Time
	Species SpeciesID // what it shows, "" for none of ours
	Outcome Outcome
	Void    VoidReason // why it does not count; only with outcome Void
	Visit   int        // number of the visit, from 1; 0 if it does not count
}

// Counts tells whether the capture counts as having seen its species.
func (r Ruling) Counts() bool { return r.Outcome == Caught || r.Outcome == Seen }

// Visit is a day on which the visitor saw an animal.
type Visit struct {
	Day     Date
	First   CaptureID
	Animals int // captures that count
	Species int // different ones
}

// Ruling finds what a capture means.
func (s State) Ruling(id CaptureID) (Ruling, bool) {
	i := slices.IndexFunc(s.Rulings, func(r Ruling) bool { return r.Capture == id })
	if i < 0 {
		return Ruling{}, false
	}
	return s.Rulings[i], true
}

// Progress gives the state as a dex counts it, for the species of a zoo.
func (s State) Progress(zoo []Species) Progress { return Count(Dex(zoo, s.Seen), s.Points) }

// Replay works out all that a visitor has earned from the captures they took,
// in whatever order these are given.
func (r *Referee) Replay(history []Taken) State { return r.replay(history).state() }

func (r *Referee) replay(history []Taken) *replay {
	g := r.begin()
	taken := chronological(history)
	g.rulings = make([]Ruling, 0, len(taken))
	g.lines = make([]Line, 0, len(taken))
	for _, t := range taken {
		g.last = t
		g.rulings = append(g.rulings, g.judge(t))
	}
	g.answers(taken)
	return g
}

func (r *Referee) begin() *replay {
	g := &replay{Referee: r, seen: make([]sighting, len(r.zoo)), had: make([]int, len(r.badges)), wins: make([]win, len(r.badges)),
		walks: make([]Walk, len(r.rules.Trails))}
	for i, t := range r.rules.Trails {
		g.walks[i] = Walk{Trail: t.Key, Steps: make([]Footprint, len(t.Steps))}
	}
	return g
}

// replay is a state in the making. Species, badges and trails are numbered as
// in the Referee.
type replay struct {
	*Referee
	base    int   // points from before the lines
	last    Taken // the latest
	rulings []Ruling
	seen    []sighting
	lands   uint16 // continents of the species caught
	visits  []Visit
	earning []time.Time // captures for which rates allow only so many
	lines   []Line
	had     []int // species caught that a badge counts
	quizzed int   // species with an answer that was rewarded
	wins    []win
	walks   []Walk
	walked  bool // a trail was completed by this capture
}

type sighting struct {
	Sighted
	visit int // the latest
}

type win struct {
	capture CaptureID
	at      time.Time
}

func (g *replay) judge(t Taken) Ruling {
	ruling := Ruling{Capture: t.ID, At: t.At, Species: t.species()}
	i, ours := g.byID[ruling.Species]
	switch {
	case t.Withdrawn:
		ruling.Outcome, ruling.Void = Void, Withdrawn
		return ruling
	case !ours:
		ruling.Species = ""
		ruling.Outcome = Judge(t.Verdict, false)
		if ruling.Outcome == Caught { // no longer sure
			ruling.Outcome = Unsure
		}
		return ruling
	}
	local := t.At.In(g.zone)
	day := DateOf(local, g.zone)
	newVisit := len(g.visits) == 0 || g.visits[len(g.visits)-1].Day != day
	visit := len(g.visits)
	if newVisit {
		visit++
	}
	s := &g.seen[i]
	earns := s.Times == 0 || s.visit != visit
	if !t.Pardoned {
		switch {
		case t.Copied:
			ruling.Void = Copied
		case !isOpen(g.hours, day, local):
			ruling.Void = Closed
		case t.Outside && g.rules.FairPlay.Area != nil:
			ruling.Void = Outside
		case earns && g.tooFast(t.At):
			ruling.Void = TooFast
		}
		if ruling.Void != "" {
			ruling.Outcome = Void
			return ruling
		}
	}

	ruling.Outcome, ruling.Visit = Judge(Certain, s.Times > 0), visit
	rarity := g.zoo[i].Rarity
	switch {
	case ruling.Outcome == Caught:
		g.give(t, ForCatch, string(ruling.Species), g.rules.Points.Catch[rarity])
	case earns:
		g.give(t, ForAgain, string(ruling.Species), g.rules.Points.Again[rarity])
	}
	if newVisit {
		g.visits = append(g.visits, Visit{Day: day, First: t.ID})
		g.give(t, ForVisit, day.String(), g.rules.Points.Visit)
	}
	if s.Times == 0 {
		s.First = t.At
		g.lands |= g.Referee.lands[i]
	}
	s.Times++
	v := &g.visits[visit-1]
	v.Animals++
	if earns {
		g.earning = append(g.earning, t.At)
		s.Visits++
		s.visit = visit
		v.Species++
	}
	g.walk(i, t)
	g.award(i, ruling, newVisit)
	return ruling
}

// tooFast tells whether the rates allow no further capture to earn something.
func (g *replay) tooFast(at time.Time) bool {
	for _, rate := range g.rules.FairPlay.Rates {
		if n := len(g.earning) - rate.Captures; n >= 0 && g.earning[n].After(at.Add(-rate.Within)) {
			return true
		}
	}
	return false
}

func (g *replay) give(t Taken, reason LineReason, key string, points int) {
	if points != 0 {
		g.lines = append(g.lines, Line{t.ID, reason, key, points, t.At})
	}
}

// walk does the steps of trails that seeing species i does.
func (g *replay) walk(i int, t Taken) {
	g.walked = false
	id := g.zoo[i].ID
	for _, of := range g.steps[i] {
		trail, w := &g.rules.Trails[of.trail], &g.walks[of.trail]
		if w.Complete() || !g.trails[of.trail].Contains(t.At) {
			continue
		}
		step := -1
		switch {
		case trail.Ordered:
			if slices.Contains(of.steps, w.Done) {
				step = w.Done
			}
		case !slices.ContainsFunc(w.Steps, func(f Footprint) bool { return f.Species == id }):
			if n := slices.IndexFunc(of.steps, func(s int) bool { return w.Steps[s].Species == "" }); n >= 0 {
				step = of.steps[n]
			}
		}
		if step < 0 {
			continue
		}
		w.Steps[step] = Footprint{id, t.ID}
		if w.Done++; w.Done == len(w.Steps) {
			w.Capture = t.ID
			g.walked = true
			g.give(t, ForTrail, trail.Key, trail.Points)
		}
	}
}

// award gives the badges that a capture of species i has completed.
func (g *replay) award(i int, ruling Ruling, newVisit bool) {
	caught := ruling.Outcome == Caught
	if !caught && !newVisit && !g.walked && !g.moves {
		return // as most captures
	}
	for b := range g.badges {
		badge := &g.badges[b]
		if caught && badge.counts[i] {
			g.had[b]++
		}
		if !g.wins[b].at.IsZero() {
			continue
		}
		won := false
		switch badge.kind {
		case VisitsBadge:
			won = len(g.visits) >= badge.atLeast
		case TrailsBadge:
			won = g.walked && g.trailsWalked(badge) >= badge.atLeast
		case ContinentsBadge:
			won = bits.OnesCount16(g.lands&badge.lands) >= badge.atLeast
		case QuizBadge:
		default:
			won = badge.atLeast > 0 && g.had[b] >= badge.atLeast || badge.atLeast == 0 && g.complete(badge, ruling.At)
		}
		if won {
			g.wins[b] = win{ruling.Capture, ruling.At}
		}
	}
}

// complete tells whether every species that the badge counts and that was on
// display at a time is caught.
func (g *replay) complete(b *compiledBadge, at time.Time) bool {
	n := 0
	for _, i := range b.species {
		if !g.displayed(i, at) {
			continue
		}
		if g.seen[i].Times == 0 {
			return false
		}
		n++
	}
	return n >= leastOfAll
}

func (g *replay) trailsWalked(b *compiledBadge) int {
	n := 0
	for i, w := range g.walks {
		if b.trails[i] && w.Complete() {
			n++
		}
	}
	return n
}

// answers rewards what was answered rightly, in the order of the answers: one
// answer for each species.
func (g *replay) answers(taken []Taken) {
	type answered struct {
		species SpeciesID
		capture CaptureID
		at      time.Time
	}
	var right []answered
	for i, t := range taken {
		if t.Answer != nil && t.Answer.Right && g.rulings[i].Counts() {
			right = append(right, answered{g.rulings[i].Species, t.ID, instant(t.Answer.At)})
		}
	}
	slices.SortStableFunc(right, func(a, b answered) int { return a.at.Compare(b.at) })
	rewarded := map[SpeciesID]bool{}
	for _, a := range right {
		if rewarded[a.species] {
			continue
		}
		rewarded[a.species] = true
		if points := g.rules.Points.Quiz; points != 0 {
			g.lines = append(g.lines, Line{a.capture, ForQuiz, string(a.species), points, a.at})
		}
		for b := range g.badges {
			if badge := &g.badges[b]; badge.kind == QuizBadge && len(rewarded) >= badge.atLeast && g.wins[b].at.IsZero() {
				g.wins[b] = win{a.capture, a.at}
			}
		}
	}
	g.quizzed = len(rewarded)
}

func (g *replay) state() State {
	s := State{Rulings: g.rulings, Seen: make(map[SpeciesID]Sighted), Visits: g.visits, Lines: g.lines, Trails: g.walks}
	for i := range g.seen {
		if g.seen[i].Times > 0 {
			s.Seen[g.zoo[i].ID] = g.seen[i].Sighted
		}
	}
	s.Points = g.base + Sum(s.Lines)
	s.Level = g.rules.LevelOf(s.Points)
	s.Badges = make([]BadgeState, len(g.badges))
	for b := range g.badges {
		s.Badges[b] = g.badgeState(b)
	}
	return s
}

func (g *replay) badgeState(b int) BadgeState {
	badge, win := &g.badges[b], g.wins[b]
	s := BadgeState{Badge: g.rules.Badges[b].Key, Have: g.had[b], Need: badge.atLeast, Capture: win.capture, At: win.at}
	reach := 0 // what could be had
	switch badge.kind {
	case VisitsBadge:
		s.Have, reach = len(g.visits), s.Need
	case QuizBadge:
		s.Have, reach = g.quizzed, s.Need
	case TrailsBadge:
		s.Have = g.trailsWalked(badge)
		for i, w := range g.walks {
			if badge.trails[i] && (w.Complete() || g.walkable[i]) {
				reach++
			}
		}
	case ContinentsBadge:
		s.Have = bits.OnesCount16(g.lands & badge.lands)
		reach = bits.OnesCount16((g.lands | g.displayedLands) & badge.lands)
	default:
		if badge.atLeast == 0 {
			s.Have = 0
		}
		for _, i := range badge.species {
			caught := g.seen[i].Times > 0
			if g.zoo[i].OnDisplay || caught && badge.atLeast > 0 {
				reach++
				if badge.atLeast == 0 && caught {
					s.Have++
				}
			}
		}
		if badge.atLeast == 0 {
			s.Need = max(reach, leastOfAll)
		}
	}
	s.Possible = s.Earned() || reach >= s.Need
	return s
}

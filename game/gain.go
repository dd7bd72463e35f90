package game

// Gain is what changed for a visitor when a capture came in or was corrected:
// what its answer shows.
type Gain struct {
	Points     int    // what the lines add up to; negative if a correction took more than it gave
	Lines      []Line // to append to the ledger
	Badges     []BadgeState
	Lost       []BadgeState // by a correction
	FromLevel  int
	Level      int
	Trails     []TrailGain
	NewSpecies []SpeciesID // now in the collection
}

// TrailGain is a trail on which more steps are done than before.
type TrailGain struct {
	Trail       string
	Done, Total int
	Notice      Notice // if it is deserved now and was not before
}

// LevelUp tells whether a level was reached.
func (g Gain) LevelUp() bool { return g.Level > g.FromLevel }

// Compare tells what a visitor gained from one state to another, under the
// same rules or others.
func Compare(before, after State) Gain {
	g := Gain{Lines: Settle(before.Lines, after.Lines), FromLevel: before.Level, Level: after.Level}
	g.Points = Sum(g.Lines)
	earned := func(s State) map[string]bool {
		keys := map[string]bool{}
		for _, b := range s.Badges {
			if b.Earned() {
				keys[b.Badge] = true
			}
		}
		return keys
	}
	missing := func(s State, in map[string]bool) (missing []BadgeState) {
		for _, b := range s.Badges {
			if b.Earned() && !in[b.Badge] {
				missing = append(missing, b)
			}
		}
		return missing
	}
	g.Badges, g.Lost = missing(after, earned(before)), missing(before, earned(after))
	done := map[string]int{}
	for _, w := range before.Trails {
		done[w.Trail] = w.Done
	}
	for _, w := range after.Trails {
		if total := len(w.Steps); w.Done > done[w.Trail] {
			notice := noticeOf(w.Done, total)
			if notice == noticeOf(done[w.Trail], total) {
				notice = NoNotice
			}
			g.Trails = append(g.Trails, TrailGain{w.Trail, w.Done, total, notice})
		}
	}
	for _, r := range after.Rulings {
		if _, before := before.Seen[r.Species]; r.Outcome == Caught && !before {
			g.NewSpecies = append(g.NewSpecies, r.Species)
		}
	}
	return g
}

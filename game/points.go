package game

// FirstCatch is what the first capture of a species earns, by its rarity.
var FirstCatch = map[int]int{1: 10, 2: 20, 3: 35, 4: 60, 5: 100}

// Award says what an outcome earns, given the species it is about.
func Award(o Outcome, s Species) int {
	if o != Caught {
		return 0
	}
	return FirstCatch[s.Rarity]
}

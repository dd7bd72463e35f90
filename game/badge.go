package game

import (
	"maps"
	"slices"
	"time"
)

// BadgeKind is what a badge counts.
type BadgeKind string

// The kinds. Those about species count the species a visitor has caught.
const (
	CollectionBadge   BadgeKind = "collection"   // any species
	GroupBadge        BadgeKind = "group"        // species of animal groups: big-cat, bird
	ClassBadge        BadgeKind = "class"        // species of taxonomic classes: Aves
	OrderBadge        BadgeKind = "order"        // … orders: Primates
	FamilyBadge       BadgeKind = "family"       // … families: Felidae
	ActivityBadge     BadgeKind = "activity"     // species awake by day, night …
	ConservationBadge BadgeKind = "conservation" // species of Red List categories
	RarityBadge       BadgeKind = "rarity"       // species of rarities: "5"
	ContinentBadge    BadgeKind = "continent"    // species of a continent
	ContinentsBadge   BadgeKind = "continents"   // continents that have a caught species
	VisitsBadge       BadgeKind = "visits"       // visits
	TrailsBadge       BadgeKind = "trails"       // trails walked to their end
	QuizBadge         BadgeKind = "quiz"         // right answers that earned something
)

// Badge is something to earn once and keep. It is earned by the capture that
// brings its count to AtLeast. With AtLeast 0, a badge about species wants all
// of them that are on display, two at least: it is earned by a capture at
// whose time nothing on display is missing, and is kept when the zoo gets
// another one later.
//
// Badges earn no points, so that a new one, which everybody gets who has done
// what it wants, moves no standings.
type Badge struct {
	Key     string    `yaml:"key"` // never reused
	Kind    BadgeKind `yaml:"kind"`
	Of      []string  `yaml:"of"` // which groups, classes, categories …; empty where any will do
	AtLeast int       `yaml:"atLeast"`
	Art     string    `yaml:"art"`
	Texts   Captions  `yaml:"texts"`
	Off     bool      `yaml:"off" json:",omitempty"` // nobody sees or earns it; on again, all have it who had earned it
}

// leastOfAll is how many species must be on display for "all of them" to mean anything.
const leastOfAll = 2

// BadgeKinds lists the kinds by name.
func BadgeKinds() []BadgeKind { return slices.Sorted(maps.Keys(badgeKinds)) }

type badgeKind struct {
	needsOf, canBeAll bool
	of                func(string) bool // what Of may hold
	// has tells which of Of a species has; nil if the kind is not about species
	has func(s Species, of string) bool
}

var badgeKinds = map[BadgeKind]badgeKind{
	CollectionBadge: {false, true, nil, func(Species, string) bool { return true }},
	GroupBadge:      {true, true, IsGroup, func(s Species, of string) bool { return InGroup(s.Group, of) }},
	ClassBadge:      {true, true, taxonForm.MatchString, func(s Species, of string) bool { return s.Class == of }},
	OrderBadge:      {true, true, taxonForm.MatchString, func(s Species, of string) bool { return s.Order == of }},
	FamilyBadge:     {true, true, taxonForm.MatchString, func(s Species, of string) bool { return s.Family == of }},
	ActivityBadge: {true, true, oneOf(activities),
		func(s Species, of string) bool { return string(s.Activity) == of }},
	ConservationBadge: {true, true, oneOf(conservations),
		func(s Species, of string) bool { return string(s.Conservation) == of }},
	RarityBadge: {true, true, oneOf([]string{"1", "2", "3", "4", "5"}),
		func(s Species, of string) bool { return string(rune('0'+s.Rarity)) == of }},
	ContinentBadge:  {true, true, oneOf(continents), livesOn},
	ContinentsBadge: {false, false, oneOf(continents), livesOn},
	VisitsBadge:     {},
	TrailsBadge:     {},
	QuizBadge:       {},
}

func livesOn(s Species, of string) bool { return slices.Contains(s.Continents, Continent(of)) }

func oneOf[S ~string](all []S) func(string) bool {
	return func(of string) bool { return slices.Contains(all, S(of)) }
}

// counts tells whether the badge counts a species.
func (b Badge) counts(s Species) bool {
	has := badgeKinds[b.Kind].has
	return has != nil && (len(b.Of) == 0 || slices.ContainsFunc(b.Of, func(of string) bool { return has(s, of) }))
}

// lands gives the continents that a continents badge counts: without Of, all
// but the ocean.
func (b Badge) lands() []Continent {
	var lands []Continent
	for _, c := range continents {
		if len(b.Of) == 0 && c != Ocean || slices.Contains(b.Of, string(c)) {
			lands = append(lands, c)
		}
	}
	return lands
}

// BadgeState is how far a visitor is with a badge.
type BadgeState struct {
	Badge    string
	Have     int
	Need     int // with AtLeast 0, the species on display
	Possible bool
	// Capture is the one that earned the badge, at At; zero if it is not earned.
	// Have may be below Need all the same, if the zoo has a new species since.
	Capture CaptureID
	At      time.Time
}

// Earned tells whether the badge is the visitor's.
func (b BadgeState) Earned() bool { return !b.At.IsZero() }

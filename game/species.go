package game

import (
	"fmt"
	"regexp"
	"time"
)

// SpeciesID identifies a species in one zoo (UUIDv7 text).
type SpeciesID string

// Slug is a species' name in addresses: lower-case ASCII words joined by
// hyphens, unique in a zoo and never reused.
type Slug string

// Language is one of the languages the product speaks (BCP 47 primary tags).
type Language string

// The languages of every text in the product. English is the one a missing
// translation falls back to.
const (
	English Language = "en"
	German  Language = "de"
	French  Language = "fr"
)

// Languages lists them in the order in which they are shown.
var Languages = []Language{English, German, French}

// Activity says when an animal is awake.
type Activity string

// The activity patterns of ethology, under the names children see translated.
const (
	Day      Activity = "day"      // diurnal
	Night    Activity = "night"    // nocturnal
	Twilight Activity = "twilight" // crepuscular
	Anytime  Activity = "anytime"  // cathemeral, or no daily rhythm
)

// Conservation is a category of the IUCN Red List.
type Conservation string

// The categories of the IUCN Red List, version 3.1.
const (
	Extinct              Conservation = "EX"
	ExtinctInTheWild     Conservation = "EW"
	CriticallyEndangered Conservation = "CR"
	Endangered           Conservation = "EN"
	Vulnerable           Conservation = "VU"
	NearThreatened       Conservation = "NT"
	LeastConcern         Conservation = "LC"
	DataDeficient        Conservation = "DD"
	NotEvaluated         Conservation = "NE"
)

// Continent is where a species lives in the wild.
type Continent string

// The continents, and the ocean for animals of the open sea.
const (
	Africa       Continent = "africa"
	Antarctica   Continent = "antarctica"
	Asia         Continent = "asia"
	Europe       Continent = "europe"
	NorthAmerica Continent = "north-america"
	SouthAmerica Continent = "south-america"
	Oceania      Continent = "oceania"
	Ocean        Continent = "ocean"
)

// Awake is a span of the local day in which a species is usually up, from
// Start to End in minutes after midnight; End before Start runs over midnight.
type Awake struct {
	Start, End int
}

// Contains reports whether the time of day of t, in t's own zone, lies in the span.
func (a Awake) Contains(t time.Time) bool {
	m := t.Hour()*60 + t.Minute()
	if a.Start <= a.End {
		return a.Start <= m && m < a.End
	}
	return m >= a.Start || m < a.End
}

var awakeForm = regexp.MustCompile(`^[0-2]\d:[0-5]\d-[0-2]\d:[0-5]\d$`)

// ParseAwake reads "17:00-09:30".
func ParseAwake(s string) (Awake, error) {
	var h1, m1, h2, m2 int
	ok := awakeForm.MatchString(s)
	if ok {
		fmt.Sscanf(s, "%d:%d-%d:%d", &h1, &m1, &h2, &m2)
	}
	if !ok || h1 > 23 || h2 > 24 || (h2 == 24 && m2 > 0) {
		return Awake{}, fmt.Errorf("%q is not a span of the day like 17:00-09:30", s)
	}
	return Awake{h1*60 + m1, h2*60 + m2}, nil
}

func (a Awake) String() string {
	return fmt.Sprintf("%02d:%02d-%02d:%02d", a.Start/60, a.Start%60, a.End/60, a.End%60)
}

// Text is what a visitor reads about a species, in one language.
type Text struct {
	Name     string `json:"name" yaml:"name"`         // "lion"
	Habitat  string `json:"habitat" yaml:"habitat"`   // where it lives
	Diet     string `json:"diet" yaml:"diet"`         // what it eats
	Sleep    string `json:"sleep" yaml:"sleep"`       // when it is up, how it sleeps
	Surprise string `json:"surprise" yaml:"surprise"` // the fact told at dinner
}

// Species is an animal on display, as staff keep it.
type Species struct {
	ID             SpeciesID
	Number         int // its place in the dex, from 1; never reused
	Slug           Slug
	ScientificName string
	Class          string // taxonomic class, "Mammalia"
	Order          string // "Carnivora"
	Family         string // "Felidae"
	Group          string // key of the group that visitors know: "big-cat"
	Conservation   Conservation
	Continents     []Continent
	Activity       Activity
	Awake          []Awake
	SleepHours     float64  // hours a day; 0 = nobody knows
	Rarity         int      // 1 (everybody finds it) to 5 (hardly anybody does)
	Keys           []string // WordNet ids of the network's classes that mean this species
	Art            string
	Picture        string `json:",omitempty"` // id of the zoo's own picture; "" for none
	OnDisplay      bool
	Texts          map[Language]Text
	Version        int // counts its edits, from 1
}

// Text gives what there is in the language asked for; fields without a
// translation are in English.
func (s Species) Text(l Language) Text {
	t, en := s.Texts[l], s.Texts[English]
	or := func(a, b string) string {
		if a == "" {
			return b
		}
		return a
	}
	return Text{
		Name:     or(t.Name, en.Name),
		Habitat:  or(t.Habitat, en.Habitat),
		Diet:     or(t.Diet, en.Diet),
		Sleep:    or(t.Sleep, en.Sleep),
		Surprise: or(t.Surprise, en.Surprise),
	}
}

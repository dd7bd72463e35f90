package game_test

import (
	"fmt"
	"testing"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/rules"
)

// berlin changes its clocks on 29 March and 25 October 2026.
var berlin = mustZone("Europe/Berlin")

func mustZone(name string) *time.Location {
	zone, err := time.LoadLocation(name)
	if err != nil {
		panic(err)
	}
	return zone
}

// at reads a local time of the zoo: "2026-05-01 10:30".
func at(s string) time.Time {
	t, err := time.ParseInLocation("2006-01-02 15:04", s, berlin)
	if err != nil {
		panic(err)
	}
	return t
}

// smallZoo has ten species whose ids are their slugs.
func smallZoo() []game.Species {
	zoo := []game.Species{
		{Slug: "lion", Group: "big-cat", Family: "Felidae", Class: "Mammalia", Conservation: game.Vulnerable, Activity: game.Twilight,
			Continents: []game.Continent{game.Africa}, Rarity: 1, SleepHours: 20},
		{Slug: "tiger", Group: "big-cat", Family: "Felidae", Class: "Mammalia", Conservation: game.Endangered, Activity: game.Twilight,
			Continents: []game.Continent{game.Asia}, Rarity: 2, SleepHours: 16},
		{Slug: "lynx", Group: "small-cat", Family: "Felidae", Class: "Mammalia", Conservation: game.LeastConcern, Activity: game.Twilight,
			Continents: []game.Continent{game.Europe, game.Asia}, Rarity: 3, SleepHours: 14},
		{Slug: "gorilla", Group: "ape", Family: "Hominidae", Class: "Mammalia", Conservation: game.CriticallyEndangered, Activity: game.Day,
			Continents: []game.Continent{game.Africa}, Rarity: 2, SleepHours: 12},
		{Slug: "badger", Group: "mustelid", Family: "Mustelidae", Class: "Mammalia", Conservation: game.LeastConcern, Activity: game.Night,
			Continents: []game.Continent{game.Europe}, Rarity: 4, SleepHours: 15, Awake: []game.Awake{{Start: 20 * 60, End: 5 * 60}}},
		{Slug: "owl", Group: "owl", Family: "Strigidae", Class: "Aves", Conservation: game.LeastConcern, Activity: game.Night,
			Continents: []game.Continent{game.NorthAmerica, game.Europe}, Rarity: 3},
		{Slug: "parrot", Group: "parrot", Family: "Psittacidae", Class: "Aves", Conservation: game.Endangered, Activity: game.Day,
			Continents: []game.Continent{game.SouthAmerica}, Rarity: 1, SleepHours: 11},
		{Slug: "cobra", Group: "snake", Family: "Elapidae", Class: "Reptilia", Conservation: game.NotEvaluated, Activity: game.Anytime,
			Continents: []game.Continent{game.Asia}, Rarity: 5},
		{Slug: "wallaby", Group: "marsupial", Family: "Macropodidae", Class: "Mammalia", Conservation: game.LeastConcern, Activity: game.Night,
			Continents: []game.Continent{game.Oceania}, Rarity: 1, SleepHours: 11},
		{Slug: "shark", Group: "shark-ray", Family: "Carchariidae", Class: "Chondrichthyes", Conservation: game.CriticallyEndangered,
			Activity: game.Anytime, Continents: []game.Continent{game.Ocean}, Rarity: 2},
	}
	for i := range zoo {
		s := &zoo[i]
		s.ID, s.Number, s.OnDisplay = game.SpeciesID(s.Slug), i+1, true
		s.ScientificName = fmt.Sprintf("Genus speciesnumber%c", 'a'+i)
		s.Texts = map[game.Language]game.Text{game.English: {Name: string(s.Slug), Diet: fmt.Sprintf("Dish number %d.", i+1)}}
	}
	return zoo
}

// plain are rules with round numbers, one badge and no trail.
func plain() game.Rules {
	r, err := rules.Load()
	if err != nil {
		panic(err)
	}
	r.Points = game.PointRules{
		Catch: map[int]int{1: 10, 2: 20, 3: 30, 4: 40, 5: 50}, Again: map[int]int{1: 1, 2: 2, 3: 3, 4: 4, 5: 5}, Visit: 100, Quiz: 7}
	r.Badges, r.Trails, r.FairPlay.Rates = nil, nil, nil
	return r
}

func captions(name string) game.Captions {
	return game.Captions{
		game.English: {Name: name, Text: name}, game.German: {Name: name, Text: name}, game.French: {Name: name, Text: name}}
}

func badge(kind game.BadgeKind, atLeast int, of ...string) game.Badge {
	return game.Badge{Key: "badge", Kind: kind, AtLeast: atLeast, Of: of, Art: "paw", Texts: captions("badge")}
}

func trail(ordered bool, steps ...game.Step) game.Trail {
	return game.Trail{Key: "trail", Ordered: ordered, Points: 1000, Art: "paw", Texts: captions("trail"), Steps: steps}
}

func step(s game.Slug) game.Step   { return game.Step{Species: s} }
func anyOf(group string) game.Step { return game.Step{Group: group} }

func referee(t testing.TB, r game.Rules, zoo []game.Species) *game.Referee {
	t.Helper()
	ref, err := game.NewReferee(r, zoo, nil, berlin)
	if err != nil {
		t.Fatal(err)
	}
	return ref
}

// saw is a capture that recognition was certain of, with an id after its place.
func saw(id game.CaptureID, species game.SpeciesID, when string) game.Taken {
	return game.Taken{ID: id, At: at(when), Verdict: game.Certain, Species: species}
}

// visitOf are captures of one day, ten minutes apart.
func visitOf(day string, species ...game.SpeciesID) []game.Taken {
	var history []game.Taken
	for i, s := range species {
		t := at(day + " 10:00").Add(time.Duration(i) * 10 * time.Minute)
		history = append(history, game.Taken{ID: game.CaptureID(fmt.Sprintf("%s/%d", day, i+1)), At: t, Verdict: game.Certain, Species: s})
	}
	return history
}

func starter(t testing.TB) (game.Rules, []game.Species) {
	t.Helper()
	r, err := rules.Load()
	if err != nil {
		t.Fatal(err)
	}
	zoo, err := catalogue.Load()
	if err != nil {
		t.Fatal(err)
	}
	for i := range zoo {
		zoo[i].ID = game.SpeciesID(zoo[i].Slug)
	}
	return r, zoo
}

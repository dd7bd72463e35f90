package board

import (
	"cmp"
	"context"
	"slices"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

const (
	// LatestCatches is how many of the animals caught last are told.
	LatestCatches = 8
	// TodayRows is how many rows of each board are told with the zoo's day.
	TodayRows = 10
)

// Catch is an animal that somebody caught today.
type Catch struct {
	Slug    string    `json:"slug" example:"red-panda"`
	Name    string    `json:"name" example:"red panda"`
	Art     string    `json:"art" doc:"Key of its picture" example:"red-panda"`
	Picture string    `json:"picture,omitempty" doc:"Id of the zoo's own picture, at /v1/pictures/{id}; where there is none the art stands for it"`
	Group   string    `json:"group" doc:"Key of its group, for which there is a picture too" example:"small-mammal"`
	Rarity  int       `json:"rarity" minimum:"1" maximum:"5" example:"4"`
	Times   int       `json:"times" doc:"How many visitors caught it today" example:"3"`
	At      time.Time `json:"at" doc:"When it was caught last"`
}

// Today is what happens in the zoo today: animals, counts and leaderboards.
// Who caught which animal is not in it.
type Today struct {
	Board     string  `json:"board" doc:"Another day has another name" example:"day-2026-05-01"`
	Caught    int     `json:"caught" doc:"Catches today, of all visitors" example:"212"`
	Species   int     `json:"species" doc:"Different animals caught today" example:"47"`
	Living    int     `json:"living" doc:"Animals on display" example:"179"`
	Ever      int     `json:"ever" doc:"Catches since the zoo began, of all visitors" example:"18034"`
	Rarest    *Catch  `json:"rarest,omitempty" doc:"The rarest animal caught today: the highest rarity, and among those the one that was caught least often so far"`
	Latest    []Catch `json:"latest" doc:"The animals caught last today, the latest first"`
	Standings []Page  `json:"standings" doc:"The first rows of the leaderboards: visitors and groups, today and this week"`
}

type shown struct {
	of     store.Who
	period game.Period
}

// onToday are the boards that the zoo's day shows, in their order.
var onToday = []shown{{store.Visitors, game.Today}, {store.Groups, game.Today}, {store.Visitors, game.ThisWeek}, {store.Groups, game.ThisWeek}}

// Reads is what the pages are read from.
type Reads interface {
	Zoo(context.Context) (*store.Zoo, error)
	Board(context.Context, game.Period) (game.Board, error)
	Top(ctx context.Context, of store.Who, b game.Board, n int) (store.Page, error)
	Catches(context.Context, game.Board) ([]store.Caught, error)
}

// ReadToday tells what happens in the zoo today, in a language.
func ReadToday(ctx context.Context, from Reads, l game.Language) (Today, error) {
	zoo, err := from.Zoo(ctx)
	if err != nil {
		return Today{}, err
	}
	day, err := from.Board(ctx, game.Today)
	if err != nil {
		return Today{}, err
	}
	caught, err := from.Catches(ctx, day)
	if err != nil {
		return Today{}, err
	}
	t := Today{Board: day.Key, Latest: []Catch{}, Standings: []Page{}}
	for _, s := range zoo.Species {
		if s.OnDisplay {
			t.Living++
		}
	}
	for _, c := range caught {
		t.Ever += c.Ever
	}
	caught = slices.DeleteFunc(caught, func(c store.Caught) bool { return c.Today == 0 })
	for _, c := range caught {
		t.Caught += c.Today
		t.Species++
		if len(t.Latest) < LatestCatches {
			t.Latest = append(t.Latest, newCatch(zoo, c, l))
		}
	}
	if len(caught) > 0 {
		rarest := newCatch(zoo, slices.MinFunc(caught, func(a, b store.Caught) int { return compareRarity(zoo, a, b) }), l)
		t.Rarest = &rarest
	}
	for _, part := range onToday {
		b, err := from.Board(ctx, part.period)
		if err != nil {
			return Today{}, err
		}
		page, err := from.Top(ctx, part.of, b, TodayRows)
		if err != nil {
			return Today{}, err
		}
		t.Standings = append(t.Standings, NewPage(part.of, page))
	}
	return t, nil
}

// compareRarity puts the rarer animal first.
func compareRarity(zoo *store.Zoo, a, b store.Caught) int {
	first, _ := zoo.ByID(a.Species)
	second, _ := zoo.ByID(b.Species)
	return cmp.Or(cmp.Compare(second.Rarity, first.Rarity), cmp.Compare(a.Ever, b.Ever), cmp.Compare(first.Number, second.Number))
}

func newCatch(zoo *store.Zoo, c store.Caught, l game.Language) Catch {
	s, _ := zoo.ByID(c.Species)
	return Catch{Slug: string(s.Slug), Name: s.Text(l).Name, Art: s.Art, Picture: s.Picture, Group: s.Group, Rarity: s.Rarity, Times: c.Today, At: c.Last.UTC()}
}

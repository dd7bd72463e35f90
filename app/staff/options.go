package staff

import (
	"context"
	"net/http"
	"slices"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
)

// Option is something to choose, and what it is called.
type Option struct {
	Key  string `json:"key" example:"big-cat"`
	Name string `json:"name" example:"big cat"`
}

// Options are what can be chosen for a species.
type Options struct {
	Groups        []Option `json:"groups"`
	Conservations []Option `json:"conservations"`
	Continents    []Option `json:"continents"`
	Animals       []Option `json:"animals" doc:"What the network knows, by WordNet id"`
	MaxName       int      `json:"maxName" doc:"Characters of a name"`
	MaxText       int      `json:"maxText" doc:"Characters of a text"`
	MaxSurprise   int      `json:"maxSurprise" doc:"Characters of the fact to tell at dinner"`
}

func (d *Desk) options() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/options", "staff-options", "What can be chosen", "What there is to choose for a species, in the reader's language.", editors),
		func(ctx context.Context, in *empty) (*struct{ Body Options }, error) {
			l := in.Language()
			o := Options{MaxName: game.MaxName, MaxText: game.MaxText, MaxSurprise: game.MaxSurprise}
			for key, names := range catalogue.Groups() {
				if key != game.RootGroup {
					o.Groups = append(o.Groups, Option{key, names[l].Name})
				}
			}
			for _, c := range game.Conservations {
				o.Conservations = append(o.Conservations, Option{string(c), api.Say(l, "conservation."+string(c))})
			}
			for _, c := range game.Continents {
				o.Continents = append(o.Continents, Option{string(c), api.Say(l, "continent."+string(c))})
			}
			for _, key := range catalogue.Animals() {
				name, _ := catalogue.AnimalName(key, l)
				o.Animals = append(o.Animals, Option{key, name})
			}
			for _, options := range [][]Option{o.Groups, o.Animals} {
				slices.SortFunc(options, func(a, b Option) int { return strings.Compare(a.Name+a.Key, b.Name+b.Key) })
			}
			return &struct{ Body Options }{o}, nil
		})
}

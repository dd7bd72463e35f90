package staff

import (
	"context"
	"net/http"
	"slices"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// BadgeSwitch is what staff may change of a badge.
type BadgeSwitch struct {
	On bool `json:"on" doc:"Whether visitors see and earn it"`
}

// BadgeLine is a badge that the game has, on or off.
type BadgeLine struct {
	Key     string   `json:"key" example:"night-owl"`
	Art     string   `json:"art" example:"owl"`
	Kind    string   `json:"kind" example:"activity" doc:"What it counts"`
	Of      []string `json:"of" example:"[\"night\"]" doc:"Which of that count; empty: all"`
	AtLeast int      `json:"atLeast" example:"5" doc:"How many it takes; 0 is all that are on display"`
	Texts   Captions `json:"texts"`
	BadgeSwitch
	Version string `json:"version" doc:"Send it as If-Match with the next change"`
}

// BadgeList are all badges.
type BadgeList struct {
	Badges []BadgeLine `json:"badges"`
}

func badgePart(key string) part[BadgeSwitch] {
	find := func(badges []game.Badge) int {
		return slices.IndexFunc(badges, func(b game.Badge) bool { return b.Key == key })
	}
	return part[BadgeSwitch]{
		name: "badge/" + key,
		read: func(s store.Setup) *BadgeSwitch {
			i := find(s.Rules.Badges)
			if i < 0 {
				return nil
			}
			return &BadgeSwitch{!s.Rules.Badges[i].Off}
		},
		write: func(s *store.Setup, to *BadgeSwitch) []game.Problem {
			if i := find(s.Rules.Badges); i >= 0 {
				s.Rules.Badges[i].Off = !to.On
			}
			return nil
		},
		root: func(store.Setup) string { return "badges." },
	}
}

func badgeLine(b game.Badge, version string) BadgeLine {
	line := BadgeLine{b.Key, b.Art, string(b.Kind), b.Of, b.AtLeast,
		Captions{b.Texts[game.English], b.Texts[game.German], b.Texts[game.French]}, BadgeSwitch{!b.Off}, version}
	if line.Of == nil {
		line.Of = []string{}
	}
	return line
}

func (d *Desk) badges() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/badges", "staff-badges", "The badges", "Every badge, on or off.", editors),
		func(ctx context.Context, in *empty) (*struct{ Body BadgeList }, error) {
			now, err := d.API.Store.Setup(ctx, 0)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			list := BadgeList{[]BadgeLine{}}
			for _, b := range now.After.Rules.Badges {
				tag, err := badgePart(b.Key).tag(now.After)
				if err != nil {
					return nil, d.fail(in.Language(), err)
				}
				list.Badges = append(list.Badges, badgeLine(b, tag))
			}
			return &struct{ Body BadgeList }{list}, nil
		})

	type change struct {
		api.Reader
		IfMatch
		Key  string `path:"key" maxLength:"80" example:"night-owl"`
		Body BadgeSwitch
	}
	huma.Register(d.huma, d.operation(http.MethodPatch, "/badges/{key}", "staff-switch-badge", "Turn a badge on or off",
		"A badge that is off is nowhere to be seen or earned. On again, everybody has it who has done what it wants, whenever that was.", editors,
		http.StatusBadRequest, http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *change) (*Tagged[BadgeLine], error) {
			l := in.Language()
			tag, err := in.tag(l)
			if err != nil {
				return nil, err
			}
			action := "badge.off"
			if in.Body.On {
				action = "badge.on"
			}
			p := badgePart(in.Key)
			if _, err := p.get(ctx, d, l); err != nil { // badges are not made here
				return nil, err
			}
			changed, err := p.edit(ctx, d, l, action, tag, &in.Body)
			if err != nil {
				return nil, err
			}
			now, err := d.API.Store.Setup(ctx, 0)
			if err != nil {
				return nil, d.fail(l, err)
			}
			i := slices.IndexFunc(now.After.Rules.Badges, func(b game.Badge) bool { return b.Key == in.Key })
			line := badgeLine(now.After.Rules.Badges[i], changed.ETag)
			line.BadgeSwitch = changed.Body
			return &Tagged[BadgeLine]{changed.ETag, line}, nil
		})
}

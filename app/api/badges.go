package api

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
)

// Badge is a badge and how far the visitor is with it.
type Badge struct {
	BadgeName
	Have     int        `json:"have" example:"3"`
	Need     int        `json:"need" example:"5"`
	Earned   bool       `json:"earned" doc:"Once earned it is kept, also when the zoo gets more animals of the kind"`
	EarnedAt *time.Time `json:"earnedAt,omitempty"`
	Possible bool       `json:"possible" doc:"Whether it can be earned with the animals on display now"`
}

// Badges are all badges there are.
type Badges struct {
	Earned int     `json:"earned"`
	Badges []Badge `json:"badges"`
}

// Levels are all levels, the lowest first.
type Levels struct {
	Points  int     `json:"points" doc:"The visitor's"`
	Current int     `json:"current" doc:"Number of the visitor's level"`
	Levels  []Level `json:"levels"`
}

func (a *API) badges(h huma.API) {
	huma.Register(h, a.operation(h, http.MethodGet, "/v1/badges", "get-badges", "Badges", "Every badge there is, earned or still open.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Badges }, error) {
			l := in.Language()
			zoo, state, err := a.Store.State(ctx, visitorOf(ctx).ID)
			if err != nil {
				return nil, a.fail(l, err)
			}
			all := Badges{Badges: []Badge{}}
			for i, b := range zoo.Referee.Rules().Badges {
				s := state.Badges[i]
				badge := Badge{BadgeName: badgeName(l, b), Have: s.Have, Need: s.Need, Earned: s.Earned(), Possible: s.Possible}
				if s.Earned() {
					at := s.At.UTC()
					badge.EarnedAt = &at
					all.Earned++
				}
				all.Badges = append(all.Badges, badge)
			}
			return &struct{ Body Badges }{all}, nil
		})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/levels", "get-levels", "Levels", "Every level there is, and the visitor's.", true),
		func(ctx context.Context, in *empty) (*struct{ Body Levels }, error) {
			l := in.Language()
			zoo, state, err := a.Store.State(ctx, visitorOf(ctx).ID)
			if err != nil {
				return nil, a.fail(l, err)
			}
			rules := zoo.Referee.Rules()
			all := Levels{Points: state.Points, Current: state.Level}
			for i := range rules.Levels {
				all.Levels = append(all.Levels, level(l, rules, i+1))
			}
			return &struct{ Body Levels }{all}, nil
		})
}

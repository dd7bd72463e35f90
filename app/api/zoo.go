package api

import (
	"context"
	"net/http"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/zoodex/zoodex/app/board"
	"github.com/zoodex/zoodex/game"
)

type followZooInput struct {
	Reader
	LastEventID string `header:"Last-Event-ID" doc:"The last event that was received: it is not sent again"`
}

// ZooArea is where photos have to be taken.
type ZooArea struct {
	Area *game.Area `json:"area,omitempty" doc:"A circle; missing if photos count wherever they are taken"`
}

// zoo declares what the screen at the exit shows.
func (a *API) zoo(h huma.API) {
	op := a.operation(h, http.MethodGet, "/v1/zoo/today", "get-today", "The zoo today",
		"What everybody together has caught today, and the leaderboards, for a screen that all can see. Of who caught which animal it tells nothing.", false)
	huma.Register(h, op, func(ctx context.Context, in *empty) (*struct{ Body board.Today }, error) {
		l := in.Language()
		today, err := board.ReadToday(ctx, a.Store, l)
		if err != nil {
			return nil, a.fail(l, err)
		}
		return &struct{ Body board.Today }{today}, nil
	})

	huma.Register(h, a.operation(h, http.MethodGet, "/v1/zoo/area", "get-area", "Where the zoo is",
		"Where photos have to be taken, if that matters. A phone that may know where it is compares that by itself, and says with a capture that it was inside or outside: positions are not sent.", false),
		func(ctx context.Context, in *empty) (*struct{ Body ZooArea }, error) {
			zoo, err := a.Store.Zoo(ctx)
			if err != nil {
				return nil, a.fail(in.Language(), err)
			}
			return &struct{ Body ZooArea }{ZooArea{zoo.Referee.Rules().FairPlay.Area}}, nil
		})

	op = a.operation(h, http.MethodGet, "/v1/zoo/today/live", "follow-today", "The zoo today, live",
		"Server-sent events named zoo, each as GET /v1/zoo/today answers: one at once, then one whenever something changes, a few a second at most. Whoever comes back with the Last-Event-ID they had gets the next one only.",
		false, http.StatusServiceUnavailable)
	op.Responses = events("id: zoo/mG3pLx0aZk_1\nevent: zoo\ndata: {\"board\":\"day-2026-05-01\",\"caught\":212,\"species\":47,\"living\":179,\"ever\":18034," +
		"\"latest\":[{\"slug\":\"red-panda\",\"name\":\"red panda\",\"art\":\"red-panda\",\"group\":\"small-mammal\",\"rarity\":4,\"times\":3,\"at\":\"2026-05-01T12:00:00Z\"}],\"standings\":[]}\n\n")
	huma.Register(h, op, func(ctx context.Context, in *followZooInput) (*huma.StreamResponse, error) {
		l := in.Language()
		listener, err := a.Live.ListenToday(ctx, l, in.LastEventID)
		if err != nil {
			return nil, a.boardProblem(l, err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { stream(humafiber.Unwrap(ctx), listener) }}, nil
	})
}

// events documents an answer of server-sent events.
func events(example string) map[string]*huma.Response {
	return map[string]*huma.Response{"200": {
		Description: "Events without end",
		Content:     map[string]*huma.MediaType{"text/event-stream": {Schema: &huma.Schema{Type: huma.TypeString}, Example: example}},
	}}
}

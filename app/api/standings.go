package api

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/danielgtaylor/huma/v2/adapters/humafiber"
	"github.com/gofiber/fiber/v2"
	"github.com/zoodex/zoodex/app/board"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// StandingsPart says which part of a board to answer.
type StandingsPart struct {
	Reader
	Of     store.Who `query:"of" enum:"visitors,groups" default:"visitors" doc:"Whose board"`
	Around string    `query:"around" enum:"me" doc:"me: the rows around the visitor of the token, who also learns where they would be when they are not on the board"`
	Group  string    `query:"group" format:"uuid" doc:"The rows around this group, of which the visitor of the token is a member"`
	After  string    `query:"after" maxLength:"64" doc:"The rows after this page: its next"`
	Limit  int       `query:"limit" minimum:"1" maximum:"100" default:"20" doc:"How many rows"`
}

type (
	standingsInput struct {
		Period string `path:"period" doc:"today, week, season or ever, in the zoo's time zone; weeks begin on Monday" example:"today"`
		StandingsPart
	}
	seasonInput struct {
		Key string `path:"key" maxLength:"64" doc:"Name of the season: usually its year" example:"2026"`
		StandingsPart
	}
	liveInput struct {
		Reader
		Period      string    `path:"period" doc:"today, week, season or ever" example:"today"`
		Of          store.Who `query:"of" enum:"visitors,groups" default:"visitors" doc:"Whose board"`
		LastEventID string    `header:"Last-Event-ID" doc:"The last event that was received: it is not sent again"`
	}
)

func (a *API) standings(h huma.API) {
	op := a.operation(h, http.MethodGet, "/v1/standings/{period}", "get-standings", "A leaderboard",
		"Who has most points, today, this week, this season or ever. Visitors are on it who said yes to that. With around or group it needs a token.",
		false, http.StatusUnauthorized, http.StatusNotFound, http.StatusUnprocessableEntity)
	op.Security = []map[string][]string{{}, {visitorScheme: {}}}
	op.Middlewares = huma.Middlewares{a.authenticateIfAsked(h)}
	huma.Register(h, op, func(ctx context.Context, in *standingsInput) (*struct{ Body board.Page }, error) {
		b, err := a.Store.Board(ctx, game.Period(in.Period))
		return a.standingsOf(ctx, b, err, in.StandingsPart)
	})

	op.OperationID, op.Path, op.Summary = "get-season", "/v1/standings/seasons/{key}", "The leaderboard of a season"
	op.Description = "Seasons that are over stay as they ended, but for those who have left."
	huma.Register(h, op, func(ctx context.Context, in *seasonInput) (*struct{ Body board.Page }, error) {
		b, err := a.Store.Season(ctx, in.Key)
		return a.standingsOf(ctx, b, err, in.StandingsPart)
	})

	op = a.operation(h, http.MethodGet, "/v1/standings/{period}/live", "follow-standings", "A leaderboard, live",
		"Server-sent events named standings, each with the first rows of the board as GET /v1/standings/{period} has them: one at once, then one whenever they change, a few a second at most. Whoever comes back with the Last-Event-ID they had gets the next one only.",
		false, http.StatusNotFound, http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	op.Responses = events("id: visitors/day-2026-05-01/17\nevent: standings\ndata: {\"board\":\"day-2026-05-01\",\"of\":\"visitors\",\"total\":1,\"rows\":[{\"rank\":1,\"name\":\"Brave Otter 42\",\"points\":185,\"key\":\"mG3pLx0aZk_1\"}]}\n\n")
	huma.Register(h, op, func(ctx context.Context, in *liveInput) (*huma.StreamResponse, error) {
		listener, err := a.Live.Listen(ctx, in.Of, game.Period(in.Period), in.LastEventID)
		if err != nil {
			return nil, a.boardProblem(in.Language(), err)
		}
		return &huma.StreamResponse{Body: func(ctx huma.Context) { stream(humafiber.Unwrap(ctx), listener) }}, nil
	})
}

// authenticateIfAsked wants a token where the question is about somebody.
func (a *API) authenticateIfAsked(h huma.API) func(huma.Context, func(huma.Context)) {
	authenticate := a.authenticate(h)
	return func(ctx huma.Context, next func(huma.Context)) {
		if ctx.Query("around") == "" && ctx.Query("group") == "" {
			next(ctx)
			return
		}
		authenticate(ctx, next)
	}
}

func (a *API) standingsOf(ctx context.Context, b game.Board, err error, in StandingsPart) (*struct{ Body board.Page }, error) {
	var found store.Page
	if err == nil {
		found, err = a.readStandings(ctx, b, &in)
	}
	if err != nil {
		return nil, a.boardProblem(in.Language(), err)
	}
	page := board.NewPage(in.Of, found)
	if n := len(found.Standings); n > 0 && n == in.Limit && found.Mine == nil {
		page.Next = board.CursorAfter(found.Standings[n-1].Score).String()
	}
	return &struct{ Body board.Page }{page}, nil
}

var errTwoPlaces = errors.New("a page is around somebody or after another page, not both, and around me is among visitors")

func (a *API) readStandings(ctx context.Context, b game.Board, in *StandingsPart) (store.Page, error) {
	switch {
	case in.Group != "" && (in.After != "" || in.Around != ""), in.Around != "" && (in.After != "" || in.Of != store.Visitors):
		return store.Page{}, errTwoPlaces
	case in.Group != "":
		in.Of = store.Groups
		group, err := a.Store.Group(ctx, visitorOf(ctx).ID, store.GroupID(plainUUID(in.Group)))
		if err != nil {
			return store.Page{}, err
		}
		return a.Store.Around(ctx, store.Groups, b, string(group.ID), in.Limit/2)
	case in.Around != "":
		return a.Store.Around(ctx, store.Visitors, b, string(visitorOf(ctx).ID), in.Limit/2)
	case in.After != "":
		cursor, err := board.ParseCursor(in.After)
		if err != nil {
			return store.Page{}, err
		}
		tied, err := a.Store.Tied(ctx, in.Of, b, cursor.Points, cursor.Reached)
		if err != nil {
			return store.Page{}, err
		}
		return a.Store.After(ctx, in.Of, b, cursor.Score(tied), in.Limit)
	}
	return a.Store.Top(ctx, in.Of, b, in.Limit)
}

func (a *API) boardProblem(l game.Language, err error) error {
	switch {
	case errors.Is(err, game.ErrPeriod):
		return problem(l, unknownPeriod, nil, err)
	case errors.Is(err, game.ErrNoSeason):
		return problem(l, noSeason, nil, err)
	case errors.Is(err, game.ErrNotFound):
		return problem(l, noSuchGroup, nil, err)
	case errors.Is(err, board.ErrCursor), errors.Is(err, errTwoPlaces):
		return problem(l, unknownPlace, nil, err)
	case errors.Is(err, board.ErrFull):
		p := problem(l, busy, nil, err)
		p.wait = 30
		return p
	}
	return a.fail(l, err)
}

const (
	heartbeat = 15 * time.Second // of a live board on which nothing happens
	stalled   = 30 * time.Second // after which a listener who reads nothing is let go
)

// stream sends events to a listener until either side has enough.
func stream(c *fiber.Ctx, listener *board.Listener) {
	c.Set(fiber.HeaderContentType, "text/event-stream")
	c.Set(fiber.HeaderCacheControl, "no-store")
	c.Set("X-Accel-Buffering", "no") // for proxies that would collect events
	c.Context().SetConnectionClose()
	conn := c.Context().Conn()
	c.Context().SetBodyStreamWriter(func(w *bufio.Writer) {
		defer listener.Close()
		// At once, so that the listener knows that it is connected.
		for fmt.Fprint(w, "retry: 3000\n\n"); ; {
			conn.SetWriteDeadline(time.Now().Add(stalled))
			if err := w.Flush(); err != nil {
				return
			}
			event, changed, err := listener.Next(heartbeat)
			switch {
			case err != nil:
				return
			case changed:
				fmt.Fprintf(w, "id: %s\nevent: %s\ndata: %s\n\n", event.ID, event.Kind, event.Data)
			default:
				fmt.Fprint(w, ": nothing new\n\n")
			}
		}
	})
}

package api

import (
	"context"
	"crypto/sha256"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Captured is the answer to a capture.
type Captured struct {
	ID string `json:"id" format:"uuid"`
	Look
	Outcome  string         `json:"outcome" enum:"caught,seen,unsure,nothing,stranger,void" doc:"caught: a first catch. seen: caught before. void: kept, but it does not count. The others as in a look."`
	Species  *CaughtSpecies `json:"species,omitempty"`
	At       time.Time      `json:"at" doc:"When the photo was taken"`
	Earned   Earned         `json:"earned"`
	Progress game.Progress  `json:"progress" doc:"How far the collection had grown with this capture"`
	Void     *Void          `json:"void,omitempty" doc:"Why it does not count"`
	Quiz     *Quiz          `json:"quiz,omitempty" doc:"A question that follows some first catches"`
}

type captureInput struct {
	Reader
	ID string    `path:"id" format:"uuid" doc:"A UUID made by the phone, new for each capture"`
	At time.Time `query:"at" doc:"When the photo was taken (RFC 3339), if it was taken offline: at most 7 days ago. Now, if left out."`

	Place string `query:"place" enum:"inside,outside" doc:"Where the phone was, as it judges itself by GET /v1/zoo/area: it sends no position. Left out if it does not know"`

	id      game.CaptureID // however the phone spelt it
	offline bool
}

// Resolve implements huma.Resolver.
func (in *captureInput) Resolve(ctx huma.Context) []error {
	id, err := uuid.Parse(in.ID)
	if err != nil {
		return nil // huma has said so
	}
	in.id, in.offline = game.CaptureID(id.String()), ctx.Query("at") != ""
	return nil
}

func (a *API) captures(h huma.API) {
	op := a.photoOperation(h, http.MethodPut, "/v1/captures/{id}", "capture", "Catch an animal",
		"Records a capture under an id that the phone made. Sending it again with the same photo is answered as the first time, "+
			"so a phone may repeat it until it has heard the answer. The same id with another photo is refused.")
	op.DefaultStatus = http.StatusCreated
	op.Errors = append(op.Errors, http.StatusConflict)
	type output struct {
		Status int
		Body   Captured
	}
	documented := registerPhoto(h, op, func(ctx context.Context, in *captureInput) (*output, error) {
		l, now := in.Language(), a.Now()
		at := in.At
		if !in.offline {
			at = now
		}
		at = at.UTC().Truncate(time.Microsecond) // as Postgres keeps it, so that a retry is answered alike
		c := game.Capture{ID: in.id, Visitor: visitorOf(ctx).ID, At: at, PhotoSum: sha256.Sum256(photoOf(ctx)), Outside: in.Place == "outside"}
		zoo, answer, fresh, err := a.capture(ctx, l, c, now, photoOf(ctx))
		if err != nil {
			return nil, a.fail(l, err)
		}
		status := http.StatusOK
		if fresh {
			status = http.StatusCreated
			a.Metrics.Outcomes.WithLabelValues(string(answer.Outcome)).Inc()
		}
		return &output{status, a.captured(l, zoo, answer)}, nil
	})
	// A retry is answered 200: the document should say so too.
	again := *documented.Responses["201"]
	again.Description = "The same capture again, answered as the first time"
	documented.Responses["200"] = &again
}

// capture records a photo, unless it was recorded before.
func (a *API) capture(ctx context.Context, l game.Language, c game.Capture, now time.Time, photo []byte) (*store.Zoo, store.Answer, bool, error) {
	// A retry is not recognised again, nor too old: its first sending was in time.
	earlier, ok, err := a.Store.Replay(ctx, c.Visitor, c.ID, c.PhotoSum)
	if err != nil || ok {
		zoo, zooErr := a.Store.Zoo(ctx)
		if err == nil {
			err = zooErr
		}
		return zoo, earlier, false, err
	}
	if c.At.After(now.Add(game.MaxSkew)) {
		return nil, store.Answer{}, false, problem(l, inTheFuture, nil, nil)
	}
	if !game.Timely(c.At, now) {
		return nil, store.Answer{}, false, problem(l, tooOld, nil, nil)
	}
	zoo, seen, err := a.recognise(ctx, photo)
	if err != nil {
		return nil, store.Answer{}, false, err
	}
	c.Recognised, c.PhotoSig, c.PhotoFlip = seen.Recognised, seen.Print.Upright, seen.Print.Mirrored
	answer, fresh, err := a.Store.Record(ctx, zoo, c)
	return zoo, answer, fresh, err
}

func (a *API) captured(l game.Language, zoo *store.Zoo, c store.Answer) Captured {
	answer := Captured{
		ID: string(c.ID), Look: a.look(l, zoo, c.Recognised), Outcome: string(c.Outcome), At: c.At.UTC(),
		Earned: a.earned(l, zoo, c.Gain), Progress: c.Progress, Void: void(l, c.Void), Quiz: quiz(l, zoo, c.Question),
	}
	if s, ok := zoo.ByID(c.Species); ok && c.Outcome != game.Void { // what does not count opens no page
		caught := a.caughtSpecies(l, s)
		answer.Species = &caught
	}
	return answer
}

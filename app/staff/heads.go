package staff

import (
	"context"
	"net/http"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/vision/teach"
)

// Head is something that was learnt. It never changes.
type Head struct {
	Version  int64     `json:"version" example:"3"`
	Who      string    `json:"who"`
	At       time.Time `json:"at"`
	Verdict  string    `json:"verdict" enum:"ready,ready-but-confuses,not-ready"`
	Accuracy float64   `json:"accuracy" doc:"Of photos that were kept apart, 0 to 1"`
	Species  []string  `json:"species" doc:"Slugs of what it was taught"`
	Holds    bool      `json:"published" doc:"Whether it decides what visitors catch now"`
	Outdated bool      `json:"outdated" doc:"Whether it was made for another network than this version's: it cannot be published, train again"`
}

// Publication says which head held from when on.
type Publication struct {
	Version int64     `json:"version" doc:"0: none, the network alone"`
	Who     string    `json:"who"`
	At      time.Time `json:"at"`
}

// Heads are what was learnt, and what was published.
type Heads struct {
	Heads        []Head        `json:"heads" doc:"The latest first"`
	Publications []Publication `json:"publications" doc:"The latest first: it holds now"`
}

// Publish says which head is to hold.
type Publish struct {
	Version int64 `json:"version" minimum:"0" example:"3" doc:"A head, also an earlier one; 0 goes back to the network alone"`
	Anyway  bool  `json:"anyway,omitempty" doc:"Also if the report says that it is not ready"`
}

// ByVersion is an input that is about one head.
type ByVersion struct {
	api.Reader
	Version int64 `path:"version" minimum:"1" example:"3"`
}

func publications(all []school.Publication) []Publication {
	p := make([]Publication, len(all))
	for i, a := range all {
		p[i] = Publication(a)
	}
	return p
}

func (d *Desk) heads() {
	type empty struct{ api.Reader }
	read := func(ctx context.Context, in api.Reader) (*struct{ Body Heads }, error) {
		heads, err := d.School.Heads(ctx)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		published, err := d.School.Publications(ctx)
		if err != nil {
			return nil, d.fail(in.Language(), err)
		}
		all := Heads{make([]Head, len(heads)), publications(published)}
		for i, h := range heads {
			all.Heads[i] = Head{h.Version, h.Who, h.At, string(h.Verdict), h.Accuracy, h.Species, h.Holds, h.Outdated}
		}
		return &struct{ Body Heads }{all}, nil
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/heads", "staff-heads", "What was learnt", "Every head, and which of them held when.", keepers),
		func(ctx context.Context, in *empty) (*struct{ Body Heads }, error) { return read(ctx, in.Reader) })

	huma.Register(d.huma, d.operation(http.MethodGet, "/heads/{version}/report", "staff-head-report", "How well it was learnt",
		"The verdict, each species, the matrix with the photos behind each cell, photos to look at, and the learning curve. Photos are ids, species are slugs.", keepers,
		http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *ByVersion) (*struct{ Body teach.Report }, error) {
			report, err := d.School.Report(ctx, in.Version)
			if err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return &struct{ Body teach.Report }{report}, nil
		})

	type publish struct {
		api.Reader
		Body Publish
	}
	huma.Register(d.huma, d.operation(http.MethodPut, "/heads/published", "staff-publish-head", "Publish, or roll back",
		"Makes a head the one that decides what visitors catch, in every process within a second. To roll back, publish an earlier one.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusConflict, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *publish) (*struct{ Body Heads }, error) {
			if err := d.School.Publish(ctx, callerOf(ctx).Who(), in.Body.Version, in.Body.Anyway); err != nil {
				return nil, d.fail(in.Language(), err)
			}
			return read(ctx, in.Reader)
		})

	op := d.operation(http.MethodPost, "/heads/{version}/looks", "staff-try-head", "Try a head with a photo",
		"Says what a visitor would be told of a photo if this head held. Nothing is recorded, and the photo is forgotten.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusRequestTimeout, http.StatusRequestEntityTooLarge, http.StatusUnsupportedMediaType,
		http.StatusUnprocessableEntity, http.StatusServiceUnavailable)
	op.Middlewares = append(op.Middlewares, d.API.TakePhoto(d.huma))
	huma.Register(d.huma, op, func(ctx context.Context, in *ByVersion) (*struct{ Body api.Look }, error) {
		l := in.Language()
		head, err := d.School.Read(ctx, in.Version)
		if err != nil {
			return nil, d.fail(l, err)
		}
		zoo, err := d.API.Store.Zoo(ctx)
		if err != nil {
			return nil, d.fail(l, err)
		}
		seen, err := d.Try(ctx, zoo, head, api.PhotoOf(ctx))
		if err != nil {
			return nil, d.fail(l, err)
		}
		return &struct{ Body api.Look }{d.API.LookOf(l, zoo, seen.Recognised)}, nil
	})
	d.huma.OpenAPI().Paths[op.Path].Post.RequestBody = api.PhotoBody()
}

package api

import (
	"context"
	"errors"
	"net/http"
	"strings"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

func (a *API) pictures(h huma.API) {
	type input struct {
		Reader
		ID    string `path:"id" example:"0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b"`
		Known string `header:"If-None-Match" doc:"The ETag of what the phone has"`
	}
	type output struct {
		Status int
		Type   string `header:"Content-Type"`
		Cache  string `header:"Cache-Control"`
		Tag    string `header:"ETag"`
		Body   []byte
	}
	for _, p := range []struct {
		path, id, summary, description string
		small                          bool
	}{
		{"/v1/pictures/{id}", "get-picture", "A picture of an animal",
			"The zoo's own picture of a species, whose longest side has about 960 pixels. What an id names never changes.", false},
		{"/v1/pictures/{id}/thumbnail", "get-thumbnail", "A small picture of an animal",
			"The same, cut to a square of 240 pixels.", true},
	} {
		op := a.operation(h, http.MethodGet, p.path, p.id, p.summary, p.description, false, http.StatusNotFound)
		huma.Register(h, op, func(ctx context.Context, in *input) (*output, error) {
			data, err := a.Store.Picture(ctx, in.ID, p.small)
			if errors.Is(err, game.ErrNotFound) {
				return nil, problem(in.Language(), noSuchPage, nil, err)
			}
			if err != nil {
				return nil, a.fail(in.Language(), err)
			}
			out := &output{http.StatusOK, "image/jpeg", "public, max-age=31536000, immutable", `"` + in.ID + `"`, data}
			if strings.Contains(in.Known, out.Tag) {
				out.Status, out.Body = http.StatusNotModified, nil
			}
			return out, nil
		})
		documented := h.OpenAPI().Paths[op.Path].Get.Responses
		documented["200"].Content = map[string]*huma.MediaType{"image/jpeg": {Schema: &huma.Schema{Type: huma.TypeString, Format: "binary"}}}
		documented["304"] = &huma.Response{Description: "The phone has it already"}
	}
}

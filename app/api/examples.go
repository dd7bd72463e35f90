package api

import (
	_ "embed"
	"encoding/json"
	"fmt"
	"strconv"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/game"
)

// examples are what calls were once sent and answered, by operation, with long
// lists cut short. The test of the examples writes them anew.
//
//go:embed examples.json
var examplesFile []byte

var examples = func() (all map[string]struct{ Request, Answer json.RawMessage }) {
	if err := json.Unmarshal(examplesFile, &all); err != nil {
		panic(fmt.Sprintf("examples.json: %v", err)) // a file of ours, held by its test
	}
	return all
}()

// Examples puts examples into the document: of requests and answers, and of
// the problems.
func Examples(h huma.API) {
	components := h.OpenAPI().Components
	components.Examples = map[string]*huma.Example{}
	for _, path := range h.OpenAPI().Paths {
		for _, op := range []*huma.Operation{path.Get, path.Put, path.Post, path.Patch, path.Delete} {
			if op == nil {
				continue
			}
			example := examples[op.OperationID]
			if op.RequestBody != nil && example.Request != nil && op.RequestBody.Content["application/json"] != nil {
				op.RequestBody.Content["application/json"].Example = example.Request
			}
			for status, response := range op.Responses {
				if answer := response.Content["application/json"]; answer != nil && example.Answer != nil {
					answer.Example = example.Answer
				}
				n, err := strconv.Atoi(status)
				if refusal := response.Content["application/problem+json"]; refusal != nil && err == nil {
					p := ofStatus(game.English, n, nil)
					p.ID = "7K2M-9QXA"
					name := "problem-" + status
					components.Examples[name] = &huma.Example{Value: p}
					refusal.Examples = map[string]*huma.Example{"problem": {Ref: "#/components/examples/" + name}}
				}
			}
		}
	}
}

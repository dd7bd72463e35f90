package app_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"os"
	"strings"
	"testing"

	"github.com/google/uuid"
)

const examplesFile = "api/examples.json"

var renewExamples = flag.Bool("renew-examples", false, "write "+examplesFile+" anew")

// Whoever builds on the API sees what each call is sent and answers.
func TestEveryCallHasExamples(t *testing.T) {
	t.Parallel()
	s := start(t)
	if *renewExamples {
		text, err := json.MarshalIndent(s.play(), "", "  ")
		if err == nil {
			err = os.WriteFile(examplesFile, append(text, '\n'), 0o644)
		}
		if err != nil {
			t.Fatal(err)
		}
		t.Log("written; build anew and renew the document too")
		return
	}
	d := s.document()
	for path, operations := range d.Paths {
		for method, op := range operations {
			check := func(what string, m media) {
				t.Helper()
				for _, e := range m.Examples {
					m.Example = d.Components.Examples[strings.TrimPrefix(e.Ref, "#/components/examples/")].Value
				}
				if m.Example == nil {
					if strings.HasPrefix(path, "/v1/") {
						t.Errorf("%s %s: %s has no example: write them with go test ./app -run TestEveryCallHasExamples -renew-examples", method, path, what)
					}
					return
				}
				if found := d.deviation(m.Schema, m.Example, what); found != "" {
					t.Errorf("%s %s: %s", method, path, found)
				}
			}
			if op.RequestBody != nil {
				if body, ok := op.RequestBody.Content["application/json"]; ok {
					check("the request", body)
				}
			}
			for status, response := range op.Responses {
				for kind, m := range response.Content {
					if kind == "text/event-stream" {
						if text, _ := m.Example.(string); !strings.Contains(text, "\ndata: ") {
							t.Errorf("%s %s: the events have no example", method, path)
						}
						continue
					}
					if !strings.HasPrefix(kind, "image/") {
						check(status, m)
					}
				}
			}
		}
	}
}

type exampleCall struct {
	Request json.RawMessage `json:"request,omitempty"`
	Answer  any             `json:"answer,omitempty"`
}

// play makes every call once, and gives what was sent and answered.
func (s *service) play() map[string]exampleCall {
	s.t.Helper()
	operations := map[string]string{} // by method and path
	for path, all := range s.document().Paths {
		for method, op := range all {
			operations[strings.ToUpper(method)+" "+path] = op.OperationID
		}
	}
	kept := map[string]exampleCall{}
	keep := func(operation, sent string, a answer) answer {
		s.t.Helper()
		if a.status >= 300 || operations[operation] == "" {
			s.t.Fatalf("%s: %s", operation, a)
		}
		var value any
		if a.into(s.t, &value); strings.HasPrefix(sent, "{") {
			kept[operations[operation]] = exampleCall{json.RawMessage(sent), short(value)}
		} else {
			kept[operations[operation]] = exampleCall{nil, short(value)}
		}
		return a
	}
	var v, friend visitor
	for _, who := range []*visitor{&v, &friend} {
		keep("POST /v1/visitors", "", s.ask("POST", "/v1/visitors", nil)).into(s.t, who)
		who.service = s
	}
	call := func(operation, at, body string) answer {
		s.t.Helper()
		method, path, _ := strings.Cut(operation, " ")
		if at != "" {
			path = at
		}
		return keep(operation, body, v.send(method, path, body, "Accept-Language", "en"))
	}
	call("PUT /v1/me/standings", "", `{"standings":true}`)
	photo := animal(s.t, "lion")
	keep("POST /v1/looks", "", v.ask("POST", "/v1/looks", bytes.NewReader(photo)))
	id := uuid.NewString()
	capture := "/v1/captures/" + id
	first := keep("PUT /v1/captures/{id}", "", v.ask("PUT", capture, bytes.NewReader(photo))).played(s.t)
	choice, err := json.Marshal(map[string]string{"choice": first.Quiz.Choices[0].Key})
	if err != nil {
		s.t.Fatal(err)
	}
	call("POST /v1/captures/{id}/quiz", capture+"/quiz", string(choice))
	for _, operation := range []string{"GET /v1/me", "GET /v1/badges", "GET /v1/levels", "GET /v1/trails", "GET /v1/dex", "GET /v1/me/export", "GET /v1/zoo/today", "GET /v1/zoo/area"} {
		call(operation, "", "")
	}
	call("GET /v1/species/{slug}", "/v1/species/lion", "")
	var group struct {
		ID   string
		Code struct{ Code string }
	}
	founded := friend.send("POST", "/v1/groups", `{"kind":"family"}`)
	founded.into(s.t, &group)
	keep("POST /v1/groups", `{"kind":"family"}`, founded)
	call("POST /v1/groups/join", "", `{"code":"`+group.Code.Code+`"}`)
	call("GET /v1/groups", "", "")
	call("GET /v1/groups/{id}", "/v1/groups/"+group.ID, "")
	keep("POST /v1/groups/{id}/code", "", friend.send("POST", "/v1/groups/"+group.ID+"/code", ""))
	call("GET /v1/standings/{period}", "/v1/standings/ever?around=me", "")
	call("GET /v1/standings/seasons/{key}", "/v1/standings/seasons/2026", "")
	call("POST /v1/captures/{id}/correction", capture+"/correction", `{"species":"lion"}`)
	call("DELETE /v1/captures/{id}/correction", capture+"/correction", "")
	call("PATCH /v1/me", "", "")
	call("POST /v1/me/phones", "", `{"passCode":"`+v.PassCode+`"}`)
	call("POST /v1/me/pass-code", "", "")
	return kept
}

// short cuts lists to two elements, but for those that belong together.
func short(value any) any {
	switch v := value.(type) {
	case map[string]any:
		for key, of := range v {
			if list, ok := of.([]any); ok && len(list) > 2 && key != "choices" && key != "lines" {
				v[key] = list[:2]
			}
			short(v[key])
		}
	case []any:
		for _, of := range v {
			short(of)
		}
	}
	return value
}

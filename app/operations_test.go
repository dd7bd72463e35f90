package app_test

import (
	"bytes"
	"fmt"
	"io"
	"net/http"
	"regexp"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/database/databasetest"
	"github.com/zoodex/zoodex/app/staff/office"
)

// schema is as much of JSON Schema as the document uses.
type schema struct {
	Ref                  string             `json:"$ref"`
	Type                 any                `json:"type"`
	Properties           map[string]*schema `json:"properties"`
	Required             []string           `json:"required"`
	Items                *schema            `json:"items"`
	Enum                 []any              `json:"enum"`
	AdditionalProperties any                `json:"additionalProperties"`
	Minimum, Maximum     *float64
}

type document struct {
	OpenAPI string
	Paths   map[string]map[string]struct {
		OperationID string
		Summary     string
		Security    []map[string][]string
		Roles       []string `json:"x-roles"`
		Parameters  []struct{ Name, In string }
		RequestBody *struct {
			Content map[string]media
		}
		Responses map[string]struct {
			Content map[string]media
		}
	}
	Components struct {
		Schemas  map[string]*schema
		Examples map[string]struct{ Value any }
	}
}

// media is a body as the document has it.
type media struct {
	Schema   *schema
	Example  any
	Examples map[string]struct {
		Ref string `json:"$ref"`
	}
}

// deviation says where a value is not as the schema has it, "" if nowhere.
func (d *document) deviation(s *schema, value any, where string) string {
	if name, ok := strings.CutPrefix(s.Ref, "#/components/schemas/"); ok {
		s = d.Components.Schemas[name]
	}
	if s == nil {
		return where + " has no schema"
	}
	if len(s.Enum) > 0 && !slices.Contains(s.Enum, value) {
		return fmt.Sprintf("%s is %v, none of %v", where, value, s.Enum)
	}
	switch v := value.(type) {
	case map[string]any:
		if s.Type != "object" {
			return fmt.Sprintf("%s is an object, not %v", where, s.Type)
		}
		for _, name := range s.Required {
			if _, ok := v[name]; !ok {
				return where + "." + name + " is missing"
			}
		}
		for name, value := range v {
			property := s.Properties[name]
			if property == nil && s.AdditionalProperties != nil && s.AdditionalProperties != false {
				continue
			}
			if property == nil {
				return where + "." + name + " is not documented"
			}
			if found := d.deviation(property, value, where+"."+name); found != "" {
				return found
			}
		}
	case []any:
		if s.Type != "array" {
			return fmt.Sprintf("%s is an array, not %v", where, s.Type)
		}
		for i, value := range v {
			if found := d.deviation(s.Items, value, fmt.Sprintf("%s[%d]", where, i)); found != "" {
				return found
			}
		}
	case string:
		if s.Type != "string" {
			return fmt.Sprintf("%s is a string, not %v", where, s.Type)
		}
	case float64:
		if s.Type != "number" && (s.Type != "integer" || v != float64(int64(v))) {
			return fmt.Sprintf("%s is %v, not %v", where, v, s.Type)
		}
		if s.Minimum != nil && v < *s.Minimum || s.Maximum != nil && v > *s.Maximum {
			return fmt.Sprintf("%s is %v, out of bounds", where, v)
		}
	case bool:
		if s.Type != "boolean" {
			return fmt.Sprintf("%s is a boolean, not %v", where, s.Type)
		}
	default:
		return fmt.Sprintf("%s is %v", where, value)
	}
	return ""
}

func (s *service) document() (d document) {
	s.t.Helper()
	a := s.ask("GET", "/openapi.json", nil)
	if a.status != http.StatusOK {
		s.t.Fatal(a)
	}
	a.into(s.t, &d)
	return d
}

func TestEveryDocumentedOperationIsThereAndAnswersAsDocumented(t *testing.T) {
	t.Parallel()
	s := start(t)
	d := s.document()
	if !strings.HasPrefix(d.OpenAPI, "3.1") {
		t.Errorf("the document is of OpenAPI %s", d.OpenAPI)
	}
	photo := drawing(1)
	if real := somePhotos(t); len(real) > 10 {
		photo = animal(t, "lion")
	}
	answered := 0
	for path, operations := range d.Paths {
		if strings.HasPrefix(path, "/staff/") {
			continue // see TestOnlyWhoMayCallsTheStaffDesk
		}
		for method, op := range operations {
			method = strings.ToUpper(method)
			if _, endless := op.Responses["200"].Content["text/event-stream"]; endless {
				continue
			}
			t.Run(op.OperationID, func(t *testing.T) {
				v := s.join()
				s.run(`DELETE FROM prints`) // as if everybody took pictures of their own
				caught := v.capture(photo).played(t)
				own := v.send("POST", "/v1/groups", `{"kind":"family"}`).group(t)
				others := s.join().send("POST", "/v1/groups", `{"kind":"class"}`).group(t)
				s.join().send("POST", "/v1/groups/join", `{"code":"`+own.Code.Code+`"}`)
				member := v.get("/v1/groups/" + own.ID).group(t).Members[1].ID
				id := uuid.NewString()
				switch {
				case strings.HasPrefix(path, "/v1/groups/"):
					id = own.ID
				case strings.HasPrefix(path, "/v1/pictures/"):
					id = s.script(office.Editor).sendsPicture(portrait(200, 200, blue)).Picture
				case strings.HasPrefix(path, "/v1/captures/{id}/"):
					id = caught.ID
				}
				at := strings.NewReplacer("{id}", id, "{slug}", "lion", "{member}", member, "{period}", "ever", "{key}", "2026").Replace(path)
				bodies := map[string]string{
					"correct-capture": `{}`, "found-group": `{"kind":"family"}`, "join-group": `{"code":"` + others.Code.Code + `"}`,
					"add-phone": `{"passCode":"` + v.PassCode + `"}`, "join-standings": `{"standings":true}`,
				}
				if caught.Quiz != nil {
					bodies["answer-quiz"] = `{"choice":"` + caught.Quiz.Choices[0].Key + `"}`
				} else if op.OperationID == "answer-quiz" {
					return // nothing is known of the animal in a drawing
				}
				body := func() io.Reader {
					if op.RequestBody == nil {
						return nil
					}
					if text, ok := bodies[op.OperationID]; ok {
						return strings.NewReader(text)
					}
					return bytes.NewReader(photo)
				}
				good := v.ask(method, at, body())
				refused := s.ask(method, at, nil)
				// A call that needs no token may take one: it is said by an empty choice.
				secured := len(op.Security) > 0 && !slices.ContainsFunc(op.Security, func(m map[string][]string) bool { return len(m) == 0 })
				if !secured {
					refused = v.ask(method, at+"/nowhere", nil)
				} else if refused.status != http.StatusUnauthorized {
					t.Errorf("without a token: %s", refused)
				}
				if good.status >= 300 && good.kind() != "locked" {
					t.Errorf("answered %s", good)
				}
				answers := []answer{good}
				if method == http.MethodGet {
					answers = append(answers, s.join().get(at)) // who has caught nothing yet
				}
				if secured {
					answers = append(answers, refused)
				}
				if op.RequestBody != nil {
					answers = append(answers, v.ask(method, at, body()), v.ask(method, at, strings.NewReader("text")))
				}
				for _, a := range answers {
					documented, ok := op.Responses[fmt.Sprint(a.status)]
					if !ok {
						t.Errorf("status %d is not documented", a.status)
						continue
					}
					if len(a.body) == 0 {
						continue
					}
					content, ok := documented.Content[a.header.Get("Content-Type")]
					if !ok {
						t.Errorf("status %d is documented as %v, not as %s", a.status, documented.Content, a.header.Get("Content-Type"))
						continue
					}
					if strings.HasPrefix(a.header.Get("Content-Type"), "image/") {
						continue
					}
					var value any
					a.into(t, &value)
					if found := d.deviation(content.Schema, value, "answer"); found != "" {
						t.Errorf("status %d: %s", a.status, found)
					}
					answered++
				}
			})
			if op.Summary == "" || op.OperationID == "" {
				t.Errorf("%s %s has no words", method, path)
			}
		}
	}
	if answered < 15 {
		t.Errorf("only %d answers were compared", answered)
	}
}

func TestTheDocumentationComesFromOurOwnFiles(t *testing.T) {
	t.Parallel()
	s := start(t)
	page := s.ask("GET", "/docs", nil)
	if page.status != http.StatusOK || !strings.Contains(string(page.body), "/openapi.json") {
		t.Fatalf("the documentation: %.300s", page)
	}
	if found := regexp.MustCompile(`(?:src|href)="(https?:)?//[^"]*`).FindString(string(page.body)); found != "" {
		t.Errorf("the documentation loads %s", found)
	}
	for _, asset := range regexp.MustCompile(`(?:src|href)="(/docs/[^"]+|[^"/:#]+\.(?:js|css))"`).FindAllStringSubmatch(string(page.body), -1) {
		path := asset[1]
		if !strings.HasPrefix(path, "/") {
			path = "/docs/" + path
		}
		if a := s.ask("GET", path, nil); a.status != http.StatusOK || len(a.body) == 0 {
			t.Errorf("%s: %.100s", path, a)
		}
	}
}

func TestEveryPageComesWithItsGuards(t *testing.T) {
	t.Parallel()
	s := start(t)
	for _, path := range []string{"/", "/board", "/v1/me", "/healthz", "/nowhere", "/docs/"} {
		a := s.ask("GET", path, nil)
		for _, header := range []string{"Content-Security-Policy", "X-Content-Type-Options", "Referrer-Policy", "Permissions-Policy"} {
			if a.header.Get(header) == "" {
				t.Errorf("%s comes without %s", path, header)
			}
		}
		if a.header.Get("Access-Control-Allow-Origin") != "" {
			t.Errorf("%s may be read by any page", path)
		}
		if policy := a.header.Get("Permissions-Policy"); policy != "camera=(self), microphone=(), geolocation=(self)" {
			t.Errorf("%s permits %s", path, policy)
		}
	}
}

func TestHealthAndReadiness(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	s := start(t, func(c *app.Config) { c.DatabaseURL = url })
	for _, path := range []string{"/healthz", "/readyz"} {
		if a := s.ask("GET", path, nil); a.status != http.StatusOK {
			t.Errorf("%s: %s", path, a)
		}
	}
	v := s.join()

	// The database goes.
	name := url[strings.LastIndex(url, "/")+1:]
	name, _, _ = strings.Cut(name, "?")
	admin := open(t, databasetest.URL(t))
	s.db.Close()
	for _, statement := range []string{
		fmt.Sprintf(`ALTER DATABASE %s ALLOW_CONNECTIONS false`, name),
		fmt.Sprintf(`SELECT pg_terminate_backend(pid) FROM pg_stat_activity WHERE datname = '%s'`, name),
	} {
		if err := admin.Gorm().Exec(statement).Error; err != nil {
			t.Fatal(err)
		}
	}
	if a := s.ask("GET", "/readyz", nil); a.status != http.StatusServiceUnavailable {
		t.Errorf("without a database it is ready: %s", a)
	}
	if a := s.ask("GET", "/healthz", nil); a.status != http.StatusOK {
		t.Errorf("without a database it is not alive: %s", a)
	}
	if a := v.capture(drawing(1)); a.status < 500 {
		t.Errorf("without a database a capture is answered %s", a)
	}

	// It comes back, and nothing has to be started again.
	if err := admin.Gorm().Exec(fmt.Sprintf(`ALTER DATABASE %s ALLOW_CONNECTIONS true`, name)).Error; err != nil {
		t.Fatal(err)
	}
	eventually(t, "be ready with the database back", func() bool { return s.ask("GET", "/readyz", nil).status == http.StatusOK })
	var a answer
	eventually(t, "capture with the database back", func() bool { // as a phone does, which is told to try again
		a = v.capture(drawing(1))
		return a.status < 500
	})
	if a.status != http.StatusCreated {
		t.Errorf("with its database back a capture is answered %s", a)
	}
}

func TestMetricsCountWithoutNamingAnybody(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	id := uuid.NewString()
	v.captureAs(id, drawing(1))
	v.captureAs(id, drawing(1))
	v.ask("POST", "/v1/looks", bytes.NewReader(drawing(2)))
	v.get("/v1/species/lion")
	v.get("/v1/" + v.ID)
	v.get("/" + v.Token)
	s.ask("DELETE", "/"+v.Token, nil)
	a := s.ask("GET", "/metrics", nil)
	text := string(a.body)
	for _, want := range []string{
		`zoodex_request_seconds_count{method="PUT",route="/v1/captures/:id",status="201"} 1`,
		`zoodex_request_seconds_count{method="PUT",route="/v1/captures/:id",status="200"} 1`,
		`zoodex_request_seconds_count{method="POST",route="/v1/looks",status="200"} 1`,
		`zoodex_recognition_seconds_count{stage="decode"} 2`,
		`zoodex_recognition_seconds_count{stage="prepare"} 2`,
		`zoodex_recognition_seconds_count{stage="network"} 2`,
		`zoodex_captures_total{outcome="nothing"} 1`,
		"zoodex_recognition_queue 0",
	} {
		if !strings.Contains(text, want) {
			t.Errorf("the metrics lack %s", want)
		}
	}
	for what, secret := range map[string]string{"a visitor's id": v.ID, "a token": v.Token, "a capture's id": id, "a nickname": v.Nickname, "an address": "127.0.0.1"} {
		if strings.Contains(text, secret) {
			t.Errorf("the metrics tell %s", what)
		}
	}
	if t.Failed() {
		for _, line := range strings.Split(text, "\n") {
			if strings.HasPrefix(line, "zoodex") && !strings.Contains(line, "_bucket") {
				t.Log(line)
			}
		}
	}
}

// A visitor who is too fast waits, the others do not, and what was refused can
// be sent again: here to a second replica, which has counts of its own.
func TestAVisitorWhoIsTooFastLosesNothing(t *testing.T) {
	t.Parallel()
	url := databasetest.URL(t)
	replica := func() *service {
		return start(t, limits(func(l *api.Limits) { l.VisitorPhotos = 3 }), func(c *app.Config) { c.DatabaseURL = url })
	}
	s := replica()
	v, other := s.join(), s.join()
	ids := make([]string, 5)
	var refused []string
	for i := range ids {
		ids[i] = uuid.NewString()
		a := v.captureAs(ids[i], drawing(uint64(i)))
		switch {
		case i < 3 && a.status != http.StatusCreated:
			t.Errorf("capture %d: %s", i, a)
		case i >= 3:
			checkTooOften(t, a)
			refused = append(refused, ids[i])
		}
	}
	checkTooOften(t, v.ask("POST", "/v1/looks", bytes.NewReader(drawing(9))))
	if n := s.count(`SELECT count(*) FROM captures`); n != 3 {
		t.Errorf("%d captures are kept, want 3", n)
	}
	if a := other.capture(drawing(1)); a.status != http.StatusCreated {
		t.Errorf("another visitor: %s", a)
	}
	if a := v.get("/v1/dex"); a.status != http.StatusOK {
		t.Errorf("their dex: %s", a)
	}
	second := replica()
	elsewhere := *v
	elsewhere.service = second
	for i, id := range refused {
		if a := elsewhere.captureAs(id, drawing(uint64(3+i))); a.status != http.StatusCreated {
			t.Errorf("sent again: %s", a)
		}
	}
	if n := s.count(`SELECT count(*) FROM captures WHERE visitor_id = ?`, v.ID); n != 5 {
		t.Errorf("%d captures are kept, want all 5", n)
	}
}

func checkTooOften(t *testing.T, a answer) (seconds int) {
	t.Helper()
	fmt.Sscan(a.header.Get("Retry-After"), &seconds)
	if a.status != http.StatusTooManyRequests || a.kind() != "too-often" || seconds < 1 || seconds > 60 {
		t.Errorf("answered %s, to be tried again after %q", a, a.header.Get("Retry-After"))
	}
	return seconds
}

func TestAnAddressHasItsLimits(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.AddressCalls, l.AddressJoins = 12, 2 }))
	v := s.join()
	s.join()
	for range 3 {
		checkTooOften(t, s.ask("POST", "/v1/visitors", nil))
	}
	for i := range 7 {
		if a := v.get("/v1/me"); a.status != http.StatusOK {
			t.Errorf("call %d: %s", i, a)
		}
	}
	wait := checkTooOften(t, v.get("/v1/me"))
	time.Sleep(2100 * time.Millisecond)
	if left := checkTooOften(t, v.capture(drawing(1))); left > wait-2 {
		t.Errorf("two seconds after it was %d seconds to wait it is %d", wait, left)
	}
	// Nobody counts those who only watch over it.
	for range 20 {
		if a := s.ask("GET", "/healthz", nil); a.status != http.StatusOK {
			t.Fatal(a)
		}
	}
}

// Only a proxy that is known is believed about whom it speaks for.
func TestAnAddressIsNotWhatAnybodySaysItIs(t *testing.T) {
	t.Parallel()
	few := limits(func(l *api.Limits) { l.AddressCalls = 2 })
	direct := start(t, few)
	proxied := start(t, few, func(c *app.Config) { c.TrustedProxies = []string{"127.0.0.1"} })
	for i := range 4 {
		from := []string{"X-Forwarded-For", fmt.Sprintf("203.0.113.%d", i)}
		if a := direct.ask("GET", "/v1/me", nil, from...); i >= 2 && a.status != http.StatusTooManyRequests {
			t.Errorf("an address that was made up got around the limit: %s", a)
		}
		if a := proxied.ask("GET", "/v1/me", nil, from...); a.status == http.StatusTooManyRequests {
			t.Errorf("different addresses behind a proxy share a limit: %s", a)
		}
	}
}

func TestABusyServiceSaysSo(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.RecogniseTime = time.Microsecond }))
	a := s.join().capture(drawing(1))
	if a.status != http.StatusServiceUnavailable || a.kind() != "busy" || a.header.Get("Retry-After") == "" {
		t.Errorf("answered %s", a)
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 0 {
		t.Errorf("%d captures are kept", n)
	}
}

func TestAClientThatLeavesIsNoProblem(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	for range 10 {
		l := s.dial()
		l.send("PUT /v1/captures/" + uuid.NewString() + " HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer " + v.Token + "\r\nContent-Length: 5000\r\n\r\nhalf")
		l.Close()
	}
	if a := v.capture(drawing(1)); a.status != http.StatusCreated {
		t.Errorf("afterwards: %s", a)
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 1 {
		t.Errorf("%d captures are kept, want 1", n)
	}
}

package app_test

import (
	"bufio"
	"fmt"
	"io"
	"net"
	"net/http"
	"strings"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/api"
)

// line is a connection on which a test says what no well-behaved client would.
type line struct {
	t testing.TB
	net.Conn
	answers *bufio.Reader
}

func (s *service) dial() *line {
	s.t.Helper()
	c, err := net.Dial("tcp", strings.TrimPrefix(s.url, "http://"))
	if err != nil {
		s.t.Fatal(err)
	}
	s.t.Cleanup(func() { c.Close() })
	return &line{s.t, c, bufio.NewReader(c)}
}

func (l *line) send(text string) {
	l.t.Helper()
	if _, err := io.WriteString(l, text); err != nil {
		l.t.Fatal(err)
	}
}

// next gives the next answer on the line; ok is false once it was closed.
func (l *line) next() (a answer, ok bool) {
	l.t.Helper()
	l.SetReadDeadline(time.Now().Add(20 * time.Second))
	response, err := http.ReadResponse(l.answers, nil)
	if err != nil {
		return answer{}, false
	}
	body, err := io.ReadAll(response.Body)
	if err != nil {
		l.t.Fatal(err)
	}
	return answer{response.StatusCode, response.Header, body}, true
}

// What a handler leaves of a body must not be taken for the next request: behind
// a proxy it would be answered to somebody else.
func TestABodyIsNeverTakenForARequest(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	hidden := "xGET /v1/dex HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer " + v.Token + "\r\n\r\n"
	large := strings.Repeat(hidden, 30<<20/len(hidden))
	token := "Authorization: Bearer " + v.Token
	for _, c := range []struct {
		request string
		headers string
		status  int
	}{
		{"POST /v1/visitors", "", 201},
		{"POST /v1/looks", "", 401},
		{"POST /v1/looks", "Authorization: Bearer wrong", 401},
		{"PUT /v1/captures/" + uuid.NewString(), "", 401},
		{"PUT /v1/captures/" + uuid.NewString(), token, 415},
		{"PUT /v1/captures/" + uuid.NewString(), token + "\r\nContent-Type: multipart/form-data; boundary=x", 400},
		{"PUT /v1/captures/wrong", token, 422},
		{"PUT /v1/nowhere", token, 404},
		{"PUT /v1/looks", token, 405},
		{"POST /healthz", "", 405},
		{"GET /healthz", "", 200},
		{"GET /v1/me", token, 200},
		{"PATCH /v1/me", token, 200},
		{"GET /", "", 200},
		{"GET /nowhere", "", 404},
	} {
		for name, body := range map[string]string{
			"short":   fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(hidden), hidden),
			"chunked": fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(hidden), hidden),
			"large":   fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(large), large),
		} {
			l := s.dial()
			headers := "Host: zoo\r\n"
			if c.headers != "" {
				headers += c.headers + "\r\n"
			}
			l.send(c.request + " HTTP/1.1\r\n" + headers + body)
			first, ok := l.next()
			want := c.status
			if name == "large" && strings.HasPrefix(c.request, "PUT /v1/captures") && want != 401 {
				want = 413
			}
			if !ok || first.status != want {
				t.Errorf("%s, %s body: answered %v %s, want %d", c.request, name, ok, first, want)
				continue
			}
			// A second request is answered as itself, unless the line was closed.
			io.WriteString(l, "GET /readyz HTTP/1.1\r\nHost: zoo\r\n\r\n")
			if second, ok := l.next(); ok && (second.status != 200 || !strings.Contains(string(second.body), "ready")) {
				t.Errorf("%s, %s body: the next answer is %s", c.request, name, second)
			}
			l.Close()
		}
	}
}

func TestAPhotoOfUnknownLengthIsAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	begin := time.Now()
	for i := range uint64(3) {
		photo := io.MultiReader(strings.NewReader(string(drawing(i)))) // hides the length
		if a := v.ask("PUT", "/v1/captures/"+uuid.NewString(), photo); a.status != http.StatusCreated {
			t.Errorf("answered %s", a)
		}
	}
	if took := time.Since(begin); took > 20*time.Second {
		t.Errorf("three captures took %s", took)
	}
}

func TestValuesOfUnknownLengthAreAnsweredAtOnce(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	begin := time.Now()
	for range 4 {
		values := io.MultiReader(strings.NewReader(`{"standings":true}`)) // hides the length
		if a := v.ask("PUT", "/v1/me/standings", values, "Content-Type", "application/json"); a.status != http.StatusOK {
			t.Errorf("answered %s", a)
		}
	}
	if took := time.Since(begin); took > 15*time.Second {
		t.Errorf("four answers took %s", took)
	}
}

func TestTheLineStaysOpenBetweenCaptures(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	l := s.dial()
	photo := string(drawing(1))
	for i := range 6 {
		body := fmt.Sprintf("Content-Length: %d\r\n\r\n%s", len(photo), photo)
		if i%2 == 1 {
			body = fmt.Sprintf("Transfer-Encoding: chunked\r\n\r\n%x\r\n%s\r\n0\r\n\r\n", len(photo), photo)
		}
		l.send("PUT /v1/captures/" + uuid.NewString() + " HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer " + v.Token + "\r\n" + body)
		if a, ok := l.next(); !ok || a.status != http.StatusCreated {
			t.Fatalf("capture %d: %v %s", i, ok, a)
		}
	}
}

func TestAnAnnouncedPhotoIsAskedFor(t *testing.T) {
	t.Parallel()
	s := start(t)
	v := s.join()
	l := s.dial()
	photo := string(drawing(1))
	l.send(fmt.Sprintf("PUT /v1/captures/%s HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer %s\r\nExpect: 100-continue\r\nContent-Length: %d\r\n\r\n",
		uuid.NewString(), v.Token, len(photo)))
	if a, ok := l.next(); !ok || a.status != http.StatusContinue {
		t.Fatalf("%v %s", ok, a)
	}
	l.send(photo)
	if a, ok := l.next(); !ok || a.status != http.StatusCreated {
		t.Fatalf("%v %s", ok, a)
	}
}

func TestASlowPhotoIsGivenUp(t *testing.T) {
	t.Parallel()
	s := start(t, limits(func(l *api.Limits) { l.ArrivalTime = time.Second }))
	v := s.join()
	for name, body := range map[string]string{
		"known length": "Content-Length: 1000\r\n\r\n",
		"chunked":      "Transfer-Encoding: chunked\r\n\r\n3e8\r\n",
		"multipart":    "Content-Type: multipart/form-data; boundary=x\r\nContent-Length: 1000\r\n\r\n--x\r\nContent-Disposition: form-data; name=photo\r\n\r\n",
	} {
		l := s.dial()
		l.send("PUT /v1/captures/" + uuid.NewString() + " HTTP/1.1\r\nHost: zoo\r\nAuthorization: Bearer " + v.Token + "\r\n" + body)
		stop := time.After(15 * time.Second)
		answered := make(chan answer, 1)
		go func() {
			a, _ := l.next()
			answered <- a
		}()
		var a answer
	drip:
		for {
			select {
			case a = <-answered:
				break drip
			case <-stop:
				break drip
			case <-time.After(50 * time.Millisecond):
				io.WriteString(l, "x")
			}
		}
		if a.status != http.StatusRequestTimeout || a.kind() != "too-slow" {
			t.Errorf("%s: answered %s", name, a)
		}
		if _, ok := l.next(); ok {
			t.Errorf("%s: the line stays open", name)
		}
	}
	if n := s.count(`SELECT count(*) FROM captures`); n != 0 {
		t.Errorf("%d captures are kept", n)
	}
}

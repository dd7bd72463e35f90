package app_test

import (
	"bytes"
	"encoding/json"
	"fmt"
	"net/http"
	"net/http/httptest"
	"net/http/httputil"
	"net/url"
	"path/filepath"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/heapprofiler"
	"github.com/chromedp/cdproto/performance"
	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

// busyDay fills the boards: visitors who said yes to it catch some animals
// each, and half of them are in a group.
func (s *service) busyDay() {
	s.t.Helper()
	animals := []string{"zebra", "giant_panda", "tiger", "koala_bear", "otter", "hippopotamus", "skunk", "fox", "red_panda", "lion"}
	for i := range 12 {
		v := s.join()
		v.send("PUT", "/v1/me/standings", `{"standings":true}`)
		if i%2 == 0 {
			v.send("POST", "/v1/groups", `{"kind":"family"}`).group(s.t)
		}
		for n := range 1 + i%4 {
			s.run(`DELETE FROM prints`) // as if everybody took pictures of their own
			v.capture(animal(s.t, animals[(i+n)%len(animals)]))
		}
	}
}

// screen is a size of the board: of a television, hung either way, or a phone.
type screen struct {
	name          string
	width, height int64
}

var screens = []screen{{"wide", 1920, 1080}, {"upright", 1080, 1920}, {"phone", 390, 844}, {"small-phone", 320, 640}, {"small-wide", 1280, 720}}

// showsOn pictures the board on every screen, and holds it to what each needs.
func (c *child) showsOn(state string) {
	c.t.Helper()
	for _, s := range screens {
		write(c.t, filepath.Join(pictures, fmt.Sprintf("board-%s-%s.png", state, s.name)), c.picture(s.width, s.height, 1))
		c.isAccessible(state + " on " + s.name)
		wall := evaluate[bool](c, `!!document.querySelector('.wall')`)
		if wall != (s.width > 400) {
			c.t.Errorf("%s on %s: laid out for a wall: %v", state, s.name, wall)
		}
		if over := evaluate[int](c, `document.documentElement.scrollWidth - innerWidth`); over > 0 {
			c.t.Errorf("%s on %s: %d pixels too wide", state, s.name, over)
		}
		if !wall {
			continue
		}
		// Nobody scrolls a wall, and eight metres are far.
		for _, fault := range evaluate[[]string](c, `(() => {
			const least = Math.min(innerWidth, innerHeight) / 20, faults = [];
			for (const e of document.querySelectorAll('.board :is(h1, h2, p, span, b):not(.unseen)')) {
				const own = [...e.childNodes].some(n => n.nodeType === 3 && n.data.trim());
				const r = e.getBoundingClientRect();
				if (!own || r.right < 0 || r.left > innerWidth) continue; // a row for which there is no room
				if (parseFloat(getComputedStyle(e).fontSize) < least - 0.1) faults.push(e.textContent + ' is small: ' + getComputedStyle(e).fontSize);
				if (r.left < 0 || r.top < 0 || r.right > innerWidth + 1 || r.bottom > innerHeight + 1) faults.push(e.textContent + ' is cut off');
			}
			for (const e of document.querySelectorAll('[data-testid=latest] li')) {
				const r = e.getBoundingClientRect(), room = e.parentElement.getBoundingClientRect();
				if (r.left < innerWidth && r.bottom > room.bottom + 1) faults.push(e.textContent + ' is cut off');
			}
			for (const e of document.querySelectorAll('section, .turn, main')) {
				if (e.scrollHeight > e.clientHeight + 1 && !e.closest('ol')) faults.push(e.dataset.testid + ' ' + e.className + ' has no room: ' + e.scrollHeight + ' of ' + e.clientHeight);
			}
			return faults;
		})()`) {
			c.t.Errorf("%s on %s: %s", state, s.name, fault)
		}
	}
	c.does(chromedp.EmulateViewport(1920, 1080))
}

// A screen on the wall through a day: empty, busy, cut off, and back.
func TestBoardPage(t *testing.T) {
	photo := animal(t, "lion")
	chromium := openChromium(t)
	data := databasetest.URL(t)
	s := start(t, func(c *app.Config) { c.DatabaseURL = data })
	board := chromium.visit(t, s.url+"/board?lang=en", "de")
	board.does(chromedp.EmulateViewport(1920, 1080))

	board.reads("[data-testid=latest]", "Who is first?")
	board.sees(`[data-testid=standings][data-of=visitors]`)
	board.showsOn("empty")
	if got := board.evaluates("document.documentElement.lang"); got != "en" {
		t.Errorf("the page is in %q", got)
	}

	s.busyDay()
	caught := s.today("en").Caught
	board.sees(fmt.Sprintf(`[data-testid=totals][data-caught="%d"]`, caught))
	board.sees(`[data-testid=rarest]`)
	board.showsOn("busy")
	if *readme {
		write(t, "../web/board.png", board.picture(1280, 720, 0.75))
	}
	if text := board.evaluates("document.body.textContent"); strings.Contains(text, "undefined") || strings.Contains(text, "NaN") {
		t.Errorf("the page reads %s", text)
	}

	// It is told at once what is caught, whatever was caught before.
	var took []time.Duration
	for i := range 5 {
		s.run(`DELETE FROM prints`)
		v := s.join()
		v.capture(photo)
		begin := time.Now()
		board.sees(fmt.Sprintf(`[data-testid=totals][data-caught="%d"]`, caught+1+i))
		board.sees(`[data-testid=latest] .fresh[data-slug=lion]`)
		took = append(took, time.Since(begin))
	}
	board.reads("[data-testid=latest]", "Someone just caught", "lion")
	t.Logf("shown %v after the answer to the capture", took)
	if fastest := slices.Min(took); fastest > time.Second {
		t.Errorf("shown %v after a capture, want a second at most", fastest)
	}

	// The service goes, and comes back at the same address.
	before := board.evaluates("document.querySelector('[data-testid=standings]').textContent")
	board.expectsErrors.Store(true)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	board.reads("[data-testid=stale]", "Not connected. This is from")
	board.showsOn("away")
	if got := board.evaluates("document.querySelector('[data-testid=standings]').textContent"); len(got) < len(before)/3 {
		t.Errorf("without a service the board shows %q, before it was %q", got, before)
	}
	s = start(t, func(c *app.Config) { c.DatabaseURL, c.Listen = data, strings.TrimPrefix(s.url, "http://") })
	s.run(`DELETE FROM prints`)
	s.join().capture(photo)
	board.sees(fmt.Sprintf(`[data-testid=totals][data-caught="%d"]`, caught+6))
	board.doesNotSee("[data-testid=stale]")

	// A service with another version of the page has the page load itself anew.
	evaluate[int](board, `(window.old = true, document.querySelector('script[type=module]').setAttribute('src', '/assets/board-old.js'), 0)`)
	if err := s.stop(); err != nil {
		t.Fatal(err)
	}
	board.sees(`[data-connected=false]`)
	start(t, func(c *app.Config) { c.DatabaseURL, c.Listen = data, strings.TrimPrefix(s.url, "http://") })
	for patience := time.Now().Add(30 * time.Second); ; time.Sleep(100 * time.Millisecond) { // a page that goes answers with an error
		anew, err := chromedp.Run(board.ctx, chromedp.Evaluate[bool](`!window.old && !!document.querySelector('[data-testid=totals]')`))
		if err == nil && anew {
			break
		}
		if time.Now().After(patience) {
			t.Fatalf("the page does not load itself anew: %v", err)
		}
	}
}

func TestBoardPageSpeaksThreeLanguages(t *testing.T) {
	chromium := openChromium(t)
	s := start(t)
	s.busyDay()
	for language, words := range map[string][]string{
		"de": {"Heute im Zoo", "Tiere heute", "Seltenster Fang heute"},
		"fr": {"Aujourd'hui au zoo", "en tout", "rare du jour"},
	} {
		board := chromium.visit(t, s.url+"/board", language)
		board.sees("[data-testid=rarest]")
		board.reads("body", words...)
		board.showsOn(language)
	}
	asked := chromium.visit(t, s.url+"/board?lang=fr", "de")
	asked.reads("h1", "au zoo")
}

// Whatever stays where it is for days burns into a screen: the picture wanders,
// and never off the edge.
func TestBoardPageWanders(t *testing.T) {
	chromium := openChromium(t)
	s := start(t)
	board := chromium.visit(t, s.url+"/board", "en")
	for _, size := range screens[:2] {
		board.does(chromedp.EmulateViewport(size.width, size.height))
		board.sees(".wall [data-testid=standings]")
		places := map[string]int{}
		evaluate[int](board, `(window.real ??= Date.now.bind(Date), 0)`)
		for step := range 7 {
			evaluate[int](board, fmt.Sprintf(`(Date.now = () => real() + %d * 60000, 0)`, 3*step))
			time.Sleep(1100 * time.Millisecond) // the page looks at its clock once a second
			place := evaluate[[]float64](board, `(r => [r.left, r.top, innerWidth - r.right, innerHeight - r.bottom])(document.querySelector('.wall').getBoundingClientRect())`)
			places[fmt.Sprintf("%.1f", place)]++
			if slices.Min(place) < 10 {
				t.Errorf("%s: it comes as near to the edge as %v", size.name, place)
			}
		}
		if len(places) < 6 {
			t.Errorf("%s: it stood in %d places for 20 minutes", size.name, len(places))
		}
	}
}

// On a phone whose child plays, the board tells that child where they stand.
func TestBoardPageOnAPhone(t *testing.T) {
	phones := openPhones(t)
	phones.busyDay()
	child := phones.visit(t, "en")
	address := phones.url + "/board"
	child.does(chromedp.Navigate(address))
	child.evaluates("(localStorage.clear(), `cleared`)") // a phone that has not played: the app may have begun
	child.does(chromedp.Reload())
	child.reads("[data-testid=mine]", "Catch animals with this phone")

	child.does(chromedp.Navigate(phones.url))
	child.photographs(phones.lion)
	child.sees(`[data-testid=answer][data-outcome=caught]`)
	child.does(chromedp.Navigate(address))
	child.reads("[data-testid=mine] [data-period=today]", "points", "You would be in place")
	child.reads("[data-testid=mine]", "say yes in the app")
	child.isAccessible("a child who is not on the board")

	token := child.evaluates(`(f => f.children.find(c => c.key === f.current).token)(JSON.parse(localStorage.getItem('zoodex.family')))`)
	v := &visitor{service: phones.service, Token: token}
	v.send("PUT", "/v1/me/standings", `{"standings":true}`)
	child.reads("[data-testid=mine] [data-period=today]", "Place ", " of 13")
	child.sees("[data-testid=mine] .me")
	child.isAccessible("a child on the board")
	for _, s := range screens[2:4] {
		write(t, filepath.Join(pictures, "board-mine-"+s.name+".png"), child.picture(s.width, s.height, 1))
	}

	child.clicks("button[aria-pressed=false]") // hold still
	before := child.evaluates("document.querySelector('[data-testid=totals]').dataset.caught")
	phones.run(`DELETE FROM prints`)
	phones.join().capture(read(t, phones.lion))
	time.Sleep(time.Second)
	if after := child.evaluates("document.querySelector('[data-testid=totals]').dataset.caught"); after != before {
		t.Errorf("it moves though it was told not to: %s, was %s", after, before)
	}
	child.clicks("button[aria-pressed=true]")
	child.waits("go on", fmt.Sprintf("document.querySelector('[data-testid=totals]').dataset.caught !== %q", before))
}

// A day's events, one after the other as fast as the page takes them, leave it
// no bigger than it was.
func TestBoardPageDoesNotGrow(t *testing.T) {
	chromium := openChromium(t)
	s := start(t)
	s.busyDay()
	var real map[string]any
	s.ask("GET", "/v1/zoo/today", nil).into(t, &real)
	home, err := url.Parse(s.url)
	if err != nil {
		t.Fatal(err)
	}

	// Everything is the service's but the stream, which is a day in fast motion.
	service := httputil.NewSingleHostReverseProxy(home)
	played := make(chan int)
	front := httptest.NewServer(http.HandlerFunc(func(w http.ResponseWriter, r *http.Request) {
		if r.URL.Path != "/v1/zoo/today/live" {
			service.ServeHTTP(w, r)
			return
		}
		w.Header().Set("Content-Type", "text/event-stream")
		n := 0
		for {
			select {
			case <-r.Context().Done():
				return
			case until := <-played:
				for ; n < until; n++ {
					fmt.Fprintf(w, "id: zoo/%d\nevent: zoo\ndata: %s\n\n", n, anotherMoment(t, real, n))
					w.(http.Flusher).Flush()
				}
			}
		}
	}))
	t.Cleanup(front.Close)

	board := chromium.visit(t, front.URL+"/board", "en")
	board.does(
		chromedp.EmulateViewport(1920, 1080),
		command(performance.Enable, performance.EnableParams{}), command(heapprofiler.Enable, cdp.Empty{}),
	)
	// Chromium gives memory back with some delay: the least of some looks counts.
	size := func(n int) (nodes, listeners, heap float64) {
		played <- n
		board.sees(fmt.Sprintf(`[data-testid=totals][data-ever="%d"]`, n-1))
		least := map[string]float64{}
		for range 6 {
			board.does(command(heapprofiler.CollectGarbage, cdp.Empty{}))
			time.Sleep(300 * time.Millisecond)
			found, err := chromedp.Call(board.ctx, performance.GetMetrics, cdp.Empty{})
			if err != nil {
				t.Fatal(err)
			}
			for _, m := range found.Metrics {
				if v, ok := least[m.Name]; !ok || m.Value < v {
					least[m.Name] = m.Value
				}
			}
		}
		return least["Nodes"], least["JSEventListeners"], least["JSHeapUsedSize"]
	}
	nodes, listeners, heap := size(1000)
	nodesAfter, listenersAfter, heapAfter := size(9000)
	t.Logf("after 1,000 events: %.0f nodes, %.0f listeners, %.0f bytes; after 9,000: %.0f, %.0f, %.0f", nodes, listeners, heap, nodesAfter, listenersAfter, heapAfter)
	if nodesAfter > nodes*1.5+100 || listenersAfter > listeners+20 || heapAfter > heap+500_000 {
		t.Error("the page grows with what happens")
	}
}

// anotherMoment is a zoo's day with other numbers, names and animals in it.
func anotherMoment(t *testing.T, real map[string]any, n int) []byte {
	real["ever"], real["caught"] = n, n%1000
	latest := real["latest"].([]any)
	real["latest"] = append(slices.Clone(latest[1:]), latest[0])
	for _, c := range latest {
		c.(map[string]any)["times"] = n
	}
	real["rarest"] = latest[n%len(latest)]
	for i, page := range real["standings"].([]any) {
		for j, row := range page.(map[string]any)["rows"].([]any) {
			r := row.(map[string]any)
			r["key"], r["name"], r["points"] = fmt.Sprint(n, i, j), fmt.Sprintf("Brave Otter %d", n+j), n-j
		}
	}
	data, err := json.Marshal(real)
	if err != nil {
		t.Error(err)
	}
	return bytes.TrimSpace(data)
}

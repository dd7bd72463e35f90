package app_test

import (
	"bytes"
	"context"
	"flag"
	"fmt"
	"image"
	"image/draw"
	"image/png"
	"net/url"
	"os"
	"os/exec"
	"path/filepath"
	"strings"
	"sync"
	"sync/atomic"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/emulation"
	cdplog "github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/runtime"
	"github.com/chromedp/chromedp"
)

const (
	pictures = "../web/test-results" // ignored by git
	axe      = "../web/node_modules/axe-core/axe.min.js"
)

var readme = flag.Bool("readme", false, "make the README's picture, web/screenshot.png, anew")

// chromium is a running browser; its context is that of chromedp.
type chromium struct{ ctx context.Context }

// openChromium starts the installed Chromium with a profile of its own.
func openChromium(t testing.TB, more ...chromedp.ExecAllocatorOption) chromium {
	t.Helper()
	var path string
	for _, name := range []string{"chromium", "chromium-browser", "google-chrome"} {
		if found, err := exec.LookPath(name); err == nil {
			path = found
			break
		}
	}
	if path == "" {
		if os.Getenv("CI") != "" {
			t.Fatal("no Chromium is installed")
		}
		t.Skip("no Chromium is installed: make chromium")
	}
	options := append(chromedp.DefaultExecAllocatorOptions[:],
		chromedp.ExecPath(path), chromedp.UserDataDir(t.TempDir()), chromedp.DisableGPU,
		chromedp.Flag("disable-quic", true), chromedp.Flag("disable-component-update", true),
		chromedp.Flag("hide-scrollbars", true), chromedp.Flag("force-prefers-reduced-motion", true),
	)
	options = append(options, more...)
	if os.Getuid() == 0 {
		options = append(options, chromedp.NoSandbox)
	}
	allocator, cancel := chromedp.NewExecAllocator(context.Background(), options...)
	t.Cleanup(cancel)
	ctx, cancel := chromedp.NewContext(allocator)
	t.Cleanup(func() {
		chromedp.Cancel(ctx) // waits until the browser has gone
		cancel()
	})
	if err := chromedp.Do(ctx); err != nil {
		t.Fatalf("start Chromium: %v", err)
	}
	return chromium{ctx}
}

// child is a visitor: a page in a profile of its own, and what happens on it.
type child struct {
	t             testing.TB
	ctx           context.Context
	expectsErrors atomic.Bool // of requests, for the rest of the test

	mu     sync.Mutex
	faults []string
}

// visit opens the page in a language. When the test ends, the page must not
// have written an error, broken the content policy, or asked another host.
func (c chromium) visit(t testing.TB, address, language string) *child {
	t.Helper()
	home, err := url.Parse(address)
	if err != nil {
		t.Fatal(err)
	}
	who := &child{t: t}
	ctx, cancel := chromedp.NewContext(c.ctx, chromedp.WithNewBrowserContext(),
		chromedp.WithListener(func(event any) { who.note(home.Host, event) }))
	t.Cleanup(cancel)
	who.ctx, cancel = context.WithTimeout(ctx, 5*time.Minute)
	t.Cleanup(cancel)
	t.Cleanup(func() {
		who.mu.Lock()
		defer who.mu.Unlock()
		for _, fault := range who.faults {
			t.Error(fault)
		}
	})
	agent := who.evaluates("navigator.userAgent")
	who.does(
		command(network.Enable, network.EnableParams{}),
		command(cdplog.Enable, cdp.Empty{}),
		command(emulation.SetUserAgentOverride, emulation.SetUserAgentOverrideParams{UserAgent: agent, AcceptLanguage: language}),
		chromedp.EmulateViewport(390, 844),
		chromedp.Navigate(address),
	)
	return who
}

// command is an action that sends a command of the protocol.
func command[P, R any](c cdp.Command[P, R], params P) chromedp.Action[chromedp.Void] {
	return chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		_, err := cdp.Call(ctx, t, c, params)
		return err
	})
}

// note keeps what must not happen on a page.
func (c *child) note(host string, event any) {
	fault := ""
	switch e := event.(type) {
	case *network.EventRequestWillBeSent:
		u, err := url.Parse(e.Request.URL)
		if err != nil || (u.Host != host && u.Scheme != "blob" && u.Scheme != "data") {
			fault = "asked another host: " + e.Request.URL
		}
	case *runtime.EventExceptionThrown:
		fault = "exception: " + e.ExceptionDetails.Text
		if e.ExceptionDetails.Exception != nil {
			fault += " " + e.ExceptionDetails.Exception.Description
		}
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeError || e.Type == runtime.ConsoleAPICalledTypeWarning {
			fault = fmt.Sprintf("console: %s", e.Args[0].Value)
		}
	case *cdplog.EventEntryAdded:
		expected := c.expectsErrors.Load() && e.Entry.Source == cdplog.EntrySourceNetwork
		if e.Entry.Level == cdplog.EntryLevelError && !expected {
			fault = fmt.Sprintf("%s: %s %s", e.Entry.Source, e.Entry.Text, e.Entry.URL)
		}
	}
	if fault != "" {
		c.mu.Lock()
		c.faults = append(c.faults, fault)
		c.mu.Unlock()
	}
}

func (c *child) does(steps ...chromedp.Action[chromedp.Void]) {
	c.t.Helper()
	if err := chromedp.Do(c.ctx, steps...); err != nil {
		c.t.Fatal(err)
	}
}

// opens goes to a screen of the app.
func (c *child) opens(tab string) {
	c.t.Helper()
	c.clicks(fmt.Sprintf("[data-testid=tab-%s]", tab))
}

// photographs chooses a photo on the screen of the camera.
func (c *child) photographs(path string) {
	c.t.Helper()
	if evaluate[bool](c, "!!document.querySelector('dialog')") {
		c.closes()
	}
	c.opens("camera")
	c.sees("[data-testid=photo]:enabled")
	var err error
	for range 3 { // the element may be replaced between being found and being used
		if err = chromedp.Do(c.ctx, chromedp.SetUploadFiles(chromedp.CSS("[data-testid=photo]"), []string{path})); err == nil {
			return
		}
	}
	c.t.Fatal(err)
}

// losesTheNextAnswer lets the next capture be sent and answered, but not heard.
func (c *child) losesTheNextAnswer() {
	c.t.Helper()
	evaluate[int](c, `(whole => { fetch = async (address, options) => {
		const answer = await whole(address, options);
		if (options.method !== 'PUT') return answer;
		fetch = whole;
		throw new TypeError('the connection broke after status ' + answer.status);
	}; return 0 })(fetch)`)
}

// closes closes the sheet on top.
func (c *child) closes() {
	c.t.Helper()
	c.does(chromedp.KeyEvent("\u001b"))
	c.doesNotSee("dialog")
}

func (c *child) hasCaught(n int) {
	c.t.Helper()
	c.sees(fmt.Sprintf(`[data-testid=progress][data-caught="%d"]`, n))
}

// clicks on the first element that a selector finds, once it is there and takes
// clicks. What comes in meanwhile may move it away from under the pointer: then
// it is tried again.
func (c *child) clicks(selector string) {
	c.t.Helper()
	ctx, cancel := context.WithTimeout(c.ctx, 20*time.Second)
	defer cancel()
	for {
		_, err := chromedp.Run(ctx, chromedp.Evaluate[int](fmt.Sprintf(
			`(window.struck = false, addEventListener('click', e => { window.struck = !!e.target.closest?.(%q) }, { capture: true, once: true }), 0)`, selector)))
		if err == nil || strings.Contains(err.Error(), "context with specified id") { // another page is opening
			err = chromedp.Do(ctx, chromedp.Click(chromedp.CSS(selector)))
		}
		if err != nil {
			c.t.Fatalf("click on %s: %v; the page reads: %s", selector, err, c.evaluates("document.body.innerText.slice(0, 500)"))
		}
		if missed, err := chromedp.Run(ctx, chromedp.Evaluate[bool](`window.struck === false`)); err != nil || !missed {
			return
		}
	}
}

func (c *child) sees(selector string) {
	c.t.Helper()
	c.waits("see "+selector, fmt.Sprintf("!!document.querySelector(%q)", selector))
}

func (c *child) doesNotSee(selector string) {
	c.t.Helper()
	c.waits("see no "+selector, fmt.Sprintf("!document.querySelector(%q)", selector))
}

func (c *child) reads(selector string, words ...string) {
	c.t.Helper()
	for _, word := range words {
		c.waits(fmt.Sprintf("read %q in %s", word, selector),
			fmt.Sprintf("!!document.querySelector(%q)?.textContent.includes(%q)", selector, word))
	}
}

// waits until an expression is true.
func (c *child) waits(forWhat, expression string) {
	c.t.Helper()
	poll := func() error {
		_, err := chromedp.Run(c.ctx, chromedp.Poll[bool](expression, chromedp.WithPollingTimeout(time.Minute)))
		return err
	}
	err := poll()
	if err != nil && strings.Contains(err.Error(), "context with specified id") { // another page is opening
		err = poll()
	}
	if err != nil {
		c.t.Fatalf("did not %s (%v); the page reads: %s", forWhat, err, c.evaluates("document.body.innerText.slice(0, 500)"))
	}
}

func (c *child) evaluates(expression string) string {
	c.t.Helper()
	return evaluate[string](c, expression)
}

// evaluate gives the value of an expression, or of the promise that it is.
func evaluate[T any](c *child, expression string) T {
	c.t.Helper()
	value, err := chromedp.Run(c.ctx, chromedp.Evaluate[T](expression, chromedp.EvalAwaitPromise))
	if err != nil {
		c.t.Fatal(err)
	}
	return value
}

// isAccessible holds the page as it is now to the rules of axe.
func (c *child) isAccessible(state string) {
	c.t.Helper()
	script, err := os.ReadFile(axe)
	if err != nil {
		if os.Getenv("CI") != "" {
			c.t.Fatal(err)
		}
		c.t.Logf("accessibility is not checked: axe is not installed (cd web && npm ci)")
		return
	}
	evaluate[int](c, string(script)+";0")
	violations := evaluate[[]string](c, `axe.run().then(r => r.violations.flatMap(v =>
		v.nodes.map(n => v.id + ': ' + n.html + ' ' + n.failureSummary)))`)
	for _, violation := range violations {
		c.t.Errorf("%s: %s", state, violation)
	}
}

// picturedAs keeps pictures of the page for people to look at, and fails if it
// is wider than a screen.
func (c *child) picturedAs(name string) {
	c.t.Helper()
	for _, width := range []int64{320, 390, 1920} {
		write(c.t, filepath.Join(pictures, fmt.Sprintf("%s-%d.png", name, width)), c.picture(width, 844, 1))
		if over := evaluate[int](c, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			c.t.Errorf("%s: %d pixels too wide for a screen of %d", name, over, width)
		}
	}
	c.does(chromedp.EmulateViewport(390, 844))
}

// picture is a PNG of the screen.
func (c *child) picture(width, height int64, scale float64) []byte {
	c.t.Helper()
	c.does(chromedp.EmulateViewport(width, height, chromedp.EmulateScale(scale)))
	evaluate[int](c, `new Promise(done => requestAnimationFrame(() => requestAnimationFrame(() => done(0))))`)
	shot, err := chromedp.Run(c.ctx, chromedp.CaptureScreenshot())
	if err != nil {
		c.t.Fatal(err)
	}
	return shot
}

func sideBySide(t *testing.T, left, right []byte) []byte {
	const gap = 24
	l, err := png.Decode(bytes.NewReader(left))
	if err != nil {
		t.Fatal(err)
	}
	r, err := png.Decode(bytes.NewReader(right))
	if err != nil {
		t.Fatal(err)
	}
	place := r.Bounds().Add(image.Pt(l.Bounds().Dx()+gap, 0))
	m := image.NewRGBA(l.Bounds().Union(place))
	draw.Draw(m, l.Bounds(), l, image.Point{}, draw.Src)
	draw.Draw(m, place, r, image.Point{}, draw.Src)
	return encodedPNG(t, m)
}

func encodedPNG(t *testing.T, m image.Image) []byte {
	t.Helper()
	var b bytes.Buffer
	if err := (&png.Encoder{CompressionLevel: png.BestCompression}).Encode(&b, m); err != nil {
		t.Fatal(err)
	}
	return b.Bytes()
}

func write(t testing.TB, path string, data []byte) {
	t.Helper()
	if err := os.MkdirAll(filepath.Dir(path), 0o755); err != nil {
		t.Fatal(err)
	}
	if err := os.WriteFile(path, data, 0o644); err != nil {
		t.Fatal(err)
	}
}

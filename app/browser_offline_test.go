package app_test

import (
	"context"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app"
)

// away stops the service, and gives what starts it again at the same address.
func (p *phones) away(t *testing.T) (back func()) {
	t.Helper()
	address := strings.TrimPrefix(p.url, "http://")
	if err := p.stop(); err != nil {
		t.Fatal(err)
	}
	return func() {
		p.service = start(p.t, func(c *app.Config) { c.DatabaseURL, c.Listen = p.data, address })
	}
}

// remembers waits until the app is kept on the phone.
func (c *child) remembers() {
	c.t.Helper()
	evaluate[int](c, `navigator.serviceWorker.ready.then(() => 0)`)
	c.waits("keep the app", `!!navigator.serviceWorker.controller`)
}

// begins runs a script in the page before its own, from now on.
func (c *child) begins(script string) {
	c.t.Helper()
	c.does(command(page.AddScriptToEvaluateOnNewDocument, page.AddScriptToEvaluateOnNewDocumentParams{Source: script}), chromedp.Reload())
	c.hasCaught(0)
}

func (p *phones) captures(t *testing.T, want int) {
	t.Helper()
	if n := p.count(`SELECT count(*) FROM captures`); n != want {
		t.Errorf("%d captures were recorded, want %d", n, want)
	}
}

func TestBrowserOffline(t *testing.T) {
	phones := openPhones(t)

	t.Run("a photo taken without a network waits over a reload, and is recorded once", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.hasCaught(0)
		child.opens("dex")
		child.sees("[data-testid=dex] [data-slug=lion]")
		child.remembers()
		child.expectsErrors.Store(true)
		back := phones.away(t)
		child.photographs(phones.lion)
		child.reads("[data-testid=waits]", "kept here")
		child.sees(`[data-testid=queue][data-waiting="1"]`)
		child.isAccessible("away")
		child.picturedAs("away")

		child.does(chromedp.Reload()) // the app itself comes from the phone now
		child.sees(`[data-testid=queue][data-waiting="1"]`)
		child.opens("dex")
		child.sees("[data-testid=stale]")
		child.sees("[data-testid=dex] [data-slug=lion]")
		child.clicks("[data-testid=queue]")
		child.sees("dialog img")
		child.isAccessible("queue")
		child.picturedAs("queue")

		back()
		child.clicks("[data-testid=send-now]")
		child.sees("[data-testid=arrived] [data-outcome=caught]")
		child.picturedAs("arrived")
		child.isAccessible("arrived")
		child.doesNotSee("[data-testid=queue]")
		child.hasCaught(1)
		phones.captures(t, 1)
	})

	t.Run("the app can be installed", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.remembers()
		var answer page.GetInstallabilityErrorsResult
		child.does(chromedp.Func(func(ctx context.Context, target *chromedp.Target) (err error) {
			answer, err = cdp.Call(ctx, target, page.GetInstallabilityErrors, cdp.Empty{})
			return err
		}))
		for _, e := range answer.InstallabilityErrors {
			if e.ErrorID != "in-incognito" { // as the test's profiles are
				t.Errorf("the app cannot be installed: %s", e.ErrorID)
			}
		}
	})

	t.Run("a photo whose answer was lost is sent again and recorded once", func(t *testing.T) {
		phones.run(`DELETE FROM captures`)
		child := phones.visit(t, "en")
		child.losesTheNextAnswer()
		child.photographs(phones.lion)
		child.sees(`[data-testid=queue][data-waiting="1"]`)
		phones.captures(t, 1)
		child.clicks("[data-testid=queue]")
		child.clicks("[data-testid=send-now]")
		child.sees("[data-testid=arrived] [data-outcome=caught]")
		child.doesNotSee("[data-testid=queue]")
		phones.captures(t, 1)
	})

	t.Run("a photo outlives the tab that was sending it", func(t *testing.T) {
		phones.run(`DELETE FROM captures`)
		child := phones.visit(t, "en")
		child.hasCaught(0)
		evaluate[int](child, `(whole => { fetch = (address, options) => options.method === 'PUT' ? new Promise(() => 0) : whole(address, options); return 0 })(fetch)`)
		child.photographs(phones.lion)
		child.waits("send", `document.querySelector('[role=status].unseen').textContent.includes('Looking')`)
		child.does(chromedp.Reload())
		child.sees("[data-testid=arrived] [data-outcome=caught]")
		phones.captures(t, 1)
	})

	t.Run("without room on the phone it says so, and sends the photo all the same", func(t *testing.T) {
		phones.run(`DELETE FROM captures`)
		child := phones.visit(t, "en")
		child.begins(`IDBObjectStore.prototype.put = () => { throw new DOMException('full', 'QuotaExceededError') }`)
		child.expectsErrors.Store(true)
		back := phones.away(t)
		child.photographs(phones.lion)
		child.reads("[data-testid=unsaved]", "Leave this page open")
		child.isAccessible("unsaved")
		child.picturedAs("unsaved")
		back()
		child.clicks("[data-testid=queue]")
		child.clicks("[data-testid=send-now]")
		child.sees("[data-testid=arrived] [data-outcome=caught]")
		child.doesNotSee("[data-testid=unsaved]")
		phones.captures(t, 1)
	})

	t.Run("a browser that keeps nothing is enough for a catch", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.begins(`for (const name of ['localStorage', 'indexedDB']) Object.defineProperty(window, name, { get() { throw new DOMException('no', 'SecurityError') } })`)
		child.photographs(phones.lion)
		child.sees(`[data-testid=answer][data-outcome=caught] [data-testid=check]`)
		child.reads("main", "keeps nothing")
	})
}

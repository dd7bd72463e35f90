package app_test

import (
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/chromedp/cdproto/emulation"
	"github.com/chromedp/chromedp"
)

// listens notes from now on what the page sends, and how often it asks where
// the phone is.
func (c *child) listens() {
	c.t.Helper()
	c.begins(`window.sent = []; window.located = 0;
		(whole => { window.fetch = (address, options) => { sent.push(options?.method + ' ' + address); return whole(address, options) } })(fetch);
		for (const ask of ['getCurrentPosition', 'watchPosition']) {
			const whole = Geolocation.prototype[ask];
			Geolocation.prototype[ask] = function (...how) { located++; return whole.apply(this, how) };
		}`)
}

// stands puts the phone somewhere.
func (c *child) stands(latitude, longitude, accuracy float64) {
	c.t.Helper()
	c.does(command(emulation.SetGeolocationOverride, emulation.SetGeolocationOverrideParams{Latitude: &latitude, Longitude: &longitude, Accuracy: &accuracy}))
}

// permits answers a question of the browser before it is asked.
func (c *child) permits(what string, setting browser.PermissionSetting) {
	c.t.Helper()
	c.does(command(browser.SetPermission, browser.SetPermissionParams{
		Permission: &browser.PermissionDescriptor{Name: what}, Setting: setting, BrowserContextID: chromedp.FromContext(c.ctx).BrowserContextID,
	}))
}

// accepts touches the button of the friendly sentence.
func (c *child) accepts(answer browser.PermissionSetting) {
	c.t.Helper()
	c.sees("[data-testid=ask-place]")
	c.permits("geolocation", answer)
	c.clicks("[data-testid=ask-place]")
	c.doesNotSee("[data-testid=where]")
}

// captured gives the calls by which the page sent captures.
func (c *child) captured() string {
	c.t.Helper()
	return c.evaluates(`sent.filter(call => call.startsWith('PUT ')).join('\n')`)
}

// A phone tells of where it is nothing but whether it was in the zoo, and that
// only if the zoo minds.
func TestBrowserPlace(t *testing.T) {
	phones := openPhones(t, filming(t, decoded(t, filepath.Join(photoFolder(t), "imagen-det/lion/n02129165_10881_lion.jpg")))...)
	visit := func(t *testing.T) *child {
		phones.run(`DELETE FROM prints`)
		child := phones.chromium.visit(t, phones.url+"/#/family", "en")
		child.permits("camera", browser.PermissionSettingPrompt)
		child.permits("geolocation", browser.PermissionSettingPrompt)
		child.listens()
		child.opens("camera")
		return child
	}

	t.Run("a zoo without an area asks for nothing", func(t *testing.T) {
		child := visit(t)
		child.stands(10, 10, 5)
		child.permits("geolocation", browser.PermissionSettingGranted)
		child.looks()
		child.sees(`[data-testid=answer][data-outcome=caught]`)
		if n := evaluate[int](child, "located"); n != 0 {
			t.Errorf("it asked %d times where it is", n)
		}
		if calls := child.captured(); calls == "" || strings.Contains(calls, "place") {
			t.Errorf("it sent %s", calls)
		}
		child.closes()
		child.opensParents()
		if text := child.evaluates(`document.querySelector('[data-testid=parents]').textContent`); strings.Contains(text, "Only photos from this zoo") {
			t.Error("parents read of an area that there is not")
		}
	})

	phones.run(`INSERT INTO rules (revision, zone, rules, created_at) SELECT 2, zone, jsonb_set(rules, '{FairPlay,Area}', '{"latitude":52.5,"longitude":13.3,"meters":600}'), now() FROM rules`)

	t.Run("inside counts, and so does a doubt", func(t *testing.T) {
		child := visit(t)
		child.stands(52.5072, 13.3, 250) // 801 m from the middle
		child.sees("[data-testid=ask-place]")
		child.reads("[data-testid=where]", "no position is sent")
		child.isAccessible("place")
		child.picturedAs("place")
		if n := evaluate[int](child, "located"); n != 0 {
			t.Error("it asked the phone before the child had said yes")
		}
		child.accepts(browser.PermissionSettingGranted)
		child.looks()
		child.sees(`[data-testid=answer][data-outcome=caught] [data-testid=check]`)
		child.hasCaught(1)
		if calls := child.captured(); !strings.Contains(calls, "place=inside") {
			t.Errorf("it sent %s", calls)
		}
		child.closes()
		child.opensParents()
		child.reads("[data-testid=parents]", "Only photos from this zoo")
		child.isAccessible("parents")
	})

	t.Run("outside is kept, earns nothing and hears it kindly", func(t *testing.T) {
		child := visit(t)
		child.stands(52.5072, 13.3, 150)
		child.accepts(browser.PermissionSettingGranted)
		child.looks()
		child.sees(`[data-testid=answer][data-outcome=void]`)
		child.reads("[data-testid=answer]", "not taken in the zoo", "Come and meet the animals")
		child.doesNotSee("[data-testid=check]")
		child.hasCaught(0)
		calls := child.evaluates(`sent.join('\n')`)
		if !strings.Contains(calls, "place=outside") || strings.Contains(calls, "52.5") || strings.Contains(calls, "13.3") {
			t.Errorf("it sent %s", calls)
		}
		child.isAccessible("outside")
		child.picturedAs("outside")

		// A photo that is chosen may be from anywhere.
		phones.run(`DELETE FROM prints`)
		child.photographs(phones.lion)
		child.sees(`[data-testid=answer][data-outcome=caught]`)
		if calls := child.captured(); strings.Count(calls, "PUT") != 2 || strings.Count(calls, "place") != 1 {
			t.Errorf("it sent %s", calls)
		}
	})

	t.Run("a photo that is sent later was where it was taken", func(t *testing.T) {
		child := visit(t)
		child.stands(52.52, 13.3, 10)
		child.accepts(browser.PermissionSettingGranted)
		back := phones.away(t)
		child.expectsErrors.Store(true)
		child.looks()
		child.waits("know where it is", "located > 1")
		child.reads("[data-testid=naming]", "No network")
		child.clicks("[data-testid=shutter]")
		child.sees(`[data-testid=queue][data-waiting="1"]`)
		child.stands(52.5, 13.3, 10)
		back()
		child.clicks("[data-testid=queue]")
		child.clicks("[data-testid=send-now]")
		child.sees(`[data-testid=arrived] [data-outcome=void]`)
		child.reads("[data-testid=arrived]", "not taken in the zoo")
		if calls := child.captured(); strings.Count(calls, "place=outside") != strings.Count(calls, "PUT") {
			t.Errorf("it sent %s", calls)
		}
	})

	t.Run("a no is taken for an answer", func(t *testing.T) {
		child := visit(t)
		child.stands(10, 10, 5)
		child.accepts(browser.PermissionSettingDenied)
		child.looks()
		child.sees(`[data-testid=answer][data-outcome=caught]`)
		if calls := child.captured(); calls == "" || strings.Contains(calls, "place") {
			t.Errorf("it sent %s", calls)
		}
		child.permits("geolocation", browser.PermissionSettingPrompt)
		child.does(chromedp.Reload())
		child.opensParents() // which knows the area
		child.reads("[data-testid=parents]", "Only photos from this zoo")
		child.opens("camera")
		child.sees("[data-testid=explain]")
		child.doesNotSee("[data-testid=where]")
	})
}

// opensParents goes to the page for parents.
func (c *child) opensParents() {
	c.t.Helper()
	c.clicks("[data-testid=child]")
	c.clicks("[data-testid=to-parents]")
	c.sees("[data-testid=parents]")
}

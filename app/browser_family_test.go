package app_test

import (
	"fmt"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// family opens a page of the family's screen; "" is the screen itself.
func (c *child) family(page string) {
	c.t.Helper()
	c.clicks("[data-testid=child]")
	if page != "" {
		c.clicks(fmt.Sprintf("[data-testid=to-%s]", page))
	}
}

func TestBrowserFamily(t *testing.T) {
	phones := openPhones(t)

	t.Run("two children on one phone collect apart", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.hasCaught(1)
		child.family("")
		child.clicks("[data-testid=another]")
		child.hasCaught(0)
		child.waits("see two names", `[...document.querySelectorAll('[data-testid=children] li button[aria-pressed] span')].filter(s => s.textContent.length > 3).length === 2`)
		child.isAccessible("children")
		child.picturedAs("children")
		child.opens("dex")
		child.sees("[data-slug=lion]:not(.caught)")
		child.does(chromedp.Reload())
		child.hasCaught(0)
		child.family("")
		child.clicks("[data-testid=children] li:first-child button")
		child.hasCaught(1)
		if n := phones.count(`SELECT count(*) FROM visitors`); n != 2 {
			t.Errorf("there are %d visitors, want 2", n)
		}
	})

	t.Run("a card opens the collection on another phone", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.family("card")
		child.sees("[data-testid=qr]")
		child.isAccessible("card")
		child.picturedAs("card")
		code := child.evaluates(`[...document.querySelectorAll('[data-testid=pass-code] span')].map(s => s.textContent).join('-')`)

		// The address in the QR code leads to the same words, already typed.
		other := phones.chromium.visit(t, phones.url+"/#/join/"+code, "de")
		other.sees("[data-testid=code]")
		other.isAccessible("join")
		other.picturedAs("join")
		other.clicks("[data-testid=join]")
		other.hasCaught(1)
		other.sees("[data-slug=lion].caught")
		if address := other.evaluates("location.href"); strings.Contains(address, code) {
			t.Errorf("the pass code stays in the address: %s", address)
		}

		// A new code takes the place of the old one.
		child.clicks("[data-testid=new-code]")
		child.waits("see another code", fmt.Sprintf(`![...document.querySelectorAll('[data-testid=pass-code] span')].map(s => s.textContent).join('-').includes(%q)`, code))
		third := phones.chromium.visit(t, phones.url+"/#/join/"+code, "en")
		third.expectsErrors.Store(true)
		third.clicks("[data-testid=join]")
		third.sees("[data-testid=trouble]")
	})

	t.Run("what is known is shown, and erased in two taps", func(t *testing.T) {
		child := phones.visit(t, "fr")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.family("export")
		child.reads("[data-testid=export]", "1 capture")
		child.isAccessible("export")
		child.picturedAs("export")
		before := phones.count(`SELECT count(*) FROM visitors`)
		child.family("")
		child.family("leave")
		child.isAccessible("leave")
		child.clicks("[data-testid=erase]")
		child.sees("[data-testid=sure]")
		child.picturedAs("erase")
		child.clicks("[data-testid=yes]")
		child.hasCaught(0)
		child.waits("begin anew", `!!document.querySelector('[data-testid=children]')`)
		if left := evaluate[int](child, `indexedDB.databases().then(async () => new Promise(done => {
			indexedDB.open('zoodex').onsuccess = e => {
				e.target.result.transaction('caught').objectStore('caught').count().onsuccess = n => done(n.target.result)
			}
		}))`); left != 0 {
			t.Errorf("%d captures of the erased child are still on the phone", left)
		}
		if after := phones.count(`SELECT count(*) FROM visitors`); after > before {
			t.Errorf("%d visitors after erasing, %d before", after, before)
		}
	})

	t.Run("a collection erased on another phone begins anew", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		token := child.evaluates(`JSON.parse(localStorage['zoodex.family']).children[0].token`)
		if a := phones.ask("DELETE", "/v1/me", nil, "Authorization", "Bearer "+token); a.status != 204 {
			t.Fatalf("not erased: %s", a)
		}
		child.expectsErrors.Store(true)
		child.does(chromedp.Reload())
		child.reads("main", "erased on another phone")
		child.hasCaught(0)
	})

	t.Run("parents read plain words", func(t *testing.T) {
		for _, language := range []string{"en", "de", "fr"} {
			child := phones.visit(t, language)
			child.family("parents")
			child.sees("[data-testid=parents]")
			child.isAccessible("parents-" + language)
			child.picturedAs("parents-" + language)
		}
	})

	t.Run("the credits are a link away, in three languages", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.family("")
		if _, err := chromedp.RunResponse(child.ctx, chromedp.Click(chromedp.CSS(`a[href="/credits.html"]`))); err != nil {
			t.Fatal(err)
		}
		child.reads("main", "Fluent Emoji", "Die Bilder der Tiere", "Les images des animaux")
		child.isAccessible("credits")
		child.picturedAs("credits")
	})
}

package app_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/chromedp"
)

func (c *child) types(selector, text string) {
	c.t.Helper()
	c.does(chromedp.Focus(chromedp.CSS(selector)), chromedp.SendKeys(chromedp.CSS(selector), text))
}

// chooses picks an option of a list.
func (c *child) chooses(selector, value string) {
	c.t.Helper()
	evaluate[int](c, fmt.Sprintf(`(list => { list.value = %q; list.dispatchEvent(new Event('change', { bubbles: true })); return 0 })(document.querySelector(%q))`, value, selector))
}

func TestBrowserDex(t *testing.T) {
	phones := openPhones(t)

	t.Run("what is shown can be narrowed", func(t *testing.T) {
		child := phones.visit(t, "de")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.opens("dex")
		child.sees("[data-testid=dex] [data-slug=lion].caught")
		child.isAccessible("dex")
		child.picturedAs("dex")

		child.types("[data-testid=search]", "LOWE") // accents and case do not matter
		child.waits("see lions only", `document.querySelectorAll('[data-testid=dex] a').length < 4 && !!document.querySelector('[data-slug=lion]')`)
		child.clicks("[data-testid=open-only]")
		child.doesNotSee("[data-testid=dex] [data-slug=lion]")
		child.does(chromedp.Reload()) // loses nothing of it
		child.sees("[data-testid=open-only][aria-pressed=true]")
		child.doesNotSee("[data-testid=dex] [data-slug=lion]")
		child.clicks("[data-testid=open-only]")
		child.types("[data-testid=search]", "xx")
		child.reads("main", "So heißt hier kein Tier")
		child.clicks("main button.plain")
		child.chooses("[data-testid=group]", "owl")
		child.waits("see owls only", `[...document.querySelectorAll('[data-testid=dex] a')].length < 12 && !document.querySelector('[data-slug=lion]')`)
		child.chooses("[data-testid=group]", "")
		child.chooses("[data-testid=continent]", "south-america")
		child.waits("see South Americans only", `!!document.querySelector('[data-slug=jaguar]') && !document.querySelector('[data-slug=lion]')`)
	})

	t.Run("a card tells everything, and is read aloud", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.begins(`window.spoken = []; speechSynthesis.speak = u => spoken.push(u.lang + ': ' + u.text)`)
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.opens("dex")
		child.clicks("[data-slug=lion]")
		child.sees("dialog [data-testid=clock]")
		child.reads("[data-testid=card]", "Panthera leo", "Africa", "vulnerable", "growing fewer", "hours of sleep", "seen on 1 visit")
		child.clicks("[data-testid=aloud]")
		child.waits("hear the card", `spoken.length === 1 && spoken[0].startsWith('en: ') && spoken[0].includes('roar')`)
	})

	t.Run("a shadow opens too, and keeps its secrets", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.opens("dex")
		child.clicks("[data-slug=tiger]")
		child.reads("[data-testid=locked]", "Still a secret", "tiger")
		child.isAccessible("locked")
		child.picturedAs("locked")
	})

	t.Run("what was named wrongly is put right", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.lion)
		child.sees("[data-testid=answer][data-outcome=caught]")
		child.closes()
		child.opens("dex")
		child.clicks("[data-slug=lion]")
		child.clicks("[data-testid=doubt]")
		child.isAccessible("doubt")
		child.picturedAs("doubt")
		child.clicks("[data-testid=wrong] [data-testid=none]")
		child.hasCaught(0)
		child.doesNotSee("dialog")

		child.photographs(phones.monkey)
		child.sees("[data-testid=answer][data-outcome=unsure]")
		child.clicks("[data-testid=wrong] button[data-slug]")
		child.sees("[data-testid=answer][data-outcome=caught] [data-testid=card]")
		child.hasCaught(1)
	})
}

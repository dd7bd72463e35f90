package app_test

import (
	"fmt"
	"image"
	"image/color"
	"math"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app"
	"github.com/zoodex/zoodex/app/database/databasetest"
)

// phones is a browser for children, and the service that they call.
type phones struct {
	chromium
	*service
	data         string // address of its database
	lion, monkey string // photos: of a lion, and of a monkey whose kind cannot be told
}

func openPhones(t testing.TB, flags ...chromedp.ExecAllocatorOption) *phones {
	t.Helper()
	folder, err := filepath.Abs(photoFolder(t))
	if err != nil {
		t.Fatal(err)
	}
	data := databasetest.URL(t)
	return &phones{
		data:     data,
		chromium: openChromium(t, flags...),
		service:  start(t, func(c *app.Config) { c.DatabaseURL = data }),
		lion:     filepath.Join(folder, "imagen-det/lion/n02129165_10881_lion.jpg"),
		monkey:   filepath.Join(folder, "imagen-det/monkey/n02484322_11526_monkey.jpg"),
	}
}

// visit opens the app for a new child. The children have but one photo of a
// lion: each takes it as if it were new.
func (p *phones) visit(t testing.TB, language string) *child {
	t.Helper()
	p.run(`DELETE FROM prints`)
	return p.chromium.visit(t, p.url, language)
}

// drawIcons makes the icons of the installed app out of the one of the page.
func (p *phones) drawIcons(t testing.TB) {
	for _, size := range []int64{192, 512} {
		page := p.chromium.visit(t, p.url+"/icon.svg", "en")
		page.expectsErrors.Store(true)                                                   // a bare picture has no icon of its own
		evaluate[int](page, `(document.querySelector('rect').setAttribute('rx', 0), 0)`) // phones cut their own corners
		write(t, fmt.Sprintf("../web/public/icon-%d.png", size), page.picture(size, size, 1))
	}
}

// A child's way from the first visit to the first catches, by photos chosen.
func TestBrowserCatch(t *testing.T) {
	phones := openPhones(t)

	t.Run("a new visitor catches a lion", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.hasCaught(0)
		child.isAccessible("empty")
		child.picturedAs("empty")

		child.photographs(phones.lion)
		child.sees(`[data-testid=answer][data-outcome=caught] [data-testid=check]`)
		child.reads("[data-testid=answer]", "Caught!", "lion", "Panthera leo", "Did you know?", "roar")
		child.hasCaught(1)
		if inside := evaluate[bool](child, `!!document.activeElement.closest('dialog')`); !inside {
			t.Error("the focus is not in the answer")
		}
		child.isAccessible("caught")
		child.picturedAs("caught")
		answer := child.picture(390, 844, 1.25)

		child.does(chromedp.Reload())
		child.hasCaught(1)
		child.doesNotSee("[data-testid=answer]")
		child.opens("dex")
		child.sees(`[data-testid=dex] .caught[data-slug=lion]`)
		if *readme {
			write(t, "../web/screenshot.png", sideBySide(t, answer, child.picture(390, 844, 1.25)))
			phones.drawIcons(t)
		}

		child.photographs(phones.lion)
		child.sees(`[data-testid=answer][data-outcome=seen] [data-testid=check]`)
		child.hasCaught(1)
		child.closes()
		child.opens("earned")
		child.sees(`[data-testid=level]`)
	})

	for _, tongue := range []struct {
		language string
		words    []string // in the answer
	}{
		{"de", []string{"Gefangen!", "Löwe", "Wusstest du das?", "Gebrüll"}},
		{"fr", []string{"Attrapé", "lion", "Le savais-tu", "rugissement"}},
	} {
		t.Run("in "+tongue.language, func(t *testing.T) {
			child := phones.visit(t, tongue.language)
			child.photographs(phones.lion)
			child.sees("[data-testid=check]")
			child.reads("[data-testid=answer]", tongue.words...)
			if got := child.evaluates("document.documentElement.lang"); got != tongue.language {
				t.Errorf("the page says it is in %q", got)
			}
			child.isAccessible(tongue.language)
			child.picturedAs("caught-" + tongue.language)
		})
	}

	t.Run("no check mark for no animal", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(stripes(t))
		child.sees("[data-testid=answer][data-outcome=nothing]")
		child.doesNotSee("[data-testid=check]")
		child.doesNotSee("[data-testid=card]")
		child.hasCaught(0)
		child.isAccessible("nothing")
		child.picturedAs("nothing")
	})

	t.Run("no check mark for a monkey that may be one of several", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.monkey)
		child.sees("[data-testid=answer][data-outcome=unsure] [data-testid=wrong] button")
		child.doesNotSee("[data-testid=check]")
		child.doesNotSee("[data-testid=card]")
		child.hasCaught(0)
		child.isAccessible("unsure")
		child.picturedAs("unsure")
	})

	t.Run("what is not a photo is refused in plain words", func(t *testing.T) {
		child := phones.visit(t, "en")
		text := filepath.Join(t.TempDir(), "letter.jpg")
		write(t, text, []byte("Dear zoo,"))
		child.expectsErrors.Store(true)
		child.photographs(text)
		child.sees("[data-testid=trouble]")
		child.doesNotSee("[data-testid=trouble] button")
		child.isAccessible("refused")
		child.picturedAs("refused")
	})

	t.Run("the page of a caught animal opens by keyboard and closes again", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.photographs(phones.lion)
		child.sees("[data-testid=check]")
		child.closes()
		child.opens("dex")
		child.sees(`.caught[data-slug=lion]`)
		child.does(chromedp.Focus(chromedp.CSS(`.caught[data-slug=lion]`)), chromedp.KeyEvent("\r"))
		child.sees("dialog[open] [data-testid=card]")
		child.reads("dialog", "Panthera leo", "seen on 1 visit")
		child.isAccessible("page")
		child.picturedAs("page")
		child.closes()
		if slug := child.evaluates(`document.activeElement.dataset.slug ?? ''`); slug != "lion" {
			t.Errorf("after closing, the focus is on %q, want the lion", slug)
		}
	})
}

// A child's way away from home: the words follow the language at once.
func TestBrowserLanguage(t *testing.T) {
	child := openPhones(t).visit(t, "fr")
	child.clicks("[data-testid=child]")
	child.reads("h1", "Qui joue")
	child.clicks("[data-testid=speak-de]")
	child.reads("h1", "Wer spielt")
	child.isAccessible("family")
	child.picturedAs("family")
	child.opens("dex")
	child.reads("[data-slug=lion]", "Löwe")
	child.does(chromedp.Reload())
	child.reads("[data-slug=lion]", "Löwe")
	if got := child.evaluates("document.documentElement.lang"); !strings.HasPrefix(got, "de") {
		t.Errorf("the page says it is in %q", got)
	}
}

// stripes is a picture of nothing.
func stripes(t *testing.T) string {
	m := image.NewGray(image.Rect(0, 0, 320, 240))
	for y := range 240 {
		for x := range 320 {
			m.SetGray(x, y, color.Gray{uint8(128 + 60*math.Sin(float64(x+y)/40))})
		}
	}
	path := filepath.Join(t.TempDir(), "stripes.png")
	write(t, path, encodedPNG(t, m))
	return path
}

package app_test

import (
	"bytes"
	"context"
	"fmt"
	"net/http"
	"path/filepath"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/cdproto/cdp"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app/staff/office"
)

// invites makes an account for a colleague, who comes by the link and chooses a
// password in a browser of their own.
func (d desk) invites(browser chromium, url, name string, role office.Role, password string) (colleague desk, link string) {
	d.t.Helper()
	d.turns("people")
	d.types("[data-testid=new-name]", name)
	d.types("[data-testid=new-role]", string(role))
	d.clicks("[data-testid=add-account]")
	d.reads("[data-testid=accounts]", name)
	d.sees("[data-testid=secret]")
	link = d.evaluates("document.querySelector('[data-testid=secret]').textContent")
	colleague = browser.comes(d.t.(*testing.T), url, strings.TrimPrefix(link, url))
	colleague.reads("h1", name)
	colleague.types("[data-testid=password]", password)
	colleague.clicks("[data-testid=enter]")
	colleague.reads("[data-testid=who]", name)
	return colleague, link
}

// cookie gives the session of a desk, which its page cannot read.
func (d desk) cookie() (value string) {
	d.t.Helper()
	d.does(chromedp.Func(func(ctx context.Context, t *chromedp.Target) error {
		got, err := cdp.Call(ctx, t, network.GetCookies, network.GetCookiesParams{})
		for _, c := range got.Cookies {
			value = c.Value
		}
		return err
	}))
	return value
}

// awaits waits until a look at a photo sees an animal, or no longer: a new head
// takes a moment.
func (v *visitor) awaits(photo []byte, slug string, want bool) {
	v.t.Helper()
	for deadline := time.Now().Add(20 * time.Second); ; time.Sleep(50 * time.Millisecond) {
		a := v.ask("POST", "/v1/looks", bytes.NewReader(photo)).want(v.t, http.StatusOK)
		if seen := strings.Contains(string(a.body), `"outcome":"certain"`) && strings.Contains(string(a.body), slug); seen == want {
			return
		} else if time.Now().After(deadline) {
			v.t.Fatalf("looks see %s: %v, and go on to", slug, seen)
		}
	}
}

// newAnimals is a table of two animals that the network does not know, the
// second as rare as given.
func newAnimals(rarity int) string {
	const facts = "Mammalia,Artiodactyla,Giraffidae,hoofed,EN,africa,day,06:00-18:00"
	return "slug,scientificName,class,order,family,group,conservation,continents,activity,awake,rarity,texts.en.name,texts.en.habitat,texts.en.diet,texts.en.sleep,texts.en.surprise\n" +
		"striped-dream,Fabula striata," + facts + ",4,striped dream,Dark rooms.,Sheep.,All night.,It has as many stripes as it likes.\n" +
		fmt.Sprintf("spotted-dream,Fabula maculata,%s,%d,spotted dream,Meadows.,Clouds.,Never.,It counts its spots.\n", facts, rarity)
}

// How the staff make the zoo their own: from the link that the service prints,
// over a table of animals and two people at one species, to an animal taught
// from photos, which a child catches, until it is rolled back and the capture
// withdrawn. No secret of anybody is in the log afterwards.
func TestBrowserDeskStory(t *testing.T) {
	s := start(t)
	browser := openChromium(t)
	folder := t.TempDir()
	save := func(name string, data []byte) string {
		path := filepath.Join(folder, name)
		write(t, path, data)
		return path
	}
	secrets := map[string]string{"the admin's password": goodPassword, "the editor's password": "kiwi beside a warm stone", "the keeper's password": "heron on the seventh roof"}
	keep := func(what, secret string) {
		t.Helper()
		if len(secret) < 8 {
			t.Fatalf("%s is %q", what, secret)
		}
		secrets[what] = secret
	}

	// The first account, by the printed link, and two more by links of its own.
	first := s.running.FirstLink()
	boss := browser.comes(t, s.url, first)
	boss.types("[data-testid=name]", "Robin")
	boss.types("[data-testid=password]", goodPassword)
	boss.clicks("[data-testid=enter]")
	boss.reads("[data-testid=who]", "Robin")
	ed, edLink := boss.invites(browser, s.url, "Ed", office.Editor, secrets["the editor's password"])
	kim, kimLink := boss.invites(browser, s.url, "Kim", office.Keeper, secrets["the keeper's password"])
	for who, link := range map[string]string{"the first link": first, "the editor's link": edLink, "the keeper's link": kimLink} {
		_, secret, _ := strings.Cut(link, "#link=")
		secret, _, _ = strings.Cut(secret, "&")
		keep(who, secret)
	}
	for who, d := range map[string]desk{"the admin's session": boss, "the editor's session": ed, "the keeper's session": kim} {
		keep(who, d.cookie())
	}

	// A table with an error in line 3: told by line, nothing written; then mended.
	species := s.count(`SELECT count(*) FROM species`)
	ed.turns("imports")
	ed.chooses("[data-testid=table]", save("wrong.csv", []byte(newAnimals(9))))
	ed.reads("[data-testid=told]", "Line 3", "Rarity", "must be 1 to 5")
	ed.isInOrder("story-import-refused")
	if n := s.count(`SELECT count(*) FROM species`); n != species {
		t.Errorf("%d species were written by a table that was refused", n-species)
	}
	ed.chooses("[data-testid=table]", save("mended.csv", []byte(newAnimals(4))))
	ed.reads("[data-testid=told]", "It would be", "2 new")
	ed.clicks("[data-testid=import]")
	ed.clicks("[data-testid=sure]")
	ed.reads("[data-testid=told]", "Imported", "2 new")

	// Two on one species: what each of them meant is kept, and where they meant
	// different things the slower one is asked.
	ed.turns("species/lion")
	ed.sees(`[data-testid="texts.fr.diet"]`)
	ed.types(`[data-testid="texts.en.diet"]`, "Zebras, and what hyenas caught.")
	ed.types(`[data-testid="texts.de.name"]`, "Berberlöwe")
	kim.turns("species/lion")
	kim.types(`[data-testid="texts.de.name"]`, "Wüstenkönig")
	kim.types(`[data-testid="texts.fr.diet"]`, "Il chasse des zèbres.")
	kim.clicks("[data-testid=save]")
	kim.sees("[data-testid=saved]")
	ed.clicks("[data-testid=save]")
	ed.reads("[data-testid=clashes]", "Kim was faster", "Wüstenkönig", "Berberlöwe")
	ed.isInOrder("story-clash")
	robin := colleague{s, "Robin", "Cookie", "zoodex_staff=" + secrets["the admin's session"]}
	if lion, _ := robin.species("lion"); lion.text("de", "name") != "Wüstenkönig" || lion.text("en", "diet") == "Zebras, and what hyenas caught." {
		t.Error("Kim's edit was overwritten before Ed was asked")
	}
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=saved]")
	if lion, _ := robin.species("lion"); lion.text("de", "name") != "Berberlöwe" || lion.text("en", "diet") != "Zebras, and what hyenas caught." || lion.text("fr", "diet") != "Il chasse des zèbres." {
		t.Errorf("both have saved, and the lion is %v", lion["texts"])
	}

	// The keeper teaches both animals; one photo is in the wrong lesson.
	photos := map[string][]file{
		"striped-dream": append(sketches("striped", 0, 12), sketches("spotted", 50, 1)...),
		"spotted-dream": sketches("spotted", 0, 12),
	}
	for _, animal := range []string{"striped-dream", "spotted-dream"} {
		kim.turns("lessons")
		kim.types("[data-testid=lesson-species]", animal)
		kim.clicks("[data-testid=begin-lesson]")
		kim.reads("h1", strings.ReplaceAll(animal, "-", " "))
		kim.chooses("[data-testid=photos]", save(animal+".zip", zipOf(t, photos[animal]...)))
		kim.reads("[data-testid=counts]", fmt.Sprintf("%d photos to learn from", len(photos[animal])))
	}
	kim.turns("lessons")
	kim.clicks("[data-testid=train]")
	kim.clicks("[data-testid=see-report]")
	kim.reads("[data-testid=verdict]", "Ready")
	kim.clicks("[data-cell='0-1']")
	kim.reads("[data-testid=cell]", "striped dream: 1 photo taken for spotted dream")
	kim.waits("see the photo behind the cell", `[...document.querySelectorAll('[data-testid=cell] img')].some(i => i.complete && i.naturalWidth > 0)`)
	kim.isInOrder("story-cell")
	kim.turns("lessons")
	kim.clicks("[data-testid=publish-1]")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=holds]", "version 1")

	// A child with a phone catches it, and the board tells.
	scout := s.join()
	scout.awaits(sketch("striped", 901), "striped-dream", true)
	board := browser.visit(t, s.url+"/board?lang=en", "en")
	board.does(chromedp.EmulateViewport(1920, 1080))
	board.sees("[data-testid=totals][data-caught='0']")
	child := browser.visit(t, s.url, "en")
	child.hasCaught(0)
	child.earns("standings")
	child.clicks("[data-testid=list]")
	child.sees("[data-testid=listing][data-listed=true]")
	child.photographs(save("mine.jpg", sketch("striped", 901)))
	child.sees("[data-testid=answer][data-outcome=caught] [data-testid=check]")
	child.reads("[data-testid=answer]", "striped dream", "as many stripes as it likes")
	child.looksRight("story-caught")
	who := evaluate[struct{ Nickname, Token, PassCode string }](child, `JSON.parse(localStorage.getItem('zoodex.family')).children[0]`)
	keep("the child's name", who.Nickname)
	keep("the child's token", who.Token)
	keep("the child's pass code", who.PassCode)
	child.earns("standings")
	child.reads("[data-testid=place]", "Place 1 of 1", who.Nickname)
	child.looksRight("story-standing")
	board.sees("[data-testid=totals][data-caught='1']")
	board.sees("[data-testid=latest] [data-slug=striped-dream]")
	board.reads("[data-testid=standings]", who.Nickname)
	write(t, filepath.Join(pictures, "story-board.png"), board.picture(1920, 1080, 0.5))

	// The editor changes a fact, and the card on the phone follows.
	child.opens("dex")
	child.clicks(".caught[data-slug=striped-dream]")
	child.reads("[data-testid=card]", "as many stripes as it likes")
	child.closes()
	ed.turns("species/striped-dream")
	ed.types(`[data-testid="texts.en.surprise"]`, "Nobody has seen it awake.")
	ed.reads("[data-testid=preview]", "Nobody has seen it awake.")
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=saved]")
	child.clicks(".caught[data-slug=striped-dream]")
	child.reads("[data-testid=card]", "Nobody has seen it awake.")
	child.looksRight("story-card")

	// Rolled back, no other photo catches it.
	kim.clicks("[data-testid=roll-back-0]")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=holds]", "by itself")
	scout.awaits(sketch("striped", 902), "striped-dream", false)
	child.photographs(save("another.jpg", sketch("striped", 902)))
	child.sees("[data-testid=answer]:not([data-outcome=caught], [data-outcome=seen])")
	child.closes()
	child.hasCaught(1)

	// The keeper withdraws what was caught: the child's place and the board follow.
	kim.turns("captures")
	kim.types("[data-testid=nickname]", who.Nickname)
	kim.clicks("[data-testid=show]")
	kim.reads("[data-testid=captures]", "striped dream", "caught")
	kim.clicks("[data-testid=captures] tbody tr:last-child [data-testid=withdraw]") // the first that was taken
	kim.types("[data-testid=why]", "a drawing")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=captures]", "withdrawn", "Kim", "a drawing")
	kim.isInOrder("story-withdrawn")
	board.waits("see nobody's place", fmt.Sprintf(`![...document.querySelectorAll('[data-testid=standings]')].some(e => e.textContent.includes(%q))`, who.Nickname))
	child.does(chromedp.Reload())
	child.hasCaught(0)
	child.earns("standings")
	child.reads("[data-testid=place]", "No points yet")
	child.looksRight("story-lost-place")

	// The admin reads who did what. The log has nobody's secrets.
	boss.turns("audit")
	boss.reads("[data-testid=audit]", "Kim", "Ed", "striped-dream")
	boss.isInOrder("story-audit")
	log := s.log.String()
	for what, secret := range secrets {
		if strings.Contains(log, secret) {
			t.Errorf("%s is in the log", what)
		}
	}
	for _, name := range []string{scout.Nickname, scout.Token, scout.PassCode} {
		if strings.Contains(log, name) {
			t.Errorf("%s is in the log", name)
		}
	}
}

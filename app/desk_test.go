package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app/staff/office"
)

// desk is a page of somebody of the staff.
type desk struct{ *child }

// comes opens the staff desk in a browser of its own.
func (c chromium) comes(t *testing.T, url, path string) desk {
	t.Helper()
	d := desk{c.visit(t, url+"/healthz", "en")}
	d.expectsErrors.Store(true) // who is not signed in is told so
	d.does(chromedp.EmulateViewport(1440, 900), chromedp.Navigate(url+path))
	return d
}

// signsIn opens the desk and signs in.
func (c chromium) signsIn(t *testing.T, url, name string) desk {
	t.Helper()
	d := c.comes(t, url, "/staff")
	d.sees("[data-testid=sign-in]")
	d.types("[data-testid=name]", name)
	d.types("[data-testid=password]", goodPassword)
	d.clicks("[data-testid=enter]")
	d.reads("[data-testid=who]", name)
	return d
}

// types fills in a field anew.
func (d desk) types(selector, text string) {
	d.t.Helper()
	d.sees(selector)
	evaluate[int](d.child, fmt.Sprintf(`(e => {
		Object.getOwnPropertyDescriptor(Object.getPrototypeOf(e), 'value').set.call(e, %q);
		e.dispatchEvent(new Event('input', { bubbles: true }));
		e.dispatchEvent(new Event('change', { bubbles: true }));
		return 0 })(document.querySelector(%q))`, text, selector))
}

// turns goes to a page of the desk.
func (d desk) turns(page string) {
	d.t.Helper()
	evaluate[int](d.child, fmt.Sprintf(`(location.hash = %q, 0)`, "#/"+page))
}

// isInOrder holds a page to the rules of axe, and keeps pictures of it. It must
// not be wider than the screen.
func (d desk) isInOrder(state string) {
	d.t.Helper()
	d.isAccessible(state)
	for _, width := range []int64{1024, 1440} {
		write(d.t, filepath.Join(pictures, fmt.Sprintf("desk-%s-%d.png", state, width)), d.picture(width, 900, 1))
		if over := evaluate[int](d.child, "document.documentElement.scrollWidth - innerWidth"); over > 0 {
			d.t.Errorf("%s: %d pixels too wide for a screen of %d", state, over, width)
		}
	}
}

// From the link that the service prints to the first account, and out again.
func TestBrowserDeskFirstSignIn(t *testing.T) {
	s := start(t)
	browser := openChromium(t)
	boss := browser.comes(t, s.url, s.running.FirstLink())
	boss.sees("[data-testid=link]")
	if hash := boss.evaluates("location.hash"); hash != "" {
		t.Errorf("the secret stays in the address: %s", hash)
	}
	boss.isInOrder("link")
	boss.types("[data-testid=name]", "The Boss")
	boss.types("[data-testid=password]", "password1234")
	boss.clicks("[data-testid=enter]")
	boss.reads(".wrong", "guess")
	boss.isInOrder("link-refused")
	boss.types("[data-testid=password]", goodPassword)
	boss.clicks("[data-testid=enter]")
	boss.reads("[data-testid=who]", "The Boss")
	boss.does(chromedp.Reload())
	boss.reads("[data-testid=who]", "The Boss")

	// An account for a colleague, who follows a link of their own.
	boss.turns("people")
	boss.types("[data-testid=new-name]", "Kim")
	boss.types("[data-testid=new-role]", "editor")
	boss.clicks("[data-testid=add-account]")
	boss.sees("[data-testid=secret]")
	boss.isInOrder("people")
	link := boss.evaluates("document.querySelector('[data-testid=secret]').textContent")
	kim := browser.comes(t, s.url, strings.TrimPrefix(link, s.url))
	kim.reads("h1", "Kim")
	kim.types("[data-testid=password]", "kiwi beside a warm stone")
	kim.clicks("[data-testid=enter]")
	kim.reads("[data-testid=who]", "Kim", "Editor")
	kim.doesNotSee("[data-testid=menu-audit]")
	kim.turns("audit")
	kim.reads("main", "not for your role")
	kim.turns("me")
	kim.sees("[data-testid=everywhere]")
	kim.isInOrder("me")

	boss.turns("audit")
	boss.reads("[data-testid=audit]", "added an account", "Kim")
	boss.types("[data-testid=audit-who]", "Kim")
	boss.clicks("[data-testid=audit-show]")
	boss.reads("[data-testid=audit]", "chose a password")
	boss.waits("see only Kim's", `![...document.querySelectorAll('[data-testid=audit] tbody td:nth-child(2)')].some(e => e.textContent !== 'Kim')`)
	boss.isInOrder("audit")

	// A session that ends while somebody works: they sign in over their page.
	kim.turns("species/lion")
	kim.types(`[data-testid="texts.en.diet"]`, "Zebras, and what hyenas caught.")
	s.run(`DELETE FROM staff_sessions WHERE staff_id = (SELECT id FROM staff WHERE name = 'Kim')`)
	kim.clicks("[data-testid=save]")
	kim.sees("[data-testid=sign-in]")
	kim.types("[data-testid=password]", "kiwi beside a warm stone")
	kim.clicks("[data-testid=enter]")
	kim.doesNotSee("[data-testid=sign-in]")
	kim.clicks("[data-testid=save]")
	kim.sees("[data-testid=saved]")

	boss.clicks("[data-testid=sign-out]")
	boss.sees("[data-testid=sign-in]")
	boss.types("[data-testid=name]", "The Boss")
	boss.types("[data-testid=password]", "wrong")
	boss.clicks("[data-testid=enter]")
	boss.reads("[data-testid=trouble]", "Wrong name or password")
	boss.isInOrder("sign-in")
	boss.does(chromedp.Reload())
	boss.sees("[data-testid=sign-in]")
}

// An editor's way from the list to a changed card, and two on one species.
func TestBrowserDeskSpecies(t *testing.T) {
	s := start(t)
	browser := openChromium(t)
	s.hire("Ed", office.Editor)
	s.hire("Kim", office.Keeper)
	ed := browser.signsIn(t, s.url, "Ed")
	ed.sees("[data-slug=lion]")
	ed.isInOrder("species")
	ed.types("[data-testid=search]", "Löwe")
	ed.doesNotSee("[data-slug=tiger]")
	ed.clicks("[data-slug=lion]")
	ed.reads("[data-testid=preview]", "lion", "Panthera leo", "vulnerable")
	ed.isInOrder("editor")

	// The card changes as one types, and what is wrong is said at its field.
	ed.types(`[data-testid="texts.de.name"]`, "<b>Berberlöwe</b>")
	ed.reads(`[id="texts.de.name-said"]`, "without < and >")
	ed.isInOrder("editor-wrong")
	ed.types(`[data-testid="texts.de.name"]`, "Berberlöwe")
	ed.clicks("[data-testid=preview-de]")
	ed.reads("[data-testid=preview]", "Berberlöwe", "Wusstest du das?")

	// Kim is faster, with another name and with another fact.
	kim := browser.signsIn(t, s.url, "Kim")
	kim.turns("species/lion")
	kim.types(`[data-testid="texts.de.name"]`, "Wüstenkönig")
	kim.types(`[data-testid="texts.fr.diet"]`, "Il chasse des zèbres.")
	kim.clicks("[data-testid=save]")
	kim.sees("[data-testid=saved]")

	ed.clicks("[data-testid=save]")
	ed.reads("[data-testid=clashes]", "Kim was faster", "Wüstenkönig", "Berberlöwe")
	ed.isInOrder("clash")
	if kept := ed.evaluates(`document.querySelector('[data-testid="texts.de.name"]').value`); kept != "Berberlöwe" {
		t.Errorf("what Ed wrote became %q", kept)
	}
	ed.clicks("[data-testid=save]")
	ed.sees("[data-testid=saved]")
	lion, _ := s.signIn("Ed").species("lion")
	if lion.text("de", "name") != "Berberlöwe" || lion.text("fr", "diet") != "Il chasse des zèbres." {
		t.Errorf("kept are %s and %s", lion.text("de", "name"), lion.text("fr", "diet"))
	}
	ed.reads("[data-testid=history]", "Version 3", "Version 2 · Kim", "as it came")
	ed.isInOrder("history")
	// Undone, and back to the beginning after being asked.
	ed.clicks("[data-testid=undo]")
	ed.waits("see Kim's name", `document.querySelector('[data-testid="texts.de.name"]').value === 'Wüstenkönig'`)
	ed.clicks("[data-testid=back-1]")
	ed.sees("[data-testid=sure]")
	ed.isInOrder("sure")
	ed.clicks("[data-testid=sure]")
	ed.waits("see the first name", `document.querySelector('[data-testid="texts.de.name"]').value === 'Löwe'`)

	// A new species.
	ed.turns("species/+")
	for field, text := range map[string]string{
		"slug": "okapi", "scientificName": "Okapia johnstoni", "order": "Artiodactyla", "family": "Giraffidae",
		"texts.en.name": "okapi", "texts.en.habitat": "Forests of the Congo.", "texts.en.diet": "Leaves.", "texts.en.sleep": "A few minutes at a time.",
		"texts.en.surprise": "It can lick its own ears.",
	} {
		ed.types(fmt.Sprintf(`[data-testid=%q]`, field), text)
	}
	ed.clicks("[data-testid=save]") // it lives nowhere yet
	ed.reads("[data-testid=trouble]", "Lives in", "must name at least one")
	ed.isInOrder("new")
	ed.clicks(`input[value=africa]`)
	ed.clicks("[data-testid=save]")
	ed.reads("h1", "okapi")
	ed.reads("[data-testid=history]", "Version 1 · Ed")
	if a := s.join().get("/v1/dex"); !strings.Contains(string(a.body), "okapi") {
		t.Error("visitors do not see the okapi")
	}
}

// A table with an error in line 3 is told where, and imported once it is mended.
func TestBrowserDeskImport(t *testing.T) {
	s := start(t)
	s.hire("Ed", office.Editor)
	ed := openChromium(t).signsIn(t, s.url, "Ed")
	ed.turns("imports")
	for _, rarity := range []string{"9", "4"} {
		table := filepath.Join(t.TempDir(), rarity+".csv")
		write(t, table, []byte("slug,rarity\nlion,2\ntiger,"+rarity+"\n"))
		ed.sees("[data-testid=table]")
		ed.does(chromedp.SetUploadFiles(chromedp.CSS("[data-testid=table]"), []string{table}))
		if rarity == "9" {
			ed.reads("[data-testid=told]", "Line 3", "Rarity", "must be 1 to 5")
			ed.isInOrder("import-refused")
		}
	}
	ed.reads("[data-testid=changes]", "tiger", "Rarity: 1 → 4")
	ed.isInOrder("import-checked")
	ed.clicks("[data-testid=import]")
	ed.clicks("[data-testid=sure]")
	ed.reads("[data-testid=told]", "Imported:", "2 changed")
	ed.isInOrder("imported")
	if tiger, _ := s.signIn("Ed").species("tiger"); tiger["rarity"] != 4.0 {
		t.Errorf("imported is %v", tiger)
	}
	ed.reads("[data-testid=past]", "Ed: 0 new, 2 changed")
	ed.clicks("[data-testid=undo-import]")
	ed.reads("dialog", "Undo this import of 2 species?")
	ed.isInOrder("import-undo")
	ed.clicks("[data-testid=sure]")
	ed.reads("[data-testid=past]", "an import was undone, 2 species changed", "changed since")
	if tiger, _ := s.signIn("Ed").species("tiger"); tiger["rarity"] == 4.0 {
		t.Errorf("undone is %v", tiger)
	}
}

// A keeper withdraws a capture, and the visitor's points are gone.
func TestBrowserDeskCaptures(t *testing.T) {
	photo := animal(t, "lion")
	s := start(t)
	s.hire("Kim", office.Keeper)
	v := s.join()
	v.capture(photo).want(t, 201)
	var me struct{ Nickname string }
	v.get("/v1/me").into(t, &me)
	kim := openChromium(t).signsIn(t, s.url, "Kim")
	kim.turns("captures")
	kim.types("[data-testid=nickname]", me.Nickname)
	kim.clicks("[data-testid=show]")
	kim.reads("[data-testid=captures]", me.Nickname, "lion", "caught")
	kim.isInOrder("captures")
	kim.clicks("[data-testid=withdraw]")
	kim.types("[data-testid=why]", "a poster")
	kim.isInOrder("judge")
	kim.clicks("[data-testid=sure]")
	kim.reads("[data-testid=captures]", "withdrawn", "a poster")
	if a := v.get("/v1/dex"); !strings.Contains(string(a.body), `"points":0`) {
		t.Errorf("afterwards the visitor has %.200s", a)
	}
	kim.clicks("[data-testid=restore]")
	kim.types("[data-testid=why]", "no poster after all")
	kim.clicks("[data-testid=sure]")
	kim.sees("[data-testid=withdraw]")
	if a := v.get("/v1/dex"); strings.Contains(string(a.body), `"points":0`) {
		t.Error("restored, the capture earns nothing")
	}
}

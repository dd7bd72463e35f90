package app_test

import (
	"fmt"
	"testing"

	"github.com/chromedp/cdproto/browser"
	"github.com/zoodex/zoodex/app/staff/office"
)

// value gives what stands in a field.
func (d desk) value(selector string) string {
	d.t.Helper()
	return d.evaluates(fmt.Sprintf("document.querySelector(%q).value", selector))
}

// An admin closes the zoo, and opens it again; sets where it is, and its year.
func TestBrowserDeskSettings(t *testing.T) {
	phones := openPhones(t)
	phones.hire("The Boss", office.Admin)
	boss := phones.chromium.signsIn(t, phones.url, "The Boss")
	boss.turns("settings")
	boss.reads("[data-testid=hours]", "photos count at any time", "always open")
	boss.isInOrder("settings")
	boss.clicks("[data-testid=add-hours]")
	boss.types("[data-testid=hours-1] [data-testid=hours-until]", "2026-02-01")
	boss.types("[data-testid=hours-1] [data-testid=hours-from]", "2026-02-02")
	boss.reads("[data-testid=hours-1] .wrong", "before the first day")
	boss.types("[data-testid=hours-1] [data-testid=hours-until]", "")
	boss.types("[data-testid=hours-1] [data-testid=hours-closes]", "00:00")
	boss.clicks("[data-testid=hours-1] input[value=saturday]")
	boss.reads("[data-testid=weeks]", "09:00–24:00", "always open")
	boss.clicks("[data-testid=hours-1] [data-testid=remove-hours]")
	boss.clicks("[data-testid=add-closed]")
	boss.reads("[data-testid=weeks]", "Today", "closed")
	boss.isInOrder("settings-closed")
	boss.clicks("[data-testid=save-hours]")
	boss.sees("[data-testid=saved-hours]")

	child := phones.visit(t, "en")
	child.photographs(phones.lion)
	child.sees("[data-testid=answer][data-outcome=void]")
	child.reads("[data-testid=answer]", "closed")

	boss.clicks("[data-testid=history-hours] summary")
	boss.reads("[data-testid=history-hours]", "The Boss", "As the zoo began", "closed")
	boss.isInOrder("settings-history")
	boss.clicks("[data-testid=undo-hours]")
	boss.doesNotSee("[data-testid=hours-1]")
	phones.run(`DELETE FROM prints`)
	other := phones.visit(t, "en")
	other.photographs(phones.lion)
	other.sees("[data-testid=answer][data-outcome=caught]")

	boss.permits("geolocation", browser.PermissionSettingGranted)
	boss.stands(52.508, 13.338, 20)
	boss.clicks("[data-testid=area-on]")
	boss.clicks("[data-testid=here]")
	boss.waits("find out where it is", `document.querySelector('[data-testid=latitude]').value === '52.508'`)
	boss.types("[data-testid=meters]", "5")
	boss.clicks("[data-testid=save-area]")
	boss.reads("[data-testid=area] .wrong", "50")
	boss.types("[data-testid=meters]", "600")
	boss.clicks("[data-testid=save-area]")
	boss.sees("[data-testid=saved-area]")

	boss.types("[data-testid=zone-name]", "Asia/Tokyo")
	boss.clicks("[data-testid=save-zone]")
	boss.clicks("[data-testid=sure]")
	boss.sees("[data-testid=saved-zone]")

	boss.clicks("[data-testid=add-season]")
	for field, text := range map[string]string{"key": "winter-lights", "from": "2027-01-06", "until": "2026-12-01"} {
		boss.types("[data-testid=season-"+field+"]", text)
	}
	boss.clicks("[data-testid=save-seasons]")
	boss.reads("[data-testid=season-1] .field:nth-of-type(3) .wrong", "before the first day")
	boss.isInOrder("settings-refused")
	boss.types("[data-testid=season-from]", "2026-12-01")
	boss.types("[data-testid=season-until]", "2027-01-06")
	boss.clicks("[data-testid=save-seasons]")
	boss.sees("[data-testid=saved-seasons]")

	// Somebody else is faster; what was typed stays, and can be saved on top.
	boss.types("[data-testid=season-key]", "lights")
	phones.signIn("The Boss").sets("seasons", `{"seasons":[]}`)
	boss.clicks("[data-testid=save-seasons]")
	boss.reads("[data-testid=seasons] [data-testid=trouble]", "The Boss has saved a change")
	if kept := boss.value("[data-testid=season-key]"); kept != "lights" {
		t.Errorf("what was typed became %q", kept)
	}
	boss.clicks("[data-testid=save-seasons]")
	boss.sees("[data-testid=saved-seasons]")
}

// An editor turns a badge off, which a child no longer sees, and on again.
func TestBrowserDeskBadges(t *testing.T) {
	phones := openPhones(t)
	phones.hire("Ed", office.Editor)
	ed := phones.chromium.signsIn(t, phones.url, "Ed")
	ed.doesNotSee("[data-testid=menu-settings]")
	ed.turns("badges")
	ed.reads("[data-badge=first-catch]", "First catch", "Erster Fang", "Première prise")
	ed.isInOrder("badges")
	child := phones.visit(t, "en")
	child.photographs(phones.lion)
	child.sees("[data-testid=answer][data-outcome=caught]")
	child.earns("badges")
	child.sees("[data-badge=first-catch]")

	ed.clicks("[data-badge=first-catch] [data-testid=switch]")
	ed.sees("[data-testid=sure]")
	ed.isInOrder("badge-sure")
	ed.clicks("[data-testid=sure]")
	ed.sees("[data-badge=first-catch] [aria-checked=false]")
	ed.isInOrder("badge-off")
	child.opens("camera")
	child.earns("badges")
	child.doesNotSee("[data-badge=first-catch]")

	ed.clicks("[data-badge=first-catch] [data-testid=switch]")
	ed.sees("[data-badge=first-catch] [aria-checked=true]")
	child.opens("camera")
	child.earns("badges")
	child.reads("[data-badge=first-catch]", "First catch")
}

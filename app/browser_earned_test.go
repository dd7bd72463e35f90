package app_test

import (
	"fmt"
	"path/filepath"
	"strings"
	"testing"

	"github.com/chromedp/chromedp"
)

// earns goes to a part of what is earned.
func (c *child) earns(part string) {
	c.t.Helper()
	if evaluate[bool](c, "!!document.querySelector('dialog')") {
		c.closes()
	}
	c.opens("earned")
	c.clicks(fmt.Sprintf("[data-testid=part-%s]", part))
}

// agrees touches a button that asks first, and says yes.
func (c *child) agrees(button string) {
	c.t.Helper()
	c.clicks(fmt.Sprintf("[data-testid=%s] button", button))
	c.clicks(fmt.Sprintf("[data-testid=%s] [data-testid=sure]", button))
}

// looksRight holds a state of the page to the rules of accessibility, and keeps
// pictures of it.
func (c *child) looksRight(state string) {
	c.t.Helper()
	c.isAccessible(state)
	c.picturedAs(state)
}

func (p *phones) photo(t *testing.T, pattern string) string {
	t.Helper()
	found, err := filepath.Glob(filepath.Join(filepath.Dir(p.lion), "../..", pattern))
	if err != nil || len(found) == 0 {
		t.Skipf("no photo %s in the folder of test photos", pattern)
	}
	return found[0]
}

// What a child earns with the first animals, and what is missing for more.
func TestBrowserEarned(t *testing.T) {
	phones := openPhones(t)

	t.Run("a trail that is nearly done says so, and so does one that is done", func(t *testing.T) {
		child := phones.visit(t, "en")
		child.hasCaught(0)
		child.earns("badges")
		child.reads("[data-badge=first-catch]", "0 of 1: 1 to go")
		child.looksRight("earned-none")

		child.photographs(phones.lion)
		child.reads("[data-testid=answer] [data-testid=news]", "First")
		child.earns("badges")
		child.sees("[data-testid=level] .ring")
		child.sees("[data-badge=first-catch].earned")
		child.reads("[data-badge=five-species]", "1 of 5: 4 to go")
		child.looksRight("earned-badges")
		child.clicks("[data-testid=level] + details summary")
		child.reads("[data-testid=levels]", "Egg", "Zoo Legend", "from 60 points")
		child.looksRight("earned-levels")
		child.earns("trails")
		child.sees("[data-trail=big-cats][data-done='1']")
		child.reads("[data-trail=big-cats] [data-testid=next]", "tiger")
		child.reads("[data-trail=around-the-world] [data-testid=next]", "plains zebra")
		child.clicks("[data-trail=big-cats] summary")
		child.sees("[data-trail=big-cats] details[open] .done")
		child.looksRight("earned-trails")

		child.photographs(phones.photo(t, "imagen-det/tiger/*"))
		child.sees("[data-testid=answer][data-outcome=caught]")
		child.photographs(phones.photo(t, "caltech101/Leopards/*"))
		child.sees("[data-testid=answer] [data-notice=almost]")
		child.looksRight("earned-almost")
		child.earns("trails")
		child.sees("[data-trail=big-cats] [data-testid=almost]")
		child.photographs(phones.photo(t, "caltech101/cougar_body/*"))
		child.sees("[data-testid=answer] [data-notice=done]")
		child.earns("trails")
		child.sees("[data-trail=big-cats] [data-testid=complete]")
	})

	t.Run("a question is answered once, rightly or not", func(t *testing.T) {
		for _, rightly := range []bool{true, false} {
			child := phones.visit(t, "en")
			child.photographs(phones.lion)
			child.sees("[data-testid=quiz] [data-choice]")
			child.isAccessible("a question")
			var right string
			if err := phones.db.Gorm().Raw(`SELECT question->>'right' FROM questions ORDER BY asked_at DESC LIMIT 1`).Scan(&right).Error; err != nil {
				t.Fatal(err)
			}
			points := phones.count(`SELECT sum(points) FROM ledger`)
			choice := right
			if !rightly {
				choice = child.evaluates(fmt.Sprintf(`document.querySelector('[data-choice]:not([data-choice=%q])').dataset.choice`, right))
			}
			child.clicks(fmt.Sprintf("[data-choice=%q]", choice))
			child.sees(fmt.Sprintf(`[data-testid=quizzed][data-right=%v]`, rightly))
			child.sees(fmt.Sprintf(`[data-choice=%q].right:disabled`, right))
			if won := phones.count(`SELECT sum(points) FROM ledger`) > points; won != rightly {
				t.Errorf("answered rightly: %v, won points: %v", rightly, won)
			}
			child.looksRight(fmt.Sprintf("quiz-%v", rightly))
		}
	})

	for language, words := range map[string][]string{
		"de": {"Abzeichen", "Pfade", "Plätze", "noch 4", "Fehlt noch"},
		"fr": {"Badges", "Parcours", "Places", "encore 4", "Il manque encore"},
	} {
		t.Run("in "+language, func(t *testing.T) {
			child := phones.visit(t, language)
			child.photographs(phones.lion)
			child.sees("[data-testid=check]")
			child.earns("badges")
			child.reads("main nav", words[:3]...)
			child.reads("[data-badge=five-species]", words[3])
			child.earns("trails")
			child.reads("[data-trail=big-cats]", words[4])
			child.looksRight("earned-" + language)
			child.earns("groups")
			child.clicks("[data-testid=found-family]")
			child.sees("[data-testid=invite]")
			child.looksRight("group-" + language)
		})
	}
}

// Two children become a family, and part again.
func TestBrowserGroup(t *testing.T) {
	phones := openPhones(t)
	owner := phones.visit(t, "en")
	owner.photographs(phones.lion)
	owner.sees("[data-testid=check]")
	owner.earns("groups")
	owner.sees("[data-testid=join]")
	owner.looksRight("groups-none")
	owner.clicks("[data-testid=found-family]")
	owner.sees("[data-testid=group] [data-testid=invite] svg path")
	owner.sees("[data-testid=union] [data-slug=lion]")
	owner.looksRight("group-owner")
	code := owner.evaluates("document.querySelector('[data-testid=group-code]').textContent")
	address := owner.evaluates("document.querySelector('[data-testid=invite]').dataset.address")
	if want := phones.url + "/#/earned/join/" + code; address != want || len(code) != 6 {
		t.Errorf("the QR code leads to %q, want %q", address, want)
	}

	// The link asks, and joins nobody by itself.
	friend := phones.chromium.visit(t, address, "en")
	friend.reads("[data-testid=join] h2", "Do you want to join this group?")
	friend.waits("find the code filled in", fmt.Sprintf("document.querySelector('[data-testid=code]').value === %q", code))
	friend.hasCaught(0)
	if n := phones.count("SELECT count(*) FROM memberships"); n != 1 {
		t.Fatalf("%d members, before anybody said yes", n)
	}
	friend.looksRight("group-question")
	friend.clicks("[data-testid=does-join]")
	friend.sees("[data-testid=group] [data-testid=union] [data-slug=lion]")
	friend.doesNotSee("[data-testid=invite]") // only its owner shows the code
	friend.doesNotSee("[data-testid=remove]")
	friend.looksRight("group-member")

	owner.does(chromedp.Reload())
	owner.sees("[data-testid=members] li:nth-child(2) [data-testid=remove]")
	owner.clicks("[data-testid=remove] button")
	owner.looksRight("group-sure")
	owner.clicks("[data-testid=sure]")
	owner.doesNotSee("[data-testid=members] li:nth-child(2)")
	owner.agrees("rotate")
	owner.waits("find another code", fmt.Sprintf("document.querySelector('[data-testid=group-code]').textContent !== %q", code))

	friend.earns("groups")
	friend.sees("[data-testid=join]")
	friend.doesNotSee("[data-testid=groups]")
	friend.expectsErrors.Store(true)
	friend.does(chromedp.SendKeys(chromedp.CSS("[data-testid=code]"), strings.ToLower(code[:3]+" "+code[3:])))
	friend.clicks("[data-testid=does-join]")
	friend.sees("[data-testid=join] [data-testid=trouble]")
	friend.looksRight("group-wrong-code")

	owner.agrees("leave")
	owner.sees("[data-testid=found-family]")
	owner.doesNotSee("[data-testid=groups]")
	if n := phones.count("SELECT count(*) FROM groups"); n != 0 {
		t.Errorf("%d groups are left", n)
	}
}

// A child is seen by others only after saying yes, and for as long as that holds.
func TestBrowserStandings(t *testing.T) {
	phones := openPhones(t)
	phones.busyDay()
	child := phones.visit(t, "en")
	child.photographs(phones.lion)
	child.sees("[data-testid=check]")
	child.earns("groups")
	child.clicks("[data-testid=found-family]")
	child.sees("[data-testid=group]")
	child.earns("standings")
	child.reads("[data-testid=place] .mine", "You would be in place")
	child.looksRight("standings-unlisted")
	seen := func() bool {
		name := child.evaluates("document.querySelector('[data-testid=child] .name').textContent")
		return strings.Contains(string(phones.ask("GET", "/v1/standings/today?limit=100", nil).body), `"`+name+`"`)
	}
	if seen() {
		t.Error("others see a child who did not say yes")
	}
	child.clicks("[data-testid=list]")
	child.sees("[data-testid=listing][data-listed=true]")
	child.reads("[data-testid=place] .mine", "Place ", " of 13")
	child.sees("[data-testid=place] .me")
	child.sees("[data-testid=group-place] .me")
	if !seen() {
		t.Error("others do not see a child who said yes")
	}
	child.looksRight("standings-listed")
	for _, period := range []string{"week", "season", "ever"} {
		child.clicks("[data-testid=period-" + period + "]")
		child.sees("[data-testid=place][data-period=" + period + "] p")
	}
	child.reads("[data-testid=place][data-period=ever] .mine", "Place ")
	child.clicks("[data-testid=list]")
	child.sees("[data-testid=listing][data-listed=false]")
	if seen() {
		t.Error("others still see a child who took it back")
	}
}

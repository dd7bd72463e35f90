package app_test

import (
	"fmt"
	"testing"

	"github.com/zoodex/zoodex/app/staff/office"
)

// A zoo of 2,000 species and a lesson of 5,000 photos, a page at a time.
func TestBrowserDeskOfALargeZoo(t *testing.T) {
	s := start(t)
	s.fill(zooSize{species: 2000, visitors: 20, audit: 10, photos: 5000, lessons: 2, days: 400})
	s.hire("Kim", office.Keeper)
	kim := openChromium(t).signsIn(t, s.url, "Kim")
	many := func(selector string) int {
		return evaluate[int](kim.child, fmt.Sprintf(`document.querySelectorAll(%q).length`, selector))
	}
	kim.reads("[data-testid=range]", "1–50 of 2000")
	kim.clicks("nav:has([data-testid=range]) button:last-child")
	kim.reads("[data-testid=range]", "51–100 of 2000")
	if n := many("[data-testid=species-list] tbody tr"); n != 50 {
		t.Errorf("a page has %d species", n)
	}
	kim.types("[data-testid=search]", "fabled 1234")
	kim.reads("[data-testid=range]", "1–1 of 1")
	kim.sees("[data-slug=fabled-1234]")

	kim.turns("lessons/lion")
	kim.reads("[data-testid=counts]", "5000")
	kim.sees("[data-testid=more-photos]")
	photo := func() string { return kim.evaluates(`document.querySelector('[data-photo]').dataset.photo`) }
	first := photo()
	kim.isInOrder("large-lesson")
	kim.clicks("[data-testid=more-photos]")
	kim.waits("see other photos", fmt.Sprintf(`!document.querySelector('[data-photo="%s"]') && document.querySelector('[data-photo]') !== null`, first))
	if n, lazy := many("[data-photo] img"), many("[data-photo] img[loading=lazy]"); n != 100 || lazy != n {
		t.Errorf("the second page has %d photos, of which %d wait to be seen", n, lazy)
	}
	kim.clicks("[data-testid=earlier-photos]")
	kim.sees(fmt.Sprintf(`[data-photo="%s"]`, first))
	kim.doesNotSee("[data-testid=earlier-photos]")

	kim.turns("visits")
	kim.types("[data-testid=span-days]", "365")
	kim.waits("see the numbers of a year", `document.querySelectorAll('[data-testid=visits-days] rect').length > 1000`)
	kim.waits("see twenty animals", `document.querySelectorAll('[data-testid=visits-species] tbody tr').length === 20`)
	kim.isInOrder("large-visits")
	kim.clicks("[data-testid=visits-species] nav button:last-child")
	kim.reads("[data-testid=visits-species] [data-testid=range]", "21–40 of 2000")
}

package app_test

import (
	"encoding/csv"
	"fmt"
	"strings"
	"testing"
	"time"

	"github.com/chromedp/chromedp"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/game"
)

// From numbers of a month to those of some days, as charts, as tables and as a file.
func TestBrowserDeskVisits(t *testing.T) {
	s := start(t)
	s.hire("Ed", office.Editor)
	zone, _ := time.LoadLocation("Europe/Berlin")
	today := game.DateOf(time.Now(), zone)
	at := func(ago, hour int) time.Time {
		return today.Plus(-ago).Start(zone).Add(time.Duration(hour) * time.Hour)
	}
	ed := openChromium(t).signsIn(t, s.url, "Ed")
	ed.turns("visits")
	ed.reads("[data-testid=never]", "animals were caught by nobody")
	ed.isInOrder("visits-none")

	for i := range 40 {
		v := s.join()
		for j, slug := range []game.Slug{"lion", "tiger", "red-panda", "meerkat"}[:1+i%4] {
			v.catches(slug, at(1+(i*i)%29, 9+(i+3*j)%9))
		}
	}
	ed.does(chromedp.Reload())
	ed.reads("[data-testid=total-visits]", "40")
	ed.reads("[data-testid=total-catches]", "100")
	ed.reads("[data-testid=visits-species]", "lion", "40", "tiger", "30")
	ed.isInOrder("visits")
	if label := ed.evaluates(`document.querySelector('[data-testid=visits-days] svg').getAttribute('aria-label')`); !strings.Contains(label, "Visits: 40 in all") {
		t.Errorf("who does not see the chart hears %q", label)
	}
	if marks := evaluate[int](ed.child, `new Set([...document.querySelector('[data-testid=visits-days] svg').querySelectorAll('text:not(.step)')].map(e => e.textContent)).size`); marks < 4 {
		t.Errorf("the chart of a month names %d days", marks)
	}
	ed.types("[data-testid=order]", "least")
	ed.waits("see the least caught first", `document.querySelector('[data-testid=visits-species] tbody .count').textContent === '0'`)

	// Some days, which have to be in order.
	ed.types("[data-testid=span-days]", "other")
	ed.types("[data-testid=span-from]", today.Plus(-1).String())
	ed.types("[data-testid=span-until]", today.Plus(-2).String())
	ed.reads("[data-testid=span]", "must not be before the first day")
	ed.isInOrder("visits-wrong")
	ed.types("[data-testid=span-until]", today.Plus(-1).String())
	day := s.signIn("Ed").numbers(today.Plus(-1))
	ed.reads("[data-testid=total-captures]", fmt.Sprint(day.Captures))
	ed.isInOrder("visits-day")
	ed.clicks("[data-testid=table-days]")
	ed.clicks("[data-testid=table-hours]")
	ed.reads("[data-testid=visits-days] table", fmt.Sprint(day.Visits), fmt.Sprint(day.Captures), fmt.Sprint(day.Catches))
	ed.isInOrder("visits-tables")

	file := evaluate[string](ed.child, `fetch(document.querySelector('[data-testid=csv-days]').href).then(a => a.text())`) // without its mark
	rows, err := csv.NewReader(strings.NewReader(file)).ReadAll()
	if want := fmt.Sprint([][]string{{"day", "visits", "captures", "catches"}, {today.Plus(-1).String(), fmt.Sprint(day.Visits), fmt.Sprint(day.Captures), fmt.Sprint(day.Catches)}}); err != nil || fmt.Sprint(rows) != want {
		t.Errorf("the file has %q, %v, want %s", file, err, want)
	}
	ed.clicks("[data-testid=table-days]")
	ed.types("[data-testid=span-days]", "365")
	ed.reads("[data-testid=total-visits]", "40")
	ed.isInOrder("visits-year")
	ed.types("[data-testid=language]", "fr")
	ed.reads("[data-testid=visits-days]", "Premières captures")
	ed.isInOrder("visits-fr")
}

// numbers gives those of a day.
func (c *colleague) numbers(day game.Date) (d struct{ Visits, Captures, Catches int }) {
	var n visitNumbers
	c.get(fmt.Sprintf("/visits?from=%s&until=%s", day, day)).into(c.t, &n)
	d.Visits, d.Captures, d.Catches = n.Days[0].Visits, n.Days[0].Captures, n.Days[0].Catches
	return d
}

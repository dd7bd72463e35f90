package game

import (
	"sort"
	"time"
)

// Sighted is what a visitor has seen of one species.
type Sighted struct {
	First  time.Time // when it was caught
	Times  int       // captures, the first included
	Visits int       // days on which it was captured
}

// Page is one place in a visitor's dex.
type Page struct {
	Species Species
	Sighted Sighted // zero until caught
}

// Caught tells whether the page is filled.
func (p Page) Caught() bool { return p.Sighted.Times > 0 }

// Dex lays out a visitor's collection: every species on display, and those
// caught before they left the display, by number.
func Dex(zoo []Species, seen map[SpeciesID]Sighted) []Page {
	var pages []Page
	for _, s := range zoo {
		if sighted, ok := seen[s.ID]; ok || s.OnDisplay {
			pages = append(pages, Page{s, sighted})
		}
	}
	sort.Slice(pages, func(i, j int) bool { return pages[i].Species.Number < pages[j].Species.Number })
	return pages
}

// Count gives the progress that a dex shows, with the points of its owner.
func Count(pages []Page, points int) Progress {
	p := Progress{Total: len(pages), Points: points}
	for _, page := range pages {
		if page.Caught() {
			p.Caught++
		}
	}
	return p
}

package vision

import (
	"fmt"

	"github.com/zoodex/zoodex/vision/model"
)

// A Code is the kind of reason behind a decision. The list is closed.
type Code string

const (
	// ViewsAgree: certain; the whole frame and the close-up both put the resident first.
	ViewsAgree Code = "views-agree"
	// ViewsTogether: certain; one view alone would have put another animal first, both together do not.
	ViewsTogether Code = "views-together"
	// NoAnimal: nothing; too little of the picture speaks for an animal.
	NoAnimal Code = "no-animal"
	// NotOnDisplay: stranger; the animal is clear and does not live here. "first" is the animal.
	NotOnDisplay Code = "not-on-display"
	// LookAlikes: unsure between "first" and "second", which share the probability.
	LookAlikes Code = "look-alikes"
	// ViewsDisagree: unsure; the whole frame looks like "first", the close-up like "second".
	ViewsDisagree Code = "views-disagree"
	// Unfamiliar: unsure; it is most like "first", yet not as much as photos of that animal are: an
	// animal the network never learnt, or one that is hidden, far away or blurred.
	Unfamiliar Code = "unfamiliar"
	// Faint: unsure; many animals are possible and none is likely.
	Faint Code = "faint"
)

// Codes lists them all.
var Codes = []Code{ViewsAgree, ViewsTogether, NoAnimal, NotOnDisplay, LookAlikes, ViewsDisagree, Unfamiliar, Faint}

// Why is a reason: a code, and the animals that its sentence names under "first" and "second". An
// animal is the key of a resident, or else the WordNet id of the network's class.
type Why struct {
	Code   Code
	Values map[string]string
}

func because(code Code, animals ...Candidate) Why {
	w := Why{Code: code}
	for i, a := range animals {
		if w.Values == nil {
			w.Values = make(map[string]string, len(animals))
		}
		name := a.Key
		if name == "" {
			name = a.WordNetID
		}
		w.Values[[...]string{"first", "second"}[i]] = name
	}
	return w
}

// String says the reason in English, with animals as the network and the roster call them.
func (w Why) String() string {
	first, second := called(w.Values["first"]), called(w.Values["second"])
	switch w.Code {
	case ViewsAgree:
		return "the whole picture and a closer look agree"
	case ViewsTogether:
		return "the whole picture and a closer look together make it clear"
	case NoAnimal:
		return "too little of the picture looks like an animal"
	case NotOnDisplay:
		return fmt.Sprintf("this is clear, but no %s lives here", first)
	case LookAlikes:
		return fmt.Sprintf("it could be %s or %s, which look alike", first, second)
	case ViewsDisagree:
		return fmt.Sprintf("the whole picture looks like %s, a closer look like %s", first, second)
	case Unfamiliar:
		return fmt.Sprintf("it looks a bit like %s, but not enough", first)
	case Faint:
		return "it could be many animals"
	}
	return string(w.Code)
}

// called gives the network's name for a WordNet id and anything else as it is.
func called(animal string) string {
	for _, l := range model.Labels() {
		if l.WordNetID == animal {
			return l.Name
		}
	}
	return animal
}

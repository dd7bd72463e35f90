package vision_test

import (
	"strings"
	"testing"

	"github.com/zoodex/zoodex/vision"
)

func TestARosterThatMakesNoSenseIsRefused(t *testing.T) {
	for name, c := range map[string]struct {
		residents []vision.Resident
		says      string
	}{
		"no key":          {[]vision.Resident{{Labels: []string{lion}}}, "no key"},
		"twice":           {[]vision.Resident{{Key: "lion", Labels: []string{lion}}, {Key: "lion"}}, "lion is there twice"},
		"unknown class":   {[]vision.Resident{{Key: "lion", Labels: []string{"n00000000"}}}, "n00000000"},
		"a thing":         {[]vision.Resident{{Key: "lion", Labels: []string{teapot}}}, "teapot"},
		"the class twice": {[]vision.Resident{{Key: "lion", Labels: []string{lion, lion}}}, "twice"},
	} {
		t.Run(name, func(t *testing.T) {
			r, err := vision.NewRoster(c.residents)
			if err == nil || !strings.Contains(err.Error(), c.says) || r != nil {
				t.Errorf("%v, %v; want an error that says %q", r, err, c.says)
			}
		})
	}
}

func TestResidentsWithoutClassesAreNeverNamed(t *testing.T) {
	roster := rosterOf(t, vision.Resident{Key: "okapi"})
	s := vision.Decide(viewsOf(logits{zebra: 9}, logits{zebra: 9}), roster, vision.Measured)
	if s.Decision != vision.Stranger || len(s.Residents) != 0 {
		t.Errorf("%s, residents %v", s.Decision, s.Residents)
	}
}

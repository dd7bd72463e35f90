package vision_test

import (
	"fmt"
	"math/rand/v2"
	"slices"
	"testing"

	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/model"
)

// What the network calls the animals of these tests.
const (
	lion, leopard, zebra    = "n02129165", "n02128385", "n02391049"
	timberWolf, whiteWolf   = "n02114367", "n02114548"
	african, indian, tusker = "n02504458", "n02504013", "n01871265"
	dalmatian, teapot       = "n02110341", "n04398044"
)

var zoo = []vision.Resident{
	{Key: "lion", Labels: []string{lion}},
	{Key: "leopard", Labels: []string{leopard}},
	{Key: "zebra", Labels: []string{zebra}},
	{Key: "wolf", Labels: []string{timberWolf, whiteWolf}},
	{Key: "african-elephant", Labels: []string{african, tusker}},
	{Key: "asian-elephant", Labels: []string{indian, tusker}},
	{Key: "okapi"}, // to be taught one day
}

func rosterOf(t testing.TB, residents ...vision.Resident) *vision.Roster {
	t.Helper()
	r, err := vision.NewRoster(residents)
	if err != nil {
		t.Fatal(err)
	}
	return r
}

// logits of a picture: a murmur of all classes, and the classes that speak up.
type logits map[string]float32

func (l logits) fill(view *[model.Classes]float32) {
	for i, label := range model.Labels() {
		view[i] = float32(i*37%100)/100 - 0.5
		if v, ok := l[label.WordNetID]; ok {
			view[i] = v
		}
	}
}

func viewsOf(whole, part logits) *vision.Views {
	v := &vision.Views{}
	whole.fill(&v.Whole)
	part.fill(&v.Part)
	return v
}

func TestDecide(t *testing.T) {
	for _, c := range []struct {
		name        string
		whole, part logits
		residents   []vision.Resident
		decision    vision.Decision
		key         string
		group       string
		stranger    string
		why         vision.Why
	}{
		{
			name:  "a resident in both views is certain",
			whole: logits{lion: 9}, part: logits{lion: 8}, residents: zoo,
			decision: vision.Certain, key: "lion", why: why(vision.ViewsAgree, "lion"),
		},
		{
			name:  "one view may put another animal first",
			whole: logits{lion: 12}, part: logits{lion: 7, zebra: 8}, residents: zoo,
			decision: vision.Certain, key: "lion", why: why(vision.ViewsTogether, "lion"),
		},
		{
			name:  "two classes of one species add up",
			whole: logits{timberWolf: 9, whiteWolf: 9}, part: logits{timberWolf: 9, whiteWolf: 9}, residents: zoo,
			decision: vision.Certain, key: "wolf", why: why(vision.ViewsAgree, "wolf"),
		},
		{
			name:  "a class of two residents goes to the one that has more of its own",
			whole: logits{tusker: 9, indian: 9}, part: logits{tusker: 9, indian: 9}, residents: zoo,
			decision: vision.Certain, key: "asian-elephant", why: why(vision.ViewsAgree, "asian-elephant"),
		},
		{
			name:  "a class of two residents and nothing else is an elephant, but which?",
			whole: logits{tusker: 9, african: 0, indian: 0}, part: logits{tusker: 9, african: 0, indian: 0}, residents: zoo,
			decision: vision.Unsure, group: "elephant", why: why(vision.LookAlikes, "african-elephant", "asian-elephant"),
		},
		{
			name:  "an animal that does not live here is a stranger",
			whole: logits{dalmatian: 9}, part: logits{dalmatian: 9}, residents: zoo,
			decision: vision.Stranger, stranger: dalmatian, why: why(vision.NotOnDisplay, dalmatian),
		},
		{
			name:  "a lion is a stranger where no lion lives",
			whole: logits{lion: 9}, part: logits{lion: 9}, residents: zoo[1:],
			decision: vision.Stranger, stranger: lion, why: why(vision.NotOnDisplay, lion),
		},
		{
			name:  "and where nobody does",
			whole: logits{lion: 9}, part: logits{lion: 9},
			decision: vision.Stranger, stranger: lion, why: why(vision.NotOnDisplay, lion),
		},
		{
			name:  "a thing is nothing",
			whole: logits{teapot: 9}, part: logits{teapot: 9, lion: 5}, residents: zoo,
			decision: vision.Nothing, why: why(vision.NoAnimal),
		},
		{
			name:  "two cats that look alike are some big cat",
			whole: logits{lion: 9, leopard: 8.9}, part: logits{lion: 9, leopard: 8.9}, residents: zoo,
			decision: vision.Unsure, group: "big-cat", why: why(vision.LookAlikes, "lion", "leopard"),
		},
		{
			name:  "a resident and an animal from elsewhere can look alike, too",
			whole: logits{leopard: 9, dalmatian: 9.27}, part: logits{leopard: 9, dalmatian: 9.27}, residents: zoo,
			decision: vision.Unsure, group: "mammal", why: why(vision.LookAlikes, "leopard", dalmatian),
		},
		{
			name:  "views that disagree are not averaged away",
			whole: logits{lion: 9}, part: logits{zebra: 9}, residents: zoo,
			decision: vision.Unsure, group: "mammal", why: why(vision.ViewsDisagree, "lion", "zebra"),
		},
		{
			name:  "the likeliest animal of a murmur is faint",
			whole: logits{lion: 1.5}, part: logits{lion: 1.5}, residents: zoo,
			decision: vision.Unsure, group: "animal", why: why(vision.Faint),
		},
	} {
		t.Run(c.name, func(t *testing.T) {
			v := viewsOf(c.whole, c.part)
			if c.decision == vision.Unsure && c.why.Code == vision.Faint {
				quieten(v) // or the things' share of the murmur would make it nothing
			}
			s := vision.Decide(v, rosterOf(t, c.residents...), vision.Measured)
			if s.Decision != c.decision || s.Key != c.key || s.Group != c.group {
				t.Errorf("%s %q %q, want %s %q %q (%s)", s.Decision, s.Key, s.Group, c.decision, c.key, c.group, s.Why)
			}
			if c.why.Code != "" && fmt.Sprint(s.Why.Code, s.Why.Values) != fmt.Sprint(c.why.Code, c.why.Values) {
				t.Errorf("because %s %v, want %s %v", s.Why.Code, s.Why.Values, c.why.Code, c.why.Values)
			}
			if got := strangerOf(s); got != c.stranger {
				t.Errorf("stranger %q, want %q", got, c.stranger)
			}
			if s.Why.String() == string(s.Why.Code) {
				t.Errorf("%s has no sentence", s.Why.Code)
			}
		})
	}
}

func why(code vision.Code, animals ...string) vision.Why {
	w := vision.Why{Code: code}
	for i, a := range animals {
		if w.Values == nil {
			w.Values = map[string]string{}
		}
		w.Values[[]string{"first", "second"}[i]] = a
	}
	return w
}

func strangerOf(s vision.Sighting) string {
	if s.Stranger == nil {
		return ""
	}
	return s.Stranger.WordNetID
}

// quieten takes the things out of the picture.
func quieten(v *vision.Views) {
	for i, l := range model.Labels() {
		if !l.Animal {
			v.Whole[i], v.Part[i] = -9, -9
		}
	}
}

// An animal that the network never learnt is somewhat like many: its best class is ahead of the
// next one, but many are not far behind.
func TestAnAnimalThatIsLikeManyIsUnfamiliarHoweverProbable(t *testing.T) {
	v := viewsOf(nil, nil)
	for i := range v.Whole {
		v.Whole[i], v.Part[i] = 4*v.Whole[i], 4*v.Part[i]
	}
	quieten(v)
	for i, l := range model.Labels() {
		if l.WordNetID == zebra {
			v.Whole[i], v.Part[i] = 6, 6
		}
	}
	s := vision.Decide(v, rosterOf(t, zoo...), vision.Measured)
	if s.Decision != vision.Unsure || s.Why.Code != vision.Unfamiliar || s.Why.Values["first"] != "zebra" {
		t.Errorf("%s: %s (%v)", s.Decision, s.Why, s.Residents)
	}
	if s.Confidence < 0.9 {
		t.Errorf("the test means a probable animal, this one has %.2f", s.Confidence)
	}
	lax := vision.Measured
	lax.Prominence, lax.Modestly = 0, 0
	if s := vision.Decide(v, rosterOf(t, zoo...), lax); s.Decision != vision.Certain {
		t.Errorf("without prominence %s, want certain", s.Decision)
	}
}

// Eight breeds of dog that all follow closely are a reason to doubt that it is a lion, also where
// each alone is far less likely.
func TestACrowdOfRivalsIsAReasonToDoubt(t *testing.T) {
	l := logits{lion: 9}
	for _, dog := range model.Labels()[160:168] {
		l[dog.WordNetID] = 8.1
	}
	s := vision.Decide(viewsOf(l, l), rosterOf(t, zoo...), vision.Measured)
	if s.Decision != vision.Unsure || s.Confidence < vision.Measured.Probability {
		t.Errorf("%s of %s, %.2f", s.Decision, s.Candidates[0].Label, s.Confidence)
	}
}

func TestWhatIsOnDisplayWinsCloseCalls(t *testing.T) {
	v := viewsOf(logits{leopard: 9, dalmatian: 9.2}, logits{leopard: 9, dalmatian: 9.2})
	first := func(r *vision.Roster) string { return vision.Decide(v, r, vision.Measured).Candidates[0].Label }
	if got := first(rosterOf(t, zoo...)); got != "leopard" {
		t.Errorf("with a leopard on display: %s", got)
	}
	if got := first(nil); got != "dalmatian" {
		t.Errorf("with nobody on display: %s", got)
	}
}

func TestThingsLoseToAnimalsByAFactor(t *testing.T) {
	v := viewsOf(logits{lion: 9, teapot: 9}, logits{lion: 9, teapot: 9})
	c := vision.Decide(v, rosterOf(t, zoo...), vision.Measured).Candidates
	if ratio := c[0].Probability / c[1].Probability; c[0].WordNetID != lion || c[1].WordNetID != teapot || ratio < 7.99 || ratio > 8.01 {
		t.Errorf("%s is %.3f times as likely as %s, want a lion and 8", c[0].Label, ratio, c[1].Label)
	}
}

func TestASharedClassIsSplitByWhatEachHasOfItsOwn(t *testing.T) {
	// exp(0.5545/0.4) = 4: African is four times as likely as Indian.
	v := viewsOf(logits{tusker: 9, african: 9.5545, indian: 9}, logits{tusker: 9, african: 9.5545, indian: 9})
	s := vision.Decide(v, rosterOf(t, zoo...), vision.Measured)
	if len(s.Residents) != 2 || s.Residents[0].Key != "african-elephant" {
		t.Fatalf("residents %v", s.Residents)
	}
	if ratio := s.Residents[0].Probability / s.Residents[1].Probability; ratio < 3.99 || ratio > 4.01 {
		t.Errorf("split %.3f to 1, want 4", ratio)
	}
	for _, c := range s.Candidates[:3] {
		want := map[string]string{tusker: "african-elephant", african: "african-elephant", indian: "asian-elephant"}[c.WordNetID]
		if c.Key != want {
			t.Errorf("%s means %q, want %q", c.Label, c.Key, want)
		}
	}
}

func TestSightingsKeepTheirPromises(t *testing.T) {
	random := rand.New(rand.NewPCG(1, 2))
	roster := rosterOf(t, zoo...)
	keys := []string{lion, leopard, zebra, timberWolf, whiteWolf, african, indian, tusker, dalmatian, teapot}
	seen := map[vision.Decision]int{}
	for range 2000 {
		whole, part := logits{}, logits{}
		for range 1 + random.IntN(3) {
			k := keys[random.IntN(len(keys))]
			whole[k] = 9 * random.Float32()
			part[k] = whole[k] + random.Float32()
		}
		v := viewsOf(whole, part)
		s := vision.Decide(v, roster, vision.Measured)
		seen[s.Decision]++
		keepsPromises(t, s)
		if s.Decision != vision.Certain {
			continue
		}
		// More of the same in both views only makes it surer.
		for i, l := range model.Labels() {
			if l.WordNetID == s.Candidates[0].WordNetID && s.Candidates[0].Key == s.Key {
				v.Whole[i]++
				v.Part[i]++
			}
		}
		more := vision.Decide(v, roster, vision.Measured)
		if more.Decision != vision.Certain || more.Key != s.Key || more.Confidence < s.Confidence-1e-9 {
			t.Fatalf("certain of %s (%.4f), with more of it %s of %q (%.4f): %v %v", s.Key, s.Confidence, more.Decision, more.Key, more.Confidence, whole, part)
		}
	}
	for _, d := range []vision.Decision{vision.Certain, vision.Unsure, vision.Nothing, vision.Stranger} {
		if seen[d] == 0 {
			t.Errorf("none of the views was %s", d)
		}
	}
}

// keepsPromises checks what holds for every sighting.
func keepsPromises(t testing.TB, s vision.Sighting) {
	t.Helper()
	if len(s.Candidates) != 5 || len(s.Residents) > 5 {
		t.Fatalf("%d candidates, %d residents", len(s.Candidates), len(s.Residents))
	}
	var total float64
	for i, c := range s.Candidates {
		if total += c.Probability; i > 0 && c.Probability > s.Candidates[i-1].Probability {
			t.Errorf("candidates out of order: %v", s.Candidates)
		}
		if c.Index == -1 { // taught
			continue
		}
		if l := model.Labels()[c.Index]; l.WordNetID != c.WordNetID || l.Name != c.Label {
			t.Errorf("candidate %+v is not %+v", c, l)
		}
	}
	if total > 1+1e-9 {
		t.Errorf("candidates sum to %g", total)
	}
	total = 0
	for _, g := range s.Residents {
		total += g.Probability
	}
	if total > 1+1e-9 || s.Confidence < 0 || s.Confidence > 1+1e-9 {
		t.Errorf("residents sum to %g, confidence %g", total, s.Confidence)
	}
	if (s.Decision == vision.Certain) != (s.Key != "") || (s.Decision == vision.Unsure) != (s.Group != "") || (s.Decision == vision.Stranger) != (s.Stranger != nil) {
		t.Errorf("%s with key %q, group %q, stranger %v", s.Decision, s.Key, s.Group, s.Stranger)
	}
	if s.Key != "" && (s.Key != s.Residents[0].Key || s.Confidence != s.Residents[0].Probability) {
		t.Errorf("certain of %s %g, first resident %v", s.Key, s.Confidence, s.Residents[0])
	}
	if s.Group != "" && !model.IsGroup(s.Group) {
		t.Errorf("group %q", s.Group)
	}
	if !slices.Contains(vision.Codes, s.Why.Code) {
		t.Errorf("why %q", s.Why.Code)
	}
}

package store_test

import (
	"crypto/sha256"
	"encoding/json"
	"errors"
	"math/bits"
	"reflect"
	"slices"
	"strings"
	"sync"
	"testing"
	"time"

	"github.com/google/uuid"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
	"pgregory.net/rapid"
)

// modelVisitor is a visitor as a naive program would keep them: everything that
// was ever captured, in a list.
type modelVisitor struct {
	id      game.VisitorID
	token   game.Token
	code    game.PassCode
	name    string
	listed  bool
	history []game.Taken
	answers []store.Answer
	asked   map[game.CaptureID]*store.Quizzed
	ledger  []game.Line // what the last write should have made of it
}

func (v *modelVisitor) taken(id game.CaptureID) *game.Taken {
	for i := range v.history {
		if v.history[i].ID == id {
			return &v.history[i]
		}
	}
	return nil
}

type modelGroup struct {
	id      store.GroupID
	kind    game.GroupKind
	code    game.GroupCode
	members []*modelVisitor // the longest first
}

// model is a zoo's game in memory. What is earned it works out by package game,
// from everything there is, at every step.
type model struct {
	rt       *rapid.T
	f        *fixture
	stores   []*fixture
	visitors []*modelVisitor
	erased   []*modelVisitor
	groups   []*modelGroup
}

// TestTheStoreDoesWhatANaiveModelDoes runs random histories of several
// visitors, their groups and a staff that edits, through two stores over one
// database.
func TestTheStoreDoesWhatANaiveModelDoes(t *testing.T) {
	t.Parallel()
	f := founded(t)
	steps := 0
	rapid.Check(t, func(rt *rapid.T) { steps += history(rt, f) })
	t.Logf("%d steps", steps)
}

func history(rt *rapid.T, f *fixture) (steps int) {
	m := &model{rt: rt, f: f, stores: []*fixture{f, f.restarted()}}
	defer func() {
		for _, v := range m.visitors { // whose photos would be copied by the next history
			if err := f.Erase(f.t.Context(), v.id); err != nil {
				f.t.Error(err)
			}
		}
	}()
	rt.Repeat(map[string]func(*rapid.T){
		"welcome":                  m.welcome,
		"capture":                  m.capture,
		"capture more":             m.capture,
		"capture still more":       m.capture,
		"retry":                    m.retry,
		"retry with another photo": m.retryWithAnotherPhoto,
		"use another's id":         m.useAnothersID,
		"say":                      m.say,
		"unsay":                    func(*rapid.T) { v, a := m.earlier(); m.correct(v, a, game.Correction{Kind: game.Unsay}) },
		"overrule":                 m.overrule,
		"respond":                  m.respond,
		"rename":                   m.rename,
		"list":                     m.list,
		"add a phone":              m.addPhone,
		"erase":                    m.erase,
		"found a group":            m.foundGroup,
		"join a group":             m.joinGroup,
		"leave a group":            m.leaveGroup,
		"remove a member":          m.removeMember,
		"rotate a code":            m.rotateCode,
		"edit species":             m.editSpecies,
		"tune":                     m.tune,
		"repair":                   m.repair,
		"recompute":                m.recompute,
		"numbers":                  m.numbers,
		"": func(*rapid.T) {
			steps++
			m.check()
		},
	})
	return steps
}

// store is either of the two processes.
func (m *model) store() *fixture { return rapid.SampledFrom(m.stores).Draw(m.rt, "store") }

func (m *model) referee() *game.Referee { return m.f.zoo().Referee }

func (m *model) visitor() *modelVisitor {
	if len(m.visitors) == 0 {
		m.rt.Skip("nobody is here")
	}
	return rapid.SampledFrom(m.visitors).Draw(m.rt, "visitor")
}

func (m *model) earlier() (*modelVisitor, store.Answer) {
	v := m.visitor()
	if len(v.answers) == 0 {
		m.rt.Skip("nothing was captured")
	}
	return v, rapid.SampledFrom(v.answers).Draw(m.rt, "earlier")
}

func (m *model) group() *modelGroup {
	if len(m.groups) == 0 {
		m.rt.Skip("there is no group")
	}
	return rapid.SampledFrom(m.groups).Draw(m.rt, "group")
}

func (m *model) state(v *modelVisitor) game.State { return m.referee().Replay(v.history) }

func (m *model) welcome(*rapid.T) {
	v := &modelVisitor{token: game.NewToken(), code: game.NewPassCode(), asked: map[game.CaptureID]*store.Quizzed{},
		name: rapid.StringN(1, 20, -1).Filter(func(s string) bool { return !slices.Contains([]rune(s), 0) }).Draw(m.rt, "nickname")}
	made, err := m.store().Welcome(m.f.t.Context(), v.name, v.token, v.code)
	if err != nil {
		m.rt.Fatal(err)
	}
	v.id = made.ID
	m.visitors = append(m.visitors, v)
}

// sighting is a photo out of few different ones, which are taken again with
// small changes, by anybody.
func (m *model) sighting(id game.VisitorID) game.Capture {
	c := m.f.sighting(id, rapid.IntRange(1, 5).Draw(m.rt, "species"))
	c.Verdict = rapid.SampledFrom([]game.Verdict{game.Certain, game.Certain, game.Certain, game.Undecided, game.NoAnimal, game.NotOurs}).Draw(m.rt, "verdict")
	if c.Verdict != game.Certain {
		c.Species = ""
	}
	c.At = opening.Add(-time.Duration(rapid.IntRange(0, 7*24*60).Draw(m.rt, "minutes")) * time.Minute)
	sum := sha256.Sum256([]byte{byte(rapid.IntRange(0, 40).Draw(m.rt, "picture"))})
	c.PhotoSig = uint64(sum[0])<<56 | uint64(sum[1])<<40 | uint64(sum[2])<<24 | uint64(sum[3])<<8 | 1
	for range rapid.IntRange(0, 4).Draw(m.rt, "changes") {
		c.PhotoSig ^= 1 << rapid.IntRange(0, 63).Draw(m.rt, "bit")
	}
	if rapid.IntRange(0, 4).Draw(m.rt, "flipped") == 0 {
		c.PhotoSig = bits.Reverse64(c.PhotoSig)
	}
	c.PhotoFlip = bits.Reverse64(c.PhotoSig)
	c.Confidence = rapid.Float64Range(0, 1).Draw(m.rt, "confidence")
	c.Candidates = []game.Candidate{{Species: c.Species, Confidence: c.Confidence}, {Species: m.f.species(3).ID, Confidence: 0.3}, {Species: m.f.species(4).ID, Confidence: 0.01}}
	if c.Species == "" {
		c.Candidates = c.Candidates[1:]
	}
	return c
}

// copied goes through every photo there is.
func (m *model) copied(c game.Capture) bool {
	r := m.referee()
	fair := r.Rules().FairPlay
	season, err := r.Rules().Calendar.Board(game.ThisSeason, c.At, r.Zone())
	if err != nil {
		m.rt.Fatal(err)
	}
	mine := game.Shot{Visitor: c.Visitor, At: c.At, Species: c.Species, Print: game.Print{Upright: c.PhotoSig, Mirrored: c.PhotoFlip}}
	for _, v := range m.visitors {
		for _, a := range v.answers {
			alike := a.Species != "" && fair.MaySay(c, a.Species) == nil // it may be the same animal
			earlier := game.Shot{Visitor: v.id, At: a.At, Species: a.Species, Print: game.Print{Upright: a.PhotoSig, Mirrored: a.PhotoFlip}}
			if alike && !v.taken(a.ID).Copied && season.Contains(a.At) && fair.Copy(mine, earlier, r.Zone()) {
				return true
			}
		}
	}
	return false
}

func (m *model) capture(*rapid.T) { v := m.visitor(); m.keep(v, m.sighting(v.id)) }

// keep records a capture that is new.
func (m *model) keep(v *modelVisitor, c game.Capture) {
	taken := game.Taken{ID: c.ID, At: c.At, Verdict: c.Verdict, Species: c.Species, Marks: game.Marks{Copied: m.copied(c)}}
	before := m.state(v)
	v.history = append(v.history, taken)
	after := m.state(v)
	ruling, _ := after.Ruling(c.ID)
	want := store.Answer{Capture: c, Void: ruling.Void, Gain: game.Compare(before, after)}
	want.Outcome, want.Earned, want.Progress = ruling.Outcome, want.Gain.Points, after.Progress(m.f.zoo().Species)
	want.Question = m.ask(v, ruling, after)
	s := m.store()
	got, fresh, err := s.Record(m.f.t.Context(), s.zoo(), c)
	if err != nil || !fresh {
		m.rt.Fatalf("fresh %v, %v", fresh, err)
	}
	m.same("the answer", got, want)
	v.answers = append(v.answers, got)
	v.ledger = after.Lines
}

func (m *model) ask(v *modelVisitor, r game.Ruling, state game.State) *game.Question {
	if r.Outcome != game.Caught || v.asked[r.Capture] != nil {
		return nil
	}
	q, ok := m.referee().Rules().Quiz.Ask(m.f.zoo().Species, state.Seen, game.QuizSeed(v.id, r.Capture))
	if !ok {
		return nil
	}
	v.asked[r.Capture] = &store.Quizzed{Capture: r.Capture, Question: q}
	return &q
}

func (m *model) retry(*rapid.T) {
	v, first := m.earlier()
	c := m.sighting(v.id) // recognised anew, maybe differently
	c.ID, c.PhotoSum = first.ID, first.PhotoSum
	s := m.store()
	got, fresh, err := s.Record(m.f.t.Context(), s.zoo(), c)
	if err != nil || fresh {
		m.rt.Fatalf("fresh %v, %v", fresh, err)
	}
	m.same("a retry", got, first)
}

func (m *model) retryWithAnotherPhoto(*rapid.T) {
	_, a := m.earlier()
	a.PhotoSum = sha256.Sum256([]byte(uuid.NewString()))
	s := m.store()
	if _, _, err := s.Record(m.f.t.Context(), s.zoo(), a.Capture); !errors.Is(err, game.ErrConflict) {
		m.rt.Fatalf("another photo: %v", err)
	}
}

func (m *model) useAnothersID(*rapid.T) {
	_, a := m.earlier()
	v := m.visitor()
	if v.taken(a.ID) != nil {
		m.rt.Skip("it is their own")
	}
	own := m.sighting(v.id)
	own.ID = a.ID
	m.keep(v, own)
}

func (m *model) say(*rapid.T) {
	v, a := m.earlier()
	var species game.SpeciesID
	if n := rapid.IntRange(0, 5).Draw(m.rt, "said"); n > 0 {
		species = m.f.species(n).ID
	}
	if m.referee().Rules().FairPlay.MaySay(a.Capture, species) != nil {
		_, err := m.store().Correct(m.f.t.Context(), v.id, a.ID, game.Correction{Kind: game.Say, Species: species})
		if !errors.Is(err, game.ErrNotOffered) {
			m.rt.Fatalf("said what was not offered: %v", err)
		}
		return
	}
	m.correct(v, a, game.Correction{Kind: game.Say, Species: species})
}

func (m *model) overrule(*rapid.T) {
	v, a := m.earlier()
	kinds := []game.CorrectionKind{game.Withdraw, game.Restore, game.Pardon, game.Unpardon}
	m.correct(v, a, game.Correction{Kind: rapid.SampledFrom(kinds).Draw(m.rt, "kind")})
}

func (m *model) correct(v *modelVisitor, a store.Answer, c game.Correction) {
	before := m.state(v)
	taken := v.taken(a.ID)
	was := taken.Marks
	taken.Marks = was.Correct(c)
	after := m.state(v)
	want := store.Corrected{Gain: game.Compare(before, after), Progress: after.Progress(m.f.zoo().Species)}
	want.Ruling, _ = after.Ruling(a.ID)
	if !reflect.DeepEqual(was, taken.Marks) {
		want.Question = m.ask(v, want.Ruling, after)
		v.ledger = after.Lines
	}
	var got store.Corrected
	var err error
	if c.Kind == game.Say || c.Kind == game.Unsay {
		got, err = m.store().Correct(m.f.t.Context(), v.id, a.ID, c)
	} else {
		got, err = m.store().Overrule(m.f.t.Context(), store.Author{Name: "Jo"}, v.id, a.ID, c.Kind, "why not")
	}
	if err != nil {
		m.rt.Fatal(err)
	}
	m.same("a correction", got, want)
}

func (m *model) respond(*rapid.T) {
	v, a := m.earlier()
	asked := v.asked[a.ID]
	if asked == nil {
		if _, err := m.store().Respond(m.f.t.Context(), v.id, a.ID, "x"); !errors.Is(err, game.ErrNotFound) {
			m.rt.Fatalf("answered what was not asked: %v", err)
		}
		return
	}
	choice := rapid.SampledFrom(asked.Question.Choices).Draw(m.rt, "choice").Key
	if asked.Choice == "" {
		before := m.state(v)
		asked.Choice, asked.Right, asked.At = choice, choice == asked.Question.Right, opening
		v.taken(a.ID).Answer = &game.Answer{Right: asked.Right, At: opening}
		after := m.state(v)
		asked.Gain, asked.Progress = game.Compare(before, after), after.Progress(m.f.zoo().Species)
		v.ledger = after.Lines
	}
	got, err := m.store().Respond(m.f.t.Context(), v.id, a.ID, choice)
	if err != nil {
		m.rt.Fatal(err)
	}
	m.same("a quiz", got, *asked)
	if _, err := m.store().Respond(m.f.t.Context(), v.id, a.ID, "no such choice"); err != nil {
		m.rt.Fatalf("once answered, any answer is told what came of it: %v", err)
	}
}

func (m *model) rename(*rapid.T) {
	v := m.visitor()
	v.name = "Calm Koala 7"
	if err := m.store().Rename(m.f.t.Context(), v.id, v.name); err != nil {
		m.rt.Fatal(err)
	}
}

func (m *model) list(*rapid.T) {
	v := m.visitor()
	v.listed = rapid.Bool().Draw(m.rt, "listed")
	if err := m.store().List(m.f.t.Context(), v.id, v.listed); err != nil {
		m.rt.Fatal(err)
	}
}

func (m *model) addPhone(*rapid.T) {
	v := m.visitor()
	v.token = game.NewToken() // the old one goes on to work, but is not asked for
	got, err := m.store().AddPhone(m.f.t.Context(), v.code, v.token)
	if err != nil || got.ID != v.id {
		m.rt.Fatalf("the phone is %s's, %v", got.ID, err)
	}
	if _, err := m.store().AddPhone(m.f.t.Context(), game.NewPassCode(), game.NewToken()); !errors.Is(err, game.ErrPassCode) {
		m.rt.Fatalf("a code of nobody: %v", err)
	}
}

func (m *model) erase(*rapid.T) {
	v := m.visitor()
	if err := m.store().Erase(m.f.t.Context(), v.id); err != nil {
		m.rt.Fatal(err)
	}
	m.visitors = slices.DeleteFunc(m.visitors, func(x *modelVisitor) bool { return x == v })
	m.erased = append(m.erased, v)
	for _, g := range slices.Clone(m.groups) {
		m.exit(g, v)
	}
}

func (m *model) exit(g *modelGroup, v *modelVisitor) {
	g.members = slices.DeleteFunc(g.members, func(x *modelVisitor) bool { return x == v })
	if len(g.members) == 0 {
		m.groups = slices.DeleteFunc(m.groups, func(x *modelGroup) bool { return x == g })
	}
}

func (m *model) groupsOf(v *modelVisitor) (of []*modelGroup) {
	for _, g := range m.groups {
		if slices.Contains(g.members, v) {
			of = append(of, g)
		}
	}
	return of
}

func (m *model) foundGroup(*rapid.T) {
	v := m.visitor()
	kind := rapid.SampledFrom([]game.GroupKind{game.FamilyGroup, game.ClassGroup, "gang"}).Draw(m.rt, "kind")
	want := m.referee().Rules().Groups.MayFound(kind, len(m.groupsOf(v)))
	got, err := m.store().FoundGroup(m.f.t.Context(), v.id, kind, "Brave Otters")
	if !errors.Is(err, want) {
		m.rt.Fatalf("founded a group: %v, want %v", err, want)
	}
	if want == nil {
		m.groups = append(m.groups, &modelGroup{got.ID, kind, got.Code, []*modelVisitor{v}})
	}
}

func (m *model) joinGroup(*rapid.T) {
	v, g := m.visitor(), m.group()
	want := m.referee().Rules().Groups.MayJoin(game.Joining{Kind: g.kind, Members: len(g.members),
		Member: slices.Contains(g.members, v), Joined: len(m.groupsOf(v)), CodeAt: opening}, opening)
	if _, err := m.store().JoinGroup(m.f.t.Context(), v.id, g.code); !errors.Is(err, want) {
		m.rt.Fatalf("joined a group: %v, want %v", err, want)
	}
	if want == nil {
		g.members = append(g.members, v)
	}
	if _, err := m.store().JoinGroup(m.f.t.Context(), v.id, "ZZZZZZ"); !errors.Is(err, game.ErrGroupCode) {
		m.rt.Fatalf("joined by a code of nothing: %v", err)
	}
}

func (m *model) leaveGroup(*rapid.T) {
	v, g := m.visitor(), m.group()
	err := m.store().LeaveGroup(m.f.t.Context(), v.id, g.id)
	if member := slices.Contains(g.members, v); member != (err == nil) || !member && !errors.Is(err, game.ErrNotFound) {
		m.rt.Fatalf("left a group: %v, was a member: %v", err, member)
	}
	m.exit(g, v)
}

func (m *model) removeMember(*rapid.T) {
	v, g := m.visitor(), m.group()
	victim := rapid.SampledFrom(g.members).Draw(m.rt, "victim")
	there, err := m.f.Group(m.f.t.Context(), victim.id, g.id)
	if err != nil {
		m.rt.Fatal(err)
	}
	i := slices.IndexFunc(there.Members, func(x store.Member) bool { return x.Visitor == victim.id })
	err = m.store().RemoveMember(m.f.t.Context(), v.id, g.id, there.Members[i].ID)
	var want error
	switch {
	case !slices.Contains(g.members, v):
		want = game.ErrNotFound
	case v != g.members[0] && v != victim:
		want = store.ErrNotOwner
	}
	if !errors.Is(err, want) {
		m.rt.Fatalf("removed a member: %v, want %v", err, want)
	}
	if want == nil {
		m.exit(g, victim)
	}
}

func (m *model) rotateCode(*rapid.T) {
	v, g := m.visitor(), m.group()
	got, err := m.store().RotateCode(m.f.t.Context(), v.id, g.id)
	var want error
	switch {
	case !slices.Contains(g.members, v):
		want = game.ErrNotFound
	case v != g.members[0]:
		want = store.ErrNotOwner
	}
	if !errors.Is(err, want) || want == nil && got.Code == g.code {
		m.rt.Fatalf("rotated to %s: %v, want %v", got.Code, err, want)
	}
	if want == nil {
		g.code = got.Code
	}
}

func (m *model) editSpecies(*rapid.T) {
	m.f.sql(`UPDATE species SET rarity = ?, on_display = ? WHERE number = ?`, rapid.IntRange(1, 5).Draw(m.rt, "rarity"),
		rapid.Bool().Draw(m.rt, "on display"), rapid.IntRange(1, 5).Draw(m.rt, "species"))
}

// tune changes points, rates, badges and trails; trails come, change and go.
func (m *model) tune(*rapid.T) {
	r := starterRules(m.f.t)
	r.Points.Visit = rapid.IntRange(0, 9).Draw(m.rt, "visit")
	r.FairPlay.Rates = []game.Rate{{Captures: rapid.IntRange(1, 20).Draw(m.rt, "captures"), Within: time.Hour}}
	r.FairPlay.Copies = rapid.IntRange(0, game.MaxCopies).Draw(m.rt, "copies")
	r.Trails = rapid.SliceOfNDistinct(rapid.SampledFrom(m.trails(r.Trails[0].Texts)), 0, 3, func(t game.Trail) string { return t.Key }).Draw(m.rt, "trails")
	r.Badges = slices.Clone(r.Badges[rapid.IntRange(0, 9).Draw(m.rt, "badges"):])
	for i := range r.Badges {
		r.Badges[i].Off = rapid.IntRange(0, 3).Draw(m.rt, "off") == 0
	}
	if err := tune(m.f.t.Context(), m.store().Store, r, rapid.SampledFrom([]*time.Location{time.UTC, berlin}).Draw(m.rt, "zone")); err != nil {
		m.rt.Fatal(err)
	}
}

// trails are some for this small zoo, of which two have one key: the trail was
// edited.
func (m *model) trails(texts game.Captions) []game.Trail {
	lion, tiger, cat := game.Step{Species: "species-1"}, game.Step{Species: "species-2"}, game.Step{Group: m.f.zoo().Species[2].Group}
	all := []game.Trail{
		{Key: "two", Points: 7, Steps: []game.Step{lion, tiger}},
		{Key: "two", Points: 9, Steps: []game.Step{lion}},
		{Key: "in-order", Points: 5, Ordered: true, Steps: []game.Step{tiger, lion}},
		{Key: "any", Points: 3, Steps: []game.Step{cat, cat}},
		{Key: "for-love", Steps: []game.Step{lion}},
		{Key: "some-days", Points: 11, From: game.DateOf(opening, time.UTC).Plus(-3), Until: game.DateOf(opening, time.UTC).Plus(-1), Steps: []game.Step{lion}},
		{Key: "over", Points: 13, Until: game.DateOf(opening, time.UTC).Plus(-30), Steps: []game.Step{lion}},
	}
	for i := range all {
		all[i].Art, all[i].Texts = "compass", texts
	}
	return all
}

var berlin, _ = time.LoadLocation("Europe/Berlin")

func (m *model) repair(*rapid.T) {
	var want []game.VisitorID
	for _, v := range m.visitors {
		if lines := m.state(v).Lines; len(game.Settle(v.ledger, lines)) > 0 {
			want = append(want, v.id)
			v.ledger = lines
		}
	}
	for _, run := range []func() ([]store.Difference, error){
		func() ([]store.Difference, error) { return m.store().Verify(m.f.t.Context(), nil) },
		func() ([]store.Difference, error) { return m.store().Repair(m.f.t.Context(), nil) },
	} {
		found, err := run()
		if err != nil || len(found) != len(want) {
			m.rt.Fatalf("%d ledgers differ, %v, want %d", len(found), err, len(want))
		}
		for _, d := range found {
			if !slices.Contains(want, d.Visitor) || len(d.Lines) == 0 {
				m.rt.Fatalf("the ledger of %s differs: %v", d.Visitor, d.Lines)
			}
		}
	}
}

// recompute brings everybody up to date, by both processes at once.
func (m *model) recompute(*rapid.T) {
	var running sync.WaitGroup
	for _, s := range m.stores {
		running.Go(func() {
			for done := 1; done > 0; {
				var err error
				if done, err = s.Recompute(m.f.t.Context()); err != nil {
					m.f.t.Error(err)
				}
			}
		})
	}
	running.Wait()
	for _, v := range m.visitors {
		v.ledger = m.state(v).Lines
	}
	for what, found := range map[string]func() (int, error){
		"ledgers": func() (int, error) { found, err := m.f.Verify(m.f.t.Context(), nil); return len(found), err },
		"boards":  func() (int, error) { found, err := m.f.VerifyBoards(m.f.t.Context(), nil); return len(found), err },
	} {
		if n, err := found(); err != nil || n > 0 {
			m.rt.Fatalf("after a recomputing %d %s differ, %v", n, what, err)
		}
	}
}

// numbers compares the visit numbers of a few days with a count over everything.
func (m *model) numbers(*rapid.T) {
	ctx, zone := m.f.t.Context(), m.referee().Zone()
	from := game.DateOf(opening, zone).Plus(-rapid.IntRange(0, 9).Draw(m.rt, "days ago"))
	until := from.Plus(rapid.IntRange(0, 40).Draw(m.rt, "days"))
	among := func(at time.Time) (day int, within bool) {
		d := game.DateOf(at, zone)
		for from.Plus(day) != d {
			day++
			if day > 60 {
				return 0, false
			}
		}
		return day, d.Compare(until) <= 0
	}
	var want store.Visits
	for d := from; d.Compare(until) <= 0; d = d.Plus(1) {
		want.Days = append(want.Days, store.VisitDay{Day: d})
	}
	caught := map[game.SpeciesID]int{}
	for _, v := range m.visitors {
		came := map[int]bool{}
		for _, a := range v.answers {
			if day, ok := among(a.At); ok {
				want.Days[day].Captures++
				want.Hours[a.At.In(zone).Hour()].Captures++
				if !came[day] {
					came[day] = true
					want.Days[day].Visits++
				}
			}
		}
		for _, l := range game.Net(v.ledger) {
			if day, ok := among(l.At); ok && l.Reason == game.ForCatch {
				want.Days[day].Catches++
				want.Hours[l.At.In(zone).Hour()].Catches++
				caught[game.SpeciesID(l.Key)]++
			}
		}
	}
	got, err := m.store().Visits(ctx, from, until)
	if err != nil {
		m.rt.Fatal(err)
	}
	m.same("the visit numbers", got, want)
	gotCaught, err := m.store().CatchesBetween(ctx, from, until)
	if err != nil {
		m.rt.Fatal(err)
	}
	m.same("the catches of some days", gotCaught, caught)
}

// check compares what can be asked about a visitor with the model, and sees
// that the erased are gone.
func (m *model) check() {
	ctx := m.f.t.Context()
	for _, v := range m.erased[:min(len(m.erased), 1)] {
		if _, err := m.store().Visitor(ctx, v.token); !errors.Is(err, game.ErrUnknown) {
			m.rt.Fatalf("an erased visitor is there: %v", err)
		}
		if _, _, err := m.store().Record(ctx, m.f.zoo(), m.f.sighting(v.id, 1)); !errors.Is(err, game.ErrUnknown) {
			m.rt.Fatalf("an erased visitor captured: %v", err)
		}
	}
	if len(m.visitors) == 0 {
		return
	}
	v, s := m.visitor(), m.store()
	got, err := s.Visitor(ctx, v.token)
	if want := game.Sum(v.ledger); err != nil || got.ID != v.id || got.Nickname != v.name || got.Points != want || got.Listed != v.listed {
		m.rt.Fatalf("visitor %+v, %v, want %q with %d points, listed %v", got, err, v.name, want, v.listed)
	}
	_, state, err := s.State(ctx, v.id)
	if err != nil {
		m.rt.Fatal(err)
	}
	m.same("the state", state, m.state(v))
	kept, err := s.Captures(ctx, v.id)
	if err != nil || len(kept) != len(v.answers) {
		m.rt.Fatalf("%d captures, %v, want %d", len(kept), err, len(v.answers))
	}
	for i, a := range kept {
		if i > 0 && a.At.Before(kept[i-1].At) {
			m.rt.Fatalf("captures are not in order of time")
		}
		j := slices.IndexFunc(v.answers, func(x store.Answer) bool { return x.ID == a.ID })
		want := v.answers[j]
		want.Question = nil
		m.same("a capture that is kept", a, want)
	}
	groups, err := s.Groups(ctx, v.id)
	if want := m.groupsOf(v); err != nil || len(groups) != len(want) {
		m.rt.Fatalf("%d groups, %v, want %d", len(groups), err, len(want))
	}
	for _, g := range groups {
		i := slices.IndexFunc(m.groups, func(x *modelGroup) bool { return x.id == g.ID })
		want := m.groups[i]
		var ids, wantIDs []game.VisitorID
		var states []game.State
		for _, x := range g.Members {
			ids = append(ids, x.Visitor)
		}
		for _, x := range want.members {
			wantIDs = append(wantIDs, x.id)
			states = append(states, m.state(x))
		}
		if g.Code != want.code || g.Kind != want.kind || !slices.Equal(ids, wantIDs) {
			m.rt.Fatalf("group %+v, want %+v", g, want)
		}
		_, _, union, score, err := s.Together(ctx, v.id, g.ID)
		if err != nil {
			m.rt.Fatal(err)
		}
		wantUnion, wantScore := m.referee().Together(string(g.ID), game.Span{}, states...)
		m.same("what a group has seen", union, wantUnion)
		m.same("a group's score", score, wantScore)
	}
}

// same compares two values, in which nothing and an empty list are the same.
func (m *model) same(what string, got, want any) {
	if plain(got) != plain(want) {
		m.rt.Fatalf("%s is\n%+v\nwant\n%+v", what, got, want)
	}
}

func plain(v any) string {
	text, err := json.Marshal(v)
	if err != nil {
		return err.Error()
	}
	return strings.ReplaceAll(string(text), "[]", "null")
}

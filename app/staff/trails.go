package staff

import (
	"context"
	"fmt"
	"net/http"
	"slices"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/store"
)

var (
	trailInBadge  = kind{"trail-in-badge", http.StatusConflict}
	trailKeyTaken = kind{"trail-key-taken", http.StatusConflict}
)

// Captions are a name and a sentence in each language. What is empty is read in
// English.
type Captions struct {
	EN game.Caption `json:"en"`
	DE game.Caption `json:"de"`
	FR game.Caption `json:"fr"`
}

// TrailStep asks for one species or for any of a group.
type TrailStep struct {
	Species string `json:"species,omitempty" example:"red-panda" doc:"Slug of a species; either this or a group"`
	Group   string `json:"group,omitempty" example:"big-cat"`
	Wakes   bool   `json:"wakes,omitempty" doc:"Whether children are told when the species is up"`
}

// TrailPlan is what staff may change of a trail.
type TrailPlan struct {
	Ordered bool        `json:"ordered" doc:"Whether the steps are to be done one after the other"`
	From    string      `json:"from" example:"2026-04-01" doc:"First day on which steps can be done; empty: since ever"`
	Until   string      `json:"until" example:"2026-04-30" doc:"Last day; empty: for ever"`
	Points  int         `json:"points" example:"50" doc:"What its completion earns"`
	Art     string      `json:"art" example:"compass"`
	Texts   Captions    `json:"texts"`
	Steps   []TrailStep `json:"steps"`
}

// TrailDraft is a trail that is not saved.
type TrailDraft struct {
	Key string `json:"key,omitempty" maxLength:"200" example:"big-cats" doc:"Its name in addresses, which stays for good and is never given twice; made of the English name if it is left out"`
	TrailPlan
}

// TrailState says whether the steps of a trail can be done now.
type TrailState string

// The states.
const (
	TrailOpen   TrailState = "open"
	TrailComing TrailState = "coming"
	TrailOver   TrailState = "over"
)

// TrailLine is a line of the list of trails.
type TrailLine struct {
	Key     string     `json:"key"`
	Name    string     `json:"name" doc:"In the reader's language"`
	Art     string     `json:"art"`
	Ordered bool       `json:"ordered"`
	From    string     `json:"from"`
	Until   string     `json:"until"`
	State   TrailState `json:"state" enum:"open,coming,over"`
	Lacking []string   `json:"lacking" doc:"What is asked for that no animal on display is left for, in the reader's language; a trail that lacks something cannot be walked now"`
	Points  int        `json:"points"`
	Steps   int        `json:"steps"`
	Texts   Filled     `json:"texts" doc:"How many of the two texts there are in each language"`
}

// TrailList is every trail there is.
type TrailList struct {
	Trails  []TrailLine `json:"trails"`
	Deleted []GoneTrail `json:"deleted" doc:"Those that were deleted last, the latest first; each can be brought back from its history"`
}

// GoneTrail is a trail that was deleted.
type GoneTrail struct {
	Key  string    `json:"key"`
	Name string    `json:"name" doc:"In the reader's language"`
	Art  string    `json:"art"`
	At   time.Time `json:"at"`
	Who  string    `json:"who"`
}

// mostGone is how many deleted trails are listed.
const mostGone = 20

// CheckedTrail tells what is wrong with a trail, and how visitors would see it.
type CheckedTrail struct {
	Wrong []Wrong   `json:"wrong"`
	Steps []string  `json:"steps" doc:"What each step asks for, in the reader's language"`
	Trail api.Trail `json:"trail"`
}

// ByTrail is an input that is about one trail.
type ByTrail struct {
	api.Reader
	Key string `path:"key" maxLength:"80" example:"big-cats"`
}

func planOf(t game.Trail) TrailPlan {
	p := TrailPlan{t.Ordered, t.From.String(), t.Until.String(), t.Points, t.Art,
		Captions{t.Texts[game.English], t.Texts[game.German], t.Texts[game.French]}, []TrailStep{}}
	for _, s := range t.Steps {
		p.Steps = append(p.Steps, TrailStep{string(s.Species), s.Group, s.Wakes})
	}
	return p
}

// trail gives the plan in the game's words, and what cannot be said in them.
func (p TrailPlan) trail(key string) (game.Trail, []game.Problem) {
	t := game.Trail{Key: key, Ordered: p.Ordered, Points: p.Points, Art: p.Art, Texts: game.Captions{}}
	for l, c := range map[game.Language]game.Caption{game.English: p.Texts.EN, game.German: p.Texts.DE, game.French: p.Texts.FR} {
		if c != (game.Caption{}) {
			t.Texts[l] = c
		}
	}
	for _, s := range p.Steps {
		t.Steps = append(t.Steps, game.Step{Species: game.Slug(s.Species), Group: s.Group, Wakes: s.Wakes})
	}
	var from, until []game.Problem
	t.From, from = game.ReadDate("from", p.From)
	t.Until, until = game.ReadDate("until", p.Until)
	return t, append(from, until...)
}

// trailPart is a trail as a part of the rules.
func trailPart(zoo *store.Zoo, key string) part[TrailPlan] {
	find := func(s store.Setup) int {
		return slices.IndexFunc(s.Rules.Trails, func(t game.Trail) bool { return t.Key == key })
	}
	return part[TrailPlan]{
		name: "trail/" + key,
		read: func(s store.Setup) *TrailPlan {
			i := find(s)
			if i < 0 {
				return nil
			}
			plan := planOf(s.Rules.Trails[i])
			return &plan
		},
		write: func(s *store.Setup, plan *TrailPlan) []game.Problem {
			i := find(*s)
			if plan == nil {
				s.Rules.Trails = slices.Delete(s.Rules.Trails, i, i+1)
				return nil
			}
			t, wrong := plan.trail(key)
			if i < 0 {
				s.Rules.Trails = append(s.Rules.Trails, t)
			} else {
				s.Rules.Trails[i] = t
			}
			return wrong
		},
		root: func(s store.Setup) string { return fmt.Sprintf("trails[%d].", find(s)) },
		facts: func(l game.Language, p TrailPlan) []fact {
			var steps []fact
			for i, s := range p.Steps {
				name := stepName(l, zoo, s)
				if s.Wakes {
					name += " ⏰"
				}
				steps = append(steps, fact{"steps", fmt.Sprintf("%d. %s", i+1, name)})
			}
			p.Steps = nil
			return append(flat(p), steps...)
		},
	}
}

// stepName says what a step asks for.
func stepName(l game.Language, zoo *store.Zoo, s TrailStep) string {
	name := s.Species
	if species, ok := zoo.BySlug(game.Slug(s.Species)); ok {
		name = species.Text(l).Name
	}
	if group, ok := catalogue.Groups()[s.Group]; ok {
		name = group[l].SomeKind
	}
	return name
}

// newTrailKey makes a key of the English name that no trail has or had.
func (d *Desk) newTrailKey(ctx context.Context, zoo *store.Zoo, name string) (string, error) {
	words := strings.FieldsFunc(strings.ToLower(name), func(r rune) bool { return (r < 'a' || r > 'z') && (r < '0' || r > '9') })
	base := strings.Join(words, "-")
	if base = strings.Trim(base[:min(len(base), 40)], "-"); base == "" {
		base = "trail"
	}
	for n := 1; ; n++ {
		key := base
		if n > 1 {
			key = fmt.Sprintf("%s-%d", base, n)
		}
		if taken, err := d.hadTrail(ctx, zoo, key); err != nil || !taken {
			return key, err
		}
	}
}

// hadTrail tells whether a trail has or had a key.
func (d *Desk) hadTrail(ctx context.Context, zoo *store.Zoo, key string) (bool, error) {
	if slices.ContainsFunc(zoo.Referee.Rules().Trails, func(t game.Trail) bool { return t.Key == key }) {
		return true, nil
	}
	edits, err := d.API.Store.RulesEdits(ctx, "trail/"+key, 0, 1)
	return len(edits) > 0, err
}

// goneTrails gives the trails that were deleted last.
func (d *Desk) goneTrails(ctx context.Context, l game.Language, zoo *store.Zoo) ([]GoneTrail, error) {
	const prefix = "trail/"
	parts, err := d.API.Store.RulesParts(ctx, prefix)
	if err != nil {
		return nil, err
	}
	gone := []GoneTrail{}
	for _, part := range parts {
		key := strings.TrimPrefix(part, prefix)
		is := func(t game.Trail) bool { return t.Key == key }
		if len(gone) == mostGone || slices.ContainsFunc(zoo.Referee.Rules().Trails, is) {
			continue
		}
		latest, err := d.API.Store.RulesEdits(ctx, part, 0, 1)
		if err != nil {
			return nil, err
		}
		for _, e := range latest {
			if i := slices.IndexFunc(e.Before.Rules.Trails, is); i >= 0 {
				t := e.Before.Rules.Trails[i]
				gone = append(gone, GoneTrail{key, t.Texts.In(l).Name, t.Art, e.At.UTC(), e.Who})
			}
		}
	}
	return gone, nil
}

func (d *Desk) trails() {
	type empty struct{ api.Reader }
	huma.Register(d.huma, d.operation(http.MethodGet, "/trails", "staff-trails", "The trails", "Every trail, also those of other days.", editors),
		func(ctx context.Context, in *empty) (*struct{ Body TrailList }, error) {
			l := in.Language()
			zoo, err := d.API.Store.Zoo(ctx)
			if err != nil {
				return nil, d.fail(l, err)
			}
			list := TrailList{Trails: []TrailLine{}}
			today := game.DateOf(d.Now(), zoo.Referee.Zone())
			for _, t := range zoo.Referee.Rules().Trails {
				line := TrailLine{t.Key, t.Texts.In(l).Name, t.Art, t.Ordered, t.From.String(), t.Until.String(), TrailOpen, []string{},
					t.Points, len(t.Steps), Filled{captionsFilled(t.Texts[game.English]), captionsFilled(t.Texts[game.German]), captionsFilled(t.Texts[game.French])}}
				switch {
				case !t.From.IsZero() && today.Compare(t.From) < 0:
					line.State = TrailComing
				case !t.Until.IsZero() && today.Compare(t.Until) > 0:
					line.State = TrailOver
				}
				steps := planOf(t).Steps
				for _, i := range zoo.Referee.Lacking(t) {
					line.Lacking = append(line.Lacking, stepName(l, zoo, steps[i]))
				}
				list.Trails = append(list.Trails, line)
			}
			if list.Deleted, err = d.goneTrails(ctx, l, zoo); err != nil {
				return nil, d.fail(l, err)
			}
			return &struct{ Body TrailList }{list}, nil
		})

	type add struct {
		api.Reader
		Body TrailDraft
	}
	op := d.operation(http.MethodPost, "/trails", "staff-add-trail", "Draw up a trail", "Adds a trail. Children see it at once; what they captured on its days counts.", editors,
		http.StatusBadRequest, http.StatusConflict, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *add) (*Tagged[TrailDraft], error) {
		l, key := in.Language(), in.Body.Key
		zoo, err := d.API.Store.Zoo(ctx)
		if err != nil {
			return nil, d.fail(l, err)
		}
		taken := false
		if key == "" {
			key, err = d.newTrailKey(ctx, zoo, in.Body.Texts.EN.Name)
		} else {
			taken, err = d.hadTrail(ctx, zoo, key)
		}
		if err != nil {
			return nil, d.fail(l, err)
		}
		if taken {
			return nil, problem(l, trailKeyTaken, map[string]string{"key": key}, nil)
		}
		p := trailPart(zoo, key)
		none, err := p.tag(store.Setup{}) // somebody may be as quick
		if err != nil {
			return nil, d.fail(l, err)
		}
		return d.trailAnswer(key)(p.edit(ctx, d, l, "trail.add", none, &in.Body.TrailPlan))
	})

	type check struct {
		api.Reader
		Body TrailDraft
		Card string `query:"card" enum:"en,de,fr" doc:"Language of the trail as visitors see it; the request's if it is left out"`
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/trails/check", "staff-check-trail", "Check a trail",
		"Tells what is wrong with a trail before it is saved, and how visitors would see it. It changes nothing.", editors,
		http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *check) (*struct{ Body CheckedTrail }, error) {
			l := in.Language()
			read := l
			if in.Card != "" {
				read = game.Language(in.Card)
			}
			zoo, err := d.API.Store.Zoo(ctx)
			if err != nil {
				return nil, d.fail(l, err)
			}
			key := in.Body.Key
			if key == "" {
				key = "new"
			}
			t, wrong := in.Body.trail(key)
			checked := CheckedTrail{[]Wrong{}, []string{}, d.API.TrailOf(read, zoo, t)}
			for _, step := range in.Body.Steps {
				checked.Steps = append(checked.Steps, stepName(l, zoo, step))
			}
			for _, p := range append(wrong, t.Check(zoo.Species)...) {
				checked.Wrong = append(checked.Wrong, Wrong{p.Field, sayProblem(l, p)})
			}
			return &struct{ Body CheckedTrail }{checked}, nil
		})

	huma.Register(d.huma, d.operation(http.MethodGet, "/trails/{key}", "staff-trail", "A trail", "A trail with its texts in every language.", editors,
		http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *ByTrail) (*Tagged[TrailDraft], error) {
			p, err := d.trailPart(ctx, in)
			if err != nil {
				return nil, err
			}
			return d.trailAnswer(in.Key)(p.get(ctx, d, in.Language()))
		})

	type edit struct {
		ByTrail
		IfMatch
		Body TrailPlan
	}
	huma.Register(d.huma, d.operation(http.MethodPut, "/trails/{key}", "staff-edit-trail", "Change a trail",
		"Changes a trail, also for those who are on it or have walked it: points follow. If somebody else was faster nothing is changed.", editors,
		http.StatusBadRequest, http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *edit) (*Tagged[TrailDraft], error) {
			l := in.Language()
			tag, err := in.tag(l)
			if err != nil {
				return nil, err
			}
			p, err := d.trailPart(ctx, &in.ByTrail)
			if err != nil {
				return nil, err
			}
			if _, err := p.get(ctx, d, l); err != nil {
				return nil, err
			}
			return d.trailAnswer(in.Key)(p.edit(ctx, d, l, "trail.edit", tag, &in.Body))
		})

	type remove struct {
		ByTrail
		IfMatch
	}
	op = d.operation(http.MethodDelete, "/trails/{key}", "staff-delete-trail", "Delete a trail",
		"Takes a trail away, and the points that it has earned. It can be brought back from its history, and they with it.", editors,
		http.StatusNotFound, http.StatusConflict, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusNoContent
	huma.Register(d.huma, op, func(ctx context.Context, in *remove) (*struct{}, error) {
		l := in.Language()
		tag, err := in.tag(l)
		if err != nil {
			return nil, err
		}
		zoo, err := d.API.Store.Zoo(ctx)
		if err != nil {
			return nil, d.fail(l, err)
		}
		now, err := d.API.Store.Setup(ctx, 0) // of badges that are off, too
		if err != nil {
			return nil, d.fail(l, err)
		}
		for _, b := range now.After.Rules.Badges {
			if b.Kind == game.TrailsBadge && slices.Contains(b.Of, in.Key) {
				return nil, problem(l, trailInBadge, map[string]string{"badge": b.Texts.In(l).Name}, nil)
			}
		}
		_, err = trailPart(zoo, in.Key).edit(ctx, d, l, "trail.delete", tag, nil)
		return nil, err
	})

	type history struct {
		ByTrail
		HistoryOf
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/trails/{key}/versions", "staff-trail-versions", "The history of a trail",
		"Who changed what of it, the latest first, also of a trail that was deleted. The ETag is what restoring sends as If-Match.", editors,
		http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *history) (*Tagged[RulesVersions], error) {
			p, err := d.trailPart(ctx, &in.ByTrail)
			if err != nil {
				return nil, err
			}
			return p.versions(ctx, d, in.Language(), in.HistoryOf)
		})

	type restore struct {
		ByTrail
		IfMatch
		Revision
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/trails/{key}/versions/{revision}/restore", "staff-restore-trail", "Go back to a version",
		"Makes a trail what it was in a version, also one that was deleted. That is an edit of its own, and can be undone too.", editors,
		http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *restore) (*Tagged[TrailDraft], error) {
			l := in.Language()
			tag, err := in.tag(l)
			if err != nil {
				return nil, err
			}
			p, err := d.trailPart(ctx, &in.ByTrail)
			if err != nil {
				return nil, err
			}
			return d.trailAnswer(in.Key)(p.restore(ctx, d, l, "trail.restore", tag, in.Revision.Revision))
		})
}

// trailPart is the trail that a request is about.
func (d *Desk) trailPart(ctx context.Context, in *ByTrail) (part[TrailPlan], error) {
	zoo, err := d.API.Store.Zoo(ctx)
	if err != nil {
		return part[TrailPlan]{}, d.fail(in.Language(), err)
	}
	return trailPart(zoo, in.Key), nil
}

// trailAnswer adds the key to an answer.
func (d *Desk) trailAnswer(key string) func(*Tagged[TrailPlan], error) (*Tagged[TrailDraft], error) {
	return func(t *Tagged[TrailPlan], err error) (*Tagged[TrailDraft], error) {
		if err != nil {
			return nil, err
		}
		return &Tagged[TrailDraft]{t.ETag, TrailDraft{key, t.Body}}, nil
	}
}

func captionsFilled(c game.Caption) (n int) {
	for _, text := range []string{c.Name, c.Text} {
		if text != "" {
			n++
		}
	}
	return n
}

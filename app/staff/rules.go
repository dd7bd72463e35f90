package staff

import (
	"context"
	"crypto/sha256"
	"encoding/hex"
	"encoding/json"
	"errors"
	"fmt"
	"maps"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// part is a piece of the rules that staff edit by itself, in the form B in which
// the desk reads and sends it. Two people on different parts do not disturb each
// other: the version of a part says what it is, not when it was edited.
type part[B any] struct {
	name string               // as its history is found by: "hours", "badge/night-owl"
	read func(store.Setup) *B // nil: it is not there
	// write makes it so, or takes it away if there is nothing; or it says what
	// cannot be said in the game's words, by fields of B.
	write func(*store.Setup, *B) []game.Problem
	// root is how names of fields in the rules begin that are fields of B.
	root  func(store.Setup) string
	facts func(game.Language, B) []fact // what histories compare; nil: flat
}

// fact is something to read of a part. Of a list there are several of one field.
type fact struct{ field, text string }

// RulesVersion is an edit of a part of the rules.
type RulesVersion struct {
	Revision int64        `json:"revision"`
	At       time.Time    `json:"at"`
	Who      string       `json:"who" doc:"Empty: the zoo began with it"`
	Gone     bool         `json:"gone" doc:"Whether this took it away"`
	Changes  []FactChange `json:"changes" doc:"Against what was before; lists line by line"`
}

// RulesVersions is a page of the history of a part of the rules.
type RulesVersions struct {
	Versions []RulesVersion `json:"versions" doc:"The latest first"`
	More     bool           `json:"more" doc:"Whether there are earlier ones"`
}

// HistoryOf is an input that asks for a page of a history.
type HistoryOf struct {
	Below int64 `query:"below" minimum:"0" doc:"Only revisions below this one"`
	Limit int   `query:"limit" minimum:"1" maximum:"100" default:"20"`
}

// Revision is an input that names a state of the rules.
type Revision struct {
	Revision int64 `path:"revision" minimum:"1"`
}

var (
	errMeanwhile = errors.New("somebody else was faster")
	noSuchRule   = kind{"no-such-rule", http.StatusNotFound}
)

// errUnread says what of a body cannot be said in the game's words.
type errUnread []game.Problem

func (e errUnread) Error() string { return fmt.Sprintf("it cannot be read: %s", e[0]) }

// tag reads the header; a missing one is a problem.
func (m IfMatch) tag(l game.Language) (string, error) {
	tag := strings.TrimSpace(strings.TrimPrefix(strings.TrimSpace(m.Version), "W/"))
	if tag == "" {
		return "", problem(l, noVersion, nil, nil)
	}
	return tag, nil
}

// tag gives the version of the part in a setup.
func (p part[B]) tag(s store.Setup) (string, error) {
	text, err := json.Marshal(p.read(s))
	if err != nil {
		return "", fmt.Errorf("write %s: %w", p.name, err)
	}
	sum := sha256.Sum256(text)
	return strconv.Quote(hex.EncodeToString(sum[:8])), nil
}

func (p part[B]) tagged(s store.Setup) (*Tagged[B], error) {
	tag, err := p.tag(s)
	if err != nil {
		return nil, err
	}
	answer := &Tagged[B]{ETag: tag}
	if now := p.read(s); now != nil {
		answer.Body = *now
	}
	return answer, nil
}

// get gives the part as it is.
func (p part[B]) get(ctx context.Context, d *Desk, l game.Language) (*Tagged[B], error) {
	now, err := d.API.Store.Setup(ctx, 0)
	if err != nil {
		return nil, d.fail(l, err)
	}
	if p.read(now.After) == nil {
		return nil, problem(l, noSuchRule, nil, nil)
	}
	answer, err := p.tagged(now.After)
	if err != nil {
		return nil, d.fail(l, err)
	}
	return answer, nil
}

// edit changes the part, or takes it away if there is nothing it should be. It
// must have the tag, unless that is "": a part that is added has none.
func (p part[B]) edit(ctx context.Context, d *Desk, l game.Language, action, tag string, to *B) (*Tagged[B], error) {
	return p.change(ctx, d, l, action, tag, func() (*B, error) { return to, nil })
}

// restore makes the part what it was since a revision.
func (p part[B]) restore(ctx context.Context, d *Desk, l game.Language, action, tag string, revision int64) (*Tagged[B], error) {
	return p.change(ctx, d, l, action, tag, func() (*B, error) {
		then, err := d.API.Store.Setup(ctx, revision)
		if err != nil {
			return nil, err
		}
		if to := p.read(then.After); to != nil {
			return to, nil
		}
		return nil, game.ErrNotFound // taking it away is another call
	})
}

func (p part[B]) change(ctx context.Context, d *Desk, l game.Language, action, tag string, become func() (*B, error)) (*Tagged[B], error) {
	to, err := become()
	if err != nil {
		return nil, p.fail(ctx, d, l, "", err)
	}
	root := ""
	after, err := d.API.Store.EditRules(ctx, d.author(ctx), store.RulesChange{Part: p.name, Action: action, Change: func(now *store.Setup) error {
		switch is, err := p.tag(*now); {
		case err != nil:
			return err
		case tag != "" && tag != is:
			return errMeanwhile
		case to == nil && p.read(*now) == nil:
			return game.ErrNotFound
		}
		if wrong := p.write(now, to); wrong != nil {
			return errUnread(wrong)
		}
		root = p.root(*now)
		return nil
	}})
	if err != nil {
		return nil, p.fail(ctx, d, l, root, err)
	}
	answer, err := p.tagged(after)
	if err != nil {
		return nil, d.fail(l, err)
	}
	return answer, nil
}

// fail turns an error of a change into a problem.
func (p part[B]) fail(ctx context.Context, d *Desk, l game.Language, root string, err error) error {
	var unread errUnread
	var wrong store.RulesError
	switch {
	case errors.Is(err, errMeanwhile):
		return p.faster(ctx, d, l, err)
	case errors.As(err, &unread):
		return refuse(l, "body.", unread, err)
	case errors.As(err, &wrong):
		for i := range wrong {
			if field, ours := strings.CutPrefix(wrong[i].Field, root); ours {
				wrong[i].Field = "body." + field
			} else {
				wrong[i].Field = "rules." + wrong[i].Field
			}
		}
		return refuse(l, "", wrong, err)
	case errors.Is(err, game.ErrNotFound):
		return problem(l, noSuchRule, nil, err)
	}
	return d.fail(l, err)
}

// faster says who was faster, if it was anybody: what never was there nobody
// has changed.
func (p part[B]) faster(ctx context.Context, d *Desk, l game.Language, cause error) error {
	now, err := d.API.Store.Setup(ctx, 0)
	if err != nil {
		return d.fail(l, err)
	}
	latest, err := d.API.Store.RulesEdits(ctx, p.name, 0, 1)
	if err != nil {
		return d.fail(l, err)
	}
	if len(latest) == 0 && p.read(now.After) == nil {
		return problem(l, noSuchRule, nil, cause)
	}
	who := messages.Say(l, "somebody", nil)
	if len(latest) > 0 && latest[0].Who != "" {
		who = latest[0].Who
	}
	return problem(l, editedMeanwhile, map[string]string{"who": who}, cause)
}

// versions gives a page of the part's history, tagged with what the part is now,
// so that what was taken away can be brought back. It ends with what the zoo
// began with, if the part was there.
func (p part[B]) versions(ctx context.Context, d *Desk, l game.Language, in HistoryOf) (*Tagged[RulesVersions], error) {
	now, err := d.API.Store.Setup(ctx, 0)
	if err != nil {
		return nil, d.fail(l, err)
	}
	edits, err := d.API.Store.RulesEdits(ctx, p.name, in.Below, in.Limit+1)
	if err != nil {
		return nil, d.fail(l, err)
	}
	page := &Tagged[RulesVersions]{Body: RulesVersions{Versions: []RulesVersion{}, More: len(edits) > in.Limit}}
	if page.ETag, err = p.tag(now.After); err != nil {
		return nil, d.fail(l, err)
	}
	for _, e := range edits[:min(in.Limit, len(edits))] {
		page.Body.Versions = append(page.Body.Versions, RulesVersion{e.Revision, e.At.UTC(), e.Who, p.read(e.After) == nil,
			compareFacts(p.says(l, e.Before), p.says(l, e.After))})
	}
	if page.Body.More {
		return page, nil
	}
	first, err := d.API.Store.Setup(ctx, 1)
	if err != nil {
		return nil, d.fail(l, err)
	}
	if p.read(first.After) != nil && in.Below != 1 {
		page.Body.Versions = append(page.Body.Versions, RulesVersion{1, first.At.UTC(), first.Who, false, []FactChange{}})
	}
	if len(page.Body.Versions) == 0 && in.Below == 0 {
		return nil, problem(l, noSuchRule, nil, nil)
	}
	return page, nil
}

func (p part[B]) says(l game.Language, s store.Setup) []fact {
	switch now := p.read(s); {
	case now == nil:
		return nil
	case p.facts != nil:
		return p.facts(l, *now)
	default:
		return flat(*now)
	}
}

// flat reads every value by its path, lists of values as one.
func flat(v any) []fact {
	text, err := json.Marshal(v)
	if err != nil {
		return nil
	}
	var value any
	if err := json.Unmarshal(text, &value); err != nil {
		return nil
	}
	var facts []fact
	var walk func(path string, value any)
	walk = func(path string, value any) {
		switch v := value.(type) {
		case map[string]any:
			for _, key := range slices.Sorted(maps.Keys(v)) {
				walk(strings.TrimPrefix(path+"."+key, "."), v[key])
			}
		case []any:
			words := make([]string, len(v))
			for i := range v {
				if _, deep := v[i].(map[string]any); deep {
					walk(fmt.Sprintf("%s[%d]", path, i), v[i])
				}
				words[i] = fmt.Sprint(v[i])
			}
			if len(v) > 0 && !strings.HasPrefix(words[0], "map[") {
				facts = append(facts, fact{path, strings.Join(words, ", ")})
			}
		case nil:
		default:
			facts = append(facts, fact{path, fmt.Sprint(v)})
		}
	}
	walk("", value)
	return facts
}

// compareFacts lists what came, went and changed.
func compareFacts(before, after []fact) []FactChange {
	changes := []FactChange{}
	var fields []string
	for _, f := range slices.Concat(before, after) {
		if !slices.Contains(fields, f.field) {
			fields = append(fields, f.field)
		}
	}
	missing := func(field string, from, in []fact) (texts []string) {
		in = slices.Clone(in)
		for _, f := range from {
			if f.field != field {
				continue
			}
			if i := slices.Index(in, f); i >= 0 {
				in = slices.Delete(in, i, i+1)
			} else {
				texts = append(texts, f.text)
			}
		}
		return texts
	}
	for _, field := range fields {
		went, came := missing(field, before, after), missing(field, after, before)
		for i := range max(len(went), len(came)) {
			c := FactChange{Field: field}
			if i < len(went) {
				c.Before = went[i]
			}
			if i < len(came) {
				c.After = came[i]
			}
			changes = append(changes, c)
		}
	}
	return changes
}

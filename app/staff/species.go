package staff

import (
	"context"
	"errors"
	"fmt"
	"net/http"
	"slices"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Texts are what visitors read of a species in each language. What is empty is
// read in English.
type Texts struct {
	EN game.Text `json:"en"`
	DE game.Text `json:"de"`
	FR game.Text `json:"fr"`
}

// Facts is what staff may change of a species.
type Facts struct {
	ScientificName string   `json:"scientificName" example:"Ailurus fulgens"`
	Class          string   `json:"class" example:"Mammalia"`
	Order          string   `json:"order" example:"Carnivora"`
	Family         string   `json:"family" example:"Ailuridae"`
	Group          string   `json:"group" example:"red-panda" doc:"A key of GET /staff/v1/options"`
	Conservation   string   `json:"conservation" example:"EN" doc:"A category of the IUCN Red List"`
	Continents     []string `json:"continents" example:"[\"asia\"]"`
	Activity       string   `json:"activity" example:"twilight" doc:"day, night, twilight or anytime"`
	Awake          []string `json:"awake" example:"[\"17:00-09:00\"]" doc:"Spans of the day in which it is usually up"`
	SleepHours     float64  `json:"sleepHours" example:"14" doc:"A day; 0 where nobody knows"`
	Rarity         int      `json:"rarity" example:"3" doc:"1 (everybody finds it) to 5 (hardly anybody does)"`
	Keys           []string `json:"keys" example:"[\"n02509815\"]" doc:"Animals of the network that mean this species, by WordNet id; a species without any can be taught"`
	Art            string   `json:"art" example:"red-panda"`
	Picture        string   `json:"picture" example:"0197a1b2-3c4d-7e5f-8a6b-7c8d9e0f1a2b" doc:"Id of a picture that was sent, from POST /staff/v1/pictures; empty: the drawing is shown"`
	OnDisplay      bool     `json:"onDisplay"`
	Texts          Texts    `json:"texts"`
}

// Draft is a species that is not saved.
type Draft struct {
	Slug string `json:"slug" maxLength:"200" example:"red-panda" doc:"Its name in addresses; it stays for good"`
	Facts
}

// Species is a species as it is kept.
type Species struct {
	Draft
	Number  int        `json:"number"`
	Version int        `json:"version" doc:"Counts its edits. Send it as If-Match with the next one."`
	At      *time.Time `json:"editedAt,omitempty"`
	Who     string     `json:"editedBy,omitempty"`
}

// SpeciesLine is a line of the list of species.
type SpeciesLine struct {
	api.SpeciesName
	Number    int    `json:"number"`
	Art       string `json:"art"`
	Picture   string `json:"picture,omitempty" doc:"Id of the zoo's own picture, at /v1/pictures/{id}"`
	Group     string `json:"group"`
	Rarity    int    `json:"rarity"`
	OnDisplay bool   `json:"onDisplay"`
	Texts     Filled `json:"texts"`
}

// Filled counts the texts that there are in each language.
type Filled struct {
	EN int `json:"en"`
	DE int `json:"de"`
	FR int `json:"fr"`
}

// SpeciesList is a page of the list.
type SpeciesList struct {
	Species []SpeciesLine `json:"species"`
	Total   int           `json:"total" doc:"How many there are on all pages"`
	Texts   int           `json:"texts" doc:"How many texts a complete language has"`
}

// Wrong is one value that is not right.
type Wrong struct {
	Field   string `json:"field" example:"texts.de.name"`
	Message string `json:"message" example:"must have at most 60 characters"`
}

// Checked tells of a draft what is wrong with it, and how visitors would read it.
type Checked struct {
	Wrong []Wrong           `json:"wrong"`
	Card  api.CaughtSpecies `json:"card"`
}

// Version is one edit of a species.
type Version struct {
	Version int          `json:"version"`
	At      *time.Time   `json:"at,omitempty"`
	Who     string       `json:"who" doc:"Empty: the zoo began with it"`
	Changes []FactChange `json:"changes" doc:"Against the version before; empty for the first"`
}

// FactChange is a fact that an edit changed.
type FactChange struct {
	Field  string `json:"field" example:"texts.de.name"`
	Before string `json:"before"`
	After  string `json:"after"`
}

// Versions is a page of a history.
type Versions struct {
	Versions []Version `json:"versions" doc:"The latest first"`
	More     bool      `json:"more" doc:"Whether there are earlier ones"`
}

func factsOf(s game.Species) Facts {
	f := Facts{s.ScientificName, s.Class, s.Order, s.Family, s.Group, string(s.Conservation), []string{}, string(s.Activity), []string{},
		s.SleepHours, s.Rarity, slices.Clone(s.Keys), s.Art, s.Picture, s.OnDisplay, Texts{s.Texts[game.English], s.Texts[game.German], s.Texts[game.French]}}
	if f.Keys == nil {
		f.Keys = []string{}
	}
	for _, c := range s.Continents {
		f.Continents = append(f.Continents, string(c))
	}
	for _, a := range s.Awake {
		f.Awake = append(f.Awake, a.String())
	}
	return f
}

// species gives the draft in the game's words, and what cannot be said in them.
func (d Draft) species() (game.Species, []game.Problem) {
	s := game.Species{
		Slug: game.Slug(d.Slug), ScientificName: d.ScientificName, Class: d.Class, Order: d.Order, Family: d.Family, Group: d.Group,
		Conservation: game.Conservation(d.Conservation), Activity: game.Activity(d.Activity), SleepHours: d.SleepHours, Rarity: d.Rarity,
		Keys: d.Keys, Art: d.Art, Picture: d.Picture, OnDisplay: d.OnDisplay,
		Texts: map[game.Language]game.Text{game.English: d.Texts.EN, game.German: d.Texts.DE, game.French: d.Texts.FR},
	}
	for _, c := range d.Continents {
		s.Continents = append(s.Continents, game.Continent(c))
	}
	var wrong []game.Problem
	for i, text := range d.Awake {
		span, err := game.ParseAwake(text)
		if err != nil {
			wrong = append(wrong, game.NewProblem(fmt.Sprintf("awake[%d]", i), "must be a span of the day like 17:00-09:30"))
		}
		s.Awake = append(s.Awake, span)
	}
	return s, wrong
}

func speciesOf(e store.Edit) Species {
	return Species{Draft{string(e.Slug), factsOf(e.Species)}, e.Number, e.Version, moment(e.At), e.Who}
}

func changesOf(before, after game.Species) []FactChange {
	changes := []FactChange{}
	for _, c := range game.CompareFacts(before, after) {
		changes = append(changes, FactChange{c.Path, c.Before, c.After})
	}
	return changes
}

func filled(s game.Species) Filled {
	count := func(l game.Language) int { return game.TextsOf - len(game.Missing(s, l)) }
	return Filled{count(game.English), count(game.German), count(game.French)}
}

type speciesQuery struct {
	api.Reader
	Search  string `query:"search" maxLength:"100" doc:"In names in every language, the scientific name, the slug or the number"`
	Display string `query:"display" enum:"on,off" doc:"Only those on display, or only the others"`
	Missing string `query:"missing" enum:"en,de,fr" doc:"Only those with a gap in this language"`
	Sort    string `query:"sort" enum:"number,name" default:"number"`
	Offset  int    `query:"offset" minimum:"0" maximum:"1000000"`
	Limit   int    `query:"limit" minimum:"1" maximum:"200" default:"50"`
}

func (q speciesQuery) matches(s game.Species) bool {
	if q.Display != "" && s.OnDisplay != (q.Display == "on") {
		return false
	}
	if q.Missing != "" && len(game.Missing(s, game.Language(q.Missing))) == 0 {
		return false
	}
	wanted := strings.ToLower(strings.TrimSpace(q.Search))
	if wanted == "" {
		return true
	}
	words := []string{string(s.Slug), s.ScientificName}
	for _, l := range game.Languages {
		words = append(words, s.Texts[l].Name)
	}
	return strconv.Itoa(s.Number) == wanted || slices.ContainsFunc(words, func(word string) bool { return strings.Contains(strings.ToLower(word), wanted) })
}

// BySlug is an input that is about one species.
type BySlug struct {
	api.Reader
	Slug string `path:"slug" maxLength:"80" example:"red-panda"`
}

// IfMatch says which version an edit is of.
type IfMatch struct {
	Version string `header:"If-Match" doc:"The version that is edited: the ETag of the last answer" example:"\"3\""`
}

// version reads the header; a missing one is a problem.
func (m IfMatch) version(l game.Language) (int, error) {
	text := strings.Trim(strings.TrimPrefix(strings.TrimSpace(m.Version), "W/"), `"`)
	if text == "" {
		return 0, problem(l, noVersion, nil, nil)
	}
	v, err := strconv.Atoi(text)
	if err != nil {
		return 0, problem(l, noVersion, nil, err)
	}
	return v, nil
}

// Tagged is an answer that tells its version.
type Tagged[B any] struct {
	ETag string `header:"ETag"`
	Body B
}

func tagged(e store.Edit) *Tagged[Species] {
	return &Tagged[Species]{strconv.Quote(strconv.Itoa(e.Version)), speciesOf(e)}
}

// author is who changes something by a request.
func (d *Desk) author(ctx context.Context) store.Author {
	return Author(d.Office, callerOf(ctx).Who())
}

// Author is somebody whose changes of the game's state go into the audit log.
func Author(o *office.Office, who string) store.Author {
	return store.Author{Name: who, Note: func(ctx context.Context, tx store.Tx, action, subject string, details map[string]any) error {
		return o.Note(ctx, tx, office.Entry{Who: who, Action: action, Subject: subject, Details: details})
	}}
}

// failEdit turns an error of an edit into a problem. Fields of what was sent
// begin with the prefix.
func (d *Desk) failEdit(l game.Language, prefix string, err error) error {
	var outdated store.Outdated
	var wrong store.SpeciesError
	switch {
	case errors.As(err, &outdated):
		return problem(l, editedMeanwhile, map[string]string{"who": outdated.Who}, err)
	case errors.As(err, &wrong):
		return refuse(l, prefix, wrong, err)
	case errors.Is(err, game.ErrNotFound):
		return problem(l, noSuchSpecies, nil, err)
	}
	return d.fail(l, err)
}

// refuse states what is wrong with the values of a body.
func refuse(l game.Language, prefix string, wrong []game.Problem, cause error) error {
	details := make([]*huma.ErrorDetail, len(wrong))
	for i, p := range wrong {
		details[i] = &huma.ErrorDetail{Location: prefix + p.Field, Message: sayProblem(l, p)}
	}
	return api.Invalid(l, cause, details...)
}

func (d *Desk) species() {
	huma.Register(d.huma, d.operation(http.MethodGet, "/species", "staff-species", "The species", "The species of the zoo, on display or not, in pages.", editors, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *speciesQuery) (*struct{ Body SpeciesList }, error) {
			l := in.Language()
			zoo, err := d.API.Store.Zoo(ctx)
			if err != nil {
				return nil, d.fail(l, err)
			}
			var found []game.Species
			for _, s := range zoo.Species {
				if in.matches(s) {
					found = append(found, s)
				}
			}
			if in.Sort == "name" {
				slices.SortStableFunc(found, func(a, b game.Species) int {
					return strings.Compare(strings.ToLower(a.Text(l).Name), strings.ToLower(b.Text(l).Name))
				})
			}
			page := SpeciesList{[]SpeciesLine{}, len(found), game.TextsOf}
			for _, s := range found[min(in.Offset, len(found)):min(in.Offset+in.Limit, len(found))] {
				page.Species = append(page.Species, SpeciesLine{api.SpeciesName{Slug: string(s.Slug), Name: s.Text(l).Name, ScientificName: s.ScientificName},
					s.Number, s.Art, s.Picture, s.Group, s.Rarity, s.OnDisplay, filled(s)})
			}
			return &struct{ Body SpeciesList }{page}, nil
		})

	huma.Register(d.huma, d.operation(http.MethodGet, "/species/{slug}", "staff-one-species", "A species", "A species with every fact in every language.", editors, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *BySlug) (*Tagged[Species], error) {
			e, err := d.API.Store.Species(ctx, game.Slug(in.Slug))
			if err != nil {
				return nil, d.failEdit(in.Language(), "", err)
			}
			return tagged(e), nil
		})

	type add struct {
		api.Reader
		Body Draft
	}
	op := d.operation(http.MethodPost, "/species", "staff-add-species", "Add a species", "Gives the zoo another species, under the next number.", editors,
		http.StatusBadRequest, http.StatusUnprocessableEntity)
	op.DefaultStatus = http.StatusCreated
	huma.Register(d.huma, op, func(ctx context.Context, in *add) (*Tagged[Species], error) {
		s, wrong := in.Body.species()
		if wrong != nil {
			return nil, refuse(in.Language(), "body.", wrong, nil)
		}
		e, err := d.API.Store.AddSpecies(ctx, d.author(ctx), s)
		if err != nil {
			return nil, d.failEdit(in.Language(), "body.", err)
		}
		return tagged(e), nil
	})

	type edit struct {
		BySlug
		IfMatch
		Body Facts
	}
	huma.Register(d.huma, d.operation(http.MethodPut, "/species/{slug}", "staff-edit-species", "Edit a species",
		"Changes the facts of a species; visitors see them at once. If somebody else was faster nothing is changed.", editors,
		http.StatusBadRequest, http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *edit) (*Tagged[Species], error) {
			l := in.Language()
			from, err := in.version(l)
			if err != nil {
				return nil, err
			}
			s, wrong := Draft{in.Slug, in.Body}.species()
			if wrong != nil {
				return nil, refuse(l, "body.", wrong, nil)
			}
			e, err := d.API.Store.EditSpecies(ctx, d.author(ctx), from, s)
			if err != nil {
				return nil, d.failEdit(l, "body.", err)
			}
			return tagged(e), nil
		})

	type check struct {
		api.Reader
		Body Draft
		Card string `query:"card" enum:"en,de,fr" doc:"Language of the card; the request's if it is left out"`
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/species/check", "staff-check-species", "Check a species",
		"Tells what is wrong with a species before it is saved, and how visitors would read it. It changes nothing.", editors,
		http.StatusBadRequest, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *check) (*struct{ Body Checked }, error) {
			l := in.Language()
			read := l
			if in.Card != "" {
				read = game.Language(in.Card)
			}
			zoo, err := d.API.Store.Zoo(ctx)
			if err != nil {
				return nil, d.fail(l, err)
			}
			s, wrong := in.Body.species()
			s.Number = 1 + len(zoo.Species)
			if n := len(zoo.Species); n > 0 {
				s.Number = zoo.Species[n-1].Number + 1
			}
			if now, ok := zoo.BySlug(s.Slug); ok {
				s.ID, s.Number, s.Version = now.ID, now.Number, now.Version
			}
			checked := Checked{[]Wrong{}, d.API.Card(read, s)}
			more, err := d.API.Store.Check(ctx, zoo, s)
			if err != nil {
				return nil, d.fail(l, err)
			}
			for _, p := range append(wrong, more...) {
				said := func(w Wrong) bool { return w.Field == p.Field }
				if !slices.ContainsFunc(checked.Wrong, said) {
					checked.Wrong = append(checked.Wrong, Wrong{p.Field, sayProblem(l, p)})
				}
			}
			return &struct{ Body Checked }{checked}, nil
		})

	type history struct {
		BySlug
		Below int `query:"below" minimum:"0" doc:"Only versions below this one"`
		Limit int `query:"limit" minimum:"1" maximum:"100" default:"20"`
	}
	huma.Register(d.huma, d.operation(http.MethodGet, "/species/{slug}/versions", "staff-species-versions", "The history of a species",
		"Who changed which facts, the latest first.", editors, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *history) (*struct{ Body Versions }, error) {
			edits, err := d.API.Store.Edits(ctx, game.Slug(in.Slug), in.Below, in.Limit+1)
			if err != nil {
				return nil, d.failEdit(in.Language(), "", err)
			}
			all := Versions{Versions: []Version{}, More: len(edits) > in.Limit}
			for i, e := range edits[:min(in.Limit, len(edits))] {
				v := Version{e.Version, moment(e.At), e.Who, []FactChange{}}
				if i+1 < len(edits) {
					v.Changes = changesOf(edits[i+1].Species, e.Species)
				}
				all.Versions = append(all.Versions, v)
			}
			return &struct{ Body Versions }{all}, nil
		})

	type restore struct {
		BySlug
		IfMatch
		To int `path:"version" minimum:"1"`
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/species/{slug}/versions/{version}/restore", "staff-restore-species", "Go back to a version",
		"Makes the facts of a species what they were in a version. That is an edit of its own, and can be undone too.", editors,
		http.StatusNotFound, http.StatusPreconditionFailed, http.StatusPreconditionRequired, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *restore) (*Tagged[Species], error) {
			l := in.Language()
			from, err := in.version(l)
			if err != nil {
				return nil, err
			}
			e, err := d.API.Store.RestoreSpecies(ctx, d.author(ctx), game.Slug(in.Slug), from, in.To)
			if err != nil {
				return nil, d.failEdit(l, "", err)
			}
			return tagged(e), nil
		})
}

package api

import (
	"context"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// ExportedGame is what the game holds of a visitor, beside the captures.
type ExportedGame struct {
	Badges      []ExportedBadge      `json:"badges" doc:"Those that are earned"`
	Trails      []string             `json:"trails" doc:"Keys of those that are complete"`
	Ledger      []ExportedLine       `json:"ledger" doc:"What the points are for"`
	Corrections []ExportedCorrection `json:"corrections" doc:"What was said of captures after they were answered"`
	Questions   []ExportedQuestion   `json:"questions"`
	Groups      []VisitorGroup       `json:"groups"`
}

// ExportedBadge is a badge that is earned.
type ExportedBadge struct {
	Key string    `json:"key"`
	At  time.Time `json:"at"`
}

// ExportedLine is a line of the ledger.
type ExportedLine struct {
	Capture string    `json:"capture" format:"uuid"`
	Reason  string    `json:"reason"`
	Points  int       `json:"points"`
	At      time.Time `json:"at"`
}

// ExportedCorrection is something said of a capture.
type ExportedCorrection struct {
	Capture string    `json:"capture" format:"uuid"`
	Kind    string    `json:"kind" enum:"say,unsay,withdraw,restore,pardon,unpardon"`
	Species string    `json:"species,omitempty" doc:"Slug of the species"`
	Staff   bool      `json:"staff" doc:"Whether staff said it"`
	Reason  string    `json:"reason,omitempty"`
	At      time.Time `json:"at"`
}

// ExportedQuestion is a question that was asked, and its answer.
type ExportedQuestion struct {
	Capture  string     `json:"capture" format:"uuid"`
	Question string     `json:"question"`
	Choice   string     `json:"choice,omitempty" doc:"Key of the answer"`
	Right    bool       `json:"right"`
	At       *time.Time `json:"answeredAt,omitempty"`
}

func (a *API) exportGame(ctx context.Context, l game.Language, zoo *store.Zoo, v game.Visitor, state game.State) (ExportedGame, error) {
	e := ExportedGame{Badges: []ExportedBadge{}, Trails: []string{}, Ledger: []ExportedLine{},
		Corrections: []ExportedCorrection{}, Questions: []ExportedQuestion{}, Groups: []VisitorGroup{}}
	for _, b := range state.Badges {
		if b.Earned() {
			e.Badges = append(e.Badges, ExportedBadge{b.Badge, b.At.UTC()})
		}
	}
	for _, w := range state.Trails {
		if w.Complete() {
			e.Trails = append(e.Trails, w.Trail)
		}
	}
	for _, line := range state.Lines {
		e.Ledger = append(e.Ledger, ExportedLine{string(line.Capture), string(line.Reason), line.Points, line.At.UTC()})
	}
	remarks, err := a.Store.Remarks(ctx, v.ID)
	if err != nil {
		return e, err
	}
	for _, r := range remarks {
		species, _ := zoo.ByID(r.Species)
		e.Corrections = append(e.Corrections, ExportedCorrection{string(r.Capture), string(r.Kind), string(species.Slug), r.Staff != "", r.Reason, r.At.UTC()})
	}
	questions, err := a.Store.Questions(ctx, v.ID)
	if err != nil {
		return e, err
	}
	for _, q := range questions {
		x := ExportedQuestion{Capture: string(q.Capture), Question: q.Question.Prompt.In(l), Choice: q.Choice, Right: q.Right}
		if q.Choice != "" {
			at := q.At.UTC()
			x.At = &at
		}
		e.Questions = append(e.Questions, x)
	}
	groups, err := a.Store.Groups(ctx, v.ID)
	if err != nil {
		return e, err
	}
	for _, g := range groups {
		e.Groups = append(e.Groups, a.visitorGroup(zoo, g, v.ID))
	}
	return e, nil
}

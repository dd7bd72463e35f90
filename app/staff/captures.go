package staff

import (
	"context"
	"encoding/base64"
	"errors"
	"net/http"
	"strconv"
	"strings"
	"time"

	"github.com/danielgtaylor/huma/v2"
	"github.com/google/uuid"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Capture is a capture as staff judge it.
type Capture struct {
	Visitor    string           `json:"visitor" format:"uuid"`
	ID         string           `json:"id" format:"uuid" doc:"Together with the visitor: two of them may use the same"`
	Nickname   string           `json:"nickname" example:"Brave Otter 42"`
	At         time.Time        `json:"at" doc:"When the photo was taken"`
	Arrived    time.Time        `json:"arrived"`
	Outcome    string           `json:"outcome" enum:"caught,seen,unsure,nothing,stranger,void" doc:"As it was answered"`
	Void       string           `json:"void,omitempty" enum:"copied,closed,outside,too-fast" doc:"Why it did not count"`
	Recognised *api.SpeciesName `json:"recognised,omitempty" doc:"What recognition was certain of"`
	Confidence float64          `json:"confidence"`
	Said       bool             `json:"said" doc:"Whether the visitor says that it shows something else"`
	SaidIs     *api.SpeciesName `json:"saidIs,omitempty" doc:"What they say; missing if none of the zoo's animals"`
	Withdrawn  bool             `json:"withdrawn"`
	Pardoned   bool             `json:"pardoned"`
	Now        string           `json:"now" enum:"caught,seen,unsure,nothing,stranger,void" doc:"What it means now"`
	NowVoid    string           `json:"nowVoid,omitempty" enum:"copied,closed,outside,too-fast,withdrawn"`
	Remarks    []Remark         `json:"remarks" doc:"What was said of it, the oldest first"`
}

// Remark is something said about a capture after it was answered.
type Remark struct {
	Kind   string    `json:"kind" enum:"say,unsay,withdraw,restore,pardon,unpardon"`
	Who    string    `json:"who,omitempty" example:"Sam Keeper" doc:"Who of the staff; missing for the visitor"`
	Reason string    `json:"reason,omitempty" example:"a poster"`
	At     time.Time `json:"at"`
}

// Captures are a page of captures.
type Captures struct {
	Captures []Capture `json:"captures" doc:"Those that arrived last come first"`
	Next     string    `json:"next,omitempty" doc:"Send it as after for the page that follows; missing on the last page"`
}

type capturesQuery struct {
	api.Reader
	Reason   string `query:"reason" enum:"copied,closed,outside,too-fast,corrected,withdrawn,pardoned,unsure" doc:"Only those decided upon like this; unsure: those that nobody has decided upon, of which recognition was not sure"`
	Nickname string `query:"nickname" maxLength:"80" doc:"All captures of the visitors called so, not only those decided upon" example:"Brave Otter 42"`
	After    string `query:"after" maxLength:"200" doc:"The next of the page before"`
	Limit    int    `query:"limit" minimum:"1" maximum:"100" default:"50"`
}

// Verdict is what staff decide about a capture.
type Verdict struct {
	Verdict string `json:"verdict" enum:"withdraw,restore,pardon,unpardon" doc:"withdraw: it does not count. pardon: it counts whatever fair play says, as what the visitor says that it shows if they have said something. restore and unpardon take these back."`
	Reason  string `json:"reason" minLength:"1" maxLength:"200" example:"a poster" doc:"Why; other staff read it"`
}

// Judged is what a verdict changed.
type Judged struct {
	Now    string `json:"now" enum:"caught,seen,unsure,nothing,stranger,void" doc:"What the capture means now"`
	Void   string `json:"void,omitempty" enum:"copied,closed,outside,too-fast,withdrawn"`
	Points int    `json:"points" example:"-25" doc:"By how many the visitor's have changed"`
}

func (d *Desk) captures() {
	huma.Register(d.huma, d.operation(http.MethodGet, "/captures", "staff-captures", "Captures to look at",
		"Captures that fair play, visitors or staff have decided upon, with the reason. With a nickname all captures of those called so.", keepers, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *capturesQuery) (*struct{ Body Captures }, error) {
			l := in.Language()
			after, err := parsePlace(in.After)
			if err != nil {
				return nil, api.Invalid(l, err, &huma.ErrorDetail{Location: "query.after", Message: messages.Say(l, "after.form", nil)})
			}
			found, err := d.API.Store.Decided(ctx, store.Decisions{As: store.DecidedAs(in.Reason), Nickname: in.Nickname, After: after, Limit: in.Limit})
			if err != nil {
				return nil, d.fail(l, err)
			}
			zoo, err := d.API.Store.Zoo(ctx)
			if err != nil {
				return nil, d.fail(l, err)
			}
			page := Captures{Captures: make([]Capture, len(found))}
			for i, c := range found {
				page.Captures[i] = captureOf(l, zoo, c)
			}
			if len(found) == in.Limit {
				last := found[len(found)-1]
				page.Next = place(store.DecidedPlace{Arrived: last.Arrived, Visitor: last.Visitor, Capture: last.ID})
			}
			return &struct{ Body Captures }{page}, nil
		})

	type input struct {
		api.Reader
		Visitor string `path:"visitor" format:"uuid"`
		ID      string `path:"id" format:"uuid"`
		Body    Verdict
	}
	huma.Register(d.huma, d.operation(http.MethodPost, "/captures/{visitor}/{id}/verdict", "staff-judge-capture", "Judge a capture",
		"Withdraws a capture or has it count. Points, badges, trails and standings follow at once.", keepers,
		http.StatusBadRequest, http.StatusNotFound, http.StatusUnprocessableEntity),
		func(ctx context.Context, in *input) (*struct{ Body Judged }, error) {
			l := in.Language()
			visitor, id := game.VisitorID(strings.ToLower(in.Visitor)), game.CaptureID(strings.ToLower(in.ID))
			c, err := d.API.Store.Overrule(ctx, d.author(ctx), visitor, id, game.CorrectionKind(in.Body.Verdict), in.Body.Reason)
			switch {
			case errors.Is(err, game.ErrNotFound), errors.Is(err, game.ErrUnknown):
				return nil, problem(l, noSuchCapture, nil, err)
			case err != nil:
				return nil, d.fail(l, err)
			}
			return &struct{ Body Judged }{Judged{string(c.Ruling.Outcome), string(c.Ruling.Void), c.Gain.Points}}, nil
		})
}

func captureOf(l game.Language, zoo *store.Zoo, c store.Decided) Capture {
	name := func(id game.SpeciesID) *api.SpeciesName {
		s, ok := zoo.ByID(id)
		if !ok {
			return nil
		}
		return &api.SpeciesName{Slug: string(s.Slug), Name: s.Text(l).Name, ScientificName: s.ScientificName}
	}
	capture := Capture{
		Visitor: string(c.Visitor), ID: string(c.ID), Nickname: c.Nickname, At: c.At.UTC(), Arrived: c.Arrived.UTC(),
		Outcome: string(c.Outcome), Void: string(c.Void), Recognised: name(c.Species), Confidence: c.Confidence,
		Said: c.Said != nil, Withdrawn: c.Withdrawn, Pardoned: c.Pardoned, Now: string(c.Now.Outcome), NowVoid: string(c.Now.Void), Remarks: []Remark{},
	}
	if c.Said != nil {
		capture.SaidIs = name(*c.Said)
	}
	for _, r := range c.Remarks {
		capture.Remarks = append(capture.Remarks, Remark{string(r.Kind), r.Staff, r.Reason, r.At.UTC()})
	}
	return capture
}

// place writes a place in a list of captures as it goes into addresses.
func place(p store.DecidedPlace) string {
	text := strings.Join([]string{strconv.FormatInt(p.Arrived.UnixMicro(), 10), string(p.Visitor), string(p.Capture)}, " ")
	return base64.RawURLEncoding.EncodeToString([]byte(text))
}

var errPlace = errors.New("this is not the next of a page")

// parsePlace reads what place wrote; "" is before the first.
func parsePlace(s string) (p store.DecidedPlace, err error) {
	if s == "" {
		return p, nil
	}
	text, err := base64.RawURLEncoding.DecodeString(s)
	parts := strings.Split(string(text), " ")
	if err != nil || len(parts) != 3 {
		return p, errPlace
	}
	arrived, err := strconv.ParseInt(parts[0], 10, 64)
	if err != nil || arrived < 0 || arrived > time.Date(9999, 1, 1, 0, 0, 0, 0, time.UTC).UnixMicro() || uuid.Validate(parts[1]) != nil || uuid.Validate(parts[2]) != nil {
		return p, errPlace
	}
	return store.DecidedPlace{Arrived: time.UnixMicro(arrived), Visitor: game.VisitorID(parts[1]), Capture: game.CaptureID(parts[2])}, nil
}

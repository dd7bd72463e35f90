package store

import (
	"context"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
)

// Decided is a capture as staff see it: what was answered, what was said of it
// since, and what it means now.
type Decided struct {
	Answer
	Nickname string // of the visitor
	Arrived  time.Time
	game.Marks
	Now     game.Ruling
	Remarks []Remark // the oldest first
}

// DecidedAs is why a capture is to be looked at.
type DecidedAs string

// The decisions. The first four are those of fair play.
const (
	AsCopied    = DecidedAs(game.Copied)
	AsClosed    = DecidedAs(game.Closed)
	AsOutside   = DecidedAs(game.Outside)
	AsTooFast   = DecidedAs(game.TooFast)
	AsCorrected = DecidedAs("corrected") // the visitor says that it shows something else
	AsWithdrawn = DecidedAs(game.Withdrawn)
	AsPardoned  = DecidedAs("pardoned")
	AsUnsure    = DecidedAs("unsure") // nobody has decided: recognition was not sure, and the visitor said nothing
)

// DecidedPlace is after a capture in a list of them, the zero one before the first.
type DecidedPlace struct {
	Arrived time.Time
	Visitor game.VisitorID
	Capture game.CaptureID
}

// Decisions says which captures to list.
type Decisions struct {
	As       DecidedAs // "": any decision, and with a nickname all captures
	Nickname string    // of visitors called so; "": of all
	After    DecidedPlace
	Limit    int
}

var decidedAs = map[DecidedAs]string{
	AsCorrected: "c.said", AsUnsure: "c.outcome = 'unsure' AND NOT c.said", AsWithdrawn: "c.withdrawn", AsPardoned: "c.pardoned",
	AsCopied: fairPlaySaid(game.Copied), AsClosed: fairPlaySaid(game.Closed), AsOutside: fairPlaySaid(game.Outside), AsTooFast: fairPlaySaid(game.TooFast),
}

func fairPlaySaid(reason game.VoidReason) string {
	return "c.outcome = 'void' AND c.recognised->>'void' = '" + string(reason) + "'"
}

// decisionsSQL is the statement for a list. The condition of an index is in it
// word for word.
func decisionsSQL(d Decisions) string {
	as, ok := decidedAs[d.As]
	if !ok {
		as = "(c.outcome = 'void' OR c.said OR c.withdrawn OR c.pardoned)"
	}
	where := "WHERE " + as
	if d.Nickname != "" {
		where = "WHERE c.visitor_id IN (SELECT id FROM visitors WHERE nickname = @nickname)"
		if ok {
			where += " AND " + as
		}
	}
	if d.After.Capture != "" {
		where += " AND (c.created_at, c.visitor_id, c.id) < (@arrived, CAST(@visitor AS uuid), CAST(@capture AS uuid))"
	}
	return "SELECT c.*, v.nickname FROM captures c JOIN visitors v ON v.id = c.visitor_id " + where +
		" ORDER BY c.created_at DESC, c.visitor_id DESC, c.id DESC LIMIT @limit"
}

// Decided lists captures, those that arrived last first.
func (s *Store) Decided(ctx context.Context, d Decisions) ([]Decided, error) {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return nil, err
	}
	referee, err := zoo.referee()
	if err != nil {
		return nil, err
	}
	tx := s.read(ctx)
	var rows []struct {
		Row      captureRow `gorm:"embedded"`
		Nickname string
	}
	err = tx.Raw(decisionsSQL(d), map[string]any{"nickname": d.Nickname, "limit": d.Limit,
		"arrived": d.After.Arrived.UTC(), "visitor": string(d.After.Visitor), "capture": string(d.After.Capture)}).Scan(&rows).Error
	if err != nil {
		return nil, fmt.Errorf("list decisions: %w", err)
	}
	states := map[game.VisitorID]game.State{}
	var visitors []game.VisitorID
	for _, r := range rows {
		v := game.VisitorID(r.Row.VisitorID)
		if _, ok := states[v]; !ok {
			states[v], visitors = game.State{}, append(visitors, v)
		}
	}
	histories, err := historiesOf(tx, visitors)
	if err != nil {
		return nil, err
	}
	for v, history := range histories {
		states[v] = referee.Replay(history)
	}
	remarks, err := remarksOf(tx, visitors)
	if err != nil {
		return nil, err
	}
	list := make([]Decided, len(rows))
	for i, r := range rows {
		v, id := game.VisitorID(r.Row.VisitorID), game.CaptureID(r.Row.ID)
		d := Decided{Nickname: r.Nickname, Arrived: r.Row.CreatedAt, Marks: r.Row.marks()}
		if d.Answer, err = r.Row.answer(); err != nil {
			return nil, err
		}
		d.Question = nil // see Questions
		d.Now, _ = states[v].Ruling(id)
		for _, remark := range remarks[v] {
			if remark.Capture == id {
				d.Remarks = append(d.Remarks, remark)
			}
		}
		list[i] = d
	}
	return list, nil
}

// marks gives what was said of a capture, but for the answer to its question.
func (r captureRow) marks() game.Marks {
	m := game.Marks{Copied: r.Copied, Outside: r.Outside, Withdrawn: r.Withdrawn, Pardoned: r.Pardoned}
	if r.Said {
		said := game.SpeciesID("")
		if r.SaidID != nil {
			said = game.SpeciesID(*r.SaidID)
		}
		m.Said = &said
	}
	return m
}

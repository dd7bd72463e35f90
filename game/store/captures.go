package store

import (
	"context"
	"encoding/json"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

// Answer is what a capture was answered, and is answered again to a retry.
type Answer struct {
	game.Capture
	Void     game.VoidReason // with outcome Void
	Gain     game.Gain
	Question *game.Question // after a catch, if there is one to ask
}

type captureRow struct {
	VisitorID  string `gorm:"primaryKey"`
	ID         string `gorm:"primaryKey"`
	At         time.Time
	CreatedAt  time.Time
	PhotoSum   []byte
	PhotoSig   int64
	PhotoFlip  int64
	Outcome    string
	SpeciesID  *string
	Recognised string `gorm:"type:jsonb"`
	Model      string
	Progress   string `gorm:"type:jsonb"`
	Copied     bool
	Outside    bool
	Said       bool
	SaidID     *string
	Withdrawn  bool
	Pardoned   bool
}

func (captureRow) TableName() string { return "captures" }

// answered is what the recognised column holds: what an answer needs beyond
// the columns, so that a retry is answered the same years later.
type answered struct {
	Confidence float64          `json:"confidence"`
	Candidates []game.Candidate `json:"candidates,omitempty"`
	Group      string           `json:"group,omitempty"`
	Stranger   string           `json:"stranger,omitempty"`
	Box        *game.Box        `json:"box,omitempty"`
	Why        game.Reason      `json:"why"`
	Verdict    game.Verdict     `json:"verdict"`
	Earned     int              `json:"earned,omitempty"`
	Void       game.VoidReason  `json:"void,omitempty"`
	Gain       game.Gain        `json:"gain"`
	Asked      bool             `json:"asked,omitempty"` // a question, which has a table of its own
}

// Replay finds a capture that was recorded before; the second result tells
// whether there is one. The same id with another photo is
// game.ErrConflict.
func (s *Store) Replay(ctx context.Context, visitor game.VisitorID, id game.CaptureID, photo [32]byte) (Answer, bool, error) {
	return replay(s.read(ctx), visitor, id, photo)
}

func replay(tx *gorm.DB, visitor game.VisitorID, id game.CaptureID, photo [32]byte) (Answer, bool, error) {
	var rows []captureRow
	if err := tx.Where("visitor_id = ? AND id = ?", string(visitor), string(id)).Limit(1).Find(&rows).Error; err != nil {
		return Answer{}, false, fmt.Errorf("look for an earlier capture: %w", err)
	}
	if len(rows) == 0 {
		return Answer{}, false, nil
	}
	a, err := rows[0].answer()
	if err != nil {
		return Answer{}, false, err
	}
	if a.PhotoSum != photo {
		return Answer{}, false, game.ErrConflict
	}
	if a.Question != nil {
		a.Question, err = questionOf(tx, visitor, id)
	}
	return a, true, err
}

// Record judges a recognised photo for its visitor, keeps it with what it
// earned, and gives the answer and whether the capture is new. A capture whose
// id was recorded before with the same photo is answered as it was then; with
// another photo it is game.ErrConflict. An erased visitor is game.ErrUnknown.
func (s *Store) Record(ctx context.Context, zoo *Zoo, c game.Capture) (a Answer, fresh bool, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := lock(tx, c.Visitor); err != nil {
			return err
		}
		past, err := pastOf(tx, c.Visitor, c.ID)
		if err != nil {
			return err
		}
		if past.Recorded {
			a, _, err = replay(tx, c.Visitor, c.ID, c.PhotoSum)
			return err
		}
		zoo := zoo
		if !zoo.as.covers(revision{past.Species, past.Rules}) { // changed while the photo was recognised
			if zoo, err = s.zooIn(tx); err != nil {
				return err
			}
		}
		referee, err := zoo.referee()
		if err != nil {
			return err
		}
		taken := game.Taken{ID: c.ID, At: c.At, Verdict: c.Verdict, Species: c.Species, Marks: game.Marks{Outside: c.Outside}}
		if taken.Copied, err = copied(tx, referee, c); err != nil {
			return err
		}
		j, err := past.judge(tx, referee, c.Visitor, taken)
		if err != nil {
			return err
		}
		ruling, _ := j.after.Ruling(c.ID)
		a = Answer{Capture: c, Void: ruling.Void, Gain: game.Compare(j.before, j.after)}
		a.Outcome, a.Earned, a.Progress = ruling.Outcome, a.Gain.Points, j.after.Progress(zoo.Species)
		a.Question = questionFor(zoo, c.Visitor, ruling, j.after)
		if a, err = s.insert(tx, referee, a, taken.Copied, j); err != nil {
			return err
		}
		fresh = true
		return s.moved(tx, referee, c.Visitor, past.Groups, j.lines)
	})
	if err != nil {
		return Answer{}, false, fmt.Errorf("record a capture: %w", err)
	}
	return a, fresh, nil
}

// insert keeps a capture with its print, its question, the lines of the ledger
// and the tally, and gives its answer as it will be read again. It is one
// statement, since each costs more in coming and going than in what it does.
func (s *Store) insert(tx *gorm.DB, referee *game.Referee, a Answer, copied bool, j judged) (Answer, error) {
	now := s.now().UTC()
	recognised, err := json.Marshal(answered{
		a.Confidence, a.Candidates, a.Group, a.Stranger, a.Box, a.Why, a.Verdict, a.Earned, a.Void, a.Gain,
		a.Question != nil,
	})
	if err != nil {
		return Answer{}, err
	}
	progress, err := json.Marshal(a.Progress)
	if err != nil {
		return Answer{}, err
	}
	row := captureRow{
		VisitorID: string(a.Visitor), ID: string(a.ID), At: a.At.UTC().Truncate(time.Microsecond), CreatedAt: now,
		PhotoSum: a.PhotoSum[:], PhotoSig: int64(a.PhotoSig), PhotoFlip: int64(a.PhotoFlip), Outcome: string(a.Outcome),
		SpeciesID: nullable(a.Species), Recognised: string(recognised), Model: a.Model, Progress: string(progress), Copied: copied, Outside: a.Outside,
	}
	bands := integers{}
	if row.SpeciesID != nil && !copied { // only originals can be copied
		for _, band := range game.Bands(a.PhotoSig) {
			bands = append(bands, band)
		}
	}
	visits := 0
	if j.arrived {
		visits = 1
	}
	question, err := json.Marshal(a.Question) // null if there is none
	if err != nil {
		return Answer{}, err
	}
	ledger, err := json.Marshal(linesJSON(j.lines))
	if err != nil {
		return Answer{}, err
	}
	tally, err := json.Marshal(j.tally)
	if err != nil {
		return Answer{}, err
	}
	err = tx.Exec(`
		WITH capture AS (
			INSERT INTO captures (visitor_id, id, at, created_at, photo_sum, photo_sig, photo_flip, outcome, species_id, recognised, model, head, progress, copied, outside, counted)
			VALUES (@visitor, @id, @at, @now, @sum, @sig, @flip, @outcome, @species, @recognised, @model, CAST(NULLIF(@head, 0) AS bigint), @progress, @copied, @outside, true)
		), visit AS (
			INSERT INTO visit_moves (zone, day, hour, captures, visits)
			SELECT @zone, at, extract(hour FROM at), 1, CAST(@visits AS int) FROM (SELECT CAST(@at AS timestamptz) AT TIME ZONE CAST(@zone AS text) AS at) local
		), print AS (
			INSERT INTO prints (visitor_id, capture_id, band, species_id, at, sig)
			SELECT CAST(@visitor AS uuid), CAST(@id AS uuid), band, CAST(@species AS uuid), CAST(@at AS timestamptz), CAST(@sig AS bigint) FROM unnest(CAST(@bands AS integer[])) band
		), question AS (
			INSERT INTO questions (visitor_id, capture_id, question, asked_at)
			SELECT CAST(@visitor AS uuid), CAST(@id AS uuid), CAST(@question AS jsonb), CAST(@now AS timestamptz) WHERE CAST(@question AS jsonb) <> 'null'
		), tally AS (
			`+keepTally+`
		)
		INSERT INTO ledger (visitor_id, capture_id, reason, key, points, at, created_at)
		SELECT CAST(@visitor AS uuid), capture, reason, key, points, at, CAST(@now AS timestamptz)
		FROM jsonb_to_recordset(CAST(@lines AS jsonb)) AS l (capture uuid, reason text, key text, points integer, at timestamptz)`,
		map[string]any{
			"visitor": row.VisitorID, "id": row.ID, "at": row.At, "now": now, "sum": row.PhotoSum, "sig": row.PhotoSig, "flip": row.PhotoFlip,
			"outcome": row.Outcome, "species": row.SpeciesID, "recognised": row.Recognised, "model": row.Model, "head": a.Head, "progress": row.Progress,
			"copied": copied, "outside": row.Outside, "bands": bands, "question": string(question), "lines": string(ledger),
			"zone": referee.Zone().String(), "visits": visits, "basis": referee.Basis(), "visitors": words{row.VisitorID}, "tallies": words{string(tally)},
		}).Error
	if err != nil {
		return Answer{}, err
	}
	kept, err := row.answer()
	kept.Question = a.Question
	return kept, err
}

func nullable[S ~string](s S) *string {
	if s == "" {
		return nil
	}
	text := string(s)
	return &text
}

func (r captureRow) answer() (Answer, error) {
	var kept answered
	if err := json.Unmarshal([]byte(r.Recognised), &kept); err != nil {
		return Answer{}, fmt.Errorf("read a capture: %w", err)
	}
	a := Answer{Void: kept.Void, Gain: kept.Gain, Capture: game.Capture{
		ID: game.CaptureID(r.ID), Visitor: game.VisitorID(r.VisitorID), At: r.At,
		PhotoSum: [32]byte(r.PhotoSum), PhotoSig: uint64(r.PhotoSig), PhotoFlip: uint64(r.PhotoFlip), Outside: r.Outside,
		Outcome: game.Outcome(r.Outcome), Earned: kept.Earned,
		Recognised: game.Recognised{
			Verdict: kept.Verdict, Confidence: kept.Confidence, Candidates: kept.Candidates, Group: kept.Group,
			Stranger: kept.Stranger, Box: kept.Box, Why: kept.Why, Model: r.Model,
		},
	}}
	if kept.Asked {
		a.Question = &game.Question{} // to be read
	}
	if r.SpeciesID != nil {
		a.Species = game.SpeciesID(*r.SpeciesID)
	}
	if err := json.Unmarshal([]byte(r.Progress), &a.Progress); err != nil {
		return Answer{}, fmt.Errorf("read a capture's progress: %w", err)
	}
	return a, nil
}

// Captures gives the answers to all captures of a visitor, the oldest first,
// without their questions.
func (s *Store) Captures(ctx context.Context, visitor game.VisitorID) ([]Answer, error) {
	var rows []captureRow
	if err := s.read(ctx).Where("visitor_id = ?", string(visitor)).Order("at, id").Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the captures of a visitor: %w", err)
	}
	answers := make([]Answer, len(rows))
	for i, r := range rows {
		a, err := r.answer()
		if err != nil {
			return nil, err
		}
		a.Question = nil // see Questions
		answers[i] = a
	}
	return answers, nil
}

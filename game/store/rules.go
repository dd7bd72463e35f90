package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"reflect"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Setup is what staff may tune of the game: the rules, and the time zone in
// which the zoo's days begin.
type Setup struct {
	Rules game.Rules
	Zone  string // IANA name
}

// RulesEdit is a change of the rules.
type RulesEdit struct {
	Revision int64
	At       time.Time
	Who      string // "" for nobody: the game began so
	Part     string // that was changed, as [RulesChange] names it
	Before   Setup
	After    Setup
}

// RulesChange is a change of a part of the rules that somebody wants. Parts are
// named by who changes them, "trail/big-cats", so that the history of each can
// be found.
type RulesChange struct {
	Part   string
	Action string // for the audit log
	// Change makes it of the setup as it is, or says why not.
	Change func(*Setup) error
}

// RulesError lists what is wrong with rules.
type RulesError []game.Problem

func (e RulesError) Error() string { return fmt.Sprintf("the rules are not right: %s", e[0]) }

// rulesRow is a revision: the latest holds.
type rulesRow struct {
	Revision  int64 `gorm:"primaryKey;autoIncrement:false"`
	Zone      string
	Rules     string `gorm:"type:jsonb"`
	Who       string
	Part      string
	CreatedAt time.Time
}

func (rulesRow) TableName() string { return "rules" }

func (r rulesRow) setup() (s Setup, err error) {
	if err := json.Unmarshal([]byte(r.Rules), &s.Rules); err != nil {
		return s, fmt.Errorf("read revision %d of the rules: %w", r.Revision, err)
	}
	s.Zone = r.Zone
	return s, nil
}

func newRules(s Setup, zoo []game.Species, now time.Time) (rulesRow, error) {
	if problems := append(s.Rules.Check(zoo), game.CheckZone(s.Zone)...); problems != nil {
		return rulesRow{}, RulesError(problems)
	}
	text, err := json.Marshal(s.Rules)
	if err != nil {
		return rulesRow{}, fmt.Errorf("write the rules: %w", err)
	}
	return rulesRow{Zone: s.Zone, Rules: string(text), CreatedAt: now.UTC()}, nil
}

// FoundRules gives a new game its first rules, and its zone; one that has rules
// keeps them.
func (s *Store) FoundRules(ctx context.Context, rules game.Rules, zone *time.Location) error {
	row, err := newRules(Setup{rules, zone.String()}, nil, s.now())
	if err != nil {
		return err
	}
	row.Revision = 1
	if err := s.read(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("give the game its first rules: %w", err)
	}
	return nil
}

// EditRules changes a part of the rules from now on and for everything that was
// captured so far. What visitors and groups have follows with the visitor's next
// capture, or by [Store.Recompute]. Edits take turns. It fails with what the
// change fails with, and with a [RulesError]; what changes nothing makes no
// revision.
func (s *Store) EditRules(ctx context.Context, by Author, change RulesChange) (after Setup, err error) {
	err = s.write(ctx, func(tx *gorm.DB) error {
		// Species too: trails name them.
		if err := tx.Exec("SELECT revision FROM species_revision FOR SHARE").Error; err != nil {
			return err
		}
		if err := tx.Exec("LOCK TABLE rules IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
			return err
		}
		var now rulesRow
		if err := tx.Order("revision DESC").Take(&now).Error; err != nil {
			return err
		}
		zoo, err := s.zooIn(tx)
		if err != nil {
			return err
		}
		before, err := now.setup()
		if err != nil {
			return err
		}
		if after, err = now.setup(); err != nil { // of its own, to change
			return err
		}
		if err := change.Change(&after); err != nil {
			return err
		}
		row, err := newRules(after, zoo.Species, s.now())
		if err != nil {
			return err
		}
		if reflect.DeepEqual(before, after) {
			return nil
		}
		row.Revision, row.Who, row.Part = now.Revision+1, by.Name, change.Part
		if err := tx.Create(&row).Error; err != nil {
			return err
		}
		return by.note(tx, change.Action, change.Part, map[string]any{"revision": row.Revision})
	})
	if err != nil {
		return Setup{}, fmt.Errorf("change the rules: %w", err)
	}
	return after, nil
}

// RulesEdits gives the changes of a part of the rules that were made before a
// revision, the latest first, at most so many; before 0 is from the latest on.
func (s *Store) RulesEdits(ctx context.Context, part string, before int64, most int) ([]RulesEdit, error) {
	query := s.read(ctx).Where("part = ?", part).Order("revision DESC").Limit(most)
	if before > 0 {
		query = query.Where("revision < ?", before)
	}
	var rows []rulesRow
	if err := query.Find(&rows).Error; err != nil {
		return nil, fmt.Errorf("read the history of the rules: %w", err)
	}
	edits := make([]RulesEdit, len(rows))
	for i, row := range rows {
		var former rulesRow
		if err := s.read(ctx).Take(&former, "revision = ?", row.Revision-1).Error; err != nil {
			return nil, fmt.Errorf("read the history of the rules: %w", err)
		}
		edits[i] = RulesEdit{Revision: row.Revision, At: row.CreatedAt, Who: row.Who, Part: row.Part}
		var err error
		if edits[i].Before, err = former.setup(); err != nil {
			return nil, err
		}
		if edits[i].After, err = row.setup(); err != nil {
			return nil, err
		}
	}
	return edits, nil
}

// RulesParts names the parts of the rules that were edited and whose names begin
// so, the one that was edited last first.
func (s *Store) RulesParts(ctx context.Context, prefix string) (parts []string, err error) {
	err = s.read(ctx).Raw("SELECT part FROM rules WHERE starts_with(part, ?) GROUP BY part ORDER BY max(revision) DESC", prefix).Scan(&parts).Error
	if err != nil {
		return nil, fmt.Errorf("read which rules were edited: %w", err)
	}
	return parts, nil
}

// Setup gives the setup as it is since a revision; revision 0 is the latest. It
// fails with game.ErrNotFound.
func (s *Store) Setup(ctx context.Context, revision int64) (RulesEdit, error) {
	query := s.read(ctx).Order("revision DESC")
	if revision > 0 {
		query = query.Where("revision = ?", revision)
	}
	var row rulesRow
	switch err := query.Take(&row).Error; {
	case errors.Is(err, gorm.ErrRecordNotFound):
		return RulesEdit{}, fmt.Errorf("find revision %d of the rules: %w", revision, game.ErrNotFound)
	case err != nil:
		return RulesEdit{}, fmt.Errorf("read the rules: %w", err)
	}
	setup, err := row.setup()
	return RulesEdit{Revision: row.Revision, At: row.CreatedAt, Who: row.Who, Part: row.Part, After: setup}, err
}

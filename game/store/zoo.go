package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
	"gorm.io/gorm/clause"
)

// Zoo is every species of the zoo, and the rules of its game, as they stood at
// one moment. It is shared and never changed.
type Zoo struct {
	Species []game.Species // by number
	Referee *game.Referee  // nil until the game has rules
	byID    map[game.SpeciesID]int
	bySlug  map[game.Slug]int
	as      revision
}

// revision tells one state of the zoo from another.
type revision struct {
	Species int64 `json:"species"`
	Rules   int64 `json:"rules"`
}

func (r revision) covers(o revision) bool { return r.Species >= o.Species && r.Rules >= o.Rules }

// ByID finds a species, on display or not.
func (z *Zoo) ByID(id game.SpeciesID) (game.Species, bool) {
	i, ok := z.byID[id]
	if !ok {
		return game.Species{}, false
	}
	return z.Species[i], true
}

// BySlug finds a species, on display or not.
func (z *Zoo) BySlug(slug game.Slug) (game.Species, bool) {
	i, ok := z.bySlug[slug]
	if !ok {
		return game.Species{}, false
	}
	return z.Species[i], true
}

// Zoo gives the species and rules as they are now. They are read anew only
// when somebody, in this process or another, has changed them.
func (s *Store) Zoo(ctx context.Context) (*Zoo, error) { return s.zooIn(s.read(ctx)) }

const readRevision = `(SELECT revision FROM species_revision) AS species, (SELECT coalesce(max(revision), 0) FROM rules) AS rules`

func (s *Store) zooIn(tx *gorm.DB) (*Zoo, error) {
	var now revision
	if err := tx.Raw("SELECT " + readRevision).Scan(&now).Error; err != nil {
		return nil, fmt.Errorf("read the zoo's revision: %w", err)
	}
	s.mu.Lock()
	zoo := s.zoo
	s.mu.Unlock()
	if zoo != nil && zoo.as.covers(now) {
		return zoo, nil
	}
	// Not under the lock: others may hold all connections and wait for it.
	zoo, err := readZoo(tx)
	if err != nil {
		return nil, err
	}
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.zoo == nil || !s.zoo.as.covers(zoo.as) {
		s.zoo = zoo
	}
	return s.zoo, nil
}

// referee gives the zoo's referee inside a transaction.
func (s *Store) referee(tx *gorm.DB) (*game.Referee, error) {
	zoo, err := s.zooIn(tx)
	if err != nil {
		return nil, err
	}
	return zoo.referee()
}

var errNoRules = errors.New("the game has no rules yet")

func (z *Zoo) referee() (*game.Referee, error) {
	if z.Referee == nil {
		return nil, errNoRules
	}
	return z.Referee, nil
}

// readZoo reads everything in one statement, which sees one moment: a species
// that comes or goes meanwhile is in all of it or in none.
func readZoo(tx *gorm.DB) (*Zoo, error) {
	var text string
	err := tx.Raw(`
		SELECT json_build_object(
			'as', (SELECT row_to_json(r) FROM (SELECT ` + readRevision + `) r),
			'species', (SELECT coalesce(json_agg(s ORDER BY number), '[]') FROM species s),
			'texts', (SELECT coalesce(json_agg(t), '[]') FROM species_texts t),
			'displays', (SELECT coalesce(json_agg(d ORDER BY from_at NULLS FIRST), '[]') FROM displays d),
			'rules', (SELECT row_to_json(r) FROM rules r ORDER BY revision DESC LIMIT 1))::text`).Scan(&text).Error
	if err != nil {
		return nil, fmt.Errorf("read the zoo: %w", err)
	}
	var found struct {
		As       revision
		Species  []speciesRow
		Texts    []textRow
		Displays []struct {
			SpeciesID game.SpeciesID `json:"species_id"`
			From      time.Time      `json:"from_at"`
			Until     time.Time      `json:"until_at"`
		}
		Rules *struct {
			Zone  string
			Rules game.Rules
		}
	}
	if err := json.Unmarshal([]byte(text), &found); err != nil {
		return nil, fmt.Errorf("read the zoo: %w", err)
	}
	zoo := &Zoo{byID: map[game.SpeciesID]int{}, bySlug: map[game.Slug]int{}, as: found.As}
	for i, r := range found.Species {
		zoo.byID[game.SpeciesID(r.ID)] = i
		zoo.bySlug[game.Slug(r.Slug)] = i
		zoo.Species = append(zoo.Species, r.species())
	}
	for _, t := range found.Texts {
		zoo.Species[zoo.byID[game.SpeciesID(t.SpeciesID)]].Texts[game.Language(t.Language)] = game.Text{
			Name: t.Name, Habitat: t.Habitat, Diet: t.Diet, Sleep: t.Sleep, Surprise: t.Surprise}
	}
	if found.Rules == nil {
		return zoo, nil
	}
	displays := map[game.SpeciesID][]game.Span{}
	for _, d := range found.Displays {
		displays[d.SpeciesID] = append(displays[d.SpeciesID], game.Span{From: d.From, Until: d.Until})
	}
	zone, err := time.LoadLocation(found.Rules.Zone)
	if err != nil {
		return nil, fmt.Errorf("read the zoo's zone: %w", err)
	}
	if zoo.Referee, err = game.NewReferee(found.Rules.Rules, zoo.Species, displays, zone); err != nil {
		return nil, fmt.Errorf("read the zoo: %w", err)
	}
	return zoo, nil
}

type rulesRow struct {
	Revision  int64 `gorm:"primaryKey;autoIncrement:false"`
	Zone      string
	Rules     string `gorm:"type:jsonb"`
	CreatedAt time.Time
}

func (rulesRow) TableName() string { return "rules" }

// FoundRules gives a new game its first rules, and its zone; one that has rules
// keeps them.
func (s *Store) FoundRules(ctx context.Context, rules game.Rules, zone *time.Location) error {
	row, err := newRules(rules, zone, nil, s.now())
	if err != nil {
		return err
	}
	row.Revision = 1
	if err := s.read(ctx).Clauses(clause.OnConflict{DoNothing: true}).Create(&row).Error; err != nil {
		return fmt.Errorf("give the game its first rules: %w", err)
	}
	return nil
}

// Tune changes the rules, or the zone, from now on and for everything that was
// captured so far. What visitors and groups have follows with the visitor's next
// capture, or by [Store.Recompute]. It fails with what [game.Rules.Check] finds.
func (s *Store) Tune(ctx context.Context, rules game.Rules, zone *time.Location) error {
	zoo, err := s.Zoo(ctx)
	if err != nil {
		return err
	}
	row, err := newRules(rules, zone, zoo.Species, s.now())
	if err != nil {
		return err
	}
	err = s.write(ctx, func(tx *gorm.DB) error {
		if err := tx.Exec("LOCK TABLE rules IN SHARE ROW EXCLUSIVE MODE").Error; err != nil {
			return err
		}
		if err := tx.Raw("SELECT coalesce(max(revision), 0) + 1 FROM rules").Scan(&row.Revision).Error; err != nil {
			return err
		}
		return tx.Create(&row).Error
	})
	if err == nil && zoo.Referee != nil && zoo.Referee.Zone().String() != zone.String() {
		err = s.write(ctx, func(tx *gorm.DB) error { // which day a catch was on
			if err := tx.Exec("SELECT pg_advisory_xact_lock(?)", foldLock).Error; err != nil {
				return err
			}
			return s.recountCatches(tx)
		})
	}
	if err != nil {
		return fmt.Errorf("change the rules: %w", err)
	}
	return nil
}

// RulesError lists what is wrong with rules.
type RulesError []game.Problem

func (e RulesError) Error() string { return fmt.Sprintf("the rules are not right: %s", e[0]) }

func newRules(rules game.Rules, zone *time.Location, zoo []game.Species, now time.Time) (rulesRow, error) {
	if problems := rules.Check(zoo); problems != nil {
		return rulesRow{}, RulesError(problems)
	}
	if _, err := time.LoadLocation(zone.String()); err != nil || zone == time.Local {
		return rulesRow{}, fmt.Errorf("%s is not a time zone that every replica knows", zone)
	}
	text, err := json.Marshal(rules)
	if err != nil {
		return rulesRow{}, fmt.Errorf("write the rules: %w", err)
	}
	return rulesRow{Zone: zone.String(), Rules: string(text), CreatedAt: now.UTC()}, nil
}

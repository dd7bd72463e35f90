package store

import (
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
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

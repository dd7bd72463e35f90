package store

import (
	"sync"
	"time"

	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/rules"
	"gorm.io/gorm"
)

var starterRules = sync.OnceValues(func() (*game.Referee, error) {
	r, err := rules.Load()
	if err != nil {
		return nil, err
	}
	zone, err := time.LoadLocation("Europe/Berlin")
	if err != nil {
		return nil, err
	}
	return game.NewReferee(r, nil, nil, zone)
})

// boardRules gives the calendar and the points by which boards are kept.
func (s *Store) boardRules(*gorm.DB) (*game.Referee, error) { return starterRules() }

package store

import (
	"fmt"
	"time"

	"github.com/zoodex/zoodex/game"
	"gorm.io/gorm"
)

const copiesSQL = `
	SELECT visitor_id, at, species_id, sig FROM prints
	WHERE species_id = ANY(?::uuid[]) AND band = ANY(?::integer[]) AND at >= ?
	  AND (bit_count((sig # ?)::bit(64)) <= ? OR bit_count((sig # ?)::bit(64)) <= ?)
	  AND NOT (visitor_id = ? AND at >= ? AND at < ?)
	LIMIT 8`

// copied tells whether a photo copies one that was recognised before, in the
// same season: as the animal that this one shows, or as one that the visitor
// may say it shows.
func copied(tx *gorm.DB, referee *game.Referee, c game.Capture) (bool, error) {
	fair := referee.Rules().FairPlay
	var animals []game.SpeciesID
	if c.Species != "" {
		animals = append(animals, c.Species)
	}
	for _, candidate := range c.Candidates {
		if candidate.Species != c.Species && fair.MaySay(c, candidate.Species) == nil {
			animals = append(animals, candidate.Species)
		}
	}
	if len(animals) == 0 {
		return false, nil
	}
	mine := game.Print{Upright: c.PhotoSig, Mirrored: c.PhotoFlip}
	keys := game.Bands(mine.Upright)
	bands := integers(keys[:])
	if mine.Mirrored == 0 {
		mine.Mirrored = mine.Upright
	} else {
		keys := game.Bands(mine.Mirrored)
		bands = append(bands, keys[:]...)
	}
	zone := referee.Zone()
	today := game.DateOf(c.At, zone)
	own := game.Days(today, today, zone)
	since := c.At.AddDate(-1, 0, 0)
	if season, err := referee.Rules().Calendar.On(today); err == nil {
		since = season.From.Start(zone)
	}
	var found []struct {
		VisitorID string
		At        time.Time
		SpeciesID string
		Sig       int64
	}
	err := tx.Raw(copiesSQL, idsOf(animals), bands, since.UTC(),
		int64(mine.Upright), fair.Copies, int64(mine.Mirrored), fair.Copies,
		string(c.Visitor), own.From, own.Until).Scan(&found).Error
	if err != nil {
		return false, fmt.Errorf("look for copies: %w", err)
	}
	shot := game.Shot{Visitor: c.Visitor, At: c.At, Species: c.Species, Print: mine}
	for _, f := range found {
		sig := uint64(f.Sig)
		earlier := game.Shot{Visitor: game.VisitorID(f.VisitorID), At: f.At, Species: game.SpeciesID(f.SpeciesID),
			Print: game.Print{Upright: sig, Mirrored: sig}}
		if fair.Copy(shot, earlier, zone) {
			return true, nil
		}
	}
	return false, nil
}

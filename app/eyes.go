package app

import (
	"context"
	"fmt"
	"sync"

	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/engine"
	"github.com/zoodex/zoodex/vision/photo"
)

// Eyes are where the zoo's species meet the network's labels: they tell
// recognition who lives here, and its answer in the game's words.
type Eyes struct {
	recognizer *vision.Recognizer
	metrics    *api.Metrics

	heads sync.Map // versions of heads by their ids

	mu     sync.Mutex
	zoo    *store.Zoo // whom the roster was made of
	roster *vision.Roster
}

var _ api.Eyes = (*Eyes)(nil)

// NewEyes loads the network. What it costs in memory is paid here, once.
func NewEyes(o engine.Options, photoBytes int64, m *api.Metrics) (*Eyes, error) {
	r, err := vision.New(vision.Options{Engine: o, Photo: photo.Limits{Bytes: photoBytes}})
	if err != nil {
		return nil, fmt.Errorf("load the network: %w", err)
	}
	return &Eyes{recognizer: r, metrics: m}, nil
}

// Use makes recognition know what a head was taught; nil leaves it with what
// the network knows.
func (e *Eyes) Use(version int64, head *vision.Head) {
	if head != nil {
		e.heads.Store(head.ID(), version)
	}
	e.recognizer.Use(head)
}

// Recognise names the animal in a photo.
func (e *Eyes) Recognise(ctx context.Context, zoo *store.Zoo, data []byte) (api.Seen, error) {
	return e.recognise(ctx, e.recognizer, zoo, data)
}

// Try names the animal in a photo as it would with another head.
func (e *Eyes) Try(ctx context.Context, zoo *store.Zoo, head *vision.Head, data []byte) (api.Seen, error) {
	return e.recognise(ctx, e.recognizer.With(head), zoo, data)
}

func (e *Eyes) recognise(ctx context.Context, recognizer *vision.Recognizer, zoo *store.Zoo, data []byte) (api.Seen, error) {
	roster, err := e.rosterOf(zoo)
	if err != nil {
		return api.Seen{}, err
	}
	s, err := recognizer.Identify(ctx, data, roster)
	if err != nil {
		return api.Seen{}, err
	}
	e.metrics.Stage("decode", s.Stages.Decode)
	e.metrics.Stage("prepare", s.Stages.Prepare)
	e.metrics.Stage("network", s.Stages.Network)

	seen := api.Seen{Print: game.Print{Upright: s.Hash, Mirrored: s.Mirrored}, Recognised: game.Recognised{
		Verdict: game.Verdict(s.Decision), Confidence: s.Confidence, Group: s.Group,
		Why: game.Reason{Code: string(s.Why.Code), Values: s.Why.Values}, Model: s.Model,
		Box: &game.Box{X: s.Box.Min.X, Y: s.Box.Min.Y, Width: s.Box.Dx(), Height: s.Box.Dy()},
	}}
	if version, ok := e.heads.Load(s.Head); ok {
		seen.Head = version.(int64)
	}
	if resident, ok := zoo.BySlug(game.Slug(s.Key)); ok {
		seen.Species = resident.ID
	}
	for _, g := range s.Residents {
		if resident, ok := zoo.BySlug(game.Slug(g.Key)); ok {
			seen.Candidates = append(seen.Candidates, game.Candidate{Species: resident.ID, Confidence: g.Probability})
		}
	}
	if s.Stranger != nil {
		seen.Stranger = s.Stranger.WordNetID
	}
	return seen, nil
}

// rosterOf tells recognition who is on display. A zoo changes rarely, so the
// roster of the last one is kept.
func (e *Eyes) rosterOf(zoo *store.Zoo) (*vision.Roster, error) {
	e.mu.Lock()
	defer e.mu.Unlock()
	if e.zoo == zoo {
		return e.roster, nil
	}
	roster, err := vision.NewRoster(residents(zoo.Species))
	if err != nil {
		return nil, fmt.Errorf("tell recognition who lives here: %w", err)
	}
	e.zoo, e.roster = zoo, roster
	return roster, nil
}

func residents(species []game.Species) []vision.Resident {
	var rs []vision.Resident
	for _, s := range species {
		if s.OnDisplay {
			rs = append(rs, vision.Resident{Key: string(s.Slug), Labels: s.Keys})
		}
	}
	return rs
}

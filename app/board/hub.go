package board

import (
	"context"
	"crypto/sha256"
	"encoding/base64"
	"encoding/json"
	"errors"
	"fmt"
	"log/slog"
	"slices"
	"sync"
	"time"

	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/game"
	"github.com/zoodex/zoodex/game/store"
)

// Rows is how many rows a live event has.
const Rows = 20

const (
	foldEvery  = 150 * time.Millisecond
	eventEvery = 300 * time.Millisecond // at most, on one board
	checkEvery = time.Second            // whether a day, week or season has ended
	blindEvery = 2 * time.Second        // while notifications cannot be received
)

// ErrFull is the answer to more listeners than one process takes.
var ErrFull = errors.New("too many listeners")

// Boards is what a hub needs of the store.
type Boards interface {
	Reads
	Version(ctx context.Context, of store.Who, b game.Board) (int64, error)
	TryFold(context.Context) error
}

// Event is the state of a board, or of the zoo. Whoever has the latest needs
// none of those before it.
type Event struct {
	ID   string // of the state: the same from every process
	Kind string // "standings" or "zoo"
	Data []byte // a Page or Today as JSON
}

// Hub tells listeners how boards change. Each process has one; that a board has
// changed in another process it learns by Postgres' NOTIFY.
type Hub struct {
	boards Boards
	url    string
	most   int
	log    *slog.Logger
	wake   chan struct{}
	done   chan struct{}

	mu        sync.Mutex
	listeners int
	streams   map[topic]*stream
}

// topic is what somebody may listen to: a board, or the zoo in a language.
type topic struct {
	of       store.Who
	period   game.Period
	language game.Language // "": a board
}

// stream is a topic that somebody listens to. Its fields but the first are
// guarded by Hub.mu.
type stream struct {
	reading sync.Mutex // held by who reads the boards

	listeners int
	names     []string // of the boards it shows
	dirty     bool
	read      time.Time
	event     Event
	changed   chan struct{} // closed when event is replaced
}

// NewHub makes a hub for at most so many listeners, over the database at url.
func NewHub(boards Boards, url string, most int, log *slog.Logger) *Hub {
	return &Hub{boards: boards, url: url, most: most, log: log, wake: make(chan struct{}, 1), done: make(chan struct{}), streams: map[topic]*stream{}}
}

// Run keeps the boards and their listeners up to date until ctx is done. Then
// it lets all listeners go.
func (h *Hub) Run(ctx context.Context) {
	defer close(h.done)
	var running sync.WaitGroup
	running.Go(func() { h.fold(ctx) })
	running.Go(func() { database.Follow(ctx, h.url, store.BoardsChannel, blindEvery, h.log, h.mark) })
	h.refresh(ctx)
	running.Wait()
}

func (h *Hub) fold(ctx context.Context) {
	every := time.NewTicker(foldEvery)
	defer every.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		err := h.boards.TryFold(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			h.log.Error("the boards are not kept up to date", "error", err)
		}
		failing = err != nil
	}
}

// mark has a board read anew, or all of them ("").
func (h *Hub) mark(name string) {
	h.mu.Lock()
	defer h.mu.Unlock()
	for _, s := range h.streams {
		if name == "" || slices.Contains(s.names, name) {
			s.dirty = true
			select {
			case h.wake <- struct{}{}:
			default:
			}
		}
	}
}

// refresh reads the boards that have changed or ended.
func (h *Hub) refresh(ctx context.Context) {
	timer := time.NewTimer(checkEvery)
	defer timer.Stop()
	for {
		select {
		case <-ctx.Done():
			return
		case <-h.wake:
		case <-timer.C:
		}
		due, next := h.due(time.Now())
		for t, s := range due {
			if err := h.read(ctx, t, s); err != nil && ctx.Err() == nil && !errors.Is(err, game.ErrNoSeason) {
				h.log.Error("a live board cannot be read", "board", t.period, "of", t.of, "language", t.language, "error", err)
			}
		}
		timer.Reset(next)
	}
}

// due gives the boards to read now, and when to look again.
func (h *Hub) due(now time.Time) (map[topic]*stream, time.Duration) {
	h.mu.Lock()
	defer h.mu.Unlock()
	due, next := map[topic]*stream{}, checkEvery
	for t, s := range h.streams {
		wait := checkEvery
		if s.dirty {
			wait = eventEvery
		}
		wait -= now.Sub(s.read)
		if wait <= 0 {
			due[t] = s
			wait = eventEvery
		}
		next = min(next, wait)
	}
	return due, next
}

// read replaces the event of a stream if what it shows has changed.
func (h *Hub) read(ctx context.Context, t topic, s *stream) error {
	s.reading.Lock()
	defer s.reading.Unlock()
	names, err := h.names(ctx, t)
	h.mu.Lock()
	wanted := s.dirty || err == nil && !slices.Equal(s.names, names)
	s.dirty, s.read = false, time.Now()
	if err == nil {
		s.names = names // before they are read, so that no change of them is missed
	}
	h.mu.Unlock()
	if err != nil || !wanted {
		return err
	}
	event, err := h.event(ctx, t)
	h.mu.Lock()
	defer h.mu.Unlock()
	if err != nil {
		s.dirty = true // again, in a moment
		return err
	}
	if string(event.Data) != string(s.event.Data) {
		s.event = event
		close(s.changed)
		s.changed = make(chan struct{})
	}
	return nil
}

// names gives the boards that a topic shows now, as they are called in
// notifications.
func (h *Hub) names(ctx context.Context, t topic) ([]string, error) {
	shown := []shown{{t.of, t.period}}
	if t.language != "" {
		shown = onToday
	}
	var names []string
	for _, part := range shown {
		b, err := h.boards.Board(ctx, part.period)
		if err != nil {
			return nil, err
		}
		names = append(names, string(part.of)+" "+b.Key)
	}
	if t.language != "" {
		names = append(names, store.CatchesBoard)
	}
	return names, nil
}

func (h *Hub) event(ctx context.Context, t topic) (Event, error) {
	if t.language != "" {
		today, err := ReadToday(ctx, h.boards, t.language)
		if err != nil {
			return Event{}, err
		}
		data, err := json.Marshal(today)
		sum := sha256.Sum256(data)
		return Event{"zoo/" + base64.RawURLEncoding.EncodeToString(sum[:keyBytes]), "zoo", data}, err
	}
	b, err := h.boards.Board(ctx, t.period)
	if err != nil {
		return Event{}, err
	}
	version, err := h.boards.Version(ctx, t.of, b)
	if err != nil {
		return Event{}, err
	}
	page, err := h.boards.Top(ctx, t.of, b, Rows)
	if err != nil {
		return Event{}, err
	}
	data, err := json.Marshal(NewPage(t.of, page))
	return Event{fmt.Sprintf("%s/%s/%d", t.of, b.Key, version), "standings", data}, err
}

// Listener follows one topic. It is not safe for concurrent use.
type Listener struct {
	hub    *Hub
	topic  topic
	stream *stream
	last   string
}

// Listen follows the board of a period from the event with the id last on, ""
// for the current one. It is closed by the caller.
func (h *Hub) Listen(ctx context.Context, of store.Who, p game.Period, last string) (*Listener, error) {
	return h.listen(ctx, topic{of: of, period: p}, last)
}

// ListenToday follows what happens in the zoo today, in a language, as Listen
// does a board.
func (h *Hub) ListenToday(ctx context.Context, l game.Language, last string) (*Listener, error) {
	return h.listen(ctx, topic{language: l}, last)
}

func (h *Hub) listen(ctx context.Context, t topic, last string) (*Listener, error) {
	if _, err := h.names(ctx, t); err != nil {
		return nil, err
	}
	h.mu.Lock()
	if h.listeners >= h.most {
		h.mu.Unlock()
		return nil, ErrFull
	}
	h.listeners++
	s := h.streams[t]
	if s == nil {
		s = &stream{dirty: true, changed: make(chan struct{})}
		h.streams[t] = s
	}
	s.listeners++
	unread := s.event.ID == ""
	h.mu.Unlock()

	l := &Listener{h, t, s, last}
	if unread {
		if err := h.read(ctx, t, s); err != nil {
			l.Close()
			return nil, err
		}
	}
	return l, nil
}

// Next waits for what is followed to change. It gives false if it has not for the
// time given, and ErrClosed when the hub stops.
func (l *Listener) Next(patience time.Duration) (Event, bool, error) {
	timeout := time.NewTimer(patience)
	defer timeout.Stop()
	for {
		l.hub.mu.Lock()
		event, changed := l.stream.event, l.stream.changed
		l.hub.mu.Unlock()
		if event.ID != "" && event.ID != l.last {
			l.last = event.ID
			return event, true, nil
		}
		select {
		case <-changed:
		case <-timeout.C:
			return Event{}, false, nil
		case <-l.hub.done:
			return Event{}, false, ErrClosed
		}
	}
}

// ErrClosed is the end of all listening.
var ErrClosed = errors.New("the service stops")

// Close stops listening.
func (l *Listener) Close() {
	h := l.hub
	h.mu.Lock()
	defer h.mu.Unlock()
	h.listeners--
	l.stream.listeners--
	if l.stream.listeners == 0 {
		delete(h.streams, l.topic)
	}
}

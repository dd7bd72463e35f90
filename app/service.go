// Package app is the running service: it opens the database, loads the
// network, and answers HTTP until it is told to stop.
//
//	service := app.New(config)
//	err := service.Run(ctx)
//
// The command (app/zoodex) and the end-to-end tests use these same two lines.
// What phones call is in app/api; opening Postgres is in app/database. Here
// the parts meet: a species and the network's labels in eyes.go, and start and
// shutdown, in their order, in Run.
package app

import (
	"context"
	"errors"
	"fmt"
	"net"
	"path/filepath"
	"strings"
	"sync"
	"syscall"
	"time"

	"github.com/gofiber/fiber/v2"
	"github.com/gofiber/fiber/v2/middleware/compress"
	"github.com/zoodex/zoodex/app/api"
	"github.com/zoodex/zoodex/app/board"
	"github.com/zoodex/zoodex/app/database"
	"github.com/zoodex/zoodex/app/staff"
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/app/staff/school"
	"github.com/zoodex/zoodex/game/catalogue"
	"github.com/zoodex/zoodex/game/rules"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/migrations"
	"github.com/zoodex/zoodex/vision"
	"github.com/zoodex/zoodex/vision/engine"
)

// Service is one process of Zoodex. Any number of them may share a Postgres.
type Service struct {
	config  Config
	metrics *api.Metrics
	ready   chan string
	first   string
}

// New returns a service that does nothing before Run.
func New(c Config) *Service {
	if c.Listen == "" {
		c.Listen = "127.0.0.1:0"
	}
	if c.Limits == (api.Limits{}) {
		c.Limits = api.DefaultLimits
	}
	if c.Now == nil {
		c.Now = time.Now
	}
	return &Service{config: c, metrics: api.NewMetrics(), ready: make(chan string, 1)}
}

// Ready receives the service's URL once, when it answers.
func (s *Service) Ready() <-chan string { return s.ready }

// FirstLink is, once the service is ready, the path and fragment of a link by
// which the first account of the staff is made; "" if there is one already.
// It is a secret: never log it.
func (s *Service) FirstLink() string { return s.first }

// patience is how long requests may take to finish once the service was told
// to stop.
const patience = 20 * time.Second

// Run serves until ctx is done, then stops in this order: live boards and the
// recomputing, no new connections, the requests under way, the pool of
// connections, our own Postgres.
func (s *Service) Run(ctx context.Context) (err error) {
	c, log := s.config, s.config.Log

	eyes, err := NewEyes(engine.Options{Kernel: c.Kernel, Precision: engine.Precision(c.Precision)}, c.Limits.PhotoBytes, s.metrics)
	if err != nil {
		return err
	}
	db, err := database.Open(ctx, database.Options{URL: c.DatabaseURL, Folder: c.Data, Log: log})
	if err != nil {
		return err
	}
	defer func() {
		log.Info("stopping the database")
		err = errors.Join(err, db.Close())
	}()
	if err := db.Migrate(ctx, migrations.FS); err != nil {
		return err
	}
	games := store.New(db.Gorm(), c.Now)
	if err := s.found(ctx, games); err != nil {
		return err
	}

	live := board.NewHub(games, db.URL(), c.Limits.Listeners, log)
	following, unfollow := context.WithCancel(ctx)
	var background sync.WaitGroup
	background.Go(func() { live.Run(following) })
	background.Go(func() { recompute(following, games, log) })
	background.Go(func() { tidy(following, games, log) })
	defer func() {
		unfollow()
		background.Wait()
	}()

	people := office.New(db.SQL(), c.Now)
	if s.first, err = firstLink(ctx, people); err != nil {
		return err
	}
	lessons, err := s.openSchool(ctx, db, games, people, eyes)
	if err != nil {
		return err
	}
	defer func() { err = errors.Join(err, lessons.Close()) }()
	teaching, stopTeaching := context.WithCancel(ctx)
	var taught sync.WaitGroup
	taught.Go(func() { lessons.Run(teaching) })
	defer func() {
		stopTeaching()
		taught.Wait()
	}()

	web, err := s.routes(db, games, people, lessons, eyes, live)
	if err != nil {
		return err
	}
	listener, err := net.Listen("tcp", c.Listen)
	if errors.Is(err, syscall.EADDRINUSE) {
		return fmt.Errorf("something answers at %s already; choose another address with --listen", c.Listen)
	}
	if err != nil {
		return fmt.Errorf("listen: %w", err)
	}
	stopped := make(chan error, 1)
	go func() { stopped <- web.Listener(listener) }()
	s.ready <- "http://" + listener.Addr().String()

	select {
	case err := <-stopped:
		return fmt.Errorf("serve HTTP: %w", err)
	case <-ctx.Done():
	}
	log.Info("stopping: finishing the requests under way")
	if err := web.ShutdownWithTimeout(patience); err != nil {
		log.Warn("requests were cut off", "after", patience, "error", err)
	}
	return <-stopped
}

// openSchool opens what teaches recognition new animals.
func (s *Service) openSchool(ctx context.Context, db *database.Database, games *store.Store, people *office.Office, eyes *Eyes) (*school.School, error) {
	c := s.config
	folder := c.Data
	if folder == "" && c.Photos == "" {
		var err error
		if folder, err = database.DefaultFolder(); err != nil {
			return nil, err
		}
	}
	limits := school.DefaultLimits
	limits.PhotoBytes = c.Limits.PhotoBytes
	return school.Open(ctx, school.Options{
		DatabaseURL: db.URL(), Photos: c.Photos, Folder: filepath.Join(folder, "photos"), Office: people, Recognizer: eyes.recognizer,
		Zoo: games.Zoo, Residents: func(zoo *store.Zoo) []vision.Resident { return residents(zoo.Species) }, Published: eyes.Use,
		Limits: limits, Now: c.Now, Log: c.Log,
	})
}

func firstLink(ctx context.Context, people *office.Office) (string, error) {
	secret, err := people.FirstLink(ctx)
	if err != nil || secret == "" {
		return "", err
	}
	return "/staff#link=" + string(secret), nil
}

// found fills an empty zoo with the starter catalogue, and gives it the rules
// of the game.
func (s *Service) found(ctx context.Context, games *store.Store) error {
	if err := s.rule(ctx, games); err != nil {
		return err
	}
	starter, err := catalogue.Load()
	if err != nil {
		return err
	}
	added, err := games.Found(ctx, starter)
	if added > 0 {
		s.config.Log.Info("filled the zoo with its starter species", "species", added)
	}
	return err
}

// firstZone is the zone of a zoo that was not told another.
const firstZone = "Europe/Berlin"

// rule gives a new game its first rules and its zone.
func (s *Service) rule(ctx context.Context, games *store.Store) error {
	first, err := rules.Load()
	if err != nil {
		return err
	}
	zone := s.config.Zone
	if zone == nil {
		if zone, err = time.LoadLocation(firstZone); err != nil {
			return fmt.Errorf("find the zoo's zone: %w", err)
		}
	}
	return games.FoundRules(ctx, first, zone)
}

// routes lays out everything that is answered over HTTP.
func (s *Service) routes(db *database.Database, games *store.Store, people *office.Office, lessons *school.School, eyes *Eyes, live *board.Hub) (*fiber.App, error) {
	c := s.config
	a := &api.API{
		Store: games, Eyes: eyes, Groups: catalogue.Groups(), Now: c.Now, Log: c.Log,
		Live: live, Metrics: s.metrics, Limits: c.Limits, Version: c.Version,
	}
	web := fiber.New(fiber.Config{
		AppName:               "Zoodex",
		DisableStartupMessage: true,
		Immutable:             true, // strings of a request outlive it
		// Photos are read by app/api, which bounds them, from their first byte.
		StreamRequestBody:            true,
		BodyLimit:                    1,
		DisablePreParseMultipartForm: true,
		ReadTimeout:                  time.Minute,
		IdleTimeout:                  2 * time.Minute,
		ErrorHandler:                 a.OnError,
		EnableTrustedProxyCheck:      true,
		TrustedProxies:               c.TrustedProxies,
		ProxyHeader:                  fiber.HeaderXForwardedFor,
		EnableIPValidation:           true,
	})
	web.Server().Handler = api.KnownMethods(web.Server().Handler)
	web.Use(api.Drain, s.metrics.Observe, recoverPanic, secure)
	// Bad networks: the pages and the dex shrink to a third.
	web.Use(compress.New(compress.Config{Next: func(c *fiber.Ctx) bool {
		return c.Method() != fiber.MethodGet || strings.HasSuffix(c.Path(), "/live")
	}}))
	web.Get("/healthz", func(c *fiber.Ctx) error { return c.JSON(fiber.Map{"status": "ok"}) })
	web.Get("/readyz", func(c *fiber.Ctx) error {
		ctx, cancel := context.WithTimeout(c.UserContext(), 2*time.Second)
		defer cancel()
		if err := db.Ping(ctx); err != nil {
			return fiber.NewError(fiber.StatusServiceUnavailable, "the database does not answer")
		}
		return c.JSON(fiber.Map{"status": "ready"})
	})
	web.Get("/metrics", s.metrics.Handler())
	desk := &staff.Desk{API: a, Office: people, School: lessons, Try: eyes.Try, Decode: eyes.recognizer.Decode, Now: c.Now}
	described := a.Register(web)
	desk.Register(web, described)
	api.Examples(described)
	if err := pages(web); err != nil {
		return nil, err
	}
	return web, nil
}

package school

import (
	"context"
	"errors"
	"fmt"
	"log/slog"
	"sync"
	"time"

	"github.com/google/uuid"
	"github.com/jackc/pgx/v5"
	"github.com/jackc/pgx/v5/pgxpool"
	"github.com/riverqueue/river"
	"github.com/riverqueue/river/riverdriver/riverpgxv5"
	"github.com/riverqueue/river/rivermigrate"
	"github.com/zoodex/zoodex/vision/teach"
)

// Kind is what a job does.
type Kind string

// The kinds.
const (
	unpack Kind = "unpack" // takes the photos of a ZIP into a lesson
	train  Kind = "train"  // learns from all lessons
)

// Job is work on lessons, and how far it is.
type Job struct {
	ID      string
	Kind    Kind
	Name    string // of the ZIP
	Who     string
	State   string // "queued", "running", "done", "failed", "cancelled"
	Stage   string
	Done    int
	Total   int     // 0: not known
	Why     Failure // "" unless it failed; of an old job a sentence
	Head    int64   // that it made; 0: none
	Created time.Time
	Started time.Time // zero: not yet
	Ended   time.Time // zero: not yet
}

const jobColumns = `id, kind, name, who, state, stage, done, total, why, coalesce(head, 0), created_at, started_at, ended_at`

func scanJob(row pgx.CollectableRow) (j Job, err error) {
	var started, ended *time.Time
	err = row.Scan(&j.ID, &j.Kind, &j.Name, &j.Who, &j.State, &j.Stage, &j.Done, &j.Total, &j.Why, &j.Head, &j.Created, &started, &ended)
	if started != nil {
		j.Started = *started
	}
	if ended != nil {
		j.Ended = *ended
	}
	return j, err
}

// Job finds a job.
func (s *School) Job(ctx context.Context, id string) (Job, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+jobColumns+` FROM lesson_jobs WHERE id = $1`, id)
	if err != nil {
		return Job{}, fmt.Errorf("read a job: %w", err)
	}
	j, err := pgx.CollectExactlyOneRow(rows, scanJob)
	if errors.Is(err, pgx.ErrNoRows) {
		return Job{}, ErrNotFound
	}
	if err != nil {
		return Job{}, fmt.Errorf("read a job: %w", err)
	}
	return j, nil
}

// Jobs lists the jobs that are under way, and the last of those that ended.
func (s *School) Jobs(ctx context.Context) ([]Job, error) {
	rows, err := s.pool.Query(ctx, `SELECT `+jobColumns+` FROM lesson_jobs ORDER BY state IN ('queued', 'running') DESC, id DESC LIMIT 50`)
	if err != nil {
		return nil, fmt.Errorf("list the jobs: %w", err)
	}
	jobs, err := pgx.CollectRows(rows, scanJob)
	if err != nil {
		return nil, fmt.Errorf("list the jobs: %w", err)
	}
	return jobs, nil
}

// Cancel ends a job that has not ended. What it did so far stays.
func (s *School) Cancel(ctx context.Context, who, id string) (Job, error) {
	j, err := s.Job(ctx, id)
	if err != nil {
		return Job{}, err
	}
	err = s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE lesson_jobs SET state = 'cancelled', ended_at = $2 WHERE id = $1 AND state IN ('queued', 'running')`, id, s.Now())
		if err != nil {
			return err
		}
		if tag.RowsAffected() == 0 {
			return ErrOver
		}
		return s.note(ctx, tx, who, "job.cancel", string(j.Kind), map[string]any{"job": id})
	})
	if err != nil {
		return Job{}, fmt.Errorf("cancel a job: %w", err)
	}
	return s.Job(ctx, id)
}

// What River is told of a job: no more than which it is.
type (
	unpackArgs struct {
		Job string `json:"job"`
	}
	trainArgs struct {
		Job string `json:"job"`
	}
	sweepArgs struct {
		Lesson string `json:"lesson"`
	}
	tidyArgs struct{}
)

// Kind implements river.JobArgs.
func (unpackArgs) Kind() string { return "unpack" }

// Kind implements river.JobArgs.
func (trainArgs) Kind() string { return "train" }

// Kind implements river.JobArgs.
func (sweepArgs) Kind() string { return "sweep" }

// Kind implements river.JobArgs.
func (tidyArgs) Kind() string { return "tidy" }

// InsertOpts implements river.JobArgsWithInsertOpts.
func (trainArgs) InsertOpts() river.InsertOpts { return river.InsertOpts{Queue: "train"} }

// enqueue tells River, with the transaction, that there is a job.
func (s *School) enqueue(ctx context.Context, tx pgx.Tx, id string, kind Kind) error {
	var args river.JobArgs = unpackArgs{id}
	if kind == train {
		args = trainArgs{id}
	}
	if _, err := s.queue.InsertTx(ctx, tx, args, nil); err != nil {
		return fmt.Errorf("queue a job: %w", err)
	}
	return nil
}

// openQueue brings River's tables to its version, one process after another,
// and prepares its client.
func (s *School) openQueue(ctx context.Context) error {
	if err := s.migrateQueue(ctx); err != nil {
		return fmt.Errorf("prepare the queue: %w", err)
	}
	workers := river.NewWorkers()
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[unpackArgs]) error {
		return s.work(ctx, j.Args.Job, s.unpackJob)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[trainArgs]) error {
		return s.work(ctx, j.Args.Job, s.trainJob)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[sweepArgs]) error {
		return s.sweep(ctx, j.Args.Lesson)
	}))
	river.AddWorker(workers, river.WorkFunc(func(ctx context.Context, j *river.Job[tidyArgs]) error { return s.tidy(ctx) }))
	var err error
	s.queue, err = river.NewClient(riverpgxv5.New(s.pool), &river.Config{
		Queues:  map[string]river.QueueConfig{river.QueueDefault: {MaxWorkers: 2}, "train": {MaxWorkers: 1}},
		Workers: workers,
		PeriodicJobs: []*river.PeriodicJob{river.NewPeriodicJob(river.PeriodicInterval(tidyEvery),
			func() (river.JobArgs, *river.InsertOpts) { return tidyArgs{}, nil }, &river.PeriodicJobOpts{RunOnStart: true})},
		JobTimeout: -1, // a lesson takes as long as it takes
		Logger:     slog.New(onlyWarnings{s.Log.Handler()}),
	})
	if err != nil {
		return fmt.Errorf("prepare the queue: %w", err)
	}
	return nil
}

// queueLock is the advisory lock under which River's tables are migrated.
const queueLock = 0x7a6f6f64657871

func (s *School) migrateQueue(ctx context.Context) error {
	return s.pool.AcquireFunc(ctx, func(c *pgxpool.Conn) error {
		if _, err := c.Exec(ctx, `SELECT pg_advisory_lock($1)`, queueLock); err != nil {
			return err
		}
		defer c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock($1)`, queueLock)
		migrator, err := rivermigrate.New(riverpgxv5.New(s.pool), &rivermigrate.Config{Logger: slog.New(onlyWarnings{s.Log.Handler()})})
		if err != nil {
			return err
		}
		_, err = migrator.Migrate(ctx, rivermigrate.DirectionUp, nil)
		return err
	})
}

// onlyWarnings leaves what goes well out of the log.
type onlyWarnings struct{ slog.Handler }

// Enabled implements slog.Handler.
func (onlyWarnings) Enabled(_ context.Context, l slog.Level) bool { return l >= slog.LevelWarn }

func (s *School) runQueue(ctx context.Context) {
	// Its own context: a job under way is told to stop before its connections go.
	if err := s.queue.Start(context.WithoutCancel(ctx)); err != nil {
		s.Log.Error("nothing can be taught", "error", err)
		return
	}
	<-ctx.Done()
	stopping, cancel := context.WithTimeout(context.WithoutCancel(ctx), 10*time.Second)
	defer cancel()
	if err := s.queue.StopAndCancel(stopping); err != nil {
		s.Log.Warn("a job did not stop in time", "error", err)
	}
}

// running is a job that this process works on.
type running struct {
	s      *School
	id     string
	lesson string // of 'unpack'
	who    string
	owner  string

	mu    sync.Mutex
	wrote time.Time
	stage string
}

// Failure is why a job failed, for those who can do something about it. The list
// is closed.
type Failure string

// The failures.
const (
	OurFault       Failure = "our-fault"
	BrokenZIP      Failure = "broken-zip"
	TooManyFiles   Failure = "too-many-files" // in a ZIP: more than MostEntries
	NoPhotos       Failure = "no-photos"
	NoneUsable     Failure = Failure(teach.NoneUsable)
	OnePhoto       Failure = Failure(teach.OnePhoto)
	OnePicture     Failure = Failure(teach.OnePicture)
	TooManySpecies Failure = Failure(teach.TooManySpecies)
	TooManyPhotos  Failure = Failure(teach.TooManyPhotos)
)

// Failures are all of them.
var Failures = []Failure{OurFault, BrokenZIP, TooManyFiles, NoPhotos, NoneUsable, OnePhoto, OnePicture, TooManySpecies, TooManyPhotos}

// Error implements error.
func (f Failure) Error() string { return "the job failed: " + string(f) }

var errCancelled = errors.New("the job was cancelled")

// work runs a job, unless somebody else does or it has ended. Its lock is held
// by a connection: when this process dies, Postgres lets go of it.
func (s *School) work(ctx context.Context, id string, do func(context.Context, *running) error) error {
	unlock, got, err := s.lock(ctx, id)
	if err != nil || !got {
		return err
	}
	defer unlock()
	j := &running{s: s, id: id, owner: uuid.NewString()}
	err = s.pool.QueryRow(ctx, `
		UPDATE lesson_jobs SET state = 'running', owner = $2, started_at = coalesce(started_at, $3), queued_at = $3
		WHERE id = $1 AND state IN ('queued', 'running') RETURNING coalesce(lesson_id::text, ''), who`, id, j.owner, s.Now()).Scan(&j.lesson, &j.who)
	if errors.Is(err, pgx.ErrNoRows) {
		return nil // ended
	}
	if err != nil {
		return fmt.Errorf("begin a job: %w", err)
	}
	begin := time.Now()
	err = do(ctx, j)
	var refused Failure
	switch {
	case ctx.Err() != nil:
		// We are to stop: the job goes on elsewhere, or when we start again.
		return river.JobSnooze(0)
	case errors.Is(err, errCancelled):
		s.Log.Info("a job was cancelled", "job", id)
		return nil
	case errors.As(err, &refused):
		return j.end(ctx, "failed", refused)
	case err != nil:
		s.Log.Error("a job failed", "job", id, "error", err)
		return j.end(ctx, "failed", OurFault)
	}
	s.Log.Info("a job is done", "job", id, "took", time.Since(begin).Round(time.Millisecond))
	return j.end(ctx, "done", "")
}

// progressEvery bounds how often progress is written.
const progressEvery = 300 * time.Millisecond

// progress writes how far a job is. It fails with errCancelled once the job is
// not ours to work on any more.
func (j *running) progress(ctx context.Context, stage string, done, total int) error {
	j.mu.Lock()
	defer j.mu.Unlock()
	if stage == j.stage && done < total && time.Since(j.wrote) < progressEvery {
		return nil
	}
	tag, err := j.s.pool.Exec(ctx, `UPDATE lesson_jobs SET stage = $3, done = $4, total = $5 WHERE id = $1 AND owner = $2 AND state = 'running'`,
		j.id, j.owner, stage, done, total)
	if err != nil {
		return fmt.Errorf("write how far a job is: %w", err)
	}
	if tag.RowsAffected() == 0 {
		return errCancelled
	}
	j.wrote, j.stage = time.Now(), stage
	return nil
}

func (j *running) end(ctx context.Context, state string, why Failure) error {
	_, err := j.s.pool.Exec(ctx, `UPDATE lesson_jobs SET state = $3, why = $4, ended_at = $5 WHERE id = $1 AND owner = $2 AND state = 'running'`,
		j.id, j.owner, state, string(why), j.s.Now())
	if err != nil {
		return fmt.Errorf("end a job: %w", err)
	}
	return nil
}

// lock takes the lock of a job, if nobody has it.
func (s *School) lock(ctx context.Context, id string) (unlock func(), got bool, err error) {
	c, err := s.pool.Acquire(ctx)
	if err != nil {
		return nil, false, fmt.Errorf("lock a job: %w", err)
	}
	if err := c.QueryRow(ctx, `SELECT pg_try_advisory_lock(hashtextextended('zoodex job ' || $1, 0))`, id).Scan(&got); err != nil || !got {
		c.Release()
		return nil, false, err
	}
	return func() {
		// A connection that still holds the lock must not go back to the pool.
		if _, err := c.Exec(context.WithoutCancel(ctx), `SELECT pg_advisory_unlock_all()`); err != nil {
			c.Conn().Close(context.WithoutCancel(ctx))
		}
		c.Release()
	}, true, nil
}

// How often we look for jobs whose process is gone, and how long a queued one
// may wait before it counts as lost.
const (
	watchEvery = 2 * time.Second
	lostAfter  = 20 * time.Second
)

// watchJobs queues jobs anew that nobody works on though somebody should.
func (s *School) watchJobs(ctx context.Context) {
	every := time.NewTicker(watchEvery)
	defer every.Stop()
	failing := false
	for {
		select {
		case <-ctx.Done():
			return
		case <-every.C:
		}
		err := s.reviveJobs(ctx)
		if err != nil && !failing && ctx.Err() == nil {
			s.Log.Error("jobs are not watched over", "error", err)
		}
		failing = err != nil
	}
}

func (s *School) reviveJobs(ctx context.Context) error {
	rows, err := s.pool.Query(ctx, `SELECT id, kind FROM lesson_jobs WHERE state = 'running' OR state = 'queued' AND queued_at < $1`, s.Now().Add(-lostAfter))
	if err != nil {
		return err
	}
	type open struct {
		ID   string
		Kind Kind
	}
	jobs, err := pgx.CollectRows(rows, pgx.RowToStructByPos[open])
	if err != nil {
		return err
	}
	for _, j := range jobs {
		if err := s.revive(ctx, j.ID, j.Kind); err != nil {
			return err
		}
	}
	return nil
}

func (s *School) revive(ctx context.Context, id string, kind Kind) error {
	unlock, got, err := s.lock(ctx, id)
	if err != nil || !got {
		return err
	}
	defer unlock()
	return s.write(ctx, func(tx pgx.Tx) error {
		tag, err := tx.Exec(ctx, `UPDATE lesson_jobs SET state = 'queued', queued_at = $2 WHERE id = $1 AND (state = 'running' OR state = 'queued' AND queued_at < $3)`,
			id, s.Now(), s.Now().Add(-lostAfter))
		if err != nil || tag.RowsAffected() == 0 {
			return err
		}
		return s.enqueue(ctx, tx, id, kind)
	})
}

// Package school teaches the network new animals on behalf of the staff.
//
// A [Lesson] is a species with photos. Photos are kept in a bucket: a folder, or
// S3 or Google Cloud Storage by their URL. A training is a [Job] that learns from
// all lessons and makes a [Head] with a report; a head never changes. Publishing
// says which head holds, in every process within a second; rolling back is
// publishing an earlier one.
//
// Jobs are dispatched by River, in the same Postgres. What there is to do and
// how far it is stands in our own tables: a job of a process that is gone is
// noticed by a lock that Postgres let go of, and goes on where it was.
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
	"github.com/zoodex/zoodex/app/staff/office"
	"github.com/zoodex/zoodex/game/store"
	"github.com/zoodex/zoodex/vision"
	"gocloud.dev/blob"
)

// The ways in which a request to the school can fail.
var (
	ErrNotFound = errors.New("there is no such lesson, photo, job or head")
	ErrSpecies  = errors.New("there is no such species")
	ErrExists   = errors.New("there is a lesson of this species already")
	ErrBusy     = errors.New("a training is under way")
	ErrNotReady = errors.New("the report says that the head is not ready")
	ErrOver     = errors.New("the job has ended")
)

// Limits of what is sent.
type Limits struct {
	PhotoBytes int64 // of one photo
	ZIPBytes   int64 // of one ZIP
	Unpacked   int64 // of all that is in one ZIP
	Photos     int   // of one lesson
}

// DefaultLimits suit a keeper with a camera.
var DefaultLimits = Limits{PhotoBytes: 20 << 20, ZIPBytes: 2 << 30, Unpacked: 8 << 30, Photos: 5000}

// Options say what a school works with. All are required but Photos.
type Options struct {
	DatabaseURL string
	Photos      string // URL of the bucket: file:///folder, s3://bucket, gs://bucket; "" for Folder
	Folder      string // of photos on this machine
	Office      *office.Office
	Recognizer  *vision.Recognizer // looks at the photos; it is given the head that holds
	Zoo         func(context.Context) (*store.Zoo, error)
	Residents   func(*store.Zoo) []vision.Resident
	Published   func(version int64, head *vision.Head) // is told which head holds, 0 and nil for none
	Limits      Limits
	Now         func() time.Time
	Log         *slog.Logger
}

// School is safe for concurrent use; any number of processes may share a
// database and a bucket.
type School struct {
	Options
	pool   *pgxpool.Pool
	bucket *blob.Bucket
	queue  *river.Client[pgx.Tx]

	mu   sync.Mutex
	held int64 // the version of the head in use
}

// connections of the pool: the queue's, the jobs', and a few requests'.
const connections = 8

// Open connects to the database and the bucket, and brings the queue's tables
// to where they belong. The database must be migrated.
func Open(ctx context.Context, o Options) (*School, error) {
	now := o.Now
	o.Now = func() time.Time { return now().UTC().Truncate(time.Microsecond) }
	s := &School{Options: o}
	config, err := pgxpool.ParseConfig(o.DatabaseURL)
	if err != nil { // its text quotes the address
		return nil, errors.New("the database address is not valid")
	}
	config.MaxConns = connections
	config.ConnConfig.RuntimeParams["timezone"] = "UTC"
	config.ConnConfig.RuntimeParams["application_name"] = "zoodex teaching"
	if s.pool, err = pgxpool.NewWithConfig(ctx, config); err != nil {
		return nil, fmt.Errorf("connect the school to the database: %w", err)
	}
	if s.bucket, err = openBucket(ctx, o.Photos, o.Folder); err != nil {
		s.pool.Close()
		return nil, err
	}
	if err := s.openQueue(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	if err := s.useHead(ctx); err != nil {
		return nil, errors.Join(err, s.Close())
	}
	return s, nil
}

// Run works until ctx is done: on jobs, and after the head that holds.
func (s *School) Run(ctx context.Context) {
	var work sync.WaitGroup
	work.Go(func() { s.runQueue(ctx) })
	work.Go(func() { s.watchJobs(ctx) })
	work.Go(func() { s.followHeads(ctx) })
	work.Wait()
}

// Close lets go of the database and the bucket, after Run.
func (s *School) Close() error {
	s.pool.Close()
	return s.bucket.Close()
}

// write runs f in a transaction.
func (s *School) write(ctx context.Context, f func(tx pgx.Tx) error) error {
	return pgx.BeginFunc(ctx, s.pool, f)
}

// note writes a line of the audit log into a transaction.
func (s *School) note(ctx context.Context, tx pgx.Tx, who, action, subject string, details map[string]any) error {
	return s.Office.Note(ctx, office.PgxTx{Tx: tx}, office.Entry{Who: who, Action: action, Subject: subject, Details: details})
}

func newID() (string, error) {
	id, err := uuid.NewV7()
	if err != nil {
		return "", fmt.Errorf("make an id: %w", err)
	}
	return id.String(), nil
}

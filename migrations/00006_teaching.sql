-- Teaching: lessons of photos, the work done on them, and what was learnt.

-- +goose Up
CREATE TABLE lessons (
    id         uuid PRIMARY KEY,
    species_id uuid NOT NULL UNIQUE REFERENCES species,
    -- false: the photos are of a species that is known without, and only show
    -- whether it still is.
    taught     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL
);

-- Work on lessons: unpacking a ZIP, training a head. The queue only says that
-- there is some; what it is and how far it is stands here.
CREATE TABLE lesson_jobs (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL CHECK (kind IN ('unpack', 'train')),
    lesson_id  uuid REFERENCES lessons ON DELETE CASCADE, -- of 'unpack'
    name       text NOT NULL DEFAULT '', -- of the ZIP
    who        text NOT NULL,
    state      text NOT NULL CHECK (state IN ('queued', 'running', 'done', 'failed', 'cancelled')),
    stage      text NOT NULL DEFAULT '',
    done       integer NOT NULL DEFAULT 0,
    total      integer NOT NULL DEFAULT 0, -- 0: not known
    why        text NOT NULL DEFAULT '', -- it failed
    head       bigint, -- that it made
    owner      uuid, -- the worker whose word counts
    created_at timestamptz NOT NULL,
    queued_at  timestamptz NOT NULL,
    started_at timestamptz,
    ended_at   timestamptz
);
-- One training at a time.
CREATE UNIQUE INDEX lesson_jobs_one_training ON lesson_jobs (kind) WHERE kind = 'train' AND state IN ('queued', 'running');
CREATE INDEX lesson_jobs_open ON lesson_jobs (id) WHERE state IN ('queued', 'running');
CREATE INDEX lesson_jobs_by_lesson ON lesson_jobs (lesson_id, id);

-- Every file that was sent, also those that could not be used.
CREATE TABLE lesson_photos (
    id         uuid PRIMARY KEY,
    lesson_id  uuid NOT NULL REFERENCES lessons ON DELETE CASCADE,
    name       text NOT NULL,
    why        text NOT NULL DEFAULT '', -- it was refused; '': it is there
    dropped    boolean NOT NULL DEFAULT false, -- by a person
    sum        bytea, -- SHA-256
    bytes      bigint NOT NULL DEFAULT 0,
    width      integer NOT NULL DEFAULT 0,
    height     integer NOT NULL DEFAULT 0,
    job_id     uuid REFERENCES lesson_jobs ON DELETE SET NULL, -- the ZIP it was in
    entry      integer NOT NULL DEFAULT 0, -- its place there
    created_at timestamptz NOT NULL
);
CREATE INDEX lesson_photos_by_lesson ON lesson_photos (lesson_id, id);
CREATE UNIQUE INDEX lesson_photos_once ON lesson_photos (lesson_id, sum) WHERE why = '';
CREATE UNIQUE INDEX lesson_photos_by_entry ON lesson_photos (job_id, entry) WHERE job_id IS NOT NULL;

-- What was learnt. Never changed.
CREATE TABLE heads (
    version    bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    file       bytea NOT NULL, -- as package vision writes it
    report     jsonb NOT NULL,
    who        text NOT NULL,
    created_at timestamptz NOT NULL
);

-- Which head holds: the latest. NULL: none, the network alone.
CREATE TABLE head_publications (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    version bigint REFERENCES heads,
    who     text NOT NULL,
    at      timestamptz NOT NULL
);

-- The head that had a say in a capture; NULL: none. No foreign key: captures
-- would all lock one row.
ALTER TABLE captures ADD COLUMN head bigint;

-- +goose Down
ALTER TABLE captures DROP COLUMN head;
DROP TABLE head_publications, heads, lesson_photos, lesson_jobs, lessons;

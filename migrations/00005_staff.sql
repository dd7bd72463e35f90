-- The people and scripts of the zoo's staff desk, and who changed what.

-- +goose Up
CREATE TABLE staff (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('editor', 'keeper', 'admin')),
    password   text NOT NULL DEFAULT '', -- argon2id in its usual form; '': none was chosen yet
    active     boolean NOT NULL DEFAULT true,
    created_at timestamptz NOT NULL
);
CREATE UNIQUE INDEX staff_by_name ON staff (lower(name));

-- Of every secret only the SHA-256 is kept: all have 256 random bits.
CREATE TABLE staff_sessions (
    token_hash bytea PRIMARY KEY,
    staff_id   uuid NOT NULL REFERENCES staff ON DELETE CASCADE,
    created_at timestamptz NOT NULL,
    seen_at    timestamptz NOT NULL
);
CREATE INDEX staff_sessions_by_staff ON staff_sessions (staff_id);

-- Links that work once: to choose a password, or to make the first account.
CREATE TABLE staff_links (
    secret_hash bytea PRIMARY KEY,
    staff_id    uuid REFERENCES staff ON DELETE CASCADE, -- NULL: the first account
    expires_at  timestamptz NOT NULL
);
CREATE INDEX staff_links_by_staff ON staff_links (staff_id);

-- Bearer tokens of scripts.
CREATE TABLE staff_tokens (
    id         uuid PRIMARY KEY,
    name       text NOT NULL,
    role       text NOT NULL CHECK (role IN ('editor', 'keeper', 'admin')),
    token_hash bytea NOT NULL UNIQUE,
    created_at timestamptz NOT NULL,
    expires_at timestamptz NOT NULL,
    used_at    timestamptz
);
CREATE UNIQUE INDEX staff_tokens_by_name ON staff_tokens (lower(name));

-- How often a name or an address was tried lately, under a hash of it.
CREATE TABLE staff_tries (
    key   bytea PRIMARY KEY,
    since timestamptz NOT NULL,
    tries integer NOT NULL
);

-- Who changed what. Append-only; a line goes into the transaction of its change.
CREATE TABLE audit (
    id      bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    at      timestamptz NOT NULL,
    who     text NOT NULL, -- name of the account, the token or the command
    action  text NOT NULL, -- 'species.edit'
    subject text NOT NULL, -- 'lion'
    details jsonb NOT NULL
);
CREATE INDEX audit_by_who ON audit (lower(who), id);
CREATE INDEX audit_by_subject ON audit (subject, id);
CREATE INDEX audit_by_action ON audit (action text_pattern_ops, id);
CREATE INDEX audit_by_time ON audit (at);

-- +goose Down
DROP TABLE audit, staff_tries, staff_tokens, staff_links, staff_sessions, staff;

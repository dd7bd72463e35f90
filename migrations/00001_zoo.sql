-- The zoo, its visitors, and what they caught.

-- +goose Up
CREATE TABLE species (
    id              uuid PRIMARY KEY,
    number          integer NOT NULL UNIQUE CHECK (number > 0),
    slug            text NOT NULL UNIQUE,
    scientific_name text NOT NULL,
    class           text NOT NULL,
    "order"         text NOT NULL,
    family          text NOT NULL,
    "group"         text NOT NULL,
    conservation    text NOT NULL,
    continents      text[] NOT NULL,
    activity        text NOT NULL,
    awake           text[] NOT NULL,
    sleep_hours     double precision NOT NULL CHECK (sleep_hours BETWEEN 0 AND 24),
    rarity          smallint NOT NULL CHECK (rarity BETWEEN 1 AND 5),
    keys            text[] NOT NULL,
    art             text NOT NULL,
    on_display      boolean NOT NULL,
    created_at      timestamptz NOT NULL,
    updated_at      timestamptz NOT NULL
);

CREATE TABLE species_texts (
    species_id uuid NOT NULL REFERENCES species ON DELETE CASCADE,
    language   text NOT NULL,
    name       text NOT NULL,
    habitat    text NOT NULL,
    diet       text NOT NULL,
    sleep      text NOT NULL,
    surprise   text NOT NULL,
    PRIMARY KEY (species_id, language)
);

-- A single row whose revision moves with every change of the species, so that
-- each process knows with one cheap read whether what it holds is current.
CREATE TABLE species_revision (
    one      boolean PRIMARY KEY DEFAULT true CHECK (one),
    revision bigint NOT NULL
);
INSERT INTO species_revision (revision) VALUES (0);

-- +goose StatementBegin
CREATE FUNCTION species_changed() RETURNS trigger LANGUAGE plpgsql AS $$
BEGIN
    UPDATE species_revision SET revision = revision + 1;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER species_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON species
    FOR EACH STATEMENT EXECUTE FUNCTION species_changed();
CREATE TRIGGER species_changed AFTER INSERT OR UPDATE OR DELETE OR TRUNCATE ON species_texts
    FOR EACH STATEMENT EXECUTE FUNCTION species_changed();

CREATE TABLE visitors (
    id             uuid PRIMARY KEY,
    nickname       text NOT NULL,
    pass_code_hash bytea NOT NULL UNIQUE,
    created_at     timestamptz NOT NULL
);

-- A phone belongs to a visitor by a secret token, of which only the hash is kept.
CREATE TABLE phones (
    token_hash bytea PRIMARY KEY,
    visitor_id uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
    created_at timestamptz NOT NULL
);
CREATE INDEX phones_by_visitor ON phones (visitor_id);

CREATE TABLE captures (
    visitor_id uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
    id         uuid NOT NULL, -- made by the phone, unique for the visitor
    at         timestamptz NOT NULL,
    created_at timestamptz NOT NULL,
    photo_sum  bytea NOT NULL, -- SHA-256 of the photo
    photo_sig  bigint NOT NULL, -- perceptual hash of the photo
    outcome    text NOT NULL CHECK (outcome IN ('caught', 'seen', 'unsure', 'nothing', 'stranger')),
    species_id uuid REFERENCES species,
    recognised jsonb NOT NULL, -- as it was answered: confidence, candidates, group, box, why
    model      text NOT NULL,
    progress   jsonb NOT NULL, -- as it was answered
    PRIMARY KEY (visitor_id, id),
    CHECK ((outcome IN ('caught', 'seen')) = (species_id IS NOT NULL))
);
CREATE INDEX captures_by_species ON captures (visitor_id, species_id, at) WHERE species_id IS NOT NULL;
-- A species is caught once.
CREATE UNIQUE INDEX captures_caught_once ON captures (visitor_id, species_id) WHERE outcome = 'caught';

-- Points, append-only: a visitor's total is the sum of their lines.
CREATE TABLE ledger (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    visitor_id uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
    capture_id uuid NOT NULL,
    reason     text NOT NULL,
    points     integer NOT NULL,
    created_at timestamptz NOT NULL,
    FOREIGN KEY (visitor_id, capture_id) REFERENCES captures (visitor_id, id) ON DELETE CASCADE
);
CREATE INDEX ledger_by_visitor ON ledger (visitor_id) INCLUDE (points);

-- +goose Down
DROP TABLE ledger, captures, phones, visitors, species_texts, species, species_revision;
DROP FUNCTION species_changed();

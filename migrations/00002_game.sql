-- The game: rules, what people said of captures, copies, questions, groups.

-- +goose Up

-- What is earned for what, and the zone in which the zoo's days begin. The
-- latest revision holds; the others say how it came to be.
CREATE TABLE rules (
    revision   bigint PRIMARY KEY CHECK (revision > 0),
    zone       text NOT NULL, -- IANA name
    rules      jsonb NOT NULL,
    created_at timestamptz NOT NULL
);

-- When a species was on display, for those that have not always been as they
-- are now. An open side is NULL.
CREATE TABLE displays (
    species_id uuid NOT NULL REFERENCES species ON DELETE CASCADE,
    from_at    timestamptz,
    until_at   timestamptz
);
CREATE INDEX displays_by_species ON displays (species_id);

-- +goose StatementBegin
CREATE FUNCTION species_displayed() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    changed timestamptz := now();
BEGIN
    IF TG_OP = 'INSERT' THEN
        IF NEW.on_display THEN
            INSERT INTO displays VALUES (NEW.id, NEW.created_at, NULL);
        END IF;
        RETURN NULL;
    END IF;
    IF NEW.updated_at <> OLD.updated_at THEN
        changed := NEW.updated_at;
    END IF;
    IF NEW.on_display THEN
        INSERT INTO displays VALUES (NEW.id, changed, NULL);
        RETURN NULL;
    END IF;
    UPDATE displays SET until_at = greatest(changed, from_at) WHERE species_id = NEW.id AND until_at IS NULL;
    IF NOT FOUND THEN
        INSERT INTO displays VALUES (NEW.id, NULL, changed);
    END IF;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER species_displayed AFTER INSERT ON species
    FOR EACH ROW EXECUTE FUNCTION species_displayed();
CREATE TRIGGER species_display_changed AFTER UPDATE OF on_display ON species
    FOR EACH ROW WHEN (OLD.on_display <> NEW.on_display) EXECUTE FUNCTION species_displayed();

-- The answer to a capture stays as it was given; what was said of it since
-- stands beside. A species may be caught anew once an earlier catch is undone.
ALTER TABLE captures
    DROP CONSTRAINT captures_outcome_check,
    DROP CONSTRAINT captures_check,
    ADD CONSTRAINT captures_outcome_check CHECK (outcome IN ('caught', 'seen', 'unsure', 'nothing', 'stranger', 'void')),
    ADD CONSTRAINT captures_species_check CHECK ((outcome IN ('caught', 'seen', 'void')) = (species_id IS NOT NULL)),
    ADD COLUMN photo_flip bigint NOT NULL DEFAULT 0, -- perceptual hash of the photo flipped left to right; 0: unknown
    ADD COLUMN said       boolean NOT NULL DEFAULT false, -- the visitor says it shows said_id
    ADD COLUMN said_id    uuid REFERENCES species, -- NULL: none of ours
    ADD COLUMN copied     boolean NOT NULL DEFAULT false,
    ADD COLUMN withdrawn  boolean NOT NULL DEFAULT false,
    ADD COLUMN pardoned   boolean NOT NULL DEFAULT false;
DROP INDEX captures_caught_once;

-- What was said of captures, and by whom.
CREATE TABLE corrections (
    id         bigint GENERATED ALWAYS AS IDENTITY PRIMARY KEY,
    visitor_id uuid NOT NULL,
    capture_id uuid NOT NULL,
    kind       text NOT NULL CHECK (kind IN ('say', 'unsay', 'withdraw', 'restore', 'pardon', 'unpardon')),
    species_id uuid REFERENCES species,
    staff      text NOT NULL DEFAULT '', -- '': the visitor
    reason     text NOT NULL DEFAULT '',
    created_at timestamptz NOT NULL,
    FOREIGN KEY (visitor_id, capture_id) REFERENCES captures (visitor_id, id) ON DELETE CASCADE
);
CREATE INDEX corrections_by_capture ON corrections (visitor_id, capture_id);

-- The perceptual hashes of recognised photos that are no copies, each under its four bands,
-- so that copies are found among millions.
CREATE TABLE prints (
    visitor_id uuid NOT NULL,
    capture_id uuid NOT NULL,
    band       integer NOT NULL,
    species_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    sig        bigint NOT NULL,
    PRIMARY KEY (visitor_id, capture_id, band),
    FOREIGN KEY (visitor_id, capture_id) REFERENCES captures (visitor_id, id) ON DELETE CASCADE
);
CREATE INDEX prints_by_band ON prints (species_id, band, at) INCLUDE (sig, visitor_id);
INSERT INTO prints
    SELECT visitor_id, id, (i << 16) | ((photo_sig >> (16 * i)) & 65535)::int, species_id, at, photo_sig
    FROM captures, generate_series(0, 3) i WHERE species_id IS NOT NULL;

-- The question that followed a catch, as it was asked, and its first answer.
CREATE TABLE questions (
    visitor_id  uuid NOT NULL,
    capture_id  uuid NOT NULL,
    question    jsonb NOT NULL,
    asked_at    timestamptz NOT NULL,
    choice      text,
    correct     boolean,
    answered_at timestamptz,
    gained      jsonb, -- as it was answered
    PRIMARY KEY (visitor_id, capture_id),
    FOREIGN KEY (visitor_id, capture_id) REFERENCES captures (visitor_id, id) ON DELETE CASCADE,
    CHECK ((choice IS NULL) = (correct IS NULL) AND (choice IS NULL) = (answered_at IS NULL))
);

-- What a line of the ledger is about, and when it was earned.
ALTER TABLE ledger
    ADD COLUMN key text NOT NULL DEFAULT '',
    ADD COLUMN at  timestamptz NOT NULL DEFAULT now();
UPDATE ledger l SET reason = 'catch', key = c.species_id::text, at = c.at
    FROM captures c WHERE c.visitor_id = l.visitor_id AND c.id = l.capture_id AND l.reason = 'caught';

-- Families and school classes. A group belongs to the member who has been in it
-- for longest, so that it has an owner whoever leaves.
CREATE TABLE groups (
    id         uuid PRIMARY KEY,
    kind       text NOT NULL,
    name       text NOT NULL,
    code       text NOT NULL UNIQUE,
    code_at    timestamptz NOT NULL,
    created_at timestamptz NOT NULL
);
CREATE TABLE memberships (
    id         uuid PRIMARY KEY, -- what the other members know of a member
    group_id   uuid NOT NULL REFERENCES groups ON DELETE CASCADE,
    visitor_id uuid NOT NULL REFERENCES visitors ON DELETE CASCADE,
    joined_at  timestamptz NOT NULL,
    UNIQUE (group_id, visitor_id)
);
CREATE INDEX memberships_by_visitor ON memberships (visitor_id) INCLUDE (group_id);

-- +goose Down
DROP TABLE memberships, groups, questions, prints, corrections;
ALTER TABLE ledger DROP COLUMN key, DROP COLUMN at;
DELETE FROM captures WHERE outcome = 'void';
ALTER TABLE captures
    DROP CONSTRAINT captures_outcome_check,
    DROP CONSTRAINT captures_species_check,
    ADD CONSTRAINT captures_outcome_check CHECK (outcome IN ('caught', 'seen', 'unsure', 'nothing', 'stranger')),
    ADD CONSTRAINT captures_check CHECK ((outcome IN ('caught', 'seen')) = (species_id IS NOT NULL)),
    DROP COLUMN photo_flip,
    DROP COLUMN said,
    DROP COLUMN said_id,
    DROP COLUMN copied,
    DROP COLUMN withdrawn,
    DROP COLUMN pardoned;
DROP TRIGGER species_displayed ON species;
DROP TRIGGER species_display_changed ON species;
DROP FUNCTION species_displayed();
DROP TABLE displays, rules;

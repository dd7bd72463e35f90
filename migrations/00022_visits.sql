-- Visit numbers: who comes when, and what is caught, by day and hour of the zoo.

-- +goose Up

-- Nothing in these is of a visitor. Only the folding of visit_moves writes them,
-- one process at a time.
CREATE TABLE visit_days (
    day    date PRIMARY KEY,
    visits bigint NOT NULL -- visitors with a capture on it
);
CREATE TABLE visit_hours (
    day      date NOT NULL,
    hour     smallint NOT NULL,
    captures bigint NOT NULL, -- photos, whatever they showed
    catches  bigint NOT NULL,
    PRIMARY KEY (day, hour)
);
-- What is caught in a month; on a day it stands in catches.
CREATE TABLE catch_months (
    month      date NOT NULL, -- its first day
    species_id uuid NOT NULL,
    n          bigint NOT NULL,
    PRIMARY KEY (month, species_id)
);
-- Those that were all undone, which go with the next folding.
CREATE INDEX visit_days_undone ON visit_days (day) WHERE visits = 0;
CREATE INDEX visit_hours_undone ON visit_hours (day) WHERE captures = 0 AND catches = 0;
CREATE INDEX catch_months_undone ON catch_months (month) WHERE n = 0;

-- The zone by whose days all of it was counted. Where it is not the zoo's, or
-- missing, the next folding counts captures and catches anew.
CREATE TABLE visit_zone (
    one  boolean PRIMARY KEY DEFAULT true CHECK (one),
    zone text NOT NULL
);

-- Changes that the tables above do not have yet, with the zone that made the
-- days. Captures and catches only insert here, so that no two of them wait for
-- each other.
CREATE TABLE visit_moves (
    zone       text NOT NULL,
    day        date NOT NULL,
    hour       smallint NOT NULL,
    species_id uuid, -- of catches
    visits     integer NOT NULL DEFAULT 0,
    captures   integer NOT NULL DEFAULT 0,
    catches    integer NOT NULL DEFAULT 0
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

CREATE FUNCTION zoo_zone() RETURNS text LANGUAGE sql STABLE AS
    $$ SELECT coalesce((SELECT zone FROM rules ORDER BY revision DESC LIMIT 1), 'UTC') $$;

-- Whether it was noted together with what was inserted. What replicas of the
-- version before insert is noted by triggers.
ALTER TABLE captures ADD COLUMN counted boolean NOT NULL DEFAULT false;
ALTER TABLE catch_moves ADD COLUMN counted boolean NOT NULL DEFAULT false;

-- +goose StatementBegin
CREATE FUNCTION capture_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_zone text := zoo_zone();
    its_at timestamp := NEW.at AT TIME ZONE its_zone;
BEGIN
    INSERT INTO visit_moves (zone, day, hour, captures, visits)
    SELECT its_zone, its_at::date, extract(hour FROM its_at), 1, (NOT EXISTS (SELECT FROM captures c
        WHERE c.visitor_id = NEW.visitor_id AND c.id <> NEW.id AND (c.at AT TIME ZONE its_zone)::date = its_at::date))::int;
    RETURN NULL;
END
$$;
CREATE FUNCTION catch_uncounted() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_zone text := zoo_zone();
    its_at timestamp := NEW.at AT TIME ZONE its_zone;
BEGIN
    INSERT INTO visit_moves (zone, day, hour, species_id, catches)
    VALUES (its_zone, its_at::date, extract(hour FROM its_at), NEW.species_id, NEW.n);
    RETURN NULL;
END
$$;

-- Captures go with their visitor, by whom ever. A visit is gone with the last of
-- its day.
CREATE FUNCTION captures_erased() RETURNS trigger LANGUAGE plpgsql AS $$
DECLARE
    its_zone text := zoo_zone();
BEGIN
    INSERT INTO visit_moves (zone, day, hour, captures, visits)
    SELECT its_zone, day, hour, -n, CASE WHEN first AND NOT EXISTS (SELECT FROM captures c
        WHERE c.visitor_id = h.visitor_id AND (c.at AT TIME ZONE its_zone)::date = day) THEN -1 ELSE 0 END
    FROM (
        SELECT visitor_id, at::date AS day, extract(hour FROM at) AS hour, count(*) AS n,
            row_number() OVER (PARTITION BY visitor_id, at::date) = 1 AS first
        FROM (SELECT visitor_id, at AT TIME ZONE its_zone AS at FROM erased) local
        GROUP BY 1, 2, 3
    ) h;
    RETURN NULL;
END
$$;
-- +goose StatementEnd
CREATE TRIGGER capture_uncounted AFTER INSERT ON captures
    FOR EACH ROW WHEN (NOT NEW.counted) EXECUTE FUNCTION capture_uncounted();
CREATE TRIGGER catch_uncounted AFTER INSERT ON catch_moves
    FOR EACH ROW WHEN (NOT NEW.counted) EXECUTE FUNCTION catch_uncounted();
CREATE TRIGGER captures_erased AFTER DELETE ON captures REFERENCING OLD TABLE AS erased
    FOR EACH STATEMENT EXECUTE FUNCTION captures_erased();

-- +goose Down
DROP TRIGGER capture_uncounted ON captures;
DROP TRIGGER catch_uncounted ON catch_moves;
DROP TRIGGER captures_erased ON captures;
DROP FUNCTION capture_uncounted();
DROP FUNCTION catch_uncounted();
DROP FUNCTION captures_erased();
DROP FUNCTION zoo_zone();
ALTER TABLE captures DROP COLUMN counted;
ALTER TABLE catch_moves DROP COLUMN counted;
DROP TABLE visit_moves, visit_zone, catch_months, visit_hours, visit_days;

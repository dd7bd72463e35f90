-- What the whole zoo has caught, today and ever.

-- +goose Up

-- How many visitors caught each animal on a day ("day-2026-05-01"), and ever
-- ("ever"). Nothing in it is of a visitor. Only the folding of catch_moves
-- writes it, one process at a time.
CREATE TABLE catches (
    board      text COLLATE "C" NOT NULL,
    species_id uuid NOT NULL,
    n          bigint NOT NULL,
    last       timestamptz NOT NULL, -- when it was caught last
    PRIMARY KEY (board, species_id)
);
-- Those that were all undone, which go with the next folding.
CREATE INDEX catches_undone ON catches (board, species_id) WHERE n = 0;

-- Catches that were made (1) or undone (-1), which catches does not have yet. A
-- capture only inserts here, so that no two of them wait for each other.
CREATE TABLE catch_moves (
    species_id uuid NOT NULL,
    at         timestamptz NOT NULL,
    n          integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

INSERT INTO catch_moves (species_id, at, n)
    SELECT key::uuid, at, 1 FROM ledger WHERE reason = 'catch' AND key <> ''
    GROUP BY visitor_id, capture_id, key, at HAVING sum(points) > 0;

-- +goose Down
DROP TABLE catch_moves, catches;

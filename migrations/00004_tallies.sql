-- What the rules remember of each visitor's captures, so that a new one is
-- judged without reading all of them.

-- +goose Up

-- A tally follows from captures and rules, and may be made anew at any time. It
-- is of use as long as the rules and species are those that basis names; the
-- others are behind, and are brought up in the background.
CREATE TABLE tallies (
    visitor_id uuid PRIMARY KEY REFERENCES visitors ON DELETE CASCADE,
    basis      bigint NOT NULL,
    tally      json NOT NULL
) WITH (fillfactor = 80);
CREATE INDEX tallies_by_basis ON tallies (basis, visitor_id);
INSERT INTO tallies SELECT visitor_id, 0, '{}' FROM (SELECT DISTINCT visitor_id FROM captures) who;

-- +goose Down
DROP TABLE tallies;

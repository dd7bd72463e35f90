-- A lesson that was deleted can be brought back for some days.

-- +goose Up
ALTER TABLE lessons
    ADD COLUMN ended_at timestamptz, -- NULL: it is there
    DROP CONSTRAINT lessons_species_id_key;
CREATE UNIQUE INDEX lessons_once ON lessons (species_id) WHERE ended_at IS NULL;

-- +goose Down
DELETE FROM lessons WHERE ended_at IS NOT NULL;
DROP INDEX lessons_once;
ALTER TABLE lessons DROP COLUMN ended_at, ADD CONSTRAINT lessons_species_id_key UNIQUE (species_id);

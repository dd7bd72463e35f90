-- Species belong to the staff: every edit is kept, and can be undone.

-- +goose Up

-- Counts the edits of a species, so that two people do not overwrite each other.
ALTER TABLE species ADD COLUMN version integer NOT NULL DEFAULT 1;

-- A species as each edit left it, from the first edit on: version 1 is what was
-- there before. Values are by path, as in the catalogue's files: "texts.de.name".
CREATE TABLE species_edits (
    species_id uuid NOT NULL REFERENCES species ON DELETE CASCADE,
    version    integer NOT NULL,
    at         timestamptz NOT NULL,
    who        text NOT NULL, -- '': nobody, the zoo began with it
    facts      jsonb NOT NULL,
    PRIMARY KEY (species_id, version)
);

-- +goose Down
DROP TABLE species_edits;
ALTER TABLE species DROP COLUMN version;

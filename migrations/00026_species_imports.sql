-- Imports of species are kept as wholes, so that each can be undone at once.

-- +goose Up

-- An import, or the undoing of one, which can be undone itself.
CREATE TABLE species_imports (
    id      uuid PRIMARY KEY,
    at      timestamptz NOT NULL,
    who     text NOT NULL,
    added   integer NOT NULL,
    changed integer NOT NULL,
    undo_of uuid UNIQUE REFERENCES species_imports -- whoever undoes one twice does it once
);
CREATE INDEX species_imports_by_time ON species_imports (at, id);

ALTER TABLE species_edits ADD COLUMN import_id uuid REFERENCES species_imports;
CREATE INDEX species_edits_by_import ON species_edits (import_id) WHERE import_id IS NOT NULL;

-- +goose Down
ALTER TABLE species_edits DROP COLUMN import_id;
DROP TABLE species_imports;

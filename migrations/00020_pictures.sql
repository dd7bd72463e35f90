-- Pictures of species, that the staff send. They live and are saved with the
-- facts that name them.

-- +goose Up
CREATE TABLE pictures (
    id        uuid PRIMARY KEY,
    sum       bytea NOT NULL UNIQUE, -- SHA-256 of the file that it was made of
    width     integer NOT NULL,      -- of the card
    height    integer NOT NULL,
    card      bytea NOT NULL,
    thumbnail bytea NOT NULL,
    sent_at   timestamptz NOT NULL   -- last
);
-- They are JPEG already.
ALTER TABLE pictures ALTER COLUMN card SET STORAGE EXTERNAL, ALTER COLUMN thumbnail SET STORAGE EXTERNAL;

ALTER TABLE species ADD COLUMN picture text NOT NULL DEFAULT ''; -- '': none
UPDATE species_edits SET facts = facts || '{"picture": ""}';
-- For which versions a picture is kept.
CREATE INDEX species_edits_by_picture ON species_edits ((facts ->> 'picture')) WHERE facts ->> 'picture' <> '';

-- +goose Down
DROP INDEX species_edits_by_picture;
UPDATE species_edits SET facts = facts - 'picture';
ALTER TABLE species DROP COLUMN picture;
DROP TABLE pictures;

-- Whether the phone says that a photo was taken outside of the zoo. Where that
-- was nobody is told.

-- +goose Up
ALTER TABLE captures ADD COLUMN outside boolean NOT NULL DEFAULT false;

-- +goose Down
ALTER TABLE captures DROP COLUMN outside;

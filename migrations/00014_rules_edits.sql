-- Who changed which part of the rules. Of each part every edit is kept, and can
-- be undone from the revision before it.

-- +goose Up
ALTER TABLE rules
    ADD COLUMN who  text NOT NULL DEFAULT '', -- '': nobody, the game began so
    ADD COLUMN part text NOT NULL DEFAULT '';
CREATE INDEX rules_by_part ON rules (part, revision);

-- +goose Down
DROP INDEX rules_by_part;
ALTER TABLE rules DROP COLUMN who, DROP COLUMN part;

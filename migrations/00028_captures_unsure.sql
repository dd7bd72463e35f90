-- Captures of which recognition was not sure, for staff to see what it misses.

-- +goose Up
CREATE INDEX captures_unsure ON captures (created_at, visitor_id, id) WHERE outcome = 'unsure' AND NOT said;

-- +goose Down
DROP INDEX captures_unsure;

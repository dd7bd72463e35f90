-- What staff look through: captures that were decided upon, and whose they are.

-- +goose Up
CREATE INDEX captures_decided ON captures (created_at, visitor_id, id) WHERE outcome = 'void' OR said OR withdrawn OR pardoned;
CREATE INDEX visitors_by_nickname ON visitors (nickname);

-- +goose Down
DROP INDEX captures_decided, visitors_by_nickname;

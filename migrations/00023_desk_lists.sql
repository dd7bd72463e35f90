-- Lists of the staff desk that cost the same however much there is.

-- +goose Up

-- Captures decided upon in one way, which may be few among many.
CREATE INDEX captures_void ON captures ((recognised->>'void'), created_at, visitor_id, id) WHERE outcome = 'void';
CREATE INDEX captures_said ON captures (created_at, visitor_id, id) WHERE said;
CREATE INDEX captures_withdrawn ON captures (created_at, visitor_id, id) WHERE withdrawn;
CREATE INDEX captures_pardoned ON captures (created_at, visitor_id, id) WHERE pardoned;

-- How many photos a lesson has is counted without reading them.
CREATE INDEX lesson_photos_counted ON lesson_photos (lesson_id, id) INCLUDE (why, dropped);
DROP INDEX lesson_photos_by_lesson;

-- +goose Down
CREATE INDEX lesson_photos_by_lesson ON lesson_photos (lesson_id, id);
DROP INDEX lesson_photos_counted, captures_void, captures_said, captures_withdrawn, captures_pardoned;

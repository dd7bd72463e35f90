-- Leaderboards: who stands where, today, this week, this season and ever.

-- +goose Up

-- Whether a visitor said yes to being seen on the leaderboards.
ALTER TABLE visitors ADD COLUMN listed boolean NOT NULL DEFAULT false;

-- What each visitor and each group has on each board. A board is called
-- "visitors ever", "groups day-2026-05-01"; the id is the visitor's or group's.
CREATE TABLE scores (
    id      uuid NOT NULL,
    board   text COLLATE "C" NOT NULL,
    points  integer NOT NULL,
    reached timestamptz NOT NULL, -- when the last of the points was earned
    listed  boolean NOT NULL,
    PRIMARY KEY (id, board)
);
-- The order of a board, of those who stand on it.
CREATE INDEX scores_by_place ON scores (board, (-points), reached, id) INCLUDE (points) WHERE listed AND points > 0;

-- How many stand on a board with how many points: a histogram of four levels,
-- in buckets of 1, 16, 256 and 4096 points, so that a rank is the sum of few rows.
-- Only the folding of score_moves writes it, one process at a time.
CREATE TABLE score_counts (
    board  text COLLATE "C" NOT NULL,
    level  smallint NOT NULL,
    bucket integer NOT NULL,
    n      bigint NOT NULL,
    PRIMARY KEY (board, level, bucket)
) WITH (fillfactor = 60);

-- Changes that score_counts does not have yet. A capture only inserts here, so
-- that no two of them wait for each other; a rank adds these up as well.
CREATE TABLE score_moves (
    board text COLLATE "C" NOT NULL,
    was   integer NOT NULL, -- 0: did not stand there
    now   integer NOT NULL
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);
CREATE INDEX score_moves_by_board ON score_moves (board) INCLUDE (was, now);

-- Groups whose scores have to be worked out anew.
CREATE TABLE group_moves (
    group_id uuid NOT NULL,
    at       timestamptz -- only on the boards of this time; NULL: on all
) WITH (autovacuum_vacuum_scale_factor = 0, autovacuum_vacuum_threshold = 2000);

-- How often a board has changed: the ids of its live events.
CREATE TABLE board_versions (
    board   text COLLATE "C" PRIMARY KEY,
    version bigint NOT NULL
);

-- The rank that so many points have on a board, or would have: one more than
-- there are with more points.
-- +goose StatementBegin
CREATE FUNCTION board_rank(on_board text, has integer) RETURNS bigint LANGUAGE plpgsql STABLE STRICT
    SET enable_seqscan = off AS $$
BEGIN
    RETURN 1 + coalesce((
        SELECT sum(n) FROM (
            SELECT n FROM score_counts WHERE board = on_board AND level = 3 AND bucket > has >> 12
            UNION ALL
            SELECT n FROM score_counts WHERE board = on_board AND level = 2 AND bucket > has >> 8 AND bucket < ((has >> 12) + 1) << 4
            UNION ALL
            SELECT n FROM score_counts WHERE board = on_board AND level = 1 AND bucket > has >> 4 AND bucket < ((has >> 8) + 1) << 4
            UNION ALL
            SELECT n FROM score_counts WHERE board = on_board AND level = 0 AND bucket > has AND bucket < ((has >> 4) + 1) << 4
        ) counted), 0) + (
        SELECT count(*) FILTER (WHERE now > has) - count(*) FILTER (WHERE was > has) FROM score_moves WHERE board = on_board);
END
$$;
-- +goose StatementEnd

-- +goose Down
DROP FUNCTION board_rank(text, integer);
DROP TABLE board_versions, group_moves, score_moves, score_counts, scores;
ALTER TABLE visitors DROP COLUMN listed;

-- Copies are found by six bands of a hash instead of four, one of which a copy
-- has unchanged: six places of an index to look at instead of sixty-eight.

-- +goose Up
CREATE TEMPORARY TABLE pictures ON COMMIT DROP AS
    SELECT DISTINCT visitor_id, capture_id, species_id, at, sig FROM prints;
TRUNCATE prints;
INSERT INTO prints (visitor_id, capture_id, band, species_id, at, sig)
    SELECT visitor_id, capture_id, (band << 16) | ((sig >> first) & ((1 << bits) - 1))::int, species_id, at, sig
    FROM pictures, (VALUES (0, 0, 11), (1, 11, 11), (2, 22, 10), (3, 32, 11), (4, 43, 11), (5, 54, 10)) AS bands (band, first, bits);

-- +goose Down
CREATE TEMPORARY TABLE pictures ON COMMIT DROP AS
    SELECT DISTINCT visitor_id, capture_id, species_id, at, sig FROM prints;
TRUNCATE prints;
INSERT INTO prints (visitor_id, capture_id, band, species_id, at, sig)
    SELECT visitor_id, capture_id, (i << 16) | ((sig >> (16 * i)) & 65535)::int, species_id, at, sig
    FROM pictures, generate_series(0, 3) i;

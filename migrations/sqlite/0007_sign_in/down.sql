ALTER TABLE sessions DROP COLUMN repeated_at;
ALTER TABLE sessions DROP COLUMN rotated_at;
ALTER TABLE sessions DROP COLUMN place_hash;
ALTER TABLE sessions DROP COLUMN device_id;

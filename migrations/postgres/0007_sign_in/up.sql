-- Whence a session was opened or last renewed (a keyed hash of user and network) and by which device, so that known ones
-- keep a door open; and when its refresh token was replaced, so that a lost answer can be asked for once more.
ALTER TABLE sessions ADD COLUMN device_id UUID;
ALTER TABLE sessions ADD COLUMN place_hash BYTEA;
ALTER TABLE sessions ADD COLUMN rotated_at TIMESTAMPTZ;
ALTER TABLE sessions ADD COLUMN repeated_at TIMESTAMPTZ;

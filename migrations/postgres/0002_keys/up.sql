-- The ids of the secret keys with which a bank was made: a database without its key is noticed at start, not when a
-- phone can no longer be read. The keys themselves stand in no database.
CREATE TABLE bank_keys (
    bank_id BIGINT NOT NULL,
    key_id TEXT COLLATE "C" NOT NULL,
    noted_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bank_id, key_id)
);

-- Which idempotency key made which entry, for ever: a digest of the user and the key. The texts of answers are removed
-- after a while; a key that made an entry never makes another.
CREATE TABLE entry_keys (
    bank_id BIGINT NOT NULL,
    key_digest BYTEA NOT NULL,
    entry_number BIGINT NOT NULL,
    PRIMARY KEY (bank_id, key_digest)
);

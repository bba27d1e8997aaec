-- Proxies (代办人): who acts for a member, until when, for how many points; who ended it.
CREATE TABLE proxies (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    proxy_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    starts_on INTEGER NOT NULL,
    until INTEGER NOT NULL,
    points_a_day INTEGER NOT NULL,
    points_in_all INTEGER,
    guardianship TEXT,
    state TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    ended_by BLOB,
    ended_at INTEGER,
    looked_on INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX proxies_of_member ON proxies (bank_id, member_id, id);
CREATE INDEX proxies_by_proxy ON proxies (bank_id, proxy_id, id);

-- The proxy who showed a code, and with whose code a redemption was made.
ALTER TABLE codes ADD COLUMN proxy_id BLOB;
ALTER TABLE redemptions ADD COLUMN proxy_id BLOB;

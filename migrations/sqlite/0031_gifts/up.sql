-- Gifts (赠送): between people, to a pool and out of it.
CREATE TABLE gifts (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    form TEXT NOT NULL,
    giver_id BLOB,
    receiver_id BLOB,
    org_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    given_by BLOB NOT NULL,
    given_at INTEGER NOT NULL,
    asked_back_at INTEGER,
    ended_by BLOB,
    ended_at INTEGER,
    entry_number INTEGER,
    return_entry INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX gifts_by_giver ON gifts (bank_id, giver_id, id);
CREATE INDEX gifts_to_receiver ON gifts (bank_id, receiver_id, given_at);
CREATE INDEX gifts_by_day ON gifts (bank_id, given_at);

-- What the bank allows: nothing, unless it says so. Points in hundredths.
ALTER TABLE banks ADD COLUMN gifts_family INTEGER NOT NULL DEFAULT 0;
ALTER TABLE banks ADD COLUMN gifts_neighbour INTEGER NOT NULL DEFAULT 0;
ALTER TABLE banks ADD COLUMN gifts_donation INTEGER NOT NULL DEFAULT 0;
ALTER TABLE banks ADD COLUMN gift_points_a_day INTEGER NOT NULL DEFAULT 2000;
ALTER TABLE banks ADD COLUMN gift_points_a_person INTEGER NOT NULL DEFAULT 3000;

-- Whether a lot came by a gift.
ALTER TABLE lots ADD COLUMN given INTEGER NOT NULL DEFAULT 0;

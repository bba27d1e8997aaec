-- Cards (存折卡): which edition of a member's card is good, and the hash of its PIN. The id is the member's; a member
-- without a row has the first edition, without a PIN.
CREATE TABLE cards (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    edition INTEGER NOT NULL,
    pin_hash TEXT,
    pin_set_at INTEGER,
    pin_set_by BLOB,
    lost_at INTEGER,
    lost_by BLOB,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;

-- Numbered paper slips (登记单) of shops without a network: each number once in the bank, entered once.
CREATE TABLE slips (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    number INTEGER NOT NULL,
    merchant_id BLOB NOT NULL,
    printed_by BLOB NOT NULL,
    printed_at INTEGER NOT NULL,
    redemption_id BLOB,
    entered_by BLOB,
    entered_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX slips_by_number ON slips (bank_id, number);
CREATE INDEX slips_by_merchant ON slips (bank_id, merchant_id, number);

-- How the person was present: with a card, or on a slip; what the district covers of it.
ALTER TABLE codes ADD COLUMN card_edition INTEGER;
ALTER TABLE redemptions ADD COLUMN card_edition INTEGER;
ALTER TABLE redemptions ADD COLUMN slip_number INTEGER;
ALTER TABLE redemptions ADD COLUMN points_covered INTEGER;
CREATE INDEX redemptions_by_slip ON redemptions (bank_id, id) WHERE slip_number IS NOT NULL;

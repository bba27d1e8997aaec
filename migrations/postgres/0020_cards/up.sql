-- Cards (存折卡): which edition of a member's card is good, and the hash of its PIN. The id is the member's; a member
-- without a row has the first edition, without a PIN.
CREATE TABLE cards (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    edition BIGINT NOT NULL,
    pin_hash TEXT COLLATE "C",
    pin_set_at TIMESTAMPTZ,
    pin_set_by UUID,
    lost_at TIMESTAMPTZ,
    lost_by UUID,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);

-- Numbered paper slips (登记单) of shops without a network: each number once in the bank, entered once.
CREATE TABLE slips (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    number BIGINT NOT NULL,
    merchant_id UUID NOT NULL,
    printed_by UUID NOT NULL,
    printed_at TIMESTAMPTZ NOT NULL,
    redemption_id UUID,
    entered_by UUID,
    entered_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX slips_by_number ON slips (bank_id, number);
CREATE INDEX slips_by_merchant ON slips (bank_id, merchant_id, number);

-- How the person was present: with a card, or on a slip; what the district covers of it.
ALTER TABLE codes ADD COLUMN card_edition BIGINT;
ALTER TABLE redemptions ADD COLUMN card_edition BIGINT;
ALTER TABLE redemptions ADD COLUMN slip_number BIGINT;
ALTER TABLE redemptions ADD COLUMN points_covered BIGINT;
CREATE INDEX redemptions_by_slip ON redemptions (bank_id, id) WHERE slip_number IS NOT NULL;

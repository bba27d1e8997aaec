-- Gifts (赠送): between people, to a pool and out of it.
CREATE TABLE gifts (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    form TEXT COLLATE "C" NOT NULL,
    giver_id UUID,
    receiver_id UUID,
    org_id UUID NOT NULL,
    points BIGINT NOT NULL,
    given_by UUID NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    asked_back_at TIMESTAMPTZ,
    ended_by UUID,
    ended_at TIMESTAMPTZ,
    entry_number BIGINT,
    return_entry BIGINT,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX gifts_by_giver ON gifts (bank_id, giver_id, id);
CREATE INDEX gifts_to_receiver ON gifts (bank_id, receiver_id, given_at);
CREATE INDEX gifts_by_day ON gifts (bank_id, given_at);

-- What the bank allows: nothing, unless it says so. Points in hundredths.
ALTER TABLE banks ADD COLUMN gifts_family BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE banks ADD COLUMN gifts_neighbour BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE banks ADD COLUMN gifts_donation BOOLEAN NOT NULL DEFAULT FALSE;
ALTER TABLE banks ADD COLUMN gift_points_a_day BIGINT NOT NULL DEFAULT 2000;
ALTER TABLE banks ADD COLUMN gift_points_a_person BIGINT NOT NULL DEFAULT 3000;

-- Whether a lot came by a gift.
ALTER TABLE lots ADD COLUMN given BOOLEAN NOT NULL DEFAULT FALSE;

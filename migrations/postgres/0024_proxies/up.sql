-- Proxies (代办人): who acts for a member, until when, for how many points; who ended it.
CREATE TABLE proxies (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    proxy_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    starts_on DATE NOT NULL,
    until DATE NOT NULL,
    points_a_day BIGINT NOT NULL,
    points_in_all BIGINT,
    guardianship TEXT COLLATE "C",
    state TEXT COLLATE "C" NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    ended_by UUID,
    ended_at TIMESTAMPTZ,
    looked_on DATE,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX proxies_of_member ON proxies (bank_id, member_id, id);
CREATE INDEX proxies_by_proxy ON proxies (bank_id, proxy_id, id);

-- The proxy who showed a code, and with whose code a redemption was made.
ALTER TABLE codes ADD COLUMN proxy_id UUID;
ALTER TABLE redemptions ADD COLUMN proxy_id UUID;

-- Rates of a shop after the first one, by their first day; NULL: none.
ALTER TABLE merchants ADD COLUMN later_rates TEXT COLLATE "C";
-- The rate of a line, if it is not that of its statement.
ALTER TABLE statement_lines ADD COLUMN rate_fen TEXT COLLATE "C";

-- Applications of new shops (商家申请).
CREATE TABLE shop_applications (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    owner_member_id UUID NOT NULL,
    model TEXT COLLATE "C" NOT NULL,
    address TEXT COLLATE "C" NOT NULL,
    credit_code TEXT COLLATE "C",
    goods TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    reason TEXT COLLATE "C",
    merchant_id UUID,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX shop_applications_by_maker ON shop_applications (bank_id, made_by, id);
CREATE INDEX shop_applications_by_owner ON shop_applications (bank_id, owner_member_id, id);
CREATE INDEX shop_applications_open ON shop_applications (bank_id, org_id, id) WHERE state = 'applied';

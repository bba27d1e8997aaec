-- Rates of a shop after the first one, by their first day; NULL: none.
ALTER TABLE merchants ADD COLUMN later_rates TEXT;
-- The rate of a line, if it is not that of its statement.
ALTER TABLE statement_lines ADD COLUMN rate_fen TEXT;

-- Applications of new shops (商家申请).
CREATE TABLE shop_applications (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    org_id BLOB NOT NULL,
    owner_member_id BLOB NOT NULL,
    model TEXT NOT NULL,
    address TEXT NOT NULL,
    credit_code TEXT,
    goods TEXT NOT NULL,
    state TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    reason TEXT,
    merchant_id BLOB,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX shop_applications_by_maker ON shop_applications (bank_id, made_by, id);
CREATE INDEX shop_applications_by_owner ON shop_applications (bank_id, owner_member_id, id);
CREATE INDEX shop_applications_open ON shop_applications (bank_id, org_id, id) WHERE state = 'applied';

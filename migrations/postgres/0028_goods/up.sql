-- Goods sheets (出入库单): goods in, stocktakes and write-offs of a shop, of which some need a second person.
CREATE TABLE goods_sheets (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    merchant_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    donor TEXT COLLATE "C",
    on_day DATE NOT NULL,
    reason TEXT COLLATE "C",
    value_fen BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    entry_number BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX goods_sheets_of_merchant ON goods_sheets (bank_id, merchant_id, id);
CREATE INDEX goods_sheets_by_entry ON goods_sheets (bank_id, entry_number) WHERE entry_number IS NOT NULL;
CREATE INDEX goods_sheets_unchecked ON goods_sheets (bank_id, merchant_id, id) WHERE state = 'unchecked';

CREATE TABLE goods_lines (
    bank_id BIGINT NOT NULL,
    sheet_id UUID NOT NULL,
    line BIGINT NOT NULL,
    offer_id UUID NOT NULL,
    pieces BIGINT NOT NULL,
    best_before DATE,
    unit_value_fen BIGINT,
    PRIMARY KEY (bank_id, sheet_id, line)
);

-- Above this value goods in need a second person, and stocktakes and write-offs always do. NULL: one person does.
ALTER TABLE merchants ADD COLUMN two_above_fen BIGINT;

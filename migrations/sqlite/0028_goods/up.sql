-- Goods sheets (出入库单): goods in, stocktakes and write-offs of a shop, of which some need a second person.
CREATE TABLE goods_sheets (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    merchant_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    donor TEXT,
    on_day INTEGER NOT NULL,
    reason TEXT,
    value_fen INTEGER NOT NULL,
    state TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    entry_number INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX goods_sheets_of_merchant ON goods_sheets (bank_id, merchant_id, id);
CREATE INDEX goods_sheets_by_entry ON goods_sheets (bank_id, entry_number) WHERE entry_number IS NOT NULL;
CREATE INDEX goods_sheets_unchecked ON goods_sheets (bank_id, merchant_id, id) WHERE state = 'unchecked';

CREATE TABLE goods_lines (
    bank_id INTEGER NOT NULL,
    sheet_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    offer_id BLOB NOT NULL,
    pieces INTEGER NOT NULL,
    best_before INTEGER,
    unit_value_fen INTEGER,
    PRIMARY KEY (bank_id, sheet_id, line)
) STRICT;

-- Above this value goods in need a second person, and stocktakes and write-offs always do. NULL: one person does.
ALTER TABLE merchants ADD COLUMN two_above_fen INTEGER;

-- Counters of groups may be below zero: deductions.
CREATE TABLE signed_counters (
    bank_id INTEGER NOT NULL,
    counter_key TEXT NOT NULL,
    counter_window TEXT NOT NULL,
    used INTEGER NOT NULL,
    PRIMARY KEY (bank_id, counter_key, counter_window)
) STRICT, WITHOUT ROWID;
INSERT INTO signed_counters SELECT bank_id, counter_key, counter_window, used FROM counters;
DROP TABLE counters;
ALTER TABLE signed_counters RENAME TO counters;

-- Files by the day on which they were opened, counted by place and kind in the order of an index.
CREATE INDEX members_by_place_and_opening ON members (bank_id, org_id, kind, party_member, created_at, merged_into_id);

DROP INDEX members_by_place_and_opening;

-- Releases before know no counters of groups.
DELETE FROM counters WHERE counter_key LIKE 'group/%';

CREATE TABLE unsigned_counters (
    bank_id INTEGER NOT NULL,
    counter_key TEXT NOT NULL,
    counter_window TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (bank_id, counter_key, counter_window)
) STRICT, WITHOUT ROWID;
INSERT INTO unsigned_counters SELECT bank_id, counter_key, counter_window, used FROM counters;
DROP TABLE counters;
ALTER TABLE unsigned_counters RENAME TO counters;

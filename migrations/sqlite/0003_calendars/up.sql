-- Holiday calendars as a bank uses them, a row for each change: who put which days in, and when. The row with the
-- highest version holds; a year without rows follows the list that comes with the program.
CREATE TABLE calendars (
    bank_id INTEGER NOT NULL,
    year INTEGER NOT NULL,
    version INTEGER NOT NULL,
    days TEXT NOT NULL,
    changed_by BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    PRIMARY KEY (bank_id, year, version)
) STRICT, WITHOUT ROWID;

-- Up to here the years of the bank are closed: nothing may take effect before it any more. `closed_until` is moved by
-- settling and closes redeeming and stock only.
ALTER TABLE heads ADD COLUMN year_closed_until INTEGER;

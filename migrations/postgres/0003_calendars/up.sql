-- Holiday calendars as a bank uses them, a row for each change: who put which days in, and when. The row with the
-- highest version holds; a year without rows follows the list that comes with the program.
CREATE TABLE calendars (
    bank_id BIGINT NOT NULL,
    year BIGINT NOT NULL,
    version BIGINT NOT NULL,
    days TEXT COLLATE "C" NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bank_id, year, version)
);

-- Up to here the years of the bank are closed: nothing may take effect before it any more. `closed_until` is moved by
-- settling and closes redeeming and stock only.
ALTER TABLE heads ADD COLUMN year_closed_until TIMESTAMPTZ;

-- What was never set, and what no query asks for: a lot's budget and its value in money, an activity's leader, and
-- indexes over columns that are only read with their row.
ALTER TABLE lots DROP COLUMN budget;
ALTER TABLE lots DROP COLUMN value_fen;
ALTER TABLE lots DROP COLUMN value_left_fen;
ALTER TABLE activities DROP COLUMN leader_id;
DROP INDEX redemptions_by_capture;
DROP INDEX service_records_by_award;
DROP INDEX sessions_by_refresh;
DROP INDEX sessions_by_previous;

DROP INDEX members_by_place_and_opening;

ALTER TABLE counters ADD CONSTRAINT counters_used_check CHECK (used >= 0);

ALTER TABLE scheme_versions DROP COLUMN notation;

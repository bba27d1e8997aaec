DROP INDEX members_by_place_and_opening;

-- Releases before know no counters of groups.
DELETE FROM counters WHERE counter_key LIKE 'group/%';

ALTER TABLE counters ADD CONSTRAINT counters_used_check CHECK (used >= 0);

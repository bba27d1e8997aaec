ALTER TABLE counters ADD CONSTRAINT counters_used_check CHECK (used >= 0);

ALTER TABLE scheme_versions DROP COLUMN notation;

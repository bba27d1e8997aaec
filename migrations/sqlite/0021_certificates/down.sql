ALTER TABLE orgs DROP COLUMN responsible;
DROP INDEX objections_by_state;
DROP INDEX service_records_reversed;
DROP TABLE certificates;

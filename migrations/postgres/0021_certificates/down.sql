ALTER TABLE orgs DROP COLUMN responsible;
DROP INDEX service_records_reversed;
DROP TABLE certificates;

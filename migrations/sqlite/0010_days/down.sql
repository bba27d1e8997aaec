DROP INDEX members_by_opening;
DROP INDEX service_records_by_start;
DROP INDEX entries_by_effect;

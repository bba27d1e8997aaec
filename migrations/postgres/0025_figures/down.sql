DROP INDEX redemptions_by_capture;
DROP INDEX service_records_by_start;
CREATE INDEX service_records_by_start ON service_records (bank_id, started_at, id);

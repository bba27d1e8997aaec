-- Lists of some days: entries by the day on which they took effect, records by the day on which the service began,
-- members by the day on which their files were opened. Other rows are found by their ids, which are ordered by time.
CREATE INDEX entries_by_effect ON entries (bank_id, effective_at, number);
CREATE INDEX service_records_by_start ON service_records (bank_id, started_at, id);
CREATE INDEX members_by_opening ON members (bank_id, created_at, id);

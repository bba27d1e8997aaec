-- Figures of a period (docs/STATISTICS.md): all that is added up of a record stands in the index of its day, and all
-- that decides whether a redemption counts in that of its capture.
DROP INDEX service_records_by_start;
CREATE INDEX service_records_by_start ON service_records (bank_id, started_at, id, state, org_id, activity_id, member_id, served, service_minutes, award_entry, reversal_entry);
CREATE INDEX redemptions_by_capture ON redemptions (bank_id, captured_at, member_id, state, capture_entry, last_refund_entry) WHERE captured_at IS NOT NULL;

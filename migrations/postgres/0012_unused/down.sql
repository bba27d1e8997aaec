CREATE INDEX sessions_by_previous ON sessions (bank_id, previous_hash) WHERE previous_hash IS NOT NULL;
CREATE INDEX sessions_by_refresh ON sessions (bank_id, refresh_hash);
CREATE INDEX service_records_by_award ON service_records (bank_id, award_entry) WHERE award_entry IS NOT NULL;
CREATE INDEX redemptions_by_capture ON redemptions (bank_id, capture_entry) WHERE capture_entry IS NOT NULL;
ALTER TABLE activities ADD COLUMN leader_id UUID;
ALTER TABLE lots ADD COLUMN value_left_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN value_fen BIGINT NOT NULL DEFAULT 0;
ALTER TABLE lots ADD COLUMN budget TEXT COLLATE "C";

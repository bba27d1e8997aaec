-- Counters of groups may be below zero: deductions.
ALTER TABLE counters DROP CONSTRAINT counters_used_check;

-- Files by the day on which they were opened, counted by place and kind in the order of an index.
CREATE INDEX members_by_place_and_opening ON members (bank_id, org_id, kind, party_member, created_at, merged_into_id);

DROP INDEX accounts_by_merged_into;
ALTER TABLE accounts DROP COLUMN merged_entry;
ALTER TABLE accounts DROP COLUMN merged_into_id;

-- An account of a duplicate is another name of the account that stays: which one, and the entry that made it so.
ALTER TABLE accounts ADD COLUMN merged_into_id BLOB;
ALTER TABLE accounts ADD COLUMN merged_entry INTEGER;
CREATE INDEX accounts_by_merged_into ON accounts (bank_id, merged_into_id) WHERE merged_into_id IS NOT NULL;

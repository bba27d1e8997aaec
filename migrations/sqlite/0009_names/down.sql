CREATE INDEX members_by_name ON members (bank_id, name);
DROP INDEX members_by_name_key;
ALTER TABLE members DROP COLUMN name_key;

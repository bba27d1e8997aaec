ALTER TABLE banks DROP COLUMN answers_since;
DROP INDEX entries_by_key;
ALTER TABLE entries DROP COLUMN answer_digest;
ALTER TABLE entries DROP COLUMN key_digest;

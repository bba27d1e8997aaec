-- Each entry says which request made it: a digest of its user and key, and one of the request with its answer, which is
-- empty where there was no key. Entries from before say nothing; their keys stay in entry_keys, where no more are added.
ALTER TABLE entries ADD COLUMN key_digest BLOB;
ALTER TABLE entries ADD COLUMN answer_digest BLOB;
CREATE UNIQUE INDEX entries_by_key ON entries (bank_id, key_digest) WHERE key_digest IS NOT NULL;

-- Up to when answers were removed on purpose: those of later entries must be there.
ALTER TABLE banks ADD COLUMN answers_since INTEGER;

-- Attachments (附件): photos and scans of sheets, goods and receipts. The files are beside the database, named by digest.
CREATE TABLE attachments (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    thing TEXT NOT NULL,
    thing_id BLOB NOT NULL,
    member_id BLOB,
    purpose TEXT NOT NULL,
    title TEXT NOT NULL,
    media_type TEXT NOT NULL,
    size INTEGER NOT NULL,
    width INTEGER,
    height INTEGER,
    digest TEXT NOT NULL,
    small_digest TEXT,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    keep_until INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX attachments_of_thing ON attachments (bank_id, thing, thing_id, id);
CREATE INDEX attachments_by_member ON attachments (bank_id, member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX attachments_by_digest ON attachments (bank_id, digest);
CREATE INDEX attachments_by_small ON attachments (bank_id, small_digest) WHERE small_digest IS NOT NULL;
CREATE INDEX attachments_due ON attachments (bank_id, keep_until) WHERE keep_until IS NOT NULL;

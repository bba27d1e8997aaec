-- Attachments (附件): photos and scans of sheets, goods and receipts. The files are beside the database, named by digest.
CREATE TABLE attachments (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    thing TEXT COLLATE "C" NOT NULL,
    thing_id UUID NOT NULL,
    member_id UUID,
    purpose TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    media_type TEXT COLLATE "C" NOT NULL,
    size BIGINT NOT NULL,
    width BIGINT,
    height BIGINT,
    digest TEXT COLLATE "C" NOT NULL,
    small_digest TEXT COLLATE "C",
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    keep_until DATE,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX attachments_of_thing ON attachments (bank_id, thing, thing_id, id);
CREATE INDEX attachments_by_member ON attachments (bank_id, member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX attachments_by_digest ON attachments (bank_id, digest);
CREATE INDEX attachments_by_small ON attachments (bank_id, small_digest) WHERE small_digest IS NOT NULL;
CREATE INDEX attachments_due ON attachments (bank_id, keep_until) WHERE keep_until IS NOT NULL;

-- Consents (同意) by purpose and version of their text: when and by whom given, on which paper form, when withdrawn.
CREATE TABLE consents (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    purpose TEXT NOT NULL,
    text_version INTEGER NOT NULL,
    state TEXT NOT NULL,
    given_at INTEGER NOT NULL,
    given_by BLOB NOT NULL,
    paper TEXT,
    withdrawn_at INTEGER,
    withdrawn_by BLOB,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX consents_by_member ON consents (bank_id, member_id, purpose, id);

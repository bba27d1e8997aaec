-- The outbox: deliveries (投递) of messages by channels that leave the bank. No address stands here: it is looked up when
-- a delivery is sent.
CREATE TABLE deliveries (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    message_id BLOB NOT NULL,
    channel TEXT NOT NULL,
    state TEXT NOT NULL,
    attempts INTEGER NOT NULL,
    due_at INTEGER NOT NULL,
    leased_until INTEGER,
    failure TEXT,
    answer INTEGER,
    made_at INTEGER NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX deliveries_due ON deliveries (bank_id, channel, due_at, id) WHERE state = 'due';
CREATE INDEX deliveries_sending ON deliveries (bank_id, leased_until) WHERE state = 'sending';
CREATE INDEX deliveries_stuck ON deliveries (bank_id, id) WHERE state IN ('dead', 'unknown');

-- Hooks: addresses of gateways that messages are sent to, such as those for text messages.
CREATE TABLE webhooks (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    url TEXT NOT NULL,
    topics TEXT NOT NULL,
    secret_sealed BLOB,
    state TEXT NOT NULL,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX webhooks_by_code ON webhooks (bank_id, code);

-- What a member, or a user who is none, wants to be sent, and where to.
CREATE TABLE message_choices (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    mail_sealed BLOB,
    language TEXT NOT NULL,
    declined TEXT NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;

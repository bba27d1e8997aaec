-- The outbox: deliveries (投递) of messages by channels that leave the bank. No address stands here: it is looked up when
-- a delivery is sent.
CREATE TABLE deliveries (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    message_id UUID NOT NULL,
    channel TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    attempts BIGINT NOT NULL,
    due_at TIMESTAMPTZ NOT NULL,
    leased_until TIMESTAMPTZ,
    failure TEXT COLLATE "C",
    answer BIGINT,
    made_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX deliveries_due ON deliveries (bank_id, channel, due_at, id) WHERE state = 'due';
CREATE INDEX deliveries_sending ON deliveries (bank_id, leased_until) WHERE state = 'sending';
CREATE INDEX deliveries_stuck ON deliveries (bank_id, id) WHERE state IN ('dead', 'unknown');

-- Hooks: addresses of gateways that messages are sent to, such as those for text messages.
CREATE TABLE webhooks (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    url TEXT COLLATE "C" NOT NULL,
    topics TEXT COLLATE "C" NOT NULL,
    secret_sealed BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX webhooks_by_code ON webhooks (bank_id, code);

-- What a member, or a user who is none, wants to be sent, and where to.
CREATE TABLE message_choices (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    mail_sealed BYTEA,
    language TEXT COLLATE "C" NOT NULL,
    declined TEXT COLLATE "C" NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);

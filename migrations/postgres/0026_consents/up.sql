-- Consents (同意) by purpose and version of their text: when and by whom given, on which paper form, when withdrawn.
CREATE TABLE consents (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    text_version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    given_at TIMESTAMPTZ NOT NULL,
    given_by UUID NOT NULL,
    paper TEXT COLLATE "C",
    withdrawn_at TIMESTAMPTZ,
    withdrawn_by UUID,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX consents_by_member ON consents (bank_id, member_id, purpose, id);

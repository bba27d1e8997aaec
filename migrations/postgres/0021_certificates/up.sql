-- Certificates of service (志愿服务记录证明). What one certifies never changes; only its state does.
CREATE TABLE certificates (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    member_id UUID NOT NULL,
    first_day DATE,
    last_day DATE NOT NULL,
    minutes BIGINT NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    known_entry BIGINT NOT NULL,
    code_sealed BYTEA,
    replaces_id UUID,
    issued_by UUID NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    revoked_by UUID,
    revoked_at TIMESTAMPTZ,
    reason TEXT COLLATE "C",
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX certificates_by_number ON certificates (bank_id, number);
CREATE INDEX certificates_by_member ON certificates (bank_id, member_id, id);
CREATE INDEX certificates_by_replaced ON certificates (bank_id, replaces_id) WHERE replaces_id IS NOT NULL;

-- Which records of a member were reversed: whether what a certificate counted still stands.
CREATE INDEX service_records_reversed ON service_records (bank_id, member_id, reversal_entry) WHERE reversal_entry IS NOT NULL;

-- Objections and requests for a correction that wait for a decision.
CREATE INDEX objections_by_state ON objections (bank_id, state, record_id);

-- The person responsible for an organisation (负责人), named on its certificates.
ALTER TABLE orgs ADD COLUMN responsible TEXT COLLATE "C";

-- Certificates of service (志愿服务记录证明). What one certifies never changes; only its state does.
CREATE TABLE certificates (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    number TEXT NOT NULL,
    member_id BLOB NOT NULL,
    first_day INTEGER,
    last_day INTEGER NOT NULL,
    minutes INTEGER NOT NULL,
    details TEXT NOT NULL,
    known_entry INTEGER NOT NULL,
    code_sealed BLOB,
    replaces_id BLOB,
    issued_by BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    state TEXT NOT NULL,
    revoked_by BLOB,
    revoked_at INTEGER,
    reason TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX certificates_by_number ON certificates (bank_id, number);
CREATE INDEX certificates_by_member ON certificates (bank_id, member_id, id);
CREATE INDEX certificates_by_replaced ON certificates (bank_id, replaces_id) WHERE replaces_id IS NOT NULL;

-- Which records of a member were reversed: whether what a certificate counted still stands.
CREATE INDEX service_records_reversed ON service_records (bank_id, member_id, reversal_entry) WHERE reversal_entry IS NOT NULL;

-- Objections and requests for a correction that wait for a decision.
CREATE INDEX objections_by_state ON objections (bank_id, state, record_id);

-- The person responsible for an organisation (负责人), named on its certificates.
ALTER TABLE orgs ADD COLUMN responsible TEXT;

-- One bank is one tenant: bank_id stands first in every key. Texts are compared byte by byte, as SQLite does it.
-- A row whose sums change again and again has room on its page for the next version, so that no index has to follow.

CREATE TABLE banks (
    bank_id BIGINT NOT NULL,
    slug TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    zone TEXT COLLATE "C" NOT NULL,
    sample BOOLEAN NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    rights_epoch BIGINT NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id)
);
COMMENT ON TABLE banks IS 'jianxian';

-- ---- the ledger: entries, postings, effects; accounts, lots, holds, counters, day totals

CREATE TABLE heads (
    bank_id BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number >= 0),
    hash BYTEA NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    closed_until TIMESTAMPTZ,
    PRIMARY KEY (bank_id)
) WITH (fillfactor = 50);

CREATE TABLE entries (
    bank_id BIGINT NOT NULL,
    number BIGINT NOT NULL CHECK (number > 0),
    kind TEXT COLLATE "C" NOT NULL,
    effective_at TIMESTAMPTZ NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    actor_id UUID NOT NULL,
    source TEXT COLLATE "C",
    metadata TEXT COLLATE "C" NOT NULL,
    note_digest BYTEA,
    reverses BIGINT,
    hash BYTEA NOT NULL,
    PRIMARY KEY (bank_id, number)
);
CREATE INDEX entries_by_actor ON entries (bank_id, actor_id, number);
CREATE INDEX entries_by_source ON entries (bank_id, source) WHERE source IS NOT NULL;
CREATE INDEX entries_by_reverses ON entries (bank_id, reverses) WHERE reverses IS NOT NULL;

CREATE TABLE postings (
    bank_id BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    leg BIGINT NOT NULL,
    debit_account_id UUID NOT NULL,
    credit_account_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    debit_balance BIGINT NOT NULL,
    credit_balance BIGINT NOT NULL,
    reverses_leg BIGINT,
    PRIMARY KEY (bank_id, entry_number, leg),
    CHECK (debit_account_id <> credit_account_id)
);
CREATE INDEX postings_by_debit ON postings (bank_id, debit_account_id, entry_number);
CREATE INDEX postings_by_credit ON postings (bank_id, credit_account_id, entry_number);

CREATE TABLE effects (
    bank_id BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (bank_id, entry_number, ordinal)
);

CREATE TABLE accounts (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    owner_kind TEXT COLLATE "C" NOT NULL,
    owner_id UUID NOT NULL,
    asset TEXT COLLATE "C" NOT NULL,
    purpose TEXT COLLATE "C" NOT NULL,
    floor BIGINT,
    ceiling BIGINT,
    lots BOOLEAN NOT NULL,
    status TEXT COLLATE "C" NOT NULL,
    debits_posted BIGINT NOT NULL CHECK (debits_posted >= 0),
    credits_posted BIGINT NOT NULL CHECK (credits_posted >= 0),
    debits_pending BIGINT NOT NULL CHECK (debits_pending >= 0),
    credits_pending BIGINT NOT NULL CHECK (credits_pending >= 0),
    opened_entry BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id),
    CHECK (floor IS NULL OR credits_posted - debits_posted - debits_pending >= floor),
    CHECK (ceiling IS NULL OR credits_posted - debits_posted <= ceiling)
) WITH (fillfactor = 70);
CREATE INDEX accounts_by_owner ON accounts (bank_id, owner_id);
CREATE INDEX accounts_by_asset ON accounts (bank_id, asset, id);

CREATE TABLE lots (
    bank_id BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    ordinal BIGINT NOT NULL,
    account_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    remaining BIGINT NOT NULL CHECK (remaining >= 0 AND remaining <= amount),
    earmarked BIGINT NOT NULL CHECK (earmarked >= 0 AND earmarked <= remaining),
    expires_at TIMESTAMPTZ,
    budget TEXT COLLATE "C",
    value_fen BIGINT NOT NULL,
    value_left_fen BIGINT NOT NULL,
    PRIMARY KEY (bank_id, entry_number, ordinal)
);
CREATE INDEX lots_open ON lots (bank_id, account_id, expires_at) WHERE remaining > 0;
CREATE INDEX lots_due ON lots (bank_id, expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;

CREATE TABLE holds (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    leg BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    expires_at TIMESTAMPTZ,
    opened_entry BIGINT NOT NULL,
    debit_account_id UUID NOT NULL,
    credit_account_id UUID NOT NULL,
    amount BIGINT NOT NULL CHECK (amount > 0),
    captured BIGINT NOT NULL CHECK (captured >= 0),
    released BIGINT NOT NULL CHECK (released >= 0),
    earmarks TEXT COLLATE "C" NOT NULL,
    counters TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (bank_id, id, leg),
    CHECK (captured + released <= amount)
);
CREATE INDEX holds_by_debit ON holds (bank_id, debit_account_id, expires_at) WHERE state = 'pending';
CREATE INDEX holds_by_credit ON holds (bank_id, credit_account_id, expires_at) WHERE state = 'pending';
CREATE INDEX holds_due ON holds (bank_id, expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE TABLE counters (
    bank_id BIGINT NOT NULL,
    counter_key TEXT COLLATE "C" NOT NULL,
    counter_window TEXT COLLATE "C" NOT NULL,
    used BIGINT NOT NULL CHECK (used >= 0),
    PRIMARY KEY (bank_id, counter_key, counter_window)
) WITH (fillfactor = 85);

CREATE TABLE day_totals (
    bank_id BIGINT NOT NULL,
    account_id UUID NOT NULL,
    day DATE NOT NULL,
    debits BIGINT NOT NULL CHECK (debits >= 0),
    credits BIGINT NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (bank_id, account_id, day)
) WITH (fillfactor = 85);

-- Answers by idempotency key; notes: free text of entries, which the chain covers by a salted digest only.

CREATE TABLE answers (
    bank_id BIGINT NOT NULL,
    idempotency_key TEXT COLLATE "C" NOT NULL,
    user_id UUID NOT NULL,
    fields TEXT COLLATE "C" NOT NULL,
    answer TEXT COLLATE "C" NOT NULL,
    entry_number BIGINT,
    recorded_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bank_id, idempotency_key, user_id)
);

CREATE TABLE notes (
    bank_id BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    salt BYTEA NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (bank_id, entry_number)
);

-- ---- organisations, people, shops, users

CREATE TABLE orgs (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    parent_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    path TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX orgs_by_code ON orgs (bank_id, code);
CREATE INDEX orgs_by_path ON orgs (bank_id, path);

CREATE TABLE users (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    login TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    password_hash TEXT COLLATE "C",
    password_changed_at TIMESTAMPTZ,
    member_id UUID,
    merchant_id UUID,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX users_by_login ON users (bank_id, login);
CREATE INDEX users_by_member ON users (bank_id, member_id) WHERE member_id IS NOT NULL;
CREATE INDEX users_by_merchant ON users (bank_id, merchant_id) WHERE merchant_id IS NOT NULL;

CREATE TABLE roles (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    role TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    until TIMESTAMPTZ,
    granted_by UUID NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    revoked_by UUID,
    revoked_at TIMESTAMPTZ,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX roles_by_user ON roles (bank_id, user_id);
CREATE INDEX roles_by_org ON roles (bank_id, org_id);

CREATE TABLE sessions (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    user_id UUID NOT NULL,
    refresh_hash BYTEA NOT NULL,
    previous_hash BYTEA,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    revoked_at TIMESTAMPTZ,
    revoked_why TEXT COLLATE "C",
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX sessions_by_user ON sessions (bank_id, user_id);
CREATE INDEX sessions_by_refresh ON sessions (bank_id, refresh_hash);
CREATE INDEX sessions_by_previous ON sessions (bank_id, previous_hash) WHERE previous_hash IS NOT NULL;

-- Failed tries (log-ins per account and per address, codes per shop), so that limits survive a restart.
CREATE TABLE attempts (
    bank_id BIGINT NOT NULL,
    subject TEXT COLLATE "C" NOT NULL,
    failures BIGINT NOT NULL,
    first_at TIMESTAMPTZ NOT NULL,
    locked_until TIMESTAMPTZ,
    PRIMARY KEY (bank_id, subject)
);

CREATE TABLE access_log (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    recorded_at TIMESTAMPTZ NOT NULL,
    actor_id UUID NOT NULL,
    action TEXT COLLATE "C" NOT NULL,
    subject_kind TEXT COLLATE "C" NOT NULL,
    subject_id UUID,
    reason TEXT COLLATE "C",
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX access_log_by_subject ON access_log (bank_id, subject_id, id) WHERE subject_id IS NOT NULL;

CREATE TABLE members (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    household_id UUID,
    gender TEXT COLLATE "C",
    birth_year BIGINT,
    party_member BOOLEAN NOT NULL,
    trade TEXT COLLATE "C",
    phone_sealed BYTEA,
    phone_hash BYTEA,
    phone_tail_hash BYTEA,
    id_number_sealed BYTEA,
    id_number_hash BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    merged_into_id UUID,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX members_by_number ON members (bank_id, number);
CREATE INDEX members_by_name ON members (bank_id, name);
CREATE INDEX members_by_org ON members (bank_id, org_id);
CREATE INDEX members_by_household ON members (bank_id, household_id) WHERE household_id IS NOT NULL;
CREATE INDEX members_by_phone ON members (bank_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX members_by_phone_tail ON members (bank_id, phone_tail_hash) WHERE phone_tail_hash IS NOT NULL;
CREATE INDEX members_by_merged_into ON members (bank_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX members_by_id_number ON members (bank_id, id_number_hash) WHERE id_number_hash IS NOT NULL;

CREATE TABLE merchants (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    owner_member_id UUID,
    model TEXT COLLATE "C" NOT NULL,
    rate_fen TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX merchants_by_org ON merchants (bank_id, org_id);

CREATE TABLE offers (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    merchant_id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    unit_points BIGINT NOT NULL CHECK (unit_points > 0),
    unit_cash_fen BIGINT NOT NULL CHECK (unit_cash_fen >= 0),
    stocked BOOLEAN NOT NULL,
    member_limit BIGINT,
    limit_window TEXT COLLATE "C",
    required_minutes BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX offers_by_merchant ON offers (bank_id, merchant_id);

-- ---- service

CREATE TABLE activities (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    org_id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    category TEXT COLLATE "C",
    activity_level TEXT COLLATE "C",
    scheme_id UUID NOT NULL,
    starts_at TIMESTAMPTZ NOT NULL,
    ends_at TIMESTAMPTZ NOT NULL,
    seats BIGINT,
    risk TEXT COLLATE "C",
    insurance TEXT COLLATE "C",
    policy_number TEXT COLLATE "C",
    leader_id UUID,
    state TEXT COLLATE "C" NOT NULL,
    published_at TIMESTAMPTZ,
    created_by UUID NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX activities_by_org ON activities (bank_id, org_id, starts_at);
CREATE INDEX activities_by_start ON activities (bank_id, starts_at);

CREATE TABLE attendances (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    activity_id UUID NOT NULL,
    member_id UUID NOT NULL,
    signed_in_at TIMESTAMPTZ NOT NULL,
    signed_in_by UUID NOT NULL,
    signed_out_at TIMESTAMPTZ,
    signed_out_by UUID,
    evidence TEXT COLLATE "C" NOT NULL,
    record_id UUID,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX attendances_by_activity ON attendances (bank_id, activity_id);
CREATE INDEX attendances_by_member ON attendances (bank_id, member_id, signed_in_at);

CREATE TABLE service_records (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    member_id UUID NOT NULL,
    activity_id UUID NOT NULL,
    org_id UUID NOT NULL,
    evidence TEXT COLLATE "C" NOT NULL,
    started_at TIMESTAMPTZ NOT NULL,
    ended_at TIMESTAMPTZ NOT NULL,
    service_minutes BIGINT NOT NULL,
    served BIGINT NOT NULL,
    submitted_by UUID NOT NULL,
    submitted_at TIMESTAMPTZ NOT NULL,
    guarantor_id UUID,
    approved_by UUID,
    approved_at TIMESTAMPTZ,
    second_approved_by UUID,
    notice_until DATE,
    scheme_id UUID,
    scheme_version BIGINT,
    points_desired BIGINT,
    points_granted BIGINT,
    award_entry BIGINT,
    reversal_entry BIGINT,
    replaces_id UUID,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX service_records_by_member ON service_records (bank_id, member_id, started_at);
CREATE INDEX service_records_by_activity ON service_records (bank_id, activity_id);
CREATE INDEX service_records_by_state ON service_records (bank_id, state, notice_until);
CREATE INDEX service_records_by_org ON service_records (bank_id, org_id, id);
CREATE INDEX service_records_by_replaced ON service_records (bank_id, replaces_id) WHERE replaces_id IS NOT NULL;
CREATE INDEX service_records_by_award ON service_records (bank_id, award_entry) WHERE award_entry IS NOT NULL;

-- Free text of a record: what was done, why it was returned. Erasable; not part of the ledger.
CREATE TABLE record_texts (
    bank_id BIGINT NOT NULL,
    record_id UUID NOT NULL,
    content TEXT COLLATE "C" NOT NULL,
    remark TEXT COLLATE "C",
    PRIMARY KEY (bank_id, record_id)
);

CREATE TABLE objections (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    record_id UUID NOT NULL,
    raised_by UUID NOT NULL,
    raised_at TIMESTAMPTZ NOT NULL,
    reason TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    decision TEXT COLLATE "C",
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX objections_by_record ON objections (bank_id, record_id);

-- ---- schemes

CREATE TABLE schemes (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    code TEXT COLLATE "C" NOT NULL,
    title TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX schemes_by_code ON schemes (bank_id, code);

CREATE TABLE scheme_versions (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    scheme_id UUID NOT NULL,
    number BIGINT NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    valid_from DATE NOT NULL,
    valid_until DATE,
    state TEXT COLLATE "C" NOT NULL,
    proposed_by UUID NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    approved_by UUID,
    approved_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX scheme_versions_by_number ON scheme_versions (bank_id, scheme_id, number);

-- Commands that wait for a second person.
CREATE TABLE proposals (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    subject_id UUID NOT NULL,
    body TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    proposed_by UUID NOT NULL,
    proposed_at TIMESTAMPTZ NOT NULL,
    decided_by UUID,
    decided_at TIMESTAMPTZ,
    entry_number BIGINT,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX proposals_by_state ON proposals (bank_id, state, id);

-- ---- redeeming and settling

CREATE TABLE codes (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID NOT NULL,
    secret_hash BYTEA NOT NULL,
    digits_hash BYTEA NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    created_at TIMESTAMPTZ NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    claimed_by UUID,
    claimed_merchant_id UUID,
    claimed_at TIMESTAMPTZ,
    claim_until TIMESTAMPTZ,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX codes_by_secret ON codes (bank_id, secret_hash);
CREATE INDEX codes_by_digits ON codes (bank_id, digits_hash);
CREATE INDEX codes_by_member ON codes (bank_id, member_id);

CREATE TABLE redemptions (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    member_id UUID NOT NULL,
    merchant_id UUID NOT NULL,
    hold_id UUID NOT NULL,
    code_id UUID,
    on_behalf BOOLEAN NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    captured_at TIMESTAMPTZ,
    points_held BIGINT NOT NULL,
    points_captured BIGINT NOT NULL,
    points_refunded BIGINT NOT NULL,
    cash_fen BIGINT NOT NULL,
    hold_entry BIGINT,
    capture_entry BIGINT,
    last_refund_entry BIGINT,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX redemptions_by_member ON redemptions (bank_id, member_id, id);
CREATE INDEX redemptions_by_merchant ON redemptions (bank_id, merchant_id, id);
CREATE INDEX redemptions_by_capture ON redemptions (bank_id, capture_entry) WHERE capture_entry IS NOT NULL;

CREATE TABLE redemption_lines (
    bank_id BIGINT NOT NULL,
    redemption_id UUID NOT NULL,
    line BIGINT NOT NULL,
    offer_id UUID NOT NULL,
    offer_version BIGINT NOT NULL,
    quantity BIGINT NOT NULL,
    unit_points BIGINT NOT NULL,
    unit_cash_fen BIGINT NOT NULL,
    stocked BOOLEAN NOT NULL,
    captured_quantity BIGINT NOT NULL,
    refunded_quantity BIGINT NOT NULL,
    PRIMARY KEY (bank_id, redemption_id, line)
);

CREATE TABLE statements (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    merchant_id UUID NOT NULL,
    period TEXT COLLATE "C" NOT NULL,
    model TEXT COLLATE "C" NOT NULL,
    rate_fen TEXT COLLATE "C" NOT NULL,
    net_points BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL,
    lines_hash TEXT COLLATE "C" NOT NULL,
    issued_by UUID NOT NULL,
    issued_at TIMESTAMPTZ NOT NULL,
    confirmed_by UUID,
    approved_by UUID,
    paid_by UUID,
    invoice_number TEXT COLLATE "C",
    payment_proof TEXT COLLATE "C",
    issue_entry BIGINT,
    paid_entry BIGINT,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX statements_by_period ON statements (bank_id, merchant_id, period);

CREATE TABLE statement_lines (
    bank_id BIGINT NOT NULL,
    statement_id UUID NOT NULL,
    line BIGINT NOT NULL,
    entry_number BIGINT NOT NULL,
    redemption_id UUID NOT NULL,
    points BIGINT NOT NULL,
    payable_fen BIGINT NOT NULL,
    disputed BOOLEAN NOT NULL,
    PRIMARY KEY (bank_id, statement_id, line)
);
-- Each line once, over all statements.
CREATE UNIQUE INDEX statement_lines_by_entry ON statement_lines (bank_id, entry_number);

CREATE TABLE star_grants (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    version BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    member_id UUID NOT NULL,
    stars BIGINT NOT NULL,
    scheme_id UUID NOT NULL,
    scheme_version BIGINT NOT NULL,
    as_of DATE NOT NULL,
    known_entry BIGINT NOT NULL,
    service_minutes BIGINT NOT NULL,
    lifetime_points BIGINT NOT NULL,
    granted_by UUID NOT NULL,
    granted_at TIMESTAMPTZ NOT NULL,
    entry_number BIGINT,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX star_grants_by_member ON star_grants (bank_id, member_id, id);

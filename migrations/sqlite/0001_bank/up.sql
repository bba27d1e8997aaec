-- One bank is one tenant: bank_id stands first in every key.
-- Tables with texts in them keep their rowid: a row that does not fit into a quarter of a page would be read whole, page
-- by page, at every step of a search in a table WITHOUT ROWID.
-- Effects are the exception: many to an entry, nearly all of them short.

CREATE TABLE banks (
    bank_id INTEGER NOT NULL,
    slug TEXT NOT NULL,
    name TEXT NOT NULL,
    zone TEXT NOT NULL,
    sample INTEGER NOT NULL,
    created_at INTEGER NOT NULL,
    rights_epoch INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id)
) STRICT, WITHOUT ROWID;

-- ---- the ledger: entries, postings, effects; accounts, lots, holds, counters, day totals

CREATE TABLE heads (
    bank_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number >= 0),
    hash BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    closed_until INTEGER,
    PRIMARY KEY (bank_id)
) STRICT, WITHOUT ROWID;

CREATE TABLE entries (
    bank_id INTEGER NOT NULL,
    number INTEGER NOT NULL CHECK (number > 0),
    kind TEXT NOT NULL,
    effective_at INTEGER NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    source TEXT,
    metadata TEXT NOT NULL,
    note_digest BLOB,
    reverses INTEGER,
    hash BLOB NOT NULL,
    PRIMARY KEY (bank_id, number)
) STRICT;
CREATE INDEX entries_by_actor ON entries (bank_id, actor_id, number);
CREATE INDEX entries_by_source ON entries (bank_id, source) WHERE source IS NOT NULL;
CREATE INDEX entries_by_reverses ON entries (bank_id, reverses) WHERE reverses IS NOT NULL;

CREATE TABLE postings (
    bank_id INTEGER NOT NULL,
    entry_number INTEGER NOT NULL,
    leg INTEGER NOT NULL,
    debit_account_id BLOB NOT NULL,
    credit_account_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    debit_balance INTEGER NOT NULL,
    credit_balance INTEGER NOT NULL,
    reverses_leg INTEGER,
    PRIMARY KEY (bank_id, entry_number, leg),
    CHECK (debit_account_id <> credit_account_id)
) STRICT, WITHOUT ROWID;
CREATE INDEX postings_by_debit ON postings (bank_id, debit_account_id, entry_number);
CREATE INDEX postings_by_credit ON postings (bank_id, credit_account_id, entry_number);

CREATE TABLE effects (
    bank_id INTEGER NOT NULL,
    entry_number INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (bank_id, entry_number, ordinal)
) STRICT, WITHOUT ROWID;

CREATE TABLE accounts (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    owner_kind TEXT NOT NULL,
    owner_id BLOB NOT NULL,
    asset TEXT NOT NULL,
    purpose TEXT NOT NULL,
    floor INTEGER,
    ceiling INTEGER,
    lots INTEGER NOT NULL,
    status TEXT NOT NULL,
    debits_posted INTEGER NOT NULL CHECK (debits_posted >= 0),
    credits_posted INTEGER NOT NULL CHECK (credits_posted >= 0),
    debits_pending INTEGER NOT NULL CHECK (debits_pending >= 0),
    credits_pending INTEGER NOT NULL CHECK (credits_pending >= 0),
    opened_entry INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id),
    CHECK (floor IS NULL OR credits_posted - debits_posted - debits_pending >= floor),
    CHECK (ceiling IS NULL OR credits_posted - debits_posted <= ceiling)
) STRICT, WITHOUT ROWID;
CREATE INDEX accounts_by_owner ON accounts (bank_id, owner_id);
CREATE INDEX accounts_by_asset ON accounts (bank_id, asset, id);

CREATE TABLE lots (
    bank_id INTEGER NOT NULL,
    entry_number INTEGER NOT NULL,
    ordinal INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    remaining INTEGER NOT NULL CHECK (remaining >= 0 AND remaining <= amount),
    earmarked INTEGER NOT NULL CHECK (earmarked >= 0 AND earmarked <= remaining),
    expires_at INTEGER,
    budget TEXT,
    value_fen INTEGER NOT NULL,
    value_left_fen INTEGER NOT NULL,
    PRIMARY KEY (bank_id, entry_number, ordinal)
) STRICT, WITHOUT ROWID;
CREATE INDEX lots_open ON lots (bank_id, account_id, expires_at) WHERE remaining > 0;
CREATE INDEX lots_due ON lots (bank_id, expires_at) WHERE remaining > 0 AND expires_at IS NOT NULL;

CREATE TABLE holds (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    leg INTEGER NOT NULL,
    state TEXT NOT NULL,
    expires_at INTEGER,
    opened_entry INTEGER NOT NULL,
    debit_account_id BLOB NOT NULL,
    credit_account_id BLOB NOT NULL,
    amount INTEGER NOT NULL CHECK (amount > 0),
    captured INTEGER NOT NULL CHECK (captured >= 0),
    released INTEGER NOT NULL CHECK (released >= 0),
    earmarks TEXT NOT NULL,
    counters TEXT NOT NULL,
    PRIMARY KEY (bank_id, id, leg),
    CHECK (captured + released <= amount)
) STRICT, WITHOUT ROWID;
CREATE INDEX holds_by_debit ON holds (bank_id, debit_account_id, expires_at) WHERE state = 'pending';
CREATE INDEX holds_by_credit ON holds (bank_id, credit_account_id, expires_at) WHERE state = 'pending';
CREATE INDEX holds_due ON holds (bank_id, expires_at) WHERE state = 'pending' AND expires_at IS NOT NULL;

CREATE TABLE counters (
    bank_id INTEGER NOT NULL,
    counter_key TEXT NOT NULL,
    counter_window TEXT NOT NULL,
    used INTEGER NOT NULL CHECK (used >= 0),
    PRIMARY KEY (bank_id, counter_key, counter_window)
) STRICT, WITHOUT ROWID;

CREATE TABLE day_totals (
    bank_id INTEGER NOT NULL,
    account_id BLOB NOT NULL,
    day INTEGER NOT NULL,
    debits INTEGER NOT NULL CHECK (debits >= 0),
    credits INTEGER NOT NULL CHECK (credits >= 0),
    PRIMARY KEY (bank_id, account_id, day)
) STRICT, WITHOUT ROWID;

-- Answers by idempotency key; notes: free text of entries, which the chain covers by a salted digest only.

CREATE TABLE answers (
    bank_id INTEGER NOT NULL,
    idempotency_key TEXT NOT NULL,
    user_id BLOB NOT NULL,
    fields TEXT NOT NULL,
    answer TEXT NOT NULL,
    entry_number INTEGER,
    recorded_at INTEGER NOT NULL,
    PRIMARY KEY (bank_id, idempotency_key, user_id)
) STRICT;

CREATE TABLE notes (
    bank_id INTEGER NOT NULL,
    entry_number INTEGER NOT NULL,
    salt BLOB NOT NULL,
    body TEXT NOT NULL,
    PRIMARY KEY (bank_id, entry_number)
) STRICT;

-- ---- organisations, people, shops, users

CREATE TABLE orgs (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    parent_id BLOB,
    kind TEXT NOT NULL,
    code TEXT NOT NULL,
    name TEXT NOT NULL,
    path TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX orgs_by_code ON orgs (bank_id, code);
CREATE INDEX orgs_by_path ON orgs (bank_id, path);

CREATE TABLE users (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    login TEXT NOT NULL,
    name TEXT NOT NULL,
    password_hash TEXT,
    password_changed_at INTEGER,
    member_id BLOB,
    merchant_id BLOB,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX users_by_login ON users (bank_id, login);
CREATE INDEX users_by_member ON users (bank_id, member_id) WHERE member_id IS NOT NULL;
CREATE INDEX users_by_merchant ON users (bank_id, merchant_id) WHERE merchant_id IS NOT NULL;

CREATE TABLE roles (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    role TEXT NOT NULL,
    org_id BLOB NOT NULL,
    until INTEGER,
    granted_by BLOB NOT NULL,
    granted_at INTEGER NOT NULL,
    revoked_by BLOB,
    revoked_at INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX roles_by_user ON roles (bank_id, user_id);
CREATE INDEX roles_by_org ON roles (bank_id, org_id);

CREATE TABLE sessions (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    user_id BLOB NOT NULL,
    refresh_hash BLOB NOT NULL,
    previous_hash BLOB,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    revoked_at INTEGER,
    revoked_why TEXT,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX sessions_by_user ON sessions (bank_id, user_id);
CREATE INDEX sessions_by_refresh ON sessions (bank_id, refresh_hash);
CREATE INDEX sessions_by_previous ON sessions (bank_id, previous_hash) WHERE previous_hash IS NOT NULL;

-- Failed tries (log-ins per account and per address, codes per shop), so that limits survive a restart.
CREATE TABLE attempts (
    bank_id INTEGER NOT NULL,
    subject TEXT NOT NULL,
    failures INTEGER NOT NULL,
    first_at INTEGER NOT NULL,
    locked_until INTEGER,
    PRIMARY KEY (bank_id, subject)
) STRICT, WITHOUT ROWID;

CREATE TABLE access_log (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    recorded_at INTEGER NOT NULL,
    actor_id BLOB NOT NULL,
    action TEXT NOT NULL,
    subject_kind TEXT NOT NULL,
    subject_id BLOB,
    reason TEXT,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX access_log_by_subject ON access_log (bank_id, subject_id, id) WHERE subject_id IS NOT NULL;

CREATE TABLE members (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    number TEXT NOT NULL,
    name TEXT NOT NULL,
    org_id BLOB NOT NULL,
    household_id BLOB,
    gender TEXT,
    birth_year INTEGER,
    party_member INTEGER NOT NULL,
    trade TEXT,
    phone_sealed BLOB,
    phone_hash BLOB,
    phone_tail_hash BLOB,
    id_number_sealed BLOB,
    id_number_hash BLOB,
    state TEXT NOT NULL,
    merged_into_id BLOB,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX members_by_number ON members (bank_id, number);
CREATE INDEX members_by_name ON members (bank_id, name);
CREATE INDEX members_by_org ON members (bank_id, org_id);
CREATE INDEX members_by_household ON members (bank_id, household_id) WHERE household_id IS NOT NULL;
CREATE INDEX members_by_phone ON members (bank_id, phone_hash) WHERE phone_hash IS NOT NULL;
CREATE INDEX members_by_phone_tail ON members (bank_id, phone_tail_hash) WHERE phone_tail_hash IS NOT NULL;
CREATE INDEX members_by_merged_into ON members (bank_id, merged_into_id) WHERE merged_into_id IS NOT NULL;
CREATE INDEX members_by_id_number ON members (bank_id, id_number_hash) WHERE id_number_hash IS NOT NULL;

CREATE TABLE merchants (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    org_id BLOB NOT NULL,
    owner_member_id BLOB,
    model TEXT NOT NULL,
    rate_fen TEXT NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX merchants_by_org ON merchants (bank_id, org_id);

CREATE TABLE offers (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    merchant_id BLOB NOT NULL,
    name TEXT NOT NULL,
    kind TEXT NOT NULL,
    unit_points INTEGER NOT NULL CHECK (unit_points > 0),
    unit_cash_fen INTEGER NOT NULL CHECK (unit_cash_fen >= 0),
    stocked INTEGER NOT NULL,
    member_limit INTEGER,
    limit_window TEXT,
    required_minutes INTEGER NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX offers_by_merchant ON offers (bank_id, merchant_id);

-- ---- service

CREATE TABLE activities (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    kind TEXT NOT NULL,
    title TEXT NOT NULL,
    content TEXT NOT NULL,
    place TEXT NOT NULL,
    category TEXT,
    activity_level TEXT,
    scheme_id BLOB NOT NULL,
    starts_at INTEGER NOT NULL,
    ends_at INTEGER NOT NULL,
    seats INTEGER,
    risk TEXT,
    insurance TEXT,
    policy_number TEXT,
    leader_id BLOB,
    state TEXT NOT NULL,
    published_at INTEGER,
    created_by BLOB NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX activities_by_org ON activities (bank_id, org_id, starts_at);
CREATE INDEX activities_by_start ON activities (bank_id, starts_at);

CREATE TABLE attendances (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    activity_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    signed_in_at INTEGER NOT NULL,
    signed_in_by BLOB NOT NULL,
    signed_out_at INTEGER,
    signed_out_by BLOB,
    evidence TEXT NOT NULL,
    record_id BLOB,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX attendances_by_activity ON attendances (bank_id, activity_id);
CREATE INDEX attendances_by_member ON attendances (bank_id, member_id, signed_in_at);

CREATE TABLE service_records (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    member_id BLOB NOT NULL,
    activity_id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    evidence TEXT NOT NULL,
    started_at INTEGER NOT NULL,
    ended_at INTEGER NOT NULL,
    service_minutes INTEGER NOT NULL,
    served INTEGER NOT NULL,
    submitted_by BLOB NOT NULL,
    submitted_at INTEGER NOT NULL,
    guarantor_id BLOB,
    approved_by BLOB,
    approved_at INTEGER,
    second_approved_by BLOB,
    notice_until INTEGER,
    scheme_id BLOB,
    scheme_version INTEGER,
    points_desired INTEGER,
    points_granted INTEGER,
    award_entry INTEGER,
    reversal_entry INTEGER,
    replaces_id BLOB,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX service_records_by_member ON service_records (bank_id, member_id, started_at);
CREATE INDEX service_records_by_activity ON service_records (bank_id, activity_id);
CREATE INDEX service_records_by_state ON service_records (bank_id, state, notice_until);
CREATE INDEX service_records_by_org ON service_records (bank_id, org_id, id);
CREATE INDEX service_records_by_replaced ON service_records (bank_id, replaces_id) WHERE replaces_id IS NOT NULL;
CREATE INDEX service_records_by_award ON service_records (bank_id, award_entry) WHERE award_entry IS NOT NULL;

-- Free text of a record: what was done, why it was returned. Erasable; not part of the ledger.
CREATE TABLE record_texts (
    bank_id INTEGER NOT NULL,
    record_id BLOB NOT NULL,
    content TEXT NOT NULL,
    remark TEXT,
    PRIMARY KEY (bank_id, record_id)
) STRICT;

CREATE TABLE objections (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    record_id BLOB NOT NULL,
    raised_by BLOB NOT NULL,
    raised_at INTEGER NOT NULL,
    reason TEXT NOT NULL,
    state TEXT NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    decision TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX objections_by_record ON objections (bank_id, record_id);

-- ---- schemes

CREATE TABLE schemes (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    code TEXT NOT NULL,
    title TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX schemes_by_code ON schemes (bank_id, code);

CREATE TABLE scheme_versions (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    scheme_id BLOB NOT NULL,
    number INTEGER NOT NULL,
    body TEXT NOT NULL,
    valid_from INTEGER NOT NULL,
    valid_until INTEGER,
    state TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    approved_by BLOB,
    approved_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX scheme_versions_by_number ON scheme_versions (bank_id, scheme_id, number);

-- Commands that wait for a second person.
CREATE TABLE proposals (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    kind TEXT NOT NULL,
    org_id BLOB NOT NULL,
    subject_id BLOB NOT NULL,
    body TEXT NOT NULL,
    state TEXT NOT NULL,
    proposed_by BLOB NOT NULL,
    proposed_at INTEGER NOT NULL,
    decided_by BLOB,
    decided_at INTEGER,
    entry_number INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE INDEX proposals_by_state ON proposals (bank_id, state, id);

-- ---- redeeming and settling

CREATE TABLE codes (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    secret_hash BLOB NOT NULL,
    digits_hash BLOB NOT NULL,
    state TEXT NOT NULL,
    created_at INTEGER NOT NULL,
    expires_at INTEGER NOT NULL,
    claimed_by BLOB,
    claimed_merchant_id BLOB,
    claimed_at INTEGER,
    claim_until INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX codes_by_secret ON codes (bank_id, secret_hash);
CREATE INDEX codes_by_digits ON codes (bank_id, digits_hash);
CREATE INDEX codes_by_member ON codes (bank_id, member_id);

CREATE TABLE redemptions (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    member_id BLOB NOT NULL,
    merchant_id BLOB NOT NULL,
    hold_id BLOB NOT NULL,
    code_id BLOB,
    on_behalf INTEGER NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    captured_at INTEGER,
    points_held INTEGER NOT NULL,
    points_captured INTEGER NOT NULL,
    points_refunded INTEGER NOT NULL,
    cash_fen INTEGER NOT NULL,
    hold_entry INTEGER,
    capture_entry INTEGER,
    last_refund_entry INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX redemptions_by_member ON redemptions (bank_id, member_id, id);
CREATE INDEX redemptions_by_merchant ON redemptions (bank_id, merchant_id, id);
CREATE INDEX redemptions_by_capture ON redemptions (bank_id, capture_entry) WHERE capture_entry IS NOT NULL;

CREATE TABLE redemption_lines (
    bank_id INTEGER NOT NULL,
    redemption_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    offer_id BLOB NOT NULL,
    offer_version INTEGER NOT NULL,
    quantity INTEGER NOT NULL,
    unit_points INTEGER NOT NULL,
    unit_cash_fen INTEGER NOT NULL,
    stocked INTEGER NOT NULL,
    captured_quantity INTEGER NOT NULL,
    refunded_quantity INTEGER NOT NULL,
    PRIMARY KEY (bank_id, redemption_id, line)
) STRICT, WITHOUT ROWID;

CREATE TABLE statements (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    merchant_id BLOB NOT NULL,
    period TEXT NOT NULL,
    model TEXT NOT NULL,
    rate_fen TEXT NOT NULL,
    net_points INTEGER NOT NULL,
    payable_fen INTEGER NOT NULL,
    lines_hash TEXT NOT NULL,
    issued_by BLOB NOT NULL,
    issued_at INTEGER NOT NULL,
    confirmed_by BLOB,
    approved_by BLOB,
    paid_by BLOB,
    invoice_number TEXT,
    payment_proof TEXT,
    issue_entry INTEGER,
    paid_entry INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX statements_by_period ON statements (bank_id, merchant_id, period);

CREATE TABLE statement_lines (
    bank_id INTEGER NOT NULL,
    statement_id BLOB NOT NULL,
    line INTEGER NOT NULL,
    entry_number INTEGER NOT NULL,
    redemption_id BLOB NOT NULL,
    points INTEGER NOT NULL,
    payable_fen INTEGER NOT NULL,
    disputed INTEGER NOT NULL,
    PRIMARY KEY (bank_id, statement_id, line)
) STRICT, WITHOUT ROWID;
-- Each line once, over all statements.
CREATE UNIQUE INDEX statement_lines_by_entry ON statement_lines (bank_id, entry_number);

CREATE TABLE star_grants (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    version INTEGER NOT NULL,
    state TEXT NOT NULL,
    member_id BLOB NOT NULL,
    stars INTEGER NOT NULL,
    scheme_id BLOB NOT NULL,
    scheme_version INTEGER NOT NULL,
    as_of INTEGER NOT NULL,
    known_entry INTEGER NOT NULL,
    service_minutes INTEGER NOT NULL,
    lifetime_points INTEGER NOT NULL,
    granted_by BLOB NOT NULL,
    granted_at INTEGER NOT NULL,
    entry_number INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX star_grants_by_member ON star_grants (bank_id, member_id, id);

CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER entries_no_delete BEFORE DELETE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER postings_no_update BEFORE UPDATE ON postings BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER postings_no_delete BEFORE DELETE ON postings BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER effects_no_update BEFORE UPDATE ON effects BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
CREATE TRIGGER effects_no_delete BEFORE DELETE ON effects BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;

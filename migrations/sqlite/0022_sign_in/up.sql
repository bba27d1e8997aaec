-- Second factors of users: an authenticator app, and recovery codes for when it is lost; both sealed.
CREATE TABLE second_factors (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    secret_sealed BLOB,
    state TEXT NOT NULL,
    last_step INTEGER NOT NULL,
    begun_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;

-- The one-time code with which a user may sign in now. The digits follow from `issue` and the secret key.
CREATE TABLE sign_in_codes (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    issue BLOB NOT NULL,
    expires_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;

-- What a session was opened with: phone, computer, wechat, program.
ALTER TABLE sessions ADD COLUMN client TEXT;

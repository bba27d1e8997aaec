-- Second factors of users: an authenticator app, and recovery codes for when it is lost; both sealed.
CREATE TABLE second_factors (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    secret_sealed BYTEA,
    state TEXT COLLATE "C" NOT NULL,
    last_step BIGINT NOT NULL,
    begun_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);

-- The one-time code with which a user may sign in now. The digits follow from `issue` and the secret key.
CREATE TABLE sign_in_codes (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    issue UUID NOT NULL,
    expires_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);

-- What a session was opened with: phone, computer, wechat, program.
ALTER TABLE sessions ADD COLUMN client TEXT COLLATE "C";

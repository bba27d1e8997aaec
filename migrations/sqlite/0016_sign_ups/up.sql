-- Sign-ups (报名): a seat at an activity, or a place in its waiting list, in the order of arrival.
CREATE TABLE sign_ups (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    activity_id BLOB NOT NULL,
    org_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    arrival INTEGER NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    made_by BLOB NOT NULL,
    ended_at INTEGER,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE UNIQUE INDEX sign_ups_by_activity ON sign_ups (bank_id, activity_id, arrival);
CREATE INDEX sign_ups_by_member ON sign_ups (bank_id, member_id, made_at);

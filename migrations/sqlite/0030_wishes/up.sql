-- Skills that the bank knows, what members can and wish to do, and who was invited to an activity.
CREATE TABLE skills (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    name TEXT NOT NULL,
    state TEXT NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX skills_by_name ON skills (bank_id, name);
CREATE TABLE wishes (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    details TEXT NOT NULL,
    changed_by BLOB NOT NULL,
    changed_at INTEGER NOT NULL,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE TABLE invitations (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    activity_id BLOB NOT NULL,
    member_id BLOB NOT NULL,
    made_by BLOB NOT NULL,
    made_at INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX invitations_once ON invitations (bank_id, activity_id, member_id);
CREATE INDEX invitations_of_member ON invitations (bank_id, member_id, id);

-- What an activity asks for, and the circle within which one is at its place.
ALTER TABLE activities ADD COLUMN skills TEXT;
ALTER TABLE activities ADD COLUMN latitude INTEGER;
ALTER TABLE activities ADD COLUMN longitude INTEGER;
ALTER TABLE activities ADD COLUMN radius_metres INTEGER;
-- Whether one was inside when signing in and out by a code; never where.
ALTER TABLE attendances ADD COLUMN in_place TEXT;
ALTER TABLE attendances ADD COLUMN out_place TEXT;

-- A mail address is written to once its owner has typed the code that was sent there.
ALTER TABLE message_choices ADD COLUMN mail_confirmed_at INTEGER;
ALTER TABLE message_choices ADD COLUMN mail_issue BLOB;
ALTER TABLE message_choices ADD COLUMN mail_code_until INTEGER;

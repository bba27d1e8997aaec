-- Skills that the bank knows, what members can and wish to do, and who was invited to an activity.
CREATE TABLE skills (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    name TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX skills_by_name ON skills (bank_id, name);
CREATE TABLE wishes (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    changed_by UUID NOT NULL,
    changed_at TIMESTAMPTZ NOT NULL,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE TABLE invitations (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    activity_id UUID NOT NULL,
    member_id UUID NOT NULL,
    made_by UUID NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX invitations_once ON invitations (bank_id, activity_id, member_id);
CREATE INDEX invitations_of_member ON invitations (bank_id, member_id, id);

-- What an activity asks for, and the circle within which one is at its place.
ALTER TABLE activities ADD COLUMN skills TEXT COLLATE "C";
ALTER TABLE activities ADD COLUMN latitude BIGINT;
ALTER TABLE activities ADD COLUMN longitude BIGINT;
ALTER TABLE activities ADD COLUMN radius_metres BIGINT;
-- Whether one was inside when signing in and out by a code; never where.
ALTER TABLE attendances ADD COLUMN in_place TEXT COLLATE "C";
ALTER TABLE attendances ADD COLUMN out_place TEXT COLLATE "C";

-- A mail address is written to once its owner has typed the code that was sent there.
ALTER TABLE message_choices ADD COLUMN mail_confirmed_at TIMESTAMPTZ;
ALTER TABLE message_choices ADD COLUMN mail_issue UUID;
ALTER TABLE message_choices ADD COLUMN mail_code_until TIMESTAMPTZ;

-- Messages (消息) to people: to a member, or to a user who is none. `details` has what is said, without names of people.
CREATE TABLE messages (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    member_id UUID,
    user_id UUID,
    kind TEXT COLLATE "C" NOT NULL,
    details TEXT COLLATE "C" NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    read_at TIMESTAMPTZ,
    PRIMARY KEY (bank_id, id)
);
CREATE INDEX messages_by_member ON messages (bank_id, member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX messages_by_user ON messages (bank_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX messages_unread ON messages (bank_id, member_id) WHERE member_id IS NOT NULL AND read_at IS NULL;

-- How far work that follows others has come: of what is told, which entry was the last.
CREATE TABLE progress (
    bank_id BIGINT NOT NULL,
    work TEXT COLLATE "C" NOT NULL,
    place TEXT COLLATE "C" NOT NULL,
    PRIMARY KEY (bank_id, work)
);

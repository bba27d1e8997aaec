-- Messages (消息) to people: to a member, or to a user who is none. `details` has what is said, without names of people.
CREATE TABLE messages (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    member_id BLOB,
    user_id BLOB,
    kind TEXT NOT NULL,
    details TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    read_at INTEGER,
    PRIMARY KEY (bank_id, id)
) STRICT, WITHOUT ROWID;
CREATE INDEX messages_by_member ON messages (bank_id, member_id, id) WHERE member_id IS NOT NULL;
CREATE INDEX messages_by_user ON messages (bank_id, user_id, id) WHERE user_id IS NOT NULL;
CREATE INDEX messages_unread ON messages (bank_id, member_id) WHERE member_id IS NOT NULL AND read_at IS NULL;

-- How far work that follows others has come: of what is told, which entry was the last.
CREATE TABLE progress (
    bank_id INTEGER NOT NULL,
    work TEXT NOT NULL,
    place TEXT NOT NULL,
    PRIMARY KEY (bank_id, work)
) STRICT, WITHOUT ROWID;

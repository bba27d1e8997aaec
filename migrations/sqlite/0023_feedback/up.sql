-- Complaints and proposals (投诉建议): each with a number, a day by which it is answered, and the answer.
CREATE TABLE feedback (
    bank_id INTEGER NOT NULL,
    id BLOB NOT NULL,
    number TEXT NOT NULL,
    kind TEXT NOT NULL,
    org_id BLOB NOT NULL,
    member_id BLOB,
    made_by BLOB NOT NULL,
    words TEXT NOT NULL,
    state TEXT NOT NULL,
    made_at INTEGER NOT NULL,
    due_on INTEGER NOT NULL,
    answer TEXT,
    answered_by BLOB,
    answered_at INTEGER,
    objection TEXT,
    version INTEGER NOT NULL,
    PRIMARY KEY (bank_id, id)
) STRICT;
CREATE UNIQUE INDEX feedback_by_number ON feedback (bank_id, number);
CREATE INDEX feedback_by_maker ON feedback (bank_id, made_by, id);
CREATE INDEX feedback_open ON feedback (bank_id, org_id, id) WHERE state IN ('open', 'disputed');
CREATE INDEX feedback_by_org ON feedback (bank_id, org_id, id);

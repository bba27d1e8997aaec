-- Complaints and proposals (投诉建议): each with a number, a day by which it is answered, and the answer.
CREATE TABLE feedback (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    number TEXT COLLATE "C" NOT NULL,
    kind TEXT COLLATE "C" NOT NULL,
    org_id UUID NOT NULL,
    member_id UUID,
    made_by UUID NOT NULL,
    words TEXT COLLATE "C" NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    due_on DATE NOT NULL,
    answer TEXT COLLATE "C",
    answered_by UUID,
    answered_at TIMESTAMPTZ,
    objection TEXT COLLATE "C",
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX feedback_by_number ON feedback (bank_id, number);
CREATE INDEX feedback_by_maker ON feedback (bank_id, made_by, id);
CREATE INDEX feedback_open ON feedback (bank_id, org_id, id) WHERE state IN ('open', 'disputed');
CREATE INDEX feedback_by_org ON feedback (bank_id, org_id, id);

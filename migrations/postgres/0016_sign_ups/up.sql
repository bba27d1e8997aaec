-- Sign-ups (报名): a seat at an activity, or a place in its waiting list, in the order of arrival.
CREATE TABLE sign_ups (
    bank_id BIGINT NOT NULL,
    id UUID NOT NULL,
    activity_id UUID NOT NULL,
    org_id UUID NOT NULL,
    member_id UUID NOT NULL,
    arrival BIGINT NOT NULL,
    state TEXT COLLATE "C" NOT NULL,
    made_at TIMESTAMPTZ NOT NULL,
    made_by UUID NOT NULL,
    ended_at TIMESTAMPTZ,
    version BIGINT NOT NULL,
    PRIMARY KEY (bank_id, id)
);
CREATE UNIQUE INDEX sign_ups_by_activity ON sign_ups (bank_id, activity_id, arrival);
CREATE INDEX sign_ups_by_member ON sign_ups (bank_id, member_id, made_at);

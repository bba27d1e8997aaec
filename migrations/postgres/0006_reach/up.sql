-- Where a user is at home: the organisation where the user was made. Whoever acts on the user reaches it.
ALTER TABLE users ADD COLUMN home_org_id UUID;

-- The best that can be told of those who were made before: the organisation of the first role that was ever granted
-- (but a shop's people are at home with their shop), else the shop's, the member's, and the root.
UPDATE users SET home_org_id = COALESCE(
    (SELECT roles.org_id FROM roles
     WHERE roles.bank_id = users.bank_id AND roles.user_id = users.id
       AND roles.role NOT IN ('merchant_clerk', 'merchant_owner')
     ORDER BY roles.granted_at, roles.id LIMIT 1),
    (SELECT merchants.org_id FROM merchants
     WHERE merchants.bank_id = users.bank_id AND merchants.id = users.merchant_id),
    (SELECT members.org_id FROM members
     WHERE members.bank_id = users.bank_id AND members.id = users.member_id),
    (SELECT orgs.id FROM orgs
     WHERE orgs.bank_id = users.bank_id AND orgs.parent_id IS NULL ORDER BY orgs.id LIMIT 1));
CREATE INDEX users_by_home ON users (bank_id, home_org_id);

-- Who lived in which household from when until when: interest is judged over the time before a deed.
CREATE TABLE household_stays (
    bank_id BIGINT NOT NULL,
    member_id UUID NOT NULL,
    household_id UUID NOT NULL,
    joined_at TIMESTAMPTZ NOT NULL,
    left_at TIMESTAMPTZ,
    PRIMARY KEY (bank_id, member_id, household_id, joined_at)
);
CREATE INDEX household_stays_by_household ON household_stays (bank_id, household_id);

INSERT INTO household_stays (bank_id, member_id, household_id, joined_at)
SELECT bank_id, id, household_id, created_at FROM members WHERE household_id IS NOT NULL;

DROP INDEX members_by_org_and_initials;
DROP INDEX members_by_org;
CREATE INDEX members_by_org ON members (bank_id, org_id);

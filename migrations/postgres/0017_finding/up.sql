-- People are found by their place and the beginning of their name, or of its initials. All that a list of found people
-- is sorted and filtered by stands in the index: the rows of one page alone are read.
DROP INDEX members_by_org;
CREATE INDEX members_by_org ON members (bank_id, org_id, name_key, initials, number, state, kind);
CREATE INDEX members_by_org_and_initials ON members (bank_id, org_id, initials, number, state, kind);

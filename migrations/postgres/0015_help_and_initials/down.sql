DROP INDEX members_by_initials;
ALTER TABLE members DROP COLUMN initials;
ALTER TABLE orgs DROP COLUMN opening_hours;
ALTER TABLE orgs DROP COLUMN telephone;

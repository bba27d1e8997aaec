DROP TABLE household_stays;
DROP INDEX users_by_home;
ALTER TABLE users DROP COLUMN home_org_id;

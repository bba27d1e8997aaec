ALTER TABLE attendances DROP COLUMN out_place;
ALTER TABLE attendances DROP COLUMN in_place;
ALTER TABLE activities DROP COLUMN radius_metres;
ALTER TABLE activities DROP COLUMN longitude;
ALTER TABLE activities DROP COLUMN latitude;
ALTER TABLE activities DROP COLUMN skills;
DROP TABLE invitations;
DROP TABLE wishes;
DROP TABLE skills;

ALTER TABLE lots DROP COLUMN given;
ALTER TABLE banks DROP COLUMN gift_points_a_person;
ALTER TABLE banks DROP COLUMN gift_points_a_day;
ALTER TABLE banks DROP COLUMN gifts_donation;
ALTER TABLE banks DROP COLUMN gifts_neighbour;
ALTER TABLE banks DROP COLUMN gifts_family;
DROP TABLE gifts;

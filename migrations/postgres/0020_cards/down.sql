DROP INDEX redemptions_by_slip;
ALTER TABLE redemptions DROP COLUMN points_covered;
ALTER TABLE redemptions DROP COLUMN slip_number;
ALTER TABLE redemptions DROP COLUMN card_edition;
ALTER TABLE codes DROP COLUMN card_edition;
DROP TABLE slips;
DROP TABLE cards;

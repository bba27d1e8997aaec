ALTER TABLE sessions DROP COLUMN card_edition;

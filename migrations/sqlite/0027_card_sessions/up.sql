-- A session that was opened with a card and its PIN: the edition of the card.
ALTER TABLE sessions ADD COLUMN card_edition INTEGER;

-- The effects of an entry are one text in its row: an array of those of release 0.1, as they were written, or a text of
-- a later format, which names itself. None: an empty text.
ALTER TABLE entries ADD COLUMN effects TEXT COLLATE "C" NOT NULL DEFAULT '';
UPDATE entries SET effects = '[' || (
    SELECT string_agg(body, ',' ORDER BY ordinal) FROM effects
    WHERE effects.bank_id = entries.bank_id AND effects.entry_number = entries.number
) || ']'
WHERE EXISTS (SELECT 1 FROM effects WHERE effects.bank_id = entries.bank_id AND effects.entry_number = entries.number);
DROP TABLE effects;

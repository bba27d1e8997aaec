-- The effects of an entry are one text in its row: an array of those of release 0.1, as they were written, or a text of
-- a later format, which names itself. None: an empty text.
ALTER TABLE entries ADD COLUMN effects TEXT NOT NULL DEFAULT '';
DROP TRIGGER entries_no_update;
UPDATE entries SET effects = '[' || (
    SELECT group_concat(body, ',') FROM (
        SELECT body FROM effects
        WHERE effects.bank_id = entries.bank_id AND effects.entry_number = entries.number ORDER BY ordinal
    )
) || ']'
WHERE EXISTS (SELECT 1 FROM effects WHERE effects.bank_id = entries.bank_id AND effects.entry_number = entries.number);
CREATE TRIGGER entries_no_update BEFORE UPDATE ON entries BEGIN SELECT RAISE(ABORT, 'the journal is append-only'); END;
DROP TABLE effects;

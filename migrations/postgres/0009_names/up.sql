-- The name as it is compared: without regard to blanks, dots, widths and capitals. Old rows are filled by the program
-- (store/people.rs), since no database folds names; an empty key is one that is still to be filled.
ALTER TABLE members ADD COLUMN name_key TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX members_by_name_key ON members (bank_id, name_key);
DROP INDEX members_by_name;

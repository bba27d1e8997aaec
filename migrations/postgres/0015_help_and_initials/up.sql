-- Where people get help: the telephone of an organisation, and the hours of its counter.
ALTER TABLE orgs ADD COLUMN telephone TEXT;
ALTER TABLE orgs ADD COLUMN opening_hours TEXT;
-- The pinyin initials of a name. Old rows are filled by the program (store/connection/fills.rs), since no database
-- knows how characters are read; an empty text is one that is still to be filled.
ALTER TABLE members ADD COLUMN initials TEXT COLLATE "C" NOT NULL DEFAULT '';
CREATE INDEX members_by_initials ON members (bank_id, initials);

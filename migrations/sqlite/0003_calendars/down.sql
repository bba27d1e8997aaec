ALTER TABLE heads DROP COLUMN year_closed_until;
DROP TABLE calendars;

ALTER TABLE sessions DROP COLUMN client;
DROP TABLE sign_in_codes;
DROP TABLE second_factors;

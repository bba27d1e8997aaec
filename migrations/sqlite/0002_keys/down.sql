DROP TABLE bank_keys;

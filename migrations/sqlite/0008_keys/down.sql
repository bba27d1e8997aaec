DROP TABLE entry_keys;

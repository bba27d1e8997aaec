DROP TABLE progress;
DROP TABLE messages;

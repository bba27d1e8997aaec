ALTER TABLE redemptions DROP COLUMN proxy_id;
ALTER TABLE codes DROP COLUMN proxy_id;
DROP TABLE proxies;

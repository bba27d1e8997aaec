DROP TABLE shop_applications;
ALTER TABLE statement_lines DROP COLUMN rate_fen;
ALTER TABLE merchants DROP COLUMN later_rates;

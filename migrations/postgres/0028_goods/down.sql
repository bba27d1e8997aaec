ALTER TABLE merchants DROP COLUMN two_above_fen;
DROP TABLE goods_lines;
DROP TABLE goods_sheets;

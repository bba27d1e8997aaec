ALTER TABLE goods_sheets DROP COLUMN difference_fen;

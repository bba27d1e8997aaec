-- What a count of the till (盘点现金) found more, or less (below 0), than the book says.
ALTER TABLE goods_sheets ADD COLUMN difference_fen BIGINT;

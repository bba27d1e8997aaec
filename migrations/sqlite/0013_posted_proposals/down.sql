-- Nothing to take back: a proposal whose award was posted stays approved.
SELECT 1;

### Refusals at the counter and of settlement.

out_of_stock = Out of stock: { $left } left. Take fewer or other goods.
points_not_enough = Not enough points: this member cannot pay for these. Take fewer or other goods.
offer_limit_reached = Limit reached: each member may have { $limit } of this offer in its period. Take fewer or others, or wait for the next period.
too_many_redemptions = Too many redemptions in a minute: wait { $wait_seconds } seconds, then try again.
too_many_wrong_codes = Too many wrong codes: wait { $wait_seconds } seconds, or scan the member's QR code.
shop_hands_over = The shop hands over: this redemption was made with a code. Let the shop capture it, or cancel it and redeem on behalf.
offer_off = This offer is off: choose another.
shop_paused = The shop has paused redeeming: come back later or go to another shop.
own_shop = Not in one's own shop: its owner, its clerks and their households redeem elsewhere.
minutes_missing = Not enough service: { $required } minutes are required, { $served } are recorded.
code_unknown = No such code: look at the phone and enter the eight digits again.
code_expired = This code has run out: ask for another one.
code_used = This code was used: ask for another one.
quantity_exceeds = Too many pieces: at most { $left }. Make it fewer.
quantity_exceeds_none = Nothing to give back: these goods were not taken, or have all come back. Look at the redemption; nothing is left to do.
nothing_to_settle = Nothing to settle: no new redemption or refund in this period.
period_not_over = Period not over: it can be settled or closed from { $over_at } on. If the shop leaves before, close it first.
card_unknown = No such card: compare number and letters, then scan or type again. If it still fails, ask at the community counter.
card_replaced = This card was reported lost: it cannot be used any more. Use the new card, or have one printed at the community counter.
card_without_pin = This card has no PIN yet: the holder sets six digits at the community counter.
card_without_login = The holder of this card has no login yet: staff open one at the community counter. At the shop the card works without it.
card_locked = This card is locked: the PIN was wrong too often. The holder sets a new one at the community counter.
pin_missing = PIN missing: let the holder type the six digits.
pin_wrong = Wrong PIN: { $left } more tries. Let the holder type it again, or set a new one at the community counter.
pin_easy = This PIN is easy to guess: no counting, no repeated digits, no phone, birth date or ID number. Choose six other digits.
card_visit_limit = Above the limit of a card for one visit: { $limit } at most, this is { $desired }. Take fewer, or redeem at the community counter.
card_day_limit = Above the limit of a card for one day: { $limit } at most, { $left } are left today. Take fewer, or redeem at the community counter.
slip_unknown = No such slip: compare number and letters. If it still fails, hand the slip in at the community counter.
slip_of_another_shop = Not a slip of your shop: it was printed for another one. Use a slip of your own pad.
slip_used = This slip was entered already: number { $number } at { $since }. Compare the number, do not enter it twice.
slip_late = A slip is entered on its day: it says { $day }, today is { $today }. It cannot be entered any more: let the community look into it, and redeem on behalf of the person instead.
slip_limit = Above the limit of one slip: { $limit } at most, this one is { $desired }. Redeem at the community counter.
slip_cover_limit = The balance is too low and the cover is used up: the district covers { $limit } a day for one person, { $left } are left. Hand the slip in at the community counter.
goods_sheet_needed = Two people handle the goods of this shop: enter a goods sheet, which the supervisor checks and books.
goods_line = { $fault ->
    [name] Goods not known: check the name in line { $row }, or add a price in points to put them on offer.
    [name_twice] Several goods of one name: take those that are not used off first, for line { $row }.
    [pieces] Not a number of pieces: enter a whole number other than 0 in line { $row }.
    [sign] Below zero: enter what is missing in line { $row } as a stocktake.
    [date] Not a date: write it as 2026-08-31 in line { $row }.
    [date_past] Past the best-before date: send the goods of line { $row } back, or destroy them before a witness.
    [value] Not a value: write it as 12.50, in yuan, in line { $row }.
    [value_missing] No value: the shop adds up what comes in, so say what one piece of line { $row } is worth.
   *[points] Not a price: write it as 30 in line { $row }.
 }
goods_lines = Several lines are wrong: { $rows }. Nothing is booked yet; put each of them right, then send the sheet again.
goods_past_date = Past the best-before date: do not hand these goods over. Cancel this redemption and take others.
goods_not_past = Too many to write off: { $past } of line { $row } are past their date. Enter breakage as a stocktake.
till_short = Not that much money in the till: { $left } by the book. Check the sum, or count the till first.
rate_missing = No rate: for a shop that the fund pays, say how many fen it pays for one point.
rate_of_given_goods = No rate here: a shop of donated goods is paid nothing. Leave the rate empty.
rate_day_too_early = Begins too early: a new rate holds from { $earliest } at the earliest; what is redeemed before is paid as agreed.
shop_applications_wait = Three applications wait for an answer: wait for it, or withdraw one first.
till_difference_unexplained = { $less ->
    [true] { $difference } less than the book says
   *[other] { $difference } more than the book says
 }: count once more; if it stays so, say why.
till_count_waits = The last count of the till has not been checked yet: wait until the second person has, then count again.

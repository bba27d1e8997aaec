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

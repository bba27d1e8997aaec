### Refusals of the ledger: entries, holds, accounts, keys.

idempotency_key_reused = Idempotency key used for another request: "{ $field }" differs from it. Send a new Idempotency-Key.
key_spent = Idempotency key spent: it made entry { $entry } long ago, the answer was removed since, and nothing was written now. Look at that entry, or send a new Idempotency-Key for another one.
same_account = Debit and credit are the same account: posting { $posting } (from 0). Change one of them.
too_many_postings = Too many postings: at most { $limit } in one entry. Split the request.
nothing_to_post = Nothing to post: the request has no posting. Write at least one.
amount_not_positive = Amount must be above zero: posting { $posting } (from 0). Write a positive amount.
timeout_without_hold = Only a hold can have a time limit: this is not a hold. Leave the limit out.
period_closed = Period closed: nothing before { $closed_until } can be posted any more. Use a later effective time.
effective_in_future = Effective time is in the future: only what has happened can be posted. Use the present or an earlier time.
account_not_found = Account not found: { $account } does not exist or is outside your reach. Check the id.
account_exists = Account exists already: { $account }. Use that one.
reversal_on_hold = What is to be taken back is on hold: { $available } can be taken now, { $missing } are missing, { $held } of them in a redemption that is not finished. Cancel that redemption first, or take what is there (`up_to`): the rest stays owed.
owed_less = More than is owed: at most { $left } can be waived. Read it again, then ask for less.
account_reserved = What is owed cannot be moved directly: { $account } changes by taking back, coming back and waiving. Use those.
hold_not_found = Hold not found: it does not exist or is outside your reach. Check the id.
entry_not_found = Entry not found: it does not exist or is outside your reach. Check the number.
asset_mismatch = Assets differ: the two accounts of posting { $posting } (from 0) hold different assets. Change one.
entry_not_reversible = Cannot be reversed: { $reason ->
    [is_reversal] it is a reversal itself. Make a new entry instead
    [no_postings] it has no postings. Nothing is left to do
    [belongs_to_document] a record, redemption or statement rests on it. Correct or refund it there
    [is_merge] it made two files of one person one. Correct what is wrong entry by entry
    [of_groups] its points follow from the counters of groups. Take the award itself back
    [only_whole] it counts times or hours, of which there is no part. Leave the points out to take it back as a whole
    [is_hold] it is a hold. Cancel the hold instead
   *[is_owed] it has paid or waived what was owed. Make a new entry instead
 }.
posting_not_found = No such posting: the entry has no posting { $posting } (from 0). Check the number.
changed_meanwhile = Changed meanwhile: someone else has just changed "{ $what }". Read it again, then send the request again.
capture_exceeds_hold = More than was held: at most { $left } can be captured. Take less.
hold_already_captured = Hold captured already: it cannot be captured or cancelled again. To give back, make a refund.
hold_of_document = Hold belongs to a redemption: it cannot be captured or cancelled by itself. Capture or cancel the redemption.
hold_voided = Hold cancelled already: what it held was given back. Make a new hold.
hold_expired = Hold expired: what it held was given back. Make a new hold.
legs_mismatch = Number of amounts does not fit: the hold has { $legs } legs. Write one amount for each, in order.
account_frozen = Account frozen: { $account } can neither pay nor receive. Ask the community staff to unfreeze it.
account_frozen_at_the_till = The member is frozen: points can be neither paid nor given back now. Ask the member to see the community staff first.
account_closed = Account closed: { $account } can no longer be used. Check the id.
account_not_empty = Account not empty: { $account } still has a balance or a hold. Move or resolve it first.
status_unchanged = Status unchanged: { $account } is in this state already. Nothing is left to do.
cap_reached = Cap reached: "{ $counter }" allows { $limit }, { $used } used, { $left } left. Ask for less, or wait for the next period.
already_done = Done already: { $kind ->
    [award] "{ $what }" has been awarded before
    [star] this star was granted before
    [statement] the statement was issued just before
    [opening] the opening balance of this member is in the books
    [year_closing] the books of { $what } are closed
    [proposal] someone has agreed to it already
   *[other] "{ $what }" can happen only once
 }. Look at the existing record.
amount_overflow = Amount too large: posting { $posting } (from 0) would leave the account's range. Use less.
insufficient_balance = Balance too low: { $available } left, { $missing } short. Use less, or come back with more.
insufficient_balance_of_stock = Out of stock: { $available } left, { $missing } short. Take fewer or another item.
ceiling_exceeded = Above the account's ceiling: { $room } more fit in. Use less.
reversal_exceeds_original = More than the original: at most { $left } can still be reversed. Use less.
books_closed = Books closed for writing: the system waits to be looked at; reading works. Try again later with the same key, or tell the administrator.

### Goods of a shop: goods in, stocktakes, write-offs, batches, and what is posted.

goods_sheets_title = Goods sheets
goods_sheets_new = New goods sheet
goods_sheet = Sheet
goods_filter = Which ones
goods_waiting = To be checked
goods_all = All
goods_none_title = No sheets
goods_none = Goods in, stocktakes and write-offs are listed here.
goods_count = Kinds
goods_kinds = { $kinds } kinds
goods_value = Value (yuan)
goods_unit_value = Value of one (yuan)
goods_best_before = Best before
goods_made = Entered by
goods_decided = Checked by
goods_kind_words = { $kind ->
    [goods_in] Goods in
    [stocktake] Stocktake
    [till_count] Count of the till
    [hand_in] Money handed in
   *[write_off] Write-off
 }
goods_done = { $done ->
    [booked] Booked.
   *[waits] The supervisor checks it; then it is booked.
 }
goods_in_title = Goods in
goods_in_hint = Paste from a spreadsheet, or write one kind a line: name, pieces, best-before date, value of one in yuan, price in points. The last three may be left out; put tabs or commas between. New goods need a price. For example: Rice 5 kg,20,2026-08-31,32.50,30
goods_in_button = Enter this delivery
goods_stocktake_title = Stocktake
goods_stocktake_hint = Only what differs from the book, one kind a line: name, how many pieces. Below zero if some are missing: Salt,-2
goods_stocktake_button = Enter the differences
goods_write_off_title = Write-off
goods_write_off_hint = One kind a line: name, pieces. What is past its date is listed; count it together.
goods_write_off_button = Write off
goods_donor_hint = Who gave them, if anybody did. It is posted on the notice board.
goods_reason_hint = For example “2 bags broken”, “destroyed before a witness”.
goods_two_words = A second person checks stocktakes and write-offs, and goods in above this value (yuan):
goods_rejected_because = Why it was sent back
goods_reject_hint = What does not agree; the other person counts again.
goods_reject_button = Does not agree
goods_until = Best before { $day }
goods_without_date = No best-before date
goods_batches = Batches on the shelf
goods_batches_first = Hand out from the top.
goods_past = Past its date
goods_past_title = { $kinds } kinds have pieces past their date
goods_past_words = They cannot be redeemed any more. Take them off the shelf and enter a write-off.
goods_enter_in = Goods in
goods_enter_stocktake = Stocktake
goods_by_sheet = Two people handle the goods of this shop: enter goods in and stocktakes on a sheet.
goods_shop_change = Change name, owner, and when two people check
goods_shop_change_button = Save
goods_owner_hint = The passbook number of a new owner; empty if the owner stays. Earlier statements do not change.
goods_two_hint = Above this value goods in need a second person; stocktakes and write-offs always do. Left empty, one person does.
goods_board_title = Goods in and out
goods_board_show = Show this month
goods_board_none = Nothing moved in this month.
goods_board_before = Before
goods_board_in = In
goods_board_out = Redeemed
goods_board_counted = Stocktake
goods_board_past = Past date
goods_board_after = After
goods_board_written_off = Written off
goods_board_thanks = Donors
goods_board_keeper = Keeper
goods_board_supervisor = Supervisor
till_money_title = Money (yuan)
till_words = Money taken at the counter is kept for the community, in a book apart from points. This is what should be in the till.
till_balance = Should be in the till (yuan)
till_count_title = Count the till
till_count_hint = Count the money in the till and write what is there, also if it is not what the book says.
till_count_button = Enter the count
till_count_reason_hint = Say why, if it is not what the book says.
till_hand_in_title = Hand money in
till_hand_in_hint = Give the money to the person who takes it; that person confirms the sheet.
till_hand_in_button = Enter what is handed in
till_hand_in_reason_hint = The number of the receipt, or to whom, if there is one.
till_difference = More than the book says (less: below zero)
till_before = Before
till_paid = Money taken
till_after = After

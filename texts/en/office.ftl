### The pages of shop owners, administrators and auditors.

office_menu_goods = Goods
office_menu_statements = Statements
office_menu_clerks = Clerks
office_menu_ledger = Journal
office_menu_checks = Checks
office_menu_orgs = Organisations
office_menu_users = Log-ins and roles
office_goods_title = My goods
office_goods_new = Add goods
office_goods_empty = No goods yet. Add the first.
office_goods_title_hint = Say what one piece is, such as “salt, 1 bag”.
office_goods_kind = What it is
office_goods_kept = Goods, with stock
office_goods_service = A service, without stock
office_goods_more = Money beside points, limits
office_goods_cash_hint = Money taken beside the points; leave empty if none.
office_goods_limit_hint = How many one person may take; leave empty for no limit.
office_goods_open = Put it up
office_stock = In stock
office_no_stock = No stock kept
office_stock_move = Goods in and stocktake
office_stock_why = Why the stock changes
office_stock_in = New goods came in
office_stock_more = Counted more than the book
office_stock_fewer = Counted fewer than the book
office_stock_reason_hint = Needed for a stocktake, such as “2 bags broken”.
office_stock_button = Enter it
office_price_change = Change the price
office_price_hint = What is already on hold keeps its price.
office_price_button = Change to this price
office_done_price = The price has changed.
office_done_state = Done.
office_done_stock = The stock is entered.
office_clerks_title = Clerks
office_clerks_empty_title = No clerks yet
office_clerks_empty = Add clerks: each takes points with a log-in of their own.
office_clerk_new = Add a clerk
office_clerk_open = Add this clerk
office_clerk_number_hint = If the clerk has a passbook, its number: nobody redeems for themselves in their own shop.
office_login_hint = Small letters and digits, 3 to 64.
office_users_title = Log-ins and roles
office_user_new = New log-in
office_user_open = Open this log-in
office_user_number_hint = If this person has a passbook, its number.
office_user_unknown_title = No such log-in
office_user_unknown = Check the spelling, or see all.
office_find = Find
office_all = All
office_filter = Show these
office_next_page = Next page
office_roles = Roles
office_no_roles = No roles yet
office_no_password = No password yet
office_password_set = Set
office_user_facts = The log-in
office_sessions = Devices signed in
office_sessions_end = Sign all devices out
office_is_member = Passbook
office_linked = Linked
office_not_linked = Not linked
office_revoke = Revoke
office_grant_title = Grant a role
office_grant_where = Where it reaches
office_grant_button = Grant this role
office_until_hint = The last day; leave empty for no end.
office_link_title = Whom this clerk is
office_link_button = Link this passbook
office_password_title = New password
office_password_hint = All devices are signed out after it.
office_password_button = Set this password
office_done_grant = The role is granted.
office_done_revoke = The role is revoked.
office_done_password = The password is set. Tell the person yourself.
office_done_sessions = All devices are signed out.
office_done_calendar = It is in. Notices that waited for it have their last day.
office_done_home = The home has changed.
office_home_title = Change the home
office_home_hint = Its administrators look after this log-in. Roles stay.
office_home_button = Change to this home
office_done_link = The passbook is linked.
office_done_opened = Opened.
office_done_moved = Moved.
office_orgs_title = Organisations
office_orgs_hint = By level, in the order in which they were opened.
office_org_below = Below it
office_org_none_below = Nothing below it.
office_org_open_title = Open one below it
office_org_open = Open it
office_org_kind_hint = Such as street, community, estate.
office_org_code_hint = Unique within the bank.
office_org_move_title = Move it
office_org_move_hint = With everything below it.
office_org_move = Move it there
office_org_close_title = Close it
office_org_close_hint = Only when nothing below it, no members, no shops and nothing unfinished is left. Its past stays.
office_org_close = Close it
office_statements_title = Statements
office_statements_empty_title = No statements yet
office_statements_empty = After each month the community issues its statement.
office_statements_none_title = No statements
office_statements_none = Try other filters.
office_yuan = yuan
office_issue_title = Issue a statement
office_issue_hint = It lists every redemption and refund up to the end of the month that is in no statement yet.
office_issue_button = Issue this statement
office_lines = Lines
office_points = Points
office_payable = Payable
office_rate_label = Per point
office_pay_title = Note the payment
office_pay_button = Note as paid
office_proof_hint = The number of the bank slip or transfer.
office_each_line = Each line
office_tick_hint = Check each line. Tick what is wrong and say why below.
office_wrong = Wrong
office_line_number = No.
office_day = Day
office_goods = Goods
office_entry = Entry
office_disputed = Disputed
office_dispute_hint = Such as “line 3 was given back the same day”.
office_dispute_button = Dispute the ticked lines
office_answer_title = Answer the dispute
office_answer_hint = Which line was corrected, and appears in the next statement; or why nothing changes.
office_answer_button = Answer the shop
office_steps_title = What was done
office_hash = Digest
office_ledger_title = Journal
office_csv = Download as CSV
office_find_label = Number of an entry, receipt or passbook
office_find_hint = Receipts of the last 31 days; for older ones put the day of the receipt into “From”.
office_kind = Kind
office_actor_login = Log-in of who did it
office_actor = Who
office_from = From
office_to = To
office_not_found = Not found, please check:
office_ledger_none_title = Nothing matches
office_ledger_none = Try other filters.
office_number = Number
office_amount = Amount
office_recorded = Recorded
office_effective = Takes effect
office_same_day = same day
office_program = The program
office_flow = What became of what
office_trail_title = How it came about
office_postings = Postings
office_no_postings = It moves no amount.
office_debit = From
office_credit = To
office_balances = Balances
office_effects = Other effects
office_metadata = Metadata
office_entry_facts = This entry
office_reverses = Reverses entry
office_note = Note
office_source = Cause
office_see_statement = See the statement
office_logged = That you looked is in the access log. Auditors look and change nothing.
office_published = Activity published
office_service = Service
office_submitted = Record submitted
office_approved = Approved
office_notice = Public notice ended
office_redemption = Goods taken in the shop
office_redeemed_for = Goods taken at the counter
office_listed = Listed in a statement
office_paid = Paid
office_checks_title = Checks
office_right = The book is right.
office_wrong_book = Something does not agree.
office_balance_title = Trial balance
office_balanced = What went out equals what came in: every difference is 0.
office_unbalanced = There is a difference. Call whoever runs the program at once.
office_what = Of what
office_debits = Out
office_credits = In
office_difference = Difference
office_head_title = End of the chain
office_head_hint = Write both down and keep them elsewhere. If anything before is ever changed, they no longer agree.
office_look_title = Look through everything
office_look_hint = Recomputes from the first entry to the last and compares all that is stored. A large book takes minutes.
office_look_button = Look through it now
office_menu_overview = Overview
office_menu_shops = Partner shops
office_menu_schemes = Schemes
office_menu_calendars = Calendars
office_menu_access = Access log
office_overview_title = Overview
office_go = See to it
office_see = See
office_month_issued = Earned this month
office_month_redeemed = Redeemed this month
office_shops_unit = shops
office_orgs_unit = in all
office_tasks_title = To do
office_tasks_none = Nothing waits at the moment.
office_chart_title = Earned and redeemed by month
office_issued = Earned
office_taken = Redeemed
office_chart_table = See the figures
office_places_title = Below
office_places_order = In the order of the directory, not ranked
office_place = Name
office_waiting = Open statements
office_access_title = Access log
office_subject = Whose: passbook number or log-in
office_who = Who
office_did = Did what
office_whose = Whose
office_why = Why
office_shop_new = New shop
office_shop_open = Add this shop
office_model_donated = Donated goods, nothing is paid
office_model_fund_choice = The community fund pays by the point
office_line_rate = { $fen } fen a point
office_owner_new = Make a log-in for the owner
office_owner_new_hint = With it the owner takes points, keeps goods and confirms statements. It is another than that of their passbook.
office_owner_open = Make the log-in
office_next_rate_label = New rate
office_next_rate = { $fen } fen a point from { $day }
office_new_rate_hint = Only to change what is paid for one point. What was redeemed keeps its worth, a refund that of its redemption.
office_rate_from_hint = From which day; tomorrow at the earliest, and if left empty.
office_rate_hint = If the fund pays: fen for one point; 40 is 0.40 yuan.
office_owner_hint = If the owner has a passbook, its number: nobody redeems in their own shop.
office_owner_linked = Owner's passbook
office_see_statements = See the statements
office_on_shelf = On offer
office_schemes_title = Schemes
office_scheme_new = Draft a version
office_schemes_empty_title = No schemes yet
office_schemes_empty = Draft a version; a second person publishes it.
office_try = Try it
office_version = Version
office_draft_waits = It waits for a second person: who drafted it does not approve it.
office_draft_from = Draft from this one
office_scheme_text = The text
office_lines_unit = lines
office_faults_title = Something to correct
office_faults_hint = Look at the marked lines, correct them below and keep it again.
office_scheme_hint = Best begun from a version that is there. Every line is checked before it becomes a draft.
office_scheme_draft = Keep as a draft
office_try_hint = Fill in a deed and see what it earns. Nothing is kept.
office_minutes_hint = For service: minutes, such as 120.
office_usual = As usual
office_no_item = Service, no item
office_quantity_hint = How much of the item; 1 if left empty.
office_decided_hint = Case by case: the points that were decided.
office_try_button = See what it earns
office_try_result = It earns
office_hours = Length of service
office_second_person = So many points need a second person.
office_calendars_title = Holiday calendars
office_calendar_put_title = Put a year in
office_calendar_put = Put it in
office_calendar_hint = Once published, a line a day: date, off or work, name. Leave the first line.
office_off = off
office_work = work
office_came_with = Came with the program
office_month_before = { $points } pts the month before
office_task_disputed = { $number } statements disputed by shops
office_task_pay = { $number } statements agreed, to be paid
office_task_confirmed = { $number } statements confirmed by shops, waiting for a reviewer
office_task_proposals = { $number } awards wait for a second person
office_task_moves = { $number } moves wait for a decision
office_task_links = { $number } log-in links wait for a second person
office_task_drafts = { $number } drafts of schemes wait for approval
office_chart_sentence = This month so far: { $issued } pts earned, { $redeemed } pts redeemed.
office_model_fund = Community fund, { $fen } fen a point
office_valid_from = from { $from }
office_valid_from_until = { $from } to { $until }
office_version_of = { $title } version { $number }
office_try_of = Try it: { $title }
office_days_listed = { $off } days off, { $work } make-up working days
office_imported_on = put in on { $day }
office_action = { $action ->
    [read] looked
    [reveal_phone] saw the phone
    [reveal_id_number] saw the ID number
    [open_user] opened a log-in
    [grant_role] granted a role
    [revoke_role] revoked a role
    [link_user] linked a passbook
    [set_password] set a password
    [end_sessions] signed out
    [move_user] changed the home
    [suspend_user] suspended
    [resume_user] resumed
    [freeze_member] froze
    [unfreeze_member] unfroze
    [import_members] imported members
    [void_approval] voided an approval
    [rename_bank] renamed the bank
    [set_gift_rules] changed what may be given
    [register_webhook] registered a hook
    [stop_webhook] stopped a hook
    [resume_webhook] resumed a hook
    [send_again] sent a message again
    [drop_delivery] dropped a message
    [use_second_factor] set up a second factor
    [remove_second_factor] removed a second factor
    [erase_member] erased a file
    [accept_correction] corrected a file
    [give_consent] entered a consent
    [withdraw_consent] withdrew a consent
    [copy_own_data] copied the own data
    [approve_shop] opened a shop that was applied for
    [decline_shop] declined a shop
    [change_rate] changed a rate
    [change_supervision] changed from which value on two people check goods
    [answer_feedback] answered a complaint or a proposal
    [name_proxy] named a proxy
    [end_proxy] ended a proxy
    [reject_goods] sent a goods sheet back
    [proxy_looked] looked at the passbook as a proxy
    [proxy_showed_code] showed the code as a proxy
    [proxy_signed_up] signed up as a proxy
    [proxy_gave_back] gave a place back as a proxy
   *[other] { $action }
 }
office_until = until { $day }
office_period_further = { $month }, number { $number }
office_rate = { $fen } fen
office_entry_number = Entry { $number }
office_line_of = Line { $line }
office_statement_of = Statement of { $month }
office_yuan_amount = { $yuan } yuan
office_served = { $title }, until { $until }, { $length } entered, { $evidence }
office_notice_until = In public notice until { $day }, no objection left open.
office_redeemed = { $shop }, { $goods }, { $points } pts, receipt { $number }
office_settled = { $month }, line { $line }, { $yuan } yuan payable
office_paid_line = { $yuan } yuan of it for this one, invoice { $invoice }
office_looked_right = { $entries } entries, { $postings } postings, { $accounts } accounts, { $documents } documents, up to { $head }, in { $seconds } s.
office_looked_wrong = { $fault } (in { $seconds } s)
office_window = { $window ->
    [day] a day
    [month] a month
    [quarter] a quarter
    [half_year] a half-year
    [year] a year
   *[all] in all
 }
office_statement_step = { $state ->
    [issued] Statement issued
    [disputed] Disputed by the shop
    [answered] Dispute answered
    [confirmed] Confirmed by the shop
    [approved] Payment agreed
   *[paid] Payment noted
 }
office_evidence = { $evidence ->
    [scan] signed in and out
    [kiosk] at a kiosk
    [self_report] by own report
    [paper] by a paper sheet
   *[backfill] entered late
 }
office_entry_kind = { $kind ->
    [account_opened] Account opened
    [status] Account status
    [opening] Opening balance
    [opening_of_year] Opening of the year
    [award] Earned
    [transfer] Transfer
    [hold] Hold
    [capture] Hold posted
    [void] Hold given up
    [hold_expired] Hold expired
    [lot_expired] Points expired
    [redemption] Redeemed
    [refund] Refund
    [reversal] Reversal
    [zeroing] Reset
    [goods_in] Goods in
    [stocktake] Stocktake
    [till_count] Count of the till
    [hand_in] Money handed in
    [write_off] Write-off
    [settlement] Settlement
    [payment] Payment
    [star] Star
    [merge] Passbooks merged
    [gift] Gift
    [reclaim] Paid a debt
    [waiver] Debt waived
   *[year_closing] Year closed
 }
office_purpose = { $purpose ->
    [main] balance
    [issuing] issuing
    [opening] opening
    [expired] expired
    [forfeited] reset
    [covering] covered by the district
    [pool] Pool
    [settled] settled
    [fund] fund
    [stock] shelf
    [supply] supply
    [handed_out] handed out
    [written_off] written off and differences
    [till] till
   *[owed] owed
 }
office_owner = { $kind ->
    [bank] Bank
    [person] Member
    [household] Household
    [branch] Branch
    [unit] Unit
    [team] Team
    [merchant] Shop
    [organisation] Organisation
   *[offer] Goods
 }
office_asset = { $asset ->
    [POINT] Points
    [LIFETIME] Lifetime points
    [MINUTE] Service time (min)
    [SCORE] Scores
    [CNY] Money (yuan)
   *[STOCK] Pieces of goods
 }

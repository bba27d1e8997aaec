### The words of the pages.

bank_without_name = Points bank
skip_to_content = Skip to content
sample_label = About this sample
sample_notice = Sample data, all made up
sample_switch = Change role
menu_label = Main menu
menu_home = Home
menu_passbook = Passbook
menu_code = Code
menu_shops = Shops
menu_account = Me
menu_take = Take points
menu_day = Today
size_label = Text size
size_standard = A
size_large = A+
size_largest = A++
language_label = Language
foot_interface = Interface
foot_help = Help
network_lost = The network is gone, and it is not known whether this was done. Ask again: it is done once only.
network_again = Ask again
to_start = To the start page
next_button = Next
earlier_page = Earlier entries
see_all = See all
see_shops = See what they buy
points_unit = pts
times_unit = times
sorry_title = Something went wrong
sorry_unsure = It is not known whether this was done. Look at the records, and do it again only if it is not there.
sorry_unchanged = Your points have not changed. Please try again.
sorry_again = Try again
sorry_number = On the phone, please say number
form_to_correct = Something is to be corrected: what you wrote is still here. Look at what is marked.
form_stale = Please press once more: the sign-in has changed since this page was opened. Everything is still here; check it and press again.
form_session_ended = Please sign in again: the session has ended. What you wrote is kept, and goes on after sign-in.
sign_in_title = Sign in
sign_in_button = Sign in
sign_out_button = Sign out
send_again_title = Go on
send_again_words = You are signed in again. What you wrote is still here. Send it now?
send_again_button = Send it
send_again_not = Not now, back to the page
account_login = Login
start_title = Choose a role and look around
start_lead = A whole year of made-up records. Press whatever you like.
start_enter = Enter as this person
start_note = Points recognise service. They are not money: no cash, no interest, no trade.
start_residents = Residents
start_shops = Shops
start_community = Community and branch
start_control = Review and audit
start_volunteer = See the balance, show the code
start_proxy = Act for an older relative
start_leader = Take attendance, report service
start_clerk = Scan, choose goods, take points
start_owner = Offer goods, check statements
start_staff = Award points, act at the counter
start_branch = Keep the branch's points
start_reviewer = The second person who looks
start_administrator = Organisations, people, schemes
start_auditor = From two hours to a bag of salt
help_title = Help
help_code_title = How to redeem
help_code_words = At a partner shop open "Code" and let the clerk scan it, or read out the eight digits.
help_points_title = Where points come from
help_points_words = Once service is approved by a second person and the notice is over, points come into the passbook by themselves. "Why this many" shows how they were worked out.
passbook_cover = Passbook
passbook_title = My passbook
passbook_holder = Holder
passbook_number = Number
passbook_in = In
passbook_out = Out
passbook_left = Left
passbook_why = Why this many
passbook_details = Details
entry_took_effect = Took effect
entry_was_recorded = Recorded
entry_number = Entry number
entry_left = Balance after it
passbook_empty_title = Nothing yet
passbook_empty = Nothing yet. Take part in an activity, and the points will appear here.
balance_label = Balance
month_in = In this month
month_out = Out this month
show_code = Show the code
recent_title = Latest entries
why_title = Why this many
why_steps = Step by step
code_title = Let the shop scan this
code_picture = QR code for the shop
code_digits = Eight digits
code_renews = It renews itself
code_for_once = Good for a minute; after that ask for another code
code_renew = Another code
code_only_shop = For the shop only. Do not send a photo of it.
back_home = Back to the home page
receipt_shop = Shop
receipt_state = State
receipt_time = Time
receipt_number = Number
receipt_done = Redeemed
receipt_held = Held, not handed over yet
receipt_next = Next person
receipt_refund = Take goods back
receipt_refund_hint = Write how many pieces, and what became of the goods. The points are given back at once.
receipt_refund_button = Take back and return points
shops_empty_title = No partner shop yet
shops_empty = They will be listed here.
shop_not_open = Takes no points now
goods_empty_title = Nothing offered yet
goods_empty = It will be listed here.
goods_taken_off = Goods no longer offered
sold_out = Sold out
till_title = Scan a code or a card
till_camera = Open the camera
till_camera_refused = The camera is not allowed. Allow it in the settings, or enter the eight digits.
till_camera_looking = Hold the code in front of the camera.
till_code_label = Enter the eight digits
till_code_hint = On the volunteer's phone, below the picture. A scanner gun types here too.
till_today = Taken today
till_empty = No points taken today.
till_empty_title = No points taken today
till_step_scan = Scan
till_step_goods = Goods
till_step_check = Check
till_goods_title = Choose goods
till_of = Volunteer
till_one_piece = One piece: press it
till_several = Several goods or pieces
till_check_title = Check with the volunteer
till_back = Back
till_find = Find goods
till_find_hint = A part of the name, or the first letter of each syllable in pinyin.
till_find_button = Find
till_find_none = There are no such goods.
till_find_all = Show all goods
till_by_proxy = Shown by a proxy
till_not_enough = Not enough points
till_not_enough_words = Choose fewer or cheaper goods.
scanned_title = Show this at a partner shop
scanned_words = This is a redemption code for a partner shop to scan. You need not open it.
page_with_faults = Error: { $title }
home_greeting = { $name }
home_expiring = { $points } points run out within { $days } days.
stars_of_all = { $stars } of { $all } stars
served_so_far = { $length } served
next_star_at = apply for the next star at { $length }
star_missing = { $length } more, then apply for: { $title }.
day_of_year = { $day } { month_name }
day_with_year = { $day } { month_name } { $year }
month_of_year = { month_name } { $year }
code_claimed_by = { $shop } is taking points
code_used_for = { $points } points redeemed
code_held_for = { $points } points held; the shop hands the goods over
price_with_cash = { $points } pts + { $yuan } yuan
points_amount = { $points } pts
stock_left = { $left } left
limit_each = { $limit } each at most
till_confirm = Redeem { $points } points
entry_kind_words = { $kind ->
    [opening] Opening balance
    [opening_of_year] Opening balance
    [award] Award
    [transfer] Transfer
    [redemption] Redeemed
    [capture] Redeemed
    [refund] Returned
    [reversal] Taken back
    [zeroing] Set to zero
    [lot_expired] Points ran out
    [merge] Passbooks merged
    [gift] Gift
    [reclaim] Paid what was owed
    [waiver] Debt waived
   *[other] Correction
 }
step_words = { $step ->
    [freeze_member] Freeze
    [unfreeze_member] Unfreeze
    [suspend_user] Suspend
    [resume_user] Resume
    [approve_move] Agree to the move
    [reject_move] Turn the move down
    [approve_link] Agree to the link
    [reject_link] Turn the link down
    [publish_activity] Publish
    [cancel_activity] Call off
    [approve_record] Approve
    [return_record] Return
    [reject_record] Reject
    [resubmit_record] Correct and resubmit
    [retire_skill] Take off the list
    [restore_skill] Put back on the list
    [withdraw_sign_up] Withdraw
    [withdraw_record] Withdraw
    [object_to_record] Object
    [revoke_certificate] Revoke the certificate
    [reissue_certificate] Issue it anew
    [reverse_record] Take back
    [uphold_objection] Uphold the objection
    [dismiss_objection] Dismiss the objection
    [approve_scheme] Approve the scheme
    [approve_proposal] Agree
    [reject_proposal] Disagree
    [approve_shop] Open the shop
    [decline_shop] Decline
    [withdraw_shop] Take back
    [open_shop] Reopen
    [pause_shop] Pause
    [close_shop] Close
    [put_offer_on] Put on offer
    [take_offer_off] Take off offer
    [capture_redemption] Hand over
    [cancel_redemption] Cancel
    [refund_redemption] Take back
    [confirm_statement] Confirm
    [dispute_statement] Dispute
    [answer_statement] Answer the dispute
    [approve_statement] Agree to payment
    [stop_webhook] Stop
    [resume_webhook] Resume
    [send_again] Send again
    [drop_delivery] Drop
    [answer_feedback] Answer
    [dispute_answer] Not content
    [close_feedback] Content: settled
    [withdraw_feedback] Withdraw
    [approve_goods] It agrees: book it
    [reject_goods] Does not agree
    [withdraw_goods] Take it back
    [end_proxy] End it
    [end_proxy_by_phone] End it by phone
    [ask_gift_back] Ask for it back
    [return_gift] Return it
    [keep_gift] Keep it
    [reverse_gift] Reverse
    [withdraw_consent] Withdraw
    [erase_member] Erase this file
    [refuse_erasure] Refuse
    [withdraw_erasure] Take back
    [accept_correction] Correct the file
    [refuse_correction] Refuse
    [withdraw_correction] Take back
   *[pay_statement] Note the payment
 }
setup_title = Set up this points bank
setup_lead = This page names the bank, and makes the root organisation and the first administrator. There are five steps, about ten minutes.
setup_org = Root organisation
setup_org_name_hint = For example: Sample Street
setup_org_code_hint = A short code of your own, such as S01
setup_person = First administrator
setup_login_hint = Small letters, digits and . _ -
setup_password_hint = At least 15 characters. A sentence is easy to remember.
setup_button = Set up and sign in
org_kind_words = { $kind ->
    [district] District
    [street] Street
    [town] Town
    [community] Community
   *[village] Village
 }
year_title = The balance over a year
year_more = From { $from } to { $to } points, { $by } more.
year_less = From { $from } to { $to } points, { $by } less.
year_table = The figures month by month
year_month = End of
now_word = Now
password_title = Change the password
password_button = Change it
label =
    .gift_points_a_person = Points to the same person in a month
    .gift_points_a_day = Points that one person gives on a day
    .points = Points
    .from = First day
    .remark = Other matters
    .certificate = Certificate number
    .check_code = Check code
    .responsible = Person responsible
    .telephone = Telephone
    .opening_hours = Counter hours
    .latitude = Latitude (degrees)
    .longitude = Longitude (degrees)
    .radius_metres = Radius (metres)
    .skill_name = Skill
    .bank_name = Bank's name
    .points_a_day = Points a day at most
    .points_in_all = Points in all at most
    .guardianship = Proof of guardianship
    .purpose = Purpose
    .paper = Paper form
    .corrected_value = Should say
    .feedback_words = Your words
    .answer = Answer
    .objection = Why it does not do
    .second_factor = Second factor
    .sign_in_code = Code
    .webhook_code = Code
    .webhook_name = Name
    .url = Address
    .topics = Topics
    .mail = Mail address
    .staff_name = Colleague's name
    .staff_login = Colleague's log-in
    .staff_password = Colleague's password
    .reviewer_name = Reviewer's name
    .reviewer_login = Reviewer's log-in
    .reviewer_password = Reviewer's password
    .sheet = Sheet
    .file = Photo or PDF
    .sheet_file = File of the sheet
    .template_file = Template of the report
    .name = Name
    .phone = Phone
    .number = Passbook number
    .id_number = ID number
    .id_kind = Kind of ID
    .gender = Gender
    .birth_year = Year of birth
    .household = Household number
    .leave_household = Leaves the household
    .org = Community
    .trade = Skill
    .party_member = Party member
    .q = Find a member
    .not_same_as = I have looked: none of them
    .confirmed_new = I have looked: it is somebody else
    .scheme_item = Item
    .day = Day
    .award_reason = Note for all
    .counts = The numbers are
    .paste = Paste a list
    .row_name = Name
    .row_who = Number
    .row_amount = Figure
    .amount = Amount (yuan)
    .row_note = Note
    .other = The other one
    .stays = Which one stays
    .proposal = Award
    .login = Login
    .org_kind = Level
    .org_name = Name
    .org_code = Code
    .token = Token of the link
    .old_password = Present password
    .new_password = New password
    .password = Password
    .card = Card
    .slip = Slip number
    .pin = PIN
    .pin_again = PIN once more
    .slips = How many
    .donor = Donor
    .lines = Goods
    .two_above = Two people check goods in above (yuan)
    .code = Code
    .pieces = Pieces
    .reason = Reason
    .title = Name
    .unit_points = Points
    .unit_cash = Yuan beside the points
    .member_limit = Pieces each
    .limit_window = Counted
    .member_number = Passbook number
    .role = Role
    .until = Until
    .parent = Above it
    .invoice_number = Invoice number
    .payment_proof = Proof of payment
    .shop = Shop
    .month = Month
    .line = Wrong lines
    .model = Settled by
    .address = Address
    .credit_code = Code on the business licence
    .offered = What can be had
    .rate_from = New rate from
    .rate_fen = Fen for a point
    .body = Text of the scheme
    .minutes = Minutes
    .category = Category
    .level = Level
    .evidence = Evidence
    .item = Item
    .quantity = Quantity
    .decided_points = Points decided
    .calendar = Arrangement
    .home = Home
    .activity = Activity
    .content = What is done
    .place = Where
    .starts_at = Begins
    .ends_at = Ends
    .copy_at = Begins
    .seats = Seats
    .risk = Risk
    .insurance = Insurance
    .policy_number = Policy number
    .scheme = Scheme
    .service_minutes = Minutes of service
    .decision = Decision
    .names = Names
    .person = Volunteer
    .guarantor = Guarantor
month_name = { $month ->
    [m1] Jan
    [m2] Feb
    [m3] Mar
    [m4] Apr
    [m5] May
    [m6] Jun
    [m7] Jul
    [m8] Aug
    [m9] Sep
    [m10] Oct
    [m11] Nov
   *[m12] Dec
 }

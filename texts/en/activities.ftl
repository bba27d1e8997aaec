### Pages of activities, check-in and service records.

activities_title = Activities
activities_calendar = Put my activities into the calendar of my phone
activities_events = Coming activities
activities_events_none = Nothing is on
activities_events_none_words = New activities are listed here.
activities_when = When
activities_place = Where
activities_org = Organisation
activities_seats = Seats
activities_seats_all = { $seats } people
activities_seats_hint = Leave empty for no limit.
activities_insurance = Insurance
activities_safety = Safety
activities_risk_hint = Leave empty if there is none. A risk needs insurance and a policy number.
activities_how_to_join = On the spot, give your name or passbook number to check in; check out when you leave.
activities_signed_in_at = Checked in { $time }
activities_signed_out_at = Checked out { $time }
activities_hours = My service hours
activities_hours_none = No service yet
activities_hours_none_words = After your first activity, your hours stand here.
activities_length = Length
activities_report = Report hours
activities_report_lead = For activities where you were not checked in. They count once staff have approved them.
activities_report_none = There is no recent activity to report. Please ask your community.
activities_report_send = Send for approval
activities_choose = Choose an activity
activities_which_one = Which activity was it
activities_none_near = There was no activity nearby lately.
activities_elsewhere = Activities elsewhere
activities_what_done = What was done
activities_objections = Objections
activities_objection_state = { $state ->
    [open] waiting for a decision
    [upheld] upheld
   *[dismissed] dismissed
 }
activities_decision = Decision:
activities_put_right = Put the length right
activities_send_again = Send it again
activities_doubt = Something is wrong
activities_doubt_hint = Say what is wrong. The record then waits for a decision.
activities_doubt_send = Object
activities_correct = Something is wrong: ask for a correction
activities_correct_hint = Say what is wrong and what it should be. Staff check it and tell you.
activities_correct_send = Ask to correct 1 record
activities_not_right = Not right? Say why
activities_reason_hint = The volunteer can read it. Example: the end time is wrong.
activities_decide = Decide the objection
activities_decide_hint = What was checked, and what came of it.
activities_remark = Remark
activities_notice_until = In public notice until { $day }; then it counts.
activities_state_hint = { $state ->
    [submitted] Waits for a second person.
    [pending] A long day: waits for the street.
    [returned] Please put it right and send it again.
    [rejected] It does not count; the remark says why.
    [notice] In public notice; then it counts.
    [objected] Somebody objected; staff will decide.
    [final] Hours and points are in the passbook.
    [reversed] Undone; the points were taken back.
   *[withdrawn] You took it back.
 }
activities_evidence = { $evidence ->
    [scan] Checked in and out
    [kiosk] Kiosk
    [self_report] Own report
    [paper] Paper sheet
   *[backfill] Late entry
 }
activities_records = Service records
activities_records_none = Nothing is waiting
activities_records_none_words = Try another state or other days.
activities_state = State
activities_all_states = All
activities_first_day = First day
activities_last_day = Last day
activities_filter = Show
activities_of_all = Of all activities
activities_tick = Tick
activities_person = Volunteer
activities_number = Passbook number
activities_activity = Activity
activities_proof = Proof
activities_served = People served
activities_entered_by = Entered
activities_approved_by = Approved
activities_guarantor = Guarantor
activities_notice_end = Notice ends
activities_replaces = The record that this one corrects
activities_replaced_by = The record that replaces this one
activities_no_step = There is nothing for you to do with this record now.
activities_unknown_person = System
activities_approve_ticked = Approve the ticked records
activities_approved = { $approved } approved.
activities_approved_some = { $approved } approved, { $refused } not; each row says why.
activities_none = No activities yet
activities_none_words = Make one, or try another state.
activities_new = New activity
activities_same_again = The same as last time? Copy:
activities_standing = A standing post (open every day for a while)
activities_save_draft = Save the draft
activities_save_change = Save the changes
activities_for_group = Message for the group
activities_for_group_hint = Select all, copy, and paste it into the group chat.
activities_message = { $title }
    When: { $when }
    Where: { $place }
    { $content }
    More: { $link }
activities_its_records = Its service records
activities_copy = Once more
activities_copy_button = Copy as a new draft
activities_check_in = Check-in
activities_who = Who is here
activities_who_hint = Passbook number, last four digits of the phone, or name; Enter; next.
activities_sign_in = Check in
activities_sign_out = Check out
activities_outcome = Just now
activities_nobody = Nobody was found. Check it, or open a passbook first.
activities_which = Several are alike; choose one:
activities_is_in = { $name } ({ $number }) is checked in
activities_is_out = Checked out; the time is noted
activities_paste = Paste a list of names
activities_paste_hint = One name a line, numbered or not. At most 100 people.
activities_paste_button = Check in the people on the list
activities_present = { $people } present
activities_all_out = Check all out
activities_nobody_yet = Nobody has checked in yet.
activities_forgotten = Check-out forgotten, or not counted
activities_without_record = Not counted (by mistake, or did not serve)
activities_left = Checked out
activities_card = Activities and hours
activities_is_out_short = Checked out; under a minute, nothing is noted
activities_sheet = Enter a paper sheet
activities_sheet_open = Open the sheet
activities_sheet_hint = Name or passbook number; times as 9:00 or 0900. Times left empty are those of the row above. Tab goes on; Enter checks the sheet.
activities_sheet_check = Check the sheet
activities_sheet_row = Row
activities_sheet_who = Name or number
activities_sheet_minutes = Minutes
activities_sheet_several = Several have this name: please write the passbook number.
activities_sheet_times = The times cannot be read. Write the beginning, and the end or the minutes.
activities_sheet_empty = The sheet is empty.
activities_sheet_right = Every row is right; nothing is entered yet. Press the red button below.
activities_sheet_faults = { $faults } rows to correct; nothing is entered yet.
activities_sheet_send = Enter { $rows } records
activities_access_title = Who has looked at my file
activities_access_none = Nobody has looked
activities_access_none_words = Whoever looks at your phone, ID number or file is listed here.
activities_access_reason = Reason:{" "}
activities_access = { $action ->
    [reveal_phone] Saw your phone number
    [reveal_id_number] Saw your ID number
    [export_records] Exported your whole phone and document numbers
    [print_passbook] Printed your passbook
    [print_card] Printed your passbook card
    [report_card_lost] Reported your passbook card as lost
    [set_card_pin] Set the PIN of your passbook card
    [freeze_member] Froze your passbook
    [unfreeze_member] Unfroze your passbook
    [give_consent] Entered your consent
    [withdraw_consent] Withdrew your consent
    [copy_own_data] Copied all of your data
    [suspend_user] Suspended your login
    [resume_user] Let your login in again
    [name_proxy] Recorded your proxy
    [end_proxy] Ended a proxy
    [proxy_looked] Looked at your passbook as your proxy
    [proxy_showed_code] Showed your code as your proxy
    [proxy_signed_up] Signed you up as your proxy
    [proxy_gave_back] Gave your place back as your proxy
   *[other] Read or changed your file
 }
activities_has_place = Signed up
activities_in_line = Number { $place } in the waiting list
activities_seats_free = { $free } of { $seats } free
activities_seats_gone = all { $seats } taken
activities_agree = I have read the risk above
activities_full_words = All seats are taken. You can wait: when somebody withdraws, the next in line has the seat.
activities_join_line = Join the waiting list
activities_sign_up = Sign up
activities_expected = Who signed up
activities_expected_words = { $seated } signed up, { $waiting } waiting
activities_expected_none = No sign-ups yet.
activities_sign_up_list = Sign up from a list
activities_sign_up_list_hint = Paste the list of the group chat here, one person a line.
activities_sign_up_list_button = Sign them up
activities_is_signed_up = { $name } ({ $number }) is signed up
activities_is_waiting = { $name } ({ $number }) is number { $place } in the waiting list
activities_not_here = Signed up, not here yet
activities_they_agree = They have all read the risk above
activities_why_off = Why it is called off
activities_why_off_hint = May stay empty. Those who signed up get a message.
activities_is_off = Called off
activities_code = Check-in code
activities_code_picture = The code as a picture to scan
activities_code_digits = Code:{" "}
activities_code_words = People who are here scan it or type the digits. It changes every half minute.
activities_poster = Check-in poster
activities_poster_words = Put it up where the activity is. It works on the day of the activity, until its end.
activities_poster_how = Scan it when you come, and again when you go. If you cannot scan, give the leader your name.
activities_check_self = Self check-in
activities_code_hint = Eight digits: on the leader's phone, or on the poster.
activities_check_in_button = Check in
activities_check_out_button = Check out
activities_check_self_link = I am here: check in
activities_withdraw_ask = The place goes to somebody else. To come after all means signing up again.
activities_withdraw_confirm = Yes, withdraw

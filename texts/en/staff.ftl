### The pages of community staff and team leaders.

staff_menu_today = To do today
staff_menu_people = Members
staff_menu_awards = Give points
staff_menu_given = Points given
staff_menu_proposals = To approve
staff_menu_counter = Redeem for someone
staff_today_done = Everything is done for today.
staff_today_done_words = New matters will be listed here.
staff_today_own = For you
staff_today_others = Waiting for others
staff_today_often = Often used
staff_wait_records = Service records to approve
staff_wait_returned = Service records returned for correction
staff_wait_objections = Service records with objections
staff_wait_corrections = Service records to be corrected, as their members ask
staff_wait_proposals = Awards that need a second person
staff_wait_goods = Sheets of goods to check
staff_wait_moves = Moves to decide
staff_find_label = Find a member
staff_find_hint = Name or its beginning, pinyin initials (lsl for 李示兰), last 4 digits of the phone, phone, passbook or document number
staff_find_button = Find
staff_people_caption = Members found
staff_further = Show more
staff_nobody_title = Nobody found
staff_nobody = Please check the name and number. If there really is nobody, open a passbook first.
staff_in_use = In use
staff_household = Household
staff_phone = Phone
staff_document = ID document
staff_none = Not registered
staff_yes = Yes
staff_female = Female
staff_male = Male
staff_not_said = Not given
staff_by_number = By its number
staff_new_person = Open a passbook
staff_new_household = Open a household
staff_open_person = Open this passbook
staff_open_household = Open this household
staff_edit = Correct
staff_save = Save corrections
staff_award_one = Give points
staff_pending = Reserved
staff_owed = Still owed
staff_stars = Stars
staff_data = Registered data
staff_opened_on = Opened on
staff_reveal = Show a full number
staff_reveal_hint = Who looked, when and why is recorded.
staff_reveal_phone = Show the phone
staff_reveal_document = Show the ID number
staff_reveal_logged = Recorded in the access log. Please leave this page when done.
staff_given_of = All points given
staff_home_people = People of this household
staff_home_empty = Nobody is registered in it yet.
staff_document_hint = Optional. Cannot be changed later.
staff_born_hint = Optional. Not needed with an ID number.
staff_home_hint = Optional. The passbook number of the household.
staff_trade_hint = Optional. What they can do: cut hair, mend pipes.
staff_number_hint = Optional. An existing volunteer number; otherwise the next one.
staff_alike_title = May have a passbook already
staff_alike_hint = Please check first whether it is the same person. If so, use their passbook.
staff_merge_link = Two passbooks for one person? Merge
staff_merge_title = Merge two passbooks
staff_merge_lead = Please check that it is one person. A merge cannot be undone; balance and entries go to the passbook that stays.
staff_merge_first = This one
staff_merge_second = The other
staff_merge_not = They cannot be merged now.
staff_merge_hint = How you know that it is one person.
staff_merge_button = Merge into one
staff_merge_with = Whose is the other one
staff_merge_with_hint = Passbook number, or name
staff_merge_choose = Choose the other one
staff_merge_nobody = No other passbook has this name. Please type the number of the other one.
staff_award_title = Give points to many
staff_choose_item = Please choose an item
staff_counts_quantity = Quantity
staff_counts_points = Points
staff_paste_hint = Copy the columns name, phone, quantity and note from a sheet, or a list from a chat, and paste them here. { $most } rows at most.
staff_paste_example = 1. Anna Example 13800000000
staff_check_button = Check the list
staff_check_again = Check again
staff_award_empty_title = No list yet
staff_award_empty = Paste a list and press “Check the list”. Checking gives no points.
staff_award_rows = List
staff_award_changed = Nothing was given yet: the list differs from what was checked.
staff_award_look_again = It was checked again; please look before you confirm.
staff_award_mend_hint = Correct them in the table and check again, or give the others first.
staff_award_sum = In all
staff_only_bad = Only those to correct
staff_column_row = Row
staff_column_who = Phone or passbook number
staff_column_note = Note
staff_column_result = Result
staff_column_points = Points
staff_column_number = Quantity
staff_row_unchecked = Not checked yet
staff_row_remove = To leave a row out, clear its four fields.
staff_row_second = Needs a second person
staff_row_needs_name = Please give a name or a phone
staff_row_needs_points = Please say how many points
staff_row_needs_reason = Decided case by case: please give a reason
staff_row_other_name = The number is known under another name, please check
staff_row_nobody_number = Not found: please check the number, or open a passbook first
staff_row_nobody_name = Not found: please check the name, or open a passbook first
staff_unit_times = time
staff_worth_tiers = by bands
staff_worth_counted = by the total of times or hours
staff_worth_zeroing = resets the balance
staff_worth_decided = decided case by case
staff_given_title = Points given
staff_given_empty_title = Nothing given yet
staff_given_empty = Points that were given will be listed here.
staff_given_by = Given by
staff_given_more = Details
staff_given_why = Why, take back
staff_item_service = Service
staff_back_all = Taken back
staff_done_back = Taken back. The points have left the passbook.
staff_award_one_title = This award
staff_undo_link = Take this award back
staff_undo_title = What taking it back does
staff_undo_not = It cannot be taken back now.
staff_undo_change = Change
staff_undo_before = Balance now
staff_undo_after = Balance after
staff_undo_part = A part is spent or reserved: what is left is taken back, the rest stays owed.
staff_undo_hint = It goes into the books; the member sees it.
staff_undo_button = Take this award back
staff_waiver = Waiver of what is owed
staff_proposed_by = Proposed by
staff_proposal_others = Somebody else has to approve it.
staff_proposal_done = Done.
staff_proposals_empty_title = Nothing to approve
staff_proposals_empty = Awards above the limit, or decided case by case, wait here for a second person.
staff_moves_title = Moves
staff_moves_empty_title = No moves to decide
staff_moves_empty = Members who move in or out are listed here.
staff_move_elsewhere = A member of another community
staff_move_from = From
staff_move_to = To
staff_choose_org = Please choose
staff_counter_lead = The member is here with a passbook or an ID; you choose the goods and take the points for them.
staff_counter_shop = At which shop
staff_counter_other = Another shop
staff_counter_check = Please check with the member
staff_counter_sign = Print it and have the member sign; the shop hands the goods over for it.
staff_id_kind = { $kind ->
    [identity_card] Identity card
    [residence_permit] Residence permit
    [foreign_permanent_residence] Permanent residence card
    [hk_macao_permit] Hong Kong/Macao permit
    [taiwan_permit] Taiwan permit
   *[passport] Passport
 }
staff_edit_title = Correct the data of { $name }
staff_phone_kept = It is { $phone }. Leave empty to keep it.
staff_worth_fixed = { $points } points each { $unit }
staff_worth_step = { $points } points each { $each } { $unit }
staff_worth_percent = { $percent }% of the quantity
staff_column_quantity = Quantity ({ $unit })
staff_award_classes = Everybody on the list belongs to: { $classes }
staff_row_not_times = Not a multiple of { $points } points, please correct
staff_row_several = { $number } people have this name, please add the phone
staff_row_several_phone = { $number } members have this phone, please give the passbook number
staff_row_again = The same person as in row { $row }
staff_award_confirm = Give points to { $number }
staff_award_propose = Propose { $number } to a second person
staff_award_people = people: { $number }
staff_award_left_out = rows left out: { $number }
staff_award_to_mend = Rows to correct: { $number }.
staff_award_second = for a second person: { $number }
staff_limit_quantity = At most { $most } at a time
staff_limit_times = At most { $times } times { $of ->
    [household] a household
   *[person] a person
 } { $window ->
    [activity] an activity
    [day] a day
    [month] a month
    [quarter] a quarter
    [half_year] a half-year
    [year] a year
   *[total] in all
 }
staff_limit_second = More than { $points } points a person a day need a second person
staff_back_part = { $points } taken back
staff_done_given = Points given to { $number } people.
staff_done_proposed = { $number } wait for a second person.
staff_done_failed = { $number } could not be proposed; please check them again.

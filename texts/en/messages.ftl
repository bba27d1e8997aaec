### Messages: what is said to one person, and the page of messages.

message_points_in = { $points } points came in
message_served = { $what }, { $served }
message_points_taken_back = { $points } points were taken back
message_ask_why = Why: open it to see, or ask your community.
message_redeemed = { $points } points were redeemed
message_not_you = { $goods }. If that was not you, call your community at once.
message_refunded = { $points } points came back
message_points_expire = { $points } points expire soon
message_use_before = Use them by { $day }, in any partner shop.
message_points_expired = { $points } points have expired
message_star_reached = You have served enough for star { $stars }
message_star_ask = Your community can grant it.
message_star_granted = You were granted star { $stars }
message_stepped = { $step ->
    [approve_record] Your record is in public notice
    [return_record] A record came back to be put right
    [reject_record] A record was rejected
    [object_to_record] There is an objection to your record
    [uphold_objection] Your objection was upheld
    [dismiss_objection] Your objection was dismissed
    [revoke_certificate] One of your certificates was revoked
    [freeze_member] Your passbook was frozen
    [unfreeze_member] Your passbook can be used again
    [approve_move] You have moved to another community
    [reject_move] Your move was not agreed to
    [withdraw_consent] One of your consents was withdrawn
    [refuse_erasure] Your request for erasure was refused
    [accept_correction] Your file was corrected
    [refuse_correction] Your request for a correction was refused
    [approve_shop] The shop you applied for is open
    [decline_shop] Your application for a shop was declined
    [reject_goods] Your sheet of goods was sent back
    [answer_feedback] Your complaint or proposal was answered
   *[other] Something of yours was decided
 }
message_seat_free = It is your turn: you have a seat
message_activity = { $what }, { $starts }
message_activity_because = { $what }, { $starts }. { $reason }
message_activity_cancelled = An activity was called off
message_statement = { $state ->
    [issued] The statement of { $month } is ready: please confirm it
    [answered] Your dispute of the statement of { $month } was answered: please look at it
    [approved] The statement of { $month } was approved and will be paid
    [paid] The statement of { $month } was paid
   *[other] The statement of { $month } has changed
 }
message_role_granted = You have a new role: { $org }, { role }
message_not_expected = If you know nothing of it, ask your administrator.
message_role_revoked = You no longer are: { $org }, { role }
message_file_looked_at = { $action ->
    [reveal_phone] Your phone number was looked at
    [reveal_id_number] Your ID number was looked at
    [print_passbook] Your passbook was printed
   *[other] Your file was read or changed
 }
message_certificate_corrected = Certificate { $number } is no longer valid
message_certificate_anew = A service record in it was corrected. A new one is free of charge: open it to get it, or ask your community.
message_who_looked = Who, and why: open it to see, or ring your community.
messages_title = Messages
messages_unread = unread
messages_unread_count = { $count } unread. Without a phone, your community prints them every week.
messages_none_unread = All read. Without a phone, your community prints them every week.
messages_read_all = Mark all as read
messages_none = No messages yet
messages_none_words = What comes in, is redeemed, expires or changes is told here.
messages_today = Today
messages_this_month = This month
messages_older = Earlier messages
messages_new = You have { $count } new messages
messages_paper = Messages on paper
messages_paper_words = Messages of the last 7 days for members without a log-in. Print them, cut them up, and hand them out.
messages_paper_none = Nothing to print of the last 7 days
messages_paper_none_words = Members with a log-in see theirs themselves.
messages_paper_help = If in doubt, ask at the counter of your community.
messages_between = :{" "}
message_of_household = { $title } (household passbook)
message_new_device = Your account was signed in to on a new device
message_not_your_device = If it was not you, change your password at once, or call the community.
message_sign_in_code = A one-time code was asked for with your login
message_not_asked = If you did not ask for it, do nothing, and tell the code to nobody.
message_factor_removed = An administrator removed your second factor
message_set_again = Set it up again after sign-in. If you know nothing of this, ask an administrator at once.
letter_sign_in_code = Your code for sign-in is { $digits }, good for { $minutes } minutes. Tell it to nobody.
message_trial = This is a trial message
message_topic = { $topic ->
    [points] Points in and out
    [expiry] Points that will expire
    [stars] Stars
    [activities] Seats, and activities that are called off
    [records] Results of records and moves
    [duties] Duties and statements
    [safety] Looks at my file, sign-in on new devices
    [proxies] What proxies do
   *[other] Others
 }
message_channel = { $channel ->
    [file] File
    [mail] Mail
   *[other] { $channel }
 }
message_waiting = { $state ->
    [due] { $count } waiting
    [sending] { $count } being sent
    [dead] { $count } not accepted
    [unknown] { $count } unknown
   *[other] { $count }
 }
message_failure = { $why ->
    [timed_out] no answer in time
    [unreachable] no connection
    [not_allowed] the address is not allowed
    [redirected] redirected too often
    [refused] not accepted
    [address] no address to send to
    [no_sender] this server has no such channel
    [too_late] good no longer
   *[other] not sent
 }
message_failure_answer = { $why } (answer { $answer })
webhook_address = { $why ->
    [form] The address cannot be used: write a public address that begins with https.
    [extras] The address cannot be used: leave out user name, password and what is behind the # sign.
    [inside] The address cannot be used: it points inside. Write a public address, or have the network allowed in the settings of the server.
   *[unknown] The address cannot be used: there is no such host. Check it and register it again.
 }
channel_unknown = There is no channel { $channel }: choose among those that the bank has.
mail_code_wrong = Wrong or expired code: look at the six digits of the last mail, or have them sent again.
message_mail_code = Confirm your mail address: a code was sent there
message_mail_not_asked = If you did not enter it, ignore this; nothing else is sent before the address is confirmed.
letter_mail_code = { $digits } confirms your mail address, within { $minutes } minutes
choices_mail_waits = Confirm your mail address
choices_mail_waits_words = Until then nothing else is sent to:
choices_mail_code = The six digits in the mail
choices_mail_confirm = Confirm
choices_mail_again = Send the code again

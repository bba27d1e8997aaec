### Messages: what is said to one person, and the page of messages.

message_points_in = { $points } points came in
message_served = { $what }, { $served }
message_points_taken_back = { $points } points were taken back
message_ask_why = Open it to see why. If in doubt, ask your community.
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
   *[other] Something of yours was decided
 }
message_seat_free = It is your turn: you have a seat
message_activity = { $what }, { $starts }
message_activity_because = { $what }, { $starts }. { $reason }
message_activity_cancelled = An activity was called off
message_statement = { $state ->
    [issued] The statement of { $month } is ready: please confirm it
    [approved] The statement of { $month } was approved and will be paid
    [paid] The statement of { $month } was paid
   *[other] The statement of { $month } has changed
 }
message_role_granted = You have a new role: { $org }, { role }
message_not_expected = If you know nothing of it, ask your administrator.
message_role_revoked = You no longer are: { $org }, { role }
message_certificate_corrected = Certificate { $number } is no longer valid
message_certificate_anew = A service record in it was corrected. Open it to get a new one, free of charge.
message_file_looked_at = Somebody { activities_access }
message_who_looked = Open it to see who, and why.
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

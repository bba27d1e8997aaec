### Refusals of activities, attendance and service records.

service_ends_before_start = Service ends before it starts: the end is not later than the start. Check both times.
service_minutes_refused = Service time refused: it must be 1 to { $most } minutes, the time between start and end. Change it.
service_minutes_refused_none = Service too short: less than a minute lies between start and end, so that nothing can be recorded. Check both times.
service_overlaps = Service overlaps: this person already has service from { $started_at } to { $ended_at }. Check the times.
service_day_too_long = More than 24 hours on one day: { $day } would have { $service_minutes } minutes. Check that day's records.
activity_already_begun = The activity has begun: it must be published before. Use a standing post or a back-fill.
outside_activity = The service lies outside the activity's time: check start and end.
recording_overdue = Recording was due by { $due }: enter it as a back-fill with a guarantor.
guarantor_missing = A back-fill needs a guarantor: give guarantor.
guarantor_refused = Guarantor refused: it must be another member or user of this bank, neither the person who served nor the one who enters. Name someone else.
person_only = For persons only: a household gives no service. Choose the member of the household.
seats_full = No seats left: the activity has { $seats }. Choose another, or publish it anew with more seats.
title_may_not_say = Title refused: it may not speak of { $word ->
   *[other] back-filling
 }. Change it; service of the past is entered as a back-fill with a guarantor.
insurance_missing = Insurance missing: an activity with a stated risk names insurance and policy number. Add them, then publish.
signed_in_already = Signed in already: this person has been since { $since }. Sign them out first.
sign_out_forgotten = Sign-out forgotten: signed in at { $since }, not out in time. Staff set service_minutes with a guarantor (a back-fill), or without_record.
not_signed_out = People are signed in: { $people }. Sign them out first, so that their time counts, then cancel.
objected_before = You have objected before: that objection was decided. If there is something new, tell the community staff.
notice_over = The notice is over: it ended on { $until }. If the record is wrong, tell the community staff.
corrected_before = Corrected before: { $record } stands in its place. Correct that one.
ordinary_day = Not for the level above: a day of up to 8 hours is decided by the community's reviewer or team leader. Leave it to them.
long_day = A long day: { $minutes } minutes; above 8 hours the community's reviewer decides. Leave it to them.
long_day_of_street = A long day: { $minutes } minutes; above 12 hours the street or district decides. Leave it to them.
check_in_code_wrong = Wrong code: it is not that of this activity, or has changed. Type the one that the leader's phone shows now, or give the leader your name.
sign_up_not_needed = No need to sign up: a standing post is open every day. Come at its time and sign in there.
sign_up_closed = Signing up has ended: the activity began at { $since }. Come there and ask its leader.
signed_up_already = Signed up already: this person has a place at this activity. Nothing more is to be done; withdraw if they cannot come.
signed_up_elsewhere = Two places at one time: this person is signed up for "{ $title }", which begins at { $starts_at }. Withdraw from that one first, or choose another.
risk_not_agreed = Read the risk first: this activity has one ({ $risk }). Read it, tick that you have read it, and sign up again.
nothing_served = Nothing to certify yet: no service record is final. Wait until the public notice is over; report missing hours under "My service hours".
nothing_served_then = Nothing to certify in these days: final records go from { $first } to { $last }. Choose days within them, or leave the days out for all of it.
period_reversed = Days reversed: { $first } comes after { $last }. Check both days.
certificate_unknown = Certificate not found: the number or the code is wrong, or another bank has issued it. Type both again as they are on the paper.
remark_by_staff = Other matters are written by staff: a certificate issued by oneself has none. Leave them out, or ask at the counter of the community.
correction_asked = Correction asked for already: staff will decide. Please wait for the message.
not_corrected_yet = The record is not corrected yet: reverse it first and enter the right one, then decide.

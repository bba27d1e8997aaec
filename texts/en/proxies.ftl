### Proxies: who signs up, shows a code and reads a passbook for another person.

proxy_is_oneself = Not oneself: a proxy is another member. Give their name and passbook number.
proxy_named_before = A proxy already: this member acts for the person. To change the days or the limits, end it first and name them again.
proxy_unknown = Name and number do not agree: no member has both. Compare both with the passbook or the card of the proxy.
proxy_without_log_in = Cannot act yet: this member has no log-in in use. Ask the community to open one, then name them.
proxy_too_young = Cannot act: a proxy is at least eighteen years old. Name an adult.
proxies_enough = Enough proxies: a person has at most { $limit }. End one of them first.
proxy_for_enough = Acts for enough people: one proxy acts for at most { $limit } persons. Name another one, or ask at the community counter.
proxy_days = The days do not fit: from today on, at most { $days } days, and the last not before the first. Choose other days; a proxy may be named again afterwards.
guardian_needed = A guardian acts for a minor: come to the community counter together, where staff write down what proves the guardianship.
no_guardian_needed = No guardian to record: the person is of age, or the year of birth is not known. Leave the proof of guardianship empty; for a minor, enter the year of birth first.
proxy_day_limit = Above the limit of the proxy for one day: { $limit } at most, { $left } are left today. Take fewer, or let the person show the code.
proxy_sum_limit = Above the limit of the proxy in all: { $limit } at most, { $left } are left. Take fewer, or let the person name the proxy again.
proxies_title = Proxies
proxies_menu = I act for
proxies_acts = For whom I act
proxies_named = Who acts for me
proxies_lead = A person whom you trust can sign you up, show your code and read your passbook, and nothing else. You both get a message about each act.
proxies_none = No proxy yet.
proxies_guardian = guardian
proxies_detail = until { $until }, at most { $day } points a day
proxies_detail_all = until { $until }, at most { $day } points a day and { $all } in all
proxies_end = End it
proxies_end_confirm = Yes, end it
proxies_end_named = At once this person can act for you no more. Name them again if you need them later.
proxies_end_acting = At once you can act for this person no more. Only they can name you again.
proxies_end_by_phone = The person calls: end it
proxies_phone_hint = Say who called, and how you made sure of it. Both get a message.
proxies_name_title = Name a proxy
proxies_name_how = A child or a neighbour, who is a member.
proxies_desk_how = With the person at the counter. Name and passbook number must agree.
proxies_log_in = A proxy needs a log-in: they sign in on a phone of their own to act. Without one, they ask for it at the community counter first.
proxies_number_hint = The passbook number of the proxy, as printed on the passbook and the card
proxies_until_hint = At most a year; you may end it at any time
proxies_all_hint = Leave it empty for a limit of each day only
proxies_guardianship_hint = Only for the guardian of a minor, such as "household register, mother". It lasts until the person is of age.
proxies_name_button = Name this proxy
proxies_for = For { $name }
proxies_passbook = Passbook of { $name }
proxies_own_seat = For yourself
proxies_seat_of = For { $name }
proxies_own_place = You yourself: { $place }
proxies_both_told = The person gets a message about everything you do.
proxies_events = Sign them up for an activity
proxies_sign_up = Sign them up
proxies_back = Back
proxies_done = { $done ->
    [named] The proxy is named, and both got a message.
   *[ended] It has ended at once, and both got a message.
 }
message_some_proxy = A proxy
message_some_person = a person
message_proxy_acted = { $act ->
    [named] { $who } is your proxy now
    [ended] { $who } no longer acts for you
    [looked] { $who } looked at your passbook today
    [showed_code] { $who } showed your code
    [signed_up] { $who } signed you up
    [gave_back] { $who } gave your place back
   *[redeemed] { $who } redeemed { $points } of your points
 }
message_proxy_self = { $act ->
    [named] You are a proxy of { $who } now
    [ended] You no longer act for { $who }
    [looked] You looked at the passbook of { $who } today
    [showed_code] You showed the code of { $who }
    [signed_up] You signed { $who } up
    [gave_back] You gave the place of { $who } back
   *[redeemed] You redeemed { $points } points for { $who }
 }
message_proxy_goods = { $goods }. If you did not ask for it, call your community at once.
message_proxy_end = To end it, open this, or call the community.

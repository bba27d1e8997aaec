### Gifts: within a household, to neighbours, to a pool for those in need, and out of it.

gifts_off = { $form ->
    [family] Nothing to the family now: this bank has not opened gifts within a household. Ask the community to propose it.
    [donation] Nothing to the pool now: this bank has not opened it. Ask the community to propose it.
   *[neighbour] Nothing to neighbours now: this bank has not opened gifts to neighbours. Ask the community to propose it.
 }
gift_to_oneself = Not to oneself: this is your own passbook number. Check the number of the other person.
receiver_unknown = No such passbook number: no person has it. Compare it with the passbook or the card.
gift_in_circle = Not possible: within { $days } days, points that this member gave have come to you, and would go round in a circle. Use them yourself, or give later.
giver_too_young = Not yet: who is under eighteen gives no points away. Redeem them, and give when you are of age.
giver_owes = Not now: you still owe { $owed }. Settle it at the community first.
gift_day_limit = Above what may be given on a day: { $limit } at most, { $left } are left today. Give less, or tomorrow.
gift_person_limit = Above what one person may be given: { $limit } at most in a month, { $left } are left. Give less, or next month.
gifts_enough = Enough gifts for this member: at most { $limit } in a month. Give next month, or to the pool.
gift_too_old = Too late: a gift is asked back within { $days } days. If it was a mistake, tell the community.
gift_spent = Cannot go back now: the points are spent or on hold, { $left } are left to return. Return it when there are enough.
pool_short = Not enough in the pool: { $left } at present. Give out less, or when more has come in.
gifts_title = Give points
gifts_lead = Give your points to your family, to neighbours, or to the pool for those in need. They keep the day on which they expire.
gifts_off_all = This bank has not opened gifts.
gifts_to_person = To a member
gifts_to_person_hint = The passbook number, as printed on the passbook and the card; or scan the member's code for receiving
gifts_to_pool = To the pool for those in need
gifts_to_pool_hint = To the pool of { $org }: two people of the community give it to members in need.
gifts_next = Next: check
gifts_check = Check before you give
gifts_check_lead = Make sure that this is the person. Nothing moves before you confirm.
gifts_receiver = To
gifts_points = Points
gifts_confirm = Give
gifts_change = Back
gifts_receive = Receive points
gifts_receive_hint = Read out your passbook number, or let the giver scan this code.
gifts_receive_code = Code for receiving points
gifts_list = Gifts
gifts_none = No gifts yet.
gifts_limits = At most { $day } points on a day, and { $person } to one person in a month.
gifts_pool_of = Pool of { $org }
gifts_state = { $state ->
    [asked_back] Asked back
    [returned] Returned
    [kept] Not returned
   *[made] Given
 }
gifts_form = { $form ->
    [family] Family
    [donation] To the pool
    [relief] Out of the pool
   *[neighbour] Neighbour
 }
gifts_done = { $done ->
    [ask_gift_back] The other person was asked. Once they agree, the points are yours again.
    [return_gift] Returned.
    [keep_gift] The other person was told.
    [reverse_gift] Reversed: the points went back.
    [rules] Saved.
    [relief] A second person decides now.
   *[given] Given.
 }
gifts_line = { $form ->
    [family] { $side ->
        [out] Gift to { $who } of your family
       *[in] Gift from { $who } of your family
     }
    [donation] { $side ->
        [out] Gift to the pool
       *[in] Gift to the pool
     }
    [relief] Out of the pool for those in need
   *[neighbour] { $side ->
        [out] Gift to neighbour { $who }
       *[in] Gift from neighbour { $who }
     }
 }
pools_title = Pools for those in need
pools_lead = Points that members gave, for members in need. One person proposes, another agrees; not for oneself, the own household, or a person one acts for.
pools_none = Nobody has given to a pool yet.
pools_available = Available
pools_relief = Give out of the pool
pools_relief_hint = The passbook number of the member; it comes out of the pool of their organisation
pools_propose = Propose
pools_gifts = All gifts
pools_relief_word = Out of the pool
gift_rules_title = Gifts
gift_rules_lead = What is not ticked is closed. What is in a pool may still be given out.
gift_rules_family = Within a household
gift_rules_neighbour = To neighbours
gift_rules_donation = To the pool
gift_rules_save = Save
message_gift_in = { $form ->
    [family] Your family gave you { $points } points
    [relief] You were given { $points } points out of the pool
   *[neighbour] A neighbour gave you { $points } points
 }
message_gift_out = { $form ->
    [family] You gave { $points } points to your family
    [donation] You gave { $points } points to the pool
   *[neighbour] You gave { $points } points to a neighbour
 }
message_gift_mistake = If it went to the wrong person, ask for it back within seven days.
message_gift_asked = You are asked to return { $points } points
message_gift_asked_how = The giver says that it was a mistake. It is yours to decide: open this to choose.
message_gift_kept = { $points } points were not returned
message_gift_kept_how = If it was a mistake, tell the community.
gift_state_label = State

### Applications of new shops: applying, deciding, taking back.

applications_title = Applications of shops
applications_door = Would you like to open a partner shop? Apply here
applications_lead = If you have a shop and would take your neighbours' points for goods, apply here. An administrator of the community answers you.
applications_own = What I applied for
applications_all = Applications received
applications_none = No applications
applications_none_words = Applications of new shops are listed here until an administrator answers.
applications_apply = Apply for a shop
applications_for = Apply for a resident
applications_owner = Owner
applications_owner_hint = The owner's passbook number, V000012 for example.
applications_name_hint = The name over the door.
applications_address_hint = Where the shop is.
applications_fund_choice = The community fund pays the shop by the point
applications_donated_choice = The shop gives goods and is paid nothing
applications_offered_hint = What can be had for points, and when you are open.
applications_code_hint = The 18 signs of the code on the business licence; leave it empty if there is none.
applications_promise = By applying you promise: prices are marked, nothing is tied to other goods, points are never changed into cash, nobody is asked for points or phone numbers.
applications_send = Apply
applications_made = Applied
applications_decided = Answered
applications_papers = Business licence and other papers
applications_shop = See the shop
applications_approve = Open the shop
applications_approve_hint = Then make a log-in for the owner, on the page of the shop.
applications_decline = Decline
applications_decline_hint = The owner reads this: say what is missing.
applications_waiting = { $number } applications of shops wait for your answer
application_done = { $done ->
    [apply_for_shop] Received. If there is a business licence, please add a photo of it. The answer comes to your inbox.
    [approve_shop] The shop is open.
    [decline_shop] Declined.
   *[withdraw_shop] Taken back.
 }

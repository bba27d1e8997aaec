### The story of the sample bank: six steps from two hours of service to the auditor.

story_label = Story in six steps
story_heading = Follow 2 hours of service all the way
story_lead = Six steps, about five minutes. Each signs in as the person whose work it is.
story_begin = Begin with step 1
story_next = Next step
story_end = Done, back to the start
story_or_choose = Or choose a role
story_at = Step { $number } of { $all } · { $title }.
story_publish = An activity
story_publish_about = Time, place and seats on one page
story_publish_asks = This is the community's activity of today. Look at it, then go on.
story_serve = Service is reported
story_serve_about = Activity, from when until when
story_serve_asks = Choose an activity, check its times, and report them. Then go on.
story_approve = A second person approves
story_approve_about = Then three working days of public notice
story_approve_asks = Open a record that waits, look at its evidence, approve it. Then go on.
story_points = Points come in
story_points_about = By themselves, after the notice
story_points_asks = The notice takes three working days: here is an entry whose notice is over. See why it is as large as it is, then go on.
story_shop = Points are spent
story_shop_about = Scan, choose goods, confirm
story_shop_asks = The volunteer's code has been scanned. Take it, choose goods, confirm. Then go on with the story.
story_audit = The auditor reads it
story_audit_about = Where the points came from and went
story_audit_asks = Which hour these points came from, which shop they went to, and who acted: all on this page.

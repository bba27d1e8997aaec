### Skills and wishes: what volunteers can and wish to do, and what an activity asks for.

skill_missing = This activity asks for skills: { $skills }. If you have them, tick them under "Skills and wishes" and sign up again; if not, ask the leader to sign you up, or look for another activity.
message_invited = An activity would like you to come
wishes_title = Skills and wishes
wishes_lead = Tick what you can do and like to do. What suits you comes first in the list of activities, and the community may send you a message when it needs you. You may leave everything empty.
wishes_skills = I can
wishes_weekdays = Days on which I am free
wishes_kinds = What I like to do
wishes_places = Where I like to go
wishes_nothing_listed = Nothing is on the list yet.
wishes_save = Save
wishes_done = Saved.
wishes_now = Somebody has just changed this: { $count } are ticked now. Save once more, and what you have ticked holds.
weekday = { $day ->
    [monday] Monday
    [tuesday] Tuesday
    [wednesday] Wednesday
    [thursday] Thursday
    [friday] Friday
    [saturday] Saturday
   *[sunday] Sunday
 }
skills_title = List of skills
skills_lead = Volunteers tick here what they can do, and activities choose what they ask for. What is taken off is not offered any more; where it was ticked, it stays.
skills_listed = The list
skills_name_hint = Such as first aid, sign language, cutting hair
skills_add = Add
skill_required = asks for: { $skill }
skill_welcome = welcome: { $skill }
skills_asked = Skills
skills_asked_hint = Who has not ticked a required one cannot sign up alone; you can sign them up.
skills_not_asked = not asked for
skills_is_welcome = welcome
skills_is_required = required
activities_kind_none = none
suits_you = Suits you
suits_lacking = You have not ticked: { $skills }
suits_because = { $why ->
    [weekday] free on that day
    [kind] likes to do it
    [place] likes to go there
   *[skill] has the skill
 }
suitable_title = Who suits
suitable_whom = Whom to invite
suitable_none = Nobody suits yet
suitable_none_words = Listed are people within your reach who have said what they can and like to do and have not signed up.
suitable_invite = Send an invitation
suitable_invited = invited
suitable_told = Sent. Each person is told once for each activity.
position_words = As you have consented, your phone is asked whether it is here, and only "there" or "not there" is kept. You can sign in without it.
whereabouts = { $place ->
    [inside] there
   *[outside] not there
 }
spot_title = Where it is (may be left empty)
spot_hint = For those who have consented to it, signing in by a code then says whether they are within this circle: there or not there, nothing more. Nobody is kept out.
spot_here = Use where I am

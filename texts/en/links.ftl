### Which member a log-in belongs to.

link_title = Whose log-in it is
link_lead = A resident had a log-in first. The counter has checked who they are and asks that it belong to their passbook; an administrator agrees.
link_none_title = Nothing waits
link_none = Requests stand here.
link_ask_title = Ask for a passbook
link_login_hint = The name with which the resident signs in.
link_ask_button = Send for agreement
link_asked = Sent: an administrator agrees.

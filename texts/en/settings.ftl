### The bank's name and the settings in force.

settings_menu = Settings
settings_title = Bank's name and settings
settings_name_hint = It stands on every page, on passbooks and on printouts.
settings_rename = Change the name
settings_renamed = The name is changed.
settings_in_force = Settings in force
settings_hint = They can be seen here, not changed. To change one, edit the file or environment of the server and start it anew. Passwords are not shown.
settings_none = This server has read no settings.
settings_about = Setting
settings_value = Value
settings_from = From
settings_default = default
settings_empty = (empty)
settings_section = { $section ->
    [store] Storage
    [http] Web server
    [limits] How often
    [sign_in] Sign-in
    [senders] Sending
    [times] Time limits
    [log] Log
   *[other] Others
 }
senders_menu = Sending
senders_title = Sending of messages
senders_lead = Every message is on the recipient's own page. This is about how they reach phones and mailboxes besides.
senders_channels = Channels
senders_no_channels = There are no other channels now. Register a hook for text messages or official accounts below; mail is set up in the server's settings.
senders_nothing_open = nothing waits
senders_stuck = Not sent
senders_none_stuck = None. What is not accepted is tried again after a while; after two days it is listed here.
senders_try = Send a trial
senders_new = Register a hook
senders_new_hint = The address of a gateway for text messages or official accounts. Messages go to members with a phone number only, and each may decline.
senders_name_hint = What members read, for example: text message
senders_code_hint = small letters and digits, for example sms; it cannot be changed
senders_url_hint = a public address that begins with https
senders_register = Register this hook
senders_secret_title = The hook is registered
senders_secret_words = This is the secret of its signatures, shown only once. Give it to the operator of the gateway, to check that messages are this bank's.
senders_secret_kept = I have kept it
senders_done = { $done ->
    [tried] The trial message is on its way: look whether it arrives.
    [delivery] Done.
   *[hook] Changed.
 }
choices_title = How messages are sent
choices_lead = Every message is on the page of messages. Choose here how you are sent them besides.
choices_none = Only the page of messages for now
choices_none_words = The community has no text messages and no mail yet.
choices_mail_hint = leave it empty for no mails
choices_no_phone = Your passbook has no phone number, so no text messages can be sent. Have it noted at the community.
choices_save = Send them like this
choices_saved = Noted: messages are sent like this from now on.

### Refusals of sign-in, users and roles.

sign_in_failed = Sign-in failed: the login or the password is wrong, or the user is suspended. Check both; ask the administrator for a new password.
too_many_tries = Too many failed tries: wait { $wait_seconds } seconds before the next, or ask the administrator for a new password.
refresh_token_invalid = Refresh token invalid: it was used, has expired, was logged out, or was not issued here. Sign in again.
bank_missing = Bank missing: there are several banks here. Name one in bank (its short name).
password_too_short = Password too short: at least { $least } characters. A few words that have nothing to do with each other will do.
password_too_plain = Password too plain: it needs three of capitals, small letters, digits and other characters. Add what is missing.
password_guessable = Password easy to guess: it is among the first that anybody tries (a usual word, the login, repetition, keys in a row, digits only). Choose another.
password_unchanged = Password unchanged: the new one is the old one. Choose another.
password_due = Password due: it must be changed every { $days } days. Send new_password together with the sign-in.
first_token_invalid = First administrator's token invalid: it was used, is wrong, or the server was started again since. Use the one that the last start printed.
own_account = This is your own account: it is not changed this way. Change your password at /v1/auth/password; ask another administrator for the rest.
last_administrator = Last administrator: without this user nobody could administer the bank. Grant the role administrator to another user first.
bank_has_users = The bank has users already: a first administrator is made once. Ask an administrator to add users.
needs_superior = Not yours to do: the administrator of the organisation above does it.
home_missing = Say where the user belongs: you administer more than one organisation. Name one of them.
roles_exclude = Roles exclude each other: "{ $role }" and "{ $other }". Revoke one of them first.
until_past = The role would have ended already: until must lie in the future. Change it or leave it out.
second_factor_needed = A second factor is needed: type the 6 digits of your authenticator app, or a recovery code.
second_factor_wrong = The second factor is wrong: look at the digits that the app shows now, and wait for the next ones before you try again. Each recovery code works once.
stronger_proof_needed = A card does not open this: card and PIN are for the passbook, the code and signing up. Sign in with the password or a one-time code, then try again.
stronger_proof_sign_in = Sign in with password or code
sign_in_code_title = Sign in with a code
sign_in_code_words = Type your login: a code of 6 digits is sent to the phone in your file.
sign_in_code_send = Send the code
sign_in_code_sent = If the login is right and has a phone, the code arrives at once. It is good for 5 minutes.
sign_in_code_hint = The 6 digits of the text message
sign_in_code_again = Send another code
sign_in_with_card = Sign in with the passbook card
sign_in_card_limits = With a card you see your passbook and show the code; the shop asks for the PIN again, within the limits of cards.
sign_in_with_password = Sign in with a password
sessions_title = Devices
sessions_words = If you do not know a device, sign it out, and change your password.
sessions_done = Signed out.
sessions_current = this one
sessions_opened = Signed in
sessions_used = Last used
sessions_end = Sign this one out
sessions_end_others = Sign all others out
session_client = { $client ->
    [phone] Phone
    [computer] Computer
    [wechat] WeChat
    [program] Program
   *[other] Device
 }
factor_title = Second factor
factor_words = Once it is set up, sign-in asks for the 6 digits of an authenticator app besides the password. Who knows the password alone does not get in.
factor_required = You are an administrator or auditor: set up a second factor before you go on.
factor_begin = Set it up now
factor_scan = Scan it with your app
factor_type = If you cannot scan it, type this into the app:
factor_digits_hint = The 6 digits that the app shows now
factor_confirm = It is set up
factor_in_use = It is set up
factor_left = { $count } recovery codes are left.
factor_hint = The 6 digits of the app, or a recovery code
factor_remove = Remove the second factor
factor_removed = The second factor is removed.
factor_reset = Remove the second factor
factor_reset_ask = The person has to set it up again. Make sure first that it is they who ask.
factor_reset_confirm = Yes, remove it
factor_codes_title = The second factor is set up
factor_codes_words = Write these recovery codes down and keep them safe: they are shown only once. When the phone is lost, each of them signs you in once.

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

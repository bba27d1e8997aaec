### What is wrong with one member of a request.

field_missing = Missing: { member } is required. Add it.
field_unknown = Unknown: { member } does not belong to this request. It may have: { $allowed }. Remove it or correct its name.
field_duplicate = Duplicate: { member } stands more than once. Keep one.
field_wrong_type = Wrong type: { member } must be { expected_value }. Rewrite it.
field_not_one_of = Not one of the values: { member } may be: { $allowed }. Choose one of them.
field_too_short = Too short: { member } needs at least { $least } characters. Write more.
field_too_long = Too long: { member } may have at most { $most } characters. Shorten it.
field_too_few_items = Too few items: { member } needs at least { $least }. Add some.
field_too_many_items = Too many items: { member } may have at most { $most }. Split the request.
field_too_small = Too small: { member } must be at least { $least }. Write more.
field_too_large = Too large: { member } must be at most { $most }. Write less.
field_blank = Blanks: { member } must neither begin nor end with blanks. Remove them.
field_control_character = A character cannot be seen: number { $position } of { member } ({ $sign }). Delete the whole and type it again.
field_control_character_somewhere = A character cannot be seen: there is one in { member }. Delete the whole and type it again.
field_personal_number = Personal number: { member } is kept as it is written and may not hold { personal_number }. Remove it; numbers belong in the member's own phone or document.
field_floating_number = No floating-point numbers: write { member } as text, such as "12.50", or as a whole number.
field_not_plain_decimal = Not a plain decimal: { member } may have digits and one point only, such as "12.50". Rewrite it.
field_too_many_decimals = Too many decimals: { member } may have at most { $decimals }. Rewrite it.
field_not_positive = Must be above zero: { member } can be neither zero nor negative. Write a positive amount.
field_not_an_id = Not an id: { member } must be a UUID of 36 characters, such as 0197f000-0000-7000-8000-000000000001. Check it.
field_not_a_day = Not a date: { member } must be a day from 1900 to 2199, written 2026-10-31. Rewrite it.
field_days_reversed = Days in reverse: { member } ({ $from }) is later than the last day ({ $until }). Correct one of them.
field_not_a_moment = Not a time: { member } must be an RFC 3339 time from 1900 to 2199, such as 2026-10-31T08:00:00+08:00. Rewrite it.
field_wrong_form = Wrong form: { member } { $form }. Rewrite it.
field_nested_too_deep = Nested too deep: { member } is deeper than { $most } levels. Use fewer.
field_bad_cursor = Bad cursor: { member } was not given by this list, or does not fit the other parameters. Start again from the first page.
field_refused = Refused: { member } cannot be accepted. Compare it with the reference.
member = { $place ->
    [whole_body] the body as a whole
    [whole_query] the query parameter as a whole
    [whole_header] the header as a whole
    [form] "{ $path }"
    [body] member "{ $path }"
    [query] query parameter "{ $path }"
   *[header] header "{ $path }"
 }
expected_value = { $expected ->
    [text] text
    [whole_number] a whole number
    [true_or_false] true or false
    [list] a list
    [object] an object
    [amount] a decimal as text (such as "12.50") or a whole number
   *[other] another kind of value, see the reference
 }
personal_number = { $what ->
    [phone] a phone number
   *[id_number] an identity number
 }
form_login_name = may have lower-case letters, digits and . _ - only, and begins with a letter or digit
form_refresh_token = must be the 144 characters given at sign-in
form_device = must be the 128 characters given at sign-in
form_first_token = must be the 64 characters that the server printed at its start
form_slug = may have lower-case letters, digits and - only, and begins with a letter or digit
form_code = may have letters, digits and . _ / - only, and begins with a letter or digit
form_key = may have visible ASCII characters only
form_card = must be what stands on the card, such as 000000017-1-KQXMTA; the dashes may be left out
form_slip = must be what stands on the slip, such as 000042-KQXM; the dash may be left out
form_pin = must be 6 digits
form_check_in_code = must be 8 digits
form_certificate_number = must be a year, a dash and 7 digits, for example 2026-0000001
form_certificate_code = must be 12 digits, or the 32 characters of the QR code
form_redemption_code = must be 8 digits, or the 32 characters of the QR code
form_phone_tail = must be 4 digits
form_telephone = must be digits, with spaces, hyphens and brackets between them
form_initials = must be lower-case letters and digits
form_credit_code = the 18 signs of the code on the business licence, capital letters: please compare it with the licence
form_rate = must be a number from 0 to 100000 with at most four decimals
form_quantity = must be a number above 0 with at most four decimals
form_month = must be a month such as 2026-10
form_id_number = may have letters and digits only
form_of_name = { $fault }
form_of_number = is refused: { $fault }
form_hook_url = an address that begins with https://
form_mail_address = a mail address, such as name@example.com
form_sign_in_digits = must be 6 digits
form_factor = must be 6 digits, or a recovery code of two parts with 5 letters or digits each

### Faults of the text of a scheme.

scheme_file_more_faults = { $more } more faults from here on: correct those above and check again
scheme_file_too_long = the file is too long: at most { $most_bytes } bytes
scheme_file_unknown_key = unknown key `{ $key }`; known here: { $known }
scheme_file_unknown_key_near = unknown key `{ $key }`: do you mean `{ $near }`?
scheme_file_key_elsewhere = `{ $key }` does not belong here: move it to { $places }
scheme_file_beginning = the beginning of the file, before the first [
scheme_file_below = { $header }
between_places = {" or "}
scheme_file_not_a_list = write [[{ $key }]] instead of [{ $key }]
scheme_file_not_a_table = there is one of them: write [{ $key }]
scheme_file_missing_key = `{ $key }` is missing
scheme_file_wrong_type = { $expected ->
    [text] text in quotes
    [number] a number
    [whole_number] a whole number
    [date] a date such as 2026-01-01
    [flag] true or false
    [table] a table
    [list] a list
    [word_or_table] one of the known words or a table
   *[number_word_or_table] a number, one of the known words or a table
 } is expected here, not { $found }
scheme_file_not_a_number = `{ $text }` is not a plain decimal: write 12 or 12.5
scheme_file_too_many_decimals = too many decimals: at most { $most }
scheme_file_out_of_range = must lie between { $least } and { $most }
scheme_file_unknown_word = `{ $text }` is not known; use { $known }
scheme_file_bad_code = a code has 1 to 64 letters, digits, `-`, `_` and `.`
scheme_file_bad_text = text must not be empty, have control characters or more than { $most } characters
scheme_file_duplicate = the code `{ $code }` is used twice
scheme_file_dates_reversed = the end lies before the beginning
scheme_file_not_rising = thresholds must rise from row to row
scheme_file_bounds_reversed = `most` is below `least`: swap them
scheme_file_start_outside = `start` lies outside `least` and `most`: change one of them
scheme_file_circle = the group `{ $code }` stands above itself: change one of the `group` keys
scheme_file_window_shorter = the group above, `{ $code }`, begins anew more often: its `over` may not be shorter than the one below
scheme_file_counts_no_points = the group `{ $code }` does not count points and takes none: a group above needs counts = "points"
scheme_file_not_at_rest = it is worth something before anything is done: remove `start`, or let `least` and `most` bring it to 0
scheme_file_priced_by_group = the group counts times or hours: its `tiers` or `bands` are the price, so remove this one
scheme_file_cap_over_counter = this cap covers deeds of groups with counters, which does not go together: write it as the `most` of a group above them
scheme_file_cases_meet = this row and one above it may both fit one deed: part them by class or days
scheme_file_cases_open = the table leaves people or days out: add otherwise = "needs_person" or a number
scheme_file_nth_gap = times are written one after the other from 1 on; only the last row may be nth_from
scheme_file_never_highest = a group of which the highest counts holds no deductions and no zeroing: move it to another group
scheme_file_only_one_of = only one of these may be given: { $keys }
scheme_file_one_needed_of = one of these must be given: { $keys }
scheme_file_unknown_reference = the file does not define `{ $code }`
scheme_file_too_deep = categories have at most { $most } levels
scheme_file_no_rate = `{ $code }` has no points per hour or per time: add them
scheme_file_uneven_thresholds = all stars must use the same thresholds: hours, points, or both
scheme_file_not_with = has no meaning beside `{ $other }`: remove one of them
scheme_file_fault = line { $line }, column { $column }: { $what }
scheme_file_fault_at = line { $line }, column { $column } ({ $path }): { $what }
scheme_slip_quotes = `{ $found }` is not a plain quote: put texts in "..."
scheme_slip_full_width_digits = full-width digits: write { $write }
scheme_slip_full_width_sign = `{ $found }` is a full-width sign: write { $write }
scheme_slip_unit = no unit behind a number: write { $number } without `{ $unit }`
scheme_slip_thousands = no commas in numbers: write 1000
scheme_slip_leading_zero = a number does not begin with 0: write { $write }
scheme_slip_date_form = write dates like 2026-01-01
scheme_slip_flag_word = write { $write } instead of `{ $found }`
scheme_slip_text_without_quotes = texts need quotes: write "{ $word }"
scheme_slip_unclosed_text = a quote is missing: a text begins and ends with "
scheme_slip_bad_escape = write a backslash in a text twice: \\
scheme_slip_missing_value = there is nothing behind `=`: fill it in
scheme_slip_no_equals = a key and its value are joined by `=`
scheme_slip_no_key = there is no key before `=`: write one
scheme_slip_key_not_plain = `{ $key }` cannot be a key: keys have small letters and underscores
scheme_slip_key_meant = `{ $key }` cannot be a key: write { $meant }
scheme_slip_header_unclosed = brackets are not in pairs: write [hours] or [[items]] on a line of its own
scheme_slip_list_twice = write [[{ $name }]] instead, for each of them
scheme_slip_table_twice = [{ $name }] stands twice: make one of them
scheme_slip_key_twice = the key `{ $key }` stands twice: keep one
scheme_slip_comment_sign = comments begin with #
scheme_slip_after_value = `{ $found }` behind the value: remove it, or write remarks behind #
scheme_slip_unclosed_list = a list is not closed: ] is missing
scheme_slip_unclosed_table = braces are not in pairs: {"}"} is missing
scheme_slip_missing_comma = put commas between the values
scheme_slip_too_deep = brackets are nested too deep: write them apart
scheme_slip_line_break = a line does not end as it should: save the file again as plain text
scheme_slip_other = this line cannot be read: write key = value, and texts in quotes

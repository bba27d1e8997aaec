### The pages of schemes: read as sentences, two versions compared, drafts tried.

schemes_line = Line
schemes_read = Read aloud
schemes_read_hint = with the lines at the left
schemes_compare = Compare with another version
schemes_compare_with = Compare with version { $number }
schemes_compare_of = { $title }: version { $old } and version { $new }
schemes_compare_same = The two are the same, word for word.
schemes_compare_rules = Rules that differ
schemes_compare_no_rules = No rule differs, only how it is written.
schemes_compare_nothing = None
schemes_compare_lines = Lines that differ
schemes_gone = old:
schemes_come = new:
schemes_in_force = The version in force on the day
schemes_version_state = Version { $number } ({ $state })
schemes_try_draft = This is a draft and not in force. The result is only shown, nothing is recorded.

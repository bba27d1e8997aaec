### What is wrong with a calendar; parts of a sentence.

calendar_header = line { $line }: the first line must be the header: date, kind, name, separated by tabs
calendar_columns = line { $line }: three columns separated by tabs are needed: date, kind, name
calendar_date = line { $line }: `{ $text }` is not a date YYYY-MM-DD
calendar_kind = line { $line }: `{ $text }` is neither off nor work
calendar_twice = line { $line }: { $day } is listed already
calendar_other_year = line { $line }: { $day } does not lie in { $year }
calendar_year_incomplete = line { $line }: { $day } lies in a year whose 1 January and 1 October are not both listed as off
calendar_json = the text is neither a table with date, kind and name nor JSON of the form {"{"}"days": […]{"}"}{ $reason }
calendar_empty = no day is listed

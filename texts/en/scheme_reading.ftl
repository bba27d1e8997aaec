### A scheme read aloud as sentences.

reading_head = Scheme “{ $name }”, version { $version }, in force from { $from }
reading_until = until { $until }
reading_source = Values from: { $place }
reading_purse = { $purse ->
    [lifetime] Points go into the passbook, can be redeemed, and count for life
    [point] Points go into the passbook and can be redeemed; they do not count for life
   *[score] These are appraisal scores: they cannot be redeemed
 }
reading_whole = { $rounding ->
    [half_up] whole points, rounded half up
   *[floor] whole points, the rest is dropped
 }
reading_decimals = { $rounding ->
    [half_up] with { $decimals } decimals, rounded half up
   *[floor] with { $decimals } decimals, the rest is dropped
 }
reading_expiry_never = Points do not expire
reading_expiry_days = Points expire after { $days } days
reading_expiry_month = Points expire at the end of their month
reading_expiry_months = Points expire at the end of a month, { $months } months later
reading_expiry_year = Points expire at the end of their year
reading_expiry_years = Points expire at the end of a year, { $years } years later
reading_expiry_date = Points expire after { $day }
reading_recorded = Service is recorded within { $days } working days
reading_notice = once approved it is on public notice for { $days } working days
reading_no_notice = there is no public notice
reading_four_eyes = More than { $points } points at once need a second person
reading_no_four_eyes = Nothing says from how many points a second person must agree: only for cases and resets
reading_least = Less than { $points } points at once are not given
reading_reclaim = { $from ->
    [next] Points still to be given back are taken from returned and from newly earned points
   *[returned] Points still to be given back are taken from returned points only
 }
reading_classes = Classes of people: { $classes }
reading_no_hours = Nothing says how hours of service count: only items give points
reading_no_items = There are no items: only hours of service give points, lists cannot be awarded
reading_no_stars = There are no stars
reading_per_hour = { $points } points an hour
reading_per_time = { $points } points each time
reading_coefficient = coefficient { $number }
reading_needs_person = decided by a person
reading_hours = Volunteer service: { $price }
reading_hours_by_table = Volunteer service is priced by level or category
reading_hours_by_group = What volunteer service is worth is said by its group
reading_counting = { $words }
reading_least_time = less than { $time } does not count
reading_level = Level “{ $name }”: { $price }
reading_category = Category “{ $name }”: { $price }
reading_below = { $parent } › { $name }
reading_as_above = as the one above it
reading_as_usual = as usual
reading_usual = meant where none is named
reading_combine = { $how ->
    [multiply] Coefficients of several levels of categories are multiplied
   *[nearest] Of several levels of categories with a coefficient only the lowest counts
 }
reading_evidence = { $name }: { $price }
reading_unit = time
reading_item = { $name }: { $value }
reading_fixed = { $points } points for each { $unit }
reading_taken = { $points } points are taken for each { $unit }
reading_step = { $points } points for each full { $each } { $unit }
reading_percent = { $percent }% of the number of { $unit }
reading_at_most = { $value }, at most { $most } points at once
reading_tier = { $points } points from { $from } { $unit }
reading_tiers = in bands: { $tiers }
reading_zeroing = this period's points go to zero
reading_counted = each { $unit } counts; its group says what that is worth
reading_everybody = everybody
reading_days_from = { " " }from { $from }
reading_days_until = { " " }until { $until }
reading_days_between = { " " }{ $from } to { $until }
reading_case = { $who }{ $days }: { $points } points
reading_cases = by case: { $rows }, otherwise { $points } points
reading_cases_or_person = by case: { $rows }, otherwise a person decides
reading_nth = { $nth }. time { $points } points
reading_nth_from = from the { $nth }. time on { $points } points each
reading_nths = by how often it was done { reading_window }: { $rows }
reading_decided = case by case, decided by a person
reading_second_person = always with a second person
reading_decided_within = case by case, { $least } to { $most } points
reading_decided_most = case by case, at most { $most } points
reading_decided_least = case by case, at least { $least } points
reading_most_quantity = at most { $most } { $unit } at once
reading_times = at most { $times } times { reading_of } { reading_window }
reading_applies_to = only for { $classes }
reading_in_group = belongs to “{ $name }”
reading_decided_by = found by { $by }
reading_note = { $note }
reading_highest = Of “{ $name }” only the highest counts { reading_window }
reading_group = “{ $name }” is a group with one limit
reading_points = { $points } points
reading_counter = { $counts ->
    [points] “{ $name }” adds up the points { reading_window }
    [times] “{ $name }” adds up the times { reading_window }
    [hours] “{ $name }” adds up the time { reading_window }
   *[highest] Of “{ $name }” only the highest counts { reading_window }
 }
reading_start = begins at { $points } points
reading_band = { $counts ->
    [times] past { $from } times, each is worth { $points } points
    [hours] past { $from }, each hour is worth { $points } points
   *[points] past { $from } points, each counts as { $points } points
 }
reading_total = { $counts ->
    [times] from { $from } times on, { $points } points in all
    [hours] from { $from } on, { $points } points in all
   *[points] from { $from } points on, { $points } points more
 }
reading_value_least = at least { $points } points
reading_value_most = at most { $points } points
reading_part = { $percent }% of it is passed up
reading_time = { $time }
reading_cap = { $name }: { $on }, at most { $limit } { reading_of } { reading_window }
reading_scope = { $on ->
    [hours] hours of service
    [items] items
   *[all] all points
 }
reading_scope_named = { $names }
reading_stars = { $counted ->
    [lifetime] Stars follow from the sum of all years
   *[calendar_year] Stars follow from the sum of the year
 }; { $granted ->
    [applied] they are applied for, checked and granted
   *[counted] they come by themselves
 }
reading_star_time = Star { $star }: from { $time }
reading_star_points = Star { $star }: from { $points } points
reading_star_both = Star { $star }: from { $time } and { $points } points
reading_granted_by = granted by { $by }
reading_of = { $of ->
    [member] for each person
    [household] for each household
   *[organisation] for each organisation
 }
reading_window = { $window ->
    [activity] in each activity
    [day] a day
    [month] a month
    [quarter] a quarter
    [half_year] a half-year
    [year] a year
   *[total] in all
 }
group_points = { $points } points
group_times = { $times } times
group_moved = “{ $name }” { reading_window }: { $sum }; its value goes from { $from } to { $to } points.
group_at_most = “{ $name }” { reading_window }: { $sum }, at most { $most } points; its value goes from { $from } to { $to } points.
group_at_least = “{ $name }” { reading_window }: { $sum }, at least { $least } points; its value goes from { $from } to { $to } points.
group_first = As the first deed of its time it is granted { $points } points.

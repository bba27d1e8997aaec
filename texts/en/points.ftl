### Refusals of the scheme and of awards.

day_in_future = The day lies in the future: today is { $today }. Only what has happened can be recorded; use today or an earlier day.
calendar_fault = The calendar has a fault: { $fault }. Correct it by the published arrangement and send it again.
year_unfinished = Not to be closed yet: { $records } records of service in { $year } or before still wait for review or the end of their notice. Close the year once they are done.
scheme_not_in_force = Scheme not in force: "{ $scheme }" holds from { $valid_from } until { $valid_until }, not on { $day }. Use one that holds on that day, or publish a version first.
scheme_not_in_force_from = Scheme not in force: "{ $scheme }" holds from { $valid_from } on, not on { $day }. Use one that holds on that day, or publish a version first.
scheme_not_in_force_unpublished = Scheme not in force: "{ $scheme }" has no published version yet, not on { $day }. Use one that holds on that day, or publish a version first.
not_in_scheme = Not in the scheme: "{ $scheme }" has no { $term ->
    [hours] rule for hours
    [item] item
    [level] level
    [category] category
   *[evidence] evidence class
 } "{ $value }". Choose one that it lists.
deed_incomplete = Deed incomplete: this scheme cannot decide without "{ $field }". Add it.
needs_person = A person must decide: no value is published for "{ $what }". State the points decided and the reason.
decision_not_allowed = No decision allowed: the scheme fixes the value of "{ $what }". Leave your own value out.
decision_out_of_bounds = Value outside the scheme: "{ $what }" allows { $bounds }. Change the value.
bounds_least = at least { $least }
bounds_most = at most { $most }
bounds_between = at least { $least } and at most { $most }
bounds_none = no value
class_not_entitled = Not for this person or household: "{ $item }" is for { $applies_to } only. Check the class or choose another item.
quantity_refused = Quantity refused: "{ $item }" needs a whole number of at least { $least }. Change it.
quantity_refused_between = Quantity refused: "{ $item }" needs a whole number of at least { $least } and at most { $most }. Change it.
award_too_small = Award too small: the scheme gives { $desired }, less than its least award of { $least }. Put several deeds together.
points_ended = Points ended: they expired on { $on }, new ones would be void at once. Use the next period's scheme.
points_out_of_range = Points out of range: the result is beyond what can be posted. Check quantity and time.
second_person_needed = A second person must agree: this award is above the scheme's sum, or a person decides its points. Enter it by itself; it is posted once another person agrees.
times_reached = Given as often as allowed: "{ $item }" at most { $limit } times in its period. Wait for the next period, or check for a repetition.
star_not_reached = The star is not reached: { $minutes_missing } minutes and { $points_missing } points are missing.
scheme_faults = The scheme has faults: { $faults }. Correct them by line and column.
scheme_faults_more = The scheme has faults: { $faults }; and { $more } more. Correct them by line and column.
between_faults = {"; "}
scheme_begins_too_early = Begins too early: the new version says { $valid_from }, but deeds of that day may have been valued by the old one. Set valid_from to { $earliest } or later.
undo_too_late = Too late to undo: { $seconds } seconds have passed. Use a correction by a second person.

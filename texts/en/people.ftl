### Refusals about rows in general, persons, households and organisations.

not_found = Not found: there is no such { thing }, or it is outside your reach. Check the id.
version_stale = Changed by someone else: the { thing } is at version { $version } now. Read it again.
taken = Taken: this { thing } is in use. Choose another.
wrong_state = Not possible in this state: the { thing } is "{ state }". Read it again.
wrong_state_member_frozen = The member is frozen: no service, points or redemption for now. Ask the community staff to unfreeze them first.
wrong_state_member_merged = The member was merged: this was a duplicate. Use the one that stays.
wrong_state_member_erased = Member erased: this file has no name any more, and nothing can be done with it. Open a new file if needed.
wrong_state_merge = Not merged: { $state ->
    [same] both are the same file, there is nothing to merge. Check the ids and choose the duplicate
    [merged] it was merged before, there is nothing left to do. Look at the file that stays
    [frozen] one of them is frozen. Find out why and unfreeze them first
    [holds_between] something is on hold between the two. Void that hold first
    [duties] their log-ins hold roles that no person holds together. The administrator of the organisation above revokes one of them first
   *[kinds] one is a person, the other a household. Merge persons with persons and households with households
 }.
same_person = The second person must be another one: who entered it may not approve it. Ask someone else.
for_oneself = Not for oneself, one's own household or those for whom one acts: ask another staff member.
interest_arose = Interest arose: one of those who decided shares or shared a household with whom it profits. Turn it down, and let somebody else do it anew.
other_refused = Not done: item { $row } (from 0) of the batch was refused, and the batch is all or nothing. Correct that one and send all again, or use mode "each".
other_refused_unnamed = Not done: another item of the batch was refused, and the batch is all or nothing. Correct that one and send all again, or use mode "each".
same_name = The same name, is it the same person? See member { $numbers }: check first. If so, use that member; if not, add a phone or a document, or send it again with not_same_as.
member_known = Opened before: { $who } has this document. Use that one; after a move of house, ask for the move (POST /v1/moves): the old community or a common superior agrees.
member_perhaps_known = Perhaps opened before: { $who } has the same name and phone. Check first; after a move of house, ask for the move (POST /v1/moves); if it is somebody else, send it with confirmed_new.
member_by_number = member { $number }
member_elsewhere = a member of another community
fixed = Not to be changed: the { thing } stays as it was entered. If it was wrong, open a member with the right one and merge.

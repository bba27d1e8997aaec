### Personal data: copy, consents, corrections, erasure.

birth_year_of_document = The document says the year of birth: the file has one. If its number is wrong, bring the document to the community counter.
consent_text_changed = The text has a new version: it is now version { $version }. Read it again, then consent.
consent_on_paper = The guardian signs this one: come to the community counter together and sign the paper form, which staff enter.
consent_withdrawn = The consent was withdrawn: { consent_purpose } is neither kept nor shown any more. Ask the person to consent again first.
guardian_consent_missing = The guardian has not consented: this person is under 14. Ask the guardian to sign the form at the community counter; once staff have entered it, sign up, sign in or enter the service again.
consent_purpose = { $purpose ->
    [party_membership] party membership
    [location] location
    [publication] public name
   *[under_14] under 14 (guardian)
 }
consent_text = { $text ->
    [party_membership_1] I agree that the community keeps whether I am a party member, for party scores and counts alone; it is not published. After withdrawal it is cleared from my file at once.
    [location_1] I agree that check-in keeps whether I am at the place of an activity: inside or outside only, never where I go.
    [publication_1] I agree that public notices name me by my surname and two asterisks. After withdrawal they have my volunteer number alone.
   *[under_14_1] I am the guardian. I agree that the child serves as fits their age, and that name, service and points of the child are kept for it.
 }
erasure_hindered = Not erased yet: { erasure_step }.
erasure_step = { $why ->
    [cooling] the cooling-off ends before { $figure }, and until then the person can take the request back. Come back on that day
    [roles] the log-in holds roles besides the volunteer's. Ask an administrator to revoke them first
    [shop] the person owns a shop in use. Change its owner or close it first
    [frozen] the passbook is frozen. Find out why and unfreeze it first
    [points] { $figure } points are left. Redeem them first, or give them up in the request
    [owed] { $figure } points are owed. Pay them back first, or ask the community to waive them
    [redemptions] redemptions over { $figure } points are not finished. Collect or cancel them first
    [records] { $figure } service records or sign-ins are not finished. Review them or take them back first
    [sign_ups] { $figure } activities to come have a place for the person. Give the places back first
    [proposals] { $figure } requests wait for a decision. Decide on them or take them back first
   *[household] the household "{ $figure }" bears the person's name and has other people. Name another head first
 }

own_title = My data
own_lead = Everything that the bank keeps about you: take a copy, have it corrected, or have it erased.
own_copy = Take a copy
own_copy_words = One archive: file, passbook, service, sign-ups, redemptions, certificates, messages, complaints, and who looked at your file. Passwords and PINs are not in it.
own_copy_button = Download all of my data
own_copy_logged = The file has your whole phone and document numbers: keep it safe. Each download is noted.
own_correct = What is wrong
own_correct_words = Staff check what you ask for. Phone and identity document are changed at the counter, with the document.
own_which = What to correct
own_which_name = Name
own_which_female = Gender: female
own_which_male = Gender: male
own_female = female
own_male = male
own_which_trade = Trade
own_which_party = I am a party member
own_which_no_party = I am no party member
own_value_hint = What the name, the year of birth or the trade should say; not needed for gender and party membership.
own_why_hint = For example: it was misspelt when the file was opened.
own_correct_button = Ask for the correction
own_asked_for = Correction asked for
own_answer = Answer
own_take_back = Take the request back
own_no = no
own_field = { $field ->
    [name] Name
    [gender] Gender
    [birth_year] Year of birth
    [trade] Trade
   *[party_member] Party member
 }
own_asked = { $field }: { $value }
request_state = { $state ->
    [open] waiting
    [approved] corrected
    [rejected] refused
    [erased] erased
   *[withdrawn] taken back
 }
own_erase = Erase
own_erase_words = Name, phone, document, household, messages and log-in are removed for good. Every entry of the ledger stays, but it no longer says whose it is. The number is never given to another person.
own_erasure_cooling = For { $days } days after the request you can take it back. After that an administrator carries it out.
own_erase_from = Earliest day
own_erase_first = To do first:
own_gives_up = I give up the points that are left
own_erase_button = Ask for erasure
own_done = { $done ->
    [correct] The request was sent. You will get a message.
    [erase] The request was sent. You can take it back during the cooling-off.
    [asked] The request was written down and waits for an administrator.
    [withdrawn] The request was taken back.
    [erase_member] Erased.
    [accept_correction] Corrected.
   *[other] Done.
 }
consents_title = Consents
consents_lead = Each is your own choice, and a no changes nothing about points and service. You can take it back at any time.
consent_version = Version { $version }
consent_given_at = given { $at }
consent_given_on_paper = given { $at }, paper form: { $paper }
consent_withdrawn_at = taken back { $at }
consent_never = never given
consent_give = I agree
consent_withdraw = Take back
consent_paper_words = The guardian signs a paper form at the counter.
consent_done = { $done ->
    [given] Your consent was noted.
   *[withdrawn] Taken back, with effect at once.
 }
consent_on_paper_title = Enter a signed form
consent_paper_hint = Which form, for example: 2026 no. 12.
consent_enter = Note the consent
requests_title = Corrections and erasures
requests_lead = What members ask for about their own files. Staff decide on corrections; an administrator carries out erasures, never who asked for them.
requests_none = No requests
requests_none_words = Requests for corrections and erasures are listed here.
requests_erasure = Asks for erasure
requests_erasure_from = Not before { $from }
requests_erasure_on_paper = Not before { $from }, paper form: { $paper }
requests_gives_up = The person gives up the points that are left
requests_erase_button = Note the request

### Certificates of service: what pages and paper say.

certificates_title = Certificates of service
certificates_one = Certificate of volunteer service
certificates_lead = Whenever you need to prove your service, free of charge.
certificates_none = No certificate yet
certificates_none_words = Certificates that were issued are listed here, to be printed again.
certificates_new = New certificate
certificates_from_hint = Left empty: from the first service on.
certificates_last_day = Last day
certificates_until_hint = Left empty: until today.
certificates_remark_hint = Optional, printed on the certificate. Example: for a scholarship.
certificates_issue = Issue 1 certificate
certificates_free = Only final records count; those in review or in public notice do not.
certificates_state = { $state ->
    [valid] valid
    [replaced] replaced
   *[revoked] revoked
 }
certificates_period = { $first } to { $last }
certificates_until = until { $last }
certificates_replaced_by = This certificate was replaced; the new one is { $number }.
certificates_corrected = This certificate is revoked: a service record in it was corrected.
certificates_revoked = This certificate is revoked.
certificates_because = Reason:
certificates_sentence = This certifies that { $name } volunteered { $times } times, { $length } of service in all.
certificates_volunteer_number = Volunteer number
certificates_document = Document
certificates_hours = Service time
certificates_days = Days of service
certificates_services = What was served
certificates_times = Times
certificates_others = Other service
certificates_brought = Brought along from an older book
certificates_replaces = In place of
certificates_issuer = Issued by
certificates_handler = Handled by
certificates_self = the volunteer themselves
certificates_to_sign = (signature)
certificates_contact = Contact
certificates_issued_on = Date of issue
certificates_revoked_on = Revoked on
certificates_picture = QR code by which this certificate is checked
certificates_how_to_check = Scan to check, or type number and code at
certificates_reveal = Print the whole document number
certificates_reveal_own = It is shown this once. Print it, and keep it safe.
certificates_reveal_button = Show the document number
certificates_anew = Issue it anew
certificates_anew_words = For the same days, with the records of now. This one is no longer valid then.
certificates_anew_button = Issue 1 new certificate
certificates_revoke = Revoke this certificate
certificates_revoke_hint = The volunteer can read it. Example: the name was misspelt.
certificates_revoke_button = Revoke 1 certificate
certificates_check = Check a certificate of service
certificates_check_lead = Type the number and the code of the paper to see whether the certificate is genuine and still valid.
certificates_number_hint = For example 2026-0000001
certificates_code_hint = 12 digits, below the QR code
certificates_check_button = Check 1 certificate
certificates_check_compare = Surname, time and issuer must be the same as on the paper.

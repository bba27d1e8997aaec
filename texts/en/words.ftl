### Words that the sentences of all files share.

role = { $role }
thing = { $what ->
    [org] organisation
    [calendar] holiday calendar
    [year] year
    [org_code] organisation code
    [user] user
    [login] login
    [member] member
    [household] household
    [member_number] member number
    [phone] phone number
    [id_number] document number
    [merchant] merchant
    [offer] offer
    [activity] activity
    [service_record] service record
    [certificate] certificate
    [objection] objection
    [scheme] scheme
    [scheme_version] scheme version
    [proposal] proposal
    [move] move
    [link] link
    [sign_up] sign-up
    [attendance] attendance
    [role] role
    [bank] bank
    [star] star
    [account] account
    [award] award
    [redemption] redemption
    [statement_line] line of the statement
    [statement] statement
    [webhook] webhook
    [channel] channel
    [delivery] delivery
    [second_factor] second factor
    [session] session
    [consent] consent
    [erasure] request for erasure
    [correction] request for a correction
    [gift] gift
    [feedback] complaint or proposal
    [attachment] attachment
    [proxy] proxy
    [mail] mail address
    [skill] skill
    [kind] kind of service
    [wishes] wishes
    [shop_application] application of a shop
    [goods_sheet] goods sheet
    [till] till
   *[other] { $what }
 }
state = { $state ->
    [in_use] still in use: organisations below, members, shops, activities or unfinished records
    [has_records] served already
    [lives_there] in the care of that organisation already
    [root] the root
    [parent] above the new parent
    [applied] waits for an answer
    [on] on sale
    [off] taken off
    [upheld] upheld
    [dismissed] dismissed
    [granted] granted
    [part_refunded] partly refunded
    [due] waiting
    [sending] being sent
    [sent] sent
    [dead] not accepted
    [unknown] not known whether sent
    [dropped] dropped
    [stopped] stopped
    [set_up] set up
    [given] given
    [erased] erased
    [kept] not returned
    [asked_back] asked back
    [made] given
    [answered] answered
    [not_set_up] not set up
    [ended] ended
    [retired] retired
   *[other] { $state }
 }
amount = { $figure } { $asset ->
    [POINT] points
    [SCORE] score points
    [LIFETIME] lifetime points
    [MINUTE] minutes
    [CNY] yuan
   *[other] pieces
 }
between = {", "}
nothing = none

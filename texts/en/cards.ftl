### Cards, their PINs, and paper slips.

cards_title = Passbook card
cards_menu = Passbook cards
cards_lead = Choose whose cards to print. A card needs a PIN, which its holder sets at the counter.
cards_none = Look at another community, or open a passbook first.
cards_choose = Whose card
cards_one = This card
cards_type = Cannot scan it: type a card
cards_edition = Edition
cards_pin = PIN
cards_pin_none = not set yet
cards_pin_locked = locked, needs a new one
cards_pin_set = set on { $day }
cards_pin_first = Set a PIN
cards_pin_new = Change the PIN
cards_pin_how = The holder types it here. Staff look away.
cards_pin_rule = Six digits. No counting, no repeated digits, no phone, birth date or ID number.
cards_pin_button = Set six digits
cards_pin_change = Change six digits
cards_pin_at_till = The holder types six digits. After five wrong ones the card is locked.
cards_lost_title = The card is lost
cards_lost_words = It can be reported by telephone; make sure that it is the holder. Earlier prints are dead at once, the PIN stays; if the PIN is known to others, the holder comes to change it.
cards_lost_button = Report 1 card as lost
cards_lost_ask = This cannot be taken back: a card printed so far stays dead even if it is found. Print a new one.
cards_lost_confirm = Yes, report it lost
cards_done = { $done ->
    [lost] Reported lost: cards printed so far are dead at once. Print a new one; the PIN stays.
   *[pin] The six digits are set and can be used at once.
 }
cards_lost_at = Last reported lost
cards_print = Print passbook cards
cards_print_one = Print this card
cards_print_a4 = Print, four a page
cards_print_a6 = Print, one a page
cards_print_words = The picture on the card is no payment code: without the PIN it pays nothing.
cards_printed = { $count } to print
cards_picture = QR picture of the card of
cards_how = Show this card at a partner shop and type your PIN yourself. Do not write the PIN on the card, and keep it to yourself.
cards_limits = At most { $visit } points a visit and { $day } a day; for more, come to the community counter.
cards_limit_visit = At most { $visit } points a visit; for more, come to the community counter.
cards_limit_day = At most { $day } points a day; for more, come to the community counter.
cards_if_lost = If it is lost, report it at once:
cards_own_words = Without a phone or a network, show this card at a partner shop and type your PIN. The card is printed at the community counter; report it at once if it is lost.
cards_demo_pin = The PIN of the sample card is { $pin } at first.
cards_own_counter = Come to the community counter with your ID card to set a PIN.
presence = { $presence ->
    [code] Code on the phone{ $slip }
    [card] Card and PIN{ $slip }
    [slip] Slip { $slip }
   *[counter] Community counter{ $slip }
 }
receipt_presence = Present by
form_pin_again = must be the same six digits as above
slips_title = Partner shop slip
slips_menu = Paper slips
slips_link = Slips that were written without a network are entered here
slips_enter = Enter a slip
slips_enter_words = Enter what stands on the slip, on the day on which it was written.
slips_limit = At most { $points } points a slip.
slips_number = Slip number
slips_number_hint = Number and four letters, at the top of the slip.
slips_card_hint = Number and letters below the picture on the card.
slips_card_hint_desk = Number and letters below the picture on the card; without a card, the passbook number.
slips_goods = Goods
slips_enter_button = Enter 1 slip
slips_enter_at = Enter for a shop
slips_all = See all slips
slips_covered = Covered by the district
slips_covered_only = Only what the district covers
slips_none_title = No slips entered yet
slips_none = A shop without a network writes slips; once entered on the same day, they are listed here.
slips_print = Print slips
slips_print_hint = Each has a number of its own, and only this shop can enter it, once.
slips_make = Print new slips
slips_printed = Number { $first } to { $last }
slips_rules = For times without a network. The clerk copies number and letters from the card, the holder signs. Enter it on the same day, or hand it in at the community counter; each counts once.

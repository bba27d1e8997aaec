//! Gifts (赠送): points that are given to another person or to a pool for those in need (互助积分池), and that are given
//! out of a pool. They keep their lots with their expiry, and were not earned by who receives them.

use crate::domain::id::Id;
use crate::domain::time::Moment;
use crate::text_enum;
use serde::{Deserialize, Serialize};

/// The window of the search for circular gifts, in days before the new gift.
pub const CIRCLE_DAYS: i32 = 30;
/// The longest circle that is looked for has one person more.
pub const CIRCLE_STEPS: usize = 3;
/// How long the giver may ask for a gift back, in days after it.
pub const ASK_BACK_DAYS: i32 = 7;
/// So many gifts at most come to one person in a calendar month: what is looked at for circles stays bounded.
pub const MOST_RECEIVED: i64 = 10;

text_enum! {
    /// Between whom points are given.
    GiftForm {
        /// Within a household.
        Family = "family",
        Neighbour = "neighbour",
        /// To the pool of the giver's organisation.
        Donation = "donation",
        /// Out of the pool, to a member of the organisation.
        Relief = "relief",
    }
}

impl GiftForm {
    /// Whether it goes from one person to another.
    pub const fn is_between_people(self) -> bool {
        matches!(self, GiftForm::Family | GiftForm::Neighbour)
    }
}

text_enum! {
    GiftState {
        Made = "made",
        /// The giver has asked the receiver to return it.
        AskedBack = "asked_back",
        Returned = "returned",
        /// The receiver was asked and keeps it.
        Kept = "kept",
    }
}

/// One gift.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Gift {
    pub id: Id,
    pub version: i64,
    pub state: GiftState,
    pub form: GiftForm,
    /// `None`: out of the pool.
    pub giver_id: Option<Id>,
    /// `None`: to the pool.
    pub receiver_id: Option<Id>,
    /// The organisation whose pool it is, or that of the giver.
    pub org_id: Id,
    /// Hundredths.
    pub points: i64,
    pub given_by: Id,
    pub given_at: Moment,
    pub asked_back_at: Option<Moment>,
    pub ended_by: Option<Id>,
    pub ended_at: Option<Moment>,
    pub entry_number: Option<i64>,
    pub return_entry: Option<i64>,
}

impl Gift {
    /// Fills in the number of the entry that gave it, or took it back.
    pub fn complete(&mut self, number: i64) {
        if self.entry_number.is_none() {
            self.entry_number = Some(number);
        } else if self.state == GiftState::Returned {
            self.return_entry.get_or_insert(number);
        }
    }
}

/// What a bank allows. Nothing, unless it says so.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Serialize, Deserialize)]
pub struct GiftRules {
    pub family: bool,
    pub neighbour: bool,
    pub donation: bool,
    /// How much one person gives on a day, in hundredths.
    pub points_a_day: i64,
    /// How much one person gives to the same person in a calendar month, in hundredths.
    pub points_a_person: i64,
}

impl GiftRules {
    /// Whether gifts of this form are allowed. What is in a pool may always be given out.
    pub const fn allow(&self, form: GiftForm) -> bool {
        match form {
            GiftForm::Family => self.family,
            GiftForm::Neighbour => self.neighbour,
            GiftForm::Donation => self.donation,
            GiftForm::Relief => true,
        }
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn nothing_is_given_unless_the_bank_allows_it() {
        let closed = GiftRules::default();
        let allowed = |rules: &GiftRules| -> Vec<GiftForm> {
            GiftForm::ALL.iter().copied().filter(|form| rules.allow(*form)).collect()
        };
        assert_eq!(allowed(&closed), [GiftForm::Relief]);
        let open = GiftRules { neighbour: true, ..closed };
        assert_eq!(allowed(&open), [GiftForm::Neighbour, GiftForm::Relief]);
    }
}

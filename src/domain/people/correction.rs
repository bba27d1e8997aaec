//! Corrections that a person asks for in the own file.

use crate::text_enum;

text_enum! {
    /// What can be corrected on request. Phone and identity document are shown at the counter.
    CorrectedField {
        Name = "name",
        Gender = "gender",
        /// Where the file has a document with the date of birth, that decides.
        BirthYear = "birth_year",
        Trade = "trade",
        PartyMember = "party_member",
    }
}

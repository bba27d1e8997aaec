//! Consents (同意): one for each purpose, to one version of its text.

use crate::text_enum;

text_enum! {
    /// What is consented to. Each needs a consent of its own (个人信息保护法, art. 14, 25, 29 and 31).
    ConsentPurpose {
        /// 政治面貌: party membership in the file.
        PartyMembership = "party_membership",
        /// 位置: whether one was at the place of an activity, inside or outside only.
        Location = "location",
        /// 公开: the name in public lists, even masked.
        Publication = "publication",
        /// 未满十四周岁: the guardian's consent.
        Under14 = "under_14",
    }
}

impl ConsentPurpose {
    /// The version of the text that is consented to now. A text that changes gets the next number, and the texts keep
    /// the one before.
    pub const fn text_version(self) -> i64 {
        match self {
            ConsentPurpose::PartyMembership
            | ConsentPurpose::Location
            | ConsentPurpose::Publication
            | ConsentPurpose::Under14 => 1,
        }
    }

    /// Whether another person consents: only staff enter it, from a signed form.
    pub const fn is_on_paper(self) -> bool {
        matches!(self, ConsentPurpose::Under14)
    }
}

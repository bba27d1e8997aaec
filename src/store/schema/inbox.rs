//! Messages to people, and how far work has come that follows others.

use crate::store::stored::stored;

stored! {
    /// A message (消息) to a member or to a user: one of both ids is set.
    messages: MessageRow (id) {
        id -> Uid,
        member_id -> Nullable<Uid>,
        user_id -> Nullable<Uid>,
        kind -> Text,
        /// What is said, as JSON ([`crate::domain::message::Message`]).
        details -> Text,
        made_at -> Micros,
        read_at -> Nullable<Micros>,
    }

    progress: ProgressRow (work) {
        /// Which work: `entries` or `expiry`.
        work -> Text,
        /// The last thing that is done.
        place -> Text,
    }
}

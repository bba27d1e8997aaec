//! Messages to people, their deliveries, hooks and choices, and how far work has come that follows others.

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

    /// A message on its way out of the bank, by one channel.
    deliveries: DeliveryRow (id) [versioned] {
        id -> Uid,
        message_id -> Uid,
        /// `file`, `mail`, or the code of a hook.
        channel -> Text,
        state -> Text,
        /// How often sending was begun.
        attempts -> BigInt,
        /// From when on the next attempt is made.
        due_at -> Micros,
        /// Until when the server that is sending it has for that.
        leased_until -> Nullable<Micros>,
        /// Why the last attempt failed ([`crate::senders::Why`]), and the number of its answer.
        failure -> Nullable<Text>,
        answer -> Nullable<BigInt>,
        made_at -> Micros,
        ended_at -> Nullable<Micros>,
        version -> BigInt,
    }

    /// The address of a gateway that messages are sent to.
    webhooks: WebhookRow (id) [versioned] {
        id -> Uid,
        /// The channel of its deliveries; it is never given to another hook.
        code -> Text,
        name -> Text,
        url -> Text,
        /// The topics that it is for, as JSON.
        topics -> Text,
        secret_sealed -> Nullable<Binary>,
        state -> Text,
        created_by -> Uid,
        created_at -> Micros,
        version -> BigInt,
    }

    /// The choices of a member (`id` is the member's), or of a user who is none.
    message_choices: ChoiceRow (id) [versioned] {
        id -> Uid,
        mail_sealed -> Nullable<Binary>,
        /// The language of what is sent.
        language -> Text,
        /// Channels and topics that are not wanted, as JSON.
        declined -> Text,
        changed_at -> Micros,
        version -> BigInt,
        /// When its owner typed the code that was sent to the address; before, nothing else is sent there.
        mail_confirmed_at -> Nullable<Micros>,
        /// The code that waits to be typed, and until when.
        mail_issue -> Nullable<Uid>,
        mail_code_until -> Nullable<Micros>,
    }
}

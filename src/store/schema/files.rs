//! Attachments.

use crate::store::stored::stored;

stored! {
    /// An attachment: what it belongs to, and the digests by which its files are found.
    attachments: AttachmentRow (id) {
        id -> Uid,
        /// What it belongs to: a kind and its id; `removed`, if only its files are still to be removed.
        thing -> Text,
        thing_id -> Uid,
        /// The member whom that is about.
        member_id -> Nullable<Uid>,
        purpose -> Text,
        /// The name of the file as it was sent, without its ending; may be empty.
        title -> Text,
        media_type -> Text,
        /// In bytes.
        size -> BigInt,
        /// Of a picture, in pixels.
        width -> Nullable<BigInt>,
        height -> Nullable<BigInt>,
        /// SHA-256 of the content, in hex: the name of its file.
        digest -> Text,
        /// The same of the small picture.
        small_digest -> Nullable<Text>,
        made_by -> Uid,
        made_at -> Micros,
        /// The last day on which it is kept; `None`: until it is taken away.
        keep_until -> Nullable<DayNumber>,
    }
}

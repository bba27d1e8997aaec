//! The types of request members. Each declares its limits once, for parsing and for the OpenAPI document. A member of
//! a plain `String`, `i64` or `Vec` would be unbounded; a test refuses it.

pub mod amounts;
pub mod lists;
pub mod numbers;
mod persons;
pub mod texts;

pub use amounts::{AnyAmount, PointsText, ScoreText, SignedAmount, YuanText};
pub use lists::ListOf;
pub use numbers::{
    EntryNumber, HoldSeconds, Latitude, LineNumber, Longitude, Minutes, PageLimit, Pieces, PostingNumber,
    Quantity, Radius, RequiredMinutes, Served, SlipCount, StarNumber, TextVersion, Year,
};
pub use persons::{IdKindWord, IdNumberText, NameStart, PersonName, PhoneText, id_document};
pub use texts::{
    CardText, CertificateCode, CertificateNumber, CheckInDigits, Code, CodeText, CreditCode, DeviceText,
    FactorText, FirstToken, HookUrl, Initials, KeyText, LoginName, MailAddress, Month, Note, PaperNumber,
    Password, PhoneTail, PinText, QuantityText, RateText, Reason, RefreshText, SchemeText, SearchText,
    SignInDigits, SlipText, Slug, Telephone, Title,
};

/// A member of a change that may be removed as well: `no_<member>` removes it; neither leaves it as it is.
pub fn or_none<T>(gone: bool, value: Option<T>) -> Option<Option<T>> {
    if gone { Some(None) } else { value.map(Some) }
}

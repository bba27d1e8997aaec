//! OpenAPI schemas of the domain's types, here because the domain knows nothing of OpenAPI.

use crate::auth::permissions::{Permission, Role};
use crate::domain::attachments::Thing;
use crate::domain::calendar::DayKind;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::account::{AccountStatus, HoldState, OwnerKind, Purpose};
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::EntryKind;
use crate::domain::message::Topic;
use crate::domain::people::consent::ConsentPurpose;
use crate::domain::people::correction::CorrectedField;
use crate::domain::people::erasure::Hindrance;
use crate::domain::people::feedback::FeedbackKind;
use crate::domain::points::gift::{GiftForm, GiftState};
use crate::domain::service::record::{Evidence, RecordState};
use crate::domain::service::wishes::{Suits, Weekday};
use crate::domain::settlement::statement::{SettlementModel, StatementState};
use crate::domain::shops::goods::GoodsKind;
use crate::domain::shops::redemption::{Presence, RedemptionState};
use crate::domain::time::{Day, Moment};
use utoipa::openapi::schema::{KnownFormat, ObjectBuilder, SchemaFormat, Type};
use utoipa::openapi::{RefOr, Schema};
use utoipa::{PartialSchema, ToSchema};

/// A text of a fixed form and length.
fn text(
    format: Option<KnownFormat>,
    lengths: (usize, usize),
    pattern: &str,
    example: &str,
    about: &str,
) -> RefOr<Schema> {
    ObjectBuilder::new()
        .schema_type(Type::String)
        .format(format.map(SchemaFormat::KnownFormat))
        .min_length(Some(lengths.0))
        .max_length(Some(lengths.1))
        .pattern(Some(pattern))
        .examples([example])
        .description(Some(about))
        .into()
}

macro_rules! text_schemas {
    ($($name:ident => $schema:expr;)+) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    $schema
                }
            }
            impl ToSchema for $name {}
        )+
    };
}

text_schemas! {
    Id => text(
        Some(KnownFormat::Uuid),
        (36, 36),
        "^[0-9a-f]{8}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{4}-[0-9a-f]{12}$",
        "0197f000-0000-7000-8000-000000000001",
        "编号（UUID） · an id, in lower case.",
    );
    Moment => text(
        Some(KnownFormat::DateTime),
        (20, 40),
        r"^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])T([01][0-9]|2[0-3]):[0-5][0-9]:[0-5][0-9](\.[0-9]{1,9})?(Z|[+-]([01][0-9]|2[0-3]):[0-5][0-9])$",
        "2026-10-31T08:00:00Z",
        "时间（RFC 3339，1900 至 2199 年） · a point in time, RFC 3339.",
    );
    Day => text(
        Some(KnownFormat::Date),
        (10, 10),
        "^(19|20|21)[0-9]{2}-(0[1-9]|1[0-2])-(0[1-9]|[12][0-9]|3[01])$",
        "2026-10-31",
        "日期（银行所在时区，1900 至 2199 年） · a day of the bank's calendar.",
    );
    Asset => text(
        None,
        (3, 42),
        "^(POINT|LIFETIME|MINUTE|SCORE|CNY|STOCK:[0-9a-f-]{36})$",
        "POINT",
        "种类 · what is counted.",
    );
}

/// An enum of fixed texts: the schema lists all of them.
macro_rules! enum_schemas {
    ($($name:ty),+ $(,)?) => {
        $(
            impl PartialSchema for $name {
                fn schema() -> RefOr<Schema> {
                    let values = <$name>::ALL.iter().map(|value| value.as_str());
                    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(values)).into()
                }
            }
            impl ToSchema for $name {}
        )+
    };
}

enum_schemas!(
    Role,
    Permission,
    AccountStatus,
    HoldState,
    OwnerKind,
    Purpose,
    EntryKind,
    SettlementModel,
    StatementState,
    RedemptionState,
    GiftForm,
    GiftState,
    Presence,
    RecordState,
    DayKind,
    Evidence,
    Topic,
    FeedbackKind,
    Thing,
    GoodsKind,
    ConsentPurpose,
    Suits,
    Weekday,
    CorrectedField,
    Hindrance
);

impl PartialSchema for Language {
    fn schema() -> RefOr<Schema> {
        ObjectBuilder::new().schema_type(Type::String).enum_values(Some(["zh-CN", "en"])).into()
    }
}
impl ToSchema for Language {}

//! How values stand in the document of the interface (OpenAPI).

use crate::id::Id;
use crate::time::{Day, Moment};
pub use utoipa::openapi::schema::KnownFormat;
use utoipa::openapi::schema::{ObjectBuilder, SchemaFormat, Type};
pub use utoipa::openapi::{RefOr, Schema};
pub use utoipa::{PartialSchema, ToSchema};

/// A text of a fixed form and length.
pub fn text(
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

/// One of a few texts: the schema lists all of them.
pub fn one_of(texts: impl Iterator<Item = &'static str>) -> RefOr<Schema> {
    ObjectBuilder::new().schema_type(Type::String).enum_values(Some(texts)).into()
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
}

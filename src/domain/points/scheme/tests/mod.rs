mod engine;
mod file;
mod groups;
mod published;
mod slips;

use super::*;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use chrono_tz::Asia::Shanghai;
use rust_decimal::Decimal;

fn day() -> Day {
    Day::parse("2026-10-31").unwrap()
}

fn member() -> Id {
    "00000000-0000-7000-8000-000000000001".parse().unwrap()
}

fn named(name: &str) -> Scheme {
    read(sample(name).unwrap())
}

fn read(text: &str) -> Scheme {
    Scheme::parse(text).unwrap_or_else(|faults| panic!("{faults:#?}"))
}

/// A scheme with the usual head and `rest` after it.
fn with(rest: &str) -> String {
    format!("code = \"t\"\nversion = \"1\"\nname = \"试行办法\"\nvalid_from = 2026-01-01\n{rest}")
}

fn service(minutes: i64) -> Deed {
    Deed::of_service(day(), Shanghai, member(), minutes, Evidence::Scan)
}

fn item(code: &str) -> Deed {
    Deed::of_item(day(), Shanghai, member(), code, Decimal::ONE)
}

fn of_level(mut deed: Deed, code: &str) -> Deed {
    if let Work::Service { level, .. } = &mut deed.work {
        *level = Some(code.to_owned());
    }
    deed
}

fn of_category(mut deed: Deed, code: &str) -> Deed {
    if let Work::Service { category, .. } = &mut deed.work {
        *category = Some(code.to_owned());
    }
    deed
}

fn by(mut deed: Deed, class: Evidence) -> Deed {
    if let Work::Service { evidence, .. } = &mut deed.work {
        *evidence = class;
    }
    deed
}

fn minor(scheme: &Scheme, deed: &Deed) -> i64 {
    scheme.evaluate(deed).unwrap_or_else(|refusal| panic!("{refusal:?}")).points_minor
}

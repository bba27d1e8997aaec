//! Everything that is stored, declared once and by subject: tables with their columns and keys, and their rows. One
//! schema for both databases: `Uid`, `Micros` and `DayNumber` are the native types of the one in use (see
//! [`super::types`]).

use super::maintenance::catalogue::Table;

pub mod access;
pub mod files;
pub mod inbox;
pub mod ledger;
pub mod people;
pub mod points;
pub mod service;
pub mod settlement;
pub mod shops;
pub mod stars;

pub use access::*;
pub use files::*;
pub use inbox::*;
pub use ledger::*;
pub use people::*;
pub use points::*;
pub use service::*;
pub use settlement::*;
pub use shops::*;
pub use stars::*;

diesel::allow_tables_to_appear_in_same_query!(
    banks,
    heads,
    entries,
    postings,
    accounts,
    lots,
    holds,
    counters,
    day_totals,
    answers,
    entry_keys,
    notes,
    orgs,
    users,
    roles,
    members,
    feedback,
    proxies,
    consents,
    household_stays,
    sessions,
    second_factors,
    sign_in_codes,
    attempts,
    access_log,
    bank_keys,
    calendars,
    activities,
    skills,
    wishes,
    invitations,
    attendances,
    sign_ups,
    service_records,
    record_texts,
    objections,
    certificates,
    schemes,
    scheme_versions,
    proposals,
    gifts,
    merchants,
    shop_applications,
    offers,
    goods_sheets,
    goods_lines,
    codes,
    cards,
    slips,
    redemptions,
    redemption_lines,
    statements,
    statement_lines,
    star_grants,
    messages,
    deliveries,
    webhooks,
    message_choices,
    progress,
    attachments
);

/// Every table, each after those that it refers to.
pub fn all_tables() -> impl Iterator<Item = &'static Table> {
    let by_subject = [
        ledger::TABLES,
        people::TABLES,
        access::TABLES,
        service::TABLES,
        points::TABLES,
        shops::TABLES,
        settlement::TABLES,
        stars::TABLES,
        inbox::TABLES,
        files::TABLES,
    ];
    by_subject.into_iter().flatten()
}

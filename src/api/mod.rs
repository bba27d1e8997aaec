//! The JSON interface. Every route stands on this screen.

mod accept;
pub mod activities;
mod admission;
pub mod audit;
pub mod awards;
pub mod batch;
pub mod calendars;
pub mod document;
pub mod edge;
pub mod entries;
pub mod error;
pub mod extract;
pub mod faults;
pub mod fields;
pub mod floor;
pub mod headings;
pub mod journal;
pub mod ledger;
mod limits;
pub mod members;
pub mod moves;
pub mod operation;
pub mod orgs;
mod owed;
pub mod page;
mod pages;
pub mod passbook;
pub mod problem;
mod raw_query;
pub mod receipt;
pub mod records;
pub mod redemptions;
pub mod schemes;
pub mod server;
pub mod settlements;
pub mod sheet;
pub mod shops;
pub mod sign_in;
pub mod users;

use actix_web::{App, web};
use edge::State;
use std::sync::OnceLock;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;

/// 涧贤：社区志愿服务积分银行
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "jianxian",
        description = "涧贤：社区志愿服务积分银行。Points for verified volunteer service, on a double-entry ledger."
    ),
    // Of the parameters of queries: those of bodies and answers are collected by themselves.
    components(schemas(
        fields::EntryNumber,
        fields::KeyText,
        fields::NameStart,
        fields::PageLimit,
        fields::PhoneTail,
        crate::domain::account::HoldState,
        crate::domain::entry::EntryKind,
        crate::domain::redemption::RedemptionState,
    ))
)]
struct Frame;

/// All routes of `/v1`. A request is compared with one after the other: those that come in masses stand first.
fn v1(routes: &mut ServiceConfig) {
    routes
        .service(entries::post_ledger_entry)
        .service(entries::post_ledger_entries)
        .service(awards::make_award)
        .service(awards::make_awards)
        .service(redemptions::redeem)
        .service(redemptions::capture_redemption)
        .service(passbook::read_passbook)
        .service(passbook::list_balances)
        // sign-in
        .service(sign_in::sign_in)
        .service(sign_in::refresh_session)
        .service(sign_in::sign_out)
        .service(sign_in::change_password)
        .service(sign_in::found_bank)
        .service(sign_in::read_me)
        // organisation
        .service(orgs::list_orgs)
        .service(orgs::open_org)
        .service(orgs::move_org)
        .service(orgs::close_org)
        .service(moves::request_move)
        .service(moves::list_moves)
        .service(moves::approve_move)
        .service(moves::reject_move)
        .service(moves::request_link)
        .service(moves::list_links)
        .service(moves::approve_link)
        .service(moves::reject_link)
        .service(calendars::list_calendars)
        .service(calendars::put_calendar)
        .service(users::list_users)
        .service(users::read_user)
        .service(users::move_user)
        .service(users::link_clerk)
        .service(users::open_user)
        .service(users::set_user_password)
        .service(users::suspend_user)
        .service(users::resume_user)
        .service(users::end_user_sessions)
        .service(users::grant_role)
        .service(users::revoke_role)
        // people
        .service(members::open_member)
        .service(members::open_household)
        .service(members::find_members)
        .service(members::find_member_by_number)
        .service(members::read_member)
        .service(members::change_member)
        .service(members::freeze_member)
        .service(members::unfreeze_member)
        .service(members::merge_member)
        .service(members::reveal_member)
        // service
        .service(activities::draft_activity)
        .service(activities::list_activities)
        .service(activities::read_activity)
        .service(activities::change_activity)
        .service(activities::publish_activity)
        .service(activities::cancel_activity)
        .service(activities::copy_activity)
        .service(activities::sign_in_people)
        .service(activities::sign_out_person)
        .service(records::submit_record)
        .service(records::submit_records)
        .service(records::list_records)
        .service(records::read_record)
        .service(records::approve_record)
        .service(records::return_record)
        .service(records::reject_record)
        .service(records::resubmit_record)
        .service(records::withdraw_record)
        .service(records::object_to_record)
        .service(records::decide_objection)
        .service(records::reverse_record)
        .service(records::list_notices)
        // schemes and awards
        .service(schemes::list_schemes)
        .service(schemes::draft_scheme)
        .service(schemes::read_scheme_version)
        .service(schemes::approve_scheme)
        .service(schemes::explain_scheme)
        .service(awards::list_awards)
        .service(awards::list_proposals)
        .service(awards::approve_proposal)
        .service(awards::reject_proposal)
        .service(awards::reverse_award)
        .service(awards::explain_award)
        // redeeming
        .service(shops::list_merchants)
        .service(shops::open_merchant)
        .service(shops::set_merchant_state)
        .service(shops::list_offers)
        .service(shops::open_offer)
        .service(shops::change_offer)
        .service(shops::move_stock)
        .service(redemptions::show_code)
        .service(redemptions::claim_code)
        .service(redemptions::list_redemptions)
        .service(redemptions::read_redemption)
        .service(redemptions::cancel_redemption)
        .service(redemptions::refund_redemption)
        // passbook
        .service(passbook::list_lots)
        .service(owed::list_owed)
        .service(owed::propose_waiver)
        .service(passbook::read_stars)
        .service(passbook::grant_star)
        // settlement
        .service(settlements::issue_statement)
        .service(settlements::list_statements)
        .service(settlements::read_statement)
        .service(settlements::confirm_statement)
        .service(settlements::dispute_statement)
        .service(settlements::approve_statement)
        .service(settlements::pay_statement)
        // audit
        .service(audit::list_access)
        .service(audit::list_own_access)
        .service(audit::list_household_awards)
        // the raw ledger
        .service(ledger::open_ledger_account)
        .service(journal::list_ledger_accounts)
        .service(journal::read_ledger_account)
        .service(journal::list_ledger_entries)
        .service(ledger::reverse_ledger_entry)
        .service(ledger::open_ledger_hold)
        .service(journal::list_ledger_holds)
        .service(journal::read_ledger_hold)
        .service(ledger::capture_ledger_hold)
        .service(ledger::void_ledger_hold)
        .service(journal::read_ledger_head)
        .service(journal::read_trial_balance)
        .service(calendars::close_year)
        .service(journal::verify_ledger);
}

/// Routes that are not part of `/v1`.
fn outside(routes: &mut web::ServiceConfig) {
    routes
        .service(operation::welcome)
        .service(operation::docs)
        .service(operation::healthz)
        .service(operation::readyz)
        .service(operation::metrics)
        .service(operation::openapi)
        .service(
            utoipa_swagger_ui::SwaggerUi::new("/docs/{_:.*}")
                .config(utoipa_swagger_ui::Config::from("/openapi.json")),
        );
}

/// The OpenAPI document, from the code. It is made once.
pub fn openapi() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let (_, document) =
            App::new().into_utoipa_app().openapi(Frame::openapi()).configure(v1).split_for_parts();
        let document = serde_json::to_value(document).unwrap_or_default();
        serde_json::to_string_pretty(&document::complete(document)).unwrap_or_default()
    })
}

/// Puts the routes and the state into an application.
pub fn configure(state: web::Data<State>) -> impl FnOnce(&mut web::ServiceConfig) + Clone {
    move |config: &mut web::ServiceConfig| {
        config.app_data(state);
        let mut collected = ServiceConfig::new(config);
        v1(&mut collected);
        outside(config);
    }
}

//! The JSON interface: the list of all routes.

pub mod access;
pub mod attachments;
pub mod ledger;
pub mod people;
pub mod points;
pub mod service;
pub mod settlement;
pub mod shops;
pub mod stars;
pub mod web;

use crate::domain::points::gift::Gift;
use crate::domain::service::record::ServiceRecord;
use crate::domain::settlement::statement::Statement;
use crate::domain::shops::redemption::Redemption;
use crate::services::access::links::LinkProposal;
use crate::services::inbox::outbox::{DeliveryRow, WebhookRow};
use crate::services::people::counter::MemberRow;
use crate::services::people::feedback::FeedbackRow;
use crate::services::people::moves::MoveProposal;
use crate::services::people::privacy::consents::ConsentRow;
use crate::services::people::privacy::correcting::CorrectionRequest;
use crate::services::people::privacy::erasing::ErasureRequest;
use crate::services::people::proxies::ProxyRow;
use crate::services::people::users::UserRow;
use crate::services::points::proposals::ProposalRow;
use crate::services::points::schemes::SchemeVersionRow;
use crate::services::service::activities::ActivityRow;
use crate::services::service::activities::sign_ups::SignUpRow;
use crate::services::service::certificates::CertificateRow;
use crate::services::service::wishes::SkillRow;
use crate::services::shops::applications::ShopApplicationRow;
use crate::services::shops::goods::GoodsSheetRow;
use access::{audit, bank, messages, second_factor, sign_in, webhooks};
use actix_web::App;
use ledger::{entries, journal, passbook, raw, statistics};
use people::{consents, feedback, households, members, moves, orgs, own_copy, proxies, requests, users};
use points::{awards, gifts, owed, schemes};
use service::{activities, calendar, calendars, certificates, check_in, exports, records, sign_ups, wishes};
use settlement::statements;
use shops::{applications, cards, goods, merchants, redemptions, slips};
use stars::grants;
use std::sync::OnceLock;
use utoipa::OpenApi;
use utoipa_actix_web::AppExt;
use utoipa_actix_web::service_config::ServiceConfig;
use web::edge::State;
use web::{document, fields, operation, steps};

/// 涧贤：社区志愿服务积分银行
#[derive(Debug, OpenApi)]
#[openapi(
    info(
        title = "jianxian",
        description = "涧贤：社区志愿服务积分银行。Points for verified volunteer service, on a double-entry ledger."
    ),
    // Schemas of query parameters; utoipa collects those of bodies and answers by itself.
    components(schemas(
        fields::CertificateCode,
        fields::CertificateNumber,
        fields::EntryNumber,
        fields::Initials,
        fields::KeyText,
        fields::NameStart,
        fields::PageLimit,
        fields::PhoneTail,
        crate::domain::ledger::account::HoldState,
        crate::domain::ledger::entry::EntryKind,
        crate::domain::points::gift::GiftForm,
        crate::domain::points::gift::GiftState,
        crate::domain::shops::redemption::Presence,
        crate::domain::shops::redemption::RedemptionState,
    ))
)]
struct Frame;

/// All routes of `/v1`. actix compares a request with one route after the other, so the most frequent come first.
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
        .service(sign_in::send_sign_in_code)
        .service(sign_in::sign_out)
        .service(sign_in::change_password)
        .service(sign_in::found_bank)
        .service(sign_in::read_me)
        .service(second_factor::list_own_sessions)
        .service(second_factor::end_own_session)
        .service(second_factor::end_other_sessions)
        .service(second_factor::read_second_factor)
        .service(second_factor::begin_second_factor)
        .service(second_factor::confirm_second_factor)
        .service(second_factor::remove_second_factor)
        .service(messages::list_messages)
        .service(messages::read_messages)
        .service(webhooks::read_message_choices)
        .service(webhooks::choose_messages)
        .service(webhooks::send_mail_code)
        .service(webhooks::confirm_mail)
        .service(webhooks::register_webhook)
        .service(webhooks::list_webhooks)
        .service(webhooks::try_webhook)
        .service(webhooks::list_deliveries)
        .service(bank::rename_bank)
        .service(bank::list_settings)
        // organisation
        .service(orgs::list_orgs)
        .service(orgs::open_org)
        .service(orgs::change_org)
        .service(orgs::move_org)
        .service(orgs::close_org)
        .service(moves::request_move)
        .service(moves::list_moves)
        .service(moves::request_link)
        .service(moves::list_links)
        .service(calendars::list_calendars)
        .service(calendars::put_calendar)
        .service(users::list_users)
        .service(users::read_user)
        .service(users::move_user)
        .service(users::link_clerk)
        .service(users::open_user)
        .service(users::set_user_password)
        .service(users::end_user_sessions)
        .service(second_factor::reset_second_factor)
        .service(users::grant_role)
        .service(users::revoke_role)
        // people
        .service(households::read_own_household)
        .service(own_copy::take_own_copy)
        .service(consents::list_own_consents)
        .service(consents::give_own_consent)
        .service(consents::list_consents)
        .service(consents::enter_consent)
        .service(requests::request_correction)
        .service(requests::list_corrections)
        .service(requests::request_erasure)
        .service(requests::list_erasures)
        .service(requests::read_erasure)
        .service(requests::read_own_erasure)
        .service(feedback::give_feedback)
        .service(feedback::list_feedback)
        .service(feedback::read_feedback)
        .service(feedback::answer_feedback)
        .service(feedback::dispute_answer)
        .service(proxies::name_proxy)
        .service(proxies::list_proxies)
        .service(proxies::read_proxy)
        .service(members::open_member)
        .service(members::open_household)
        .service(members::find_members)
        .service(members::find_member_by_number)
        .service(members::read_member)
        .service(members::change_member)
        .service(members::merge_member)
        .service(members::reveal_member)
        // service
        .service(activities::draft_activity)
        .service(activities::list_activities)
        .service(wishes::list_activities_to_come)
        .service(activities::read_activity)
        .service(activities::change_activity)
        .service(activities::copy_activity)
        .service(activities::sign_in_people)
        .service(activities::sign_out_person)
        .service(check_in::read_check_in_code)
        .service(check_in::check_in)
        .service(wishes::list_skills)
        .service(wishes::open_skill)
        .service(wishes::read_wishes)
        .service(wishes::set_wishes)
        .service(wishes::list_suitable)
        .service(wishes::invite)
        .service(sign_ups::sign_up)
        .service(sign_ups::list_sign_ups)
        .service(calendar::read_own_calendar)
        .service(records::submit_record)
        .service(records::submit_records)
        .service(records::list_records)
        .service(records::read_record)
        .service(records::resubmit_record)
        .service(records::object_to_record)
        .service(records::ask_for_correction)
        .service(records::decide_objection)
        .service(records::list_notices)
        .service(certificates::issue_certificate)
        .service(certificates::list_certificates)
        .service(certificates::list_member_certificates)
        .service(certificates::read_certificate)
        .service(certificates::reissue_certificate)
        .service(certificates::check_certificate)
        .service(exports::export_service)
        // schemes and awards
        .service(schemes::list_schemes)
        .service(schemes::draft_scheme)
        .service(schemes::read_scheme_version)
        .service(schemes::explain_scheme)
        .service(awards::list_awards)
        .service(awards::list_proposals)
        .service(awards::reverse_award)
        .service(awards::explain_award)
        .service(gifts::give_points)
        .service(gifts::donate_points)
        .service(gifts::find_receiver)
        .service(gifts::list_gifts)
        .service(gifts::read_gift)
        .service(gifts::list_pools)
        .service(gifts::propose_relief)
        .service(gifts::read_gift_rules)
        .service(gifts::set_gift_rules)
        // redeeming
        .service(applications::apply_for_shop)
        .service(applications::list_shop_applications)
        .service(applications::read_shop_application)
        .service(applications::approve_shop)
        .service(merchants::list_merchants)
        .service(merchants::open_merchant)
        .service(merchants::change_merchant)
        .service(merchants::set_merchant_state)
        .service(merchants::list_offers)
        .service(merchants::open_offer)
        .service(merchants::change_offer)
        .service(merchants::move_stock)
        .service(goods::open_goods_sheet)
        .service(goods::list_goods_sheets)
        .service(goods::read_goods_sheet)
        .service(goods::list_batches)
        .service(goods::list_goods_moved)
        .service(goods::read_till)
        .service(redemptions::show_code)
        .service(redemptions::show_code_as_proxy)
        .service(redemptions::claim_code)
        .service(cards::claim_card)
        .service(cards::print_cards)
        .service(cards::change_own_card_pin)
        .service(cards::read_card)
        .service(cards::report_card_lost)
        .service(cards::set_card_pin)
        .service(slips::print_slips)
        .service(slips::list_slips)
        .service(slips::enter_slip)
        .service(redemptions::list_redemptions)
        .service(redemptions::read_redemption)
        .service(redemptions::refund_redemption)
        // passbook
        .service(passbook::list_lots)
        .service(owed::list_owed)
        .service(owed::propose_waiver)
        .service(grants::read_stars)
        .service(grants::grant_star)
        .service(statistics::read_stats)
        .service(statistics::fill_report)
        // attachments
        .service(attachments::add_attachment)
        .service(attachments::list_attachments)
        .service(attachments::read_attachment)
        .service(attachments::read_attachment_content)
        .service(attachments::read_attachment_small)
        .service(attachments::remove_attachment)
        // settlement
        .service(statements::issue_statement)
        .service(statements::list_statements)
        .service(statements::read_statement)
        .service(statements::dispute_statement)
        .service(statements::pay_statement)
        // audit
        .service(audit::list_access)
        .service(audit::list_own_access)
        .service(audit::list_household_awards)
        // the raw ledger
        .service(raw::open_ledger_account)
        .service(journal::list_ledger_accounts)
        .service(journal::read_ledger_account)
        .service(journal::list_ledger_entries)
        .service(raw::reverse_ledger_entry)
        .service(raw::open_ledger_hold)
        .service(journal::list_ledger_holds)
        .service(journal::read_ledger_hold)
        .service(raw::capture_ledger_hold)
        .service(raw::void_ledger_hold)
        .service(journal::read_ledger_head)
        .service(journal::read_trial_balance)
        .service(calendars::close_year)
        .service(journal::verify_ledger);
    steps_of_life_cycles(routes);
}

/// The steps of all life cycles, except those with a handler of their own.
fn steps_of_life_cycles(routes: &mut ServiceConfig) {
    steps::routes::<ServiceRecord>(routes);
    steps::routes::<Redemption>(routes);
    steps::routes::<ProposalRow>(routes);
    steps::routes::<Gift>(routes);
    steps::routes::<Statement>(routes);
    steps::routes::<ActivityRow>(routes);
    steps::routes::<SignUpRow>(routes);
    steps::routes::<SkillRow>(routes);
    steps::routes::<CertificateRow>(routes);
    steps::routes::<MemberRow>(routes);
    steps::routes::<MoveProposal>(routes);
    steps::routes::<LinkProposal>(routes);
    steps::routes::<UserRow>(routes);
    steps::routes::<SchemeVersionRow>(routes);
    steps::routes::<WebhookRow>(routes);
    steps::routes::<DeliveryRow>(routes);
    steps::routes::<FeedbackRow>(routes);
    steps::routes::<ShopApplicationRow>(routes);
    steps::routes::<ProxyRow>(routes);
    steps::routes::<GoodsSheetRow>(routes);
    steps::routes::<ConsentRow>(routes);
    steps::routes::<ErasureRequest>(routes);
    steps::routes::<CorrectionRequest>(routes);
}

/// Routes outside `/v1`.
fn outside(routes: &mut actix_web::web::ServiceConfig) {
    routes
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

/// The OpenAPI document, generated from the code once per process.
pub fn openapi() -> &'static str {
    static DOCUMENT: OnceLock<String> = OnceLock::new();
    DOCUMENT.get_or_init(|| {
        let (_, document) =
            App::new().into_utoipa_app().openapi(Frame::openapi()).configure(v1).split_for_parts();
        let document = serde_json::to_value(document).unwrap_or_default();
        serde_json::to_string_pretty(&document::complete(document)).unwrap_or_default()
    })
}

/// Configures an application with the routes and the state.
pub fn configure(
    state: actix_web::web::Data<State>,
) -> impl FnOnce(&mut actix_web::web::ServiceConfig) + Clone {
    move |config: &mut actix_web::web::ServiceConfig| {
        config.app_data(state);
        let mut collected = ServiceConfig::new(config);
        v1(&mut collected);
        outside(config);
    }
}

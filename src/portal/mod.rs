//! The portal: pages for people, served by the same program as the API and over the same use cases. It has no rule of
//! its own: who may do what, which steps a thing can take, and what is refused in which words comes from below.
//!
//! All pages are in one table. A page is a function from a visit to an answer; its template stands in `templates/`
//! under the same name, its words in `texts/`. Everything works without scripts.

pub mod access;
pub mod attachments;
pub mod frame;
pub mod ledger;
pub mod people;
pub mod points;
pub mod service;
pub mod settlement;
pub mod shops;

use crate::api::web::edge::State;
use crate::api::web::server::{self, Running};
use crate::auth::permissions::Permission as P;
use Who::{Anyone, May, SignedIn};
use actix_web::web;
use frame::assets;
use frame::page::{self, Page, Who, pages, routes};

/// Every page: its path, who may open it, what shows it, and what takes its form.
pub static PAGES: &[Page] = pages! {
    "/" Anyone => access::start::show;
    "/try" Anyone => access::start::show, access::start::try_role;
    "/styleguide" Anyone => access::styleguide::show;
    "/story" Anyone => access::start::show, access::story::go;
    "/setup" Anyone => access::setup::show, access::setup::found;
    "/setup/community" May(&[P::ManageBank]) => access::setup::community::show, access::setup::community::take;
    "/setup/scheme" May(&[P::ManageBank, P::ApproveSchemes]) =>
        access::setup::scheme::show, access::setup::scheme::take;
    "/setup/people" May(&[P::ManageBank, P::WriteMembers]) => access::setup::people, people::import::take;
    "/setup/done" May(&[P::ManageBank, P::ApproveSchemes, P::WriteMembers]) => access::setup::done;
    "/login" Anyone => access::sign_in::show, access::sign_in::sign_in;
    "/login/code" Anyone => access::sign_in::ask_code, access::sign_in::send_code;
    "/logout" SignedIn, Open => access::account::show, access::sign_in::sign_out;
    "/messages" SignedIn, Open => access::messages::show, access::messages::read;
    "/account" SignedIn, Open => access::account::show;
    "/account/messages" SignedIn => access::senders::own, access::senders::choose;
    "/account/sessions" SignedIn, Shown => access::second_factor::sessions, access::second_factor::end_sessions;
    "/account/second-factor" SignedIn => access::second_factor::show, access::second_factor::take;
    "/account/password" SignedIn => access::account::password, access::account::change_password;
    "/size/{value}" Anyone => access::preferences::size;
    "/language/{value}" Anyone => access::preferences::language;
    "/help" Anyone => access::help::help;
    "/feedback" Anyone => people::feedback::show, people::feedback::give;
    "/feedback/{id}" May(&[P::GiveFeedback]), Open => people::feedback::own, people::feedback::take_own;
    "/staff/feedback" May(&[P::ReadFeedback]) => people::feedback::list;
    "/staff/feedback/{id}" May(&[P::ReadFeedback]) => people::feedback::staff_one, people::feedback::take_staff;
    "/privacy" Anyone => access::help::privacy;
    "/attachments/{thing}/{id}" SignedIn => attachments::show, attachments::take;
    // volunteers
    "/me" May(&[P::ReadOwn]), Open => ledger::home::show;
    "/me/passbook" May(&[P::ReadOwn]), Open => ledger::passbook::show;
    "/me/passbook/print" May(&[P::ReadOwn]), Open => ledger::paper::own;
    "/me/entries/{entry}" May(&[P::ReadOwn]), Open => ledger::why::show;
    "/me/code" May(&[P::ShowCode]), Open => shops::code::show, shops::code::renew;
    "/me/code/{id}/state" May(&[P::ShowCode, P::ActForMembers]), Open => shops::code::state;
    "/me/proxies" May(&[P::ReadOwn, P::ActForMembers]), Open => people::proxies::own, people::proxies::take_own;
    "/me/proxies/{id}" May(&[P::ActForMembers]) => people::proxies::one;
    "/me/proxies/{id}/entries/{entry}" May(&[P::ActForMembers]) => ledger::why::show_for;
    "/me/proxies/{id}/code" May(&[P::ActForMembers]) => shops::code::show_for, shops::code::make_for;
    "/me/gifts" May(&[P::GivePoints]) => points::gifts::own;
    "/me/gifts/check" May(&[P::GivePoints]) => points::gifts::check, points::gifts::give;
    "/me/gifts/{id}" May(&[P::GivePoints]) => points::gifts::one, points::gifts::take;
    "/me/shop-applications" May(&[P::ApplyForShop]) => shops::applications::own, shops::applications::apply;
    "/me/shop-applications/{id}" May(&[P::ApplyForShop]) => shops::applications::own_one, shops::applications::take_own;
    "/shops" SignedIn, Open => shops::shelf::shops;
    "/shops/{id}" SignedIn, Open => shops::shelf::shop;
    "/events" May(&[P::ReadActivities]), Open => service::events::list;
    "/me/calendar" May(&[P::ReadOwn]), Open => service::events::calendar;
    "/events/{id}" May(&[P::ReadActivities]), Open => service::events::show, service::events::take;
    "/events/{id}/check-in" May(&[P::SignUp]), Open => service::check_in::show, service::check_in::take;
    "/me/card" May(&[P::ReadOwn]) => shops::cards::own, shops::cards::change_own;
    "/me/hours" May(&[P::ReadOwn]), Open => service::hours::list;
    "/me/hours/new" May(&[P::ReportOwnRecord]), Open => service::hours::ask, service::hours::report;
    "/me/hours/{id}" May(&[P::ReadOwn]), Open => service::hours::show, service::hours::step;
    "/me/certificates" May(&[P::ReadOwn]), Shown => service::certificates::own, service::certificates::issue_own;
    "/me/certificates/{id}" May(&[P::ReadOwn]), Shown =>
        service::certificates::show_own, service::certificates::take_own;
    "/certificates/{bank}" Anyone => service::certificate_check::show;
    "/me/access" May(&[P::ReadOwn]), Shown => service::access::show;
    "/me/data" May(&[P::ReadOwn]) => people::own_file::show, people::own_file::take;
    "/me/consents" May(&[P::ReadOwn]), Shown => people::consents::own, people::consents::take_own;
    "/me/wishes" May(&[P::ReadOwn]), Open => service::wishes::own, service::wishes::take_own;
    "/me/household" May(&[P::ReadOwn]), Shown => people::households::own;
    // activities and service records
    "/staff/activities" May(&[P::ReadRecords]) => service::activities::list;
    "/staff/activities/new" May(&[P::WriteActivities]) => service::activities::ask, service::activities::draft;
    "/staff/activities/{id}" May(&[P::ReadRecords]) => service::activities::show, service::activities::take;
    "/staff/activities/{id}/attendance" May(&[P::TakeAttendance]) =>
        service::attendance::show, service::attendance::take;
    "/staff/activities/{id}/people" May(&[P::TakeAttendance]) =>
        service::wishes::suitable, service::wishes::invite;
    "/staff/activities/{id}/code" May(&[P::TakeAttendance]) => service::check_in::code;
    "/staff/activities/{id}/poster" May(&[P::TakeAttendance]) => service::check_in::poster;
    "/staff/activities/{id}/sign-ups" May(&[P::TakeAttendance]) =>
        service::sign_ups::show, service::sign_ups::take;
    "/staff/activities/{id}/sheet" May(&[P::TakeAttendance]) => service::paper::show, service::paper::show;
    "/staff/sheet" May(&[P::EnterRecords]) => service::sheet::show, service::sheet::take;
    "/staff/records" May(&[P::ReadRecords]) => service::records::list, service::records::approve;
    "/staff/export" May(&[P::ExportRecords]) => service::export::show, service::export::take;
    "/staff/records/{id}" May(&[P::ReadRecords]) => service::records::show, service::records::step;
    // shops
    "/r/{code}" Anyone => shops::till::scanned;
    "/shop" May(&[P::ClaimCodes]) => shops::till::show, shops::till::claim;
    "/shop/redeem/{code}" May(&[P::ClaimCodes]) => shops::till::choose;
    "/shop/redeem/{code}/check" May(&[P::ClaimCodes]) => shops::till::check, shops::till::confirm;
    "/shop/slips" May(&[P::ClaimCodes]) => shops::slips::own, shops::slips::enter_own;
    "/shop/receipts/{id}" May(&[P::ClaimCodes]) => shops::receipt::show, shops::receipt::step;
    "/shop/receipts/{id}/print" May(&[P::ClaimCodes]) => shops::paper::own;
    "/shop/day" May(&[P::ClaimCodes]) => shops::receipt::day;
    "/shop/goods" May(&[P::WriteOffers]) => shops::goods::list;
    "/shop/goods/new" May(&[P::WriteOffers]) => shops::goods::new, shops::goods::open;
    "/shop/goods/board" May(&[P::WriteOffers]) => shops::goods_board::own;
    "/shop/goods/sheets" May(&[P::WriteOffers]) => shops::goods_sheets::own_list;
    "/shop/goods/sheets/new" May(&[P::WriteOffers]) => shops::goods_sheets::new, shops::goods_sheets::open;
    "/shop/goods/sheets/{id}" May(&[P::WriteOffers]) => shops::goods_sheets::own, shops::goods_sheets::take_own;
    "/shop/goods/{id}" May(&[P::WriteOffers]) => shops::goods::one, shops::goods::change;
    "/shop/statements" May(&[P::ConfirmStatements]) => settlement::own::list;
    "/shop/statements/{id}" May(&[P::ConfirmStatements]) => settlement::own::show, settlement::own::take;
    "/shop/statements/{id}/print" May(&[P::ConfirmStatements]) => settlement::paper::own;
    "/shop/clerks" May(&[P::WriteClerks]) => shops::clerks::list, shops::clerks::open;
    "/shop/clerks/{id}" May(&[P::WriteClerks]) => people::users::clerk, people::users::change_clerk;
    // offices
    "/staff/statements" May(&[P::ReadStatements]) => settlement::desk::list, settlement::desk::issue;
    "/staff/statements/{id}" May(&[P::ReadStatements]) => settlement::desk::show, settlement::desk::take;
    "/staff/statements/{id}/print" May(&[P::ReadStatements]) => settlement::paper::desk;
    "/admin" May(&[P::WriteUsers]) => access::overview::show;
    "/admin/access" May(&[P::ReadAccessLog]) => access::log::show;
    "/admin/calendars" May(&[P::ReadCalendars]) => service::calendars::show, service::calendars::put;
    "/admin/senders" May(&[P::ManageBank]) => access::senders::show, access::senders::take;
    "/admin/skills" May(&[P::ManageBank]) => service::wishes::skills, service::wishes::change_skills;
    "/admin/gifts" May(&[P::ManageBank]) => points::pools::rules, points::pools::set_rules;
    "/admin/settings" May(&[P::ManageBank]) => access::settings::show, access::settings::rename;
    "/admin/schemes" May(&[P::ReadSchemes]) => points::schemes::list;
    "/admin/schemes/new" May(&[P::WriteSchemes]) => points::schemes::new, points::schemes::draft;
    "/admin/schemes/try" May(&[P::ReadSchemes]) => points::trial::try_out;
    "/admin/schemes/{id}/compare" May(&[P::ReadSchemes]) => points::compare::show;
    "/admin/schemes/{id}" May(&[P::ReadSchemes]) => points::schemes::one, points::schemes::step;
    "/admin/shops" May(&[P::ReadMerchants]) => shops::partners::list;
    "/admin/shops/new" May(&[P::WriteMerchants]) => shops::partners::new, shops::partners::open;
    "/admin/shops/applications" May(&[P::ReadMerchants]) => shops::applications::list, shops::applications::apply_for;
    "/admin/shops/applications/{id}" May(&[P::ReadMerchants]) =>
        shops::applications::desk_one, shops::applications::take_desk;
    "/admin/shops/{id}" May(&[P::ReadMerchants]) => shops::partners::one, shops::partners::step;
    "/admin/orgs" May(&[P::ReadOrgs]) => people::offices::tree;
    "/admin/orgs/{id}" May(&[P::ReadOrgs]) => people::offices::one, people::offices::change;
    "/admin/users" May(&[P::ReadUsers]) => people::users::list;
    "/admin/users/new" May(&[P::WriteUsers]) => people::users::new, people::users::open;
    "/admin/users/{id}" May(&[P::ReadUsers]) => people::users::one, people::users::change;
    "/audit/ledger" May(&[P::ReadLedger]) => ledger::journal::list;
    "/audit/entries/{number}" May(&[P::ReadLedger]) => ledger::trail::show;
    "/audit/checks" May(&[P::ReadLedger]) => ledger::checks::show, ledger::checks::look;
    // the desk of community staff
    "/staff" May(&[P::ReadRecords, P::ReadAwards]) => people::today::show;
    "/staff/figures" May(&[P::ReadFigures]) => ledger::figures::show;
    "/staff/figures/report" May(&[P::ReadFigures]) => ledger::report::show, ledger::report::take;
    "/staff/people" May(&[P::ReadMembers]) => people::find::show, people::find::look;
    "/staff/people/new" May(&[P::WriteMembers]) => people::edit::new, people::edit::open;
    "/staff/people/import" May(&[P::WriteMembers]) => people::import::show, people::import::take;
    "/staff/people/{id}" May(&[P::ReadMembers]) => people::file::show, people::file::step;
    "/staff/messages/print" May(&[P::ReadMembers]) => access::messages::paper;
    "/staff/people/{id}/wishes" May(&[P::ReadMembers]) => service::wishes::desk, service::wishes::take_at_desk;
    "/staff/people/{id}/certificates" May(&[P::ReadMembers]) =>
        service::certificates::of_member, service::certificates::issue;
    "/staff/certificates/{id}" May(&[P::ReadMembers]) => service::certificates::show, service::certificates::take;
    "/staff/people/{id}/proxies" May(&[P::WriteMembers]) => people::proxies::desk, people::proxies::take_at_desk;
    "/staff/people/{id}/card" May(&[P::WriteMembers]) => shops::cards::desk, shops::cards::take;
    "/staff/cards" May(&[P::WriteMembers]) => shops::cards::list;
    "/staff/print/cards" May(&[P::WriteMembers]) => shops::cards::print;
    "/staff/goods" May(&[P::ReadMerchants]) => shops::goods_sheets::desk_list;
    "/staff/goods/of/{id}" May(&[P::ReadMerchants]) => shops::goods_board::desk;
    "/staff/goods/{id}" May(&[P::ReadMerchants]) => shops::goods_sheets::desk, shops::goods_sheets::take_at_desk;
    "/staff/slips" May(&[P::ReadRedemptions]) => shops::slips::list;
    "/staff/slips/{shop}" May(&[P::RedeemOnBehalf]) => shops::slips::at_desk, shops::slips::enter_at_desk;
    "/staff/print/slips" May(&[P::RedeemOnBehalf]) => shops::slips::print, shops::slips::make;
    "/staff/people/{id}/print" May(&[P::ReadMembers]) => ledger::paper::of_member;
    "/staff/people/{id}/move" May(&[P::MoveMembers]) => people::move_house::leave, people::move_house::ask_to_leave;
    "/staff/people/{id}/edit" May(&[P::WriteMembers]) => people::edit::show, people::edit::change;
    "/staff/people/{id}/consents" May(&[P::ReadMembers]) =>
        people::consents::of_member, people::consents::take_member;
    "/staff/requests" May(&[P::WriteMembers, P::EraseMembers]) => people::requests::show, people::requests::decide;
    "/staff/people/{id}/merge" May(&[P::FreezeMembers]) => people::merge::show, people::merge::merge;
    "/staff/households" May(&[P::ReadMembers]) => people::households::list, people::households::look;
    "/staff/households/{id}" May(&[P::ReadMembers]) =>
        people::households::show, people::households::change;
    "/staff/links" May(&[P::WriteMembers, P::WriteUsers]) => people::links::show, people::links::take;
    "/staff/moves" May(&[P::MoveMembers]) => people::moves::show, people::moves::decide;
    "/staff/moves/new" May(&[P::MoveMembers]) => people::move_house::come, people::move_house::ask_to_come;
    "/staff/awards" May(&[P::MakeAwards]) => points::award::show, points::award::take;
    "/staff/awards/list" May(&[P::ReadAwards]) => points::given::list;
    "/staff/awards/{entry}" May(&[P::ReadAwards]) => points::given::show, points::given::undo;
    "/staff/proposals" May(&[P::ReadAwards]) => points::proposals::show, points::proposals::decide;
    "/staff/gifts" May(&[P::ReadAwards]) => points::pools::desk, points::pools::propose;
    "/staff/gifts/{id}" May(&[P::ReadAwards]) => points::pools::one, points::pools::take;
    "/staff/counter" May(&[P::RedeemOnBehalf]) => people::counter::show, people::counter::look;
    "/staff/counter/receipts/{redemption}" May(&[P::RedeemOnBehalf]) => people::counter::one, people::counter::step;
    "/staff/counter/receipts/{redemption}/print" May(&[P::RedeemOnBehalf]) => shops::paper::of_counter;
    "/staff/counter/{id}" May(&[P::RedeemOnBehalf]) => people::counter::shops;
    "/staff/counter/{id}/{shop}" May(&[P::RedeemOnBehalf]) => people::counter::choose;
    "/staff/counter/{id}/{shop}/check" May(&[P::RedeemOnBehalf]) => people::counter::check, people::counter::confirm;
};

/// Starts the server with the API and the pages. SIGTERM and SIGINT stop it gracefully if `signals`.
pub fn start(mut state: State, signals: bool) -> std::io::Result<Running> {
    // For `405 Method Not Allowed`.
    for page in PAGES {
        let methods = ["GET", "POST"].into_iter().filter(|method| *method == "GET" || page.take.is_some());
        state.routes.add(page.path.to_owned(), methods.map(str::to_owned).collect());
    }
    server::start(state, signals, configure)
}

/// Configures an application with the API and the pages.
fn configure(state: web::Data<State>) -> impl FnOnce(&mut web::ServiceConfig) {
    move |config: &mut web::ServiceConfig| {
        config.configure(crate::api::configure(state));
        config.route("/static/{name}", web::get().to(assets::file));
        config.route("/files/{id}", web::get().to(attachments::whole));
        config.route("/files/{id}/small", web::get().to(attachments::small));
        config.route("/manifest.webmanifest", web::get().to(assets::manifest));
        routes(config, PAGES);
        config.default_service(web::to(page::unknown));
    }
}

//! The portal: pages for people, served by the same program as the API and over the same use cases. It has no rule of
//! its own: who may do what, which steps a thing can take, and what is refused in which words comes from below.
//!
//! All pages are in one table. A page is a function from a visit to an answer; its template stands in `templates/`
//! under the same name, its words in `texts/`. Everything works without scripts.

pub mod access;
pub mod frame;
pub mod ledger;
pub mod service;
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
    "/login" Anyone => access::sign_in::show, access::sign_in::sign_in;
    "/logout" SignedIn => access::account::show, access::sign_in::sign_out;
    "/account" SignedIn => access::account::show;
    "/size/{value}" Anyone => access::preferences::size;
    "/language/{value}" Anyone => access::preferences::language;
    "/help" Anyone => access::account::help;
    // volunteers
    "/me" May(&[P::ReadOwn]) => ledger::home::show;
    "/me/passbook" May(&[P::ReadOwn]) => ledger::passbook::show;
    "/me/entries/{entry}" May(&[P::ReadOwn]) => ledger::why::show;
    "/me/code" May(&[P::ShowCode]) => shops::code::show, shops::code::renew;
    "/me/code/{id}/state" May(&[P::ShowCode]) => shops::code::state;
    "/shops" SignedIn => shops::shelf::shops;
    "/shops/{id}" SignedIn => shops::shelf::shop;
    "/events" May(&[P::ReadActivities]) => service::events::list;
    "/events/{id}" May(&[P::ReadActivities]) => service::events::show;
    "/me/hours" May(&[P::ReadOwn]) => service::hours::list;
    "/me/hours/new" May(&[P::ReportOwnRecord]) => service::hours::ask, service::hours::report;
    "/me/hours/{id}" May(&[P::ReadOwn]) => service::hours::show, service::hours::step;
    "/me/access" May(&[P::ReadOwn]) => service::access::show;
    // activities and service records
    "/staff/activities" May(&[P::ReadRecords]) => service::activities::list;
    "/staff/activities/new" May(&[P::WriteActivities]) => service::activities::ask, service::activities::draft;
    "/staff/activities/{id}" May(&[P::ReadRecords]) => service::activities::show, service::activities::take;
    "/staff/activities/{id}/attendance" May(&[P::TakeAttendance]) =>
        service::attendance::show, service::attendance::take;
    "/staff/sheet" May(&[P::EnterRecords]) => service::sheet::show, service::sheet::take;
    "/staff/records" May(&[P::ReadRecords]) => service::records::list, service::records::approve;
    "/staff/records/{id}" May(&[P::ReadRecords]) => service::records::show, service::records::step;
    // shops
    "/r/{code}" Anyone => shops::till::scanned;
    "/shop" May(&[P::ClaimCodes]) => shops::till::show, shops::till::claim;
    "/shop/redeem/{code}" May(&[P::ClaimCodes]) => shops::till::choose;
    "/shop/redeem/{code}/check" May(&[P::ClaimCodes]) => shops::till::check, shops::till::confirm;
    "/shop/receipts/{id}" May(&[P::ClaimCodes]) => shops::receipt::show, shops::receipt::step;
    "/shop/day" May(&[P::ClaimCodes]) => shops::receipt::day;
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
        config.route("/manifest.webmanifest", web::get().to(assets::manifest));
        routes(config, PAGES);
        config.default_service(web::to(page::unknown));
    }
}

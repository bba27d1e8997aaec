//! Exporting service records: which days, which form, whether numbers are whole; the answer is the file.

use crate::api::service::exports::{ExportSheet, respond, whole_because};
use crate::api::web::edge::zone;
use crate::api::web::fields::Reason;
use crate::api::web::sheet::SheetForm;
use crate::auth::permissions::Permission;
use crate::domain::figures::count;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::service::exports::{ExportAsk, MOST};
use crate::texts::sentences as s;
use askama::Template;

#[derive(Template)]
#[template(path = "staff_export.html")]
struct ExportPage {
    f: Frame,
    first: String,
    today: String,
    limit: String,
    may_reveal: bool,
}

pub async fn show(visit: Visit) -> Answer {
    let today = visit.days().today;
    let first = Day::parse(&format!("{:04}-01-01", today.year())).unwrap_or(today);
    let page = ExportPage {
        f: visit.frame(visit.words().export_title()).await?,
        first: first.to_string(),
        today: today.to_string(),
        limit: visit.say(s::ExportLimit { limit: count(MOST) }),
        may_reveal: visit.actor()?.may(Permission::RevealMembers),
    };
    visit.page(&page)
}

pub async fn take(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (from, until) = (fields.need::<Day>("from"), fields.need::<Day>("until"));
    let whole = fields.ticked("whole_numbers");
    let reason = match whole {
        true => fields.need::<Reason>("reason").map(Some),
        false => Ok(None),
    };
    fields.checked()?;
    let whole_because = whole_because(visit.actor()?, whole, reason?)?;
    let form = match visit.form.typed("form") {
        Some("csv") => SheetForm::Csv,
        _ => SheetForm::Xlsx,
    };
    let ask = ExportAsk { from: from?, until: until?, whole_because };
    let sheet = (form, ExportSheet::Service);
    let call = visit.reading()?;
    Ok(respond(visit.services().clone(), &call, ask, sheet, zone(&visit.request)).await?)
}

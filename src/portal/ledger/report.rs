//! The report of a month in the layout of the place: a workbook with placeholders is chosen, and comes back with the figures
//! in it. Nothing of it is kept.

use super::figures::ask;
use crate::api::ledger::statistics::{Placeholder, placeholders, report};
use crate::api::web::faults::Place;
use crate::api::web::problem::ApiError;
use crate::auth::permissions::Permission;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::offices::{OrgChoice, org_choices};
use crate::services::ledger::statistics::{By, Figures, FiguresAsk};
use crate::texts::sentences as s;
use actix_web::http::StatusCode;
use askama::Template;

/// The field of the template.
const TEMPLATE: &str = "template_file";

#[derive(Template)]
#[template(path = "figures_report.html")]
struct ReportPage {
    f: Frame,
    from: String,
    until: String,
    org: String,
    orgs: Vec<OrgChoice>,
    placeholders: Vec<Placeholder>,
    /// Why the template cannot be filled in.
    trouble: Option<String>,
}

async fn figures(visit: &Visit) -> Result<Figures, Fault> {
    let mut ask = ask(visit)?;
    if ask.days.from.is_none() && ask.days.until.is_none() {
        // The month before, which is over.
        let last = first_of_month(visit.days().today).plus(-1);
        ask.days.from = Some(first_of_month(last));
        ask.days.until = Some(last);
    }
    Ok(visit.services().figures(&visit.reading()?, FiguresAsk { by: By::Whole, ..ask }).await?)
}

fn first_of_month(day: Day) -> Day {
    use chrono::Datelike;
    day.date().with_day(1).map_or(day, Day::from_date)
}

async fn page(mut visit: Visit, trouble: Option<String>) -> Answer {
    let found = match figures(&visit).await {
        Ok(figures) => Some(figures),
        Err(fault) if fault.is_of_form() && fault.status() == StatusCode::UNPROCESSABLE_ENTITY => {
            visit.refuse(fault);
            None
        }
        Err(fault) => return Err(fault),
    };
    if trouble.is_some() {
        visit.status = StatusCode::UNPROCESSABLE_ENTITY;
    }
    let days = found.as_ref().map(|figures| (figures.whole.from, figures.whole.until));
    let typed = |name: &str, known: Option<Day>| {
        known.map(|day| day.to_string()).or_else(|| visit.asked(name)).unwrap_or_default()
    };
    let page = ReportPage {
        from: typed("from", days.map(|(from, _)| from)),
        until: typed("until", days.map(|(_, until)| until)),
        org: visit.asked("org").unwrap_or_default(),
        orgs: org_choices(&visit, Permission::ReadFigures).await?,
        placeholders: found.map(placeholders).unwrap_or_default(),
        trouble,
        f: visit.frame(visit.words().report_title()).await?,
    };
    visit.page(&page)
}

pub async fn show(visit: Visit) -> Answer {
    page(visit, None).await
}

/// The template with the figures in it.
pub async fn take(visit: Visit) -> Answer {
    let figures = figures(&visit).await?;
    let Some(template) = visit.form.file(TEMPLATE) else {
        let missing = visit.words().report_no_file();
        return page(visit, Some(missing)).await;
    };
    let title = visit.say(s::ReportTitle);
    match report(figures, template.to_vec(), (Place::Form, TEMPLATE), ("report", &title)).await {
        Err(ApiError::Field(fault)) => {
            let trouble = fault.text().say(visit.language);
            page(visit, Some(trouble)).await
        }
        answer => Ok(answer?),
    }
}

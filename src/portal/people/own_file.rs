//! My data: a copy to take along, what is wrong in the file, and erasing it.

use super::edit::YearText;
use crate::api::people::own_copy::respond;
use crate::api::web::fields::{PersonName, Reason, SearchText};
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycles::{CORRECTION, ERASURE, WITHDRAW_CORRECTION, WITHDRAW_ERASURE};
use crate::domain::people::correction::CorrectedField;
use crate::domain::people::erasure::{COOLING_DAYS, Hindrance};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::people::privacy::correcting::{Correction, CorrectionRequest};
use crate::services::people::privacy::erasing::{ErasureAsk, ErasureRequest};
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

/// A request for a correction, in words.
pub struct Asked {
    pub id: Id,
    /// «姓名：王示兰».
    pub what: String,
    pub why: String,
    pub state: String,
    pub answer: Option<String>,
    pub is_open: bool,
}

/// A request for erasure, in words.
struct Erasing {
    id: Id,
    state: String,
    /// The day from which it may be carried out.
    from: String,
    answer: Option<String>,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "own_data.html")]
struct OwnDataPage {
    f: Frame,
    /// What has just been done.
    done: Option<String>,
    correction: Option<Asked>,
    may_correct: bool,
    erasure: Option<Erasing>,
    may_erase: bool,
    cooling: String,
    /// What stands in the way, each as a sentence.
    hindrances: Vec<String>,
    chosen: String,
}

/// What stands in the way, as sentences.
pub fn sentences(visit: &Visit, found: Vec<(Hindrance, String)>) -> Vec<String> {
    let sentence = |(why, figure): (Hindrance, String)| {
        let figure = match why {
            Hindrance::Cooling => {
                crate::domain::time::Day::parse(&figure).map_or(figure, |day| visit.days().day(day))
            }
            _ => figure,
        };
        visit.say(s::ErasureStep { figure, why: why.as_str() })
    };
    found.into_iter().map(sentence).collect()
}

/// What a correction asks for, in words.
pub fn asked_words(visit: &Visit, asked: &Correction) -> String {
    let field = visit.say(s::OwnField { field: asked.field.as_str() });
    let value = match asked.field {
        CorrectedField::PartyMember if asked.value == "true" => visit.words().staff_yes(),
        CorrectedField::PartyMember => visit.words().own_no(),
        CorrectedField::Gender if asked.value == "female" => visit.words().own_female(),
        CorrectedField::Gender => visit.words().own_male(),
        _ => asked.value.clone(),
    };
    visit.say(s::OwnAsked { field, value })
}

pub async fn show(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.reading()?);
    let state = |state: &str| visit.say(s::RequestState { state });
    let correction = services.own_correction(&call).await?.map(|one| Asked {
        id: one.row.id,
        what: asked_words(&visit, &one.asked),
        why: one.asked.why,
        is_open: one.row.state == "open",
        state: state(&one.row.state),
        answer: one.asked.answer,
    });
    let own = services.own_erasure(&call).await?;
    let mut found = own.hindrances;
    let erasure = own.last.map(|one| {
        if one.row.state == "open" {
            found = one.hindrances;
        }
        Erasing {
            id: one.row.id,
            is_open: one.row.state == "open",
            state: state(&one.row.state),
            from: visit.days().day(one.wanted.not_before),
            answer: one.wanted.answer,
        }
    });
    let done = visit.query("done").map(|done| visit.say(s::OwnDone { done: done.as_str() }));
    let page = OwnDataPage {
        done: done.filter(|_| visit.fault.is_none()),
        may_correct: correction.as_ref().is_none_or(|one| !one.is_open),
        correction,
        may_erase: erasure.as_ref().is_none_or(|one| !one.is_open),
        erasure,
        cooling: visit.say(s::OwnErasureCooling { days: count(i64::from(COOLING_DAYS)) }),
        hindrances: sentences(&visit, found),
        chosen: visit.form.typed("corrected").unwrap_or("name").to_owned(),
        f: visit.frame(visit.words().own_title()).await?,
    };
    visit.page(&page)
}

/// Hands the copy out, takes a request, or takes one back.
pub async fn take(visit: Visit) -> Answer {
    let services = visit.services();
    match visit.form.typed("act").unwrap_or_default() {
        "copy" => {
            let call = visit.reading()?;
            Ok(respond(services.clone(), &call, visit.language, visit.zone()).await?)
        }
        "correct" => {
            let wish = correction(&visit)?;
            services.request_correction(&visit.call()?, wish).await?;
            visit.to("/me/data?done=correct")
        }
        "erase" => {
            let gives_up_points = visit.fields().ticked("gives_up_points");
            let wish = ErasureAsk { on_paper: None, gives_up_points };
            services.request_erasure(&visit.call()?, wish).await?;
            visit.to("/me/data?done=erase")
        }
        _ => withdraw(visit).await,
    }
}

fn correction(visit: &Visit) -> Result<Correction, Fault> {
    let fields = visit.fields();
    let why = fields.need::<Reason>("reason");
    let (field, value) = match visit.form.typed("corrected") {
        Some("party") => (CorrectedField::PartyMember, Ok("true".to_owned())),
        Some("no_party") => (CorrectedField::PartyMember, Ok("false".to_owned())),
        Some("female") => (CorrectedField::Gender, Ok("female".to_owned())),
        Some("male") => (CorrectedField::Gender, Ok("male".to_owned())),
        Some("birth_year") => (
            CorrectedField::BirthYear,
            fields.need::<YearText>("corrected_value").map(|year| year.0.to_string()),
        ),
        Some("trade") => {
            (CorrectedField::Trade, fields.need::<SearchText>("corrected_value").map(String::from))
        }
        _ => (CorrectedField::Name, fields.need::<PersonName>("corrected_value").map(String::from)),
    };
    fields.checked()?;
    Ok(Correction { field, value: value?, why: why?.into(), answer: None })
}

async fn withdraw(visit: Visit) -> Answer {
    let fields = visit.fields();
    let id = fields.need::<Id>("request");
    fields.checked()?;
    let (id, call, services) = (id?, visit.call()?, visit.services());
    if let Ok(step) = visit.chosen_step(&CORRECTION) {
        if step.is(&WITHDRAW_CORRECTION) {
            services.step::<CorrectionRequest>(&call, step, id, Params::new()).await?;
        }
    } else {
        let step = visit.chosen_step(&ERASURE)?;
        if step.is(&WITHDRAW_ERASURE) {
            services.step::<ErasureRequest>(&call, step, id, Params::new()).await?;
        }
    }
    visit.to("/me/data?done=withdrawn")
}

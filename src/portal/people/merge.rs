//! 合并: two files of one person side by side, one of which stays.

use super::{org_names, person_lines};
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::Reason;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::refusal::Refusal;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::services::Call;
use crate::services::people::counter::MemberRow;
use askama::Template;

/// One of the two files.
struct Side {
    id: Id,
    name: String,
    number: String,
    org: String,
    phone: String,
    born: String,
    balance: String,
    opened: String,
}

#[derive(Template)]
#[template(path = "staff_merge.html")]
struct Merge {
    f: Frame,
    id: Id,
    name: String,
    /// What was looked for.
    with: String,
    /// Others that it may be: none or several.
    choices: Vec<super::PersonLine>,
    sides: Option<(Side, Side)>,
    /// Why they cannot be merged.
    refused: Option<String>,
}

impl Merge {
    /// What leads from a choice to the comparison.
    fn merge_base(&self) -> String {
        format!("/staff/people/{}/merge?with=", self.id)
    }
}

async fn side(visit: &Visit, row: MemberRow) -> Result<Side, Fault> {
    let call = visit.reading()?;
    let balances = visit.services().balances(&call, row.id, Default::default()).await?;
    let balance = balances.iter().find(|of| of.asset == Asset::Point).map_or(0, |of| of.balance);
    let opened = visit.days().of(row.created_at);
    let orgs = org_names(visit).await?;
    let [line] = <[_; 1]>::try_from(person_lines(visit, vec![row], &orgs)?)
        .map_err(|_| crate::services::Error::Fault("a member was lost".into()))?;
    Ok(Side {
        id: line.id,
        name: line.name,
        number: line.number,
        org: line.org,
        phone: line.phone,
        born: line.born,
        balance: points(balance),
        opened,
    })
}

pub async fn show(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let (services, call) = (visit.services(), visit.reading()?);
    let own = services.member(&call, id).await?;
    let with = visit.query("with").unwrap_or_else(|| own.name.clone());
    // By id from a link, or as it is typed at the desk.
    let found = match with.parse::<Id>() {
        Ok(other) => vec![services.member(&call, other).await?],
        Err(_) => super::find::found(&visit, &with, None, 20).await?,
    };
    let mut others: Vec<MemberRow> = found.into_iter().filter(|row| row.id != own.id).collect();
    let asked = visit.query("with").is_some();
    let (mut sides, mut refused, mut choices) = (None, None, Vec::new());
    if others.len() == 1 && asked {
        let other = others.pop().ok_or(Refusal::absent("member"))?;
        let rehearsal = Call { dry_run: true, ..call.clone() };
        let tried = services.merge_members(&rehearsal, other.id, own.id, "–".to_owned()).await;
        refused = tried.err().map(Fault::from).map(|fault| {
            let (what, then) = fault.words(visit.language, visit.zone());
            format!("{what} {then}")
        });
        sides = Some((side(&visit, own.clone()).await?, side(&visit, other).await?));
    } else {
        choices = person_lines(&visit, others, &org_names(&visit).await?)?;
    }
    let f = visit.frame(visit.words().staff_merge_title()).await?;
    let with = if with.parse::<Id>().is_ok() { String::new() } else { with };
    visit.page(&Merge { f, id, name: own.name, with, choices, sides, refused })
}

pub async fn merge(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    let fields = visit.fields();
    let other = fields.need::<Id>("other");
    let reason = fields.need::<Reason>("reason");
    let stays = match visit.form.typed("stays").and_then(|text| text.parse::<Id>().ok()) {
        Some(stays) => Ok(stays),
        None => fields.refuse("stays", FieldFault::Missing),
    };
    fields.checked()?;
    let (other, stays) = (other?, stays?);
    let (duplicate, stays) = if stays == other { (id, other) } else { (other, id) };
    visit.services().merge_members(&visit.call()?, duplicate, stays, reason?.into()).await?;
    visit.to(&format!("/staff/people/{stays}"))
}

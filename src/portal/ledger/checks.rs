//! Whether the book is right: sums that must be equal, the end of the chain to write down, and a look through
//! everything.

use super::journal::figure;
use crate::auth::permissions::Permission;
use crate::domain::figures::count;
use crate::domain::ledger::asset::Asset;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::services::Error;
use crate::texts::{Text, sentences as s};
use askama::Template;
use serde::{Deserialize, Serialize};
use std::collections::BTreeMap;
use std::time::Instant;

/// The sums of one asset over all accounts.
struct Sums {
    asset: String,
    debits: String,
    credits: String,
    difference: String,
    is_equal: bool,
}

/// What looking through the whole book has found.
#[derive(Clone, Serialize, Deserialize)]
struct Looked {
    entries: i64,
    postings: i64,
    accounts: i64,
    documents: i64,
    head: i64,
    hash: String,
    /// Table and row, and what is wrong there.
    finding: Option<(String, String)>,
    milliseconds: u64,
}

/// The same in words.
struct Shown {
    is_right: bool,
    sentence: String,
    hash: String,
    place: Option<String>,
}

#[derive(Template)]
#[template(path = "checks.html")]
struct ChecksPage {
    f: Frame,
    sums: Vec<Sums>,
    all_equal: bool,
    head: String,
    hash: String,
    recorded: String,
    may_look: bool,
    result: Option<Shown>,
}

/// The page.
pub async fn show(visit: Visit) -> Answer {
    page(visit, None).await
}

async fn page(visit: Visit, result: Option<Shown>) -> Answer {
    let (services, actor) = (visit.services(), visit.actor()?);
    let head = services.head(actor).await?;
    // Goods are kept by offer: their pieces are added up to one line, which is equal only if each of them is.
    let mut by_kind: BTreeMap<String, (Asset, i64, i64, bool)> = BTreeMap::new();
    for (asset, debits, credits, ..) in services.trial_balance(actor).await? {
        let Ok(asset) = asset.parse::<Asset>() else { continue };
        let kind = if matches!(asset, Asset::Stock(_)) { "STOCK".to_owned() } else { asset.to_string() };
        let sum = by_kind.entry(kind).or_insert((asset, 0, 0, true));
        let (_, all_debits, all_credits, is_equal) = sum;
        *is_equal = *is_equal && debits == credits;
        *all_debits = all_debits.saturating_add(debits);
        *all_credits = all_credits.saturating_add(credits);
    }
    let sums = by_kind.into_iter().map(|(kind, (asset, debits, credits, is_equal))| Sums {
        asset: visit.say(Text::from(s::OfficeAsset { asset: kind })),
        debits: figure(asset, debits),
        credits: figure(asset, credits),
        difference: figure(asset, credits.saturating_sub(debits)),
        is_equal,
    });
    let sums: Vec<Sums> = sums.collect();
    let page = ChecksPage {
        f: visit.frame(visit.words().office_checks_title()).await?,
        all_equal: sums.iter().all(|one| one.is_equal),
        sums,
        head: count(head.number),
        hash: hex::encode(head.hash),
        recorded: visit.days().moment(head.recorded_at),
        may_look: actor.may(Permission::VerifyLedger),
        result,
    };
    visit.page(&page)
}

/// Looks through the whole book. The result stands on the page that answers: nothing of it is kept, and a reload shows
/// it again under the key of the form.
pub async fn look(visit: Visit) -> Answer {
    let (services, call) = (visit.services(), visit.call()?);
    if !call.actor.may(Permission::VerifyLedger) {
        return Err(crate::api::web::problem::ApiError::Forbidden(&[Permission::VerifyLedger]).into());
    }
    let language = visit.language;
    let look = async {
        let begun = Instant::now();
        let found = services.verify(&call.actor).await?;
        let finding = found.finding.map(|one| (one.place.clone(), one.text(language).to_owned()));
        Ok::<_, Error>(Looked {
            entries: found.entries,
            postings: found.postings,
            accounts: found.accounts,
            documents: found.documents,
            head: found.head,
            hash: found.hash,
            finding,
            milliseconds: u64::try_from(begun.elapsed().as_millis()).unwrap_or(u64::MAX),
        })
    };
    let looked: Looked = services.look_up_once(&call, look).await?;
    let seconds = format!("{}.{}", looked.milliseconds / 1000, looked.milliseconds % 1000 / 100);
    let sentence = match &looked.finding {
        None => visit.say(s::OfficeLookedRight {
            entries: count(looked.entries),
            postings: count(looked.postings),
            accounts: count(looked.accounts),
            documents: count(looked.documents),
            head: count(looked.head),
            seconds,
        }),
        Some((_, fault)) => visit.say(s::OfficeLookedWrong { fault, seconds }),
    };
    let result = Shown {
        is_right: looked.finding.is_none(),
        sentence,
        hash: looked.hash,
        place: looked.finding.map(|(place, _)| place),
    };
    page(visit, Some(result)).await
}

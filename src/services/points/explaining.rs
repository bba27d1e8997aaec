//! Why an award is as large as it is, in sentences: for the person, who acts for them, and staff.

use super::awards::{award_at, metadata_of, purse, sentences};
use crate::auth::permissions::Permission;
use crate::domain::amount;
use crate::domain::language::Language;
use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::entry::{Entry, EntryKind};
use crate::domain::points::scheme::Explanation;
use crate::domain::refusal::Refusal;
use crate::services::people::proxies::acts_for;
use crate::services::{Call, Error, Services};
use crate::store::Tables;

impl Services {
    /// The explanation of an award, in sentences.
    pub async fn explain_award(
        &self,
        call: &Call,
        number: i64,
        language: Language,
    ) -> Result<Vec<String>, Error> {
        let caller = call.clone();
        self.store
            .read(call.actor.bank, move |tables| {
                let entry = award_entry(tables, &caller, number)?;
                let metadata = metadata_of(&entry);
                let kept = metadata.get("explanation").and_then(|text| Explanation::from_json(text));
                let explanation = kept.ok_or(Refusal::absent("award"))?;
                let mut explained = sentences(&entry, &explanation, language);
                explained.extend(withheld(tables, number, language)?);
                Ok(explained)
            })
            .await
    }
}

/// An award within reach, one's own, or of points to a person for whom the caller acts: scores are seen inside a branch
/// only.
fn award_entry(tables: &mut Tables<'_>, call: &Call, number: i64) -> Result<Entry, Error> {
    let (entry, member, path) = award_at(tables, number)?;
    let own = purse(member.id, member.kind == "household", Asset::Point).id;
    let of_points = entry.postings.iter().any(|leg| leg.credit == own || leg.debit == own);
    let acts = of_points && acts_for(tables, call, member.id)?.is_some();
    if call.actor.member != Some(member.id) && !acts {
        call.must_reach(Permission::ReadAwards, &path, Refusal::absent("award"))?;
    }
    Ok(entry)
}

/// The part of an award that paid the member's debt: said by the entry right behind it.
fn withheld(tables: &mut Tables<'_>, number: i64, language: Language) -> Result<Option<String>, Error> {
    let Some(behind) = tables.entry(number.saturating_add(1))?.filter(|e| e.kind == EntryKind::Reclaim)
    else {
        return Ok(None);
    };
    let paid = behind.postings.iter().fold(0_i64, |sum, leg| sum.saturating_add(leg.amount));
    let points = amount::short(paid, Asset::Point.decimals());
    Ok(Some(match language {
        Language::Chinese => format!("其中 {points} 分抵了待追回的积分。"),
        Language::English => format!("{points} points of it paid what was still owed."),
    }))
}

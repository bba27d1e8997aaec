//! What the lines of a passbook are about: the activity and its place, the goods and the shop, the item of a scheme.

use super::passbook::of_passbook;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::asset::Asset;
use crate::domain::points::gift::{Gift, GiftForm};
use crate::domain::points::scheme::{Explanation, Step};
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::services::points::gifts::name_for;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::ledger::histories::PassbookLine;
use std::collections::{BTreeMap, HashMap};

/// What an entry was about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct About {
    /// The activity, the goods with their number of pieces, or the item of the scheme.
    pub what: Option<String>,
    /// Where: the activity's place, or the shop.
    pub place: Option<String>,
    /// Service time in minutes.
    pub minutes: Option<i64>,
    /// The record behind an award.
    pub record: Option<Id>,
    /// The redemption behind it.
    pub redemption: Option<Id>,
    /// The gift behind it.
    pub gift: Option<GiftSides>,
}

/// A gift as its two sides see it; `None`: the other side is a pool.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct GiftSides {
    pub form: GiftForm,
    /// Whom the giver sees, by a masked name but for the own household.
    pub receiver: Option<String>,
    /// Whom the receiver sees.
    pub giver: Option<String>,
}

impl Services {
    /// Lines of a member's passbook in one asset, newest first, each with what it is about.
    pub async fn passbook_with_words(
        &self,
        call: &Call,
        member: Id,
        asset: Asset,
        days: Days,
        before: Option<(i64, i64)>,
        limit: i64,
    ) -> Result<Vec<(PassbookLine, About)>, Error> {
        self.note_look(call, member).await?;
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let (member, _) = of_passbook(tables, &caller, member, Some(asset))?;
            let account = super::passbook::account_of(member.id, asset);
            let lines = tables.history_of_days(account, days, before, limit)?;
            with_words(tables, lines)
        });
        found.await
    }
}

impl Services {
    /// One line of a member's passbook of points, by its entry.
    pub async fn passbook_entry(
        &self,
        call: &Call,
        member: Id,
        entry: i64,
    ) -> Result<(PassbookLine, About), Error> {
        let after = (entry.saturating_add(1), 0);
        let days = Days::default();
        let found = self.passbook_with_words(call, member, Asset::Point, days, Some(after), 1).await?;
        let line = found.into_iter().next().filter(|(line, _)| line.entry == entry);
        line.ok_or_else(|| Refusal::absent("award").into())
    }
}

/// The id in a source such as `redemption/<id>`.
pub(in crate::services) fn named(source: Option<&str>, kind: &str) -> Option<Id> {
    source?.strip_prefix(kind)?.strip_prefix('/')?.parse().ok()
}

/// Adds what each line is about, in a fixed number of statements.
pub(super) fn with_words(
    tables: &mut Tables<'_>,
    lines: Vec<PassbookLine>,
) -> Result<Vec<(PassbookLine, About)>, Error> {
    let heads: Vec<_> = lines.iter().map(|line| (line.entry, line.source.clone())).collect();
    let abouts = abouts(tables, &heads)?;
    let of_line = |line: &PassbookLine| abouts.get(&line.entry).cloned().unwrap_or_default();
    Ok(lines.into_iter().map(|line| (line.clone(), of_line(&line))).collect())
}

/// What entries, given with their sources, are about; in a fixed number of statements.
pub(in crate::services) fn abouts(
    tables: &mut Tables<'_>,
    entries: &[(i64, Option<String>)],
) -> Result<HashMap<i64, About>, Error> {
    let named_all =
        |kind| entries.iter().filter_map(|(_, source)| named(source.as_deref(), kind)).collect::<Vec<_>>();
    let records = records(tables, named_all("service_record"))?;
    let redemptions = redemptions(tables, named_all("redemption"))?;
    // A gift out of a pool has the id of its proposal.
    let gifts = named_all("gift").into_iter().chain(named_all("proposal")).collect::<Vec<_>>();
    let gifts = if gifts.is_empty() { HashMap::new() } else { seen_by_both(tables, &gifts)? };
    let numbers: Vec<i64> = entries.iter().map(|(entry, _)| *entry).collect();
    let heads = tables.metadata_of_entries(&numbers)?;
    let about = |(entry, source): &(i64, Option<String>)| {
        let source = source.as_deref();
        if let Some(deed) = named(source, "service_record").and_then(|id| records.get(&id)) {
            return (*entry, deed.clone());
        }
        if let Some(deed) = named(source, "redemption").and_then(|id| redemptions.get(&id)) {
            return (*entry, deed.clone());
        }
        if let Some(gift) = named(source, "gift").or(named(source, "proposal")).and_then(|id| gifts.get(&id))
        {
            return (*entry, About { gift: Some(gift.clone()), ..About::default() });
        }
        let item = heads.get(entry).and_then(|(_, metadata)| item_of(metadata));
        (*entry, About { what: item, ..About::default() })
    };
    Ok(entries.iter().map(about).collect())
}

/// The name of the scheme's item in the explanation of an award.
fn item_of(metadata: &str) -> Option<String> {
    let metadata: BTreeMap<String, String> = serde_json::from_str(metadata).ok()?;
    let explanation = Explanation::from_json(metadata.get("explanation")?)?;
    explanation.steps.into_iter().find_map(|step| match step {
        Step::Item { name, .. } => Some(name),
        _ => None,
    })
}

fn records(tables: &mut Tables<'_>, ids: Vec<Id>) -> Result<HashMap<Id, About>, Error> {
    let found = tables.documents(DocumentKind::ServiceRecord, ids)?.into_values();
    let found: Vec<_> = found
        .filter_map(|document| match document {
            Document::ServiceRecord(record) => Some(record),
            _ => None,
        })
        .collect();
    let activities = tables.activities(found.iter().map(|record| record.activity_id))?;
    let deed = |record: crate::domain::service::record::ServiceRecord| {
        let activity = activities.get(&record.activity_id);
        let deed = About {
            what: activity.map(|activity| activity.title.clone()),
            place: activity.map(|activity| activity.place.clone()),
            minutes: Some(record.service_minutes),
            record: Some(record.id),
            ..About::default()
        };
        (record.id, deed)
    };
    Ok(found.into_iter().map(deed).collect())
}

fn redemptions(tables: &mut Tables<'_>, ids: Vec<Id>) -> Result<HashMap<Id, About>, Error> {
    let found = tables.documents(DocumentKind::Redemption, ids)?.into_values();
    let found: Vec<_> = found
        .filter_map(|document| match document {
            Document::Redemption(redemption) => Some(redemption),
            _ => None,
        })
        .collect();
    let mut offers: Vec<Id> =
        found.iter().flat_map(|one| one.lines.iter().map(|line| line.offer_id)).collect();
    offers.sort_unstable();
    offers.dedup();
    let offers: HashMap<Id, String> =
        tables.offers_by_id(&offers)?.into_iter().map(|offer| (offer.id, offer.name)).collect();
    let shops = tables.merchants_of(found.iter().map(|redemption| redemption.merchant_id))?;
    let deed = |redemption: crate::domain::shops::redemption::Redemption| {
        let goods = redemption.lines.iter().filter_map(|line| {
            let name = offers.get(&line.offer_id)?;
            Some(if line.quantity > 1 { format!("{name} × {}", line.quantity) } else { name.clone() })
        });
        let deed = About {
            what: Some(goods.collect::<Vec<_>>().join("、")),
            place: shops.get(&redemption.merchant_id).map(|shop| shop.name.clone()),
            redemption: Some(redemption.id),
            ..About::default()
        };
        (redemption.id, deed)
    };
    Ok(found.into_iter().map(deed).collect())
}

/// Gifts as the passbooks of both sides name them.
fn seen_by_both(tables: &mut Tables<'_>, ids: &[Id]) -> Result<HashMap<Id, GiftSides>, Error> {
    let gifts = tables.gifts_by_id(ids)?;
    let people =
        tables.files(gifts.iter().flat_map(|gift| gift.giver_id.into_iter().chain(gift.receiver_id)))?;
    let named = |id: Option<Id>, form| id.and_then(|id| people.get(&id)).map(|row| name_for(row, form));
    let seen = |gift: Gift| {
        let (receiver, giver) = (named(gift.receiver_id, gift.form), named(gift.giver_id, gift.form));
        (gift.id, GiftSides { form: gift.form, receiver, giver })
    };
    Ok(gifts.into_iter().map(seen).collect())
}

//! A statement as people read it: with the names of the shop, the goods and those who acted.

use crate::auth::permissions::Permission;
use crate::domain::document::{Document, DocumentKind};
use crate::domain::id::Id;
use crate::domain::ledger::entry::{Effect, Entry};
use crate::domain::refusal::Refusal;
use crate::domain::settlement::statement::Statement;
use crate::domain::time::Moment;
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::ledger::journal::EntryFilter;
use std::collections::HashMap;

/// The most entries of one statement that are looked at: its steps, of which each is one.
const STEPS: i64 = 100;

/// What a line of a statement is about.
#[derive(Clone, Debug, Default, PartialEq, Eq)]
pub struct LineAbout {
    /// When its entry took effect.
    pub at: Option<Moment>,
    /// The goods, with the number of pieces.
    pub goods: String,
}

/// A step that was taken with a statement.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct StatementStep {
    pub entry: i64,
    pub at: Moment,
    /// The state after it.
    pub state: String,
    /// `None`: the program itself.
    pub by: Option<String>,
    /// Why the shop disputed it.
    pub reason: Option<String>,
}

/// A statement with what its ids stand for.
#[derive(Clone, Debug)]
pub struct StatementSeen {
    pub statement: Statement,
    pub shop: String,
    /// In the order of the lines.
    pub lines: Vec<LineAbout>,
    /// From its issue on.
    pub steps: Vec<StatementStep>,
}

impl Services {
    /// A statement within reach, or of the own shop, with names. A fixed number of statements, however long it is.
    pub async fn statement_seen(&self, call: &Call, id: Id) -> Result<StatementSeen, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let statement = tables.statement(id)?.ok_or(Refusal::absent("statement"))?;
            let (merchant, path) = tables.merchant_at(statement.merchant_id)?;
            caller.must_work_for(Permission::ReadStatements, &merchant, &path)?;
            let lines = about_lines(tables, &statement)?;
            let steps = steps_of(tables, id)?;
            Ok(StatementSeen { statement, shop: merchant.name, lines, steps })
        });
        found.await
    }
}

fn about_lines(tables: &mut Tables<'_>, statement: &Statement) -> Result<Vec<LineAbout>, Error> {
    let redeemed = statement.lines.iter().map(|line| line.redemption_id);
    let redemptions = tables.documents(DocumentKind::Redemption, redeemed)?;
    let mut offers: Vec<Id> = Vec::new();
    for document in redemptions.values() {
        if let Document::Redemption(redemption) = document {
            offers.extend(redemption.lines.iter().map(|line| line.offer_id));
        }
    }
    offers.sort_unstable();
    offers.dedup();
    let names: HashMap<Id, String> =
        tables.offers_by_id(&offers)?.into_iter().map(|offer| (offer.id, offer.name)).collect();
    let numbers: Vec<i64> = statement.lines.iter().map(|line| line.entry_number).collect();
    let heads = tables.metadata_of_entries(&numbers)?;
    let about = statement.lines.iter().map(|line| {
        let goods = match redemptions.get(&line.redemption_id) {
            Some(Document::Redemption(redemption)) => {
                let named = redemption.lines.iter().filter_map(|one| {
                    let name = names.get(&one.offer_id)?;
                    let several = one.quantity > 1;
                    Some(if several { format!("{name} × {}", one.quantity) } else { name.clone() })
                });
                named.collect::<Vec<_>>().join("、")
            }
            _ => String::new(),
        };
        LineAbout { at: heads.get(&line.entry_number).map(|(at, _)| *at), goods }
    });
    Ok(about.collect())
}

fn steps_of(tables: &mut Tables<'_>, id: Id) -> Result<Vec<StatementStep>, Error> {
    let filter = EntryFilter { source: Some(format!("statement/{id}")), ..EntryFilter::default() };
    let mut numbers = tables.entry_numbers(&filter, STEPS)?;
    numbers.sort_unstable();
    let (entries, mut reasons) = (tables.entries(&numbers)?, tables.notes(&numbers)?);
    let users = tables.users(entries.iter().map(|entry| entry.actor))?;
    let state_after = |entry: &Entry| {
        entry.effects.iter().find_map(|effect| match effect {
            Effect::Document { state, .. } => Some(state.clone()),
            _ => None,
        })
    };
    let steps = entries.into_iter().map(|entry| StatementStep {
        entry: entry.number,
        at: entry.recorded_at,
        state: state_after(&entry).unwrap_or_default(),
        by: users.get(&entry.actor).map(|user| user.name.clone()),
        reason: reasons.remove(&entry.number),
    });
    Ok(steps.collect())
}

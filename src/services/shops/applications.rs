//! Applications of new shops (商家申请): by a member for a shop of their own, or by staff for a member; decided by those who
//! look after the shops of the organisation.

use super::merchants::{first_rate, owner};
use crate::auth::permissions::Permission;
use crate::domain::id::Id;
use crate::domain::life_cycle::LifeCycle;
use crate::domain::life_cycles::{APPROVE_SHOP, SHOP_APPLICATION};
use crate::domain::refusal::Refusal;
use crate::domain::settlement::payable::RateFen;
use crate::domain::settlement::statement::SettlementModel;
use crate::ledger::Command;
use crate::services::people::orgs::check_open;
use crate::services::step::{HasLifeCycle, Place, StepContext, versioned_row};
use crate::services::{Call, Error, Services};
use crate::store::Tables;
use crate::store::people::members::MemberRow;
pub use crate::store::shops::applications::{ShopApplicationFilter, ShopApplicationRow};
use crate::store::shops::merchants::MerchantRow;
use std::collections::HashMap;

/// Applications of one person that wait at a time.
const WAITING_AT_ONCE: usize = 3;
const APPLIED: &str = "applied";

/// What is applied for.
#[derive(Clone, Debug)]
pub struct ShopApplicationAsk {
    pub name: String,
    /// The community that it wants to belong to; `None`: that of its owner.
    pub org: Option<Id>,
    /// By staff for a member; `None`: for oneself.
    pub owner_member: Option<Id>,
    pub model: SettlementModel,
    pub address: String,
    /// 统一社会信用代码, checked.
    pub credit_code: Option<String>,
    pub goods: String,
}

/// An application with the names that belong to it.
#[derive(Clone, Debug)]
pub struct ShopApplicationSeen {
    pub row: ShopApplicationRow,
    pub org: String,
    pub owner: String,
}

impl Services {
    /// Applies for a shop; returns the id of the application.
    pub async fn apply_for_shop(&self, call: &Call, ask: ShopApplicationAsk) -> Result<Id, Error> {
        let (caller, id) = (call.clone(), self.next_id());
        let made = self.write(call, move |tables| {
            let owner = applicant(tables, &caller, ask.owner_member)?;
            let org = ask.org.unwrap_or(owner.org_id);
            tables.org(org)?.ok_or(Refusal::absent("org"))?;
            check_open(tables, org)?;
            let own = Some((caller.actor.user, vec![owner.id]));
            let waiting = ShopApplicationFilter {
                own,
                state: Some(APPLIED.into()),
                ..ShopApplicationFilter::default()
            };
            let waiting = tables.shop_applications_page(&waiting, i64::MAX)?;
            if waiting.iter().filter(|one| one.owner_member_id == owner.id).count() >= WAITING_AT_ONCE {
                return Err(Refusal::ShopApplicationsWait.into());
            }
            tables.insert(&ShopApplicationRow {
                bank_id: tables.bank,
                id,
                name: ask.name.clone(),
                org_id: org,
                owner_member_id: owner.id,
                model: ask.model.to_string(),
                address: ask.address.clone(),
                credit_code: ask.credit_code.clone(),
                goods: ask.goods.clone(),
                state: APPLIED.into(),
                made_by: caller.actor.user,
                made_at: tables.now,
                decided_by: None,
                decided_at: None,
                reason: None,
                merchant_id: None,
                version: 1,
            })?;
            Ok(id)
        });
        Ok(made.await?.0)
    }

    /// Applications, newest first: the caller's own, or all within reach.
    pub async fn shop_applications(
        &self,
        call: &Call,
        filter: ShopApplicationFilter,
        own: bool,
        limit: i64,
    ) -> Result<Vec<ShopApplicationSeen>, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let paths = caller.actor.paths(Permission::ReadMerchants);
            let own = match own || paths.is_empty() {
                true => Some((caller.actor.user, own_ids(tables, &caller)?)),
                false => None,
            };
            let rows =
                tables.shop_applications_page(&ShopApplicationFilter { paths, own, ..filter }, limit)?;
            with_names(tables, rows)
        });
        found.await
    }

    /// One of the caller's own, or one within reach.
    pub async fn shop_application(&self, call: &Call, id: Id) -> Result<ShopApplicationSeen, Error> {
        let caller = call.clone();
        let found = self.store.read(call.actor.bank, move |tables| {
            let absent = Refusal::absent("shop_application");
            let row: ShopApplicationRow = tables.find(id)?.ok_or(absent.clone())?;
            if !is_applicant(tables, &caller, &row)? {
                let path = tables.org_path(row.org_id)?;
                caller.must_reach(Permission::ReadMerchants, &path, absent.clone())?;
            }
            with_names(tables, vec![row])?.pop().ok_or_else(|| absent.into())
        });
        found.await
    }
}

/// Whose shop it is to be: a member within reach of who has an office, or the caller.
fn applicant(tables: &mut Tables<'_>, call: &Call, named: Option<Id>) -> Result<MemberRow, Error> {
    let member = match named {
        Some(member) => {
            let (file, path) = tables.file_at(member)?;
            call.must_reach(Permission::WriteMembers, &path, Refusal::absent("member"))?;
            file
        }
        None => tables.member_that_stays(call.actor.member.ok_or(Refusal::absent("member"))?)?,
    };
    owner(tables, member.id)
}

/// Whether the caller made it, or it is for a shop of theirs.
pub(in crate::services) fn is_applicant(
    tables: &mut Tables<'_>,
    call: &Call,
    row: &ShopApplicationRow,
) -> Result<bool, Error> {
    Ok(row.made_by == call.actor.user || own_ids(tables, call)?.contains(&row.owner_member_id))
}

fn own_ids(tables: &mut Tables<'_>, call: &Call) -> Result<Vec<Id>, Error> {
    call.actor.member.map_or(Ok(Vec::new()), |member| tables.ids_of_file(member))
}

fn with_names(
    tables: &mut Tables<'_>,
    rows: Vec<ShopApplicationRow>,
) -> Result<Vec<ShopApplicationSeen>, Error> {
    let orgs = tables.orgs(rows.iter().map(|row| row.org_id))?;
    let members = tables.members_by_id(rows.iter().map(|row| row.owner_member_id))?;
    let owners: HashMap<Id, String> = members.into_iter().map(|member| (member.id, member.name)).collect();
    let seen = |row: ShopApplicationRow| ShopApplicationSeen {
        org: orgs.get(&row.org_id).map(|org| org.name.clone()).unwrap_or_default(),
        owner: owners.get(&row.owner_member_id).cloned().unwrap_or_default(),
        row,
    };
    Ok(rows.into_iter().map(seen).collect())
}

impl HasLifeCycle for ShopApplicationRow {
    const CYCLE: &'static LifeCycle = &SHOP_APPLICATION;

    versioned_row!();

    fn place(&self, tables: &mut Tables<'_>) -> Result<Place, Error> {
        let member = Some(tables.member_that_stays(self.owner_member_id)?);
        Ok(Place { path: tables.org_path(self.org_id)?, member, ..Place::default() })
    }

    fn title(&self, _: &mut Tables<'_>) -> Result<Option<String>, Error> {
        Ok(Some(self.name.clone()))
    }

    /// Who wrote it or for whom it was written takes it back.
    fn is_reached(&self, context: &mut StepContext<'_, '_>) -> Result<bool, Error> {
        is_applicant(context.tables, context.call, self)
    }

    /// Opens the shop. The owner's log-in for it is created separately, on the page of the shop.
    fn effect(&mut self, context: &mut StepContext<'_, '_>) -> Result<Option<Command>, Error> {
        if !context.is(&APPROVE_SHOP) {
            return Ok(None);
        }
        check_open(context.tables, self.org_id)?;
        let (shop, rate) = (context.services.next_id(), context.param::<Option<String>>("rate_fen")?);
        let rate = rate.map(|rate| RateFen::parse(&rate)).transpose();
        let rate = rate.map_err(|fault| Error::Fault(format!("rate: {fault}")))?;
        let model = SettlementModel::parse(&self.model).unwrap_or(SettlementModel::DonatedGoods);
        // The file that stays, if two of the owner became one meanwhile.
        let owner = context.place.member.clone().ok_or(Refusal::absent("member"))?;
        context.tables.insert(&MerchantRow {
            bank_id: context.tables.bank,
            id: shop,
            name: self.name.clone(),
            org_id: self.org_id,
            owner_member_id: Some(owner.id),
            model: self.model.clone(),
            rate_fen: first_rate(model, rate)?.to_string(),
            state: "open".into(),
            created_at: context.tables.now,
            version: 1,
            two_above_fen: None,
            later_rates: None,
        })?;
        self.merchant_id = Some(shop);
        Ok(None)
    }
}

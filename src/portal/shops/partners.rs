//! The shops of a bank, for those who look after them: the list, new ones, and one with what can be done.

use super::clerks::open_for;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{RateText, SearchText, Title, YuanText};
use crate::auth::permissions::{Permission, Role};
use crate::domain::amount;
use crate::domain::figures::counted;
use crate::domain::id::Id;
use crate::domain::life_cycles::MERCHANT;
use crate::domain::refusal::Refusal;
use crate::domain::settlement::payable::RateFen;
use crate::domain::settlement::statement::SettlementModel;
use crate::domain::time::Day;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::offices::{OrgChoice, org_choices};
use crate::portal::settlement::sheet::yuan;
use crate::services::people::counter::MemberSearch;
use crate::services::shops::applications::ShopApplicationFilter;
use crate::services::shops::merchants::{MerchantAsk, MerchantChange, MerchantRow, MerchantSeen, RateChange};
use crate::services::step::Params;
use crate::texts::{Text, sentences as s};
use askama::Template;
use std::collections::HashMap;

/// Waiting applications that are counted.
const MOST: i64 = 100;

/// A shop in the list.
struct Line {
    path: String,
    name: String,
    org: String,
    model: String,
    state: String,
    is_open: bool,
}

#[derive(Template)]
#[template(path = "partners.html")]
struct ListPage {
    f: Frame,
    lines: Vec<Line>,
    may_open: bool,
    /// Applications that wait for a decision, in words; empty: none.
    waiting: String,
}

/// How it is settled with, and at which rate, if that is known.
pub(super) fn model_words(visit: &Visit, model: &str, rate: Option<RateFen>) -> String {
    match (SettlementModel::parse(model), rate) {
        (Some(SettlementModel::CommunityFund), Some(rate)) => {
            visit.say(s::OfficeModelFund { fen: rate.to_string() })
        }
        (Some(SettlementModel::CommunityFund), None) => visit.words().office_model_fund_choice(),
        _ => visit.words().office_model_donated(),
    }
}

/// The shops that the caller looks after.
async fn own(visit: &Visit) -> Result<Vec<MerchantSeen>, Fault> {
    let mut seen = visit.services().merchants(&visit.reading()?).await?;
    seen.retain(|one| one.settled);
    Ok(seen)
}

/// How many applications of shops wait, up to `most`.
pub async fn waiting_applications(visit: &Visit, most: i64) -> Result<usize, Fault> {
    let filter = ShopApplicationFilter { state: Some("applied".into()), ..ShopApplicationFilter::default() };
    Ok(visit.services().shop_applications(&visit.reading()?, filter, false, most).await?.len())
}

/// The list, in the order in which they joined.
pub async fn list(visit: Visit) -> Answer {
    let names: HashMap<Id, String> =
        visit.services().orgs(&visit.reading()?).await?.into_iter().map(|org| (org.id, org.name)).collect();
    let line = |one: MerchantSeen| Line {
        path: format!("/admin/shops/{}", one.merchant.id),
        org: names.get(&one.merchant.org_id).cloned().unwrap_or_default(),
        model: model_words(&visit, &one.merchant.model, Some(one.rate)),
        state: visit.say(Text::from(s::State { state: one.merchant.state.clone() })),
        is_open: one.merchant.state == "open",
        name: one.merchant.name,
    };
    let lines = own(&visit).await?.into_iter().map(line).collect();
    let may_open = visit.actor()?.may(Permission::WriteMerchants);
    let f = visit.frame(visit.words().menu_shops()).await?;
    let waiting = match waiting_applications(&visit, MOST).await? {
        0 => String::new(),
        number => visit.say(s::ApplicationsWaiting { number: counted(number, MOST) }),
    };
    visit.page(&ListPage { f, lines, may_open, waiting })
}

#[derive(Template)]
#[template(path = "partner_new.html")]
struct NewPage {
    f: Frame,
    orgs: Vec<OrgChoice>,
}

/// The form for a new one.
pub async fn new(visit: Visit) -> Answer {
    let orgs = org_choices(&visit, Permission::WriteMerchants).await?;
    let f = visit.frame(visit.words().office_shop_new()).await?;
    visit.page(&NewPage { f, orgs })
}

/// The volunteer with this passbook number, within reach.
pub(super) async fn numbered(visit: &Visit, number: String) -> Result<Id, Fault> {
    let search = MemberSearch { number: Some(number), ..MemberSearch::default() };
    let found = visit.services().find_members(&visit.reading()?, search, None, 1).await?;
    Ok(found.first().map(|row| row.id).ok_or(Refusal::absent("member_number"))?)
}

/// Takes a shop into the bank.
pub async fn open(visit: Visit) -> Answer {
    let fields = visit.fields();
    let name = fields.need::<Title>("title");
    let org = fields.need::<Id>("org");
    let model = fields.need::<SettlementModel>("model");
    let rate = fields.maybe::<RateText>("rate_fen");
    let owner = fields.maybe::<SearchText>("member_number");
    let two_above = fields.maybe::<YuanText>("two_above");
    fields.checked()?;
    let owner_member = match owner? {
        Some(number) => Some(numbered(&visit, number.into()).await?),
        None => None,
    };
    let (rate, two_above_fen) = (rate?.map(|rate| rate.rate()), two_above?.map(|sum| sum.minor()));
    let (name, org, model) = (name?.into(), org?, model?);
    let ask = MerchantAsk { name, org, owner_member, model, rate, two_above_fen };
    let id = visit.services().open_merchant(&visit.call()?, ask).await?;
    visit.to(&format!("/admin/shops/{id}"))
}

#[derive(Template)]
#[template(path = "partner_one.html")]
struct OnePage {
    f: Frame,
    path: String,
    name: String,
    org: String,
    model: String,
    state: String,
    is_open: bool,
    has_owner: bool,
    /// The next rate, and from which day on.
    next_rate: Option<String>,
    /// A fund pays it: its rate can be changed.
    is_paid: bool,
    /// Goods in above this value need a second person.
    two_above: Option<String>,
    two_above_typed: String,
    /// The caller may change name, owner and that value.
    may_change: bool,
    /// The caller may make a log-in for its owner.
    may_open_owner: bool,
    version: i64,
    statements: String,
    board: String,
    goods: Vec<super::shelf::Goods>,
    /// The steps that can be taken now: name and words.
    steps: Vec<(&'static str, String)>,
}

/// One shop.
pub async fn one(visit: Visit) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let seen = own(&visit).await?.into_iter().find(|one| one.merchant.id == id);
    let seen = seen.ok_or(Refusal::absent("merchant"))?;
    let (shop, days) = (seen.merchant, visit.days());
    let next_rate = seen.next_rate.map(|(first_day, rate)| {
        visit.say(s::OfficeNextRate { day: days.day(first_day), fen: rate.to_string() })
    });
    let orgs = services.orgs(&call).await?;
    let (_, open) = services.open_steps::<MerchantRow>(&call, id).await?;
    let goods = services.offers(&call, id).await?;
    // A step to the state that it has is no step for people.
    let steps = open.iter().filter(|step| step.to != shop.state);
    let page = OnePage {
        f: visit.frame(shop.name.clone()).await?,
        path: format!("/admin/shops/{id}"),
        org: orgs.into_iter().find(|org| org.id == shop.org_id).map(|org| org.name).unwrap_or_default(),
        model: model_words(&visit, &shop.model, Some(seen.rate)),
        next_rate,
        is_paid: SettlementModel::parse(&shop.model) == Some(SettlementModel::CommunityFund),
        state: visit.say(Text::from(s::State { state: shop.state.clone() })),
        is_open: shop.state == "open",
        has_owner: shop.owner_member_id.is_some(),
        two_above: shop.two_above_fen.map(yuan),
        two_above_typed: shop.two_above_fen.map(|fen| amount::short(fen, 2)).unwrap_or_default(),
        may_change: visit.actor()?.may(Permission::WriteMerchants),
        may_open_owner: shop.state != "closed" && visit.actor()?.may(Permission::WriteUsers),
        version: shop.version,
        statements: format!("/staff/statements?merchant={id}"),
        board: format!("/staff/goods/of/{id}"),
        goods: goods
            .into_iter()
            .filter(|one| one.offer.state == "on")
            .map(|one| super::shelf::goods(&visit, one))
            .collect(),
        steps: steps
            .map(|step| (step.name, visit.say(Text::from(s::StepWords { step: step.name }))))
            .collect(),
        name: shop.name,
    };
    visit.page(&page)
}

/// Changes its name, owner or rate, or from which value on its goods need two people.
async fn change(visit: Visit, id: Id) -> Answer {
    let fields = visit.fields();
    let name = fields.need::<Title>("title");
    let owner = fields.maybe::<SearchText>("member_number");
    let (rate, from) = (fields.maybe::<RateText>("rate_fen"), fields.maybe::<Day>("rate_from"));
    let rate = match (&rate, &from) {
        (Ok(None), Ok(Some(_))) => fields.refuse("rate_fen", FieldFault::Missing),
        _ => rate,
    };
    let two_above = fields.maybe::<YuanText>("two_above");
    fields.checked()?;
    let owner_member = match owner? {
        Some(number) => Some(numbered(&visit, number.into()).await?),
        None => None,
    };
    let (first_day, two_above_fen) = (from?, two_above?.map(|sum| sum.minor()));
    let rate = rate?.map(|rate| RateChange { rate: rate.rate(), first_day });
    let (name, two_above_fen) = (Some(name?.into()), Some(two_above_fen));
    let change = MerchantChange { name, owner_member, rate, two_above_fen };
    visit.services().change_merchant(&visit.call()?, id, visit.version(), change).await?;
    visit.to(&format!("/admin/shops/{id}"))
}

/// Opens, pauses or closes it, changes what is said of it, or makes a log-in for its owner.
pub async fn step(visit: Visit) -> Answer {
    let id = visit.path::<Id>("id")?;
    match visit.form.typed("act") {
        Some("change") => return change(visit, id).await,
        Some("owner") => {
            let user = open_for(&visit, id, Role::MerchantOwner).await?;
            return visit.to(&format!("/admin/users/{user}?done=grant"));
        }
        _ => {}
    }
    let step = visit.chosen_step(&MERCHANT)?;
    visit.services().step::<MerchantRow>(&visit.call()?, step, id, Params::new()).await?;
    visit.to(&format!("/admin/shops/{id}"))
}

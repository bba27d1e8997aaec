//! Applications of new shops: by volunteers, or by staff for a member; decided by those who look after the shops.

use super::partners::{model_words, numbered};
use crate::api::web::fields::{CreditCode, Note, RateText, Reason, SearchText, Title};
use crate::auth::permissions::Permission;
use crate::domain::attachments::Thing;
use crate::domain::id::Id;
use crate::domain::life_cycles::{APPROVE_SHOP, DECLINE_SHOP, SHOP_APPLICATION};
use crate::domain::settlement::statement::SettlementModel;
use crate::portal::attachments::path_of;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::services::shops::applications::{
    ShopApplicationAsk, ShopApplicationFilter, ShopApplicationRow, ShopApplicationSeen,
};
use crate::services::step::Params;
use crate::texts::{Text, sentences as s};
use askama::Template;

/// On a page.
const LINES: i64 = 50;
const OWN: &str = "/me/shop-applications";
const DESK: &str = "/admin/shops/applications";

/// One in a list.
struct Line {
    path: String,
    name: String,
    org: String,
    owner: String,
    made: String,
    state: String,
    waits: bool,
}

fn line(visit: &Visit, seen: &ShopApplicationSeen, base: &str) -> Line {
    Line {
        path: format!("{base}/{}", seen.row.id),
        name: seen.row.name.clone(),
        org: seen.org.clone(),
        owner: seen.owner.clone(),
        made: visit.days().moment(seen.row.made_at),
        state: visit.say(Text::from(s::State { state: seen.row.state.clone() })),
        waits: seen.row.state == "applied",
    }
}

#[derive(Template)]
#[template(path = "shop_application_new.html")]
struct NewPage {
    f: Frame,
    path: &'static str,
    /// Staff say for whom.
    is_desk: bool,
    may_apply: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

/// A page with the form, and the applications before.
async fn page(visit: Visit, is_desk: bool) -> Answer {
    let path = if is_desk { DESK } else { OWN };
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let filter = ShopApplicationFilter { before, ..ShopApplicationFilter::default() };
    let call = visit.reading()?;
    let found = visit.services().shop_applications(&call, filter, !is_desk, LINES).await?;
    let is_full = i64::try_from(found.len()).is_ok_and(|length| length == LINES);
    let next = found.last().filter(|_| is_full).map(|last| format!("{path}?before={}", last.row.id));
    let may_apply = call.actor.may(Permission::ApplyForShop) && (is_desk || call.actor.member.is_some());
    let lines = found.iter().map(|one| line(&visit, one, path)).collect();
    let f = visit.frame(visit.words().applications_title()).await?;
    visit.page(&NewPage { f, path, is_desk, may_apply, lines, next })
}

/// Those of the caller, with a form.
pub async fn own(visit: Visit) -> Answer {
    page(visit, false).await
}

/// All within reach; for staff, with a form.
pub async fn list(visit: Visit) -> Answer {
    page(visit, true).await
}

async fn send(visit: Visit, is_desk: bool) -> Answer {
    let fields = visit.fields();
    let name = fields.need::<Title>("title");
    let number = if is_desk { fields.need::<SearchText>("member_number").map(Some) } else { Ok(None) };
    let model = fields.need::<SettlementModel>("model");
    let address = fields.need::<Title>("address");
    let credit_code = fields.maybe::<CreditCode>("credit_code");
    let goods = fields.need::<Note>("offered");
    fields.checked()?;
    let owner_member = match number? {
        Some(number) => Some(numbered(&visit, number.into()).await?),
        None => None,
    };
    let (name, model, address) = (name?.into(), model?, address?.into());
    let credit_code = credit_code?.map(String::from);
    let goods = goods?.into();
    let ask = ShopApplicationAsk { name, org: None, owner_member, model, address, credit_code, goods };
    let id = visit.services().apply_for_shop(&visit.call()?, ask).await?;
    let path = if is_desk { DESK } else { OWN };
    visit.to(&format!("{path}/{id}?done=apply_for_shop"))
}

/// Applies for a shop of one's own.
pub async fn apply(visit: Visit) -> Answer {
    send(visit, false).await
}

/// Applies for a member.
pub async fn apply_for(visit: Visit) -> Answer {
    send(visit, true).await
}

#[derive(Template)]
#[template(path = "shop_application.html")]
struct OnePage {
    f: Frame,
    path: String,
    back: &'static str,
    line: Line,
    model: String,
    address: String,
    credit_code: Option<String>,
    goods: String,
    decided: Option<String>,
    reason: Option<String>,
    /// The page of the shop that was opened.
    shop: Option<String>,
    attachments: String,
    buttons: Vec<Button>,
    may_approve: bool,
    /// A fund is to pay it: the rate is asked for.
    asks_rate: bool,
    may_decline: bool,
    done: Option<String>,
}

async fn one(visit: Visit, back: &'static str) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let seen = services.shop_application(&call, id).await?;
    let (_, open) = services.open_steps::<ShopApplicationRow>(&call, id).await?;
    let is = |step| open.iter().any(|one| one.is(step));
    let plain = open.iter().copied().filter(|step| !step.is(&APPROVE_SHOP) && !step.is(&DECLINE_SHOP));
    let done = visit.query("done").map(|done| visit.say(s::ApplicationDone { done: done.as_str() }));
    let shop = seen.row.merchant_id.map(|shop| match back {
        DESK => format!("/admin/shops/{shop}"),
        _ => format!("/shops/{shop}"),
    });
    let page = OnePage {
        path: format!("{back}/{id}"),
        back,
        line: line(&visit, &seen, back),
        model: model_words(&visit, &seen.row.model, None),
        decided: seen.row.decided_at.map(|at| visit.days().moment(at)),
        shop,
        attachments: path_of(Thing::ShopApplication, id),
        buttons: plain.map(|step| visit.button(step, false)).collect(),
        may_approve: is(&APPROVE_SHOP),
        asks_rate: SettlementModel::parse(&seen.row.model) == Some(SettlementModel::CommunityFund),
        may_decline: is(&DECLINE_SHOP),
        done: done.filter(|_| visit.fault.is_none()),
        f: visit.frame(visit.words().applications_title()).await?,
        address: seen.row.address,
        credit_code: seen.row.credit_code,
        goods: seen.row.goods,
        reason: seen.row.reason,
    };
    visit.page(&page)
}

/// One of the caller's own.
pub async fn own_one(visit: Visit) -> Answer {
    one(visit, OWN).await
}

/// One within reach.
pub async fn desk_one(visit: Visit) -> Answer {
    one(visit, DESK).await
}

async fn take(visit: Visit, back: &str) -> Answer {
    let (id, fields) = (visit.path::<Id>("id")?, visit.fields());
    let step = visit.chosen_step(&SHOP_APPLICATION)?;
    let mut params = Params::new();
    if step.is(&APPROVE_SHOP) {
        let rate = fields.maybe::<RateText>("rate_fen");
        fields.checked()?;
        params.extend(rate?.map(|rate| ("rate_fen".to_owned(), String::from(rate).into())));
    }
    if step.is(&DECLINE_SHOP) {
        let reason = fields.need::<Reason>("reason");
        fields.checked()?;
        params.insert("reason".to_owned(), String::from(reason?).into());
    }
    visit.services().step::<ShopApplicationRow>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("{back}/{id}?done={}", step.name))
}

/// Takes one's own back.
pub async fn take_own(visit: Visit) -> Answer {
    take(visit, OWN).await
}

/// Decides.
pub async fn take_desk(visit: Visit) -> Answer {
    take(visit, DESK).await
}

//! The clerks of one's own shop.

use crate::auth::permissions::Role;
use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::users::{Line, asked, line};
use crate::services::access::roles::{RoleAsk, UserAsk};
use askama::Template;

/// The most clerks that the page lists.
const LINES: i64 = 100;

#[derive(Template)]
#[template(path = "clerks.html")]
struct ClerksPage {
    f: Frame,
    shop: String,
    lines: Vec<Line>,
}

/// The clerks, and the form for a new one.
pub async fn list(visit: Visit) -> Answer {
    let (_, shop) = super::shelf::own_shop(&visit).await?;
    let found = visit.services().users(&visit.reading()?, Days::default(), None, LINES).await?;
    let lines = found.iter().map(|one| line(&visit, one, "/shop/clerks")).collect();
    let f = visit.frame(visit.words().office_clerks_title()).await?;
    visit.page(&ClerksPage { f, shop, lines })
}

/// Makes a clerk.
pub async fn open(visit: Visit) -> Answer {
    let (shop, _) = super::shelf::own_shop(&visit).await?;
    let user = open_for(&visit, shop, Role::MerchantClerk).await?;
    visit.to(&format!("/shop/clerks/{user}?done=grant"))
}

/// Makes a log-in of a shop, with a role at the shop's organisation. Both under the key of the form, so that a second
/// press completes what the first began.
pub async fn open_for(visit: &Visit, shop: Id, role: Role) -> Result<Id, Fault> {
    let shops = visit.services().merchants(&visit.reading()?).await?;
    let org = shops.into_iter().find(|seen| seen.merchant.id == shop).map(|seen| seen.merchant.org_id);
    let org = org.ok_or(Refusal::absent("merchant"))?;
    let call = visit.call()?;
    let ask = UserAsk { merchant: Some(shop), ..asked(visit, &visit.fields()).await? };
    let user = visit.services().open_user(&call, ask).await?;
    let mut granted = call.clone();
    if let Some(request) = &mut granted.request {
        request.key.push_str("/role");
    }
    visit.services().grant_role(&granted, RoleAsk { user, role, org, until: None }).await?;
    Ok(user)
}

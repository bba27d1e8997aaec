//! The volunteer's code: a picture for the shop's camera, eight digits for typing. It renews itself, and turns into
//! the receipt once it was used. A proxy shows one for another; that one does not renew itself, because both are told of
//! each.

use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::ledger::{Repeated, Request};
use crate::portal::frame::around::Frame;
use crate::portal::frame::cookies::{cookie, kept};
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::visit::Visit;
use crate::portal::people::proxies::acting_by;
use crate::services::shops::codes::{CodeStanding, ShownCode};
use crate::services::{Call, Error};
use crate::texts::sentences as s;
use actix_web::HttpResponse;
use askama::Template;
use qrcode::render::svg;
use qrcode::{EcLevel, QrCode};
use std::collections::BTreeMap;

/// The cookie with the key under which the present code was made: as long as it lasts, a reload shows the same code.
const KEY: &str = "jianxian_code";

/// The same for the code of a person for whom the user acts: the proxy's id and the key.
const PROXY_KEY: &str = "jianxian_proxy_code";

/// How often a page without scripts looks whether the code was used.
const LOOK_EVERY_SECONDS: i64 = 10;

#[derive(Template)]
#[template(path = "code.html")]
struct CodePage {
    f: Frame,
    /// The picture, as SVG that was made here.
    picture: String,
    digits: (String, String),
    code: Id,
    /// For how long it is good.
    seconds: i64,
    /// When the page looks again by itself.
    look_after: i64,
    balance: String,
    /// A shop has claimed it.
    claimed: Option<String>,
    /// For whom a proxy shows it.
    shown_for: Option<String>,
    /// Where another code is asked for.
    action: String,
    back: String,
}

#[derive(Template)]
#[template(path = "code_used.html")]
struct UsedPage {
    f: Frame,
    heading: String,
    shop: String,
    balance: String,
    is_taken: bool,
    back: String,
}

/// Whose code a page shows, and where it leads back to.
struct Whose {
    member: Id,
    /// The proxy by which the user shows it, and the name of the person.
    proxy: Option<(Id, String)>,
}

impl Whose {
    fn back(&self) -> String {
        self.proxy.as_ref().map_or("/me".to_owned(), |(proxy, _)| format!("/me/proxies/{proxy}"))
    }
}

/// The code under the key of the cookie, and the key.
async fn present(visit: &Visit, whose: &Whose, key: &str) -> Result<(ShownCode, CodeStanding), Fault> {
    let actor = visit.actor()?.clone();
    let request = Request {
        user: actor.user,
        key: format!("portal/code/{key}"),
        fields: BTreeMap::new(),
        repeated: Repeated::default(),
    };
    let call = Call { actor, request: Some(request), dry_run: false };
    let (services, seconds) = (visit.services(), visit.state.config.times.code_seconds);
    let shown = match whose.proxy {
        Some(_) => services.show_code_as_proxy(&call, whose.member, seconds).await?,
        None => services.show_code(&call, seconds).await?,
    };
    let standing = visit.services().own_code(&call, shown.id).await?;
    Ok((shown, standing))
}

fn new_key() -> Result<String, Fault> {
    let bytes = crate::auth::secrets::random::<16>().map_err(Error::from)?;
    Ok(hex::encode(bytes))
}

/// Whether a code may still be used, or was.
fn goes_on(visit: &Visit, standing: &CodeStanding) -> bool {
    match standing.state.as_str() {
        "live" => standing.expires_at > visit.services().now(),
        "claimed" => true,
        _ => false,
    }
}

/// The page of a code: the picture, or what was redeemed with it.
async fn page_of(visit: &Visit, whose: &Whose, shown: ShownCode, standing: &CodeStanding) -> Answer {
    let balance = points(crate::portal::ledger::passbook::available(visit, whose.member).await?);
    match &standing.redemption {
        Some(_) => used(visit, whose, standing, balance).await,
        None => waiting(visit, whose, shown, standing, balance).await,
    }
}

pub async fn show(visit: Visit) -> Answer {
    let whose = Whose { member: visit.member()?, proxy: None };
    let before = match cookie(&visit.request, KEY) {
        None => None,
        Some(key) => Some((present(&visit, &whose, &key).await?, key)),
    };
    let ((shown, standing), key) = match before.filter(|((_, standing), _)| goes_on(&visit, standing)) {
        Some(present) => present,
        None => {
            let key = new_key()?;
            (present(&visit, &whose, &key).await?, key)
        }
    };
    let mut answer = page_of(&visit, &whose, shown, &standing).await?;
    let left = match &standing.redemption {
        // A code that was used is not shown again: the next look makes a new one.
        Some(redemption) if redemption.captured_at.is_some() => 0,
        _ => visit.state.config.times.claim_seconds,
    };
    keep_key(&visit, &mut answer, (KEY, key), left)?;
    Ok(answer)
}

async fn whose_of(visit: &Visit) -> Result<Whose, Fault> {
    let (row, name) = acting_by(visit).await?;
    Ok(Whose { member: row.member_id, proxy: Some((row.id, name)) })
}

/// The code of a person for whom the user acts, while it lasts; else back to where another is shown.
pub async fn show_for(visit: Visit) -> Answer {
    let whose = whose_of(&visit).await?;
    let of_this = whose.proxy.as_ref().map(|(proxy, _)| format!("{proxy}."));
    let kept = cookie(&visit.request, PROXY_KEY);
    let key = kept.as_deref().zip(of_this.as_deref()).and_then(|(kept, of_this)| kept.strip_prefix(of_this));
    if let Some(key) = key {
        let (shown, standing) = present(&visit, &whose, &format!("proxy/{key}")).await?;
        if goes_on(&visit, &standing) {
            return page_of(&visit, &whose, shown, &standing).await;
        }
    }
    visit.to(&whose.back())
}

/// Shows a code for a person for whom the user acts.
pub async fn make_for(visit: Visit) -> Answer {
    let (whose, key) = (whose_of(&visit).await?, new_key()?);
    present(&visit, &whose, &format!("proxy/{key}")).await?;
    let mut answer = visit.to(&format!("{}/code", whose.back()))?;
    let proxy = whose.proxy.map(|(proxy, _)| proxy.to_string()).unwrap_or_default();
    let seconds = visit.state.config.times.claim_seconds;
    keep_key(&visit, &mut answer, (PROXY_KEY, format!("{proxy}.{key}")), seconds)?;
    Ok(answer)
}

fn keep_key(
    visit: &Visit,
    answer: &mut HttpResponse,
    (name, key): (&'static str, String),
    seconds: i64,
) -> Result<(), Fault> {
    let kept = kept(&visit.request, name, key, Some(seconds));
    let set = answer.add_cookie(&kept);
    set.map_err(|error| Error::Fault(error.to_string()).into())
}

async fn waiting(
    visit: &Visit,
    whose: &Whose,
    shown: ShownCode,
    standing: &CodeStanding,
    balance: String,
) -> Answer {
    let now = visit.services().now();
    let seconds = shown.expires_at.seconds_since(now).max(0);
    let link = format!("{}/r/{}", visit.address(), shown.secret);
    let (first, last) = shown.digits.split_at_checked(4).unwrap_or((&shown.digits, ""));
    let claimed = standing.shop.as_ref().map(|shop| visit.say(s::CodeClaimedBy { shop }));
    let page = CodePage {
        f: visit.frame(visit.words().code_title()).await?,
        picture: picture(&link)?,
        digits: (first.to_owned(), last.to_owned()),
        code: shown.id,
        seconds,
        look_after: if claimed.is_some() { 3 } else { LOOK_EVERY_SECONDS.min(seconds.saturating_add(1)) },
        balance,
        claimed,
        shown_for: whose.proxy.as_ref().map(|(_, name)| visit.say(s::ProxiesFor { name: name.as_str() })),
        action: format!("{}/code", whose.back()),
        back: whose.back(),
    };
    visit.page(&page)
}

async fn used(visit: &Visit, whose: &Whose, standing: &CodeStanding, balance: String) -> Answer {
    let redemption = standing.redemption.as_ref();
    let held = redemption.map_or(0, |one| one.points_held);
    let taken = redemption.filter(|one| one.captured_at.is_some()).map(|one| one.points_captured);
    let heading = match taken {
        Some(taken) => visit.say(s::CodeUsedFor { points: points(taken) }),
        None => visit.say(s::CodeHeldFor { points: points(held) }),
    };
    let page = UsedPage {
        f: visit.frame(heading.clone()).await?,
        heading,
        shop: standing.shop.clone().unwrap_or_default(),
        balance,
        is_taken: taken.is_some(),
        back: whose.back(),
    };
    visit.page(&page)
}

/// A QR picture of a text, as SVG.
pub fn picture(text: &str) -> Result<String, Fault> {
    let fault = |error: qrcode::types::QrError| Error::Fault(error.to_string());
    let code = QrCode::with_error_correction_level(text, EcLevel::M).map_err(fault)?;
    let drawn = code.render::<svg::Color<'_>>().min_dimensions(240, 240).quiet_zone(true).build();
    // The declaration of a file of its own does not belong into a page.
    Ok(drawn.split_once("?>").map_or(drawn.clone(), |(_, rest)| rest.to_owned()))
}

/// 换一个码: another code at once; the one before is void.
pub async fn renew(visit: Visit) -> Answer {
    let mut answer = visit.to("/me/code")?;
    keep_key(&visit, &mut answer, (KEY, new_key()?), visit.state.config.times.claim_seconds)?;
    Ok(answer)
}

/// What becomes of a code, for the page's script: `live`, `claimed`, `used`.
pub async fn state(visit: Visit) -> Answer {
    let id: Id = visit.path("id")?;
    let standing = visit.services().own_code(&visit.reading()?, id).await?;
    let state = if standing.redemption.is_some() { "used" } else { standing.state.as_str() };
    Ok(HttpResponse::Ok().content_type("text/plain; charset=utf-8").body(state.to_owned()))
}

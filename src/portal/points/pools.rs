//! Pools and gifts at the desk, and what the bank allows.

use crate::api::points::gifts::{GiftView, gift_view};
use crate::api::web::fields::{PointsText, Reason, SearchText};
use crate::api::web::part::Part;
use crate::api::web::sheet::{self, Manner, Row, SheetForm};
use crate::auth::permissions::Permission as P;
use crate::domain::figures::points;
use crate::domain::id::Id;
use crate::domain::points::gift::GiftRules;
use crate::domain::refusal::Refusal;
use crate::domain::time::Days;
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::Answer;
use crate::portal::frame::visit::Visit;
use crate::portal::points::gifts::{done, shown, state, step};
use crate::services::people::desk::Sought;
use crate::services::points::gifts::{GiftFilter, GiftStanding};
use crate::services::points::pools::ReliefAsk;
use crate::texts::sentences as s;
use askama::Template;

/// Gifts on a page.
const LINES: i64 = 50;

/// A gift with both sides.
fn words(visit: &Visit, one: &GiftStanding) -> String {
    let pool = || visit.say(s::GiftsPoolOf { org: one.org.as_str() });
    let from = one.giver.clone().unwrap_or_else(pool);
    let to = one.receiver.clone().unwrap_or_else(pool);
    format!("{from} → {to}")
}

struct Line {
    path: String,
    what: String,
    form: String,
    points: String,
    at: String,
    state: String,
}

#[derive(Template)]
#[template(path = "staff_gifts.html")]
struct DeskPage {
    f: Frame,
    done: Option<String>,
    /// Name and points.
    pools: Vec<(String, String)>,
    may_propose: bool,
    lines: Vec<Line>,
    next: Option<String>,
}

/// Pools, the form that proposes to give out of one, and the gifts within reach.
pub async fn desk(visit: Visit) -> Answer {
    if visit.query("format").as_deref() == Some("csv") {
        return as_sheet(&visit).await;
    }
    let (services, call) = (visit.services(), visit.reading()?);
    let before = visit.query("before").and_then(|text| text.parse::<Id>().ok());
    let filter = GiftFilter { before, ..GiftFilter::default() };
    let gifts = services.gifts(&call, filter, (None, false), LINES).await?;
    let is_full = i64::try_from(gifts.len()).is_ok_and(|length| length == LINES);
    let next = gifts.last().filter(|_| is_full).map(|one| format!("/staff/gifts?before={}", one.gift.id));
    let line = |one: &GiftStanding| Line {
        path: format!("/staff/gifts/{}", one.gift.id),
        what: words(&visit, one),
        form: visit.say(s::GiftsForm { form: one.gift.form.as_str() }),
        points: points(one.gift.points),
        at: visit.days().moment(one.gift.given_at),
        state: state(&visit, &one.gift),
    };
    let page = DeskPage {
        done: done(&visit),
        pools: services
            .pools(&call)
            .await?
            .into_iter()
            .map(|one| (one.name, points(one.available)))
            .collect(),
        may_propose: visit.actor()?.may(P::MakeAwards),
        lines: gifts.iter().map(line).collect(),
        next,
        f: visit.frame(visit.words().pools_title()).await?,
    };
    visit.page(&page)
}

/// All gifts within reach as a sheet.
async fn as_sheet(visit: &Visit) -> Answer {
    let (services, call) = (visit.services().clone(), visit.reading()?);
    let read = async move |part: Part| {
        let filter = GiftFilter { before: part.after_as()?, ..GiftFilter::default() };
        let gifts = services.gifts(&call, filter, (None, false), part.limit).await?;
        Ok(gifts.into_iter().map(|one| (one.gift.id.to_string(), gift_view(one))).collect())
    };
    let part = Part { days: Days::default(), limit: GiftView::AT_ONCE, after: None };
    let manner = Manner { form: SheetForm::Csv, language: visit.language, zone: visit.zone() };
    Ok(sheet::respond(part, manner, DESK, read).await?)
}

/// Proposes to give out of the pool.
pub async fn propose(visit: Visit) -> Answer {
    let fields = visit.fields();
    let (number, sum) = (fields.need::<SearchText>("number"), fields.need::<PointsText>("points"));
    let reason = fields.need::<Reason>("reason");
    fields.checked()?;
    let (services, call) = (visit.services(), visit.reading()?);
    let sought = Sought { name: None, number: Some(number?.into()) };
    let found = services.recognise(&call, vec![sought]).await?;
    let files = found.into_iter().next().map(|one| one.files).unwrap_or_default();
    let [member] = files.as_slice() else { return Err(Refusal::absent("member").into()) };
    let ask = ReliefAsk { member: member.id, points: sum?.minor(), reason: reason?.into() };
    services.propose_relief(&visit.call()?, ask).await?;
    visit.to("/staff/gifts?done=relief")
}

/// The page of these, and of each of them.
const DESK: &str = "/staff/gifts";

/// A gift within reach.
pub async fn one(visit: Visit) -> Answer {
    shown(visit, (DESK, words)).await
}

/// Reverses one.
pub async fn take(visit: Visit) -> Answer {
    step(visit, DESK).await
}

#[derive(Template)]
#[template(path = "gift_rules.html")]
struct RulesPage {
    f: Frame,
    done: Option<String>,
    rules: GiftRules,
    /// What was ticked, or what is stored.
    ticked: GiftRules,
    points_a_day: String,
    points_a_person: String,
    version: i64,
}

/// What the bank allows.
pub async fn rules(visit: Visit) -> Answer {
    let (rules, version) = visit.services().gift_rules(&visit.reading()?).await?;
    let ticks = |name: &str, stored: bool| match visit.fault {
        Some(_) => visit.form.typed(name).is_some(),
        None => stored,
    };
    let page = RulesPage {
        done: done(&visit),
        ticked: GiftRules {
            family: ticks("gifts_family", rules.family),
            neighbour: ticks("gifts_neighbour", rules.neighbour),
            donation: ticks("gifts_donation", rules.donation),
            ..rules
        },
        points_a_day: points(rules.points_a_day),
        points_a_person: points(rules.points_a_person),
        rules,
        version,
        f: visit.frame(visit.words().gift_rules_title()).await?,
    };
    visit.page(&page)
}

/// Says what the bank allows.
pub async fn set_rules(visit: Visit) -> Answer {
    let fields = visit.fields();
    let day = fields.need::<PointsText>("gift_points_a_day");
    let person = fields.need::<PointsText>("gift_points_a_person");
    fields.checked()?;
    let rules = GiftRules {
        family: fields.ticked("gifts_family"),
        neighbour: fields.ticked("gifts_neighbour"),
        donation: fields.ticked("gifts_donation"),
        points_a_day: day?.minor(),
        points_a_person: person?.minor(),
    };
    visit.services().set_gift_rules(&visit.call()?, rules, visit.version()).await?;
    visit.to("/admin/gifts?done=rules")
}

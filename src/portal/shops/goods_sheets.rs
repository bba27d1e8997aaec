//! Sheets of goods: a delivery, a stocktake or a write-off pasted from a spreadsheet or typed line by line; checked and
//! booked by a second person where the shop has a supervisor. Money of the till that was counted or is handed in, too.

use super::shelf::own_shop;
use crate::api::web::faults::FieldFault;
use crate::api::web::fields::{Reason, Title, YuanText};
use crate::api::web::problem::ApiError;
use crate::domain::figures::count;
use crate::domain::id::Id;
use crate::domain::life_cycles::{GOODS_SHEET, REJECT_GOODS};
use crate::domain::refusal::{Refusal, WrongLine};
use crate::domain::shops::goods::{GoodsKind, ReadLines, read_lines};
use crate::domain::time::{Day, Days};
use crate::portal::frame::around::Frame;
use crate::portal::frame::fault::{Answer, Fault};
use crate::portal::frame::steps::Button;
use crate::portal::frame::visit::Visit;
use crate::portal::settlement::sheet::yuan;
use crate::services::shops::goods::{
    Goods, GoodsLine, GoodsSheetRow, SheetAsk, SheetFilter, SheetStanding, Sheeted,
};
use crate::services::step::Params;
use crate::texts::sentences as s;
use askama::Template;

/// On a page of the list.
const LINES: i64 = 50;
const OWN: &str = "/shop/goods/sheets";
const DESK: &str = "/staff/goods";

/// A sheet in a list.
struct Row {
    path: String,
    kind: String,
    shop: String,
    day: String,
    donor: String,
    kinds: String,
    value: String,
    state: String,
    waits: bool,
}

fn row(visit: &Visit, one: &SheetStanding, base: &str) -> Row {
    Row {
        path: format!("{base}/{}", one.row.id),
        kind: visit.say(s::GoodsKindWords { kind: one.row.kind.as_str() }),
        shop: one.shop.clone(),
        day: visit.days().day(one.row.on_day),
        donor: one.row.donor.clone().unwrap_or_default(),
        kinds: match one.lines.len() {
            0 => "\u{2013}".into(),
            kinds => visit.say(s::GoodsKinds { kinds: count(i64::try_from(kinds).unwrap_or(i64::MAX)) }),
        },
        value: yuan(one.row.value_fen),
        state: visit.say(s::State { state: one.row.state.clone() }),
        waits: one.row.state == "unchecked",
    }
}

#[derive(Template)]
#[template(path = "goods_sheets.html")]
struct ListPage {
    f: Frame,
    is_desk: bool,
    base: &'static str,
    waiting_only: bool,
    rows: Vec<Row>,
    next: Option<String>,
    done: Option<String>,
}

async fn list(visit: Visit, base: &'static str) -> Answer {
    // Who checks sees first what waits; a shop everything.
    let waiting_only = match (visit.query("open").is_some(), visit.query("all").is_some()) {
        (true, _) => true,
        (_, true) => false,
        _ => base == DESK,
    };
    let filter = SheetFilter {
        state: waiting_only.then(|| "unchecked".to_owned()),
        before: visit.query("before").and_then(|text| text.parse().ok()),
        ..SheetFilter::default()
    };
    let mut found = visit.services().goods_sheets(&visit.reading()?, filter, LINES + 1).await?;
    let limit = usize::try_from(LINES).unwrap_or_default();
    let more = found.len() > limit;
    found.truncate(limit);
    let kept = if waiting_only { "open=1" } else { "all=1" };
    let next = found.last().filter(|_| more).map(|one| format!("{base}?{kept}&before={}", one.row.id));
    let done = visit.query("done").map(|done| visit.say(s::GoodsDone { done: done.as_str() }));
    let page = ListPage {
        rows: found.iter().map(|one| row(&visit, one, base)).collect(),
        f: visit.frame(visit.words().goods_sheets_title()).await?,
        is_desk: base == DESK,
        base,
        waiting_only,
        next,
        done,
    };
    visit.page(&page)
}

/// The sheets of the own shop.
pub async fn own_list(visit: Visit) -> Answer {
    list(visit, OWN).await
}

/// Those of shops within reach: first what waits for a second person.
pub async fn desk_list(visit: Visit) -> Answer {
    list(visit, DESK).await
}

#[derive(Template)]
#[template(path = "goods_sheet_new.html")]
struct NewPage {
    f: Frame,
    kind: GoodsKind,
    today: String,
    /// What the lines are at first: of a write-off, what is past its date.
    lines: String,
    /// From which value on a second person is needed.
    two_above: Option<String>,
    /// What should be in the till.
    in_till: Option<String>,
    /// The lines that were refused, each with what is wrong with it.
    wrong: Vec<(String, String)>,
}

/// The lines that were refused, as they were typed, each with what is wrong with it.
fn wrong_lines(visit: &Visit) -> Vec<(String, String)> {
    let Some(Fault::Api(ApiError::Refused { refusal: Refusal::GoodsLines { lines }, .. })) = &visit.fault
    else {
        return Vec::new();
    };
    let typed: Vec<&str> = visit.form.typed("lines").unwrap_or_default().lines().collect();
    let said = |line: &WrongLine| {
        let place = usize::try_from(line.row.saturating_sub(1)).unwrap_or(usize::MAX);
        let text = typed.get(place).copied().unwrap_or_default().replace('\t', "  ");
        (text.trim().to_owned(), visit.say(s::GoodsLine { row: line.row, fault: line.fault.as_str() }))
    };
    lines.iter().map(said).collect()
}

impl NewPage {
    fn is_in(&self) -> bool {
        self.kind == GoodsKind::In
    }

    fn is_money(&self) -> bool {
        self.kind.is_of_money()
    }

    fn kind_name(&self) -> &'static str {
        self.kind.as_str()
    }

    fn lines_typed(&self) -> &str {
        self.f.typed_or("lines", &self.lines)
    }

    fn title(&self) -> String {
        match self.kind {
            GoodsKind::In => self.f.w.goods_in_title(),
            GoodsKind::Stocktake => self.f.w.goods_stocktake_title(),
            GoodsKind::WriteOff => self.f.w.goods_write_off_title(),
            GoodsKind::TillCount => self.f.w.till_count_title(),
            GoodsKind::HandIn => self.f.w.till_hand_in_title(),
        }
    }

    fn hint(&self) -> String {
        match self.kind {
            GoodsKind::In => self.f.w.goods_in_hint(),
            GoodsKind::Stocktake => self.f.w.goods_stocktake_hint(),
            GoodsKind::WriteOff => self.f.w.goods_write_off_hint(),
            GoodsKind::TillCount => self.f.w.till_count_hint(),
            GoodsKind::HandIn => self.f.w.till_hand_in_hint(),
        }
    }

    fn reason_hint(&self) -> String {
        match self.kind {
            GoodsKind::TillCount => self.f.w.till_count_reason_hint(),
            GoodsKind::HandIn => self.f.w.till_hand_in_reason_hint(),
            _ => self.f.w.goods_reason_hint(),
        }
    }

    fn button(&self) -> String {
        match self.kind {
            GoodsKind::In => self.f.w.goods_in_button(),
            GoodsKind::Stocktake => self.f.w.goods_stocktake_button(),
            GoodsKind::WriteOff => self.f.w.goods_write_off_button(),
            GoodsKind::TillCount => self.f.w.till_count_button(),
            GoodsKind::HandIn => self.f.w.till_hand_in_button(),
        }
    }
}

fn kind_asked(visit: &Visit) -> GoodsKind {
    let asked = visit.form.typed("kind").map(str::to_owned).or_else(|| visit.query("kind"));
    asked.and_then(|text| GoodsKind::parse(&text)).unwrap_or(GoodsKind::In)
}

/// The form for a new sheet.
pub async fn new(visit: Visit) -> Answer {
    let (shop, _) = own_shop(&visit).await?;
    let (kind, call, services) = (kind_asked(&visit), visit.reading()?, visit.services());
    let lines = match kind {
        GoodsKind::WriteOff => {
            let past = services.past_goods(&call, shop).await?;
            past.iter().map(|one| format!("{}\t{}\n", one.name, one.pieces)).collect()
        }
        _ => String::new(),
    };
    let seen = services.merchants(&call).await?.into_iter().find(|one| one.merchant.id == shop);
    let two_above = seen.and_then(|one| one.merchant.two_above_fen).map(yuan);
    let in_till = match kind.is_of_money() {
        true => services.till(&call, shop, Days::default()).await?.map(|till| yuan(till.balance)),
        false => None,
    };
    let page = NewPage {
        f: visit.frame(visit.words().goods_sheets_new()).await?,
        kind,
        today: visit.days().today.to_string(),
        lines,
        two_above,
        in_till,
        wrong: wrong_lines(&visit),
    };
    visit.page(&page)
}

/// Books a sheet, or lays it before the second person.
pub async fn open(visit: Visit) -> Answer {
    let (merchant, _) = own_shop(&visit).await?;
    let (fields, kind) = (visit.fields(), kind_asked(&visit));
    let donor = fields.maybe::<Title>("donor");
    let on = fields.maybe::<Day>("day");
    let reason = match kind {
        GoodsKind::Stocktake | GoodsKind::WriteOff => fields.need::<Reason>("reason").map(Some),
        _ => fields.maybe::<Reason>("reason"),
    };
    let money = match kind {
        GoodsKind::TillCount => fields.need::<YuanText>("amount").map(|amount| Some(amount.minor())),
        GoodsKind::HandIn => match fields.need::<YuanText>("amount").map(|amount| amount.minor()) {
            Ok(0) => fields.refuse("amount", FieldFault::NotPositive),
            amount => amount.map(Some),
        },
        _ => Ok(None),
    };
    let typed = visit.form.typed("lines").unwrap_or_default();
    let (lines, unread) = if kind.is_of_money() { ReadLines::default() } else { read_lines(typed) };
    if lines.is_empty() && unread.is_empty() && !kind.is_of_money() {
        let _: Result<(), _> = fields.refuse("lines", FieldFault::Missing);
    }
    fields.checked()?;
    let lines = lines.into_iter().map(|(row, line)| GoodsLine {
        row,
        goods: Goods::Named { name: line.name, unit_points: line.unit_points },
        pieces: line.pieces,
        best_before: line.best_before,
        unit_value_fen: line.unit_value_fen,
    });
    let ask = SheetAsk {
        merchant,
        kind,
        donor: donor?.map(String::from),
        on: on?,
        reason: reason?.map(String::from),
        lines: lines.collect(),
        unread: unread.into_iter().map(|(row, fault)| WrongLine { row, fault }).collect(),
        money_fen: money?,
    };
    let done = match visit.services().open_goods_sheet(&visit.call()?, ask).await? {
        Sheeted::Booked(_) => "booked",
        Sheeted::Waiting { .. } => "waits",
    };
    visit.to(&format!("{OWN}?done={done}"))
}

/// A line of a sheet.
struct Line {
    name: String,
    pieces: String,
    best_before: String,
    value: String,
}

#[derive(Template)]
#[template(path = "goods_sheet.html")]
struct OnePage {
    f: Frame,
    base: &'static str,
    row: Row,
    reason: Option<String>,
    rejected_because: Option<String>,
    made: String,
    decided: Option<String>,
    /// Of money that was counted: more or less than the book said.
    difference: Option<String>,
    lines: Vec<Line>,
    buttons: Vec<Button>,
    may_reject: bool,
}

async fn one(visit: Visit, base: &'static str) -> Answer {
    let (id, call, services) = (visit.path::<Id>("id")?, visit.reading()?, visit.services());
    let standing = services.goods_sheet(&call, id).await?;
    let (_, open) = services.open_steps::<GoodsSheetRow>(&call, id).await?;
    let days = visit.days();
    let by =
        |name: &Option<String>, at| format!("{} · {}", name.clone().unwrap_or_default(), days.moment(at));
    let lines = standing.lines.iter().map(|(line, name)| Line {
        name: name.clone(),
        pieces: count(line.pieces).replace('-', "\u{2212}"),
        best_before: line.best_before.map(|day| days.day(day)).unwrap_or_default(),
        value: line.unit_value_fen.map(yuan).unwrap_or_default(),
    });
    let buttons = open.iter().copied().filter(|step| !step.is(&REJECT_GOODS));
    let page = OnePage {
        lines: lines.collect(),
        made: by(&standing.made_by, standing.row.made_at),
        decided: standing.row.decided_at.map(|at| by(&standing.decided_by, at)),
        reason: standing.row.reason.clone(),
        rejected_because: standing.rejected_because.clone(),
        difference: standing.row.difference_fen.map(yuan),
        buttons: buttons.map(|step| visit.button(step, step.posts())).collect(),
        may_reject: open.iter().any(|step| step.is(&REJECT_GOODS)),
        row: row(&visit, &standing, base),
        f: visit.frame(visit.words().goods_sheets_title()).await?,
        base,
    };
    visit.page(&page)
}

/// A sheet of the own shop.
pub async fn own(visit: Visit) -> Answer {
    one(visit, OWN).await
}

/// A sheet for who checks it.
pub async fn desk(visit: Visit) -> Answer {
    one(visit, DESK).await
}

async fn take(visit: Visit, base: &str) -> Answer {
    let id = visit.path::<Id>("id")?;
    let step = visit.chosen_step(&GOODS_SHEET)?;
    let mut params = Params::new();
    if step.is(&REJECT_GOODS) {
        let fields = visit.fields();
        let reason = fields.need::<Reason>("reason");
        fields.checked()?;
        params = crate::services::step::because(Some(reason?.into()));
    }
    visit.services().step::<GoodsSheetRow>(&visit.call()?, step, id, params).await?;
    visit.to(&format!("{base}/{id}"))
}

pub async fn take_own(visit: Visit) -> Answer {
    take(visit, OWN).await
}

pub async fn take_at_desk(visit: Visit) -> Answer {
    take(visit, DESK).await
}

/// Batches of an offer, as the shop reads them.
pub struct BatchLine {
    pub left: String,
    pub best_before: String,
    pub from: String,
    pub is_past: bool,
}

/// The batches of an offer of the own shop.
pub async fn batches_of(visit: &Visit, shop: Id, offer: Id) -> Result<Vec<BatchLine>, Fault> {
    let (batches, days) = (visit.services().batches(&visit.reading()?, shop).await?, visit.days());
    let of = batches.into_iter().filter(|batch| batch.offer == offer);
    let line = |batch: crate::services::shops::goods::Batch| BatchLine {
        left: visit.say(s::StockLeft { left: count(batch.left) }),
        best_before: match batch.best_before {
            Some(day) => visit.say(s::GoodsUntil { day: days.day(day) }),
            None => visit.words().goods_without_date(),
        },
        from: [batch.donor, batch.came_on.map(|day| days.day(day))]
            .into_iter()
            .flatten()
            .collect::<Vec<_>>()
            .join(" · "),
        is_past: batch.is_past,
    };
    Ok(of.map(line).collect())
}

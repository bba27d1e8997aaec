//! `/v1/stats`: the figures of a period, as docs/STATISTICS.md defines them; as JSON, as CSV or as a workbook.

use crate::api::web::accept::language;
use crate::api::web::edge::Shared;
use crate::api::web::extract::{May, right};
use crate::api::web::faults::{FieldError, Place};
use crate::api::web::page::{Listed, OfDays, ordered};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::{self, Manner, Row, SheetForm, VARIES, attachment};
use crate::api::web::template::filled;
use crate::api::web::upload::Upload;
use crate::domain::amount;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::ledger::statistics::Active;
use crate::domain::time::{Day, Days};
use crate::services::ledger::statistics::{self as figures, By, Cover, Figures, FiguresAsk, Line};
use crate::texts::{self, Text, sentences as s};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, get, post, web};
use chrono::Datelike;
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// Into which parts a period is divided.
#[derive(Clone, Copy, Debug, Deserialize, ToSchema, PartialEq, Eq)]
#[serde(rename_all = "snake_case")]
pub enum Division {
    Month,
    /// What lies directly below the organisation.
    Org,
    /// As a sheet: active people by age, party membership and trade.
    People,
}

#[derive(Clone, Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct StatsQuery {
    /// With everything below it; left out, all within reach.
    org: Option<Id>,
    #[param(inline)]
    by: Option<Division>,
    /// As it was known at the end of this day; left out, as it is known now.
    as_of: Option<Day>,
}

impl StatsQuery {
    fn by(&self) -> By {
        match self.by {
            Some(Division::Month) => By::Month,
            Some(Division::Org) => By::Org,
            Some(Division::People) | None => By::Whole,
        }
    }
}

/// The figures of a period, of one of its months, or of an organisation. The five counts (户数, 服务人次, 参与人次, 场次,
/// 兑换笔数) are never added to each other.
#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresRow {
    first_day: Day,
    last_day: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<String>,
    /// 户数 · at the end of the last day, by kind: partner shops,
    shops: i64,
    /// party members,
    party_members: i64,
    /// other residents,
    other_residents: i64,
    /// and households.
    households: i64,
    /// 服务人次 · people served.
    served: i64,
    /// 参与人次 · each person once at each activity a day.
    participations: i64,
    /// 场次 · activities, a day at a time.
    activities: i64,
    /// 兑换笔数 · without those that were refunded whole.
    redemptions: i64,
    service_minutes: i64,
    issued: String,
    /// From an older book.
    brought_along: String,
    redeemed: String,
    expired: String,
    forfeited: String,
    /// Between people here and people elsewhere.
    exchanged: String,
    /// Given to pools for those in need, less what came out of them.
    pooled: String,
    /// 赠送 · what people gave to others and to pools; part of other figures.
    given: String,
    /// What people hold at the end of the last day, less what they owe.
    outstanding: String,
    /// People with counted service; absent where they are fewer than five, or not told by organisation.
    #[serde(skip_serializing_if = "Option::is_none")]
    active_people: Option<i64>,
}

impl Row for FiguresRow {
    const TITLE: (&'static str, &'static str) = ("数字", "figures");
    const COLUMNS: &'static [&'static str] = &[
        "first_day",
        "last_day",
        "org_name",
        "shops",
        "party_members",
        "other_residents",
        "households",
        "served",
        "participations",
        "activities",
        "redemptions",
        "service_minutes",
        "issued",
        "brought_along",
        "redeemed",
        "expired",
        "forfeited",
        "exchanged",
        "pooled",
        "given",
        "outstanding",
        "active_people",
    ];
}

/// Active people of one age band, party member or not, and trade: five or more.
#[derive(Debug, Serialize, ToSchema)]
pub struct GroupRow {
    /// `0-17`, `18-35`, `36-59`, `60-69`, `70+`, `unknown`; as a sheet also `others`, for all groups that are not shown.
    ages: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    party_member: Option<bool>,
    #[serde(skip_serializing_if = "Option::is_none")]
    trade: Option<String>,
    people: i64,
}

impl Row for GroupRow {
    const TITLE: (&'static str, &'static str) = ("活跃人员", "active people");
    const COLUMNS: &'static [&'static str] = &["ages", "party_member", "trade", "people"];
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ActiveView {
    /// Absent: fewer than five.
    #[serde(skip_serializing_if = "Option::is_none")]
    people: Option<i64>,
    groups: Vec<GroupRow>,
    /// People of all groups that are not shown.
    others: i64,
}

/// What stands behind the points today, in yuan.
#[derive(Debug, Serialize, ToSchema)]
pub struct CoverView {
    liability: String,
    /// Absent: no money was ever paid in.
    #[serde(skip_serializing_if = "Option::is_none")]
    fund: Option<String>,
    /// The fund in percent of the liability, rounded down.
    #[serde(skip_serializing_if = "Option::is_none")]
    coverage: Option<String>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct FiguresView {
    /// The last day that the period could have: its corrections are known up to here.
    as_of: Day,
    #[serde(skip_serializing_if = "Option::is_none")]
    org: Option<Id>,
    #[serde(skip_serializing_if = "Option::is_none")]
    org_name: Option<String>,
    whole: FiguresRow,
    /// The months, or the organisations directly below, in the order of the directory.
    parts: Vec<FiguresRow>,
    active: ActiveView,
    /// Of the whole bank, where the period ends today.
    #[serde(skip_serializing_if = "Option::is_none")]
    cover: Option<CoverView>,
}

/// The figures as a file.
#[derive(Debug, ToSchema)]
#[schema(max_length = 1_000_000_000)]
#[expect(dead_code, reason = "stands for the answer in the OpenAPI document")]
pub struct FiguresFile(String);

fn place(place: Option<figures::Place>) -> (Option<Id>, Option<String>) {
    place.map(|place| (place.id, place.name)).unzip()
}

fn row(line: Line) -> FiguresRow {
    let points = |minor| amount::format(minor, 2);
    let (org, org_name) = place(line.org);
    FiguresRow {
        first_day: line.from,
        last_day: line.until,
        org,
        org_name,
        shops: line.accounts.shops,
        party_members: line.accounts.party_members,
        other_residents: line.accounts.residents,
        households: line.accounts.households,
        served: line.sums.served,
        participations: line.sums.participations,
        activities: line.sums.activities,
        redemptions: line.sums.redemptions,
        service_minutes: line.sums.minutes,
        issued: points(line.sums.issued),
        brought_along: points(line.sums.opening),
        redeemed: points(line.sums.redeemed),
        expired: points(line.sums.expired),
        forfeited: points(line.sums.forfeited),
        exchanged: points(line.sums.exchanged),
        pooled: points(line.sums.pooled),
        given: points(line.sums.given),
        outstanding: points(line.outstanding),
        active_people: line.active,
    }
}

fn groups(active: &Active) -> Vec<GroupRow> {
    let row = |group: &crate::domain::ledger::statistics::Group| GroupRow {
        ages: group.ages.to_string(),
        party_member: Some(group.party_member),
        trade: group.trade.clone(),
        people: group.people,
    };
    active.groups.iter().map(row).collect()
}

fn cover(cover: Cover) -> CoverView {
    CoverView {
        liability: amount::format(cover.liability_fen, 2),
        fund: cover.fund_fen.map(|fen| amount::format(fen, 2)),
        coverage: cover.coverage().map(|thousandths| amount::format(thousandths, 1)),
    }
}

fn view(figures: Figures) -> FiguresView {
    let (org, org_name) = place(figures.org);
    FiguresView {
        as_of: figures.as_of,
        org,
        org_name,
        whole: row(figures.whole),
        parts: figures.parts.into_iter().map(row).collect(),
        active: ActiveView {
            people: figures.active.people,
            groups: groups(&figures.active),
            others: figures.active.others,
        },
        cover: figures.cover.map(cover),
    }
}

/// The rows of a sheet: the parts, or the whole where it is not divided.
fn rows(figures: Figures) -> Vec<FiguresRow> {
    let lines = if figures.parts.is_empty() { vec![figures.whole] } else { figures.parts };
    lines.into_iter().map(row).collect()
}

/// The figures as a file: the parts, or with `people` the active people.
pub async fn respond(figures: Figures, people: bool, manner: Manner) -> Result<HttpResponse, ApiError> {
    let days = crate::domain::time::Days { from: Some(figures.whole.from), until: Some(figures.whole.until) };
    let part = Part { days, limit: i64::MAX, after: None };
    if people {
        let mut found = groups(&figures.active);
        if figures.active.others > 0 {
            let people = figures.active.others;
            found.push(GroupRow { ages: "others".into(), party_member: None, trade: None, people });
        }
        return respond_once(found, part, manner).await;
    }
    respond_once(rows(figures), part, manner).await
}

/// A sheet whose rows are all there.
async fn respond_once<R: Row>(rows: Vec<R>, part: Part, manner: Manner) -> Result<HttpResponse, ApiError> {
    let rows = std::cell::RefCell::new(rows);
    let read = async move |_: Part| {
        let rows = rows.take();
        Ok(rows.into_iter().map(|row| (String::new(), row)).collect())
    };
    sheet::respond(part, manner, "/v1/stats", read).await
}

/// 数字 · the figures of a period within reach: the five counts, hours, points, active people; by month, or by what lies
/// directly below an organisation. Without `from` from 1 January on; days after today are left out. With `Accept` as CSV or as
/// a workbook. What each counts: docs/STATISTICS.md.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_figures"])), params(StatsQuery, OfDays),
    responses((status = 200, content((FiguresView = "application/json"), (FiguresFile = "text/csv"),
        (FiguresFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[get("/v1/stats")]
pub async fn read_stats(
    state: Shared,
    may: May<right::ReadFigures>,
    list: Listed<StatsQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let ask = FiguresAsk { days: list.days, org: query.org, by: query.by(), as_of: query.as_of };
    let figures = state.services.figures(&may.call(), ask).await?;
    match list.wanted_sheet() {
        Some(form) => respond(figures, query.by == Some(Division::People), list.manner(form)).await,
        None => Ok(HttpResponse::Ok().insert_header((header::VARY, VARIES)).json(view(figures))),
    }
}

/// A name that a template of a report may have between `{{` and `}}`, in English and in Chinese, and its value.
#[derive(Clone, Debug)]
pub struct Placeholder {
    pub names: [String; 2],
    pub value: String,
}

/// What a template of a report may say about the whole period.
pub fn placeholders(figures: Figures) -> Vec<Placeholder> {
    let today = figures.today;
    let minutes = figures.whole.sums.minutes;
    let until = figures.whole.until;
    let place = figures.org.clone().map(|org| org.name);
    let columns = serde_json::to_value(row(figures.whole)).unwrap_or_default();
    let of_column = |name: &&str| {
        let chinese = texts::column(name, Language::Chinese).unwrap_or_default();
        let value = match columns.get(*name) {
            Some(serde_json::Value::String(text)) => text.clone(),
            None | Some(serde_json::Value::Null) => String::new(),
            Some(other) => other.to_string(),
        };
        let value = if *name == "org_name" { place.clone().unwrap_or_default() } else { value };
        Placeholder { names: [(*name).to_owned(), chinese.replace("（户）", "")], value }
    };
    let more = |names: [&str; 2], value| Placeholder { names: names.map(str::to_owned), value };
    let tenths = minutes.saturating_add(3).div_euclid(6);
    let mut all: Vec<Placeholder> = FiguresRow::COLUMNS.iter().map(of_column).collect();
    all.extend([
        more(["hours", "服务小时"], amount::short(tenths, 1)),
        more(["year", "年"], until.year().to_string()),
        more(["month", "月"], until.date().month().to_string()),
        more(["today", "制表日期"], today.to_string()),
    ]);
    all
}

/// The figures of the whole period in a template, which came in this field.
///
/// # Errors It is no workbook with placeholders that are known.
pub async fn report(
    figures: Figures,
    template: Vec<u8>,
    (place, field): (Place, &str),
    title: (&str, &str),
) -> Result<HttpResponse, ApiError> {
    let days = [Some(figures.whole.from), Some(figures.whole.until)];
    let known = placeholders(figures);
    let value = move |name: &str| {
        let found = known.iter().find(|one| one.names.iter().any(|own| own == name));
        found.map(|one| one.value.clone())
    };
    // Unpacking and packing take longer than a request may hold up others.
    let book = web::block(move || filled(&template, &value)).await;
    let book = book.map_err(|error| ApiError::Internal(error.to_string()))?;
    let book = book.map_err(|fault| FieldError::new(place, field, fault))?;
    Ok(HttpResponse::Ok()
        .content_type(SheetForm::Xlsx.media_type())
        .insert_header((header::CONTENT_DISPOSITION, attachment(title, days, SheetForm::Xlsx)))
        .body(book))
}

/// The fields of a report, besides the template.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct ReportFields {
    from: Option<Day>,
    until: Option<Day>,
    org: Option<Id>,
    as_of: Option<Day>,
}

#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "stands for the parts of the form in the OpenAPI document; Upload reads them")]
#[serde(deny_unknown_fields)]
pub struct ReportForm {
    /// Left out, 1 January.
    from: Option<Day>,
    /// Left out, today.
    until: Option<Day>,
    /// With everything below it; left out, all within reach.
    org: Option<Id>,
    /// As it was known at the end of this day; left out, as it is known now.
    as_of: Option<Day>,
    /// A workbook (XLSX) of at most 5 MiB, with placeholders such as `{{served}}` or `{{服务人次}}` in its cells: the
    /// columns of `GET /v1/stats` as a sheet, `hours`, `year`, `month` and `today`.
    #[schema(value_type = String, format = Binary, max_length = 5_242_880)]
    file: Vec<u8>,
}

/// 月报 · the figures of a period in the layout of the place: their template comes back with its placeholders filled in.
/// Nothing of it is kept.
#[utoipa::path(tag = "ledger", security(("bearer" = ["read_figures"])),
    request_body(content = ReportForm, content_type = "multipart/form-data"),
    responses((status = 200, content((FiguresFile =
        "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet")))))]
#[post("/v1/stats/report")]
pub async fn fill_report(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadFigures>,
    upload: Upload<ReportFields>,
) -> Result<HttpResponse, ApiError> {
    let ReportFields { from, until, org, as_of } = upload.body;
    let ask = FiguresAsk { days: ordered(Place::Body, Days { from, until })?, org, by: By::Whole, as_of };
    let figures = state.services.figures(&may.call(), ask).await?;
    let title = Text::from(s::ReportTitle).say(language(&request));
    report(figures, upload.file, (Place::Body, "file"), ("report", &title)).await
}

/// For pages: the form of a file by its ending.
pub fn form_of(ending: &str) -> Option<SheetForm> {
    [SheetForm::Csv, SheetForm::Xlsx].into_iter().find(|form| form.extension() == ending)
}

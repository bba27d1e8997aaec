//! `/v1/service-exports`: final service records of a period in the fields of the national standard, as a workbook with a
//! sheet for each group of fields, or one of them as CSV. The headings are those of the standard, in Chinese, so that
//! the national system reads them.

use crate::api::web::accept::wanted_sheet;
use crate::api::web::edge::{Shared, zone};
use crate::api::web::extract::{Ask, May, right};
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::Reason;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::{SheetForm, Writer, attachment};
use crate::api::web::xlsx::Cell;
use crate::auth::permissions::{Actor, Permission};
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::stars::ladder;
use crate::domain::time::Day;
use crate::services::service::exports::{
    AT_ONCE, After, AwardLine, Export, ExportAsk, PersonLine, ServiceLine,
};
use crate::services::{Call, Services};
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, post};
use chrono_tz::Tz;
use futures_util::stream;
use serde::Deserialize;
use std::io;
use utoipa::ToSchema;

/// A group of fields.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq, Deserialize, ToSchema)]
#[serde(rename_all = "snake_case")]
pub enum ExportSheet {
    People,
    #[default]
    Service,
    Training,
    Awards,
    Evaluations,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ExportBody {
    /// The first day on which the service began.
    from: Day,
    /// The last one.
    until: Day,
    /// Which group of fields, for CSV; a workbook has all of them.
    #[serde(default)]
    #[schema(inline)]
    sheet: ExportSheet,
    /// 完整号码 · phones and document numbers as they are, for callers who may reveal them; needs a reason. Each person
    /// gets a message.
    #[serde(default)]
    whole_numbers: bool,
    reason: Option<Reason>,
}

/// The file, streamed.
#[derive(Debug, ToSchema)]
#[schema(max_length = 1_000_000_000)]
#[expect(dead_code, reason = "stands for the answer in the OpenAPI document")]
pub struct ExportFile(String);

const SHEETS: [(ExportSheet, &str, &[&str]); 5] = [
    (
        ExportSheet::People,
        "个人基本信息",
        &[
            "志愿者编号",
            "姓名",
            "性别",
            "出生日期",
            "身份证件号码",
            "居住区域",
            "联系方式",
            "专业技能",
            "服务类别",
        ],
    ),
    (
        ExportSheet::Service,
        "志愿服务情况",
        &[
            "志愿者编号",
            "姓名",
            "活动名称",
            "日期",
            "地点",
            "服务内容",
            "服务时间(小时)",
            "活动组织单位",
            "活动负责人",
            "记录单位",
        ],
    ),
    (
        ExportSheet::Training,
        "培训情况",
        &["志愿者编号", "姓名", "名称", "主要内容", "学习时长", "举办单位", "日期"],
    ),
    (ExportSheet::Awards, "表彰奖励", &["志愿者编号", "姓名", "名称", "日期", "授予单位"]),
    (ExportSheet::Evaluations, "评价", &["志愿者编号", "姓名", "服务质量评价", "评价日期", "星级评价"]),
];

fn text(text: impl Into<String>) -> Cell {
    Cell::Text(text.into())
}

fn maybe(text: Option<String>) -> Cell {
    text.map_or(Cell::Empty, Cell::Text)
}

/// Minutes as hours with two decimals.
fn hours(minutes: i64) -> Cell {
    let hundredths = minutes.saturating_mul(100).saturating_add(30).div_euclid(60);
    Cell::Number(format!("{}.{:02}", hundredths.div_euclid(100), hundredths.rem_euclid(100)))
}

fn person(one: PersonLine) -> Vec<Cell> {
    let gender = one.gender.as_deref().map(|gender| if gender == "female" { "女" } else { "男" });
    vec![
        text(one.number),
        text(one.name),
        maybe(gender.map(str::to_owned)),
        maybe(one.born),
        maybe(one.id_number),
        text(one.org),
        maybe(one.phone),
        maybe(one.trade),
        Cell::Empty,
    ]
}

fn service(one: ServiceLine, zone: Tz) -> Vec<Cell> {
    vec![
        text(one.number),
        text(one.name),
        text(one.activity),
        text(one.started_at.day(zone).to_string()),
        text(one.place),
        text(one.content),
        hours(one.minutes),
        text(one.org.clone()),
        text(one.leader),
        text(one.org),
    ]
}

fn award(one: AwardLine) -> Vec<Cell> {
    let stars = u32::try_from(one.stars).unwrap_or_default();
    vec![
        text(one.number),
        text(one.name),
        text(ladder::title(stars, Language::Chinese)),
        text(one.granted_on.to_string()),
        text(one.org),
    ]
}

/// What is written next.
enum Next {
    /// The headings of a sheet.
    Sheet(usize),
    People(usize),
    Records(Option<After>),
    Awards(usize),
    End,
}

/// An export on its way out.
struct Way {
    services: Services,
    export: Export,
    form: SheetForm,
    sheet: ExportSheet,
    zone: Tz,
    writer: Writer,
    next: Next,
    /// The place of the sheet that is being written.
    at: usize,
}

impl Way {
    /// Writes the next part.
    async fn part(&mut self) -> Result<Vec<u8>, ApiError> {
        let failed = |error: io::Error| ApiError::Internal(error.to_string());
        let mut rows = Vec::new();
        self.next = match std::mem::replace(&mut self.next, Next::End) {
            Next::Sheet(at) => self.begin_sheet(at, &mut rows).map_err(failed)?,
            Next::People(from) => {
                let ids = self.people(from);
                let (more, people) =
                    (ids.len() >= AT_ONCE, self.services.exported_people(&self.export, ids).await?);
                rows.extend(people.into_iter().map(person));
                if more { Next::People(from.saturating_add(AT_ONCE)) } else { self.after_sheet() }
            }
            Next::Records(after) => {
                let (lines, next) = self.services.exported_records(&self.export, after).await?;
                rows.extend(lines.into_iter().map(|one| service(one, self.zone)));
                if next.is_some() { Next::Records(next) } else { self.after_sheet() }
            }
            Next::Awards(from) => {
                let ids = self.people(from);
                let (more, awards) =
                    (ids.len() >= AT_ONCE, self.services.exported_awards(&self.export, ids).await?);
                rows.extend(awards.into_iter().map(award));
                if more { Next::Awards(from.saturating_add(AT_ONCE)) } else { self.after_sheet() }
            }
            Next::End => Next::End,
        };
        for row in rows {
            self.writer.row(row).map_err(failed)?;
        }
        if matches!(self.next, Next::End) {
            self.writer.finish().map_err(failed)?;
        }
        Ok(self.writer.taken())
    }

    fn people(&self, from: usize) -> Vec<Id> {
        self.export.people.iter().skip(from).take(AT_ONCE).copied().collect()
    }

    fn begin_sheet(&mut self, at: usize, rows: &mut Vec<Vec<Cell>>) -> io::Result<Next> {
        let Some((sheet, _, headings)) = SHEETS.get(at) else { return Ok(Next::End) };
        if at > 0 && self.form == SheetForm::Xlsx {
            self.writer.next_sheet()?;
        }
        self.at = at;
        rows.push(headings.iter().map(|heading| text(*heading)).collect());
        Ok(match sheet {
            ExportSheet::People => Next::People(0),
            ExportSheet::Service => Next::Records(None),
            ExportSheet::Awards => Next::Awards(0),
            ExportSheet::Training | ExportSheet::Evaluations => self.after_sheet(),
        })
    }

    fn after_sheet(&self) -> Next {
        match self.form {
            SheetForm::Xlsx if self.at.saturating_add(1) < SHEETS.len() => {
                Next::Sheet(self.at.saturating_add(1))
            }
            _ => Next::End,
        }
    }
}

/// Answers with an export as a stream. What is wrong with it is answered before it begins.
pub async fn respond(
    services: Services,
    call: &Call,
    ask: ExportAsk,
    (form, sheet): (SheetForm, ExportSheet),
    zone: Tz,
) -> Result<HttpResponse, ApiError> {
    let days = [Some(ask.from), Some(ask.until)];
    let export = services.begin_export(call, ask).await?;
    let names: Vec<&str> = SHEETS.iter().map(|(_, name, _)| *name).collect();
    let writer = Writer::begin(form, &names).map_err(|error| ApiError::Internal(error.to_string()))?;
    let first = match form {
        SheetForm::Xlsx => 0,
        SheetForm::Csv => SHEETS.iter().position(|(one, ..)| *one == sheet).unwrap_or(0),
    };
    let way = Way { services, export, form, sheet, zone, writer, next: Next::Sheet(first), at: first };
    let title = SHEETS.get(first).map_or("", |(_, name, _)| *name);
    let disposition = attachment(("service-records", title), days, form);
    let body = stream::try_unfold(way, |mut way| async move {
        if matches!(way.next, Next::End) {
            return Ok(None);
        }
        let bytes = way.part().await.map_err(|error| {
            tracing::warn!(?error, sheet = ?way.sheet, "an export was broken off while it was streamed");
            io::Error::other("broken off")
        })?;
        Ok::<_, io::Error>(Some((Bytes::from(bytes), way)))
    });
    Ok(HttpResponse::Ok()
        .content_type(form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(body))
}

/// Whole numbers need the right to reveal them, and a reason; a reason without them means nothing.
pub fn whole_because(
    actor: &Actor,
    whole_numbers: bool,
    reason: Option<Reason>,
) -> Result<Option<String>, ApiError> {
    const REVEAL: &[Permission] = &[Permission::RevealMembers];
    match (whole_numbers, reason) {
        (false, _) => Ok(None),
        (true, _) if !actor.may(Permission::RevealMembers) => Err(ApiError::Forbidden(REVEAL)),
        (true, None) => Err(FieldError::new(Place::Body, "reason", FieldFault::Missing).into()),
        (true, Some(reason)) => Ok(Some(reason.into())),
    }
}

/// 导出服务记录 · exports final service records of some days within reach, in the fields of the national standard: a workbook,
/// or with `Accept: text/csv` one of its sheets. At most 20,000 records.
#[utoipa::path(tag = "service", security(("bearer" = ["export_records"])), request_body = ExportBody,
    responses((status = 200, content(
        (ExportFile = "application/vnd.openxmlformats-officedocument.spreadsheetml.sheet"), (ExportFile = "text/csv")))))]
#[post("/v1/service-exports")]
pub async fn export_service(
    state: Shared,
    request: HttpRequest,
    may: May<right::ExportRecords>,
    ask: Ask<ExportBody>,
) -> Result<HttpResponse, ApiError> {
    let ExportBody { from, until, sheet, whole_numbers, reason } = ask.body;
    let whole_because = whole_because(&may.actor, whole_numbers, reason)?;
    let form = match wanted_sheet(&request) {
        Some(SheetForm::Csv) => SheetForm::Csv,
        _ => SheetForm::Xlsx,
    };
    let wish = ExportAsk { from, until, whole_because };
    respond(state.services.clone(), &may.call(), wish, (form, sheet), zone(&request)).await
}

//! `/v1/me/data`: a copy of the own data as one ZIP archive, `data.json` and a CSV for each kind. It is written from front
//! to back, each part from a short read of its own: however much there is, only one part is in memory.

use crate::api::access::audit::{TraceView, trace_view};
use crate::api::access::messages::{self, MessageView};
use crate::api::people::feedback::{self, FeedbackView};
use crate::api::points::gifts::{self, GiftView};
use crate::api::service::certificates::{self, CertificateView};
use crate::api::service::records::{self, RecordView};
use crate::api::service::sign_ups::{self, SignUpView};
use crate::api::shops::redemptions::{self, RedemptionView};
use crate::api::web::edge::{Shared, language, zone};
use crate::api::web::extract::{May, right};
use crate::api::web::part::{Part, Placed};
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::{self, Row, SheetForm, Writer};
use crate::api::web::xlsx::Cell;
use crate::api::web::zip::Archive;
use crate::domain::amount;
use crate::domain::attachments::Media;
use crate::domain::figures;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::refusal::Refusal;
use crate::domain::time::{Days, Moment};
use crate::services::inbox::MessageFilter;
use crate::services::people::feedback::FeedbackFilter;
use crate::services::people::privacy::STORED;
use crate::services::people::privacy::copying::{LinePlace, OwnCopy, OwnLine, WholeFile};
use crate::services::points::gifts::GiftFilter;
use crate::services::service::certificates::CertificateFilter;
use crate::services::service::records::DocumentFilter;
use crate::services::{Call, Error, Services};
use crate::texts;
use actix_web::http::header;
use actix_web::web::Bytes;
use actix_web::{HttpRequest, HttpResponse, get};
use chrono_tz::Tz;
use futures_util::future::LocalBoxFuture;
use futures_util::stream;
use serde::Serialize;
use serde_json::Value;
use std::future::Future;
use std::io;
use std::rc::Rc;
use utoipa::ToSchema;

/// Rows that are read at once.
const AT_ONCE: i64 = 500;

/// The archive, streamed.
#[derive(Debug, ToSchema)]
#[schema(max_length = 1_000_000_000)]
#[expect(dead_code, reason = "stands for the answer in the OpenAPI document")]
pub struct OwnDataFile(String);

/// What all kinds are read with.
struct Of {
    services: Services,
    copy: OwnCopy,
    language: Language,
    zone: Tz,
}

type Rows = Result<Vec<Placed<Value>>, ApiError>;

/// A kind of data: the name of its list and file, its columns, and how a part of it is read.
struct Kind {
    name: &'static str,
    columns: &'static [&'static str],
    read: Box<dyn Fn(Rc<Of>, Part) -> LocalBoxFuture<'static, Rows>>,
}

/// A kind whose rows are shown as lists show them.
fn shown<R: Row, F>(name: &'static str, read: impl Fn(Rc<Of>, Part) -> F + 'static) -> Kind
where
    F: Future<Output = Result<Vec<Placed<R>>, ApiError>> + 'static,
{
    let read = move |of, part| -> LocalBoxFuture<'static, Rows> {
        let rows = read(of, part);
        Box::pin(
            async move { rows.await?.into_iter().map(|(place, row)| Ok((place, json(&row)?))).collect() },
        )
    };
    Kind { name, columns: R::COLUMNS, read: Box::new(read) }
}

/// A kind whose rows are shown as they are stored.
fn stored(name: &'static str) -> Kind {
    let columns = STORED.iter().find(|one| one.table == name).map_or(&[][..], |one| one.columns);
    let read = move |of: Rc<Of>, part: Part| -> LocalBoxFuture<'static, Rows> {
        Box::pin(async move {
            let rows = of.services.own_rows(&of.copy, name, part.after_as()?, part.limit).await?;
            Ok(rows.into_iter().map(|(id, row)| (id.to_string(), row)).collect())
        })
    };
    Kind { name, columns, read: Box::new(read) }
}

fn json(row: &impl Serialize) -> Result<Value, ApiError> {
    serde_json::to_value(row).map_err(|error| ApiError::Internal(error.to_string()))
}

/// Everything that a copy has, in its order.
fn kinds() -> Vec<Kind> {
    vec![
        shown("file", file),
        stored("household_stays"),
        stored("users"),
        stored("roles"),
        stored("sessions"),
        stored("second_factors"),
        shown("message_choices", choices),
        stored("consents"),
        stored("proxies"),
        shown("passbook", passbook),
        shown("lots", lots),
        shown("service_records", service_records),
        stored("record_texts"),
        stored("objections"),
        stored("attendances"),
        stored("wishes"),
        stored("invitations"),
        shown("sign_ups", signed_up),
        shown("certificates", certified),
        stored("star_grants"),
        stored("proposals"),
        shown("gifts", given),
        shown("redemptions", redeemed),
        stored("codes"),
        stored("cards"),
        stored("merchants"),
        stored("shop_applications"),
        shown("messages", inbox),
        shown("feedback", said),
        stored("attachments"),
        shown("access_log", traces),
    ]
}

/// The names of the kinds, each with its columns.
pub fn declared() -> Vec<(&'static str, &'static [&'static str])> {
    kinds().into_iter().map(|kind| (kind.name, kind.columns)).collect()
}

#[derive(Debug, Serialize)]
struct FileRow {
    id: Id,
    kind: String,
    number: String,
    name: String,
    org: Id,
    org_name: String,
    household: Option<Id>,
    gender: Option<String>,
    birth_year: Option<i64>,
    party_member: bool,
    trade: Option<String>,
    phone: Option<String>,
    id_kind: Option<&'static str>,
    id_number: Option<String>,
    state: String,
    merged_into: Option<Id>,
    created_at: Moment,
}

impl Row for FileRow {
    const TITLE: (&'static str, &'static str) = ("档案", "file");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "kind",
        "number",
        "name",
        "org",
        "org_name",
        "household",
        "gender",
        "birth_year",
        "party_member",
        "trade",
        "phone",
        "id_kind",
        "id_number",
        "state",
        "merged_into",
        "created_at",
    ];
}

async fn file(of: Rc<Of>, _: Part) -> Result<Vec<Placed<FileRow>>, ApiError> {
    let files = of.services.own_files(&of.copy).await?;
    let row = |WholeFile { row, org, phone, id_kind, id_number }: WholeFile| FileRow {
        id: row.id,
        kind: row.kind,
        number: row.number,
        name: row.name,
        org: row.org_id,
        org_name: org,
        household: row.household_id,
        gender: row.gender,
        birth_year: row.birth_year,
        party_member: row.party_member,
        trade: row.trade,
        phone,
        id_kind,
        id_number,
        state: row.state,
        merged_into: row.merged_into_id,
        created_at: row.created_at,
    };
    Ok(files.into_iter().map(row).map(|row| (row.id.to_string(), row)).collect())
}

#[derive(Debug, Serialize)]
struct ChoicesRow {
    mail: Option<String>,
    language: Language,
    /// Channels and topics that are not wanted.
    declined: Vec<String>,
}

impl Row for ChoicesRow {
    const TITLE: (&'static str, &'static str) = ("消息怎么送", "message choices");
    const COLUMNS: &'static [&'static str] = &["mail", "language", "declined"];
}

async fn choices(of: Rc<Of>, _: Part) -> Result<Vec<Placed<ChoicesRow>>, ApiError> {
    let choices = of.services.message_choices(&of.copy.call).await?;
    let declined = choices.declined.into_iter().map(|one| format!("{}/{}", one.channel, one.topic)).collect();
    Ok(vec![("1".to_owned(), ChoicesRow { mail: choices.mail, language: choices.language, declined })])
}

#[derive(Debug, Serialize)]
struct LineRow {
    /// `own`, or `household`: that of the household, which its people share.
    passbook: &'static str,
    asset: String,
    entry: i64,
    kind: String,
    amount: String,
    balance: String,
    effective_at: Moment,
    recorded_at: Moment,
    source: Option<String>,
    note: Option<String>,
}

impl Row for LineRow {
    const TITLE: (&'static str, &'static str) = ("存折", "passbook");
    const COLUMNS: &'static [&'static str] = &[
        "passbook",
        "asset",
        "entry",
        "kind",
        "amount",
        "balance",
        "effective_at",
        "recorded_at",
        "source",
        "note",
    ];
}

async fn passbook(of: Rc<Of>, part: Part) -> Result<Vec<Placed<LineRow>>, ApiError> {
    let after = part.after.as_deref().map(line_place).transpose()?;
    let lines = of.services.own_passbooks(&of.copy, after, part.limit).await?;
    let row = |OwnLine { purse, of_household, asset, line, note }: OwnLine| {
        let place = format!("{purse}.{}.{}", line.entry, line.leg);
        let row = LineRow {
            passbook: if of_household { "household" } else { "own" },
            asset: asset.to_string(),
            entry: line.entry,
            kind: line.kind,
            amount: amount::format(line.amount, asset.decimals()),
            balance: amount::format(line.balance, asset.decimals()),
            effective_at: line.effective_at,
            recorded_at: line.recorded_at,
            source: line.source,
            note,
        };
        (place, row)
    };
    Ok(lines.into_iter().map(row).collect())
}

fn line_place(text: &str) -> Result<LinePlace, ApiError> {
    let mut parts = text.split('.').map(str::parse::<i64>);
    let mut next = || parts.next().and_then(Result::ok);
    let place = next().and_then(|purse| usize::try_from(purse).ok()).zip(next()).zip(next());
    let ((purse, entry), leg) = place.ok_or_else(|| ApiError::Internal(format!("no place: {text}")))?;
    Ok((purse, entry, leg))
}

#[derive(Debug, Serialize)]
struct LotRow {
    amount: String,
    left: String,
    reserved: String,
    expires_at: Option<Moment>,
}

impl Row for LotRow {
    const TITLE: (&'static str, &'static str) = ("积分批次", "lots");
    const COLUMNS: &'static [&'static str] = &["amount", "left", "reserved", "expires_at"];
}

async fn lots(of: Rc<Of>, part: Part) -> Result<Vec<Placed<LotRow>>, ApiError> {
    // They are read together, and paged here.
    let (lots, after) = (of.services.own_lots(&of.copy).await?, part.after_as::<usize>()?.unwrap_or(0));
    let points = |minor| amount::format(minor, 2);
    let rows = (1_usize..).zip(lots).skip(after).take(usize::try_from(part.limit).unwrap_or(0));
    let row = |(place, lot): (usize, crate::domain::ledger::account::Lot)| {
        let (amount, left) = (points(lot.amount), points(lot.remaining));
        let row = LotRow { amount, left, reserved: points(lot.earmarked), expires_at: lot.expires_at };
        (place.to_string(), row)
    };
    Ok(rows.map(row).collect())
}

/// The caller's own documents.
fn own_documents(of: &Of, part: &Part) -> Result<DocumentFilter, ApiError> {
    let member = Some(of.copy.file.id);
    Ok(DocumentFilter { member, before: part.after_as()?, ..DocumentFilter::default() })
}

async fn service_records(of: Rc<Of>, part: Part) -> Result<Vec<Placed<RecordView>>, ApiError> {
    let rows = of.services.records(&of.copy.call, own_documents(&of, &part)?, part.limit).await?;
    Ok(rows.into_iter().map(|row| (row.id.to_string(), records::view(row, of.language))).collect())
}

async fn signed_up(of: Rc<Of>, part: Part) -> Result<Vec<Placed<SignUpView>>, ApiError> {
    let rows = of.services.sign_ups(&of.copy.call, own_documents(&of, &part)?, part.limit).await?;
    Ok(rows.into_iter().map(|one| (one.row.id.to_string(), sign_ups::view(one))).collect())
}

async fn redeemed(of: Rc<Of>, part: Part) -> Result<Vec<Placed<RedemptionView>>, ApiError> {
    let rows = of.services.redemptions(&of.copy.call, own_documents(&of, &part)?, part.limit).await?;
    let view = |(row, expired): (crate::domain::shops::redemption::Redemption, bool)| {
        (row.id.to_string(), redemptions::view(row, expired, &of.copy.call.actor))
    };
    Ok(rows.into_iter().map(view).collect())
}

async fn given(of: Rc<Of>, part: Part) -> Result<Vec<Placed<GiftView>>, ApiError> {
    let filter = GiftFilter { before: part.after_as()?, ..GiftFilter::default() };
    let rows = of.services.gifts(&of.copy.call, filter, (Some(of.copy.file.id), false), part.limit).await?;
    Ok(rows.into_iter().map(|one| (one.gift.id.to_string(), gifts::gift_view(one))).collect())
}

async fn certified(of: Rc<Of>, part: Part) -> Result<Vec<Placed<CertificateView>>, ApiError> {
    let (member, before) = (Some(of.copy.file.id), part.after_as()?);
    let filter = CertificateFilter { member, before, ..CertificateFilter::default() };
    let rows = of.services.certificates(&of.copy.call, filter, part.limit).await?;
    Ok(rows.into_iter().map(|one| (one.row.id.to_string(), certificates::view(one))).collect())
}

async fn inbox(of: Rc<Of>, part: Part) -> Result<Vec<Placed<MessageView>>, ApiError> {
    let filter = MessageFilter { unread: false, days: Days::default(), before: part.after_as()? };
    let days = figures::Days::new(of.services.now(), of.zone, of.language);
    let rows = of.services.messages(&of.copy.call, filter, part.limit).await?;
    Ok(rows.into_iter().map(|one| (one.id.to_string(), messages::view(one, &days, of.language))).collect())
}

async fn said(of: Rc<Of>, part: Part) -> Result<Vec<Placed<FeedbackView>>, ApiError> {
    let filter = FeedbackFilter { before: part.after_as()?, ..FeedbackFilter::default() };
    let rows = of.services.feedback(&of.copy.call, filter, true, part.limit).await?;
    Ok(rows.into_iter().map(|one| (one.row.id.to_string(), feedback::view(one))).collect())
}

async fn traces(of: Rc<Of>, part: Part) -> Result<Vec<Placed<TraceView>>, ApiError> {
    let (call, member) = (&of.copy.call, of.copy.file.id);
    let rows =
        of.services.own_access_log(call, member, Days::default(), part.after_as()?, part.limit).await?;
    Ok(rows.into_iter().map(|row| (row.row.id.to_string(), trace_view(row))).collect())
}

/// What is being written: everything as one JSON object first, then a CSV for each kind, then the files of attachments.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
enum Form {
    Json,
    Csv,
    Files,
    End,
}

/// A copy on its way out.
struct Way {
    of: Rc<Of>,
    kinds: Vec<Kind>,
    archive: Archive,
    form: Form,
    /// The kind that is written.
    at: usize,
    /// The place of the last row that was written of it; `None`: it was not begun.
    after: Option<String>,
    begun: bool,
}

impl Way {
    /// Writes the next part and returns its bytes.
    async fn part(&mut self) -> Result<Vec<u8>, ApiError> {
        let failed = |error: io::Error| ApiError::Internal(error.to_string());
        if self.form == Form::Files {
            return self.file().await;
        }
        let Some(kind) = self.kinds.get(self.at) else { return self.next_form().map_err(failed) };
        let part = Part { days: Days::default(), limit: AT_ONCE, after: self.after.take() };
        let rows = (kind.read)(Rc::clone(&self.of), part).await?;
        let is_full = i64::try_from(rows.len()).is_ok_and(|length| length >= AT_ONCE);
        self.after = rows.last().filter(|_| is_full).map(|(place, _)| place.clone());
        match self.form {
            Form::Csv => self.write_csv(&rows),
            _ => self.write_json(&rows),
        }
        .map_err(failed)?;
        self.begun = self.after.is_some();
        if !self.begun {
            self.at = self.at.saturating_add(1);
        }
        Ok(self.archive.taken())
    }

    fn next_form(&mut self) -> io::Result<Vec<u8>> {
        self.at = 0;
        match self.form {
            Form::Json => {
                self.archive.write(b"\n}\n")?;
                self.form = Form::Csv;
            }
            Form::Csv => self.form = Form::Files,
            Form::Files | Form::End => {
                self.archive.finish()?;
                self.form = Form::End;
            }
        }
        Ok(self.archive.taken())
    }

    /// Writes the file of the next attachment. One that cannot be read any more is left out.
    async fn file(&mut self) -> Result<Vec<u8>, ApiError> {
        let failed = |error: io::Error| ApiError::Internal(error.to_string());
        let after = self.after.take().and_then(|id| id.parse().ok());
        let of = Rc::clone(&self.of);
        let next = of.services.own_rows(&of.copy, "attachments", after, 1).await?;
        let Some((id, _)) = next.into_iter().next() else { return self.next_form().map_err(failed) };
        match of.services.attachment_content(&of.copy.call, id).await {
            Ok((row, content)) => {
                let ending = Media::of(&row.media_type).map_or("bin", Media::extension);
                self.archive.begin(&format!("attachments/{id}.{ending}")).map_err(failed)?;
                self.archive.write(&content).map_err(failed)?;
            }
            Err(Error::Refused(refusal)) => {
                tracing::warn!(?refusal, %id, "a copy has no file of an attachment")
            }
            Err(error) => return Err(error.into()),
        }
        self.after = Some(id.to_string());
        Ok(self.archive.taken())
    }

    fn write_json(&mut self, rows: &[Placed<Value>]) -> io::Result<()> {
        let Some(kind) = self.kinds.get(self.at) else { return Ok(()) };
        if !self.begun {
            let (first, name) = (self.at == 0, kind.name);
            if first {
                self.archive.begin("data.json")?;
            }
            self.archive.write(format!("{}\n\"{name}\": [", if first { "{" } else { "," }).as_bytes())?;
        }
        for (number, (_, row)) in rows.iter().enumerate() {
            let comma = if number > 0 || self.begun { "," } else { "" };
            self.archive.write(format!("{comma}\n{row}").as_bytes())?;
        }
        if self.after.is_none() {
            self.archive.write(b"]")?;
        }
        Ok(())
    }

    fn write_csv(&mut self, rows: &[Placed<Value>]) -> io::Result<()> {
        let Some(kind) = self.kinds.get(self.at) else { return Ok(()) };
        let mut writer = Writer::Csv(Vec::new());
        if !self.begun {
            self.archive.begin(&format!("{}.csv", kind.name))?;
            writer = Writer::begin(SheetForm::Csv, &[])?;
            let heading = |name: &&str| {
                Cell::Text(texts::column(name, self.of.language).unwrap_or_else(|| (*name).to_owned()))
            };
            writer.row(kind.columns.iter().map(heading).collect())?;
        }
        for (_, row) in rows {
            writer.row(kind.columns.iter().map(|name| cell(name, row, self.of.zone)).collect())?;
        }
        self.archive.write(&writer.taken())
    }
}

/// A cell; every moment in the bank's time zone.
fn cell(name: &str, row: &Value, zone: Tz) -> Cell {
    let moment = row.get(name).and_then(Value::as_str).filter(|_| name.ends_with("_at"));
    match moment.and_then(Moment::parse) {
        Some(moment) => Cell::Text(moment.local_to_the_second(zone)),
        None => sheet::cell(name, row, zone),
    }
}

/// Answers with the copy as a stream. What is wrong with it is answered before it begins.
pub async fn respond(
    services: Services,
    call: &Call,
    language: Language,
    zone: Tz,
) -> Result<HttpResponse, ApiError> {
    let copy = services.begin_copy(call).await?;
    if let Some((id, _)) = services.own_rows(&copy, "attachments", None, 1).await?.into_iter().next()
        && let Err(Error::Refused(Refusal::AttachmentUnreachable)) =
            services.attachment_content(call, id).await
    {
        // Later it would break off in the middle.
        return Err(ApiError::from(Error::Refused(Refusal::AttachmentUnreachable)));
    }
    let name = format!("{}_{}", copy.file.number, services.now().day(zone));
    let of = Rc::new(Of { services, copy, language, zone });
    let (archive, form) = (Archive::default(), Form::Json);
    let way = Way { of, kinds: kinds(), archive, form, at: 0, after: None, begun: false };
    let body = stream::try_unfold(way, |mut way| async move {
        if way.form == Form::End {
            return Ok(None);
        }
        let bytes = way.part().await.map_err(|error| {
            tracing::warn!(?error, "a copy of the own data was broken off while it was streamed");
            io::Error::other("broken off")
        })?;
        Ok::<_, io::Error>(Some((Bytes::from(bytes), way)))
    });
    let title: String =
        form_urlencoded::byte_serialize(language.pick("我的资料", "my-data").as_bytes()).collect();
    let disposition = format!("attachment; filename=\"{name}.zip\"; filename*=UTF-8''{title}_{name}.zip");
    Ok(HttpResponse::Ok()
        .content_type("application/zip")
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::CACHE_CONTROL, "no-store"))
        .streaming(body))
}

/// 我的全部资料 · everything that the bank has about the caller, as one ZIP archive: `data.json`, and a CSV for each kind. Numbers
/// are whole; passwords, PINs and other secrets are not in it. Each copy is written in the access log.
#[utoipa::path(tag = "people", security(("bearer" = ["read_own"])),
    responses((status = 200, content((OwnDataFile = "application/zip")))))]
#[get("/v1/me/data")]
pub async fn take_own_copy(
    state: Shared,
    request: HttpRequest,
    may: May<right::ReadOwn>,
) -> Result<HttpResponse, ApiError> {
    respond(state.services.clone(), &may.call(), language(&request), zone(&request)).await
}

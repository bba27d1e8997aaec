//! `/v1/webhooks`, `/v1/deliveries`, `/v1/messages/choices`: how messages leave the bank.

use crate::api::web::edge::Shared;
use crate::api::web::extract::{Ask, Keyed, May, PathOf, SignedIn, right};
use crate::api::web::fields::{HookUrl, ListOf, MailAddress, SignInDigits, Slug, Title};
use crate::api::web::page::{Listed, NoFilter, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::api::web::steps::Shown;
use crate::domain::id::Id;
use crate::domain::language::Language;
use crate::domain::message::{Message, Topic};
use crate::domain::time::Moment;
use crate::services::Call;
use crate::services::inbox::choices::ChoicesAsk;
use crate::services::inbox::hooks::{DeliveryFilter, WebhookAsk};
use crate::services::inbox::outbox::{Declined, DeliveryRow, WebhookRow, topics};
use crate::text_enum;
use actix_web::http::header;
use actix_web::{HttpResponse, get, post, put};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct WebhookBody {
    /// The name of the channel in choices and deliveries; it cannot be changed or used again.
    code: Slug,
    /// What people read: «短信», for example.
    name: Title,
    /// A public https address, or one inside the networks of the settings.
    url: HookUrl,
    /// What it is for: messages about these topics to members with a phone number.
    #[schema(value_type = Vec<Topic>, min_items = 1, max_items = 7)]
    topics: ListOf<Topic, 1, 7>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct RegisteredView {
    id: Id,
    /// Signs every request, after Standard Webhooks. It is shown once.
    secret: String,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct WebhookView {
    id: Id,
    code: String,
    name: String,
    url: String,
    topics: Vec<Topic>,
    /// `active` or `stopped`.
    state: String,
    created_at: Moment,
}

impl Row for WebhookView {
    const TITLE: (&'static str, &'static str) = ("消息接口", "webhooks");
    const COLUMNS: &'static [&'static str] = &["id", "code", "name", "url", "topics", "state", "created_at"];
}

fn hook_view(row: WebhookRow) -> Result<WebhookView, ApiError> {
    let topics = topics(&row)?;
    Ok(WebhookView {
        id: row.id,
        code: row.code,
        name: row.name,
        url: row.url,
        topics,
        state: row.state,
        created_at: row.created_at,
    })
}

/// 登记消息接口 · registers an address that messages are sent to; answers with the secret of its signatures, once.
#[utoipa::path(tag = "messages", security(("bearer" = ["manage_bank"])), request_body = WebhookBody,
    responses((status = 201, body = RegisteredView)))]
#[post("/v1/webhooks")]
pub async fn register_webhook(
    state: Shared,
    may: May<right::ManageBank>,
    ask: Ask<WebhookBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&may.actor), ask.body);
    let hook = WebhookAsk {
        code: body.code.into(),
        name: body.name.into(),
        url: body.url.into(),
        topics: body.topics.0,
    };
    let made = state.services.register_webhook(&call, hook).await?;
    let view = RegisteredView { id: made.id, secret: made.secret };
    Ok(HttpResponse::Created().insert_header((header::CACHE_CONTROL, "no-store")).json(view))
}

/// 消息接口 · the addresses that messages are sent to, oldest first.
#[utoipa::path(tag = "messages", security(("bearer" = ["manage_bank"])), params(OfDays, Paging),
    responses((status = 200, body = Page<WebhookView>)))]
#[get("/v1/webhooks")]
pub async fn list_webhooks(
    state: Shared,
    may: May<right::ManageBank>,
    list: Listed<NoFilter>,
) -> Result<HttpResponse, ApiError> {
    let read = async move |part: Part| {
        let after: Option<Id> = part.after_as()?;
        let mut views = Vec::new();
        for hook in state.services.webhooks(&may.call(), part.days).await? {
            if after.is_none_or(|after| hook.id > after) {
                views.push((hook.id.to_string(), hook_view(hook)?));
            }
        }
        views.truncate(usize::try_from(part.limit).unwrap_or(0));
        Ok(views)
    };
    list.list.respond(read).await
}

/// 发一条试试 · sends a trial message to the caller by this address; answers with its delivery.
#[utoipa::path(tag = "messages", security(("bearer" = ["manage_bank"])), params(("id" = Id, Path)),
    responses((status = 201, body = crate::api::people::users::MadeView)))]
#[post("/v1/webhooks/{id}/try")]
pub async fn try_webhook(
    state: Shared,
    may: May<right::ManageBank>,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    let made = state.services.try_webhook(&keyed.call(&may.actor), path.0).await?;
    Ok(crate::api::people::users::made(made))
}

text_enum! {
    DeliveryState {
        Due = "due",
        Sending = "sending",
        Sent = "sent",
        Dead = "dead",
        Unknown = "unknown",
        Dropped = "dropped",
    }
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct DeliveriesQuery {
    #[param(inline)]
    state: Option<DeliveryState>,
    /// `file`, `mail`, or the code of a webhook.
    channel: Option<Slug>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DeliveryView {
    id: Id,
    message: Id,
    /// What kind of message it is, while the message is kept.
    #[serde(skip_serializing_if = "Option::is_none")]
    kind: Option<&'static str>,
    channel: String,
    /// `due`, `sending`, `sent`; `dead`: every attempt failed; `unknown`: the server ended while it was sending;
    /// `dropped`.
    state: String,
    attempts: i64,
    due_at: Moment,
    /// Why the last attempt failed.
    #[serde(skip_serializing_if = "Option::is_none")]
    failure: Option<String>,
    /// The number that the other side answered with.
    #[serde(skip_serializing_if = "Option::is_none")]
    answer: Option<i64>,
    queued_at: Moment,
    /// When it was accepted or given up.
    #[serde(skip_serializing_if = "Option::is_none")]
    done_at: Option<Moment>,
}

impl Row for DeliveryView {
    const TITLE: (&'static str, &'static str) = ("投递", "deliveries");
    const COLUMNS: &'static [&'static str] = &[
        "id",
        "message",
        "kind",
        "channel",
        "state",
        "attempts",
        "due_at",
        "failure",
        "answer",
        "queued_at",
        "done_at",
    ];
}

fn delivery_view((row, message): (DeliveryRow, Option<Message>)) -> DeliveryView {
    DeliveryView {
        id: row.id,
        message: row.message_id,
        kind: message.map(|message| message.kind()),
        channel: row.channel,
        state: row.state,
        attempts: row.attempts,
        due_at: row.due_at,
        failure: row.failure,
        answer: row.answer,
        queued_at: row.made_at,
        done_at: row.ended_at,
    }
}

/// 投递 · messages on their way out of the bank, newest first. Neither recipients nor addresses are shown.
#[utoipa::path(tag = "messages", security(("bearer" = ["manage_bank"])), params(DeliveriesQuery, OfDays, Paging),
    responses((status = 200, body = Page<DeliveryView>)))]
#[get("/v1/deliveries")]
pub async fn list_deliveries(
    state: Shared,
    may: May<right::ManageBank>,
    list: Listed<DeliveriesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let read = async move |part: Part| {
        let filter = DeliveryFilter {
            state: query.state.map(|state| state.as_str().to_owned()),
            channel: query.channel.clone().map(String::from),
            stuck: false,
            days: part.days,
            before: part.after_as()?,
        };
        let rows = state.services.deliveries(&may.call(), filter, part.limit).await?;
        Ok(rows.into_iter().map(|row| (row.0.id.to_string(), delivery_view(row))).collect())
    };
    list.respond(read).await
}

impl Shown for WebhookRow {}
impl Shown for DeliveryRow {}

/// A topic that is not wanted by a channel.
#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct DeclinedBody {
    channel: Slug,
    topic: Topic,
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ChoicesBody {
    /// Where mails go; left out: no mails.
    mail: Option<MailAddress>,
    /// The language of what is sent.
    language: Language,
    #[schema(value_type = Vec<DeclinedBody>, max_items = 200)]
    declined: ListOf<DeclinedBody, 0, 200>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct DeclinedView {
    channel: String,
    topic: Topic,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChannelView {
    channel: String,
    /// What the bank calls it; none for mail.
    #[serde(skip_serializing_if = "Option::is_none")]
    name: Option<String>,
    topics: Vec<Topic>,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct ChoicesView {
    #[serde(skip_serializing_if = "Option::is_none")]
    mail: Option<String>,
    /// The code that was sent to the address was typed; before, nothing else is sent there.
    mail_confirmed: bool,
    language: Language,
    declined: Vec<DeclinedView>,
    /// What there is to choose from.
    channels: Vec<ChannelView>,
    /// The caller's file has a phone number, which webhooks need.
    has_phone: bool,
}

/// 消息怎么送 · by which channels the caller is sent messages, besides the inbox.
#[utoipa::path(tag = "messages", security(("bearer" = [])), responses((status = 200, body = ChoicesView)))]
#[get("/v1/messages/choices")]
pub async fn read_message_choices(state: Shared, caller: SignedIn) -> Result<HttpResponse, ApiError> {
    let choices = state.services.message_choices(&Call::of(caller.0)).await?;
    let declined = choices.declined.into_iter();
    let channels = choices.channels.into_iter();
    Ok(HttpResponse::Ok().json(ChoicesView {
        mail: choices.mail,
        mail_confirmed: choices.is_mail_confirmed,
        language: choices.language,
        declined: declined.map(|one| DeclinedView { channel: one.channel, topic: one.topic }).collect(),
        channels: channels
            .map(|offer| ChannelView { channel: offer.channel, name: offer.name, topics: offer.topics })
            .collect(),
        has_phone: choices.has_phone,
    }))
}

/// 改消息怎么送 · replaces the caller's choices.
#[utoipa::path(tag = "messages", security(("bearer" = [])), request_body = ChoicesBody,
    responses((status = 204)))]
#[put("/v1/messages/choices")]
pub async fn choose_messages(
    state: Shared,
    caller: SignedIn,
    ask: Ask<ChoicesBody>,
) -> Result<HttpResponse, ApiError> {
    let (call, body) = (ask.keyed.call(&caller.0), ask.body);
    let declined = body.declined.0.into_iter();
    let choices = ChoicesAsk {
        mail: body.mail.map(String::from),
        language: body.language,
        declined: declined.map(|one| Declined { channel: one.channel.into(), topic: one.topic }).collect(),
    };
    state.services.choose_messages(&call, choices).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// 再发一次邮箱验证码 · sends a code to the caller's mail address once more, while it is not confirmed.
#[utoipa::path(tag = "messages", security(("bearer" = [])), responses((status = 204)))]
#[post("/v1/messages/mail/code")]
pub async fn send_mail_code(state: Shared, caller: SignedIn, keyed: Keyed) -> Result<HttpResponse, ApiError> {
    state.services.send_mail_code(&keyed.call(&caller.0)).await?;
    Ok(HttpResponse::NoContent().finish())
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct MailCodeBody {
    /// The digits that were sent to the address.
    code: SignInDigits,
}

/// 确认邮箱 · confirms the caller's mail address by the code that was sent there; from then on messages go to it.
#[utoipa::path(tag = "messages", security(("bearer" = [])), request_body = MailCodeBody,
    responses((status = 204)))]
#[post("/v1/messages/mail/confirm")]
pub async fn confirm_mail(
    state: Shared,
    caller: SignedIn,
    ask: Ask<MailCodeBody>,
) -> Result<HttpResponse, ApiError> {
    let call = ask.keyed.call(&caller.0);
    state.services.confirm_mail(&call, ask.body.code.into()).await?;
    Ok(HttpResponse::NoContent().finish())
}

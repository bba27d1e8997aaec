//! `/v1/messages`: the inbox of the caller.

use crate::api::web::edge::{Shared, language, zone};
use crate::api::web::extract::{Ask, SignedIn};
use crate::api::web::page::{Listed, OfDays, Page, Paging};
use crate::api::web::part::Part;
use crate::api::web::problem::ApiError;
use crate::api::web::sheet::Row;
use crate::domain::figures;
use crate::domain::id::Id;
use crate::domain::message::Said;
use crate::domain::time::Moment;
use crate::services::Call;
use crate::services::inbox::{InboxMessage, MessageFilter};
use crate::texts::Language;
use actix_web::{HttpRequest, HttpResponse, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct MessagesQuery {
    /// 只看未读 · unread ones only.
    #[serde(default)]
    unread: bool,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct MessageView {
    id: Id,
    /// What kind of message it is, such as `points_in`.
    kind: &'static str,
    /// In the caller's language.
    title: String,
    #[serde(skip_serializing_if = "Option::is_none")]
    words: Option<String>,
    /// The page of the portal that has more about it.
    #[serde(skip_serializing_if = "Option::is_none")]
    page: Option<String>,
    told_at: Moment,
    #[serde(skip_serializing_if = "Option::is_none")]
    read_at: Option<Moment>,
}

impl Row for MessageView {
    const TITLE: (&'static str, &'static str) = ("消息", "messages");
    const COLUMNS: &'static [&'static str] = &["id", "kind", "title", "words", "page", "told_at", "read_at"];
}

pub(in crate::api) fn view(entry: InboxMessage, days: &figures::Days, language: Language) -> MessageView {
    let Said { title, body } = entry.say(days, language);
    MessageView {
        id: entry.id,
        kind: entry.message.kind(),
        title,
        words: body,
        page: entry.message.path(entry.as_user),
        told_at: entry.made_at,
        read_at: entry.read_at,
    }
}

/// 我的消息 · the messages to the caller, newest first.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), params(MessagesQuery, OfDays, Paging),
    responses((status = 200, body = Page<MessageView>)))]
#[get("/v1/messages")]
pub async fn list_messages(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
    list: Listed<MessagesQuery>,
) -> Result<HttpResponse, ApiError> {
    let Listed { query, list } = list;
    let language = language(&request);
    let days = figures::Days::new(state.services.now(), zone(&request), language);
    let read = async move |part: Part| {
        let filter = MessageFilter { unread: query.unread, days: part.days, before: part.after_as()? };
        let messages = state.services.messages(&Call::of(caller.0.clone()), filter, part.limit).await?;
        Ok(messages.into_iter().map(|one| (one.id.to_string(), view(one, &days, language))).collect())
    };
    list.respond(read).await
}

#[derive(Debug, Deserialize, ToSchema)]
#[serde(deny_unknown_fields)]
pub struct ReadBody {
    /// The newest message that was read: all older ones are read, too.
    until: Id,
}

/// 标为已读 · notes that the caller has read all messages up to one.
#[utoipa::path(tag = "sign-in", security(("bearer" = [])), request_body = ReadBody,
    responses((status = 204)))]
#[post("/v1/messages/read")]
pub async fn read_messages(
    state: Shared,
    caller: SignedIn,
    ask: Ask<ReadBody>,
) -> Result<HttpResponse, ApiError> {
    state.services.read_messages(&ask.keyed.call(&caller.0), ask.body.until).await?;
    Ok(HttpResponse::NoContent().finish())
}

//! `/v1/attachments`: photos and scans. Who may read a record, redemption, statement or other thing may read its attachments.

use crate::api::people::users::{MadeView, made};
use crate::api::web::accept::has_match;
use crate::api::web::edge::Shared;
use crate::api::web::extract::{Keyed, PathOf, QueryOf, SignedIn};
use crate::api::web::problem::ApiError;
use crate::api::web::upload::Upload;
use crate::domain::attachments::{Media, Thing};
use crate::domain::id::Id;
use crate::domain::time::{Day, Moment};
use crate::services::attachments::{AttachmentAsk, AttachmentRow};
use crate::services::{Call, Error, Services};
use actix_web::http::header;
use actix_web::{HttpRequest, HttpResponse, delete, get, post};
use serde::{Deserialize, Serialize};
use utoipa::{IntoParams, ToSchema};

/// The fields of an upload, besides the file.
#[derive(Debug, Deserialize)]
#[serde(deny_unknown_fields)]
pub struct UploadFields {
    thing: Thing,
    thing_id: Id,
}

#[derive(Debug, Deserialize, ToSchema)]
#[expect(dead_code, reason = "stands for the parts of the form in the OpenAPI document; Upload reads them")]
#[serde(deny_unknown_fields)]
pub struct AttachmentForm {
    #[schema(inline)]
    thing: Thing,
    thing_id: Id,
    /// JPEG, PNG, WebP or PDF of at most 5 MiB. What it is decides, not its name or its type.
    #[schema(value_type = String, format = Binary, max_length = 5_242_880)]
    file: Vec<u8>,
}

#[derive(Debug, Deserialize, IntoParams)]
#[into_params(parameter_in = Query)]
#[serde(deny_unknown_fields)]
pub struct AttachmentQuery {
    #[param(inline)]
    thing: Thing,
    thing_id: Id,
}

#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentView {
    id: Id,
    /// `activity`, `service_record`, `offer`, `redemption`, `statement`, `feedback`, `shop_application`.
    thing: String,
    thing_id: Id,
    /// What it is kept for: `sheet`, `goods`, `receipt`, `feedback`, `licence`.
    purpose: String,
    /// The name of the file as it was sent, without its ending; may be empty.
    title: String,
    /// `image/jpeg`, `image/png` or `application/pdf`.
    media_type: String,
    /// In bytes.
    size: i64,
    /// Of a picture, in pixels.
    #[serde(skip_serializing_if = "Option::is_none")]
    width: Option<i64>,
    #[serde(skip_serializing_if = "Option::is_none")]
    height: Option<i64>,
    /// SHA-256 of the content, in hex.
    digest: String,
    made_by: Id,
    made_at: Moment,
    /// The last day on which it is kept; left out: until it is taken away.
    #[serde(skip_serializing_if = "Option::is_none")]
    keep_until: Option<Day>,
}

/// The attachments of one thing.
#[derive(Debug, Serialize, ToSchema)]
pub struct AttachmentsView {
    #[schema(max_items = 20)]
    items: Vec<AttachmentView>,
}

fn view(row: AttachmentRow) -> AttachmentView {
    AttachmentView {
        id: row.id,
        thing: row.thing,
        thing_id: row.thing_id,
        purpose: row.purpose,
        title: row.title,
        media_type: row.media_type,
        size: row.size,
        width: row.width,
        height: row.height,
        digest: row.digest,
        made_by: row.made_by,
        made_at: row.made_at,
        keep_until: row.keep_until,
    }
}

/// 上传附件 · adds a photo or scan to a thing. Pictures are kept without their metadata; the same file is added once.
#[utoipa::path(tag = "attachments", security(("bearer" = [])),
    request_body(content = AttachmentForm, content_type = "multipart/form-data"),
    responses((status = 201, body = MadeView)))]
#[post("/v1/attachments")]
pub async fn add_attachment(
    state: Shared,
    caller: SignedIn,
    upload: Upload<UploadFields>,
) -> Result<HttpResponse, ApiError> {
    let call = upload.keyed.call(&caller.0);
    let UploadFields { thing, thing_id } = upload.body;
    let ask = AttachmentAsk { thing, of: thing_id, name: upload.name, file: upload.file };
    Ok(made(state.services.attach(&call, ask).await?))
}

/// 附件 · the attachments of one thing, newest first.
#[utoipa::path(tag = "attachments", security(("bearer" = [])), params(AttachmentQuery),
    responses((status = 200, body = AttachmentsView)))]
#[get("/v1/attachments")]
pub async fn list_attachments(
    state: Shared,
    caller: SignedIn,
    query: QueryOf<AttachmentQuery>,
) -> Result<HttpResponse, ApiError> {
    let AttachmentQuery { thing, thing_id } = query.0;
    let seen = state.services.attachments(&Call::of(caller.0), (thing, thing_id)).await?;
    let items = seen.rows.into_iter().map(|(row, _)| view(row)).collect();
    Ok(HttpResponse::Ok().json(AttachmentsView { items }))
}

/// 一个附件 · what is known of one attachment.
#[utoipa::path(tag = "attachments", security(("bearer" = [])), params(("id" = Id, Path)),
    responses((status = 200, body = AttachmentView)))]
#[get("/v1/attachments/{id}")]
pub async fn read_attachment(
    state: Shared,
    caller: SignedIn,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(HttpResponse::Ok().json(view(state.services.attachment(&Call::of(caller.0), path.0).await?)))
}

/// The file, as it is kept.
#[derive(Debug, ToSchema)]
#[schema(max_length = 5_242_880)]
#[expect(dead_code, reason = "stands for the answer in the OpenAPI document")]
pub struct AttachmentFile(String);

/// 附件的内容 · the file. A PDF is a download; the ETag is its digest.
#[utoipa::path(tag = "attachments", security(("bearer" = [])), params(("id" = Id, Path)),
    responses((status = 200, content((AttachmentFile = "image/jpeg"), (AttachmentFile = "image/png"),
        (AttachmentFile = "application/pdf"))), (status = 304)))]
#[get("/v1/attachments/{id}/content")]
pub async fn read_attachment_content(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(&state.services, &request, &Call::of(caller.0), path.0, false).await?)
}

/// 附件的小图 · a small picture of it, for lists; of a PDF there is none.
#[utoipa::path(tag = "attachments", security(("bearer" = [])), params(("id" = Id, Path)),
    responses((status = 200, content((AttachmentFile = "image/jpeg"))), (status = 304)))]
#[get("/v1/attachments/{id}/small")]
pub async fn read_attachment_small(
    state: Shared,
    request: HttpRequest,
    caller: SignedIn,
    path: PathOf<Id>,
) -> Result<HttpResponse, ApiError> {
    Ok(answer(&state.services, &request, &Call::of(caller.0), path.0, true).await?)
}

/// 删除附件 · removes an attachment: its uploader on the day of the upload, the shop for its goods, an administrator always.
#[utoipa::path(tag = "attachments", security(("bearer" = [])), params(("id" = Id, Path)),
    responses((status = 204)))]
#[delete("/v1/attachments/{id}")]
pub async fn remove_attachment(
    state: Shared,
    caller: SignedIn,
    path: PathOf<Id>,
    keyed: Keyed,
) -> Result<HttpResponse, ApiError> {
    state.services.remove_attachment(&keyed.call(&caller.0), path.0).await?;
    Ok(HttpResponse::NoContent().finish())
}

/// Answers with a file, so that nothing in it can act: its type is what was checked, it runs in a sandbox, and a PDF is
/// a download. Browsers may keep it, and ask each time whether the caller may still see it; what they have is not read.
pub async fn answer(
    services: &Services,
    request: &HttpRequest,
    call: &Call,
    id: Id,
    small: bool,
) -> Result<HttpResponse, Error> {
    let row = services.attachment(call, id).await?;
    let media = if small { Some(Media::Jpeg) } else { Media::of(&row.media_type) };
    let digest = if small { row.small_digest.as_deref().unwrap_or_default() } else { row.digest.as_str() };
    let tag = format!("\"{digest}\"");
    let is_known = has_match(request, &tag);
    let content = match is_known {
        true => Vec::new(),
        false => services.content_of(&row, small).await?,
    };
    let mut answer = if is_known { HttpResponse::NotModified() } else { HttpResponse::Ok() };
    answer
        .insert_header((header::ETAG, tag))
        .insert_header((header::CACHE_CONTROL, "private, no-cache"))
        .insert_header((header::CONTENT_SECURITY_POLICY, "default-src 'none'; sandbox"))
        .insert_header(("Cross-Origin-Resource-Policy", "same-origin"));
    if is_known {
        return Ok(answer.finish());
    }
    let Some(media) = media else { return Ok(HttpResponse::InternalServerError().finish()) };
    let manner = if media == Media::Pdf { "attachment" } else { "inline" };
    let short: String = row.digest.chars().take(12).collect();
    let title = if row.title.is_empty() { &short } else { &row.title };
    let title: String = form_urlencoded::byte_serialize(title.as_bytes()).collect();
    let (title, ending) = (title.replace('+', "%20"), media.extension());
    let disposition = format!("{manner}; filename=\"{short}.{ending}\"; filename*=UTF-8''{title}.{ending}");
    let answer = answer
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .content_type(media.media_type())
        .body(content);
    Ok(answer)
}

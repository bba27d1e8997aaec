//! A request that brings a file: `multipart/form-data` with the members of `T` as fields, and the file as the part
//! `file`. Fields and file may come in any order, each once.

use super::admission::in_order;
use super::extract::{Keyed, keyed, read_bytes, state};
use super::faults::{FieldError, FieldFault, Place};
use super::problem::ApiError;
use crate::domain::attachments::MOST_BYTES;
use actix_web::dev::Payload;
use actix_web::http::header;
use actix_web::{FromRequest, HttpRequest, web};
use futures_util::future::LocalBoxFuture;
use serde::de::DeserializeOwned;
use serde_json::{Map, Value};
use sha2::{Digest, Sha256};

pub const MULTIPART: &str = "multipart/form-data";
/// What fields and boundaries take besides the file, in bytes.
const AROUND: usize = 64 << 10;
/// The longest field, in bytes.
const LONGEST_FIELD: usize = 4_096;
const FILE: &str = "file";

/// A file with the fields that came with it, and the request's key.
#[derive(Clone, Debug)]
pub struct Upload<T> {
    pub body: T,
    /// The name with which the file was sent.
    pub name: String,
    pub file: Vec<u8>,
    pub keyed: Keyed,
}

impl<T: DeserializeOwned + 'static> FromRequest for Upload<T> {
    type Error = ApiError;
    type Future = LocalBoxFuture<'static, Result<Self, ApiError>>;

    fn from_request(request: &HttpRequest, payload: &mut Payload) -> Self::Future {
        let (request, payload) = (request.clone(), payload.take());
        Box::pin(async move {
            let read = read(&request, payload).await;
            in_order(&request, read).await
        })
    }
}

fn fault(name: &str, fault: FieldFault) -> ApiError {
    FieldError::new(Place::Body, name, fault).into()
}

async fn read<T: DeserializeOwned>(request: &HttpRequest, payload: Payload) -> Result<Upload<T>, ApiError> {
    let state = state(request)?;
    let kind = request.headers().get(header::CONTENT_TYPE).and_then(|value| value.to_str().ok());
    let boundary = kind.and_then(|kind| multer::parse_boundary(kind).ok());
    let boundary = boundary.ok_or(ApiError::UnsupportedMediaType { expected: MULTIPART })?;
    // One byte more than is taken: a larger file is refused in words of its own.
    let limit = MOST_BYTES.saturating_add(AROUND);
    let bytes = read_bytes(request, payload, &state, MULTIPART, limit).await?;
    let Parts { fields, file, name } = parts(bytes, boundary).await?;
    let file = file.ok_or_else(|| fault(FILE, FieldFault::Missing))?;
    let fields: Map<String, Value> =
        fields.into_iter().map(|(name, value)| (name, Value::String(value))).collect();
    let mut whole = fields.clone();
    whole.insert(FILE.to_owned(), Value::String(hex::encode(Sha256::digest(&file))));
    let body = serde_path_to_error::deserialize(Value::Object(fields)).map_err(|error| {
        let path = error.path().to_string();
        ApiError::Field(FieldError::from_message(Place::Body, &path, &error.into_inner().to_string()))
    })?;
    Ok(Upload { body, name, file, keyed: keyed(request, &state, &Value::Object(whole))? })
}

#[derive(Default)]
struct Parts {
    fields: Vec<(String, String)>,
    file: Option<Vec<u8>>,
    name: String,
}

async fn parts(bytes: web::Bytes, boundary: String) -> Result<Parts, ApiError> {
    let whole = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(bytes) });
    let (mut reader, mut parts) = (multer::Multipart::new(whole, boundary), Parts::default());
    let broken = |_| fault("", FieldFault::Refused);
    while let Some(part) = reader.next_field().await.map_err(broken)? {
        let name = part.name().unwrap_or_default().to_owned();
        let file_name = part.file_name().unwrap_or_default().to_owned();
        let content = part.bytes().await.map_err(broken)?;
        if parts.fields.iter().any(|(known, _)| *known == name) || name == FILE && parts.file.is_some() {
            return Err(fault(&name, FieldFault::Duplicate));
        }
        if name == FILE {
            (parts.file, parts.name) = (Some(content.to_vec()), file_name);
            continue;
        }
        let text = std::str::from_utf8(&content).ok().filter(|text| text.len() <= LONGEST_FIELD);
        parts.fields.push((name.clone(), text.ok_or_else(|| fault(&name, FieldFault::Refused))?.to_owned()));
    }
    Ok(parts)
}

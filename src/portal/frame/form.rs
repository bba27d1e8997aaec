//! What was typed into a form: read once, checked field by field, kept when it is refused.

use super::fault::{Fault, Missed};
use crate::api::web::edge::State;
use crate::api::web::extract::read_bytes;
use crate::api::web::faults::{FieldError, FieldFault, Place};
use crate::api::web::fields::Quantity;
use crate::api::web::problem::ApiError;
use crate::domain::id::Id;
use actix_web::dev::Payload;
use actix_web::http::header::CONTENT_TYPE;
use actix_web::{HttpRequest, web};
use serde::Deserialize;
use serde::de::IntoDeserializer;
use serde::de::value::{Error as Refused, StrDeserializer};
use std::cell::RefCell;

/// The hidden field that ties a form to the session in which it was shown.
pub const TOKEN: &str = "csrf";
/// The hidden field with the idempotency key: a double click, a reload and the back button act once.
pub const KEY: &str = "key";
/// The hidden field with the version of what is changed: a change by another person in between is refused, and shown.
pub const VERSION: &str = "version";

/// The most parts of a form that is sent with files.
const MOST_PARTS: usize = 20_000;

/// A file that was chosen in a field.
#[derive(Clone, Debug)]
struct Chosen {
    field: String,
    /// The name that it has where it comes from.
    name: String,
    bytes: web::Bytes,
}

/// The fields of a form in their order; a name may occur several times.
#[derive(Clone, Debug, Default)]
pub struct Form {
    fields: Vec<(String, String)>,
    /// Files that were chosen.
    files: Vec<Chosen>,
}

impl Form {
    pub fn new(fields: Vec<(String, String)>) -> Self {
        Form { fields, files: Vec::new() }
    }

    /// Reads the body of a form within the limits of time and size.
    pub async fn read(request: &HttpRequest, payload: Payload, state: &State) -> Result<Self, ApiError> {
        let limit = state.config.http.bulk_limit_bytes;
        let kind = request.headers().get(CONTENT_TYPE).and_then(|value| value.to_str().ok());
        if let Some(Ok(boundary)) = kind.map(multer::parse_boundary) {
            return match read_bytes(request, payload, state, "multipart/form-data", limit).await {
                Err(ApiError::BodyMissing) => Ok(Form::default()),
                bytes => Form::of_parts(bytes?, boundary).await,
            };
        }
        let bytes =
            match read_bytes(request, payload, state, "application/x-www-form-urlencoded", limit).await {
                Err(ApiError::BodyMissing) => return Ok(Form::default()),
                bytes => bytes?,
            };
        // Browsers send each line break as two characters.
        let fields = form_urlencoded::parse(&bytes)
            .map(|(name, value)| (name.into_owned(), value.replace("\r\n", "\n")));
        Ok(Form::new(fields.collect()))
    }

    /// The fields of a form that was sent in the address.
    pub fn of_query(query: &str) -> Self {
        Form::new(form_urlencoded::parse(query.as_bytes()).into_owned().collect())
    }

    /// The parts of a form that was sent with files: each a field or a file.
    async fn of_parts(bytes: web::Bytes, boundary: String) -> Result<Self, ApiError> {
        let whole = futures_util::stream::once(async move { Ok::<_, std::convert::Infallible>(bytes) });
        let mut parts = multer::Multipart::new(whole, boundary);
        let mut form = Form::default();
        for _ in 0..MOST_PARTS {
            let Some(part) = parts.next_field().await.map_err(|_| ApiError::BadRequest)? else {
                return Ok(form);
            };
            let name = part.name().unwrap_or_default().to_owned();
            let file_name = part.file_name().map(str::to_owned);
            let bytes = part.bytes().await.map_err(|_| ApiError::BadRequest)?;
            match file_name {
                // No file was chosen.
                Some(_) if bytes.is_empty() => {}
                Some(file_name) => form.files.push(Chosen { field: name, name: file_name, bytes }),
                None => form.fields.push((name, String::from_utf8_lossy(&bytes).into_owned())),
            }
        }
        Err(ApiError::BadRequest)
    }

    /// The file that was chosen in a field.
    pub fn file(&self, name: &str) -> Option<&[u8]> {
        self.named_file(name).map(|(_, bytes)| bytes)
    }

    /// The same with the name that the file has where it comes from.
    pub fn named_file(&self, name: &str) -> Option<(&str, &[u8])> {
        let file = self.files.iter().find(|file| file.field == name)?;
        Some((&file.name, &file.bytes))
    }

    /// The fields in which files were chosen, with these.
    pub fn files(&self) -> impl Iterator<Item = (&str, &[u8])> {
        self.files.iter().map(|file| (file.field.as_str(), file.bytes.as_ref()))
    }

    /// The first value of a field, as it was typed.
    pub fn typed(&self, name: &str) -> Option<&str> {
        self.fields.iter().find(|(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    /// All values of a field.
    pub fn all<'f>(&'f self, name: &'f str) -> impl Iterator<Item = &'f str> {
        self.fields.iter().filter(move |(field, _)| field == name).map(|(_, value)| value.as_str())
    }

    pub fn is_empty(&self) -> bool {
        self.fields.is_empty()
    }

    /// Every field, also those that the page itself put in.
    pub fn fields(&self) -> impl Iterator<Item = &(String, String)> {
        self.fields.iter()
    }

    /// Everything but the token, passwords and PINs: what may be shown again.
    pub fn visible(&self) -> impl Iterator<Item = &(String, String)> {
        let is_secret = |name: &str| name == TOKEN || name.ends_with("password") || name.starts_with("pin");
        self.fields.iter().filter(move |(name, _)| !is_secret(name))
    }
}

/// Reads fields of a form, and collects everything that is wrong with them before any of it counts.
pub struct Fields<'v> {
    form: &'v Form,
    faults: RefCell<Vec<FieldError>>,
}

impl<'v> Fields<'v> {
    pub fn of(form: &'v Form) -> Self {
        Fields { form, faults: RefCell::default() }
    }

    /// A field that must be filled in.
    pub fn need<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, Missed> {
        match self.maybe(name)? {
            Some(value) => Ok(value),
            None => self.refuse(name, FieldFault::Missing),
        }
    }

    /// A field that may stay empty.
    pub fn maybe<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<Option<T>, Missed> {
        let typed = self.form.typed(name).unwrap_or_default();
        let text = plain_digits(typed.trim());
        if text.is_empty() {
            return Ok(None);
        }
        self.read(name, &text).map(Some)
    }

    /// The pieces of each offer that were typed (`pieces.<offer>`): an empty field and a nought are none, and what is no
    /// number is refused at its field.
    pub fn pieces(&self) -> Result<Vec<(Id, i64)>, Missed> {
        let typed = self.form.fields().filter_map(|(name, value)| {
            let offer = name.strip_prefix("pieces.")?.parse::<Id>().ok()?;
            Some((name, offer, plain_digits(value.trim())))
        });
        let lines = typed.filter(|(.., text)| !text.chars().all(|digit| digit == '0'));
        let lines: Vec<_> =
            lines.map(|(name, offer, text)| Ok((offer, self.read::<Quantity>(name, &text)?.get()))).collect();
        lines.into_iter().collect()
    }

    /// A secret: as it was typed, blanks included.
    pub fn secret<T: for<'de> Deserialize<'de>>(&self, name: &str) -> Result<T, Missed> {
        match self.form.typed(name).unwrap_or_default() {
            "" => self.refuse(name, FieldFault::Missing),
            text => self.read(name, text),
        }
    }

    /// Whether a box is ticked.
    pub fn ticked(&self, name: &str) -> bool {
        self.form.typed(name).is_some()
    }

    fn read<T: for<'de> Deserialize<'de>>(&self, name: &str, text: &str) -> Result<T, Missed> {
        let reader: StrDeserializer<'_, Refused> = text.into_deserializer();
        T::deserialize(reader).map_err(|error| {
            self.note(FieldError::from_message(Place::Form, name, &error.to_string()));
            Missed
        })
    }

    /// Refuses a field.
    pub fn refuse<T>(&self, name: &str, fault: FieldFault) -> Result<T, Missed> {
        self.note(FieldError::new(Place::Form, name, fault));
        Err(Missed)
    }

    fn note(&self, fault: FieldError) {
        self.faults.borrow_mut().push(fault);
    }

    /// Everything that was refused so far, at once.
    pub fn checked(&self) -> Result<(), Fault> {
        let faults = self.faults.take();
        if faults.is_empty() { Ok(()) } else { Err(Fault::Fields(faults)) }
    }
}

/// The version that the form was filled from. A form without one changes nothing: no version is 0.
pub fn version_in(form: &Form, name: &str) -> i64 {
    form.typed(name).and_then(|text| text.parse().ok()).unwrap_or_default()
}

/// The digits of Chinese input methods as plain ones.
pub fn plain_digits(text: &str) -> String {
    let plain = |c: char| match c {
        '０'..='９' => char::from_digit(u32::from(c).saturating_sub(u32::from('０')), 10).unwrap_or(c),
        c => c,
    };
    text.chars().map(plain).collect()
}

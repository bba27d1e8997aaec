//! Files that are sent in: pictures and PDFs made here, and the request that brings them.

use crate::support::service::{approved, publish, record};
use crate::support::town::Town;
use crate::support::web::{Answer, Ask, send_bytes};
use serde_json::Value;
use std::io::Cursor;
use std::net::SocketAddr;

/// A picture of a colour, in this format.
pub fn picture(colour: [u8; 3], (width, height): (u32, u32), format: image::ImageFormat) -> Vec<u8> {
    let mut out = Cursor::new(Vec::new());
    image::RgbImage::from_pixel(width, height, image::Rgb(colour)).write_to(&mut out, format).unwrap();
    out.into_inner()
}

pub fn png(colour: [u8; 3]) -> Vec<u8> {
    picture(colour, (40, 30), image::ImageFormat::Png)
}

/// A JPEG of 40 × 30 with a place in its metadata, and lying on its side.
pub fn photo() -> Vec<u8> {
    let plain = picture([200, 30, 30], (40, 30), image::ImageFormat::Jpeg);
    let exif = [
        b"Exif\0\0MM\0\x2a\0\0\0\x08".as_slice(),
        // One entry: the orientation, turned by a quarter.
        b"\0\x01\x01\x12\0\x03\0\0\0\x01\0\x06\0\0\0\0\0\0",
        b"GPS 34.6197 N 112.4540 E",
    ]
    .concat();
    let length = u16::try_from(exif.len() + 2).unwrap().to_be_bytes();
    [&plain[..2], b"\xff\xe1", &length, &exif, &plain[2..], b"<script>appended</script>"].concat()
}

/// A PDF of one empty page, with this in its catalogue.
pub fn pdf(inside: &str) -> Vec<u8> {
    format!("%PDF-1.4\n1 0 obj\n<< /Type /Catalog {inside} >>\nendobj\nstartxref\n9\n%%EOF\n").into_bytes()
}

/// The body of a form with a file.
pub fn body(fields: &[(&str, &str)], name: &str, file: &[u8]) -> Vec<u8> {
    let mut body = Vec::new();
    for (field, value) in fields {
        let part = format!("--x\r\nContent-Disposition: form-data; name=\"{field}\"\r\n\r\n{value}\r\n");
        body.extend_from_slice(part.as_bytes());
    }
    let head = format!("--x\r\nContent-Disposition: form-data; name=\"file\"; filename=\"{name}\"\r\n");
    body.extend_from_slice(format!("{head}Content-Type: image/png\r\n\r\n").as_bytes());
    body.extend_from_slice(file);
    body.extend_from_slice(b"\r\n--x--\r\n");
    body
}

/// Sends a file for a thing, under a key.
pub fn upload_under(
    town: &Town,
    who: &str,
    key: &str,
    thing: (&str, &str),
    name: &str,
    file: &[u8],
) -> Answer {
    let fields = [("thing", thing.0), ("thing_id", thing.1)];
    send_form(town.web.address(), &town.token(who), key, "/v1/attachments", &fields, (name, file))
}

/// Sends a form with a file to a server, with this token.
pub fn send_form(
    address: SocketAddr,
    token: &str,
    key: &str,
    path: &str,
    fields: &[(&str, &str)],
    (name, file): (&str, &[u8]),
) -> Answer {
    let bearer = format!("Bearer {token}");
    let ask = Ask { method: "POST", ..Ask::get(path) }.role(None).key(key);
    let ask = ask.header("Authorization", &bearer).header("Content-Type", "multipart/form-data; boundary=x");
    send_bytes(address, &ask, &body(fields, name, file))
}

/// The same under a key of its own.
pub fn upload(town: &Town, who: &str, thing: (&str, &str), name: &str, file: &[u8]) -> Answer {
    upload_under(town, who, &town.next_key(), thing, name, file)
}

/// Adds a file; returns the attachment's id.
pub fn attached(town: &Town, who: &str, thing: (&str, &str), file: &[u8]) -> String {
    let answer = upload(town, who, thing, "示例.png", file);
    assert_eq!(answer.status, 201, "{answer:?}");
    answer.json()["id"].as_str().unwrap().to_owned()
}

/// Reads a path as a user, whole.
pub fn read(town: &Town, who: &str, path: &str, headers: &[(&str, &str)]) -> Answer {
    let bearer = format!("Bearer {}", town.token(who));
    let ask = Ask::get(path).role(None).header("Authorization", &bearer);
    town.web.send(&headers.iter().fold(ask, |ask, (name, value)| ask.header(name, value)))
}

/// The attachments of a thing, as a user sees them.
pub fn listed(town: &Town, who: &str, thing: (&str, &str)) -> Vec<Value> {
    let path = format!("/v1/attachments?thing={}&thing_id={}", thing.0, thing.1);
    town.as_role(who).get(&path).ok(200)["items"].as_array().unwrap().clone()
}

/// A record of lin with an attachment.
pub fn proved(town: &Town, file: &[u8]) -> String {
    publish(town, "activity", "2026-03-02T09:00", "2026-03-02T11:00");
    town.at("2026-03-02T12:00");
    approved(town, "record", record(town, "activity", "lin", "2026-03-02T09:00", "2026-03-02T10:00"));
    attached(town, "staff", ("service_record", &town.id("record")), file)
}

//! Files that are not taken, each refused with the next step.

use crate::support::town::Town;
use crate::support::upload::{body, pdf, photo, picture, png, upload};
use crate::support::web::{Ask, send_bytes};
use image::ImageFormat;

/// A PNG that says it is of this size and has next to nothing in it.
fn bomb(width: u32, height: u32) -> Vec<u8> {
    let mut file = png([0, 0, 0]);
    file[16..20].copy_from_slice(&width.to_be_bytes());
    file[20..24].copy_from_slice(&height.to_be_bytes());
    let mut crc = flate2::Crc::new();
    crc.update(&file[12..29]);
    file[29..33].copy_from_slice(&crc.sum().to_be_bytes());
    file
}

fn webp() -> Vec<u8> {
    picture([9, 90, 9], (16, 16), ImageFormat::WebP)
}

/// Files with the code of their refusal.
fn unfit() -> Vec<(&'static str, Vec<u8>, &'static str)> {
    let cut = |file: Vec<u8>| file[..file.len() * 2 / 3].to_vec();
    let jpeg = picture([1, 2, 3], (64, 64), ImageFormat::Jpeg);
    let mut swapped = png([1, 2, 3]);
    swapped[45] ^= 0xff;
    vec![
        ("page.png", b"<html><script>alert(1)</script>".to_vec(), "attachment_unknown"),
        ("a.jpg", b"<svg xmlns=\"http://www.w3.org/2000/svg\"/>".to_vec(), "attachment_unknown"),
        ("a.gif", b"GIF89a\x01\0\x01\0\0\0\0;".to_vec(), "attachment_unknown"),
        ("late.pdf", [b"\n".to_vec(), pdf("")].concat(), "attachment_unknown"),
        ("cut.jpg", cut(jpeg), "attachment_damaged"),
        ("cut.png", cut(png([1, 2, 3])), "attachment_damaged"),
        ("cut.webp", cut(webp()), "attachment_damaged"),
        ("cut.pdf", cut(pdf("")), "attachment_damaged"),
        ("swapped.png", swapped, "attachment_damaged"),
        ("short.jpg", b"\xff\xd8\xff".to_vec(), "attachment_damaged"),
        ("bomb.png", bomb(60_000, 60_000), "attachment_expands"),
        ("wide.png", bomb(20_000, 1), "attachment_expands"),
        ("large.jpg", vec![0xff; (5 << 20) + 1], "attachment_too_large"),
        ("script.pdf", pdf("/OpenAction << /S /JavaScript /JS (app.alert(1)) >>"), "attachment_active"),
        ("launch.pdf", pdf("/OpenAction << /S /Launch >>"), "attachment_active"),
        ("inside.pdf", pdf("/Names << /EmbeddedFiles 4 0 R >>"), "attachment_active"),
        ("two.pdf", [pdf(""), b"<script>".to_vec()].concat(), "attachment_active"),
    ]
}

#[test]
fn a_file_that_is_no_whole_picture_or_page_is_refused_in_words() {
    let town = Town::new();
    let rice = town.id("rice");
    for (name, file, code) in unfit() {
        let answer = upload(&town, "merchant_owner", ("offer", &rice), name, &file);
        assert_eq!((answer.status, answer.code().as_str()), (422, code), "{name}: {}", answer.text);
        let detail = answer.json()["detail"].as_str().unwrap().to_owned();
        assert!(detail.contains('请'), "{name}: {detail}");
    }
    let kept = std::fs::read_dir(town.files_folder());
    assert!(kept.is_err(), "nothing was written");
    for (name, file) in [("a.webp", webp()), ("photo.txt", photo()), ("no ending", png([7, 7, 7]))] {
        let answer = upload(&town, "merchant_owner", ("offer", &rice), name, &file);
        assert_eq!(answer.status, 201, "{name}: what it is counts, not its name: {}", answer.text);
    }
}

#[test]
fn a_form_that_is_not_as_it_should_be_names_its_fault() {
    let town = Town::new();
    let rice = town.id("rice");
    let bearer = format!("Bearer {}", town.token("merchant_owner"));
    let send = |kind: &str, whole: &[u8]| {
        let ask = Ask { method: "POST", ..Ask::get("/v1/attachments") }.role(None).key("k");
        let ask = ask.header("Authorization", &bearer).header("Content-Type", kind);
        let answer = send_bytes(town.web.address(), &ask, whole);
        (answer.status, answer.code(), answer.json()["field"].as_str().unwrap_or_default().to_owned())
    };
    let form = "multipart/form-data; boundary=x";
    let file = png([1, 1, 1]);
    let with = |fields: &[(&str, &str)]| send(form, &body(fields, "a.png", &file));
    let fault = |status: u16, code: &str, field: &str| (status, code.to_owned(), field.to_owned());
    assert_eq!(with(&[("thing", "offer")]), fault(400, "field_missing", "thing_id"));
    assert_eq!(with(&[("thing", "moon"), ("thing_id", &rice)]), fault(400, "field_not_one_of", "thing"));
    assert_eq!(with(&[("thing", "offer"), ("thing_id", "1")]), fault(400, "field_not_an_id", "thing_id"));
    let twice = [("thing", "offer"), ("thing", "offer"), ("thing_id", rice.as_str())];
    assert_eq!(with(&twice), fault(400, "field_duplicate", "thing"));
    let more = [("thing", "offer"), ("thing_id", rice.as_str()), ("colour", "red")];
    assert_eq!(with(&more), fault(400, "field_unknown", "colour"));
    let none = b"--x\r\nContent-Disposition: form-data; name=\"thing\"\r\n\r\noffer\r\n--x--\r\n";
    assert_eq!(send(form, none), fault(400, "field_missing", "file"));
    assert_eq!(send(form, b"--x\r\nbroken").0, 400);
    assert_eq!(send("application/json", b"{}").0, 415);
    assert_eq!(send(form, &vec![0; 6 << 20]).0, 413);
}

#[test]
fn one_byte_less_than_too_large_is_taken() {
    let town = Town::new();
    let rice = town.id("rice");
    let mut file = pdf("");
    file.splice(9..9, std::iter::repeat_n(b' ', (5 << 20) - file.len()));
    assert_eq!(file.len(), 5 << 20);
    assert_eq!(upload(&town, "merchant_owner", ("offer", &rice), "a.pdf", &file).status, 201);
}

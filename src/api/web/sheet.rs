//! Lists as CSV or as a workbook (XLSX): all rows, streamed a part at a time. Each part is a short read of its own, started when the client
//! has taken the part before: a slow download holds neither memory nor a snapshot of the database.

use super::part::{Part, Placed};
use super::problem::ApiError;
use super::xlsx::{Cell, MEDIA_TYPE, Workbook};
use crate::domain::language::Language;
use crate::domain::time::{Day, Moment};
use crate::texts;
use actix_web::HttpResponse;
use actix_web::http::header;
use actix_web::web::Bytes;
use chrono_tz::Tz;
use futures_util::stream;
use serde::Serialize;
use serde_json::Value;
use std::io;

/// Members that are moments besides those whose names end in `_at`: written in the bank's time zone.
const MOMENTS: &[&str] = &["together_from", "together_until"];

/// The headers on which the answer of a list depends.
pub const VARIES: &str = "Accept, Accept-Language";

/// A row of a list.
pub trait Row: Serialize + 'static {
    /// The file name in Chinese and English.
    const TITLE: (&'static str, &'static str);
    /// The members that become columns, in order.
    const COLUMNS: &'static [&'static str];
    /// Rows that are read at once.
    const AT_ONCE: i64 = 500;
}

/// How a sheet is written.
#[derive(Clone, Copy, Debug)]
pub struct Manner {
    pub form: SheetForm,
    pub language: Language,
    pub zone: Tz,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum SheetForm {
    Csv,
    /// A workbook.
    Xlsx,
}

impl SheetForm {
    pub const fn media_type(self) -> &'static str {
        match self {
            SheetForm::Csv => "text/csv; charset=utf-8; header=present",
            SheetForm::Xlsx => MEDIA_TYPE,
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            SheetForm::Csv => "csv",
            SheetForm::Xlsx => "xlsx",
        }
    }
}

/// Writes rows in one of the forms.
pub enum Writer {
    Csv(Vec<u8>),
    Xlsx(Box<Workbook>),
}

impl Writer {
    /// Begins with the first of these sheets; CSV has one.
    pub fn begin(form: SheetForm, sheets: &[&str]) -> io::Result<Self> {
        match form {
            // The byte order mark by which Excel recognises UTF-8.
            SheetForm::Csv => Ok(Writer::Csv("\u{feff}".as_bytes().to_vec())),
            SheetForm::Xlsx => {
                let mut book = Workbook::new(sheets)?;
                book.next_sheet()?;
                Ok(Writer::Xlsx(Box::new(book)))
            }
        }
    }

    pub fn next_sheet(&mut self) -> io::Result<()> {
        match self {
            Writer::Csv(_) => Ok(()),
            Writer::Xlsx(book) => book.next_sheet(),
        }
    }

    /// A row, of which no cell is read as a formula.
    pub fn row(&mut self, cells: Vec<Cell>) -> io::Result<()> {
        match self {
            Writer::Csv(out) => {
                let texts = cells.into_iter().map(|cell| match cell {
                    Cell::Empty => String::new(),
                    Cell::Text(text) | Cell::Number(text) => guarded(&text),
                });
                let mut writer =
                    csv::WriterBuilder::new().terminator(csv::Terminator::CRLF).from_writer(Vec::new());
                writer.write_record(texts)?;
                out.extend(writer.into_inner().map_err(|error| io::Error::other(error.to_string()))?);
                Ok(())
            }
            Writer::Xlsx(book) => {
                let cells = cells.into_iter().map(|cell| match cell {
                    Cell::Text(text) => Cell::Text(guarded(&text)),
                    cell => cell,
                });
                book.row(&cells.collect::<Vec<_>>())
            }
        }
    }

    /// What was written since it was asked for last.
    pub fn taken(&mut self) -> Vec<u8> {
        match self {
            Writer::Csv(out) => std::mem::take(out),
            Writer::Xlsx(book) => book.taken(),
        }
    }

    pub fn finish(&mut self) -> io::Result<()> {
        match self {
            Writer::Csv(_) => Ok(()),
            Writer::Xlsx(book) => book.finish(),
        }
    }
}

/// What comes next.
enum Step<R> {
    First(Vec<Placed<R>>),
    After(String),
    End,
}

/// Answers with all rows as a stream. An error of the first part is answered as an error; a later one ends the stream
/// without its last chunk, so that clients do not take a part for the whole.
pub async fn respond<R: Row>(
    part: Part,
    manner: Manner,
    pattern: &str,
    read: impl AsyncFn(Part) -> Result<Vec<Placed<R>>, ApiError> + 'static,
) -> Result<HttpResponse, ApiError> {
    let disposition = disposition::<R>(&part, manner, pattern);
    let first = Step::First(read(part.clone()).await?);
    let most = usize::try_from(part.limit).unwrap_or(usize::MAX);
    let writer = begun::<R>(manner).map_err(|error| ApiError::Internal(error.to_string()))?;
    let body = stream::try_unfold((read, first, writer), move |(read, step, mut writer)| {
        let part = part.clone();
        async move {
            let rows = match step {
                Step::End => return Ok(None),
                Step::First(rows) => rows,
                Step::After(place) => {
                    let after = Some(place);
                    read(Part { after, ..part }).await.map_err(broken_off)?
                }
            };
            let next = match rows.last() {
                Some((place, _)) if rows.len() >= most => Step::After(place.clone()),
                _ => Step::End,
            };
            for (_, row) in rows {
                let row = serde_json::to_value(row)?;
                writer.row(R::COLUMNS.iter().map(|name| cell(name, &row, manner.zone)).collect())?;
            }
            if matches!(next, Step::End) {
                writer.finish()?;
            }
            let text = writer.taken();
            Ok::<_, io::Error>(Some((Bytes::from(text), (read, next, writer))))
        }
    });
    Ok(HttpResponse::Ok()
        .content_type(manner.form.media_type())
        .insert_header((header::CONTENT_DISPOSITION, disposition))
        .insert_header((header::VARY, VARIES))
        .streaming(body))
}

fn broken_off(error: ApiError) -> io::Error {
    tracing::warn!(?error, "a list was broken off while it was streamed");
    io::Error::other("broken off")
}

/// `members_2026-10-01_2026-10-31.csv`, and the same in the caller's language.
fn disposition<R: Row>(part: &Part, manner: Manner, pattern: &str) -> String {
    let plain = pattern.rsplit('/').find(|part| !part.starts_with('{')).unwrap_or("list");
    attachment((plain, title::<R>(manner)), [part.days.from, part.days.until], manner.form)
}

/// The header that names a file: in plain letters, and as it is called.
pub fn attachment((plain, title): (&str, &str), days: [Option<Day>; 2], form: SheetForm) -> String {
    let days: String = days.into_iter().flatten().map(|day| format!("_{day}")).collect();
    let (title, ending): (String, _) =
        (form_urlencoded::byte_serialize(title.as_bytes()).collect(), form.extension());
    format!("attachment; filename=\"{plain}{days}.{ending}\"; filename*=UTF-8''{title}{days}.{ending}")
}

fn title<R: Row>(manner: Manner) -> &'static str {
    match manner.language {
        Language::Chinese => R::TITLE.0,
        Language::English => R::TITLE.1,
    }
}

/// A sheet with its headings.
fn begun<R: Row>(manner: Manner) -> io::Result<Writer> {
    let mut writer = Writer::begin(manner.form, &[title::<R>(manner)])?;
    let heading = |name: &&str| texts::column(name, manner.language).unwrap_or_else(|| (*name).to_owned());
    writer.row(R::COLUMNS.iter().map(|name| Cell::Text(heading(name))).collect())?;
    Ok(writer)
}

/// A member as a cell: moments in the bank's time zone, lists and objects as JSON.
pub(in crate::api) fn cell(name: &str, row: &Value, zone: Tz) -> Cell {
    match row.get(name) {
        None | Some(Value::Null) => Cell::Empty,
        Some(Value::String(text)) => {
            match Moment::parse(text).filter(|_| name.ends_with("_at") || MOMENTS.contains(&name)) {
                Some(moment) => Cell::Text(moment.local_to_the_second(zone)),
                None => Cell::Text(text.clone()),
            }
        }
        Some(Value::Number(number)) => Cell::Number(number.to_string()),
        Some(value) => Cell::Text(value.to_string()),
    }
}

/// Prevents spreadsheet programs from reading a cell as a formula; a plain number needs no guard.
fn guarded(cell: &str) -> String {
    let starts = |sign: char| "=+-@\t\r\n＝＋－＠".contains(sign);
    let number = |text: &str| {
        let digits = text.strip_prefix('-').unwrap_or(text);
        !digits.is_empty()
            && digits.split('.').count() <= 2
            && digits.bytes().all(|b| b.is_ascii_digit() || b == b'.')
    };
    if cell.starts_with(starts) && !number(cell) { format!("'{cell}") } else { cell.to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;
    use crate::domain::time::Days;
    use actix_web::body::{MessageBody, to_bytes};
    use futures_util::future::poll_fn;
    use std::cell::Cell;
    use std::rc::Rc;

    #[derive(Serialize)]
    struct Line {
        number: i64,
        name: String,
        amount: String,
        #[serde(skip_serializing_if = "Option::is_none")]
        recorded_at: Option<Moment>,
        lines: Vec<i64>,
    }

    impl Row for Line {
        const TITLE: (&'static str, &'static str) = ("示例", "samples");
        const COLUMNS: &'static [&'static str] = &["number", "name", "amount", "recorded_at", "lines"];
        const AT_ONCE: i64 = 3;
    }

    fn line(number: i64, name: &str) -> Placed<Line> {
        let recorded_at = Moment::parse("2026-10-30T23:10:05.5Z").filter(|_| number == 1);
        let (name, amount) = (name.to_owned(), "-3.00".to_owned());
        (number.to_string(), Line { number, name, amount, recorded_at, lines: vec![1, 2] })
    }

    fn part() -> Part {
        Part { days: Days::default(), limit: Line::AT_ONCE, after: None }
    }

    fn manner(language: Language) -> Manner {
        Manner { form: SheetForm::Csv, language, zone: chrono_tz::Asia::Shanghai }
    }

    #[actix_web::test]
    async fn a_sheet_has_headings_in_the_callers_language_and_no_cell_that_is_a_formula() {
        let names =
            ["=1+1", "+86", "-2+3", "@SUM(A1)", "\t=1", "\r=1", "＝1", "示例,“甲”\"\n", "-5", "-", "1-2"];
        let read = async move |part: Part| {
            let after = part.after_as::<i64>()?.unwrap_or(0);
            let rows = (1..).zip(names).filter(|(number, _)| *number > after).take(3);
            Ok(rows.map(|(number, name)| line(number, name)).collect())
        };
        let days = Days { from: Day::parse("2026-10-01"), until: Day::parse("2026-10-31") };
        let asked = Part { days, ..part() };
        let answer = respond(asked, manner(Language::Chinese), "/v1/samples/{id}", read).await.unwrap();
        let header = |name: &str| answer.headers().get(name).unwrap().to_str().unwrap().to_owned();
        assert_eq!(header("content-type"), "text/csv; charset=utf-8; header=present");
        assert_eq!(
            header("content-disposition"),
            "attachment; filename=\"samples_2026-10-01_2026-10-31.csv\"; \
         filename*=UTF-8''%E7%A4%BA%E4%BE%8B_2026-10-01_2026-10-31.csv"
        );
        let text = String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap();
        let text = text.strip_prefix('\u{feff}').expect("the mark of UTF-8");
        assert!(text.starts_with(
            "编号,姓名或名称,数额,记录时间,明细\r\n1,'=1+1,-3.00,2026-10-31 07:10:05,\"[1,2]\"\r\n"
        ));
        let mut reader = csv::Reader::from_reader(text.as_bytes());
        let cells: Vec<String> = reader.records().map(|row| row.unwrap()[1].to_owned()).collect();
        let guarded: Vec<String> = names
            .iter()
            .enumerate()
            .map(|(at, name)| if [7, 8, 10].contains(&at) { (*name).to_owned() } else { format!("'{name}") })
            .collect();
        assert_eq!(cells, guarded);
    }

    #[actix_web::test]
    async fn an_empty_list_is_its_headings() {
        let read = async move |_: Part| Ok(Vec::<Placed<Line>>::new());
        let answer = respond(part(), manner(Language::English), "/v1/samples", read).await.unwrap();
        let text = String::from_utf8(to_bytes(answer.into_body()).await.unwrap().to_vec()).unwrap();
        assert_eq!(text, "\u{feff}number,name,amount,recorded at,lines\r\n");
    }

    #[actix_web::test]
    async fn no_part_is_read_before_the_one_before_was_taken_and_a_broken_one_breaks_the_answer() {
        let reads = Rc::new(Cell::new(0));
        let seen = Rc::clone(&reads);
        let read = async move |part: Part| {
            seen.set(seen.get() + 1);
            match part.after_as::<i64>()?.unwrap_or(0) {
                9 => Err(ApiError::BadRequest),
                after => Ok((after + 1..=after + 3).map(|number| line(number, "示例")).collect()),
            }
        };
        let answer = respond(part(), manner(Language::Chinese), "/v1/samples", read).await.unwrap();
        assert_eq!(reads.get(), 1, "what is wrong is told before anything else");
        let mut body = Box::pin(answer.into_body());
        for taken in 1..=3 {
            assert!(poll_fn(|cx| body.as_mut().poll_next(cx)).await.unwrap().is_ok());
            assert_eq!(reads.get(), taken);
        }
        let last = poll_fn(|cx| body.as_mut().poll_next(cx)).await.unwrap();
        assert!(last.is_err(), "the rest is missing, and that is not hidden");
        let refused = async move |_: Part| Err::<Vec<Placed<Line>>, _>(ApiError::NoSuchPath);
        assert!(respond(part(), manner(Language::Chinese), "/v1/samples", refused).await.is_err());
    }
}

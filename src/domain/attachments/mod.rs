//! Attachments (附件): photos and scans of a sheet, of goods, of a receipt. What they belong to decides who sees them;
//! what they are for decides how long they are kept. Their content is checked here, by what it is, never by a name.

pub mod pdf;
pub mod picture;

use super::people::personal_number;
use super::writing::is_unseen;
use crate::text_enum;

text_enum! {
    /// What an attachment belongs to.
    Thing {
        /// 活动: the signed sheet of an activity.
        Activity = "activity",
        ServiceRecord = "service_record",
        /// 货品: photos of goods.
        Offer = "offer",
        Redemption = "redemption",
        Statement = "statement",
        Feedback = "feedback",
        /// 商家申请.
        ShopApplication = "shop_application",
    }
}

text_enum! {
    /// What an attachment is for.
    Purpose {
        /// 签到表、服务凭证: what proves service.
        Sheet = "sheet",
        /// 货品照片.
        Goods = "goods",
        /// 兑换和结算的收据.
        Receipt = "receipt",
        /// 投诉建议的材料.
        Feedback = "feedback",
        /// 营业执照: the papers of an application.
        Licence = "licence",
    }
}

impl Thing {
    pub const fn purpose(self) -> Purpose {
        match self {
            Thing::Activity | Thing::ServiceRecord => Purpose::Sheet,
            Thing::Offer => Purpose::Goods,
            Thing::Redemption | Thing::Statement => Purpose::Receipt,
            Thing::Feedback => Purpose::Feedback,
            Thing::ShopApplication => Purpose::Licence,
        }
    }
}

impl Purpose {
    /// For how many days an attachment is kept, from the day on which it was added; `None`: until it is taken away. A
    /// change of this table concerns new attachments: each knows its own last day.
    pub const fn kept_days(self) -> Option<i32> {
        match self {
            // Three years: as long as a record is asked about (民法典, art. 188).
            Purpose::Sheet => Some(3 * 366),
            Purpose::Goods => None,
            // Ten years: 会计档案管理办法, annex, of papers that support a settlement.
            Purpose::Receipt => Some(10 * 366),
            Purpose::Feedback => Some(2 * 366),
            // Three years, as long as an agreement is disputed about (民法典, art. 188).
            Purpose::Licence => Some(3 * 366),
        }
    }
}

/// The largest file that is taken, in bytes: 5 MiB.
pub const MOST_BYTES: usize = 5 << 20;
/// The most attachments of one thing.
pub const MOST_OF_THING: i64 = 20;
/// The longest title, in characters.
const LONGEST_TITLE: usize = 80;

/// A media type that is kept.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Media {
    Jpeg,
    Png,
    Pdf,
}

impl Media {
    pub const ALL: [Media; 3] = [Media::Jpeg, Media::Png, Media::Pdf];

    pub const fn media_type(self) -> &'static str {
        match self {
            Media::Jpeg => "image/jpeg",
            Media::Png => "image/png",
            Media::Pdf => "application/pdf",
        }
    }

    pub const fn extension(self) -> &'static str {
        match self {
            Media::Jpeg => "jpg",
            Media::Png => "png",
            Media::Pdf => "pdf",
        }
    }

    pub fn of(media_type: &str) -> Option<Self> {
        Media::ALL.into_iter().find(|media| media.media_type() == media_type)
    }
}

/// Why a file is not taken.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Unfit {
    /// Larger than [`MOST_BYTES`].
    TooLarge,
    /// Neither JPEG, PNG, WebP nor PDF.
    Unknown,
    /// It cannot be read to its end.
    Damaged,
    /// It has more pixels, or unpacks to more, than is decoded.
    Expands,
    /// A PDF with scripts, actions, embedded files, a password or a packing that cannot be looked into.
    Active,
}

/// A checked file, as it is kept.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Checked {
    pub media: Media,
    pub content: Vec<u8>,
    /// Width and height of a picture, in pixels.
    pub size: Option<(u32, u32)>,
    /// A small picture of it, as JPEG.
    pub small: Option<Vec<u8>>,
}

/// Checks a file and makes what is kept of it: a picture is decoded and encoded again without its metadata, a PDF stays
/// as it is.
///
/// # Errors The reason for which it is not taken.
pub fn check(file: &[u8]) -> Result<Checked, Unfit> {
    if file.len() > MOST_BYTES {
        return Err(Unfit::TooLarge);
    }
    if file.starts_with(pdf::MAGIC) {
        pdf::check(file)?;
        return Ok(Checked { media: Media::Pdf, content: file.to_vec(), size: None, small: None });
    }
    picture::check(file)
}

/// The title of a file by the name that it was sent with: without folders and its ending, without invisible characters,
/// and empty where it has the number of a person in it.
pub fn title(name: &str) -> String {
    let last = name.rsplit(['/', '\\']).next().unwrap_or_default();
    let stem = last.rsplit_once('.').map_or(last, |(stem, _)| stem);
    let seen: String = stem.chars().filter(|c| !c.is_control() && !is_unseen(*c)).collect();
    let short: String = seen.trim().chars().take(LONGEST_TITLE).collect();
    if personal_number::find(&short).is_some() { String::new() } else { short.trim_end().to_owned() }
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn a_title_is_what_people_read_of_a_name() {
        assert_eq!(title("C:\\照片\\签到表 3 月.JPG"), "签到表 3 月");
        assert_eq!(title("../../etc/passwd"), "passwd");
        assert_eq!(title("<img src=x onerror=alert(1)>.png"), "<img src=x onerror=alert(1)>");
        assert_eq!(title("a\u{202e}gpj.\r\nexe"), "agpj");
        assert_eq!(title("13800001234.jpg"), "");
        assert_eq!(title(&"长".repeat(300)).chars().count(), 80);
    }

    #[test]
    fn what_is_neither_picture_nor_pdf_is_not_taken() {
        for file in [&b""[..], b"GIF89a\x01\x00\x01\x00", b"<svg xmlns='http://www.w3.org/2000/svg'/>", b"MZ"]
        {
            assert_eq!(check(file), Err(Unfit::Unknown), "{file:?}");
        }
        assert_eq!(check(&vec![0; MOST_BYTES + 1]), Err(Unfit::TooLarge));
    }
}

//! Recognises the columns of a sheet by their headings in Chinese or English.

use serde::Serialize;

/// A column that the import of members reads.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Hash, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Column {
    Number,
    Name,
    Phone,
    IdKind,
    IdNumber,
    BirthDate,
    Org,
    Household,
    Head,
    ConfirmedNew,
    OpeningPoints,
    LifetimePoints,
    OpeningMinutes,
    OpeningHours,
    /// Minutes served in one year, part of the opening time.
    MinutesOf(i32),
    /// Hours served in one year.
    HoursOf(i32),
    OpeningDay,
}

/// Headings without blanks and brackets, in lower case. The first of each is printed.
const HEADINGS: &[(Column, &[&str])] = &[
    (
        Column::Number,
        &["编号", "储户编号", "志愿者编号", "存折号", "number", "volunteer_number", "member_number"],
    ),
    (Column::Name, &["姓名", "储户姓名", "志愿者姓名", "居民姓名", "名字", "name", "full_name"]),
    (Column::Phone, &["手机", "手机号", "手机号码", "电话", "联系电话", "联系方式", "phone", "mobile"]),
    (
        Column::IdKind,
        &["证件种类", "证件类型", "身份证件类型", "证件类别", "证件名称", "id_kind", "id_type", "document"],
    ),
    (
        Column::IdNumber,
        &[
            "身份证号",
            "身份证",
            "身份证号码",
            "身份证件号码",
            "证件号码",
            "证件号",
            "证件编号",
            "公民身份号码",
            "id_number",
            "identity_number",
        ],
    ),
    (Column::BirthDate, &["出生日期", "生日", "出生年月日", "birth_date", "birthday", "date_of_birth"]),
    (
        Column::Org,
        &[
            "社区",
            "组织",
            "组织代码",
            "社区代码",
            "所属社区",
            "所属组织",
            "小区",
            "居住区域",
            "org",
            "org_code",
            "organisation",
            "community",
        ],
    ),
    (Column::Household, &["户", "户号", "户编号", "家庭编号", "家庭", "household", "household_number"]),
    (Column::Head, &["户主", "是否户主", "head", "head_of_household"]),
    (
        Column::ConfirmedNew,
        &["同名确认", "确认新开", "不是同一人", "同名不同人", "confirmed_new", "another_person"],
    ),
    (
        Column::OpeningPoints,
        &["积分", "期初积分", "现有积分", "积分余额", "可用积分", "剩余积分", "points", "opening_points"],
    ),
    (
        Column::LifetimePoints,
        &["终身积分", "累计积分", "历史积分", "总积分", "lifetime_points", "opening_lifetime_points"],
    ),
    (
        Column::OpeningMinutes,
        &[
            "时长分钟",
            "服务时长分钟",
            "期初时长分钟",
            "服务分钟",
            "分钟",
            "minutes",
            "opening_minutes",
            "service_minutes",
        ],
    ),
    (
        Column::OpeningHours,
        &[
            "时长小时",
            "服务时长小时",
            "服务时间小时",
            "期初时长小时",
            "服务小时",
            "小时",
            "hours",
            "opening_hours",
            "service_hours",
        ],
    ),
    (
        Column::OpeningDay,
        &["截至日期", "截止日期", "期初日期", "统计日期", "date", "opening_date", "as_of", "opening_day"],
    ),
];

impl Column {
    /// Whether the column's values are stored sealed.
    pub fn is_sealed(self) -> bool {
        matches!(self, Column::Phone | Column::IdNumber)
    }

    /// The heading that a template prints.
    pub fn title(self) -> String {
        let (column, year) = match self {
            Column::MinutesOf(year) => (Column::OpeningMinutes, format!("{year}年")),
            Column::HoursOf(year) => (Column::OpeningHours, format!("{year}年")),
            _ => (self, String::new()),
        };
        let found = HEADINGS.iter().find(|(known, _)| *known == column);
        year + found.and_then(|(_, headings)| headings.first()).copied().unwrap_or_default()
    }

    /// The column of a heading.
    pub fn of(heading: &str) -> Option<Self> {
        let key = key(heading);
        match of_year(&key) {
            Some((year, Column::OpeningMinutes)) => Some(Column::MinutesOf(year)),
            Some((year, Column::OpeningHours)) => Some(Column::HoursOf(year)),
            _ => listed(&key),
        }
    }
}

fn listed(key: &str) -> Option<Column> {
    HEADINGS.iter().find(|(_, headings)| headings.contains(&key)).map(|(column, _)| *column)
}

/// `hours_2025`, `2025_hours`, `2025年服务小时` and `服务小时2025年度`: a year before or after a listed heading.
fn of_year(key: &str) -> Option<(i32, Column)> {
    let digits: String = key.chars().filter(char::is_ascii_digit).collect();
    let year = digits.parse().ok().filter(|year| (1900..=2199).contains(year))?;
    let rest = match key.strip_prefix(&digits) {
        Some(rest) => rest.trim_start_matches('年').trim_start_matches('度').trim_start_matches('_'),
        None => {
            let before = key.trim_end_matches('度').trim_end_matches('年').strip_suffix(&digits)?;
            before.trim_end_matches('_')
        }
    };
    Some((year, listed(rest)?))
}

/// `服务时长（小时）` and `Opening Points *` as the table spells them.
fn key(heading: &str) -> String {
    let words: Vec<_> = heading.split_whitespace().collect();
    let ascii = heading.is_ascii();
    let joined = words.join(if ascii { "_" } else { "" }).to_lowercase();
    let key: String = joined.chars().filter(|c| !"()（）[]【】*＊:：/'\"".contains(*c)).collect();
    key.trim_matches('_').replace('-', "_")
}

#[cfg(test)]
mod tests {
    use super::*;

    #[test]
    fn headings_are_known_as_people_write_them() {
        for (heading, column) in [
            ("姓名", Column::Name),
            (" 姓 名 ", Column::Name),
            ("*姓名", Column::Name),
            ("Name", Column::Name),
            ("手机号", Column::Phone),
            ("身份证件号码", Column::IdNumber),
            ("服务时长（小时）", Column::OpeningHours),
            ("服务时间(小时)", Column::OpeningHours),
            ("时长分钟", Column::OpeningMinutes),
            ("时长（分钟）", Column::OpeningMinutes),
            ("Opening Points *", Column::OpeningPoints),
            ("opening-date", Column::OpeningDay),
            ("是否户主", Column::Head),
            ("hours_2025", Column::HoursOf(2025)),
            ("2024 service minutes", Column::MinutesOf(2024)),
            ("2025年服务时长（小时）", Column::HoursOf(2025)),
            ("2025年度 时长小时", Column::HoursOf(2025)),
            ("服务分钟（2023年度）", Column::MinutesOf(2023)),
        ] {
            assert_eq!(Column::of(heading), Some(column), "{heading}");
        }
        assert_eq!(Column::of("备注"), None);
        assert_eq!(Column::of(""), None);
        // A year on a column without years, and malformed years.
        assert_eq!([Column::of("积分2025"), Column::of("hours_25"), Column::of("hours_20252")], [None; 3]);
        assert_eq!(Column::HoursOf(2025).title(), "2025年时长小时");
    }

    #[test]
    fn no_heading_stands_for_two_columns() {
        let mut all: Vec<_> = HEADINGS.iter().flat_map(|(_, headings)| *headings).collect();
        assert!(all.iter().all(|heading| key(heading) == **heading));
        let count = all.len();
        all.sort();
        all.dedup();
        assert_eq!(all.len(), count);
    }
}

//! The keys of each table in a scheme file: for sentences that say where a misplaced key belongs, and which key a
//! mistyped one may be.

use crate::domain::writing::distance;

/// A table of the file: its path without indices, how its header is written, and its keys.
struct Place {
    path: &'static str,
    header: &'static str,
    keys: &'static [&'static str],
}

const PLACES: &[Place] = &[
    Place {
        path: "",
        header: "",
        keys: &[
            "code",
            "version",
            "name",
            "valid_from",
            "valid_until",
            "purse",
            "decimals",
            "rounding",
            "lifetime",
            "notice_working_days",
            "record_within_working_days",
            "four_eyes_above",
            "least_award",
            "classes",
            "expiry",
            "reclaim",
            "source",
            "hours",
            "groups",
            "items",
            "caps",
            "stars",
        ],
    },
    Place { path: "source", header: "[source]", keys: &["place", "url", "reliability", "note"] },
    Place {
        path: "expiry",
        header: "[expiry]",
        keys: &["days", "date", "end_of_month_after", "end_of_year_after"],
    },
    Place {
        path: "hours",
        header: "[hours]",
        keys: &[
            "points_per_hour",
            "points_per_time",
            "rounding",
            "least_minutes",
            "levels",
            "categories",
            "default_level",
            "default_category",
            "category_coefficients",
            "evidence",
            "group",
        ],
    },
    Place {
        path: "hours.levels",
        header: "[[hours.levels]]",
        keys: &["code", "name", "points_per_hour", "points_per_time", "coefficient"],
    },
    Place {
        path: "hours.categories",
        header: "[[hours.categories]]",
        keys: &["code", "name", "points_per_hour", "points_per_time", "coefficient", "children"],
    },
    Place {
        path: "hours.evidence",
        header: "[hours.evidence]",
        keys: &["scan", "kiosk", "self_report", "paper", "backfill"],
    },
    Place {
        path: "groups",
        header: "[[groups]]",
        keys: &[
            "code",
            "name",
            "note",
            "over",
            "counts",
            "start",
            "tiers",
            "bands",
            "least",
            "most",
            "percent",
            "group",
            "highest_only_per",
        ],
    },
    Place {
        path: "items",
        header: "[[items]]",
        keys: &[
            "code",
            "name",
            "points",
            "cases",
            "otherwise",
            "over",
            "group",
            "heading",
            "unit",
            "most_quantity",
            "once_per",
            "once_of",
            "at_most",
            "applies_to",
            "decided_by",
            "note",
        ],
    },
    Place {
        path: "items.cases",
        header: "cases = [{ … }]",
        keys: &["class", "from", "until", "nth", "nth_from", "points"],
    },
    Place {
        path: "caps",
        header: "[[caps]]",
        keys: &[
            "code", "name", "points", "hours", "minutes", "over", "of", "on", "items", "group", "category",
        ],
    },
    Place { path: "stars", header: "[stars]", keys: &["window", "applied_for", "steps"] },
    Place {
        path: "stars.steps",
        header: "[[stars.steps]]",
        keys: &["star", "hours", "points", "granted_by"],
    },
];

/// Chinese words that people write for a key.
const IN_CHINESE: &[(&str, &str)] = &[
    ("代码", "code"),
    ("编号", "code"),
    ("版本", "version"),
    ("名称", "name"),
    ("名字", "name"),
    ("生效日期", "valid_from"),
    ("开始日期", "valid_from"),
    ("结束日期", "valid_until"),
    ("失效日期", "valid_until"),
    ("分值", "points"),
    ("积分", "points"),
    ("单位", "unit"),
    ("备注", "note"),
    ("说明", "note"),
    ("时长", "hours"),
    ("小时", "hours"),
    ("事项", "items"),
    ("项目", "items"),
    ("上限", "caps"),
    ("星级", "stars"),
    ("分组", "group"),
    ("系数", "coefficient"),
];

/// `items[3]` and `hours.categories[1].children[2]` as the paths of their tables.
fn table_of(path: &str) -> String {
    let mut table = String::new();
    for part in path.split('.').map(|part| part.split('[').next().unwrap_or_default()) {
        if part != "children" {
            if !table.is_empty() {
                table.push('.');
            }
            table.push_str(part);
        }
    }
    table
}

/// The headers of the tables in which a key belongs, if it does not belong in this one. The beginning of the file has
/// an empty header.
pub(super) fn belongs(key: &str, path: &str) -> Vec<&'static str> {
    let here = table_of(path);
    if PLACES.iter().any(|place| place.path == here && place.keys.contains(&key)) {
        return Vec::new();
    }
    PLACES.iter().filter(|place| place.keys.contains(&key)).map(|place| place.header).collect()
}

/// The known key most similar to a mistyped one.
pub(super) fn nearest(key: &str, known: &[&'static str]) -> Option<&'static str> {
    if let Some((_, meant)) = IN_CHINESE.iter().find(|(word, meant)| *word == key && known.contains(meant)) {
        return Some(meant);
    }
    if key.chars().count() > 64 {
        return None;
    }
    let small = key.to_lowercase().replace('-', "_");
    let near = known.iter().map(|known| (distance(&small, known), *known)).min();
    near.filter(|(far, known)| *far <= 2.min(known.len() / 3).max(1)).map(|(_, known)| known)
}

/// The key that a Chinese word stands for.
pub(super) fn meant(word: &str) -> Option<&'static str> {
    let all: Vec<&'static str> = PLACES.iter().flat_map(|place| place.keys).copied().collect();
    nearest(word, &all)
}

/// Whether this table is written as a list: `[[items]]`.
pub(super) fn is_list(path: &str) -> bool {
    let table = table_of(path);
    PLACES.iter().any(|place| place.path == table && place.header.starts_with("[["))
}

/// Whether this file lists every key that the parser reads from a table: tests fail if one is missing.
pub(super) fn lists_all(path: &str, asked: &[&'static str]) -> bool {
    let table = table_of(path);
    PLACES
        .iter()
        .find(|place| place.path == table)
        .is_none_or(|place| asked.iter().all(|key| place.keys.contains(key)))
}

//! The types of a scheme (积分办法). The file format is documented beside the parsers in `parse*.rs`.

use crate::domain::ledger::asset::Asset;
use crate::domain::ledger::curve::Curve;
use crate::domain::service::record::Evidence;
use crate::domain::time::Day;
use rust_decimal::Decimal;
use serde::{Deserialize, Serialize};

/// Decimals of points in the ledger (POINT, LIFETIME and SCORE alike).
pub const POINT_DECIMALS: u32 = 2;

/// Decimals of sums and values of groups.
pub const MILLIONTHS: u32 = 6;

/// One version of one scheme: a set of rules with validity dates. Old records keep the version of their day.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Scheme {
    /// Identifies the scheme through all its versions: the keys of caps contain it.
    pub code: String,
    pub version: String,
    pub name: String,
    pub valid_from: Day,
    /// The last day of its validity.
    pub valid_until: Option<Day>,
    /// Where the values were published; values of another place are labelled with that place.
    pub source: Option<SourceLabel>,
    pub purse: Purse,
    /// Whether positive points also count as lifetime points.
    pub lifetime: bool,
    /// Decimals of the points that this scheme gives, 0 to 2.
    pub decimals: u32,
    /// How a result with more decimals is rounded, once, at the end.
    pub rounding: PointRounding,
    /// Length of the public notice before a record becomes final.
    pub notice_working_days: u32,
    /// Within how many working days after the activity the service must be recorded.
    pub record_within_working_days: u32,
    /// Points above which a second person must approve.
    pub four_eyes_above_minor: Option<i64>,
    /// `reclaim = "next_points"`: newly earned points pay the member's debts, not only those that come back.
    #[serde(skip_serializing_if = "std::ops::Not::not")]
    pub reclaims_next_points: bool,
    /// A smaller award is refused.
    pub least_award_minor: Option<i64>,
    /// Classes of persons or households that items may be limited to.
    pub classes: Vec<String>,
    pub expiry: Expiry,
    pub hours: Option<HoursRule>,
    pub groups: Vec<Group>,
    pub items: Vec<Item>,
    pub caps: Vec<CapRule>,
    pub stars: Option<StarRule>,
}

impl Scheme {
    pub fn is_in_force(&self, day: Day) -> bool {
        self.valid_from <= day && self.valid_until.is_none_or(|until| day <= until)
    }

    pub fn group(&self, code: &str) -> Option<&Group> {
        self.groups.iter().find(|group| group.code == code)
    }

    pub fn item(&self, code: &str) -> Option<&Item> {
        self.items.iter().find(|item| item.code == code)
    }
}

/// Where a value was published.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct SourceLabel {
    pub place: String,
    pub url: Option<String>,
    /// A law text, government site or newspaper; B repost; C no address.
    pub reliability: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub enum Purse {
    #[serde(rename = "POINT")]
    Point,
    /// Appraisal score: no lots, no lifetime points, buys nothing.
    #[serde(rename = "SCORE")]
    Score,
}

impl Purse {
    pub fn asset(self) -> Asset {
        match self {
            Purse::Point => Asset::Point,
            Purse::Score => Asset::Score,
        }
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum PointRounding {
    /// 四舍五入, away from zero at the middle.
    HalfUp,
    /// Towards zero.
    Floor,
}

/// When the points of one award expire, counted from the day on which they are granted.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Expiry {
    Never,
    /// At the end of the n-th day after the day of granting.
    Days(u32),
    /// At the end of the month, this many months later (0: this month).
    EndOfMonth(u32),
    /// At the end of the year, this many years later (0: this year).
    EndOfYear(u32),
    /// At the end of this day.
    Date(Day),
}

/// How served minutes become points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct HoursRule {
    /// The price if neither level nor category has one of its own.
    pub base: Option<Price>,
    pub counting: Counting,
    /// Less than this counts nothing.
    pub least_minutes: Option<i64>,
    pub levels: Vec<Level>,
    pub default_level: Option<String>,
    pub categories: Vec<Category>,
    pub default_category: Option<String>,
    pub combine: Combine,
    /// Factor of each evidence class; `None`: evidence does not matter.
    pub evidence: Option<Vec<EvidenceFactor>>,
    /// The group whose counter served time moves.
    pub group: Option<String>,
}

/// The price of service at one place of the table.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Price {
    PerHour(Decimal),
    /// The same for each participation, however long.
    PerTime(Decimal),
    /// Multiplies the price above it.
    Coefficient(Decimal),
    /// No value was published.
    NeedsPerson,
}

/// Levels of activities: of difficulty, or of the body that organises.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Level {
    pub code: String,
    pub name: String,
    pub price: Price,
}

/// A kind of service; categories form a tree of up to three levels.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Category {
    pub code: String,
    pub name: String,
    pub parent: Option<String>,
    /// `None`: that of the category above it.
    pub price: Option<Price>,
}

/// How the coefficients along one branch of the tree combine.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum Combine {
    /// The lowest category that has one decides.
    Nearest,
    Multiply,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct EvidenceFactor {
    pub class: Evidence,
    /// `None`: needs a person.
    pub factor: Option<Decimal>,
}

/// How minutes are rounded before they are paid. The record itself always keeps the actual minutes.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Counting {
    Actual,
    /// An incomplete block is dropped: 30 for half hours, 120 for full two hours.
    Down {
        block_minutes: i64,
    },
    /// A begun block counts as a whole one.
    Up {
        block_minutes: i64,
    },
    /// Less than one hour counts as one hour; more counts as it is.
    BelowOneHourCountsOne,
    /// Of the last hour, 30 minutes or more count as one hour, less as half an hour.
    HalfUp,
}

/// What several items share: a counter with a curve, or only a name under which caps find them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Group {
    pub code: String,
    pub name: String,
    pub note: Option<String>,
    /// `None`: what comes in is passed on as it is.
    pub counter: Option<GroupCounter>,
    /// The group above, which counts what this one is worth.
    pub above: Option<String>,
    /// `highest_only_per`: a cap at the value of each item, so that a later, higher one adds the difference.
    pub highest_only: Option<Window>,
}

/// The counter of a group and what its sum is worth.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct GroupCounter {
    pub over: Window,
    pub curve: Curve,
}

/// One item of the list of deeds.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Item {
    pub code: String,
    pub name: String,
    /// The heading under which it is printed.
    pub heading: Option<String>,
    pub group: Option<String>,
    pub value: ItemValue,
    /// The unit of the quantity: 次, 月, 元 …
    pub unit: Option<String>,
    pub most_quantity: Option<u32>,
    pub at_most: Option<Times>,
    /// Empty: all classes.
    pub applies_to: Vec<String>,
    pub decided_by: Option<String>,
    pub note: Option<String>,
}

#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum ItemValue {
    /// Points for each; negative for a deduction.
    Fixed(Decimal),
    /// Each full `each` of the quantity gives `points`; `most` for one award.
    Step { each: Decimal, points: Decimal, most: Option<Decimal> },
    /// A percentage of the quantity.
    Percent { percent: Decimal, most: Option<Decimal> },
    /// The points of the highest band that the quantity reaches.
    Tiers(Vec<Tier>),
    /// 本期积分清零: the balance of the purse is reset to 0.
    Zeroing,
    /// By a table of classes and days; without a row that fits, `otherwise`.
    Cases { rows: Vec<Case>, otherwise: Option<Decimal> },
    /// By how often it has been done: the curve over its own count.
    Nth(GroupCounter),
    /// No points of its own: the quantity moves the counter of its group, which counts times or hours.
    Counted,
    /// 一事一议, or a value that was not published: a person decides, within the bounds if there are any.
    CaseByCase { least: Option<Decimal>, most: Option<Decimal> },
}

/// A row of a table instead of one number of points.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct Case {
    /// `None`: everybody.
    pub class: Option<String>,
    /// The days of the deed, inclusive; `None`: open.
    pub from: Option<Day>,
    pub until: Option<Day>,
    pub points: Decimal,
}

impl Case {
    /// Whether the row applies to a deed of this day by a member with these classes.
    pub fn fits(&self, day: Day, classes: &[String]) -> bool {
        self.class.as_ref().is_none_or(|class| classes.contains(class))
            && self.from.is_none_or(|from| from <= day)
            && self.until.is_none_or(|until| day <= until)
    }

    /// Whether both may fit one deed.
    pub fn meets(&self, other: &Case) -> bool {
        let classes = self.class.is_none() || other.class.is_none() || self.class == other.class;
        let begins =
            |case: &Case, end: Option<Day>| case.from.is_none_or(|from| end.is_none_or(|end| from <= end));
        classes && begins(self, other.until) && begins(other, self.until)
    }
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Tier {
    pub from: Decimal,
    pub points: Decimal,
}

/// A maximum number of times in a period.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
pub struct Times {
    pub times: u32,
    pub per: Window,
    pub of: Subject,
}

/// A cap: a maximum of points or counted minutes in a window.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct CapRule {
    pub code: String,
    pub name: String,
    pub limit: CapLimit,
    pub over: Window,
    pub of: Subject,
    pub on: CapScope,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CapLimit {
    /// Points in hundredths.
    PointsMinor(i64),
    Minutes(i64),
}

/// The window of a counter, a cap or a "once"; shorter ones first.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Window {
    Activity,
    Day,
    Month,
    Quarter,
    HalfYear,
    Year,
    Total,
}

impl Window {
    /// As the texts name it.
    pub fn word(self) -> &'static str {
        match self {
            Window::Activity => "activity",
            Window::Day => "day",
            Window::Month => "month",
            Window::Quarter => "quarter",
            Window::HalfYear => "half_year",
            Window::Year => "year",
            Window::Total => "total",
        }
    }
}

/// The subject of the sum.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum Subject {
    Member,
    Household,
    Organisation,
}

/// What a cap counts.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
#[serde(rename_all = "snake_case")]
pub enum CapScope {
    All,
    Hours,
    Items,
    ListedItems(Vec<String>),
    Group(String),
    /// A category with everything below it.
    Category(String),
}

/// Star thresholds (星级).
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarRule {
    pub window: StarWindow,
    /// A star is applied for and checked, never given by the count alone.
    pub applied_for: bool,
    /// Rising; all with the same thresholds.
    pub steps: Vec<StarStep>,
}

#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum StarWindow {
    Lifetime,
    CalendarYear,
}

/// The threshold of one star: minutes, points, or both.
#[derive(Clone, Debug, PartialEq, Eq, Serialize)]
pub struct StarStep {
    pub star: u32,
    pub minutes: Option<i64>,
    pub points_minor: Option<i64>,
    /// The body that grants it.
    pub granted_by: Option<String>,
}

//! A scheme read aloud: each rule as a plain sentence, with its lines in the file. Defaults are said too, so that
//! nothing in force is silent.

use super::explanation::{counting_words, duration, evidence_words};
use super::model::*;
pub use super::places::Lines;
use super::places::Places;
use crate::domain::amount;
use crate::domain::language::Language;
use crate::domain::ledger::curve::Counts;
use crate::domain::service::record::Evidence;
use crate::texts::{Text, sentences as s};
use rust_decimal::Decimal;

/// A rule in words.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Sentence {
    /// Where it stands; `None`: the file is silent about it.
    pub lines: Option<Lines>,
    pub text: String,
}

/// The rules of a scheme as sentences, in the order of their lines; what the file is silent about comes last. `body` is
/// the file that it was parsed from.
pub fn read_aloud(scheme: &Scheme, body: &str, language: Language) -> Vec<Sentence> {
    let mut reader = Reader { places: Places::of(body), language, sentences: Vec::new() };
    reader.head(scheme);
    reader.duties(scheme);
    match &scheme.hours {
        Some(hours) => reader.hours(scheme, hours),
        None => reader.say(None, [Text::from(s::ReadingNoHours)]),
    }
    reader.items(scheme);
    reader.groups(scheme);
    reader.caps(scheme);
    match &scheme.stars {
        Some(stars) => reader.stars(stars),
        None => reader.say(None, [Text::from(s::ReadingNoStars)]),
    }
    let first = |one: &Sentence| one.lines.as_ref().map_or(usize::MAX, |lines| *lines.start());
    reader.sentences.sort_by_key(first);
    reader.sentences
}

struct Reader<'t> {
    places: Places<'t>,
    language: Language,
    sentences: Vec<Sentence>,
}

fn points(minor: i64) -> String {
    amount::short(minor, POINT_DECIMALS)
}

fn subject(subject: Subject) -> &'static str {
    match subject {
        Subject::Member => "member",
        Subject::Household => "household",
        Subject::Organisation => "organisation",
    }
}

/// A price in words.
fn price(price: Price) -> Text {
    match price {
        Price::PerHour(points) => s::ReadingPerHour { points: points.normalize() }.into(),
        Price::PerTime(points) => s::ReadingPerTime { points: points.normalize() }.into(),
        Price::Coefficient(number) => s::ReadingCoefficient { number: number.normalize() }.into(),
        Price::NeedsPerson => s::ReadingNeedsPerson.into(),
    }
}

fn rounding(rounding: PointRounding) -> &'static str {
    match rounding {
        PointRounding::HalfUp => "half_up",
        PointRounding::Floor => "floor",
    }
}

fn expiry(expiry: Expiry) -> Text {
    match expiry {
        Expiry::Never => s::ReadingExpiryNever.into(),
        Expiry::Days(days) => s::ReadingExpiryDays { days }.into(),
        Expiry::EndOfMonth(0) => s::ReadingExpiryMonth.into(),
        Expiry::EndOfMonth(months) => s::ReadingExpiryMonths { months }.into(),
        Expiry::EndOfYear(0) => s::ReadingExpiryYear.into(),
        Expiry::EndOfYear(years) => s::ReadingExpiryYears { years }.into(),
        Expiry::Date(day) => s::ReadingExpiryDate { day }.into(),
    }
}

impl Reader<'_> {
    fn text(&self, text: impl Into<Text>) -> String {
        text.into().say(self.language)
    }

    /// Clauses as one sentence.
    fn say(&mut self, lines: Option<Lines>, clauses: impl IntoIterator<Item = Text>) {
        let clauses: Vec<String> = clauses.into_iter().map(|clause| clause.say(self.language)).collect();
        let (comma, stop) = self.language.pick(("，", "。"), ("; ", "."));
        let text = clauses.join(comma);
        let ends = text.ends_with(['。', '.', '！', '？']);
        self.sentences.push(Sentence { lines, text: if ends { text } else { text + stop } });
    }

    fn names(&self, names: &[String]) -> String {
        names.join(self.language.pick("、", ", "))
    }

    fn head(&mut self, scheme: &Scheme) {
        let lines = self.places.keys(&["code", "version", "name", "valid_from", "valid_until"]);
        let (name, version, from) = (&scheme.name, &scheme.version, scheme.valid_from);
        let mut clauses: Vec<Text> = vec![s::ReadingHead { name, version, from }.into()];
        clauses.extend(scheme.valid_until.map(|until| Text::from(s::ReadingUntil { until })));
        self.say(lines, clauses);
        if let Some(source) = &scheme.source {
            let lines = self.places.keys(&["source"]);
            self.say(lines, [Text::from(s::ReadingSource { place: &source.place })]);
        }
        let purse = match (scheme.purse, scheme.lifetime) {
            (Purse::Point, true) => "lifetime",
            (Purse::Point, false) => "point",
            (Purse::Score, _) => "score",
        };
        let precision = match scheme.decimals {
            0 => s::ReadingWhole { rounding: rounding(scheme.rounding) }.into(),
            decimals => s::ReadingDecimals { decimals, rounding: rounding(scheme.rounding) }.into(),
        };
        let lines = self.places.keys(&["purse", "lifetime", "decimals", "rounding"]);
        self.say(lines, [Text::from(s::ReadingPurse { purse }), precision]);
        if scheme.purse == Purse::Point {
            let lines = self.places.keys(&["expiry"]);
            self.say(lines, [expiry(scheme.expiry)]);
        }
    }

    /// What people must do, and when a second person is asked.
    fn duties(&mut self, scheme: &Scheme) {
        let lines = self.places.keys(&["notice_working_days", "record_within_working_days"]);
        let notice = match scheme.notice_working_days {
            0 => Text::from(s::ReadingNoNotice),
            days => s::ReadingNotice { days }.into(),
        };
        let within = s::ReadingRecorded { days: scheme.record_within_working_days };
        self.say(lines, [within.into(), notice]);
        let four_eyes = match scheme.four_eyes_above_minor {
            Some(most) => Text::from(s::ReadingFourEyes { points: points(most) }),
            None => s::ReadingNoFourEyes.into(),
        };
        let lines = self.places.keys(&["four_eyes_above"]);
        self.say(lines, [four_eyes]);
        if let Some(least) = scheme.least_award_minor {
            let lines = self.places.keys(&["least_award"]);
            self.say(lines, [Text::from(s::ReadingLeast { points: points(least) })]);
        }
        if scheme.purse == Purse::Point {
            let lines = self.places.keys(&["reclaim"]);
            let from = if scheme.reclaims_next_points { "next" } else { "returned" };
            self.say(lines, [Text::from(s::ReadingReclaim { from })]);
        }
        if !scheme.classes.is_empty() {
            let (lines, classes) = (self.places.keys(&["classes"]), self.names(&scheme.classes));
            self.say(lines, [Text::from(s::ReadingClasses { classes })]);
        }
    }

    fn hours(&mut self, scheme: &Scheme, hours: &HoursRule) {
        let keys = ["points_per_hour", "points_per_time", "rounding", "least_minutes", "group"];
        let lines = self.places.keys_of("hours", &keys).or_else(|| self.places.keys(&["hours"]));
        let mut clauses = vec![match hours.base {
            Some(base) => Text::from(s::ReadingHours { price: price(base) }),
            None if hours.levels.is_empty() && hours.categories.is_empty() => s::ReadingHoursByGroup.into(),
            None => s::ReadingHoursByTable.into(),
        }];
        clauses.push(s::ReadingCounting { words: counting_words(hours.counting, self.language) }.into());
        if let Some(group) = hours.group.as_deref().and_then(|code| scheme.group(code)) {
            clauses.push(s::ReadingInGroup { name: &group.name }.into());
        }
        if let Some(least) = hours.least_minutes {
            clauses.push(s::ReadingLeastTime { time: duration(least, self.language) }.into());
        }
        self.say(lines, clauses);
        for (row, level) in hours.levels.iter().enumerate() {
            let lines = self.places.row_of("hours", "levels", row);
            let mut clauses =
                vec![Text::from(s::ReadingLevel { name: &level.name, price: price(level.price) })];
            if hours.default_level.as_deref() == Some(level.code.as_str()) {
                clauses.push(s::ReadingUsual.into());
            }
            self.say(lines, clauses);
        }
        self.categories(hours);
        if let Some(evidence) = &hours.evidence {
            let lines = self.places.keys_of("hours", &["evidence"]);
            let clauses: Vec<Text> =
                Evidence::ALL.iter().map(|class| self.evidence(evidence, *class)).collect();
            self.say(lines, clauses);
        }
    }

    fn evidence(&self, factors: &[EvidenceFactor], class: Evidence) -> Text {
        let factor = factors.iter().find(|one| one.class == class).and_then(|one| one.factor);
        let price = match factor {
            Some(number) => Text::from(s::ReadingCoefficient { number: number.normalize() }),
            None => s::ReadingNeedsPerson.into(),
        };
        s::ReadingEvidence { name: evidence_words(class, self.language), price }.into()
    }

    fn categories(&mut self, hours: &HoursRule) {
        let mut have_coefficients = false;
        for category in &hours.categories {
            let lines = self.places.coded("hours", "categories", &category.code);
            let parent = category.parent.as_ref().and_then(|code| {
                hours.categories.iter().find(|other| other.code == *code).map(|other| &other.name)
            });
            let name = match parent {
                Some(parent) => self.text(s::ReadingBelow { parent, name: &category.name }),
                None => category.name.clone(),
            };
            let price = match (category.price, parent) {
                (Some(own), _) => price(own),
                (None, Some(_)) => s::ReadingAsAbove.into(),
                (None, None) => s::ReadingAsUsual.into(),
            };
            have_coefficients |= matches!(category.price, Some(Price::Coefficient(_)));
            let mut clauses = vec![Text::from(s::ReadingCategory { name, price })];
            if hours.default_category.as_deref() == Some(category.code.as_str()) {
                clauses.push(s::ReadingUsual.into());
            }
            self.say(lines, clauses);
        }
        if have_coefficients {
            let lines = self.places.keys_of("hours", &["category_coefficients"]);
            let how = match hours.combine {
                Combine::Nearest => "nearest",
                Combine::Multiply => "multiply",
            };
            self.say(lines, [Text::from(s::ReadingCombine { how })]);
        }
    }

    fn items(&mut self, scheme: &Scheme) {
        if scheme.items.is_empty() {
            self.say(None, [Text::from(s::ReadingNoItems)]);
        }
        for (row, item) in scheme.items.iter().enumerate() {
            let lines = self.places.row("items", row);
            let mut clauses = vec![Text::from(s::ReadingItem { name: &item.name, value: self.value(item) })];
            // As the engine has it, whatever the sum.
            if matches!(item.value, ItemValue::CaseByCase { .. } | ItemValue::Zeroing) {
                clauses.push(s::ReadingSecondPerson.into());
            }
            if let Some(most) = item.most_quantity {
                let unit = self.unit(item);
                clauses.push(s::ReadingMostQuantity { most, unit }.into());
            }
            if let Some(Times { times, per, of }) = item.at_most {
                clauses.push(s::ReadingTimes { of: subject(of), window: per.word(), times }.into());
            }
            if !item.applies_to.is_empty() {
                clauses.push(s::ReadingAppliesTo { classes: self.names(&item.applies_to) }.into());
            }
            if let Some(group) = scheme.groups.iter().find(|group| Some(&group.code) == item.group.as_ref()) {
                clauses.push(s::ReadingInGroup { name: &group.name }.into());
            }
            clauses.extend(item.decided_by.as_ref().map(|by| Text::from(s::ReadingDecidedBy { by })));
            clauses.extend(item.note.as_ref().map(|note| Text::from(s::ReadingNote { note })));
            self.say(lines, clauses);
        }
    }

    fn unit(&self, item: &Item) -> String {
        item.unit.clone().unwrap_or_else(|| self.text(s::ReadingUnit))
    }

    fn value(&self, item: &Item) -> Text {
        let unit = self.unit(item);
        let number = |value: &Decimal| value.normalize();
        let capped = |text: Text, most: &Option<Decimal>| match most {
            Some(most) => Text::from(s::ReadingAtMost { value: text, most: number(most) }),
            None => text,
        };
        match &item.value {
            ItemValue::Fixed(points) if points.is_sign_negative() => {
                s::ReadingTaken { points: number(&points.abs()), unit }.into()
            }
            ItemValue::Fixed(points) => s::ReadingFixed { points: number(points), unit }.into(),
            ItemValue::Step { each, points, most } => {
                let text = s::ReadingStep { each: number(each), unit, points: number(points) };
                capped(text.into(), most)
            }
            ItemValue::Percent { percent, most } => {
                capped(s::ReadingPercent { percent: number(percent), unit }.into(), most)
            }
            ItemValue::Tiers(tiers) => {
                let tier = |tier: &Tier| {
                    let (from, points) = (number(&tier.from), number(&tier.points));
                    self.text(s::ReadingTier { from, unit: &unit, points })
                };
                s::ReadingTiers { tiers: self.names(&tiers.iter().map(tier).collect::<Vec<_>>()) }.into()
            }
            ItemValue::Zeroing => s::ReadingZeroing.into(),
            ItemValue::Counted => s::ReadingCounted { unit }.into(),
            ItemValue::Cases { rows, otherwise } => self.cases(rows, *otherwise),
            ItemValue::Nth(counter) => self.nth(counter),
            ItemValue::CaseByCase { least, most } => match (least, most) {
                (Some(least), Some(most)) => {
                    s::ReadingDecidedWithin { least: number(least), most: number(most) }.into()
                }
                (None, Some(most)) => s::ReadingDecidedMost { most: number(most) }.into(),
                (Some(least), None) => s::ReadingDecidedLeast { least: number(least) }.into(),
                (None, None) => s::ReadingDecided.into(),
            },
        }
    }

    fn cases(&self, rows: &[Case], otherwise: Option<Decimal>) -> Text {
        let row = |case: &Case| {
            let all = self.text(s::ReadingEverybody);
            let who = case.class.clone().unwrap_or(all);
            let days = match (case.from, case.until) {
                (None, None) => String::new(),
                (Some(from), None) => self.text(s::ReadingDaysFrom { from }),
                (None, Some(until)) => self.text(s::ReadingDaysUntil { until }),
                (Some(from), Some(until)) => self.text(s::ReadingDaysBetween { from, until }),
            };
            self.text(s::ReadingCase { who, days, points: case.points.normalize() })
        };
        let rows = self.names(&rows.iter().map(row).collect::<Vec<_>>());
        match otherwise {
            Some(points) => s::ReadingCases { rows, points: points.normalize() }.into(),
            None => s::ReadingCasesOrPerson { rows }.into(),
        }
    }

    fn nth(&self, counter: &GroupCounter) -> Text {
        let prices = super::parse_cases::prices(counter);
        let last = prices.len().saturating_sub(1);
        let one = |(at, (nth, points)): (usize, &(i64, Decimal))| match at == last {
            true => self.text(s::ReadingNthFrom { nth: *nth, points }),
            false => self.text(s::ReadingNth { nth: *nth, points }),
        };
        let rows: Vec<String> = prices.iter().enumerate().map(one).collect();
        s::ReadingNths { window: counter.over.word(), rows: self.names(&rows) }.into()
    }

    fn groups(&mut self, scheme: &Scheme) {
        for (row, group) in scheme.groups.iter().enumerate() {
            let lines = self.places.row("groups", row);
            let mut clauses = match (&group.counter, group.highest_only) {
                (Some(counter), _) => self.counter(&group.name, counter),
                (None, Some(per)) => {
                    vec![Text::from(s::ReadingHighest { name: &group.name, window: per.word() })]
                }
                (None, None) => vec![s::ReadingGroup { name: &group.name }.into()],
            };
            if let Some(above) = group.above.as_deref().and_then(|code| scheme.group(code)) {
                clauses.push(s::ReadingInGroup { name: &above.name }.into());
            }
            clauses.extend(group.note.as_ref().map(|note| Text::from(s::ReadingNote { note })));
            self.say(lines, clauses);
        }
    }

    /// What a group counts, and what its sum is worth.
    fn counter(&self, name: &str, counter: &GroupCounter) -> Vec<Text> {
        let curve = &counter.curve;
        let counts = match curve.counts {
            Counts::Points => "points",
            Counts::Times => "times",
            Counts::Hours => "hours",
            Counts::Highest => "highest",
        };
        let of_curve = |value: i64| amount::short(value, MILLIONTHS);
        let threshold = |from: i64| match curve.counts {
            Counts::Points | Counts::Highest => of_curve(from),
            Counts::Times => from.to_string(),
            Counts::Hours => duration(from, self.language),
        };
        let mut clauses = vec![Text::from(s::ReadingCounter { name, window: counter.over.word(), counts })];
        if curve.start != 0 {
            clauses.push(s::ReadingStart { points: of_curve(curve.start) }.into());
        }
        clauses.extend(curve.bands.iter().map(|(from, each)| {
            Text::from(s::ReadingBand { from: threshold(*from), counts, points: of_curve(*each) })
        }));
        clauses.extend(curve.tiers.iter().map(|(from, points)| {
            Text::from(s::ReadingTotal { from: threshold(*from), counts, points: of_curve(*points) })
        }));
        clauses.extend(curve.least.map(|least| s::ReadingValueLeast { points: of_curve(least) }.into()));
        clauses.extend(curve.most.map(|most| s::ReadingValueMost { points: of_curve(most) }.into()));
        if curve.percent != 100 {
            clauses.push(s::ReadingPart { percent: curve.percent }.into());
        }
        clauses
    }

    fn caps(&mut self, scheme: &Scheme) {
        for (row, cap) in scheme.caps.iter().enumerate() {
            let lines = self.places.row("caps", row);
            let limit = match cap.limit {
                CapLimit::PointsMinor(minor) => Text::from(s::ReadingPoints { points: points(minor) }),
                CapLimit::Minutes(minutes) => {
                    s::ReadingTime { time: duration(minutes, self.language) }.into()
                }
            };
            let on = self.scope(&cap.on, scheme);
            let (name, of, over) = (&cap.name, subject(cap.of), cap.over.word());
            self.say(lines, [Text::from(s::ReadingCap { name, on, of, window: over, limit })]);
        }
    }

    fn scope(&self, scope: &CapScope, scheme: &Scheme) -> Text {
        match scope {
            CapScope::All => s::ReadingScope { on: "all" }.into(),
            CapScope::Hours => s::ReadingScope { on: "hours" }.into(),
            CapScope::Items => s::ReadingScope { on: "items" }.into(),
            CapScope::ListedItems(codes) => {
                let name = |code: &String| scheme.item(code).map_or(code, |item| &item.name).clone();
                s::ReadingScopeNamed { names: self.names(&codes.iter().map(name).collect::<Vec<_>>()) }.into()
            }
            CapScope::Group(code) => {
                let found = scheme.groups.iter().find(|group| group.code == *code);
                s::ReadingScopeNamed { names: found.map_or(code, |group| &group.name) }.into()
            }
            CapScope::Category(code) => {
                let all = scheme.hours.iter().flat_map(|hours| &hours.categories);
                let found = all.into_iter().find(|category| category.code == *code);
                s::ReadingScopeNamed { names: found.map_or(code, |category| &category.name) }.into()
            }
        }
    }

    fn stars(&mut self, stars: &StarRule) {
        let lines =
            self.places.keys_of("stars", &["window", "applied_for"]).or_else(|| self.places.keys(&["stars"]));
        let counted = match stars.window {
            StarWindow::Lifetime => "lifetime",
            StarWindow::CalendarYear => "calendar_year",
        };
        let granted = if stars.applied_for { "applied" } else { "counted" };
        self.say(lines, [Text::from(s::ReadingStars { counted, granted })]);
        for (row, step) in stars.steps.iter().enumerate() {
            let lines = self.places.row_of("stars", "steps", row);
            let time = step.minutes.map(|minutes| duration(minutes, self.language));
            let points = step.points_minor.map(points);
            let star = step.star;
            let reached = match (time, points) {
                (Some(time), Some(points)) => Text::from(s::ReadingStarBoth { star, time, points }),
                (Some(time), None) => s::ReadingStarTime { star, time }.into(),
                (None, points) => s::ReadingStarPoints { star, points: points.unwrap_or_default() }.into(),
            };
            let by = step.granted_by.as_ref().map(|by| Text::from(s::ReadingGrantedBy { by }));
            self.say(lines, [reached].into_iter().chain(by));
        }
    }
}

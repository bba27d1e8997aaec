//! The plan as one row of events, in the order in which they happen.

use super::visits::Outcome;
use super::year::Course;
use super::{Plan, ZONE};
use crate::domain::time::{Day, Moment};
use chrono::Datelike;

/// What happens. Numbers are places in the lists of the plan; `deed` is a place within its activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Shelves are filled: the month's pieces of every offer with stock.
    GoodsIn,
    Publish {
        activity: usize,
    },
    /// The record is entered, with its evidence.
    Submit {
        activity: usize,
        deed: usize,
    },
    /// The second person approves, rejects or returns.
    Decide {
        activity: usize,
        deed: usize,
    },
    /// A returned record is put right and approved.
    Resubmit {
        activity: usize,
        deed: usize,
    },
    /// Somebody objects while the record is in public notice.
    Object {
        activity: usize,
        deed: usize,
    },
    DecideObjection {
        activity: usize,
        deed: usize,
    },
    /// A final record is found wrong: reversed, and entered anew if it was merely too long.
    Correct {
        activity: usize,
        deed: usize,
    },
    Visit {
        visit: usize,
    },
    /// Goods of a visit come back.
    Refund {
        visit: usize,
    },
    /// Notices that have run out become final, holds and lots that are due are released.
    DayEnds {
        day: Day,
    },
    /// The shops are settled for this month.
    MonthEnds {
        year: i32,
        month: u32,
    },
}

const HOUR: i64 = 3600;
/// The ten-minute undo of the one who typed it.
const UNDO_SECONDS: i64 = 240;
/// Notice and approval are surely over.
const UNTIL_CORRECTION: i64 = 20 * 24 * HOUR;

/// All events, by the moment. What would happen after the last day does not happen.
pub fn events(plan: &Plan) -> Vec<(Moment, Event)> {
    let mut events = Vec::new();
    for (activity, planned) in plan.activities.iter().enumerate() {
        events.push((
            planned.published_at.max(plan.first.start(ZONE).plus_seconds(7 * HOUR)),
            Event::Publish { activity },
        ));
        for (deed, planned) in planned.deeds.iter().enumerate() {
            let (submitted, decided) = (planned.submitted_at, planned.decided_at);
            events.push((submitted, Event::Submit { activity, deed }));
            let withdrawn = planned.course == Course::Withdrawn;
            let decided = if withdrawn { submitted.plus_seconds(UNDO_SECONDS) } else { decided };
            events.push((decided, Event::Decide { activity, deed }));
            let after = |hours: i64| decided.plus_seconds(hours * HOUR);
            match planned.course {
                Course::Returned => events.push((after(20), Event::Resubmit { activity, deed })),
                Course::ObjectionUpheld | Course::ObjectionDismissed => {
                    events.push((after(5), Event::Object { activity, deed }));
                    events.push((after(50), Event::DecideObjection { activity, deed }));
                }
                Course::Corrected | Course::Reversed => {
                    events.push((decided.plus_seconds(UNTIL_CORRECTION), Event::Correct { activity, deed }));
                }
                Course::Usual | Course::Rejected | Course::Withdrawn => {}
            }
        }
    }
    for (visit, planned) in plan.visits.iter().enumerate() {
        events.push((planned.at, Event::Visit { visit }));
        if matches!(planned.outcome, Outcome::PartRefunded | Outcome::Refunded) {
            events.push((planned.at.plus_seconds(49 * HOUR), Event::Refund { visit }));
        }
    }
    calendar(plan, &mut events);
    let last = plan.until.end(ZONE);
    events.retain(|(at, _)| *at < last);
    events.sort();
    events
}

/// Day by day; the month is settled on the first of the next, the last month on its last evening.
fn calendar(plan: &Plan, events: &mut Vec<(Moment, Event)>) {
    for number in 0..=(plan.until.number() - plan.first.number()) {
        let day = plan.first.plus(number);
        let (today, tomorrow) = (day.date(), day.plus(1).date());
        if number == 0 || today.day() == 1 {
            events.push((day.start(ZONE).plus_seconds(6 * HOUR), Event::GoodsIn));
        }
        let evening = day.end(ZONE).plus_seconds(-60);
        events.push((evening, Event::DayEnds { day }));
        if tomorrow.month() != today.month() {
            let settled = evening.plus_seconds(30);
            events.push((settled, Event::MonthEnds { year: today.year(), month: today.month() }));
        }
    }
}

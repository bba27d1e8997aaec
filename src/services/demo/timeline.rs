//! The plan as one list of events, in the order in which they happen.

use super::visits::Outcome;
use super::year::{Course, DeedPlan};
use super::{Plan, ZONE, first_of_month};
use crate::domain::service::record::Evidence;
use crate::domain::time::{Day, Moment};
use chrono::Datelike;

/// An event. Numbers are indices into the lists of the plan; `deed` is an index within its activity.
#[derive(Clone, Copy, Debug, PartialEq, Eq, PartialOrd, Ord)]
pub enum Event {
    /// Restocks every offer with stock for the month.
    GoodsIn,
    Publish {
        activity: usize,
    },
    SignIn {
        activity: usize,
        deed: usize,
    },
    /// Signing out submits the record.
    SignOut {
        activity: usize,
        deed: usize,
    },
    /// The record is entered from a sheet, or reported by the volunteer.
    Submit {
        activity: usize,
        deed: usize,
    },
    /// The second person approves, rejects or returns.
    Decide {
        activity: usize,
        deed: usize,
    },
    /// A returned record is corrected and approved.
    Resubmit {
        activity: usize,
        deed: usize,
    },
    /// An objection while the record is in public notice.
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
    /// Goods of a visit are returned.
    Refund {
        visit: usize,
    },
    /// Records whose notice is over become final, due holds and lots are released.
    DayEnds {
        day: Day,
    },
    /// The items that a community awards at once.
    Award {
        batch: usize,
    },
    /// Stars that were reached and applied for are granted.
    GrantStars,
    /// The statements of the shops for the month that begins with this day.
    Settle {
        month: Day,
    },
}

impl DeedPlan {
    /// Signed in and out on the spot; all others are entered afterwards.
    pub fn is_attended(&self) -> bool {
        self.evidence == Evidence::Scan
    }

    pub fn ends_at(&self) -> Moment {
        self.starts_at.plus_seconds(self.service_minutes * 60)
    }

    /// When the record exists: at sign-out, or when it is entered.
    fn submitted(&self) -> Moment {
        if self.is_attended() { self.ends_at() } else { self.submitted_at }
    }
}

const HOUR: i64 = 3600;
/// Within the ten minutes in which the person who entered it may undo it.
const UNDO_SECONDS: i64 = 240;
/// Long enough for approval and notice to be over.
const UNTIL_CORRECTION: i64 = 20 * 24 * HOUR;

/// All events by time, without those after the last day.
pub fn events(plan: &Plan) -> Vec<(Moment, Event)> {
    let mut events = Vec::new();
    for (activity, planned) in plan.activities.iter().enumerate() {
        events.push((
            planned.published_at.max(plan.first.start(ZONE).plus_seconds(7 * HOUR)),
            Event::Publish { activity },
        ));
        for (deed, planned) in planned.deeds.iter().enumerate() {
            let (submitted, decided) = (planned.submitted(), planned.decided_at);
            if planned.is_attended() {
                events.push((planned.starts_at, Event::SignIn { activity, deed }));
                events.push((submitted, Event::SignOut { activity, deed }));
            } else {
                events.push((submitted, Event::Submit { activity, deed }));
            }
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
    events
        .extend(plan.awards.iter().enumerate().map(|(batch, planned)| (planned.at, Event::Award { batch })));
    calendar(plan, &mut events);
    let last = plan.until.end(ZONE);
    events.retain(|(at, _)| *at < last);
    events.sort();
    events
}

/// Events by the calendar: restocking on the first of a month, statements of the month before on the twentieth, when
/// late records are in, except of the last one; stars on the days of 学雷锋 and of the volunteers.
fn calendar(plan: &Plan, events: &mut Vec<(Moment, Event)>) {
    for number in 0..=(plan.until.number() - plan.first.number()) {
        let day = plan.first.plus(number);
        let (today, hour) = (day.date(), |hour: i64| day.start(ZONE).plus_seconds(hour * HOUR));
        if number == 0 || today.day() == 1 {
            events.push((hour(6), Event::GoodsIn));
        }
        if matches!((today.month(), today.day()), (3 | 12, 5)) {
            events.push((hour(10), Event::GrantStars));
        }
        let before = day.plus(-20);
        let month = first_of_month(before);
        if today.day() == 20 && before >= plan.first && month < plan.open_month() {
            events.push((hour(9), Event::Settle { month }));
        }
        events.push((day.end(ZONE).plus_seconds(-60), Event::DayEnds { day }));
    }
}

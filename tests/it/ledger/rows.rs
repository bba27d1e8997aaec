//! The rows of the ledger contract for one caller, in `decide` alone. Those with concurrent callers run over HTTP.

use crate::support::desk::*;
use jianxian::domain::id::Id;
use jianxian::domain::ledger::account::{AccountStatus, AccountTerms};
use jianxian::domain::ledger::asset::Asset;
use jianxian::domain::ledger::entry::EntryKind;
use jianxian::domain::refusal::{NotReversible, Refusal};
use jianxian::domain::time::Day;
use jianxian::ledger::{Answer, Command, CounterTake, Leg, Op, Take};

fn with(amount: i64) -> (Desk, AccountTerms, AccountTerms) {
    let (mut desk, v, m) = (Desk::new(), volunteer("v"), merchant("m"));
    if amount > 0 {
        desk.accept(&issue(&v, amount, None));
    }
    (desk, v, m)
}

fn keyed(command: Command, key: &str, amount: i64) -> Command {
    command.by_request(request(key, &[("amount", amount.to_string()), ("operation", "transfer".into())]))
}

#[test]
fn rows_1_to_4_a_key_acts_once_and_names_what_differs() {
    let (mut desk, v, m) = with(20);
    let first = keyed(pay(&v, &m, 15), "k1", 15);
    let receipt = desk.accept(&first);
    assert_eq!((desk.balance(&v), desk.balance(&m)), (5, 15));
    let again = desk.decide(&first);
    assert!(again.hit);
    assert_eq!(again.answer, Answer::Accepted(Box::new(receipt)));
    assert_eq!(desk.balance(&v), 5);
    let other = keyed(pay(&v, &m, 16), "k1", 16);
    assert_eq!(desk.refuse(&other), Refusal::IdempotencyKeyReused { field: "amount".into() });
    let unknown = keyed(post(vec![Leg::plain(v.id, Id::SYSTEM.derive("nobody"), 16)]), "k1", 16);
    assert_eq!(desk.refuse(&unknown), Refusal::IdempotencyKeyReused { field: "amount".into() });
}

#[test]
fn rows_5_and_6_a_refusal_is_kept_under_its_key() {
    let (mut desk, v, m) = with(5);
    let command = keyed(pay(&v, &m, 6), "k2", 6);
    let refusal = Refusal::InsufficientBalance {
        posting: 0,
        account: v.id,
        available: 5,
        missing: 1,
        asset: Asset::Point,
    };
    assert_eq!(desk.refuse(&command), refusal);
    desk.accept(&issue(&v, 100, None));
    let again = desk.decide(&command);
    assert!(again.hit);
    assert_eq!(again.answer, Answer::Refused(refusal));
    assert_eq!(desk.balance(&v), 105);
}

#[test]
fn row_8_pending_counts() {
    let (mut desk, v, m) = with(20);
    desk.accept(&hold(Id::SYSTEM.derive("h1"), &v, &m, 15, None));
    let refusal = desk.refuse(&hold(Id::SYSTEM.derive("h2"), &v, &m, 6, None));
    assert!(matches!(refusal, Refusal::InsufficientBalance { available: 5, missing: 1, .. }), "{refusal:?}");
}

#[test]
fn rows_9_and_10_what_is_not_captured_is_released_and_a_second_try_is_told() {
    let (mut desk, v, m) = with(20);
    let h = Id::SYSTEM.derive("h");
    desk.accept(&hold(h, &v, &m, 15, None));
    let receipt = desk.accept(&capture(h, Some(13)));
    let leg = &receipt.hold.as_ref().unwrap().legs[0];
    assert_eq!((leg.captured, leg.released), (13, 2));
    assert_eq!((desk.balance(&v), desk.balance(&m), desk.pending(&v)), (7, 13, 0));
    assert_eq!(desk.refuse(&capture(h, Some(2))), Refusal::HoldAlreadyCaptured);
    assert_eq!(desk.refuse(&void(h)), Refusal::HoldAlreadyCaptured);
}

#[test]
fn rows_11_to_13_amount_before_state_and_zero_releases() {
    let (mut desk, v, m) = with(20);
    let h = Id::SYSTEM.derive("h");
    desk.accept(&hold(h, &v, &m, 15, None));
    let refusal = desk.refuse(&capture(h, Some(16)));
    assert_eq!(refusal, Refusal::CaptureExceedsHold { left: 15, asset: Asset::Point });
    assert_eq!(desk.pending(&v), 15);
    desk.accept(&void(h));
    assert_eq!(desk.refuse(&capture(h, None)), Refusal::HoldVoided);
    assert_eq!(
        desk.refuse(&capture(h, Some(16))),
        Refusal::CaptureExceedsHold { left: 15, asset: Asset::Point }
    );
    let one = Id::SYSTEM.derive("one");
    desk.accept(&hold(one, &v, &m, 1, None));
    let nothing = keyed(capture(one, Some(0)), "k", 0);
    desk.accept(&nothing);
    assert_eq!((desk.balance(&m), desk.pending(&v)), (0, 0));
    assert!(desk.decide(&nothing).hit);
    assert_eq!(desk.refuse(&capture(one, Some(1))), Refusal::HoldAlreadyCaptured);
}

#[test]
fn rows_14_and_15_holds_run_out_to_the_second() {
    let (mut desk, v, m) = with(100);
    let holds = [(10, None), (11, Some(1)), (12, Some(2)), (13, Some(3))];
    for (amount, seconds) in holds {
        desk.accept(&hold(Id::SYSTEM.derive(&amount.to_string()), &v, &m, amount, seconds));
    }
    assert_eq!(desk.pending(&v), 46);
    for pending in [35, 23, 10] {
        desk.later(1);
        // Any touch first releases what is due, by entries of its own.
        desk.refuse(&pay(&v, &m, 1_000));
        assert_eq!(desk.pending(&v), pending);
    }
    assert_eq!(desk.refuse(&capture(Id::SYSTEM.derive("11"), None)), Refusal::HoldExpired);
    assert_eq!(desk.book.entries.last().unwrap().0.kind, EntryKind::HoldExpired);
}

#[test]
fn row_16_an_entry_is_all_or_nothing() {
    let (mut desk, v, m) = with(20);
    let legs = vec![Leg::plain(v.id, m.id, 15), Leg::plain(v.id, m.id, 6)];
    let refusal = desk.refuse(&post(legs).open([v.clone(), m.clone()]));
    assert!(matches!(refusal, Refusal::InsufficientBalance { posting: 1, available: 5, .. }), "{refusal:?}");
    assert_eq!((desk.balance(&v), desk.balance(&m)), (20, 0));
}

#[test]
fn row_17_frozen_accounts_only_give_back() {
    let (mut desk, v, m) = with(20);
    let h = Id::SYSTEM.derive("h");
    desk.accept(&hold(h, &v, &m, 5, None));
    let freeze = Op::Status { account: v.id, status: AccountStatus::Frozen };
    desk.accept(&Command::new(Id::SYSTEM, EntryKind::Status, freeze));
    let frozen = Refusal::AccountFrozen { account: v.id };
    assert_eq!(desk.refuse(&pay(&v, &m, 1)), frozen);
    assert_eq!(desk.refuse(&pay(&issuing(), &v, 1)), frozen);
    assert_eq!(desk.refuse(&capture(h, None)), frozen);
    desk.accept(&void(h));
    assert_eq!(desk.pending(&v), 0);
}

#[test]
fn row_18_what_runs_out_first_is_spent_first() {
    let (mut desk, v, m) = with(0);
    let may = Day::parse("2026-06-01").unwrap().start(desk.book.zone);
    desk.accept(&issue(&v, 10, None));
    desk.accept(&issue(&v, 10, Some(may)));
    desk.accept(&pay(&v, &m, 12));
    desk.later(may.seconds_since(desk.book.now) + 1);
    desk.refuse(&pay(&v, &m, 1_000));
    assert_eq!(desk.balance(&v), 8);
    assert!(desk.book.entries.iter().all(|(entry, _)| entry.kind != EntryKind::LotExpired));
}

#[test]
fn row_19_a_refund_goes_back_into_the_very_lot() {
    let (mut desk, v, m) = with(0);
    let may = Day::parse("2026-06-01").unwrap().start(desk.book.zone);
    desk.accept(&issue(&v, 10, Some(may)));
    let paid = desk.accept(&pay(&v, &m, 4)).number;
    desk.accept(&reverse(paid, None, false));
    assert_eq!(desk.balance(&v), 10);
    desk.later(may.seconds_since(desk.book.now));
    let refusal = desk.refuse(&pay(&v, &m, 1));
    assert!(matches!(refusal, Refusal::InsufficientBalance { available: 0, .. }), "{refusal:?}");
    let expired = desk.book.entries.last().unwrap();
    assert_eq!((expired.0.kind, expired.0.postings[0].amount), (EntryKind::LotExpired, 10));
}

#[test]
fn a_refund_into_a_lot_that_ran_out_lasts_to_the_end_of_the_day() {
    let (mut desk, v, m) = with(0);
    let may = Day::parse("2026-06-01").unwrap().start(desk.book.zone);
    desk.accept(&issue(&v, 10, Some(may)));
    let paid = desk.accept(&pay(&v, &m, 4)).number;
    desk.later(may.seconds_since(desk.book.now) + 3_600);
    desk.accept(&reverse(paid, None, false));
    assert_eq!(desk.balance(&v), 4);
    desk.later(24 * 3_600);
    desk.refuse(&pay(&v, &m, 1));
    assert_eq!(desk.balance(&v), 0);
}

#[test]
fn row_20_caps_cut_down_only_when_asked_to() {
    let (mut desk, v, _) = with(0);
    let cap = |limit| CounterTake {
        key: "cap/day/v".into(),
        window: "2026-02-25".into(),
        take: Take::Granted,
        limit,
        asset: Asset::Point,
    };
    desk.accept(&issue(&v, 4, None).counter(cap(10)));
    let refusal = desk.refuse(&issue(&v, 10, None).counter(cap(10)));
    let reached =
        Refusal::CapReached { counter: "cap/day/v".into(), limit: 10, used: 4, left: 6, asset: Asset::Point };
    assert_eq!(refusal, reached);
    let mut partial = issue(&v, 10, None).counter(cap(10));
    if let Op::Post { partial, .. } = &mut partial.op {
        *partial = true;
    }
    let grant = desk.accept(&partial).grant.unwrap();
    assert_eq!((grant.desired, grant.granted, grant.caps), (10, 6, vec!["cap/day/v".to_owned()]));
    // What is taken back is given back to the cap, in the window of the original.
    let number = desk.book.head.number;
    desk.accept(&reverse(number, Some(2), false));
    assert_eq!(desk.accept(&issue(&v, 2, None).counter(cap(10))).postings[0].amount, 2);
}

#[test]
fn a_cap_gets_back_what_was_taken_back_of_every_capped_leg_also_what_is_owed() {
    let (mut desk, v, m) = with(0);
    let cap = CounterTake {
        key: "cap/day/v".into(),
        window: "2026-02-25".into(),
        take: Take::Granted,
        limit: 10,
        asset: Asset::Point,
    };
    let lifetime =
        AccountTerms { asset: Asset::Lifetime, lots: false, id: Id::SYSTEM.derive("life"), ..v.clone() };
    let issuing_lifetime =
        AccountTerms { asset: Asset::Lifetime, id: Id::SYSTEM.derive("life-issuing"), ..issuing() };
    let mut award =
        issue(&v, 10, None).counter(cap.clone()).open([lifetime.clone(), issuing_lifetime.clone()]);
    if let Op::Post { legs, .. } = &mut award.op {
        legs.push(Leg { capped: true, ..Leg::plain(issuing_lifetime.id, lifetime.id, 10) });
    }
    let number = desk.accept(&award).number;
    let spent = desk.accept(&pay(&v, &m, 10)).number;
    // Taken back as a whole, though the spent points are owed: the cap is as if there had been no award.
    desk.accept(&reverse(number, None, true));
    assert_eq!((desk.balance(&lifetime), desk.balance(&m), desk.balance(&v.owed())), (0, 10, -10));
    // When the spent points are back they pay, and there is still the same room.
    desk.accept(&reverse(spent, None, false));
    assert_eq!((desk.balance(&v), desk.balance(&v.owed())), (0, 0));
    assert_eq!(desk.accept(&issue(&v, 10, None).counter(cap)).postings[0].amount, 10);
}

#[test]
fn row_21_an_award_that_is_spent_comes_back_as_far_as_it_goes() {
    let (mut desk, v, m) = with(0);
    let award = desk.accept(&issue(&v, 10, None)).number;
    desk.accept(&pay(&v, &m, 7));
    let refusal = desk.refuse(&reverse(award, None, false));
    assert!(matches!(refusal, Refusal::InsufficientBalance { missing: 7, available: 3, .. }), "{refusal:?}");
    assert_eq!(desk.accept(&reverse(award, None, true)).postings[0].amount, 3);
    assert_eq!((desk.balance(&v), desk.balance(&v.owed())), (0, -7));
}

#[test]
fn row_22_parts_are_taken_back_until_nothing_is_left() {
    let (mut desk, v, m) = with(20);
    let paid = desk.accept(&pay(&v, &m, 10)).number;
    desk.accept(&reverse(paid, Some(4), false));
    let exceeds = Refusal::ReversalExceedsOriginal { posting: 0, left: 6, asset: Asset::Point };
    assert_eq!(desk.refuse(&reverse(paid, Some(7), false)), exceeds);
    desk.accept(&reverse(paid, Some(6), false));
    assert_eq!((desk.balance(&v), desk.balance(&m)), (20, 0));
    let back = desk.book.head.number;
    let twice = Refusal::EntryNotReversible { reason: NotReversible::IsReversal };
    assert_eq!(desk.refuse(&reverse(back, None, false)), twice);
}

#[test]
fn amounts_near_the_ends_of_the_range_are_refused_by_name() {
    let (mut desk, v, m) = with(0);
    let most = jianxian::domain::amount::MAX_MINOR;
    for (amount, expected) in [
        (0, Refusal::AmountNotPositive { posting: 0 }),
        (-1, Refusal::AmountNotPositive { posting: 0 }),
        (i64::MIN, Refusal::AmountNotPositive { posting: 0 }),
        (most + 1, Refusal::AmountOverflow { posting: 0 }),
        (i64::MAX, Refusal::AmountOverflow { posting: 0 }),
    ] {
        assert_eq!(desk.refuse(&pay(&issuing(), &v, amount)), expected);
    }
    // Many large amounts: the sum is refused before it could overflow.
    let mut overflow = None;
    for _ in 0..1_100 {
        if let Answer::Refused(refusal) = desk.decide(&pay(&issuing(), &v, most)).answer {
            overflow = Some(refusal);
            break;
        }
    }
    assert_eq!(overflow, Some(Refusal::AmountOverflow { posting: 0 }));
    let same = post(vec![Leg::plain(m.id, m.id, 5)]);
    assert_eq!(desk.refuse(&same), Refusal::SameAccount { posting: 0 });
}

#[test]
fn a_closed_period_and_the_future_take_no_entries() {
    let (mut desk, v, m) = with(20);
    let mut close = post(vec![]);
    let until = desk.book.now.plus_seconds(-3_600);
    close.close_period = Some(until);
    desk.accept(&close);
    let mut late = pay(&v, &m, 1);
    late.effective_at = Some(until.plus_seconds(-1));
    assert_eq!(desk.refuse(&late), Refusal::PeriodClosed { closed_until: until });
    late.effective_at = Some(until);
    desk.accept(&late);
    late.effective_at = Some(desk.book.now.plus_seconds(1));
    assert_eq!(desk.refuse(&late), Refusal::EffectiveInFuture);
}

#[test]
fn a_gift_carries_expiry_and_value_over() {
    let (mut desk, v, _) = with(0);
    let may = Day::parse("2026-06-01").unwrap().start(desk.book.zone);
    desk.accept(&issue(&v, 10, Some(may)));
    let friend = volunteer("friend");
    desk.accept(&pay(&v, &friend, 4));
    let lots = desk.book.open_lots(&friend.id);
    assert_eq!((lots.len(), lots[0].remaining, lots[0].expires_at), (1, 4, Some(may)));
}

#[test]
fn closing_needs_an_empty_account() {
    let (mut desk, v, m) = with(20);
    let close = |account| {
        Command::new(Id::SYSTEM, EntryKind::Status, Op::Status { account, status: AccountStatus::Closed })
    };
    assert_eq!(desk.refuse(&close(v.id)), Refusal::AccountNotEmpty { account: v.id });
    desk.accept(&pay(&v, &m, 20));
    desk.accept(&close(v.id));
    assert_eq!(desk.refuse(&pay(&issuing(), &v, 1)), Refusal::AccountClosed { account: v.id });
}

#[test]
fn a_frozen_account_still_loses_what_runs_out() {
    let (mut desk, v, m) = with(0);
    desk.accept(&issue(&v, 10, Some(desk.book.now.plus_seconds(10))));
    let freeze = Op::Status { account: v.id, status: AccountStatus::Frozen };
    desk.accept(&Command::new(Id::SYSTEM, EntryKind::Status, freeze));
    desk.later(10);
    assert_eq!(desk.refuse(&pay(&v, &m, 1)), Refusal::AccountFrozen { account: v.id });
    assert_eq!(desk.balance(&v), 0);
}

#[test]
fn settling_closes_redeeming_and_a_year_end_closes_the_rest() {
    let (mut desk, v, m) = with(20);
    let until = desk.book.now.plus_seconds(-3_600);
    let before = Some(until.plus_seconds(-1));
    desk.accept(&Command { close_period: Some(until), ..post(vec![]) });
    // What was earned may be back-dated over it, a shop's takings may not.
    desk.accept(&Command { effective_at: before, ..issue(&v, 5, None) });
    let paid = Command { effective_at: before, ..pay(&v, &m, 1) };
    assert_eq!(desk.refuse(&paid), Refusal::PeriodClosed { closed_until: until });
    desk.accept(&Command { close_year: Some(until), kind: EntryKind::YearClosing, ..post(vec![]) });
    let late = Command { effective_at: before, ..issue(&v, 5, None) };
    assert_eq!(desk.refuse(&late), Refusal::PeriodClosed { closed_until: until });
    desk.accept(&Command { effective_at: Some(until), ..issue(&v, 5, None) });
}

#[test]
fn a_hold_given_back_after_its_lots_last_day_keeps_the_points_to_the_end_of_the_day() {
    for ran_out in [false, true] {
        let (mut desk, v, m) = with(0);
        let last = desk.book.now.plus_seconds(3_600);
        desk.accept(&issue(&v, 10, Some(last)));
        let h = Id::SYSTEM.derive("h");
        desk.accept(&hold(h, &v, &m, 4, Some(7_200)));
        desk.later(3_700);
        match ran_out {
            false => {
                desk.accept(&void(h));
            }
            true => {
                desk.later(4_000);
                // Any use of the account releases what has expired.
                desk.refuse(&pay(&v, &m, 100));
            }
        }
        assert_eq!((desk.balance(&v), desk.pending(&v)), (4, 0), "{ran_out}: what was not held has expired");
        let lots = desk.book.open_lots(&v.id);
        let end = desk.book.now.day(desk.book.zone).end(desk.book.zone);
        assert_eq!((lots.len(), lots[0].remaining, lots[0].expires_at), (1, 4, Some(end)));
        desk.accept(&pay(&v, &m, 1));
        desk.later(86_400);
        assert_eq!(
            desk.refuse(&pay(&v, &m, 4)).clone(),
            Refusal::InsufficientBalance {
                posting: 0,
                account: v.id,
                available: 0,
                missing: 4,
                asset: Asset::Point,
            }
        );
        assert_eq!(desk.balance(&v), 0);
    }
}

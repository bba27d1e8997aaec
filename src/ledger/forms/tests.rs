use super::*;

fn id(n: u128) -> Id {
    Id(Uuid::from_u128(n))
}

/// An effect of every kind, with and without what may be absent.
fn every_kind() -> Vec<Effect> {
    let lot = LotId { entry: 7, ordinal: 3 };
    let (at, until) =
        (Moment::from_micros(1_780_000_000_000_001), Moment::from_micros(1_790_000_000_000_000));
    let usual = AccountTerms::usual(OwnerKind::Person, id(1), Asset::Point, Purpose::Main);
    let own = AccountTerms { floor: None, ceiling: Some(9), lots: false, ..usual.clone() };
    let counter = |key: &str, window: &str, measure| CounterUse {
        key: key.into(),
        window: window.into(),
        amount: 2,
        measure,
    };
    let counters = [
        counter(&format!("cap/示例/{}", id(5)), &format!("{}/2026-03", id(6)), Measure::Amount),
        // Parts that look as if they were packed.
        counter("~/~~a/~AAAAAAAAAAAAAAAAAAAAAA//", "all", Measure::Fixed),
    ];
    let legs = vec![
        OpenedLeg { debit: id(1), credit: id(2), amount: 4, earmarks: vec![Earmark { lot, amount: 4 }] },
        OpenedLeg { debit: id(3), credit: id(4), amount: 1, earmarks: Vec::new() },
    ];
    let digest = "00ff".repeat(16);
    vec![
        Effect::AccountOpened(usual),
        Effect::AccountOpened(own),
        Effect::AccountStatus { account: id(1), status: AccountStatus::Frozen },
        Effect::LotOpened {
            leg: 0,
            account: id(1),
            amount: 5,
            expires_at: Some(until),
            from: Some(lot),
            given: false,
        },
        Effect::LotOpened { leg: 1, account: id(1), amount: 5, expires_at: None, from: None, given: false },
        Effect::LotConsumed { leg: 0, lot, amount: 5, earmarked: true },
        Effect::LotConsumed { leg: 0, lot, amount: 5, earmarked: false },
        Effect::LotRestored { leg: 0, lot, amount: 5 },
        Effect::LotReleased { lot, amount: i64::MAX },
        Effect::HoldOpened { hold: id(8), expires_at: Some(at), legs, counters: counters.to_vec() },
        Effect::HoldOpened { hold: id(8), expires_at: None, legs: Vec::new(), counters: Vec::new() },
        Effect::HoldCaptured { hold: id(8), amounts: vec![4, 0] },
        Effect::HoldReleased { hold: id(8), amounts: vec![4, 1], resolution: HoldState::Expired },
        Effect::CounterTaken { counter: counters[0].clone(), limit: 480 },
        Effect::CounterGiven { counter: counters[1].clone() },
        Effect::Granted { legs: vec![1, 2], desired: 5, granted: 4, caps: vec!["day".into()] },
        Effect::Granted { legs: vec![1], desired: 5, granted: 5, caps: Vec::new() },
        Effect::Document {
            document: DocumentKind::Redemption,
            id: id(9),
            version: 2,
            state: "captured".into(),
            digest: digest.clone(),
        },
        Effect::Document {
            document: DocumentKind::Statement,
            id: id(9),
            version: 1,
            state: "issued".into(),
            digest: format!("no hex, {digest}"),
        },
        Effect::PeriodClosed { until },
        Effect::AccountMerged { from: id(1), to: id(2), lots: vec![lot], holds: vec![id(8)] },
        Effect::AccountMerged { from: id(1), to: id(2), lots: Vec::new(), holds: Vec::new() },
        Effect::YearClosed { until },
    ]
}

/// What is once written is read for ever: this text never changes. A change of `Effect` that would change it needs the
/// next format.
const TWO: &str = include_str!("effects-2.json");

#[test]
fn effects_are_written_and_read_in_the_second_format() {
    let written = write(&every_kind());
    assert_eq!(written, TWO.trim_end());
    assert_eq!(read(&written).unwrap(), every_kind());
    assert_eq!(covered(&written), [written.as_str()]);
    assert_eq!((write(&[]), read("").unwrap(), covered("").len()), (String::new(), Vec::new(), 0));
}

#[test]
fn effects_of_the_first_format_are_read_and_covered_as_they_were_written() {
    let texts: Vec<String> =
        every_kind().iter().map(|effect| serde_json::to_string(effect).unwrap()).collect();
    let stored = format!("[{}]", texts.join(","));
    assert_eq!(read(&stored).unwrap(), every_kind());
    assert_eq!(covered(&stored), texts);
    // Members that were never set, and the order and blanks of another hand.
    let lot = r#"{ "leg":0,"effect":"lot_consumed","lot":{"ordinal":3,"entry":7},"amount":5,"value_fen":0,"earmarked":true}"#;
    let stored = format!("[{lot}]");
    assert_eq!(read(&stored).unwrap(), [every_kind()[5].clone()]);
    assert_eq!(covered(&stored), [lot]);
}

#[test]
fn a_text_of_no_format_is_refused_and_covered_whole() {
    for text in
        ["{}", "{\"3\":[]}", "[", "{\"2\":[{\"new\":{}}]}", "{\"2\":[{\"free\":{\"t\":[1,2]}}]}", " ", "null"]
    {
        assert!(read(text).is_err(), "{text}");
    }
    for text in ["{\"3\":[]}", "[", "{\"2\":[]}"] {
        assert_eq!(covered(text), [text]);
    }
}

#[test]
fn an_account_that_begins_to_keep_lots_is_written_as_its_id() {
    let kept = [Effect::LotsKept { account: id(1) }];
    let written = write(&kept);
    assert_eq!(written, r#"{"2":[{"lots":{"a":"AAAAAAAAAAAAAAAAAAAAAQ"}}]}"#);
    assert_eq!(read(&written).unwrap(), kept);
}

#[test]
fn a_member_that_is_absent_changes_nothing() {
    let spend = |text: &str| read(&format!("{{\"2\":[{{\"spend\":{text}}}]}}")).unwrap();
    let plain = spend(r#"{"l":0,"t":[7,3],"n":5}"#);
    assert_eq!(plain, spend(r#"{"l":0,"t":[7,3],"n":5,"e":false}"#));
    assert_eq!(write(&plain), r#"{"2":[{"spend":{"l":0,"t":[7,3],"n":5}}]}"#);
}

//! Sign-in and sign-out: right and wrong passwords, limits that survive a restart, refresh tokens that work once, and
//! changes of roles and users that work at once.

use crate::support::sign_in::{
    BANK, Desk, PASSWORD, START, ask, bank, config, founding, home, refused, services,
};
use jianxian::auth::authority::secrets_of;
use jianxian::auth::passwords::Password;
use jianxian::auth::permissions::{Permission, Role};
use jianxian::auth::secrets::{FILE, SecretError, Secrets};
use jianxian::auth::tokens::TokenFault;
use jianxian::config::{PolicyName, SignInConfig};
use jianxian::domain::id::{BankId, Id};
use jianxian::domain::refusal::Refusal;
use jianxian::services::access::founding::FoundingAsk;
use jianxian::services::access::sign_in::{Origin, SignInAsk};

fn from(address: &str, device: Option<&str>) -> Origin {
    Origin { address: Some(address.parse().unwrap()), device: device.map(str::to_owned), ..Origin::default() }
}

#[tokio::test]
async fn the_first_administrator_is_made_once_with_the_token_of_this_start() {
    let desk = Desk::new(&config());
    let earlier = desk.services.first_token(BANK).await.unwrap().unwrap();
    let token = desk.services.first_token(BANK).await.unwrap().unwrap();
    for wrong in [earlier.as_str(), "", &token[1..]] {
        let answer = refused(desk.services.found_bank(founding(wrong)).await);
        assert_eq!(answer.unwrap_err(), Refusal::FirstTokenInvalid, "{wrong}");
    }
    let short = FoundingAsk { password: Password::new("short"), ..founding(&token) };
    assert_eq!(
        refused(desk.services.found_bank(short).await).unwrap_err(),
        Refusal::PasswordTooShort { least: 15 }
    );
    let signed_in = refused(desk.services.found_bank(founding(&token)).await).unwrap();
    let actor = desk.actor(&signed_in.access_token).await.unwrap();
    assert_eq!((actor.user, actor.session, actor.bank), (signed_in.user, signed_in.session, BANK));
    assert!(actor.has(Role::Administrator) && actor.may(Permission::WriteUsers));
    let root = &actor.grants[0];
    assert!(actor.reaches(Permission::WriteUsers, &format!("{}below/", root.org_path)));
    let again = refused(desk.services.found_bank(founding(&token)).await).unwrap_err();
    assert_eq!(again, Refusal::BankHasUsers);
    assert_eq!(desk.services.first_token(BANK).await.unwrap(), None);
    let desk = desk.restarted(&config());
    let after = refused(desk.services.found_bank(founding(&token)).await).unwrap_err();
    assert_eq!(after, Refusal::FirstTokenInvalid);
    assert!(desk.sign_in(ask("guanliyuan", PASSWORD)).await.is_ok());
}

#[tokio::test]
async fn wrong_ones_are_not_told_apart() {
    let (desk, first) = Desk::founded(&config()).await;
    let (wrong, unknown) = (ask("guanliyuan", "three ferries at night"), ask("nobody", PASSWORD));
    let foreign = SignInAsk { bank: Some("elsewhere".into()), ..ask("guanliyuan", PASSWORD) };
    let changing = SignInAsk { new_password: Some(Password::new("x")), ..ask("guanliyuan", "wrong") };
    for ask in [wrong, unknown, foreign, changing, ask("GUANLIYUAN", PASSWORD), ask("", "")] {
        assert_eq!(desk.sign_in(ask).await.unwrap_err(), Refusal::SignInFailed);
    }
    let named = SignInAsk { bank: Some("bank-1".into()), ..ask("guanliyuan", PASSWORD) };
    let signed_in = desk.sign_in(named).await.unwrap();
    assert_eq!(signed_in.user, first.user);
    assert_ne!(signed_in.session, first.session);
    assert!(!format!("{signed_in:?}").contains(&signed_in.refresh_token));
    // With a second bank the name is required; it discloses nothing about users.
    desk.services.store.create_bank(&bank(2)).unwrap();
    assert_eq!(desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap_err(), Refusal::BankMissing);
    let other = SignInAsk { bank: Some("bank-2".into()), ..ask("guanliyuan", PASSWORD) };
    assert_eq!(desk.sign_in(other).await.unwrap_err(), Refusal::SignInFailed);
}

#[tokio::test]
async fn an_unknown_login_takes_as_long_as_a_wrong_password() {
    let usual = SignInConfig { login_failures: 1_000, ..SignInConfig::default() };
    let (desk, _) = Desk::founded(&usual).await;
    let mut times = [Vec::new(), Vec::new(), Vec::new()];
    for _ in 0..7 {
        let foreign = SignInAsk { bank: Some("elsewhere".into()), ..ask("guanliyuan", PASSWORD) };
        let asks = [ask("guanliyuan", "wrong"), ask("nobody", "wrong"), foreign];
        for (times, ask) in times.iter_mut().zip(asks) {
            let started = std::time::Instant::now();
            desk.sign_in(ask).await.unwrap_err();
            times.push(started.elapsed());
        }
    }
    // The shortest of each: other load on the machine only adds.
    let [known, unknown, foreign] = times.map(|times| times.into_iter().min().unwrap());
    for other in [unknown, foreign] {
        assert!(other > known / 2 && other < known * 2, "{known:?} {unknown:?} {foreign:?}");
    }
}

#[tokio::test]
async fn too_many_failures_of_a_login_must_wait_also_after_a_restart() {
    let config = SignInConfig { login_failures: 3, lock_seconds: 100, ..config() };
    let (desk, _) = Desk::founded(&config).await;
    for login in ["guanliyuan", "nobody"] {
        for _ in 0..3 {
            assert_eq!(desk.sign_in(ask(login, "wrong")).await.unwrap_err(), Refusal::SignInFailed);
        }
        let waits = desk.sign_in(ask(login, PASSWORD)).await.unwrap_err();
        assert_eq!(
            waits,
            Refusal::TooManyTries { wait_seconds: 101 },
            "{login}: also with the right password"
        );
    }
    desk.later(40);
    let desk = desk.restarted(&config);
    let waits = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap_err();
    assert_eq!(waits, Refusal::TooManyTries { wait_seconds: 61 });
    desk.later(60);
    desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    // A success forgets the failures before it; so does time.
    for _ in 0..2 {
        desk.sign_in(ask("guanliyuan", "wrong")).await.unwrap_err();
    }
    desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    for _ in 0..2 {
        desk.sign_in(ask("guanliyuan", "wrong")).await.unwrap_err();
    }
    desk.later(100);
    desk.sign_in(ask("guanliyuan", "wrong")).await.unwrap_err();
    desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn many_at_once_do_not_slip_through_the_limit() {
    let config = SignInConfig { login_failures: 5, password_queue: 100, ..config() };
    let (desk, _) = Desk::founded(&config).await;
    let tries = (0..40).map(|_| desk.sign_in(ask("guanliyuan", "wrong")));
    let answers = futures_util::future::join_all(tries).await;
    let judged = answers.iter().filter(|answer| answer.as_ref().unwrap_err() == &Refusal::SignInFailed);
    assert_eq!(judged.count(), 5);
}

#[tokio::test]
async fn an_address_that_fails_with_many_logins_must_wait_and_others_need_not() {
    let config = SignInConfig { address_failures: 4, lock_seconds: 50, ..config() };
    let (desk, _) = Desk::founded(&config).await;
    // Successes do not count towards the failures.
    for _ in 0..6 {
        desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    }
    let from = |address: &str, login: &str, password| SignInAsk {
        origin: Origin { address: Some(address.parse().unwrap()), ..Origin::default() },
        ..ask(login, password)
    };
    for n in 0..4 {
        let answer = desk.sign_in(from("2001:db8::1", &format!("login-{n}"), PASSWORD)).await;
        assert_eq!(answer.unwrap_err(), Refusal::SignInFailed);
    }
    let neighbour = desk.sign_in(from("2001:db8::ffff", "guanliyuan", PASSWORD)).await;
    assert_eq!(neighbour.unwrap_err(), Refusal::TooManyTries { wait_seconds: 51 }, "the same /64");
    desk.sign_in(from("2001:db8:0:1::1", "guanliyuan", PASSWORD)).await.unwrap();
    desk.sign_in(from("192.0.2.8", "guanliyuan", PASSWORD)).await.unwrap();
    desk.later(50);
    desk.sign_in(from("2001:db8::1", "guanliyuan", PASSWORD)).await.unwrap();
}

#[tokio::test]
async fn limits_keep_neither_logins_nor_addresses_in_the_clear() {
    let (desk, _) = Desk::founded(&config()).await;
    desk.sign_in(ask("xianyudenglu", "wrong")).await.unwrap_err();
    desk.services.store.stop().unwrap();
    let texts = ["xianyudenglu", "192.0.2.7", PASSWORD];
    assert_eq!(desk.database.places_with(&texts), Vec::<String>::new());
    // Control: a plain text in the database is found.
    assert!(!desk.database.places_with(&["guanliyuan"]).is_empty());
}

#[tokio::test]
async fn a_refresh_token_works_once_and_any_older_one_ends_the_session() {
    let (desk, first) = Desk::founded(&config()).await;
    let second = desk.services.refresh(&first.refresh_token, &home()).await.unwrap();
    assert_eq!((second.session, second.user), (first.session, first.user));
    desk.later(2);
    let third = desk.services.refresh(&second.refresh_token, &home()).await.unwrap();
    assert!(desk.actor(&third.access_token).await.is_ok());
    assert!(desk.actor(&first.access_token).await.is_ok(), "the session goes on");
    // The very first one, two refreshes old, is known.
    let reused = refused(desk.services.refresh(&first.refresh_token, &home()).await).unwrap_err();
    assert_eq!(reused, Refusal::RefreshTokenInvalid);
    for token in [&first, &second, &third] {
        assert_eq!(desk.actor(&token.access_token).await.unwrap_err(), TokenFault::SessionEnded);
        let answer = refused(desk.services.refresh(&token.refresh_token, &home()).await);
        assert_eq!(answer.unwrap_err(), Refusal::RefreshTokenInvalid);
    }
    for text in ["", "x", &"0".repeat(144), &third.access_token] {
        let answer = refused(desk.services.refresh(text, &home()).await);
        assert_eq!(answer.unwrap_err(), Refusal::RefreshTokenInvalid, "{text}");
    }
}

#[tokio::test]
async fn an_answer_lost_on_the_way_can_be_asked_for_once_more_within_half_a_minute() {
    let (desk, _) = Desk::founded(&config()).await;
    let renew = |token: String, origin: Origin| {
        let services = desk.services.clone();
        async move { refused(services.refresh(&token, &origin).await) }
    };
    let first = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let lost = renew(first.refresh_token.clone(), home()).await.unwrap();
    desk.later(29);
    let again = renew(first.refresh_token.clone(), home()).await.unwrap();
    assert_eq!(again.session, first.session);
    assert_ne!(again.refresh_token, lost.refresh_token);
    // The session goes on with the answer that arrived.
    let next = renew(again.refresh_token.clone(), home()).await.unwrap();
    assert!(desk.actor(&next.access_token).await.is_ok());
    // The lost answer is used elsewhere: the token was copied.
    assert_eq!(renew(lost.refresh_token, home()).await.unwrap_err(), Refusal::RefreshTokenInvalid);
    assert_eq!(desk.actor(&next.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    // Later, elsewhere, on another device, or a third time, it ends the session.
    let cases = [
        (30, 1, "192.0.2.7", "own address"),
        (0, 1, "198.51.100.7", "another address"),
        (0, 2, "192.0.2.7", "a third time"),
    ];
    for (seconds, asked, address, name) in cases {
        let first = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
        let mut last = renew(first.refresh_token.clone(), home()).await;
        for _ in 1..asked {
            last = renew(first.refresh_token.clone(), home()).await;
        }
        assert!(last.is_ok(), "{name}");
        desk.later(seconds);
        let refused = renew(first.refresh_token.clone(), from(address, None)).await.unwrap_err();
        assert_eq!(refused, Refusal::RefreshTokenInvalid, "{name}");
        assert_eq!(desk.actor(&first.access_token).await.unwrap_err(), TokenFault::SessionEnded, "{name}");
    }
}

#[tokio::test]
async fn a_device_that_shows_its_mark_may_have_moved_meanwhile() {
    let (desk, _) = Desk::founded(&config()).await;
    let renew = |token: String, origin: Origin| {
        let services = desk.services.clone();
        async move { refused(services.refresh(&token, &origin).await) }
    };
    // A device with its token may have moved; one with another token is another device.
    let first = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let other = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    renew(first.refresh_token.clone(), from("192.0.2.7", Some(&first.device))).await.unwrap();
    renew(first.refresh_token.clone(), from("198.51.100.7", Some(&first.device))).await.unwrap();
    renew(other.refresh_token.clone(), home()).await.unwrap();
    assert!(renew(other.refresh_token.clone(), from("192.0.2.7", Some(&first.device))).await.is_err());
}

#[tokio::test]
async fn of_three_at_once_with_one_refresh_token_at_most_two_are_answered() {
    let (desk, _) = Desk::founded(&config()).await;
    let first = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let (token, home) = (&first.refresh_token, home());
    let all = [(); 3].map(|()| desk.services.refresh(token, &home));
    let answers = futures_util::future::join_all(all).await;
    assert_eq!(answers.iter().filter(|answer| answer.is_ok()).count(), 2);
    let renewed = answers.into_iter().find_map(Result::ok).unwrap();
    assert_eq!(desk.actor(&renewed.access_token).await.unwrap_err(), TokenFault::SessionEnded);
}

#[tokio::test]
async fn strangers_cannot_lock_the_owner_of_a_login_out() {
    let config = SignInConfig { login_failures: 3, lock_seconds: 100, ..config() };
    let (desk, _) = Desk::founded(&config).await;
    let owner = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let knock = |origin: Origin, password: &str| {
        let ask = SignInAsk { origin, ..ask("guanliyuan", password) };
        desk.sign_in(ask)
    };
    for _ in 0..3 {
        assert_eq!(knock(from("203.0.113.5", None), "wrong").await.unwrap_err(), Refusal::SignInFailed);
    }
    let waits = Refusal::TooManyTries { wait_seconds: 101 };
    assert_eq!(knock(from("203.0.113.5", None), PASSWORD).await.unwrap_err(), waits, "the stranger");
    assert_eq!(knock(from("198.51.100.9", None), PASSWORD).await.unwrap_err(), waits, "any unknown place");
    knock(home(), PASSWORD).await.expect("a known address");
    let moved = knock(from("198.51.100.9", Some(&owner.device)), PASSWORD).await.expect("a known device");
    assert_eq!(moved.device.get(16..80), owner.device.get(16..80), "the mark goes on");
    // Both limits are separate, and one does not block the other.
    for _ in 0..3 {
        let failed = knock(from("203.0.113.5", Some(&owner.device)), "wrong").await.unwrap_err();
        assert_eq!(failed, Refusal::SignInFailed);
    }
    assert_eq!(knock(from("203.0.113.5", Some(&owner.device)), PASSWORD).await.unwrap_err(), waits);
    knock(home(), PASSWORD).await.expect("the known address still");
    // A device token works for its own user only; forged ones do not work.
    let forged = owner.device.replace(['0', '1'], "2");
    for device in [forged.as_str(), "", "x"] {
        assert_eq!(
            knock(from("203.0.113.5", Some(device)), PASSWORD).await.unwrap_err(),
            waits,
            "{device:.9}"
        );
    }
    let desk = desk.restarted(&config);
    let ask = SignInAsk { origin: from("203.0.113.5", None), ..ask("guanliyuan", PASSWORD) };
    assert_eq!(desk.sign_in(ask).await.unwrap_err(), waits, "also after a restart");
}

#[tokio::test]
async fn the_wait_of_an_address_doubles_with_every_time_and_is_forgotten_after_two_days() {
    let config = SignInConfig { login_failures: 2, lock_seconds: 100, ..config() };
    let (desk, _) = Desk::founded(&config).await;
    let knock = |address: &str, login: &str, password: &str| {
        let ask = SignInAsk { origin: from(address, None), ..ask(login, password) };
        desk.sign_in(ask)
    };
    for wait_seconds in [101, 201, 401] {
        for _ in 0..2 {
            let failed = knock("203.0.113.5", "guanliyuan", "wrong").await.unwrap_err();
            assert_eq!(failed, Refusal::SignInFailed, "before {wait_seconds}");
        }
        let waits = knock("203.0.113.5", "guanliyuan", PASSWORD).await.unwrap_err();
        assert_eq!(waits, Refusal::TooManyTries { wait_seconds });
        // For others the login is unblocked after its one window.
        desk.later(100);
        knock(&format!("198.51.100.{}", wait_seconds / 100), "guanliyuan", PASSWORD).await.unwrap();
        desk.later(wait_seconds - 101);
        desk.services.forget_old_sessions(BANK).await.unwrap();
    }
    desk.later(2 * 86_400 + 1);
    assert!(desk.services.forget_old_sessions(BANK).await.unwrap() > 0, "the clean-up forgets them");
    for _ in 0..2 {
        knock("203.0.113.5", "guanliyuan", "wrong").await.unwrap_err();
    }
    let waits = knock("203.0.113.5", "guanliyuan", PASSWORD).await.unwrap_err();
    assert_eq!(waits, Refusal::TooManyTries { wait_seconds: 101 });
}

#[tokio::test]
async fn tokens_and_sessions_end_with_time() {
    let config = SignInConfig { access_seconds: 60, refresh_seconds: 600, ..config() };
    let (desk, first) = Desk::founded(&config).await;
    assert_eq!((first.access_seconds, first.refresh_until), (60, START.plus_seconds(600)));
    desk.later(60);
    assert_eq!(desk.actor(&first.access_token).await.unwrap_err(), TokenFault::Expired);
    desk.later(539);
    let second = desk.services.refresh(&first.refresh_token, &home()).await.unwrap();
    assert_eq!(second.refresh_until, START.plus_seconds(599 + 600));
    desk.later(600);
    let late = refused(desk.services.refresh(&second.refresh_token, &home()).await).unwrap_err();
    assert_eq!(late, Refusal::RefreshTokenInvalid);
    assert_eq!(desk.services.forget_old_sessions(BANK).await.unwrap(), 0);
    desk.later(181 * 86_400);
    assert_eq!(desk.services.forget_old_sessions(BANK).await.unwrap(), 1);
}

#[tokio::test]
async fn a_signed_out_session_is_dead_at_once_and_others_live() {
    let (desk, first) = Desk::founded(&config()).await;
    let other = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let call = desk.call(&first).await;
    desk.services.sign_out(&call).await.unwrap();
    assert_eq!(desk.actor(&first.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    let answer = refused(desk.services.refresh(&first.refresh_token, &home()).await);
    assert_eq!(answer.unwrap_err(), Refusal::RefreshTokenInvalid);
    assert!(desk.actor(&other.access_token).await.is_ok());
    desk.services.sign_out(&call).await.unwrap();
}

#[tokio::test]
async fn a_new_password_ends_the_other_sessions() {
    const NEW: &str = "four herons by the lake";
    let (desk, first) = Desk::founded(&config()).await;
    let other = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    let call = desk.call(&first).await;
    let change = |old: &str, new: &str| {
        let (old, new) = (Password::new(old), Password::new(new));
        desk.services.change_password(&call, old, new)
    };
    assert_eq!(refused(change("wrong", NEW).await).unwrap_err(), Refusal::SignInFailed);
    assert_eq!(refused(change(PASSWORD, PASSWORD).await).unwrap_err(), Refusal::PasswordUnchanged);
    assert_eq!(refused(change(PASSWORD, "aaaaaaaaaaaaaaaa").await).unwrap_err(), Refusal::PasswordGuessable);
    assert!(desk.actor(&other.access_token).await.is_ok(), "refusals change nothing");
    change(PASSWORD, NEW).await.unwrap();
    assert!(desk.actor(&first.access_token).await.is_ok());
    assert_eq!(desk.actor(&other.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    assert_eq!(desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap_err(), Refusal::SignInFailed);
    // The same together with the sign-in.
    let both = SignInAsk { new_password: Some(Password::new(PASSWORD)), ..ask("guanliyuan", NEW) };
    let last = desk.sign_in(both).await.unwrap();
    assert!(desk.actor(&last.access_token).await.is_ok());
    assert_eq!(desk.actor(&first.access_token).await.unwrap_err(), TokenFault::SessionEnded);
}

#[tokio::test]
async fn guessing_the_old_password_is_limited_too() {
    let config = SignInConfig { login_failures: 3, ..config() };
    let (desk, first) = Desk::founded(&config).await;
    let call = desk.call(&first).await;
    for expected in [Refusal::SignInFailed, Refusal::SignInFailed, Refusal::SignInFailed] {
        let (old, new) = (Password::new("wrong"), Password::new("four herons by the lake"));
        let answer = refused(desk.services.change_password(&call, old, new).await);
        assert_eq!(answer.unwrap_err(), expected);
    }
    let (old, new) = (Password::new(PASSWORD), Password::new("four herons by the lake"));
    let answer = refused(desk.services.change_password(&call, old, new).await);
    assert!(matches!(answer.unwrap_err(), Refusal::TooManyTries { .. }));
}

#[tokio::test]
async fn the_mlps_rules_want_a_new_password_in_time() {
    let config = SignInConfig { policy: PolicyName::Mlps, password_days: 30, ..config() };
    let (desk, _) = Desk::founded(&SignInConfig { policy: PolicyName::Default, ..config.clone() }).await;
    let desk = desk.restarted(&config);
    desk.later(30 * 86_400 - 1);
    desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap();
    desk.later(1);
    let due = desk.sign_in(ask("guanliyuan", PASSWORD)).await.unwrap_err();
    assert_eq!(due, Refusal::PasswordDue { days: 30 });
    let with =
        |new: &str| SignInAsk { new_password: Some(Password::new(new)), ..ask("guanliyuan", PASSWORD) };
    assert_eq!(desk.sign_in(with("four herons")).await.unwrap_err(), Refusal::PasswordTooPlain);
    desk.sign_in(with("4 Herons by the lake")).await.unwrap();
    desk.sign_in(ask("guanliyuan", "4 Herons by the lake")).await.unwrap();
}

#[tokio::test]
async fn what_another_program_changes_is_seen_within_a_second() {
    let (desk, first) = Desk::founded(&config()).await;
    assert!(desk.actor(&first.access_token).await.unwrap().has(Role::Administrator));
    // Another program on the same database: its changes do not move our epoch.
    let other = services(&desk.database, &desk.secrets, &config(), START);
    let (user, session) = (first.user, first.session);
    other.store.write(BANK, move |tables| tables.end_session(session, "test")).await.unwrap();
    desk.later(1);
    assert_eq!(desk.actor(&first.access_token).await.unwrap_err(), TokenFault::SessionEnded);
    let ended = other.store.write(BANK, move |tables| tables.end_sessions_of(user, "test", None)).await;
    assert_eq!(ended.unwrap(), 0);
}

#[tokio::test]
async fn a_token_of_a_bank_that_is_not_here_is_refused() {
    let (desk, first) = Desk::founded(&config()).await;
    let tokens = &desk.services.authority.tokens;
    let now = desk.services.store.clock().now();
    let cases = [
        (BankId(9), first.user, first.session),
        (BANK, Id::SYSTEM.derive("someone else"), first.session),
        (BANK, first.user, Id::SYSTEM.derive("another session")),
    ];
    for (bank, user, session) in cases {
        let (text, _) = tokens.issue(now, bank, user, session, Id::SYSTEM).unwrap();
        assert_eq!(desk.actor(&text).await.unwrap_err(), TokenFault::SessionEnded, "{bank:?}");
    }
    assert_eq!(desk.actor("x").await.unwrap_err(), TokenFault::Invalid);
}

#[tokio::test]
async fn a_bank_without_its_key_is_not_opened() {
    let desk = Desk::new(&config());
    let (store, folder) = (&desk.services.store, desk.database.folder());
    let made = secrets_of(store, folder).await.unwrap();
    assert_eq!(secrets_of(store, folder).await.unwrap().key_ids(), made.key_ids());
    let (file, kept) = (folder.join(FILE), folder.join("kept"));
    std::fs::rename(&file, &kept).unwrap();
    let missing = secrets_of(store, folder).await.unwrap_err();
    assert!(matches!(missing, SecretError::Missing(_, ref id) if *id == made.key_ids()[0]), "{missing}");
    assert!(!file.exists(), "no new key in the place of the lost one");
    let foreign = tempfile::tempdir().unwrap();
    Secrets::open_or_create(foreign.path()).unwrap();
    std::fs::copy(foreign.path().join(FILE), &file).unwrap();
    let other = secrets_of(store, folder).await.unwrap_err();
    assert!(matches!(other, SecretError::OtherKey(ref id) if *id == made.key_ids()[0]), "{other}");
    std::fs::rename(&kept, &file).unwrap();
    assert!(secrets_of(store, folder).await.is_ok());
}

//! A mixed load, like an ordinary day: of a hundred requests 40 read (passbook, balances, offers), 20 show and claim
//! codes, 20 hold and capture, 12 award, 5 sign people in and out at a post, 3 sign in.

use super::bank::{ServedBank, some_of};
use super::ground::{ITEM, Person};
use super::load::{Script, Turn};
use super::subject::{Keys, get, post};
use jianxian::domain::id::Id;
use rand::{RngExt, SeedableRng};
use rand_chacha::ChaCha8Rng;
use serde_json::{Value, json};
use std::cell::RefCell;
use std::rc::Rc;

/// Connections, each with its own volunteer.
pub const TOWN_CONNECTIONS: usize = 64;

/// Weights of what a free connection begins. A visit to the shop is four requests, all others one.
const READ: u32 = 40;
const VISIT: u32 = 10;
const AWARD: u32 = 12;
const ATTENDANCE: u32 = 5;
const SIGN_IN: u32 = 3;

/// The request of a connection's last answer.
#[derive(Clone, Copy, Debug, Default, PartialEq, Eq)]
enum Step {
    #[default]
    Done,
    Shown,
    Claimed,
    Held,
}

/// Who is signed in at the post: kept over all runs, because the bank keeps it too.
pub type AtPost = Rc<RefCell<Vec<bool>>>;

struct Day {
    people: Vec<Townsman>,
    steps: Vec<Step>,
    at_post: AtPost,
    members: std::sync::Arc<[Id]>,
    clerk: String,
    staff: String,
    post: Id,
    scheme: Id,
    merchant: Id,
    offers: [Id; 2],
    keys: Keys,
    rng: ChaCha8Rng,
}

#[derive(Clone)]
struct Townsman {
    member: Id,
    token: String,
    sign_in: String,
}

impl Townsman {
    fn of(person: &Person) -> Self {
        let sign_in = json!({ "login": person.login, "password": person.password }).to_string();
        Townsman { member: person.member, token: person.token.clone(), sign_in }
    }
}

impl ServedBank {
    /// The endless mixed load.
    pub fn day_in_town(&self) -> Script {
        let ground = &self.ground;
        let people: Vec<_> = ground.town.people.iter().map(Townsman::of).collect();
        self.at_post.borrow_mut().resize(people.len(), false);
        let mut day = Day {
            steps: vec![Step::Done; people.len()],
            at_post: Rc::clone(&self.at_post),
            people,
            members: ground.members.clone(),
            clerk: ground.town.clerk.clone(),
            staff: ground.staff.clone(),
            post: ground.town.post,
            scheme: ground.scheme,
            merchant: ground.merchant,
            offers: ground.offers,
            keys: Keys::new(11),
            rng: ChaCha8Rng::seed_from_u64(12),
        };
        Box::new(move |turn, out| day.next(&turn, out))
    }
}

impl Day {
    fn next(&mut self, turn: &Turn<'_>, out: &mut Vec<u8>) {
        let n = turn.connection.checked_rem(self.people.len()).unwrap_or(0);
        let (Some(person), Some(step)) = (self.people.get(n).cloned(), self.steps.get(n).copied()) else {
            return;
        };
        let answered = |place: &str| -> String {
            let whole = serde_json::from_slice::<Value>(turn.answered).unwrap_or_default();
            whole.pointer(place).and_then(Value::as_str).unwrap_or_default().to_owned()
        };
        let next = match step {
            Step::Shown => self.claim(&answered("/digits"), out),
            Step::Claimed => self.hold(&answered("/code"), out),
            Step::Held => self.capture(&answered("/redemption/id"), out),
            Step::Done => self.begin(n, &person, out),
        };
        if let Some(step) = self.steps.get_mut(n) {
            *step = next;
        }
    }

    fn begin(&mut self, n: usize, person: &Townsman, out: &mut Vec<u8>) -> Step {
        let chance = self.rng.random_range(0..READ + VISIT + AWARD + ATTENDANCE + SIGN_IN);
        let visits = READ + VISIT;
        if chance < READ {
            self.read(chance, person, out);
        } else if chance < visits {
            post(out, "/v1/codes", &person.token, self.keys.fresh(), "");
            return Step::Shown;
        } else if chance < visits + AWARD {
            let member = some_of(&self.members, &mut self.rng);
            let body = json!({ "member": member, "scheme": self.scheme, "item": ITEM }).to_string();
            post(out, "/v1/awards", &self.staff, self.keys.fresh(), &body);
        } else if chance < visits + AWARD + ATTENDANCE {
            self.attend(n, person, out);
        } else {
            post(out, "/v1/auth/token", &person.token, self.keys.fresh(), &person.sign_in);
        }
        Step::Done
    }

    fn read(&self, chance: u32, person: &Townsman, out: &mut Vec<u8>) {
        let (member, merchant) = (person.member, self.merchant);
        let path = match chance % 3 {
            0 => format!("/v1/members/{member}/passbook?limit=20"),
            1 => format!("/v1/members/{member}/accounts"),
            _ => format!("/v1/merchants/{merchant}/offers"),
        };
        get(out, &path, &person.token);
    }

    fn claim(&mut self, digits: &str, out: &mut Vec<u8>) -> Step {
        let body = json!({ "code": digits }).to_string();
        post(out, "/v1/codes/claim", &self.clerk, self.keys.fresh(), &body);
        Step::Claimed
    }

    fn hold(&mut self, code: &str, out: &mut Vec<u8>) -> Step {
        let lines = self.offers.map(|offer| json!({ "offer": offer, "quantity": 1 }));
        let body = json!({ "code": code, "lines": lines }).to_string();
        post(out, "/v1/redemptions", &self.clerk, self.keys.fresh(), &body);
        Step::Held
    }

    fn capture(&mut self, redemption: &str, out: &mut Vec<u8>) -> Step {
        let path = format!("/v1/redemptions/{redemption}/capture");
        post(out, &path, &self.clerk, self.keys.fresh(), "{}");
        Step::Done
    }

    fn attend(&mut self, n: usize, person: &Townsman, out: &mut Vec<u8>) {
        let mut at_post = self.at_post.borrow_mut();
        let Some(there) = at_post.get_mut(n) else { return };
        let (step, body) = match *there {
            true => ("sign-out", json!({ "member": person.member, "without_record": true })),
            false => ("sign-in", json!({ "members": [person.member] })),
        };
        *there = !*there;
        let path = format!("/v1/activities/{}/{step}", self.post);
        post(out, &path, &self.staff, self.keys.fresh(), &body.to_string());
    }
}

//! Carries out the plan: every event through the use case that the API calls for it, by a user with the right.

use super::awards::Receiver;
use super::orgs::{OrgLevel, upward};
use super::people::Workplace;
use super::sample_bank::{SampleBank, Texts};
use super::setup::{Resident, Setup};
use super::shops::ShopPlan;
use super::timeline::{Event, events};
use super::visits::{Outcome, VisitPlan};
use super::year::{Course, DeedPlan};
use super::{Plan, ZONE, first_of_month};
use crate::auth::permissions::Role;
use crate::clock::Clock;
use crate::domain::document::Document;
use crate::domain::id::{BankId, Id};
use crate::domain::language::Language;
use crate::domain::ledger::asset::Asset;
use crate::domain::life_cycle::Step;
use crate::domain::life_cycles::{
    APPROVE_RECORD, APPROVE_STATEMENT, CANCEL_REDEMPTION, CAPTURE_REDEMPTION, CONFIRM_STATEMENT,
    DISMISS_OBJECTION, PAY_STATEMENT, PUBLISH_ACTIVITY, REFUND_REDEMPTION, REJECT_RECORD, RESUBMIT_RECORD,
    RETURN_RECORD, REVERSE_RECORD, UPHOLD_OBJECTION, WITHDRAW_RECORD,
};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::ServiceRecord;
use crate::domain::service::record::{Evidence, RecordState};
use crate::domain::settlement::statement::Statement;
use crate::domain::shops::redemption::Redemption;
use crate::domain::time::Day;
use crate::services::ledger::passbook::AsOf;
use crate::services::people::import::opening::OpeningBalance;
use crate::services::points::awards::AwardAsk;
use crate::services::service::activities::ActivityRow;
use crate::services::service::activities::{ActivityAsk, SignOutAsk};
use crate::services::service::records::{ObjectionRow, RecordAsk};
use crate::services::shops::redemptions::RedeemAsk;
use crate::services::step::{Params, because};
use crate::services::{Call, Done, Error, Services};
use rust_decimal::Decimal;
use std::collections::{BTreeMap, BTreeSet};

const CODE_SECONDS: i64 = 60;
const CLAIM_SECONDS: i64 = 180;
const HOLD_SECONDS: i64 = 7 * 86_400;
/// In the last settled month the statements of the shops are left in different states, so that there is something to
/// do.
const STEPS: usize = 5;
/// Messages of these days are kept.
const TOLD_DAYS: i32 = 45;

/// How often what happened; also counts the refusals that occur in a normal year (out of stock, a full cap).
pub type Tally = BTreeMap<&'static str, u64>;

/// The sample bank while its year is played.
pub struct Simulation<'a> {
    pub services: &'a Services,
    clock: &'a Clock,
    pub plan: &'a Plan,
    texts: &'static Texts,
    pub setup: Setup,
    pub activities: BTreeMap<usize, Id>,
    records: BTreeMap<(usize, usize), Id>,
    redemptions: BTreeMap<usize, Id>,
    /// The request of the person who leaves.
    pub leaving: Option<Id>,
    pub tally: Tally,
}

impl<'a> Simulation<'a> {
    /// Sets the bank up on the morning of the first day.
    pub async fn begin(
        services: &'a Services,
        clock: &'a Clock,
        bank: BankId,
        plan: &'a Plan,
    ) -> Result<Self, Error> {
        clock.set(plan.first.start(ZONE).plus_seconds(6 * 3600 - 600));
        let setup = Setup::assemble(services, bank, plan).await?;
        let mut simulation = Simulation {
            services,
            clock,
            plan,
            texts: &SampleBank::jianxian()?.texts,
            setup,
            activities: BTreeMap::new(),
            records: BTreeMap::new(),
            redemptions: BTreeMap::new(),
            leaving: None,
            tally: Tally::new(),
        };
        simulation.bring_openings().await?;
        Ok(simulation)
    }

    /// Plays all events. `shown` receives the progress, in events out of all.
    pub async fn run(&mut self, shown: &dyn Fn(usize, usize)) -> Result<(), Error> {
        let events = events(self.plan);
        let all = events.len();
        for (place, (at, event)) in events.into_iter().enumerate() {
            self.clock.set(at);
            self.happen(event).await?;
            if place % 256 == 0 {
                shown(place, all);
            }
        }
        shown(all, all);
        Ok(())
    }

    fn count(&mut self, what: &'static str) {
        *self.tally.entry(what).or_default() += 1;
    }

    /// Counts refusals that occur in real life; any other error is a fault of the plan.
    fn or_refused(&mut self, done: Result<Done, Error>) -> Result<Option<Done>, Error> {
        match done {
            Ok(done) => Ok(Some(done)),
            Err(Error::Refused(
                Refusal::InsufficientBalance { .. }
                | Refusal::PointsNotEnough
                | Refusal::TimesReached { .. }
                | Refusal::OutOfStock { .. }
                | Refusal::CapReached { .. }
                | Refusal::AlreadyDone { .. }
                | Refusal::NothingToSettle,
            )) => {
                self.count("refused");
                Ok(None)
            }
            Err(error) => Err(error),
        }
    }

    async fn happen(&mut self, event: Event) -> Result<(), Error> {
        match event {
            Event::GoodsIn => self.goods_in().await,
            Event::Publish { activity } => self.publish(activity).await,
            Event::SignIn { activity, deed } => self.sign_in(activity, deed).await,
            Event::SignOut { activity, deed } => self.sign_out(activity, deed).await,
            Event::Submit { activity, deed } => self.submit(activity, deed).await,
            Event::Decide { activity, deed } => self.decide(activity, deed).await,
            Event::Resubmit { activity, deed } => self.resubmit(activity, deed).await,
            Event::Object { activity, deed } => self.object(activity, deed).await,
            Event::DecideObjection { activity, deed } => self.decide_objection(activity, deed).await,
            Event::Correct { activity, deed } => self.correct(activity, deed).await,
            Event::Visit { visit } => self.visit(visit).await,
            Event::Refund { visit } => self.refund(visit).await,
            Event::Award { batch } => self.award(batch).await,
            Event::GrantStars => self.grant_stars().await,
            Event::Settle { month } => self.settle(month).await,
            Event::DayEnds { day } => {
                let bank = self.setup.bank;
                self.services.finalise_due(bank).await?;
                self.services.sweep_due(bank).await?;
                self.services.forget_messages(bank, TOLD_DAYS).await?;
                self.leave_on(day).await?;
                // Messages of the last weeks only: one for each entry of the year would make the file much larger.
                if day.plus(TOLD_DAYS) >= self.plan.until {
                    self.services.tell_what_is_new(bank).await?;
                }
                Ok(())
            }
        }
    }

    /// Opening balances from the paper passbook, as of the day before.
    async fn bring_openings(&mut self) -> Result<(), Error> {
        let plan = self.plan;
        for (place, person) in plan.persons.iter().enumerate() {
            let Some(opening) = person.opening else { continue };
            let call = self.setup.post(plan, Role::LedgerOperator, person.org)?;
            let opening = OpeningBalance {
                member: self.setup.person(place)?.member,
                points: opening.points,
                lifetime_points: opening.lifetime_points,
                service_minutes: opening.service_minutes,
                year: None,
                day: plan.first.plus(-1),
                expires_at: None,
                source: format!("paper_passbook/{}", person.number),
            };
            self.services.open_balance(&call, opening).await?;
            self.count("openings");
        }
        Ok(())
    }

    async fn goods_in(&mut self) -> Result<(), Error> {
        for (shop, planned) in self.plan.shops.iter().enumerate() {
            for (place, offer) in planned.offers.iter().enumerate() {
                let Some(pieces) = offer.monthly else { continue };
                let shop = self.setup.shop(shop)?;
                let id = shop.offers.get(place).copied().unwrap_or_default();
                let call = Call::of(shop.owner.clone());
                self.services.move_stock(&call, id, pieces, false, None).await?;
                self.count("goods in");
            }
        }
        Ok(())
    }

    // ---- service

    fn deed(&self, activity: usize, deed: usize) -> Result<(&'a DeedPlan, usize, Id), Error> {
        let planned = self.plan.activities.get(activity);
        let found = planned.and_then(|planned| Some((planned.deeds.get(deed)?, planned.org)));
        let (deed, org) = found.ok_or_else(|| Error::Fault("the plan lost a deed".into()))?;
        let id = self.activities.get(&activity).copied();
        Ok((deed, org, id.ok_or_else(|| Error::Fault("an activity was not published in time".into()))?))
    }

    fn record_of(&self, activity: usize, deed: usize) -> Result<Id, Error> {
        let record = self.records.get(&(activity, deed)).copied();
        record.ok_or_else(|| Error::Fault("a deed has no record".into()))
    }

    /// Who enters a deed: the volunteer, the leader on the spot, or the staff.
    fn enterer(&self, deed: &DeedPlan, org: usize) -> Result<Call, Error> {
        match deed.evidence {
            Evidence::SelfReport => Ok(Call::of(self.setup.person(deed.person)?.actor.clone())),
            Evidence::Scan => self.setup.post(self.plan, Role::TeamLeader, org),
            _ => self.setup.post(self.plan, Role::Staff, org),
        }
    }

    /// The second person: the supervisor for what the leader entered or vouched for, else the leader.
    fn second(&self, deed: &DeedPlan, org: usize) -> Result<Call, Error> {
        // The leader signs people in, and is the guarantor of late entries.
        let led = matches!(deed.evidence, Evidence::Scan | Evidence::Backfill);
        let role = if led { Role::Reviewer } else { Role::TeamLeader };
        self.setup.post(self.plan, role, org)
    }

    async fn publish(&mut self, activity: usize) -> Result<(), Error> {
        let Some(planned) = self.plan.activities.get(activity) else { return Ok(()) };
        let call = self.setup.post(self.plan, Role::Staff, planned.org)?;
        let hard = (planned.level == "hard").then_some(self.texts);
        let ask = ActivityAsk {
            org: self.setup.org(planned.org)?.id,
            standing: planned.standing,
            title: planned.title.clone(),
            content: planned.content.to_owned(),
            place: planned.place.clone(),
            category: Some(planned.category.to_owned()),
            level: Some(planned.level.to_owned()),
            scheme: self.setup.scheme,
            starts_at: planned.starts_at,
            ends_at: planned.ends_at,
            seats: None,
            risk: hard.map(|texts| texts.risk.clone()),
            insurance: hard.map(|texts| texts.insurance.clone()),
            policy_number: hard.map(|texts| texts.policy_number.clone()),
            skills: Vec::new(),
            spot: None,
        };
        let id = self.services.draft_activity(&call, ask).await?;
        self.services.step::<ActivityRow>(&call, &PUBLISH_ACTIVITY, id, Params::new()).await?;
        self.activities.insert(activity, id);
        self.count("activities");
        Ok(())
    }

    async fn sign_in(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, id) = self.deed(activity, deed)?;
        let call = self.enterer(planned, org)?;
        let member = self.setup.person(planned.person)?.member;
        self.services.sign_in_people(&call, id, vec![member]).await?;
        self.count("sign-ins");
        Ok(())
    }

    async fn sign_out(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, id) = self.deed(activity, deed)?;
        let call = self.enterer(planned, org)?;
        let member = self.setup.person(planned.person)?.member;
        let ask = SignOutAsk { member, served: planned.served, ..SignOutAsk::default() };
        let signed_out = self.services.sign_out_person(&call, id, ask).await?;
        let record = signed_out.record.ok_or_else(|| Error::Fault("a deed of no minutes".into()))?;
        self.records.insert((activity, deed), record);
        self.count("records");
        Ok(())
    }

    async fn submit(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, id) = self.deed(activity, deed)?;
        let call = self.enterer(planned, org)?;
        let ask = self.record_ask(planned, org, id, planned.service_minutes, planned.evidence)?;
        let record = self.services.submit_record(&call, ask).await?;
        self.records.insert((activity, deed), record);
        self.count("records");
        Ok(())
    }

    fn record_ask(
        &self,
        deed: &DeedPlan,
        org: usize,
        activity: Id,
        minutes: i64,
        evidence: Evidence,
    ) -> Result<RecordAsk, Error> {
        let guarantor = self.setup.post(self.plan, Role::TeamLeader, org)?.actor.user;
        Ok(RecordAsk {
            member: self.setup.person(deed.person)?.member,
            activity,
            evidence,
            started_at: deed.starts_at,
            ended_at: deed.starts_at.plus_seconds(minutes * 60),
            service_minutes: None,
            served: deed.served,
            guarantor: (evidence == Evidence::Backfill).then_some(guarantor),
            content: None,
            replaces: None,
            by_code: false,
        })
    }

    async fn decide(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, _) = self.deed(activity, deed)?;
        let record = self.record_of(activity, deed)?;
        if planned.course == Course::Withdrawn {
            let enterer = self.enterer(planned, org)?;
            self.of_record(&enterer, &WITHDRAW_RECORD, record, Params::new()).await?;
            self.count("withdrawn");
            return Ok(());
        }
        let (step, reason, what) = match planned.course {
            Course::Rejected => (&REJECT_RECORD, Some(self.texts.rejected.clone()), "rejected"),
            Course::Returned => (&RETURN_RECORD, Some(self.texts.returned.clone()), "returned"),
            _ => (&APPROVE_RECORD, None, "approved"),
        };
        self.of_record(&self.second(planned, org)?, step, record, because(reason)).await?;
        self.count(what);
        Ok(())
    }

    async fn resubmit(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, _) = self.deed(activity, deed)?;
        let record = self.record_of(activity, deed)?;
        let minutes = [("service_minutes".to_owned(), planned.service_minutes.into())].into_iter().collect();
        self.of_record(&self.enterer(planned, org)?, &RESUBMIT_RECORD, record, minutes).await?;
        self.of_record(&self.second(planned, org)?, &APPROVE_RECORD, record, Params::new()).await?;
        self.count("approved");
        Ok(())
    }

    async fn object(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, _, _) = self.deed(activity, deed)?;
        let record = self.record_of(activity, deed)?;
        let neighbour = self.setup.person((planned.person + 1) % self.setup.persons.len())?;
        let call = Call::of(neighbour.actor.clone());
        self.services.object(&call, record, self.texts.objection.clone()).await?;
        self.count("objections");
        Ok(())
    }

    async fn decide_objection(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, _) = self.deed(activity, deed)?;
        let record = self.record_of(activity, deed)?;
        let street = self.plan.orgs.get(org).and_then(|community| community.parent).unwrap_or(0);
        let call = self.setup.post(self.plan, Role::Reviewer, street)?;
        let step = match planned.course == Course::ObjectionUpheld {
            true => &UPHOLD_OBJECTION,
            false => &DISMISS_OBJECTION,
        };
        let params = [("decision".to_owned(), self.texts.decided.clone().into())].into_iter().collect();
        self.services.step::<ObjectionRow>(&call, step, record, params).await.map(drop)
    }

    async fn of_record(&self, call: &Call, step: &'static Step, id: Id, params: Params) -> Result<(), Error> {
        self.services.step::<ServiceRecord>(call, step, id, params).await.map(drop)
    }

    async fn of_redemption(
        &self,
        call: &Call,
        step: &'static Step,
        id: Id,
        pieces: Option<Vec<(Id, i64)>>,
    ) -> Result<(), Error> {
        let params = pieces.map(|pieces| ("pieces".to_owned(), serde_json::json!(pieces)));
        self.services.step::<Redemption>(call, step, id, params.into_iter().collect()).await.map(drop)
    }

    /// A final record was wrong: reversed by the supervisor, and entered anew if it was only too long.
    async fn correct(&mut self, activity: usize, deed: usize) -> Result<(), Error> {
        let (planned, org, id) = self.deed(activity, deed)?;
        let record = self.record_of(activity, deed)?;
        let reader = self.setup.post(self.plan, Role::Staff, org)?;
        if self.services.record(&reader, record).await?.record.state != RecordState::Final {
            self.count("refused");
            return Ok(());
        }
        let street = self.plan.orgs.get(org).and_then(|community| community.parent).unwrap_or(0);
        let call = self.setup.post(self.plan, Role::Reviewer, street)?;
        let reason = self.texts.corrected.clone();
        self.of_record(&call, &REVERSE_RECORD, record, because(Some(reason))).await?;
        self.count("corrections");
        if planned.course == Course::Corrected {
            let minutes = (planned.service_minutes / 60 * 30).max(30);
            let mut ask = self.record_ask(planned, org, id, minutes, planned.evidence)?;
            ask.replaces = Some(record);
            let anew = self.services.submit_record(&reader, ask).await?;
            let second = self.second(planned, org)?;
            self.of_record(&second, &APPROVE_RECORD, anew, Params::new()).await?;
            self.count("records");
        }
        Ok(())
    }

    // ---- redeeming

    async fn visit(&mut self, visit: usize) -> Result<(), Error> {
        let Some(planned) = self.plan.visits.get(visit) else { return Ok(()) };
        let held = self.hold(planned).await;
        let Some(done) = self.or_refused(held)? else { return Ok(()) };
        let Some(id) = document_of(&done) else { return Ok(()) };
        self.count("holds");
        let call = self.who_serves(planned)?;
        match planned.outcome {
            Outcome::LeftToExpire => return Ok(()),
            Outcome::Cancelled => {
                self.of_redemption(&call, &CANCEL_REDEMPTION, id, None).await?;
                self.count("cancelled");
                return Ok(());
            }
            _ => {}
        }
        self.of_redemption(&call, &CAPTURE_REDEMPTION, id, None).await?;
        self.redemptions.insert(visit, id);
        self.count("redemptions");
        if planned.outcome == Outcome::Undone {
            self.clock.advance_seconds(120);
            self.of_redemption(&call, &REFUND_REDEMPTION, id, None).await?;
            self.count("refunds");
        }
        Ok(())
    }

    /// The clerk, or the staff at the community counter.
    fn who_serves(&self, visit: &VisitPlan) -> Result<Call, Error> {
        match visit.on_behalf {
            true => {
                let org = self.plan.persons.get(visit.person).map_or(0, |person| person.org);
                self.setup.post(self.plan, Role::Staff, org)
            }
            false => Ok(Call::of(self.setup.shop(visit.shop)?.clerk.clone())),
        }
    }

    async fn hold(&self, visit: &VisitPlan) -> Result<Done, Error> {
        let (person, shop) = (self.setup.person(visit.person)?, self.setup.shop(visit.shop)?);
        let lines =
            visit.lines.iter().filter_map(|(offer, pieces)| Some((*shop.offers.get(*offer)?, *pieces)));
        let mut ask =
            RedeemAsk { lines: lines.collect(), hold_seconds: HOLD_SECONDS, ..RedeemAsk::default() };
        let call = self.who_serves(visit)?;
        if visit.on_behalf {
            (ask.on_behalf_of, ask.merchant) = (Some(person.member), Some(shop.merchant));
        } else {
            ask.code = Some(self.claimed_code(person, &call).await?);
        }
        self.services.redeem(&call, ask).await
    }

    async fn claimed_code(&self, person: &Resident, clerk: &Call) -> Result<Id, Error> {
        let shown = self.services.show_code(&Call::of(person.actor.clone()), CODE_SECONDS).await?;
        let claimed = self.services.claim_code(clerk, shown.secret, None, CLAIM_SECONDS).await?;
        Ok(claimed.code)
    }

    /// Some days later the owner takes goods back: all of them, or one piece of the first line.
    async fn refund(&mut self, visit: usize) -> Result<(), Error> {
        let (Some(planned), Some(id)) = (self.plan.visits.get(visit), self.redemptions.get(&visit)) else {
            return Ok(());
        };
        let shop = self.setup.shop(planned.shop)?;
        let first = planned.lines.first().and_then(|(place, _)| shop.offers.get(*place));
        let one_piece =
            first.filter(|_| planned.outcome == Outcome::PartRefunded).map(|offer| vec![(*offer, 1)]);
        let call = Call::of(shop.owner.clone());
        self.of_redemption(&call, &REFUND_REDEMPTION, *id, one_piece).await?;
        self.count("refunds");
        Ok(())
    }

    // ---- awards, stars, settlement

    async fn award(&mut self, batch: usize) -> Result<(), Error> {
        let Some(planned) = self.plan.awards.get(batch) else { return Ok(()) };
        let call = self.setup.post(self.plan, Role::Staff, planned.org)?;
        let mut asks = Vec::new();
        for item in &planned.items {
            let member = match item.to {
                Receiver::Person(place) => self.setup.person(place)?.member,
                Receiver::Household(place) => self.setup.households.get(place).copied().unwrap_or_default(),
            };
            asks.push(AwardAsk {
                member,
                scheme: self.setup.scheme,
                item: item.item.to_owned(),
                quantity: Decimal::from(item.quantity),
                day: None,
                classes: Vec::new(),
                decided: None,
                source: None,
                note: None,
            });
        }
        for row in self.services.award_all(&call, asks, false).await? {
            if self.or_refused(row)?.is_some() {
                self.count("awards");
            }
        }
        Ok(())
    }

    /// Members whose figures reach the next star get it.
    async fn grant_stars(&mut self) -> Result<(), Error> {
        let plan = self.plan;
        for (place, person) in plan.persons.iter().enumerate().filter(|(_, person)| person.zeal >= 20) {
            let call = self.setup.post(plan, Role::Administrator, person.org)?;
            let member = self.setup.person(place)?.member;
            for stars in self.services.stars(&call, member, None, None, Language::Chinese).await? {
                let reached = i64::from(stars.standing.star);
                if reached > 0 && stars.granted.iter().all(|grant| grant.stars < reached) {
                    self.services.grant_star(&call, member, stars.scheme, reached, None).await?;
                    self.count("stars");
                }
            }
        }
        Ok(())
    }

    /// Settles the month that begins with `month`. Statements of the last one stand at every step of their life.
    async fn settle(&mut self, month: Day) -> Result<(), Error> {
        let plan = self.plan;
        let last = first_of_month(month.plus(31)) == plan.open_month();
        let period = month.date().format("%Y-%m").to_string();
        for (place, shop) in plan.shops.iter().enumerate() {
            let steps = if last { place % STEPS } else { STEPS - 1 };
            self.settle_shop(place, shop, &period, steps).await?;
        }
        Ok(())
    }

    async fn settle_shop(
        &mut self,
        place: usize,
        shop: &ShopPlan,
        period: &str,
        steps: usize,
    ) -> Result<(), Error> {
        let services = self.services;
        let staff = self.setup.post(self.plan, Role::Staff, shop.org)?;
        let merchant = self.setup.shop(place)?.merchant;
        let issued = services.issue_statement(&staff, merchant, period.to_owned()).await;
        let Some(done) = self.or_refused(issued)? else { return Ok(()) };
        let Some(id) = document_of(&done) else { return Ok(()) };
        self.count("statements");
        let owner = Call::of(self.setup.shop(place)?.owner.clone());
        let reviewer = self.setup.post(self.plan, Role::Reviewer, shop.org)?;
        let finance = self.setup.post(self.plan, Role::Administrator, shop.org)?;
        let invoice = format!("DEMO-{period}-{place:02}");
        let paid = [("invoice_number", invoice), ("payment_proof", self.texts.payment_proof.clone())];
        let paid: Params = paid.into_iter().map(|(member, text)| (member.to_owned(), text.into())).collect();
        let walk = [(owner, &CONFIRM_STATEMENT), (reviewer, &APPROVE_STATEMENT), (finance, &PAY_STATEMENT)];
        for (call, step) in walk.into_iter().take(steps) {
            services.step::<Statement>(&call, step, id, paid.clone()).await?;
        }
        Ok(())
    }

    /// The person in the plain logins' community with the most points, for trying out.
    pub async fn richest_neighbour(&self) -> Result<usize, Error> {
        let workplace = Workplace::of(&self.plan.orgs, &self.plan.shops);
        let call = self.setup.post(self.plan, Role::Staff, workplace.community)?;
        let under =
            |org: usize| upward(&self.plan.orgs, org, OrgLevel::Community) == Some(workplace.community);
        let mut best = (0, i64::MIN);
        let owners: BTreeSet<usize> = self.plan.shops.iter().filter_map(|shop| shop.owner).collect();
        for (place, person) in self.plan.persons.iter().enumerate() {
            if !under(person.org) || owners.contains(&place) {
                continue;
            }
            let member = self.setup.person(place)?.member;
            let balances = self.services.balances(&call, member, AsOf::default()).await?;
            let points = balances.iter().find(|b| b.asset == Asset::Point).and_then(|b| b.available);
            if points.unwrap_or(0) > best.1 {
                best = (place, points.unwrap_or(0));
            }
        }
        Ok(best.0)
    }
}

pub(super) fn document_of(done: &Done) -> Option<Id> {
    done.receipt.documents.first().map(Document::id)
}

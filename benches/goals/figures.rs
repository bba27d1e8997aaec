//! Figures beyond the plain transfers.

use super::bank::ServedBank;
use super::goal_table::Figures;
use super::ground::{Ground, ZONE};
use super::home::Home;
use super::load::{Measured, Plan, Script, paced, per_second, run};
use super::served::Served;
use super::subject::{Order, Pattern, Subject};
use super::town::TOWN_CONNECTIONS;
use jianxian::cli::ending::Failure;
use jianxian::cli::output::Output;
use jianxian::clock::Clock;
use std::path::Path;
use std::time::{Duration, Instant};

/// The sizes of a run.
#[derive(Clone, Copy, Debug)]
pub struct Scale {
    pub accounts: u32,
    pub members: u32,
    /// Rows of one bulk request.
    pub bulk_rows: u32,
    /// Rows of the list pasted into the page for awards.
    pub grid_rows: u32,
    /// Lines of the long passbook.
    pub history: u32,
    /// Entries of the small ledger, and of the grown one.
    pub small: u64,
    pub grown: u64,
    pub connections: usize,
    pub point: Duration,
    pub rounds: u32,
}

/// Number of members in the goals.
const WHOLE_BANK: f64 = 210_000.0;
/// Final service records beside ten entries of the grown ledger: each award and each redemption has entries of its own.
const RECORDS_IN_TEN_ENTRIES: u32 = 3;
/// How often a figure that is no load is measured: its median counts.
const ROUNDS_OF_A_PAGE: u32 = 9;
/// Requests a second at which pages are read.
const PAGES_A_SECOND: u32 = 100;

/// Measures what only the served bank has, and grows its ledger.
pub struct Measuring<'a> {
    pub scale: Scale,
    pub output: &'a Output,
}

impl Measuring<'_> {
    /// Awards, redemptions, bulks, pages and stars.
    pub fn use_cases(&self, home: &Home, figures: &mut Figures) -> Result<(), Failure> {
        let ground = Ground::prepare(home.database("bank")?, self.scale.accounts, self.scale.members)?;
        let bank = ServedBank::start(ground)?;
        bank.endow(10_000)?;
        let bare = self.median(&bank, || bank.transfers(Pattern::Hot))?;
        let awards = self.median(&bank, || bank.awards())?;
        let redemptions = self.median(&bank, || bank.redemptions())?;
        figures.transfers_beside_per_second = Some(bare.per_second);
        figures.awards_per_second = Some(awards.per_second);
        figures.redemption_steps_per_second = Some(redemptions.per_second);
        figures.server_micros_of_transfer = bare.server_micros;
        figures.server_micros_of_award = awards.server_micros;
        figures.server_micros_of_redemption_step = redemptions.server_micros;
        self.said_of("transfers", &bare);
        self.said_of("awards", &awards);
        self.said_of("redemptions: hold, capture", &redemptions);
        let rows = self.scale.bulk_rows;
        figures.bulk_transfers_per_second = self.bulks(|seed| bank.bulk_transfers(rows, seed))?;
        figures.bulk_awards_per_second = self.bulks(|seed| bank.bulk_awards(rows, seed))?;
        let bank = self.town(bank, figures)?;
        let bank = self.outbox(bank, figures)?;
        self.stars(&bank, figures)?;
        Box::new(bank).finish()
    }

    /// The mixed load of a day, with the disk as it is, and with commits that take 4 ms longer.
    fn town(&self, bank: ServedBank, figures: &mut Figures) -> Result<ServedBank, Failure> {
        let plan = Plan { connections: TOWN_CONNECTIONS, ..self.plan() };
        let day = self.median_of(&bank, plan, || bank.day_in_town())?;
        self.said_of("a day in town", &day);
        figures.town_per_second = Some(day.per_second);
        figures.town_p99_micros = Some(day.p99_micros);
        figures.server_micros_of_town = day.server_micros;
        let bank = bank.served_again(&[("JIANXIAN_STORE_COMMIT_DELAY_MILLISECONDS", "4")])?;
        let slow = self.median_of(&bank, plan, || bank.day_in_town())?;
        self.said_of("a day in town, 4 ms a sync", &slow);
        figures.town_on_a_slow_disk_per_second = Some(slow.per_second);
        bank.served_again(&[])
    }

    /// Awards under full load, each with a message: kept in the inbox alone, and sent by a channel as well.
    fn outbox(&self, bank: ServedBank, figures: &mut Figures) -> Result<ServedBank, Failure> {
        let alone = self.median(&bank, || bank.awards())?;
        let file = bank.ground.database.folder.join("sent.log");
        let path = file.display().to_string();
        let settings = [("JIANXIAN_SENDERS_FILE", path.as_str()), ("JIANXIAN_TIMES_JOBS_SECONDS", "1")];
        let bank = bank.served_again(&settings)?;
        let (started, before) = (Instant::now(), lines(&file));
        let sending = self.median(&bank, || bank.awards())?;
        // A run that ends before the first message has left is waited for.
        while lines(&file) == before && started.elapsed() < Duration::from_secs(30) {
            std::thread::sleep(Duration::from_millis(100));
        }
        let rate = per_second(lines(&file).saturating_sub(before), started.elapsed());
        self.said_of("awards while messages are sent", &sending);
        self.said("messages sent", rate);
        figures.messages_per_second = Some(rate);
        figures.awards_beside_messages_p99_micros = Some((alone.p99_micros, sending.p99_micros));
        bank.served_again(&[])
    }

    fn stars(&self, bank: &ServedBank, figures: &mut Figures) -> Result<(), Failure> {
        let Some(member) = bank.ground.members.first().copied() else { return Ok(()) };
        bank.history(member, self.scale.history)?;
        let plan = Plan { connections: 4, ..self.plan() };
        let today = Clock::default().now().day(ZONE);
        let one = bank.stars(vec![member], today.plus(-1));
        let one = good("stars", paced(bank.address(), PAGES_A_SECOND, plan, one))?;
        figures.star_of_a_member_micros = Some(one.p99_micros);
        let everybody = bank.ground.members.to_vec();
        let all = Plan { connections: 16, requests: u64::from(self.scale.members), ..self.plan() };
        let all = good("stars", run(bank.address(), all, bank.stars(everybody, today.plus(-1))))?;
        figures.stars_of_all_seconds = Some(WHOLE_BANK / all.per_second.max(f64::MIN_POSITIVE));
        Ok(())
    }

    /// Throughput on a ledger of `grown` entries against one of `small`, in turns; then other figures of the grown
    /// ledger.
    pub fn growth(&self, home: &Home, figures: &mut Figures) -> Result<(), Failure> {
        let small = ServedBank::start(self.grown(home, "small", self.scale.small, figures)?)?;
        let grown = self.grown(home, "grown", self.scale.grown, figures)?;
        let records = u32::try_from(self.scale.grown).unwrap_or(u32::MAX) / 10 * RECORDS_IN_TEN_ENTRIES;
        grown.add_records(records)?;
        let grown = ServedBank::start(grown)?;
        let (mut on_small, mut on_grown, mut random) = (Vec::new(), Vec::new(), Vec::new());
        for _ in 0..self.scale.rounds {
            on_small.push(self.hot(&small, Order::Ordered)?);
            on_grown.push(self.hot(&grown, Order::Ordered)?);
            random.push(self.hot(&grown, Order::Random)?);
        }
        Box::new(small).finish()?;
        let on_grown = median(on_grown);
        self.said("transfers on the grown book", on_grown);
        figures.growth_ratio = Some(on_grown / median(on_small).max(f64::MIN_POSITIVE));
        figures.random_keys_ratio = Some(median(random) / on_grown.max(f64::MIN_POSITIVE));
        figures.grown_entries = Some(grown.entries()?);
        self.pages(&grown, figures)?;
        self.grown_book(grown, figures)
    }

    /// A bank with this many entries.
    fn grown(&self, home: &Home, name: &str, entries: u64, figures: &mut Figures) -> Result<Ground, Failure> {
        let ground = Ground::prepare(home.database(name)?, self.scale.accounts, self.scale.members)?;
        let (made, took) = ground.grow(entries)?;
        let rate = per_second(made, took);
        self.said("entries made", rate);
        figures.made_entries_per_second = Some(rate);
        Ok(ground)
    }

    fn pages(&self, bank: &ServedBank, figures: &mut Figures) -> Result<(), Failure> {
        let Some(member) = bank.ground.members.first().copied() else { return Ok(()) };
        bank.history(member, self.scale.history)?;
        let plan = Plan { connections: 4, ..self.plan() };
        let pages = paced(bank.address(), PAGES_A_SECOND, plan, bank.pages(member));
        figures.passbook_p99_micros = Some(good("pages", pages)?.p99_micros);
        let homes = paced(bank.address(), PAGES_A_SECOND, plan, bank.homes());
        figures.home_page_p99_micros = Some(good("homes", homes)?.p99_micros);
        let plan = Plan { connections: 1, ..plan };
        figures.desk_page_p99_micros =
            Some(good("desks", run(bank.address(), plan, bank.desks()))?.p99_micros);
        figures.find_p99_micros = Some(good("finds", run(bank.address(), plan, bank.finds()))?.p99_micros);
        let checks = paced(bank.address(), PAGES_A_SECOND, plan, bank.certificate_checks()?);
        figures.certificate_p99_micros = Some(good("certificates", checks)?.p99_micros);
        let token = bank.ground.town.people.first().map(|person| person.token.as_str()).unwrap_or_default();
        figures.own_copy_micros = middle(self.scale.rounds, || bank.own_copy(token))?;
        let mut seeds = 0..;
        let mut grid = || bank.grid(self.scale.grid_rows, seeds.next().unwrap_or_default());
        figures.grid_micros = middle(self.scale.rounds, &mut grid)?;
        let until = Clock::System.now().day(ZONE);
        let of = |days: i32| {
            let path = format!("/v1/stats?from={}&until={until}", until.plus(1 - days));
            middle(ROUNDS_OF_A_PAGE, || bank.got(&path))
        };
        figures.figures_of_a_month_micros = of(30)?;
        figures.figures_of_a_year_micros = of(365)?;
        Ok(())
    }

    /// Start-up and verification of the grown ledger, after the server has ended.
    fn grown_book(&self, bank: ServedBank, figures: &mut Figures) -> Result<(), Failure> {
        let ServedBank { ground, served, .. } = bank;
        served.stop()?;
        let again = Served::start(&ground.database)?;
        figures.ready_after_millis = u64::try_from(again.ready_after.as_millis()).ok();
        again.stop()?;
        ground.forget_records()?;
        let (entries, took) = ground.verify()?;
        let rate = per_second(u64::try_from(entries).unwrap_or(0), took);
        self.said("entries verified", rate);
        figures.verified_entries_per_second = Some(rate);
        Ok(())
    }

    fn plan(&self) -> Plan {
        Plan {
            connections: self.scale.connections,
            requests: super::MOST_REQUESTS,
            duration: self.scale.point,
            warm_up: self.scale.point / 5,
        }
    }

    fn hot(&self, bank: &ServedBank, order: Order) -> Result<f64, Failure> {
        Ok(loaded(bank, self.plan(), bank.transfers_under(Pattern::Hot, order))?.per_second)
    }

    fn median(&self, bank: &ServedBank, script: impl Fn() -> Script) -> Result<Measured, Failure> {
        self.median_of(bank, self.plan(), script)
    }

    fn median_of(
        &self,
        bank: &ServedBank,
        plan: Plan,
        script: impl Fn() -> Script,
    ) -> Result<Measured, Failure> {
        let mut rounds = Vec::new();
        for _ in 0..self.scale.rounds {
            rounds.push(loaded(bank, plan, script())?);
        }
        rounds.sort_by(|a, b| a.per_second.total_cmp(&b.per_second));
        Ok(rounds.get(rounds.len() / 2).cloned().unwrap_or_default())
    }

    fn bulks(&self, bulk: impl Fn(u64) -> Result<Duration, Failure>) -> Result<Option<f64>, Failure> {
        let mut rates = Vec::new();
        for seed in 0..u64::from(self.scale.rounds) {
            rates.push(per_second(u64::from(self.scale.bulk_rows), bulk(seed)?));
        }
        let rate = median(rates);
        self.said("bulk", rate);
        Ok(Some(rate))
    }

    /// A rate, and the phases of the mean batch.
    fn said_of(&self, what: &str, measured: &Measured) {
        let batch = measured.batch.as_ref().map_or_else(String::new, |mean| format!(" ({mean} µs)"));
        let said = format!("{what}: {:.0}/s{batch}", measured.per_second);
        self.output.remark(&said, &said);
    }

    fn said(&self, what: &str, rate: f64) {
        let said = format!("{what}: {rate:.0}/s");
        self.output.remark(&said, &said);
    }
}

/// Lines of a file; none if there is no file.
fn lines(file: &Path) -> u64 {
    let text = std::fs::read(file).unwrap_or_default();
    u64::try_from(text.iter().filter(|byte| **byte == b'\n').count()).unwrap_or(u64::MAX)
}

/// The median time of some rounds, in µs.
fn middle(rounds: u32, mut round: impl FnMut() -> Result<Duration, Failure>) -> Result<Option<u64>, Failure> {
    let mut times = (0..rounds).map(|_| round()).collect::<Result<Vec<_>, _>>()?;
    times.sort();
    Ok(times.get(times.len() / 2).map(|took| super::load::micros(*took)))
}

fn median(mut rates: Vec<f64>) -> f64 {
    rates.sort_by(f64::total_cmp);
    rates.get(rates.len() / 2).copied().unwrap_or_default()
}

/// One run under load, with the processor time of the subject.
pub fn loaded(subject: &dyn Subject, plan: Plan, script: Script) -> Result<Measured, Failure> {
    let (before, batches) = (subject.processor_ticks(), subject.batches());
    let started = Instant::now();
    let mut measured = good(subject.name(), run(subject.address(), plan, script))?;
    let seconds = started.elapsed().as_secs_f64();
    if let (Some(before), Some(after)) = (before, subject.processor_ticks()) {
        // The warm-up counts on both sides.
        let requests = measured.per_second * seconds;
        let micros = f64::from(u32::try_from(after.saturating_sub(before)).unwrap_or(0)) * 10_000.0;
        measured.server_micros = micros_of(micros / requests.max(1.0));
    }
    if let (Some(before), Some(after)) = (batches, subject.batches()) {
        measured.batch = after.mean_since(&before);
    }
    Ok(measured)
}

fn micros_of(micros: f64) -> Option<u64> {
    u64::try_from(Duration::try_from_secs_f64(micros / 1e6).ok()?.as_micros()).ok()
}

/// Requires that every answer was a success; refusals measure nothing.
pub fn good(what: &str, measured: std::io::Result<Measured>) -> Result<Measured, Failure> {
    let measured = measured.map_err(|e| Failure::machine(what, e))?;
    if measured.all_succeeded() {
        return Ok(measured);
    }
    let answered = format!("{what}: {:?}", measured.statuses);
    Err(Failure::machine("a run with refusals measures nothing", answered))
}

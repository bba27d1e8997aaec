//! The load generator: many keep-alive connections from one thread, bounded in count and in time.

use super::client::Connection;
use super::histogram::Histogram;
use super::phases::MeanBatch;
use serde::Serialize;
use std::cell::RefCell;
use std::collections::BTreeMap;
use std::io;
use std::net::SocketAddr;
use std::rc::Rc;
use std::time::{Duration, Instant};

/// A server that does not answer for this long counts as broken.
const PATIENCE: Duration = Duration::from_secs(60);

/// Load and duration: the bound that is reached first ends the run.
#[derive(Clone, Copy, Debug)]
pub struct Plan {
    pub connections: usize,
    pub requests: u64,
    pub duration: Duration,
    /// Sent first and not counted.
    pub warm_up: Duration,
}

/// A connection's turn to send a request.
pub struct Turn<'a> {
    /// Which of the connections of this run, from 0 on.
    pub connection: usize,
    /// The body of its last answer; empty before the first.
    pub answered: &'a [u8],
}

/// Appends one whole HTTP request at each call.
pub type Script = Box<dyn FnMut(Turn<'_>, &mut Vec<u8>)>;

/// The result of one run.
#[derive(Clone, Debug, Default, Serialize)]
pub struct Measured {
    pub requests: u64,
    pub per_second: f64,
    pub p50_micros: u64,
    pub p99_micros: u64,
    /// How often each HTTP status was answered.
    pub statuses: BTreeMap<u16, u64>,
    /// Processor time per request of a server that is a separate process, over all threads. Other load on the machine
    /// hardly changes it.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub server_micros: Option<u64>,
    /// The mean batch of a server that reports batches.
    #[serde(skip_serializing_if = "Option::is_none")]
    pub batch: Option<MeanBatch>,
}

impl Measured {
    /// `true` if every answer was a success.
    pub fn all_succeeded(&self) -> bool {
        self.statuses.keys().all(|status| (200..300).contains(status))
    }
}

#[derive(Default)]
struct Tally {
    histogram: Histogram,
    statuses: BTreeMap<u16, u64>,
    left: u64,
}

/// Loads the server as planned. Every connection sends its next request as soon as it has its answer.
pub fn run(address: SocketAddr, plan: Plan, script: Script) -> io::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, load(address, plan, Rc::new(RefCell::new(script))))
}

async fn load(address: SocketAddr, plan: Plan, script: Rc<RefCell<Script>>) -> io::Result<Measured> {
    let mut connections = Vec::new();
    for _ in 0..plan.connections {
        connections.push(Connection::open(address).await?);
    }
    let tally = Rc::new(RefCell::new(Tally { left: plan.requests, ..Tally::default() }));
    let counted_from = Instant::now() + plan.warm_up;
    let until = counted_from + plan.duration;
    let callers: Vec<_> = connections
        .into_iter()
        .enumerate()
        .map(|numbered| {
            let caller = caller(numbered, script.clone(), tally.clone(), counted_from, until);
            tokio::task::spawn_local(caller)
        })
        .collect();
    for caller in callers {
        caller.await.map_err(io::Error::other)??;
    }
    let elapsed = counted_from.elapsed();
    Ok(measured(tally.take(), elapsed))
}

async fn caller(
    (number, mut connection): (usize, Connection),
    script: Rc<RefCell<Script>>,
    tally: Rc<RefCell<Tally>>,
    counted_from: Instant,
    until: Instant,
) -> io::Result<()> {
    let mut request = Vec::with_capacity(1024);
    loop {
        let sent = Instant::now();
        // However slow the server is, a run lasts until at least one request was counted.
        let over = sent >= until && tally.borrow().histogram.count() > 0;
        if over || tally.borrow().left == 0 {
            return Ok(());
        }
        request.clear();
        (script.borrow_mut())(Turn { connection: number, answered: connection.body() }, &mut request);
        let answered = tokio::time::timeout(PATIENCE, connection.exchange(&request)).await;
        let status = answered.map_err(io::Error::other)??;
        if sent >= counted_from {
            let mut tally = tally.borrow_mut();
            tally.histogram.record(sent.elapsed());
            *tally.statuses.entry(status).or_default() += 1;
            tally.left = tally.left.saturating_sub(1);
        }
    }
}

/// Sends requests at fixed times, `rate` a second, however long the answers take: each latency counts from when the
/// request should have been sent.
pub fn paced(address: SocketAddr, rate: u32, plan: Plan, script: Script) -> io::Result<Measured> {
    let runtime = tokio::runtime::Builder::new_current_thread().enable_all().build()?;
    let local = tokio::task::LocalSet::new();
    local.block_on(&runtime, at_pace(address, rate, plan, Rc::new(RefCell::new(script))))
}

async fn at_pace(
    address: SocketAddr,
    rate: u32,
    plan: Plan,
    script: Rc<RefCell<Script>>,
) -> io::Result<Measured> {
    let started = Instant::now();
    let tally = Rc::new(RefCell::new(Tally::default()));
    let step = Duration::from_secs(1) / rate.max(1);
    let callers = u32::try_from(plan.connections).unwrap_or(1).max(1);
    let mut under_way = Vec::new();
    for first in 0..callers {
        let (connection, script, tally) = (Connection::open(address).await?, script.clone(), tally.clone());
        under_way.push(tokio::task::spawn_local(async move {
            let mut connection = connection;
            let mut request = Vec::new();
            for turn in (first..).step_by(usize::try_from(callers).unwrap_or(1)) {
                let due = started + step * turn;
                if due.duration_since(started) >= plan.duration {
                    break;
                }
                tokio::time::sleep_until(due.into()).await;
                request.clear();
                let number = usize::try_from(first).unwrap_or(0);
                let asked = Turn { connection: number, answered: connection.body() };
                (script.borrow_mut())(asked, &mut request);
                let answered = tokio::time::timeout(PATIENCE, connection.exchange(&request)).await;
                let status = answered.map_err(io::Error::other)??;
                let mut tally = tally.borrow_mut();
                tally.histogram.record(due.elapsed());
                *tally.statuses.entry(status).or_default() += 1;
            }
            io::Result::Ok(())
        }));
    }
    for caller in under_way {
        caller.await.map_err(io::Error::other)??;
    }
    let elapsed = started.elapsed();
    Ok(measured(tally.take(), elapsed))
}

fn measured(tally: Tally, elapsed: Duration) -> Measured {
    Measured {
        requests: tally.histogram.count(),
        per_second: per_second(tally.histogram.count(), elapsed),
        p50_micros: micros(tally.histogram.percentile(50)),
        p99_micros: micros(tally.histogram.percentile(99)),
        statuses: tally.statuses,
        server_micros: None,
        batch: None,
    }
}

/// Items a second; exact enough for a table up to four thousand million.
pub fn per_second(count: u64, elapsed: Duration) -> f64 {
    let seconds = elapsed.as_secs_f64();
    if seconds > 0.0 { f64::from(u32::try_from(count).unwrap_or(u32::MAX)) / seconds } else { 0.0 }
}

/// Whole microseconds.
pub fn micros(duration: Duration) -> u64 {
    u64::try_from(duration.as_micros()).unwrap_or(u64::MAX)
}

#[cfg(test)]
mod tests {
    use super::*;
    use std::io::{Read, Write};
    use std::net::TcpListener;

    /// A server of a few lines: answers 200, and 503 to every third request of a connection.
    fn small_server(connections: usize) -> SocketAddr {
        let listener = TcpListener::bind("127.0.0.1:0").unwrap();
        let address = listener.local_addr().unwrap();
        std::thread::spawn(move || {
            let streams = listener.incoming().take(connections).map(Result::unwrap);
            let served = streams.map(|mut stream| {
                std::thread::spawn(move || {
                    let mut buffer = [0; 1024];
                    for turn in 1.. {
                        if stream.read(&mut buffer).unwrap_or(0) == 0 {
                            return;
                        }
                        let status = if turn % 3 == 0 { "503 Busy" } else { "200 OK" };
                        write!(stream, "HTTP/1.1 {status}\r\ncontent-length: 2\r\n\r\nok").unwrap();
                    }
                })
            });
            served.collect::<Vec<_>>().into_iter().for_each(|thread| thread.join().unwrap());
        });
        address
    }

    #[test]
    fn a_run_ends_at_its_count_and_tells_every_status() {
        let plan =
            Plan { connections: 2, requests: 60, duration: Duration::from_secs(30), warm_up: Duration::ZERO };
        let mut sent = 0;
        let script = move |_: Turn<'_>, out: &mut Vec<u8>| {
            sent += 1;
            out.extend_from_slice(format!("GET /{sent} HTTP/1.1\r\nhost: x\r\n\r\n").as_bytes());
        };
        let measured = run(small_server(2), plan, Box::new(script)).unwrap();
        // Two callers may both be in progress when the count is reached.
        assert!((60..=61).contains(&measured.requests), "{measured:?}");
        assert_eq!(measured.statuses.values().sum::<u64>(), measured.requests);
        assert!(measured.statuses[&503] >= 18 && measured.statuses[&200] >= 38, "{measured:?}");
        assert!(!measured.all_succeeded());
        assert!(measured.p50_micros <= measured.p99_micros && measured.per_second > 0.0);
    }

    #[test]
    fn a_pace_is_kept_and_waiting_counts() {
        let plan = Plan {
            connections: 2,
            requests: u64::MAX,
            duration: Duration::from_millis(200),
            warm_up: Duration::ZERO,
        };
        let script =
            |_: Turn<'_>, out: &mut Vec<u8>| out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        let measured = paced(small_server(2), 100, plan, Box::new(script)).unwrap();
        assert_eq!(measured.requests, 20);
    }

    #[test]
    fn a_run_ends_at_its_time() {
        let plan = Plan {
            connections: 1,
            requests: u64::MAX,
            duration: Duration::from_millis(50),
            warm_up: Duration::from_millis(10),
        };
        let script =
            |_: Turn<'_>, out: &mut Vec<u8>| out.extend_from_slice(b"GET / HTTP/1.1\r\nhost: x\r\n\r\n");
        let started = Instant::now();
        let measured = run(small_server(1), plan, Box::new(script)).unwrap();
        assert!(measured.requests > 0 && started.elapsed() < Duration::from_secs(10));
    }
}

//! The program is killed repeatedly during its work: what was acknowledged is there, once; a repeat with its key
//! shows the rest. `JIANXIAN_KILLS` is the number of rounds (default 3).

use crate::support::database::TestDatabase;
use crate::support::load::{Ground, count, serve, stop_and_verify};
use rand::rngs::StdRng;
use rand::{RngExt, SeedableRng};
use std::time::{Duration, Instant};

/// Maximum number of requests of one caller in a round.
const MOST_ASKS: usize = 400;

#[test]
fn nothing_acknowledged_is_lost_or_doubled_when_the_program_is_killed() {
    let kills = count("JIANXIAN_KILLS", 3);
    let database = TestDatabase::new();
    let mut served = serve(&database);
    let mut ground = Ground::of(&served);
    let mut rng = StdRng::seed_from_u64(kills);
    let mut slowest = Duration::ZERO;
    let (mut acknowledged, mut unanswered) = (0, 0);
    for _ in 0..kills {
        let callers = ground.callers(MOST_ASKS);
        std::thread::sleep(Duration::from_millis(rng.random_range(40..400)));
        served.kill();
        let mut sent = callers.stop();
        acknowledged += sent.iter().filter(|one| one.answer.is_some()).count();

        let from = Instant::now();
        served = serve(&database);
        slowest = slowest.max(from.elapsed());
        ground.moved_to(&served);
        unanswered += ground.settle(&mut sent);
    }
    stop_and_verify(served, &database);
    assert!(acknowledged > 0, "the server was killed before it had done anything");
    println!(
        "{kills} kills: {acknowledged} acknowledged, {unanswered} unanswered and settled by their keys, \
         ready again in at most {slowest:.1?}"
    );
}

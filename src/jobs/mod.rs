//! Periodic jobs, in the background.

pub mod sending;

use crate::domain::id::BankId;
use crate::domain::time::Day;
use crate::services::Services;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use std::time::Duration;

/// Old sessions are deleted seldom: it is not urgent.
const ROUNDS_BETWEEN_TIDYING: u64 = 1_000;

/// Messages are kept for these days: what they are about stays in the passbook and the logs.
const MESSAGE_DAYS: i32 = 400;

/// Deliveries that ended are kept for these days.
const DELIVERY_DAYS: i32 = 30;

/// Jobs on a thread of their own.
#[derive(Debug)]
pub struct Jobs {
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Jobs {
    /// Looks for work every `seconds`.
    pub fn start(services: Services, seconds: u64, answer_days: i64) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopping);
        let thread = std::thread::spawn(move || {
            let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() else {
                tracing::error!("jobs cannot start: no runtime");
                return;
            };
            runtime.block_on(async {
                let (mut rounds, mut seen) = (0_u64, Calendars::default());
                while !flag.load(Ordering::SeqCst) {
                    round(&services).await;
                    seen.look(&services).await;
                    if rounds.is_multiple_of(ROUNDS_BETWEEN_TIDYING) {
                        tidy(&services, answer_days).await;
                    }
                    rounds = rounds.wrapping_add(1);
                    rest(&flag, seconds).await;
                }
            });
        });
        Jobs { stopping, thread: Some(thread) }
    }

    /// Waits for the running round to end.
    pub fn stop(mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// The last known state of the banks' calendars.
#[derive(Debug, Default)]
struct Calendars {
    /// The years that were covered when open notices were processed last.
    covered: HashMap<BankId, Vec<i32>>,
    /// The day on which the log last reported missing calendars.
    logged: HashMap<BankId, Day>,
}

impl Calendars {
    /// Logs missing calendars once a day, and ends the notices that waited for a calendar that exists by now: from a
    /// newer program, or imported before a restart.
    async fn look(&mut self, services: &Services) {
        for bank in services.store.banks().await.unwrap_or_default() {
            let look = match services.look_at_calendar(bank.id).await {
                Ok(look) => look,
                Err(error) => {
                    tracing::warn!(%error, "jobs: the calendar could not be read");
                    continue;
                }
            };
            if !look.missed.is_empty() && self.logged.insert(bank.id, look.today) != Some(look.today) {
                let years = &look.missed;
                tracing::warn!(?years, bank = %bank.slug, "the holiday calendar is missing: load it with `jianxian import calendar`");
            }
            if self.covered.get(&bank.id) == Some(&look.covered) {
                continue;
            }
            match services.end_open_notices(bank.id).await {
                Ok(ended) => {
                    self.covered.insert(bank.id, look.covered);
                    if ended > 0 {
                        tracing::info!(ended, "notices that waited for a calendar have their last day");
                    }
                }
                Err(error) => tracing::warn!(%error, "jobs: open notices could not be ended"),
            }
        }
    }
}

async fn rest(stopping: &AtomicBool, seconds: u64) {
    for _ in 0..seconds.saturating_mul(10) {
        if stopping.load(Ordering::SeqCst) {
            return;
        }
        tokio::time::sleep(Duration::from_millis(100)).await;
    }
}

/// Deletes old sessions and failed attempts, old answers, and expired codes.
async fn tidy(services: &Services, answer_days: i64) {
    let banks = services.store.banks().await.unwrap_or_default();
    for bank in banks {
        match services.complete_merges(bank.id).await {
            Ok(0) => {}
            Ok(merges) => tracing::info!(merges, "merges of an earlier release were completed"),
            Err(error) => tracing::warn!(%error, "jobs: completing merges failed"),
        }
        if let Err(error) = services.forget_old_sessions(bank.id).await {
            tracing::warn!(%error, "jobs: old sessions could not be forgotten");
        }
        match services.forget_messages(bank.id, MESSAGE_DAYS).await {
            Ok(0) => {}
            Ok(messages) => tracing::info!(messages, "old messages were removed"),
            Err(error) => tracing::warn!(%error, "jobs: old messages could not be removed"),
        }
        match services.forget_deliveries(bank.id, DELIVERY_DAYS).await {
            Ok(0) => {}
            Ok(deliveries) => tracing::info!(deliveries, "old deliveries were removed"),
            Err(error) => tracing::warn!(%error, "jobs: old deliveries could not be removed"),
        }
        match services.forget_attachments(bank.id).await {
            Ok((0, 0)) => {}
            Ok((rows, files)) => {
                tracing::info!(rows, files, "attachments whose time is over, and files of none, were removed")
            }
            Err(error) => tracing::warn!(%error, "jobs: old attachments could not be removed"),
        }
        match services.prune(bank.id, answer_days).await {
            Ok(0) => {}
            Ok(rows) => tracing::info!(rows, "old answers and dead codes were removed"),
            Err(error) => tracing::warn!(%error, "jobs: old answers could not be removed"),
        }
    }
}

/// One round over all banks. Errors are logged; the next round retries.
async fn round(services: &Services) {
    let banks = match services.store.banks().await {
        Ok(banks) => banks,
        Err(error) => return tracing::warn!(%error, "jobs: the banks could not be read"),
    };
    for bank in banks {
        if let Err(error) = services.write_unwritten_sessions(bank.id).await {
            tracing::warn!(%error, "jobs: sessions in memory could not be written");
        }
        match services.finalise_due(bank.id).await {
            Ok(0) => {}
            Ok(records) => tracing::info!(records, "records whose notice is over were made final"),
            Err(error) => tracing::warn!(%error, "jobs: making records final failed"),
        }
        match services.sweep_due(bank.id).await {
            Ok(0) => {}
            Ok(accounts) => tracing::info!(accounts, "due holds and lots were released"),
            Err(error) => tracing::warn!(%error, "jobs: sweeping failed"),
        }
        match services.note_interrupted_deliveries(bank.id).await {
            Ok(0) => {}
            Ok(deliveries) => {
                tracing::warn!(deliveries, "it is not known whether these deliveries were sent")
            }
            Err(error) => tracing::warn!(%error, "jobs: interrupted deliveries could not be noted"),
        }
        match services.revoke_corrected(bank.id).await {
            Ok(0) => {}
            Ok(certificates) => {
                tracing::info!(certificates, "certificates of corrected records were revoked")
            }
            Err(error) => tracing::warn!(%error, "jobs: certificates could not be revoked"),
        }
        match services.tell_what_is_new(bank.id).await {
            Ok(0) => {}
            Ok(messages) => tracing::debug!(messages, "people were told what is new"),
            Err(error) => tracing::warn!(%error, "jobs: people could not be told what is new"),
        }
    }
}

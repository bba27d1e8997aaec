//! Sending messages, on a thread of its own: each channel of each bank by itself, so that a slow one holds up no other.

use super::rest;
use crate::domain::id::BankId;
use crate::services::Services;
use crate::services::inbox::sending::Sent;
use std::collections::HashMap;
use std::sync::Arc;
use std::sync::atomic::{AtomicBool, Ordering};
use std::thread::JoinHandle;
use tokio::task::JoinHandle as Task;

/// Letters on their way at the same time, over all channels.
const AT_A_TIME: usize = 64;

#[derive(Debug)]
pub struct Sending {
    stopping: Arc<AtomicBool>,
    thread: Option<JoinHandle<()>>,
}

impl Sending {
    /// Looks for due deliveries every `seconds`.
    pub fn start(services: Services, seconds: u64) -> Self {
        let stopping = Arc::new(AtomicBool::new(false));
        let flag = Arc::clone(&stopping);
        let thread = std::thread::spawn(move || {
            let runtime = tokio::runtime::Builder::new_current_thread()
                .max_blocking_threads(AT_A_TIME)
                .enable_all()
                .build();
            let Ok(runtime) = runtime else {
                tracing::error!("sending cannot start: no runtime");
                return;
            };
            runtime.block_on(async {
                let mut running = HashMap::new();
                while !flag.load(Ordering::SeqCst) {
                    round(&services, &mut running).await;
                    rest(&flag, seconds).await;
                }
                // What is under way ends, and is written.
                for task in running.into_values() {
                    let _ended: Result<(), _> = task.await;
                }
            });
        });
        Sending { stopping, thread: Some(thread) }
    }

    /// Waits until what is under way has ended.
    pub fn stop(mut self) {
        self.stopping.store(true, Ordering::SeqCst);
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Starts a task for each channel that has none running.
async fn round(services: &Services, running: &mut HashMap<(BankId, String), Task<()>>) {
    running.retain(|_, task| !task.is_finished());
    for bank in services.store.banks().await.unwrap_or_default() {
        let channels = match services.sending_channels(bank.id).await {
            Ok(channels) => channels,
            Err(error) => {
                tracing::warn!(%error, "sending: the channels could not be read");
                continue;
            }
        };
        for channel in channels {
            let services = services.clone();
            running.entry((bank.id, channel.clone())).or_insert_with(|| {
                tokio::spawn(async move {
                    match services.send_due(bank.id, &channel).await {
                        Ok(Sent { failed: 0, .. }) => {}
                        Ok(Sent { accepted, failed }) => {
                            tracing::warn!(channel, accepted, failed, "some messages were not accepted");
                        }
                        Err(error) => tracing::warn!(%error, channel, "sending failed"),
                    }
                })
            });
        }
    }
}

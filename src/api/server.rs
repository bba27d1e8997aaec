//! Starting and stopping the server.

use super::edge::{self, State};
use super::{configure, edge::wrap};
use actix_web::dev::ServerHandle;
use actix_web::middleware::{Compress, from_fn};
use actix_web::{App, HttpServer, web};
use std::io;
use std::net::SocketAddr;
use std::time::Duration;

/// A running server. Dropping it does not stop it: call [`Running::stop`].
pub struct Running {
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Lets running requests finish, then ends.
    pub fn stop(&mut self) {
        let stopping = self.handle.stop(true);
        if let Ok(runtime) = tokio::runtime::Builder::new_current_thread().enable_all().build() {
            runtime.block_on(stopping);
        }
        self.wait();
    }

    /// Waits until the server ends: by [`Running::stop`] or by a signal.
    pub fn wait(&mut self) {
        if let Some(thread) = self.thread.take() {
            let _ = thread.join();
        }
    }
}

/// Folds the samples of the histograms in, which would otherwise pile up until somebody asks for them.
async fn keep_up(metrics: metrics_exporter_prometheus::PrometheusHandle) {
    loop {
        actix_web::rt::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

/// Binds the address of the configuration and serves on threads of its own. SIGTERM and SIGINT stop it gracefully.
pub fn start(state: State, signals: bool) -> io::Result<Running> {
    let http = state.config.http.clone();
    let state = web::Data::from(edge::shared(state));
    let metrics = state.metrics.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let make = move || {
                let state = state.clone();
                App::new()
                    .app_data(state.clone())
                    .wrap(from_fn(wrap))
                    .wrap(Compress::default())
                    .configure(configure(state))
            };
            let mut server = HttpServer::new(make)
                .max_connections(http.connections)
                .client_request_timeout(Duration::from_secs(http.head_timeout_seconds))
                .keep_alive(Duration::from_secs(http.keep_alive_seconds))
                .shutdown_timeout(http.stop_seconds)
                .backlog(4096);
            if http.workers > 0 {
                server = server.workers(http.workers);
            }
            if !signals {
                server = server.disable_signals();
            }
            let server = server.bind((http.host.as_str(), http.port))?;
            let address = server.addrs().first().copied();
            if let Some(metrics) = metrics {
                actix_web::rt::spawn(keep_up(metrics));
            }
            let server = server.run();
            let handle = server.handle();
            let serving = actix_web::rt::spawn(server);
            // It listens to signals from its first turn on: whoever is told that it serves may stop it.
            tokio::task::yield_now().await;
            let _ = sender.send((handle, address));
            serving.await.unwrap_or_else(|error| Err(io::Error::other(error)))
        })
    });
    match receiver.recv() {
        Ok((handle, Some(address))) => Ok(Running { address, handle, thread: Some(thread) }),
        _ => match thread.join() {
            Ok(Err(error)) => Err(error),
            _ => Err(io::Error::other("the server ended before it had started")),
        },
    }
}

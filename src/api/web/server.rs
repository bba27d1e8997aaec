//! Starts and stops the server.

use super::edge::wrap;
use super::edge::{self, State};
use super::raw_query::Asciified;
use actix_http::{HttpService, Protocol};
use actix_service::{IntoServiceFactory, ServiceFactoryExt, fn_service, map_config};
use actix_web::dev::{AppConfig, Server, ServerHandle};
use actix_web::middleware::{Compress, from_fn};
use actix_web::rt::net::TcpStream;
use actix_web::{App, web};
use std::io;
use std::net::{self, SocketAddr, ToSocketAddrs};
use std::time::Duration;
use tokio::net::TcpSocket;

/// How many connections may wait to be accepted.
const BACKLOG: u32 = 4_096;

/// A running server. Dropping it does not stop it: call [`Running::stop`].
pub struct Running {
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: Option<std::thread::JoinHandle<io::Result<()>>>,
}

impl Running {
    /// Lets running requests finish, then stops.
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

/// Folds histogram samples regularly: without it they would pile up until the next scrape.
async fn keep_up(metrics: metrics_exporter_prometheus::PrometheusHandle) {
    loop {
        actix_web::rt::time::sleep(Duration::from_secs(5)).await;
        metrics.run_upkeep();
    }
}

/// Listens on every address of a host name that can be bound.
fn listeners(place: (&str, u16)) -> io::Result<Vec<net::TcpListener>> {
    let (mut found, mut failed) = (Vec::new(), io::Error::other("the host has no address"));
    for address in place.to_socket_addrs()? {
        let socket = if address.is_ipv4() { TcpSocket::new_v4()? } else { TcpSocket::new_v6()? };
        socket.set_reuseaddr(true)?;
        let listener = socket.bind(address).and_then(|()| socket.listen(BACKLOG)?.into_std());
        match listener {
            Ok(listener) => found.push(listener),
            Err(error) => failed = error,
        }
    }
    if found.is_empty() { Err(failed) } else { Ok(found) }
}

/// Binds the configured address and serves on its own threads what `configure` makes of the state. SIGTERM and SIGINT
/// stop it gracefully.
pub fn start<C, F>(state: State, signals: bool, configure: C) -> io::Result<Running>
where
    C: Fn(web::Data<State>) -> F + Clone + Send + 'static,
    F: FnOnce(&mut web::ServiceConfig),
{
    let http = state.config.http.clone();
    let state = web::Data::from(edge::shared(state));
    let metrics = state.metrics.clone();
    let (sender, receiver) = std::sync::mpsc::channel();
    let thread = std::thread::spawn(move || {
        actix_web::rt::System::new().block_on(async move {
            let make = move || {
                let (state, configure) = (state.clone(), configure.clone());
                App::new()
                    .app_data(state.clone())
                    .wrap(from_fn(wrap))
                    .wrap(Compress::default())
                    .configure(configure(state))
            };
            let mut server = Server::build()
                .max_concurrent_connections(http.connections)
                .shutdown_timeout(http.stop_seconds);
            if http.workers > 0 {
                server = server.workers(http.workers);
            }
            if !signals {
                server = server.disable_signals();
            }
            let listeners = listeners((http.host.as_str(), http.port))?;
            let address = listeners.first().map(net::TcpListener::local_addr).transpose()?;
            for listener in listeners {
                let (make, stopping) = (make.clone(), server.graceful_shutdown_signal());
                let (head, keep) = (http.head_timeout_seconds, http.keep_alive_seconds);
                server = server.listen("http", listener, move || {
                    let stopping = stopping.clone();
                    let app = make().into_factory().map_err(|error| error.error_response());
                    let service = HttpService::build()
                        .graceful_shutdown_signal(move || {
                            let stopping = stopping.clone();
                            async move { stopping.notified().await }
                        })
                        .client_request_timeout(Duration::from_secs(head))
                        .client_disconnect_timeout(Duration::from_secs(1))
                        .keep_alive(Duration::from_secs(keep))
                        .finish(map_config(app, |()| AppConfig::default()));
                    let asciified = |stream: TcpStream| async move {
                        let peer = stream.peer_addr().ok();
                        Ok((Asciified::new(stream), Protocol::Http1, peer))
                    };
                    fn_service(asciified).and_then(service)
                })?;
            }
            if let Some(metrics) = metrics {
                actix_web::rt::spawn(keep_up(metrics));
            }
            let server = server.run();
            let handle = server.handle();
            let serving = actix_web::rt::spawn(server);
            // The signal handlers are installed on its first turn; only then is the server reported as running.
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

//! A server with one route for any way of posting a transfer. It shows the cost of HTTP and the token check alone,
//! and serves the baselines.

use super::Transfer;
use actix_web::dev::ServerHandle;
use actix_web::{App, HttpRequest, HttpResponse, HttpServer, web};
use jianxian::domain::amount;
use jianxian::domain::id::Id;
use serde::{Deserialize, Serialize};
use std::io;
use std::net::SocketAddr;
use std::sync::Arc;
use std::sync::mpsc;
use std::thread::JoinHandle;

/// Posts a transfer and returns its number. Runs on a thread that may block. An error is answered as 500.
pub type Post = dyn Fn(Transfer) -> Result<i64, String> + Send + Sync;

/// Whether a token is valid.
pub type TokenCheck = dyn Fn(&str) -> bool + Send + Sync;

/// The work of the server for a request.
#[derive(Clone)]
pub struct BaselineWork {
    pub token_check: Arc<TokenCheck>,
    /// `None`: HTTP alone, answered at once.
    pub post: Option<Arc<Post>>,
}

#[derive(Deserialize)]
#[serde(deny_unknown_fields)]
struct TransferBody {
    debit_account: Id,
    credit_account: Id,
    amount: String,
}

#[derive(Serialize)]
struct Receipt {
    number: i64,
    amount: String,
}

/// A running server; [`BaselineServer::stop`] ends it.
pub struct BaselineServer {
    pub address: SocketAddr,
    handle: ServerHandle,
    thread: JoinHandle<io::Result<()>>,
}

impl BaselineServer {
    /// Starts on a free local port, with a worker per core.
    pub fn start(work: BaselineWork) -> io::Result<Self> {
        let (started, wait) = mpsc::channel();
        let thread = std::thread::spawn(move || {
            actix_web::rt::System::new().block_on(async move {
                let state = web::Data::new(work);
                let routes =
                    move || App::new().app_data(state.clone()).route("/transfers", web::post().to(transfer));
                let server = HttpServer::new(routes).disable_signals().bind(("127.0.0.1", 0))?;
                let address = server.addrs().first().copied().ok_or(io::ErrorKind::AddrNotAvailable)?;
                let server = server.run();
                // The receiver waits for exactly this; if it is gone, the caller has given up.
                let _gone = started.send((address, server.handle()));
                server.await
            })
        });
        match wait.recv() {
            Ok((address, handle)) => Ok(Self { address, handle, thread }),
            Err(_) => {
                Err(joined(thread).err().unwrap_or_else(|| io::Error::other("the server did not start")))
            }
        }
    }

    pub fn stop(self) -> io::Result<()> {
        let runtime = tokio::runtime::Builder::new_current_thread().build()?;
        runtime.block_on(self.handle.stop(false));
        joined(self.thread)
    }
}

fn joined(thread: JoinHandle<io::Result<()>>) -> io::Result<()> {
    thread.join().unwrap_or_else(|_| Err(io::Error::other("the server panicked")))
}

async fn transfer(
    request: HttpRequest,
    body: web::Json<TransferBody>,
    work: web::Data<BaselineWork>,
) -> HttpResponse {
    let header = |name: &str| request.headers().get(name).and_then(|value| value.to_str().ok());
    let token = header("authorization").and_then(|value| value.strip_prefix("Bearer "));
    if !token.is_some_and(|token| (work.token_check)(token)) {
        return HttpResponse::Unauthorized().finish();
    }
    let (Some(key), Ok(amount)) = (header("idempotency-key"), amount::parse(&body.amount, 2)) else {
        return HttpResponse::BadRequest().finish();
    };
    let body = body.into_inner();
    let transfer = Transfer {
        key: key.to_owned(),
        debit_account: body.debit_account,
        credit_account: body.credit_account,
        amount,
    };
    let posted = match work.post.clone() {
        None => Ok(0),
        Some(post) => web::block(move || post(transfer)).await.unwrap_or_else(|e| Err(e.to_string())),
    };
    match posted {
        Ok(number) => HttpResponse::Created().json(Receipt { number, amount: body.amount }),
        Err(why) => HttpResponse::InternalServerError().body(why),
    }
}

//! The order of what is told: whoever may not call is told so, and what else is wrong with a request is told to those
//! who may. The parts of a handler's signature are read side by side, and the caller may have to be looked up in the
//! database: a part that fails before that is known waits here.

use super::problem::ApiError;
use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::watch;

/// Kept while the caller is being looked up.
pub struct LookUp {
    _until_dropped: watch::Sender<()>,
}

#[derive(Clone)]
struct UnderWay(watch::Receiver<()>);

impl LookUp {
    pub fn begin(request: &HttpRequest) -> Self {
        let (sender, receiver) = watch::channel(());
        request.extensions_mut().insert(UnderWay(receiver));
        LookUp { _until_dropped: sender }
    }
}

/// What was read; a fault only once the caller is known.
pub async fn in_order<T>(request: &HttpRequest, read: Result<T, ApiError>) -> Result<T, ApiError> {
    if read.is_err() {
        let under_way = request.extensions().get::<UnderWay>().cloned();
        if let Some(UnderWay(mut look_up)) = under_way {
            // It ends by the end of its other side: nothing is ever sent.
            let _over = look_up.changed().await;
        }
    }
    read
}

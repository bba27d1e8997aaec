//! Order of refusals: 401 and 403 come before any other fault of a request. The extractors of a handler run
//! concurrently, and authentication may need the database: an extractor that fails earlier waits here until the
//! caller is known.

use super::problem::ApiError;
use actix_web::{HttpMessage, HttpRequest};
use tokio::sync::watch;

/// Held while the caller is being looked up; dropping it wakes the waiting extractors.
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

/// Returns a success at once, and an error only after the caller is known.
pub async fn in_order<T>(request: &HttpRequest, read: Result<T, ApiError>) -> Result<T, ApiError> {
    if read.is_err() {
        let under_way = request.extensions().get::<UnderWay>().cloned();
        if let Some(UnderWay(mut look_up)) = under_way {
            // Nothing is ever sent: the channel closes when the sender is dropped.
            let _over = look_up.changed().await;
        }
    }
    read
}

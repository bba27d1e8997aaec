//! Sentences about idempotency keys.

use super::Told;

pub fn reused(field: &str) -> Told {
    Told::new(
        422,
        format!("幂等键已用于另一个请求：与先前的请求在“{field}”处不同。请换一个新的 Idempotency-Key。"),
        format!("Idempotency key used for another request: \"{field}\" differs from it. Send a new Idempotency-Key."),
    )
    .field(field)
}

pub fn spent(entry: i64) -> Told {
    Told::new(
        409,
        format!(
            "幂等键早已用过：第 {entry} 号分录就是它记的，当时的回答已按期清理，这次没有再记账。请查看该分录；要另记一笔，请换一个新的 Idempotency-Key。"
        ),
        format!(
            "Idempotency key spent: it made entry {entry} long ago, the answer was removed since, and nothing was written now. Look at that entry, or send a new Idempotency-Key for another one."
        ),
    )
    .field("Idempotency-Key")
}

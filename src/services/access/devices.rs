//! The caller's own sessions: where they are signed in, and how they end one or all others.

use crate::domain::id::Id;
use crate::domain::refusal::Refusal;
use crate::domain::time::Moment;
use crate::services::{Call, Error, Services};
use crate::store::access::sessions::SessionRow;

/// One of the caller's sessions.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct OwnSession {
    pub id: Id,
    /// What it was opened with: `phone`, `computer`, `wechat` or `program`; none for older sessions.
    pub client: Option<String>,
    pub opened_at: Moment,
    /// When it was opened or its tokens were last replaced.
    pub used_at: Moment,
    pub until: Moment,
    /// It is the session of this call.
    pub is_current: bool,
}

impl Services {
    /// The caller's sessions that have not ended, newest first.
    pub async fn own_sessions(&self, call: &Call) -> Result<Vec<OwnSession>, Error> {
        let (user, current) = (call.actor.user, call.actor.session);
        let rows = self.store.read_primary(call.actor.bank, move |tables| tables.live_sessions(user)).await?;
        let own = |row: SessionRow| OwnSession {
            id: row.id,
            client: row.client,
            opened_at: row.created_at,
            used_at: row.rotated_at.unwrap_or(row.created_at),
            until: row.expires_at,
            is_current: row.id == current,
        };
        Ok(rows.into_iter().map(own).collect())
    }

    /// Ends one of the caller's sessions.
    pub async fn end_own_session(&self, call: &Call, session: Id) -> Result<(), Error> {
        let user = call.actor.user;
        let ended = self.write(call, move |tables| {
            let row = tables.session(session)?.filter(|row| row.user_id == user && row.lives(tables.now));
            row.ok_or(Refusal::absent("session"))?;
            tables.end_session(session, "ended_by_user")
        });
        ended.await.map(|_| ())
    }

    /// Ends all sessions of the caller but this one; returns how many.
    pub async fn end_other_sessions(&self, call: &Call) -> Result<usize, Error> {
        let (user, current) = (call.actor.user, call.actor.session);
        let ended =
            self.write(call, move |tables| tables.end_sessions_of(user, "ended_by_user", Some(current)));
        Ok(ended.await?.0)
    }
}

//! The life cycle of a certificate. What it certifies never changes.

use super::P;
use crate::domain::life_cycle::Sets::{At, By, Param};
use crate::domain::life_cycle::{Asks, Interest, LifeCycle, Step, Tells, Whose};

/// 志愿服务记录证明 · a certificate of service.
pub static CERTIFICATE: LifeCycle = LifeCycle {
    thing: "certificate",
    path: "/v1/certificates/{id}",
    tag: "service",
    states: &["valid", "revoked", "replaced"],
    steps: &[&REVOKE_CERTIFICATE, &REISSUE_CERTIFICATE],
};
pub static REVOKE_CERTIFICATE: Step = Step {
    name: "revoke_certificate",
    route: Some("revoke"),
    about: "作废证明 · revokes a certificate, with the reason. One whose records were corrected is revoked by itself.",
    from: &["valid"],
    to: "revoked",
    rights: &[P::RevokeCertificates],
    interest: Interest::Member,
    sets: &[By("revoked_by"), At("revoked_at"), Param("reason")],
    asks: Asks::Reason,
    tells: &[Tells::Member],
    logged: true,
    ..Step::PLAIN
};
pub static REISSUE_CERTIFICATE: Step = Step {
    name: "reissue_certificate",
    about: "换发证明 · replaces a certificate by a new one for the same days, with what holds now.",
    from: &["valid", "revoked"],
    to: "replaced",
    rights: &[P::IssueCertificates, P::ReadOwn],
    whose: Whose::Special,
    asks: Asks::Own,
    ..Step::PLAIN
};

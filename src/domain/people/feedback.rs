//! Complaints and proposals (投诉建议).

use crate::text_enum;

/// Days within which one is answered. A complaint is answered within 15 days (信访工作条例, art. 22: whether it is taken
/// on); a disputed answer has as many again.
pub const ANSWER_DAYS: i32 = 15;

text_enum! {
    /// What it is.
    FeedbackKind {
        Complaint = "complaint",
        Proposal = "proposal",
    }
}

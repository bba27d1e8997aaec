//! Voids approvals by people who turned out to have a conflict of interest: the record goes back to the second
//! person.

use super::waiting;
use super::{day_check, remark};
use crate::domain::id::{BankId, Id};
use crate::domain::refusal::Refusal;
use crate::domain::service::record::{RecordState, ServiceRecord};
use crate::domain::service::time::ReviewLevel;
use crate::services::access::interest::has_interest;
use crate::services::{Error, Services};
use crate::store::Tables;

/// The remark on the record.
const REMARK: &str = "审批人与服务者现在是或曾是一户，原审批作废，请由另一人重新审批。";

/// Whether an approver of a record shares or shared a household with the person who served.
pub(super) fn approved_with_interest(tables: &mut Tables<'_>, record: &ServiceRecord) -> Result<bool, Error> {
    let approved = record.approved_by.into_iter().chain(record.second_approved_by);
    let member = tables.member_that_stays(record.member_id)?;
    has_interest(tables, approved, &member, record.started_at)
}

impl Services {
    /// Returns records whose notice is over but whose approval is void.
    pub(super) async fn void_approvals(&self, bank: BankId, records: Vec<Id>) -> Result<(), Error> {
        if records.is_empty() {
            return Ok(());
        }
        let logs: Vec<Id> = records.iter().map(|_| self.next_id()).collect();
        let sent_back = self.store.write(bank, move |tables| {
            for (id, log) in records.iter().zip(&logs) {
                let mut record = tables.record(*id)?.ok_or(Refusal::absent("service_record"))?;
                if record.state != RecordState::Notice || !approved_with_interest(tables, &record)? {
                    continue;
                }
                let level = day_check(tables, &record).map_or(ReviewLevel::Ordinary, |day| day.level);
                record.state = waiting(level);
                (record.approved_by, record.approved_at, record.notice_until) = (None, None, None);
                record.second_approved_by = None;
                record.version += 1;
                remark(tables, *id, REMARK)?;
                tables.put_record(&record)?;
                tables.log_act(
                    *log,
                    Id::SYSTEM,
                    "void_approval",
                    ("member", Some(record.member_id)),
                    Some(REMARK.into()),
                )?;
            }
            Ok(())
        });
        sent_back.await
    }
}

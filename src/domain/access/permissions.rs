//! Permissions: one table, role by permission, from the domain's table of roles. A role is held at an organisation
//! and reaches its subtree, nothing else.

use crate::domain::id::{BankId, Id};
use crate::text_enum;

text_enum! {
    Role {
        Volunteer = "volunteer",
        Proxy = "proxy",
        MerchantClerk = "merchant_clerk",
        MerchantOwner = "merchant_owner",
        TeamLeader = "team_leader",
        Staff = "staff",
        Branch = "branch",
        Reviewer = "reviewer",
        Administrator = "administrator",
        Auditor = "auditor",
        /// Raw ledger paths; off in ordinary use.
        LedgerOperator = "ledger_operator",
    }
}

text_enum! {
    /// One right; each operation of the API names the one it needs.
    Permission {
        /// Own passbook, own data, own stars.
        ReadOwn = "read_own",
        ShowCode = "show_code",
        /// 赠送 · give one's own points to others, or to a pool, and return what one was given.
        GivePoints = "give_points",
        /// 代办 · for those who have named the caller: sign up, show a code, read the passbook.
        ActForMembers = "act_for_members",
        ReadMembers = "read_members",
        WriteMembers = "write_members",
        /// See a phone or an ID number, with a reason, logged before it is answered.
        RevealMembers = "reveal_members",
        /// Freeze, unfreeze and merge.
        FreezeMembers = "freeze_members",
        /// 注销 · carry an erasure out, or refuse it.
        EraseMembers = "erase_members",
        /// 迁移 · request a move from or to an organisation in reach, or approve one.
        MoveMembers = "move_members",
        ReadOrgs = "read_orgs",
        WriteOrgs = "write_orgs",
        ReadUsers = "read_users",
        WriteUsers = "write_users",
        /// A merchant owner's own clerks.
        WriteClerks = "write_clerks",
        ReadActivities = "read_activities",
        WriteActivities = "write_activities",
        /// 报名 · take a place at an activity oneself, and give it back.
        SignUp = "sign_up",
        TakeAttendance = "take_attendance",
        ReadRecords = "read_records",
        EnterRecords = "enter_records",
        /// A volunteer's own hours.
        ReportOwnRecord = "report_own_record",
        /// As the second person: approve, return, reject.
        ApproveRecords = "approve_records",
        /// More than 8 hours a day: the community's reviewer.
        ReviewLongDays = "review_long_days",
        /// More than 12 hours a day: the street or district.
        ApproveLongDays = "approve_long_days",
        /// Reverse a final record: a correction.
        CorrectRecords = "correct_records",
        RaiseObjections = "raise_objections",
        DecideObjections = "decide_objections",
        /// 投诉建议 · complain or propose.
        GiveFeedback = "give_feedback",
        ReadFeedback = "read_feedback",
        AnswerFeedback = "answer_feedback",
        /// 导出 · final service records of a period, with who served.
        ExportRecords = "export_records",
        /// 开具证明 · issue a certificate of service for a member, and issue it anew.
        IssueCertificates = "issue_certificates",
        /// 作废证明 · revoke one, with a reason.
        RevokeCertificates = "revoke_certificates",
        ReadAwards = "read_awards",
        MakeAwards = "make_awards",
        ApproveAwards = "approve_awards",
        ClaimCodes = "claim_codes",
        RedeemOnBehalf = "redeem_on_behalf",
        ReadRedemptions = "read_redemptions",
        ReadOffers = "read_offers",
        WriteOffers = "write_offers",
        /// 核对 · as the second person: goods in, stocktakes and write-offs of a shop.
        ApproveGoods = "approve_goods",
        ReadMerchants = "read_merchants",
        WriteMerchants = "write_merchants",
        /// 申请开店 · apply for a shop of one's own, or for a member of the office.
        ApplyForShop = "apply_for_shop",
        ReadStatements = "read_statements",
        PrepareStatements = "prepare_statements",
        ConfirmStatements = "confirm_statements",
        ApproveStatements = "approve_statements",
        PayStatements = "pay_statements",
        ReadSchemes = "read_schemes",
        WriteSchemes = "write_schemes",
        ApproveSchemes = "approve_schemes",
        ReadStars = "read_stars",
        GrantStars = "grant_stars",
        /// 数字 · the figures of a period.
        ReadFigures = "read_figures",
        ReadLedger = "read_ledger",
        VerifyLedger = "verify_ledger",
        OperateLedger = "operate_ledger",
        ReadAccessLog = "read_access_log",
        ReadCalendars = "read_calendars",
        WriteCalendars = "write_calendars",
        /// Close the books of a year, for good.
        CloseYears = "close_years",
        /// The bank's name, and the settings in force.
        ManageBank = "manage_bank",
    }
}

use Permission as P;

impl Role {
    /// A role in a shop: it reaches the shop of its user, and no organisation.
    pub const fn is_of_shop(self) -> bool {
        matches!(self, Role::MerchantClerk | Role::MerchantOwner)
    }
}

/// The rights of a role, row by row those of the domain's table. Everything that is not listed is refused. Where a
/// list deviates from the table, a comment says why.
pub const fn rights(role: Role) -> &'static [Permission] {
    match role {
        // Beyond the table: every page leads to 投诉建议, so that everyone may give it.
        Role::Volunteer => &[
            P::GiveFeedback,
            P::ReadOwn,
            P::ShowCode,
            P::GivePoints,
            P::ActForMembers,
            P::ReportOwnRecord,
            P::RaiseObjections,
            P::ReadActivities,
            P::SignUp,
            P::ApplyForShop,
            P::ReadOffers,
            P::ReadSchemes,
        ],
        // A volunteer may be named as well: this role is for who helps others and has no passbook in use.
        Role::Proxy => &[P::GiveFeedback, P::ActForMembers, P::ReadActivities, P::ReadOffers, P::ReadSchemes],
        Role::MerchantClerk => &[P::GiveFeedback, P::ClaimCodes, P::ReadOffers],
        Role::MerchantOwner => &[
            P::GiveFeedback,
            P::ClaimCodes,
            P::ReadRedemptions,
            P::ReadOffers,
            P::WriteOffers,
            P::ApproveGoods,
            P::ReadStatements,
            P::ConfirmStatements,
            P::WriteClerks,
        ],
        // Beyond the table: all who work with the tree of organisations see it (ReadOrgs), here and below.
        Role::TeamLeader => &[
            P::GiveFeedback,
            P::ReadMembers,
            P::ReadActivities,
            P::WriteActivities,
            P::TakeAttendance,
            P::ReadRecords,
            P::EnterRecords,
            P::ApproveRecords,
            P::ReadOrgs,
        ],
        Role::Staff => &[
            P::GiveFeedback,
            P::ReadFeedback,
            P::AnswerFeedback,
            P::ReadMembers,
            P::WriteMembers,
            P::RevealMembers,
            P::FreezeMembers,
            P::MoveMembers,
            P::ReadOrgs,
            P::ReadActivities,
            P::WriteActivities,
            P::TakeAttendance,
            P::ReadRecords,
            P::EnterRecords,
            P::CorrectRecords,
            P::ReadAwards,
            P::MakeAwards,
            P::RedeemOnBehalf,
            P::ReadRedemptions,
            P::ReadOffers,
            P::ReadMerchants,
            P::ApplyForShop,
            P::ReadStatements,
            P::PrepareStatements,
            P::ReadSchemes,
            P::ReadStars,
            P::ReadFigures,
            P::IssueCertificates,
            P::RevokeCertificates,
            P::ExportRecords,
        ],
        // Not yet: scores of a branch (SCORE) come with branches.
        Role::Branch => &[
            P::GiveFeedback,
            P::ReadMembers,
            P::ReadOrgs,
            P::ReadActivities,
            P::WriteActivities,
            P::TakeAttendance,
            P::ReadRecords,
            P::EnterRecords,
            P::ReadSchemes,
        ],
        // Beyond the table: the approver of a statement sees the shop (ReadMerchants), and is its 监督员 (ApproveGoods).
        Role::Reviewer => &[
            P::GiveFeedback,
            P::ReadFeedback,
            P::ReadMembers,
            P::ReadOrgs,
            P::ReadActivities,
            P::ReadRecords,
            P::ApproveRecords,
            P::ReviewLongDays,
            P::CorrectRecords,
            P::DecideObjections,
            P::ReadAwards,
            P::ApproveAwards,
            P::ReadRedemptions,
            P::ReadMerchants,
            P::ApproveGoods,
            P::ReadStatements,
            P::ApproveStatements,
            P::ReadSchemes,
            P::ApproveSchemes,
            P::ReadStars,
            P::ReadFigures,
        ],
        // Beyond the table: FreezeMembers, because duplicates of two communities are merged by a user who reaches
        // both; DecideObjections, because a community's only reviewer has approved the record and may not judge it
        // again.
        Role::Administrator => &[
            P::GiveFeedback,
            P::ReadFeedback,
            P::AnswerFeedback,
            P::ReadMembers,
            P::RevealMembers,
            P::FreezeMembers,
            P::EraseMembers,
            P::MoveMembers,
            P::ReadOrgs,
            P::WriteOrgs,
            P::ReadUsers,
            P::WriteUsers,
            P::ReadActivities,
            P::ReadRecords,
            P::ReviewLongDays,
            P::ApproveLongDays,
            P::CorrectRecords,
            P::DecideObjections,
            P::ReadAwards,
            P::ApproveAwards,
            P::ReadMerchants,
            P::WriteMerchants,
            P::ReadRedemptions,
            P::ReadOffers,
            P::ReadStatements,
            P::PayStatements,
            P::ReadSchemes,
            P::WriteSchemes,
            P::ReadStars,
            P::ReadFigures,
            P::GrantStars,
            P::VerifyLedger,
            P::ReadCalendars,
            P::WriteCalendars,
            P::CloseYears,
            P::ManageBank,
            P::RevokeCertificates,
            P::ExportRecords,
        ],
        Role::Auditor => &[
            P::GiveFeedback,
            P::ReadFeedback,
            P::ReadMembers,
            P::RevealMembers,
            P::ReadOrgs,
            P::ReadUsers,
            P::ReadActivities,
            P::ReadRecords,
            P::ReadAwards,
            P::ReadRedemptions,
            P::ReadMerchants,
            P::ReadOffers,
            P::ReadStatements,
            P::ReadSchemes,
            P::ReadStars,
            P::ReadFigures,
            P::ReadLedger,
            P::VerifyLedger,
            P::ReadAccessLog,
            P::ReadCalendars,
        ],
        Role::LedgerOperator => &[P::ReadLedger, P::OperateLedger],
    }
}

text_enum! {
    /// How far a right reaches when a role gives it.
    Reach {
        /// What belongs to members who have named the caller as their proxy.
        Named = "named",
        /// What belongs to the caller's own member.
        Own = "own",
        /// The shop that the caller works for.
        OwnShop = "own_shop",
        /// The organisation at which the role is held, and everything below it.
        Subtree = "subtree",
        /// What is published, anywhere in the bank.
        Published = "published",
        /// The whole bank; the role must be held at its root.
        Bank = "bank",
    }
}

/// How far a role carries a right.
pub const fn reach(role: Role, permission: Permission) -> Reach {
    match permission {
        P::ActForMembers => Reach::Named,
        P::ReadOwn | P::ShowCode | P::GivePoints | P::ReportOwnRecord | P::SignUp | P::GiveFeedback => {
            Reach::Own
        }
        P::ApplyForShop if matches!(role, Role::Volunteer) => Reach::Own,
        // All holders of the right see published offers and schemes; only those who work on them see others.
        P::ReadOffers | P::ReadSchemes => Reach::Published,
        // Residents may serve in other communities, and object to every public notice.
        P::ReadActivities | P::RaiseObjections if matches!(role, Role::Volunteer | Role::Proxy) => {
            Reach::Published
        }
        _ if is_bank_wide(permission) => Reach::Bank,
        _ if role.is_of_shop() => Reach::OwnShop,
        _ => Reach::Subtree,
    }
}

/// Rights over what belongs to no organisation below the root: the journal, the schemes, the access log. Only a role
/// at the root gives them.
pub const fn is_bank_wide(permission: Permission) -> bool {
    matches!(
        permission,
        P::ReadLedger
            | P::VerifyLedger
            | P::OperateLedger
            | P::WriteSchemes
            | P::ApproveSchemes
            | P::ReadAccessLog
            | P::WriteCalendars
            | P::CloseYears
            | P::ManageBank
    )
}

/// The root organisation's path has one part; the command line acts above it.
pub fn is_root(path: &str) -> bool {
    path.matches('/').count() <= 2
}

/// A role held at an organisation.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Grant {
    pub role: Role,
    pub org: Id,
    /// The materialised path of the organisation, `/top/…/own/`: a prefix of all paths that it reaches.
    pub org_path: String,
}

/// The caller: an authenticated user with their grants.
#[derive(Clone, Debug, PartialEq, Eq)]
pub struct Actor {
    pub bank: BankId,
    pub user: Id,
    pub session: Id,
    /// The member this user is, for what they may do for themselves.
    pub member: Option<Id>,
    /// The shop this user works for.
    pub merchant: Option<Id>,
    /// The session was opened with the card of this edition and its PIN, which is a weaker proof than a password: its
    /// holder acts as a volunteer only, and pays as with the card.
    pub card_edition: Option<i64>,
    pub grants: Vec<Grant>,
}

impl Actor {
    /// Whether any of the roles gives the right, somewhere; for bank-wide rights, at the root.
    pub fn may(&self, permission: Permission) -> bool {
        let held = |grant: &Grant| !is_bank_wide(permission) || is_root(&grant.org_path);
        self.grants.iter().any(|grant| rights(grant.role).contains(&permission) && held(grant))
    }

    /// Whether a role that gives the right reaches the organisation with this path.
    pub fn reaches(&self, permission: Permission, org_path: &str) -> bool {
        self.grants_of_place(permission).any(|grant| org_path.starts_with(grant.org_path.as_str()))
    }

    /// The roles that give the right over a subtree: rights of shop staff apply to their shop instead.
    fn grants_of_place(&self, permission: Permission) -> impl Iterator<Item = &Grant> {
        self.grants
            .iter()
            .filter(move |grant| rights(grant.role).contains(&permission) && !grant.role.is_of_shop())
    }

    /// The subtrees that the right reaches, to restrict lists.
    pub fn paths(&self, permission: Permission) -> Vec<String> {
        let mut paths: Vec<String> =
            self.grants_of_place(permission).map(|grant| grant.org_path.clone()).collect();
        paths.sort();
        paths.dedup();
        paths
    }

    /// The organisations at which the right is held, without those below another of them.
    pub fn highest(&self, permission: Permission) -> Vec<Id> {
        let held: Vec<&Grant> = self.grants_of_place(permission).collect();
        let below = |grant: &Grant, other: &Grant| {
            grant.org_path != other.org_path && grant.org_path.starts_with(other.org_path.as_str())
        };
        let highest = held.iter().filter(|grant| !held.iter().any(|other| below(grant, other)));
        let mut orgs: Vec<Id> = highest.map(|grant| grant.org).collect();
        orgs.sort();
        orgs.dedup();
        orgs
    }

    pub fn has(&self, role: Role) -> bool {
        self.grants.iter().any(|grant| grant.role == role)
    }
}

#[cfg(test)]
mod tests {
    use super::*;

    fn actor(role: Role, org_path: &str) -> Actor {
        let grants = vec![Grant { role, org: Id::SYSTEM, org_path: org_path.into() }];
        Actor {
            bank: BankId(1),
            user: Id::SYSTEM,
            session: Id::SYSTEM,
            member: None,
            merchant: None,
            card_edition: None,
            grants,
        }
    }

    #[test]
    fn a_role_reaches_its_subtree_and_nothing_else() {
        let staff = actor(Role::Staff, "/district/street/");
        assert!(staff.reaches(P::MakeAwards, "/district/street/"));
        assert!(staff.reaches(P::MakeAwards, "/district/street/community/"));
        assert!(!staff.reaches(P::MakeAwards, "/district/"));
        assert!(!staff.reaches(P::MakeAwards, "/district/street2/"));
        assert!(!staff.reaches(P::PayStatements, "/district/street/"));
    }

    #[test]
    fn what_concerns_the_whole_bank_is_held_at_its_root() {
        assert!(actor(Role::Auditor, "/district/").may(P::ReadLedger));
        assert!(!actor(Role::Auditor, "/district/street/").may(P::ReadLedger));
        assert!(actor(Role::Auditor, "/district/street/").may(P::ReadRecords));
        assert!(!actor(Role::Administrator, "/district/street/").may(P::WriteSchemes));
    }

    #[test]
    fn nobody_is_both_judge_and_party_by_role_alone() {
        let writes = [P::MakeAwards, P::WriteMembers, P::ApproveRecords, P::PayStatements, P::WriteSchemes];
        assert!(writes.iter().all(|right| !rights(Role::Auditor).contains(right)));
        assert!(!rights(Role::Staff).contains(&P::ApproveAwards));
        assert!(!rights(Role::Staff).contains(&P::ApproveRecords));
        assert!(!rights(Role::Branch).contains(&P::ApproveRecords));
        assert!(!rights(Role::Administrator).contains(&P::EnterRecords));
        assert!(!rights(Role::Administrator).contains(&P::MakeAwards));
        assert!(!rights(Role::MerchantClerk).contains(&P::ReadMembers));
    }
}

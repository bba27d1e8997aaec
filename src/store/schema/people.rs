//! Organisations, users with their roles, members and where they lived.

use crate::store::stored::stored;

stored! {
    orgs: OrgRow (id) [rights versioned] {
        id -> Uid,
        parent_id -> Nullable<Uid>,
        kind -> Text,
        code -> Text,
        name -> Text,
        /// The ids from the top down to this one: `/top/…/own/`.
        path -> Text,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
        /// For help, as people dial it.
        telephone -> Nullable<Text>,
        /// When its counter is open, in a few words.
        opening_hours -> Nullable<Text>,
        /// The person responsible (负责人), named on certificates.
        responsible -> Nullable<Text>,
    }

    users: UserRow (id) [rights versioned] {
        id -> Uid,
        login -> Text,
        name -> Text,
        password_hash -> Nullable<Text>,
        password_changed_at -> Nullable<Micros>,
        member_id -> Nullable<Uid>,
        merchant_id -> Nullable<Uid>,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
        /// Where the user was created; it stays when roles end. NULL: at the root.
        home_org_id -> Nullable<Uid>,
    }

    roles: RoleRow (id) [rights] {
        id -> Uid,
        user_id -> Uid,
        role -> Text,
        org_id -> Uid,
        until -> Nullable<Micros>,
        granted_by -> Uid,
        granted_at -> Micros,
        revoked_by -> Nullable<Uid>,
        revoked_at -> Nullable<Micros>,
    }

    members: MemberRow (id) [versioned] {
        id -> Uid,
        kind -> Text,
        number -> Text,
        name -> Text,
        org_id -> Uid,
        household_id -> Nullable<Uid>,
        gender -> Nullable<Text>,
        birth_year -> Nullable<BigInt>,
        party_member -> Bool,
        trade -> Nullable<Text>,
        phone_sealed -> Nullable<Binary>,
        phone_hash -> Nullable<Binary>,
        phone_tail_hash -> Nullable<Binary>,
        id_number_sealed -> Nullable<Binary>,
        id_number_hash -> Nullable<Binary>,
        state -> Text,
        merged_into_id -> Nullable<Uid>,
        created_by -> Uid,
        created_at -> Micros,
        version -> BigInt,
        /// The comparison key of the name; derived whenever the row is written.
        name_key -> Text,
        /// The pinyin initials of the name; derived whenever the row is written.
        initials -> Text,
    }

    /// A complaint or a proposal.
    feedback: FeedbackRow (id) [versioned] {
        id -> Uid,
        /// For the telephone: the year and a number in it.
        number -> Text,
        kind -> Text,
        /// The organisation that answers first.
        org_id -> Uid,
        /// For whom it was made, if the maker is another or a member.
        member_id -> Nullable<Uid>,
        made_by -> Uid,
        words -> Text,
        state -> Text,
        made_at -> Micros,
        /// By when it is answered.
        due_on -> DayNumber,
        answer -> Nullable<Text>,
        answered_by -> Nullable<Uid>,
        answered_at -> Nullable<Micros>,
        /// Why the answer does not do.
        objection -> Nullable<Text>,
        version -> BigInt,
    }

    /// A proxy: who acts for a member, until when, and for how many points.
    proxies: ProxyRow (id) [versioned] {
        id -> Uid,
        /// For whom.
        member_id -> Uid,
        /// The member who acts.
        proxy_id -> Uid,
        kind -> Text,
        starts_on -> DayNumber,
        /// The last day.
        until -> DayNumber,
        points_a_day -> BigInt,
        points_in_all -> Nullable<BigInt>,
        /// What proved the guardianship.
        guardianship -> Nullable<Text>,
        state -> Text,
        made_by -> Uid,
        made_at -> Micros,
        ended_by -> Nullable<Uid>,
        ended_at -> Nullable<Micros>,
        /// The last day on which the proxy looked at the passbook.
        looked_on -> Nullable<DayNumber>,
        version -> BigInt,
    }

    /// A consent to one version of the text of a purpose.
    consents: ConsentRow (id) [versioned] {
        id -> Uid,
        member_id -> Uid,
        purpose -> Text,
        text_version -> BigInt,
        /// `given`, `withdrawn`, or `replaced` by one to a later text.
        state -> Text,
        given_at -> Micros,
        given_by -> Uid,
        /// Entered by staff: which paper form.
        paper -> Nullable<Text>,
        withdrawn_at -> Nullable<Micros>,
        withdrawn_by -> Nullable<Uid>,
        version -> BigInt,
    }

    household_stays (member_id, household_id, joined_at) {
        member_id -> Uid,
        household_id -> Uid,
        joined_at -> Micros,
        left_at -> Nullable<Micros>,
    }
}

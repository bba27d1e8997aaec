//! What belongs to a person: a copy of their own data, consents, corrections, erasure. What the copy has of each table
//! and what an erasure does with it is declared in one list.

pub mod consents;
pub mod copying;
pub mod correcting;
pub mod erasing;
mod requests;

/// What the copy of the own data has of a table.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Copied {
    /// It is in the part of this name.
    In(&'static str),
    /// It is left out, for this reason.
    Not(&'static str),
}

/// What an erasure does with the rows of the person.
#[derive(Clone, Copy, Debug, PartialEq, Eq)]
pub enum Erased {
    Removed,
    /// These columns are emptied, or say a neutral word.
    Emptied(&'static [&'static str]),
    /// They stay, for this reason.
    Kept(&'static str),
}

/// A table, as far as it may hold data of a person.
#[derive(Clone, Copy, Debug)]
pub struct OfPerson {
    pub table: &'static str,
    pub copied: Copied,
    pub erased: Erased,
}

const NO_PERSON: &str = "holds nothing about a person";
const IDS: &str = "names people by ids and figures alone";
const FIGURES: &str = "the passbook says it line by line";

const fn of(table: &'static str, copied: Copied, erased: Erased) -> OfPerson {
    OfPerson { table, copied, erased }
}

const fn none(table: &'static str) -> OfPerson {
    OfPerson { table, copied: Copied::Not(NO_PERSON), erased: Erased::Kept(NO_PERSON) }
}

/// Every table: a test compares the list with the schema.
pub const TABLES: &[OfPerson] = &[
    of(
        "members",
        Copied::In("file"),
        Erased::Emptied(&[
            "name",
            "name_key",
            "initials",
            "household_id",
            "gender",
            "birth_year",
            "party_member",
            "trade",
            "phone_sealed",
            "phone_hash",
            "phone_tail_hash",
            "id_number_sealed",
            "id_number_hash",
        ]),
    ),
    of("household_stays", Copied::In("household_stays"), Erased::Removed),
    of(
        "users",
        Copied::In("users"),
        Erased::Emptied(&["login", "name", "password_hash", "password_changed_at"]),
    ),
    of("roles", Copied::In("roles"), Erased::Kept(IDS)),
    of("sessions", Copied::In("sessions"), Erased::Removed),
    of("second_factors", Copied::In("second_factors"), Erased::Removed),
    of("sign_in_codes", Copied::Not("a code of some minutes, which opens the account"), Erased::Removed),
    of("attempts", Copied::Not("counts under keyed hashes"), Erased::Kept("counts under keyed hashes")),
    of("message_choices", Copied::In("message_choices"), Erased::Removed),
    of("consents", Copied::In("consents"), Erased::Emptied(&["paper"])),
    of("proxies", Copied::In("proxies"), Erased::Emptied(&["guardianship"])),
    of("entries", Copied::In("passbook"), Erased::Kept(IDS)),
    of("postings", Copied::In("passbook"), Erased::Kept(IDS)),
    of("notes", Copied::In("passbook"), Erased::Removed),
    of("accounts", Copied::Not(FIGURES), Erased::Kept(IDS)),
    of("lots", Copied::In("lots"), Erased::Kept(IDS)),
    of("holds", Copied::Not("the redemptions say it"), Erased::Kept(IDS)),
    of("counters", Copied::Not(FIGURES), Erased::Kept(IDS)),
    of("day_totals", Copied::Not(FIGURES), Erased::Kept(IDS)),
    of("answers", Copied::Not("repeats what an operation has answered"), Erased::Removed),
    of("entry_keys", Copied::Not("digests alone"), Erased::Kept("digests alone")),
    of("service_records", Copied::In("service_records"), Erased::Kept(IDS)),
    of("record_texts", Copied::In("record_texts"), Erased::Removed),
    of("objections", Copied::In("objections"), Erased::Emptied(&["reason", "decision"])),
    of("attendances", Copied::In("attendances"), Erased::Emptied(&["in_place", "out_place"])),
    of("sign_ups", Copied::In("sign_ups"), Erased::Kept(IDS)),
    of("wishes", Copied::In("wishes"), Erased::Removed),
    of("invitations", Copied::In("invitations"), Erased::Kept(IDS)),
    of("certificates", Copied::In("certificates"), Erased::Emptied(&["details", "code_sealed", "reason"])),
    of("star_grants", Copied::In("star_grants"), Erased::Kept(IDS)),
    of("proposals", Copied::In("proposals"), Erased::Emptied(&["body"])),
    of("gifts", Copied::In("gifts"), Erased::Kept(IDS)),
    of("redemptions", Copied::In("redemptions"), Erased::Kept(IDS)),
    of("redemption_lines", Copied::In("redemptions"), Erased::Kept(IDS)),
    of("codes", Copied::In("codes"), Erased::Kept("random codes that have run out, as hashes")),
    of("cards", Copied::In("cards"), Erased::Emptied(&["pin_hash"])),
    of("slips", Copied::Not("numbers of a shop; the redemptions name them"), Erased::Kept(IDS)),
    of("merchants", Copied::In("merchants"), Erased::Kept("an owner of a shop in use is not erased")),
    of(
        "shop_applications",
        Copied::In("shop_applications"),
        Erased::Emptied(&["name", "address", "credit_code", "goods", "reason"]),
    ),
    of("messages", Copied::In("messages"), Erased::Removed),
    of("deliveries", Copied::Not("how a message was sent; the messages say what"), Erased::Removed),
    of("feedback", Copied::In("feedback"), Erased::Emptied(&["words", "answer", "objection"])),
    of("attachments", Copied::In("attachments"), Erased::Removed),
    of("access_log", Copied::In("access_log"), Erased::Emptied(&["reason"])),
    none("banks"),
    none("heads"),
    none("orgs"),
    none("bank_keys"),
    none("calendars"),
    none("activities"),
    none("skills"),
    none("schemes"),
    none("scheme_versions"),
    none("offers"),
    none("goods_sheets"),
    none("goods_lines"),
    none("statements"),
    none("statement_lines"),
    none("webhooks"),
    none("progress"),
];

/// A table that is copied as it is stored.
#[derive(Clone, Copy, Debug)]
pub struct Stored {
    pub table: &'static str,
    pub columns: &'static [&'static str],
    /// What is left out: secrets, and hashes that say nothing.
    pub withheld: &'static [&'static str],
}

const fn stored(
    table: &'static str,
    columns: &'static [&'static str],
    withheld: &'static [&'static str],
) -> Stored {
    Stored { table, columns, withheld }
}

/// The tables that are copied as they are stored. Together the two lists name every column.
pub const STORED: &[Stored] = &[
    stored("household_stays", &["member_id", "household_id", "joined_at", "left_at"], &[]),
    stored(
        "users",
        &["id", "login", "name", "state", "created_at", "password_changed_at", "home_org_id"],
        &["password_hash", "member_id", "merchant_id", "version"],
    ),
    stored(
        "roles",
        &["id", "user_id", "role", "org_id", "until", "granted_at", "revoked_at"],
        &["granted_by", "revoked_by"],
    ),
    stored(
        "sessions",
        &[
            "id",
            "user_id",
            "client",
            "device_id",
            "created_at",
            "rotated_at",
            "expires_at",
            "revoked_at",
            "revoked_why",
            "card_edition",
        ],
        &["refresh_hash", "previous_hash", "place_hash", "repeated_at"],
    ),
    stored("second_factors", &["id", "state", "begun_at"], &["secret_sealed", "last_step", "version"]),
    stored(
        "consents",
        &["id", "member_id", "purpose", "text_version", "state", "given_at", "paper", "withdrawn_at"],
        &["given_by", "withdrawn_by", "version"],
    ),
    stored(
        "proxies",
        &[
            "id",
            "member_id",
            "proxy_id",
            "kind",
            "starts_on",
            "until",
            "points_a_day",
            "points_in_all",
            "guardianship",
            "state",
            "made_at",
            "ended_at",
        ],
        &["made_by", "ended_by", "looked_on", "version"],
    ),
    stored(
        "attendances",
        &[
            "id",
            "member_id",
            "activity_id",
            "signed_in_at",
            "signed_out_at",
            "evidence",
            "record_id",
            "in_place",
            "out_place",
        ],
        &["signed_in_by", "signed_out_by", "version"],
    ),
    stored("wishes", &["id", "details", "changed_at"], &["changed_by", "version"]),
    stored("invitations", &["id", "member_id", "activity_id", "made_at"], &["made_by"]),
    stored("record_texts", &["record_id", "content", "remark"], &[]),
    stored(
        "objections",
        &["id", "record_id", "raised_at", "reason", "state", "decided_at", "decision"],
        &["raised_by", "decided_by", "version"],
    ),
    stored(
        "codes",
        &[
            "id",
            "member_id",
            "state",
            "created_at",
            "expires_at",
            "claimed_at",
            "claimed_merchant_id",
            "card_edition",
            "proxy_id",
        ],
        &["secret_hash", "digits_hash", "claimed_by", "claim_until", "version"],
    ),
    stored(
        "cards",
        &["id", "edition", "pin_set_at", "lost_at"],
        &["pin_hash", "pin_set_by", "lost_by", "version"],
    ),
    stored(
        "star_grants",
        &[
            "id",
            "member_id",
            "state",
            "stars",
            "scheme_id",
            "as_of",
            "service_minutes",
            "granted_at",
            "entry_number",
        ],
        &["scheme_version", "known_entry", "lifetime_points", "granted_by", "version"],
    ),
    stored(
        "proposals",
        &["id", "subject_id", "kind", "state", "body", "proposed_at", "decided_at", "entry_number"],
        &["org_id", "proposed_by", "decided_by", "version"],
    ),
    stored(
        "merchants",
        &["id", "name", "state", "created_at"],
        &["org_id", "owner_member_id", "model", "rate_fen", "version", "two_above_fen", "later_rates"],
    ),
    stored(
        "shop_applications",
        &[
            "id",
            "name",
            "org_id",
            "model",
            "address",
            "credit_code",
            "goods",
            "state",
            "made_at",
            "decided_at",
            "reason",
            "merchant_id",
        ],
        &["owner_member_id", "made_by", "decided_by", "version"],
    ),
    stored(
        "attachments",
        &["id", "thing", "thing_id", "purpose", "title", "media_type", "size", "made_at", "keep_until"],
        &["member_id", "width", "height", "digest", "small_digest", "made_by"],
    ),
];

//! Every reason for which a well-formed request is refused, with the figures that explain it.
//!
//! A refusal is a value: the ledger stores it under the request's key and gives it again. Its HTTP status and its
//! sentences in both languages stand in one table, `api::error`, an exhaustive match: a new refusal does not
//! compile without its row.

use super::id::Id;
use super::ledger::asset::Asset;
use super::time::{Day, Moment};
use serde::{Deserialize, Serialize};

/// Why a command or a use case was refused. Amounts are in the smallest unit of the asset named beside them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(tag = "code", rename_all = "snake_case")]
pub enum Refusal {
    // ---- 1 idempotency
    /// The key was used with another request; `field` is the first that differs.
    IdempotencyKeyReused {
        field: String,
    },
    /// The key made this entry, so long ago that its answer was removed.
    KeySpent {
        entry: i64,
    },
    // ---- 2 shape
    SameAccount {
        posting: u32,
    },
    TooManyPostings {
        limit: u32,
    },
    NothingToPost,
    AmountNotPositive {
        posting: u32,
    },
    TimeoutWithoutHold,
    PeriodClosed {
        closed_until: Moment,
    },
    EffectiveInFuture,
    // ---- 3 existence and scope
    AccountNotFound {
        account: Id,
    },
    AccountExists {
        account: Id,
    },
    /// What is to be taken back is there, but part of it is on hold.
    ReversalOnHold {
        account: Id,
        available: i64,
        missing: i64,
        held: i64,
        asset: Asset,
    },
    /// Less of a debt is open than was to be waived.
    OwedLess {
        left: i64,
        asset: Asset,
    },
    /// What is owed moves only by taking back, coming back and waiving.
    AccountReserved {
        account: Id,
    },
    HoldNotFound,
    EntryNotFound,
    AssetMismatch {
        posting: u32,
    },
    EntryNotReversible {
        reason: NotReversible,
    },
    PostingNotFound {
        posting: u32,
    },
    ChangedMeanwhile {
        what: String,
    },
    // ---- 4 holds
    CaptureExceedsHold {
        left: i64,
        asset: Asset,
    },
    HoldAlreadyCaptured,
    HoldVoided,
    HoldExpired,
    /// A redemption rests on it: it is captured or cancelled there.
    HoldOfDocument,
    LegsMismatch {
        legs: u32,
    },
    // ---- 5 account status
    AccountFrozen {
        account: Id,
    },
    AccountClosed {
        account: Id,
    },
    AccountNotEmpty {
        account: Id,
    },
    StatusUnchanged {
        account: Id,
    },
    // ---- 6 counters
    CapReached {
        counter: String,
        limit: i64,
        used: i64,
        left: i64,
        asset: Asset,
    },
    AlreadyDone {
        counter: String,
    },
    // ---- 7 overflow
    AmountOverflow {
        posting: u32,
    },
    // ---- 8 balance
    InsufficientBalance {
        posting: u32,
        account: Id,
        available: i64,
        missing: i64,
        asset: Asset,
    },
    CeilingExceeded {
        posting: u32,
        account: Id,
        room: i64,
        asset: Asset,
    },
    ReversalExceedsOriginal {
        posting: u32,
        left: i64,
        asset: Asset,
    },
    // ---- rules
    /// A day of which nothing can be recorded yet.
    DayInFuture {
        /// Of the request, that names the day.
        field: String,
        today: Day,
    },
    /// What was listed is no calendar of the year.
    CalendarFault {
        chinese: String,
        english: String,
    },
    /// Records of the year still wait: they would count no more once it is closed.
    YearUnfinished {
        year: i32,
        records: i64,
    },
    /// No version of the scheme holds on the day of the deed; the days are those of the nearest one, if any was
    /// published.
    SchemeNotInForce {
        scheme: String,
        day: Day,
        valid_from: Option<Day>,
        valid_until: Option<Day>,
    },
    /// The scheme has no such item, level, category or evidence class, or no rule for hours at all.
    NotInScheme {
        scheme: String,
        term: SchemeTerm,
        value: String,
    },
    /// The scheme cannot decide without this field of the deed.
    DeedIncomplete {
        field: String,
    },
    /// Case by case (一事一议), or a value that nobody published: a person must decide and say why.
    NeedsPerson {
        what: String,
    },
    /// The scheme fixes the value itself: nobody may decide another.
    DecisionNotAllowed {
        what: String,
    },
    /// The decided points lie outside what the scheme allows.
    DecisionOutOfBounds {
        what: String,
        least: Option<i64>,
        most: Option<i64>,
        asset: Asset,
    },
    /// The item is for other classes of persons or households.
    ClassNotEntitled {
        item: String,
        applies_to: Vec<String>,
    },
    /// The quantity must be a whole number from `least` on, and at most `most`.
    QuantityRefused {
        item: String,
        least: i64,
        most: Option<i64>,
    },
    /// Below the scheme's least award.
    AwardTooSmall {
        least: i64,
        desired: i64,
        asset: Asset,
    },
    /// The scheme's points end on a day that has passed: new ones would be void at once.
    PointsEnded {
        on: Day,
    },
    /// The result is beyond the range of amounts.
    PointsOutOfRange,
    // ---- service time
    /// The end is not later than the start.
    ServiceEndsBeforeStart,
    /// More minutes than lie between start and end, or none at all.
    ServiceMinutesRefused {
        most: i64,
    },
    /// The same person already has service at that time.
    ServiceOverlaps {
        started_at: Moment,
        ended_at: Moment,
    },
    /// More than 24 hours on one day.
    ServiceDayTooLong {
        day: Day,
        service_minutes: i64,
    },
    // ---- sign-in
    /// Unknown login, wrong password, or a user who may not sign in: never told apart.
    SignInFailed,
    /// Too many failed tries; whether the password was right this time is not told.
    TooManyTries {
        wait_seconds: i64,
    },
    /// Not made here, used before, too old, or of a session that has ended: never told apart.
    RefreshTokenInvalid,
    /// There are several banks: the sign-in must name one.
    BankMissing,
    PasswordTooShort {
        least: u32,
    },
    /// Fewer than three of: capitals, small letters, digits, other characters.
    PasswordTooPlain,
    /// Among the first that anybody would try.
    PasswordGuessable,
    /// The new password is the old one.
    PasswordUnchanged,
    /// The rules want a new password before the sign-in.
    PasswordDue {
        days: i64,
    },
    /// The one-time token for the first administrator is wrong, used, or of an earlier start.
    FirstTokenInvalid,
    /// An administrator's own account is not changed this way.
    OwnAccount,
    /// Without this user nobody could administer the bank.
    LastAdministrator,
    /// The bank has users already.
    BankHasUsers,
    // ---- use cases
    /// Absent, or out of the caller's reach: never told apart.
    NotFound {
        what: String,
    },
    /// Somebody changed the row since it was read.
    VersionStale {
        what: String,
        version: i64,
    },
    /// The name, login or code is in use.
    Taken {
        what: String,
    },
    WrongState {
        what: String,
        state: String,
    },
    /// The second person must be another one.
    SamePerson,
    /// Several were entered at once, and this one needs a second person: it is proposed by itself.
    SecondPersonNeeded,
    /// All or nothing, and another one of those sent together was refused.
    OtherRefused {
        /// The first row of the batch that was refused, from 0.
        row: Option<u32>,
    },
    /// The item was given as often as the scheme allows in its period.
    TimesReached {
        item: String,
        limit: i64,
    },
    /// An award or an approval for oneself or one's own household.
    ForOneself,
    /// Roles that the caller does not reach stand against it: which ones is not told.
    NeedsSuperior,
    /// Whoever administers several organisations says at which one a new user is at home.
    HomeMissing,
    /// One of those who decided shares, or shared, a household with whom it profits.
    InterestArose,
    /// Nobody holds both roles.
    RolesExclude {
        role: String,
        other: String,
    },
    ActivityAlreadyBegun,
    OutsideActivity,
    /// Recording was due by that day; later it is a back-fill with a guarantor.
    RecordingOverdue {
        due: super::time::Day,
    },
    GuarantorMissing,
    /// Nobody of this bank, the member themselves, or the one who enters.
    GuarantorRefused,
    /// Service is a person's: a household has none.
    PersonOnly,
    SeatsFull {
        seats: i64,
    },
    /// A word that the name of an activity may not have.
    TitleMayNotSay {
        word: String,
    },
    /// There is danger, and it is not said how people are insured.
    InsuranceMissing {
        field: String,
    },
    /// The person is signed in and not out again.
    SignedInAlready {
        since: Moment,
    },
    /// Nobody signed out in time: minutes are set by hand, with a guarantor.
    SignOutForgotten {
        since: Moment,
    },
    /// People are signed in: their time is counted first.
    NotSignedOut {
        people: i64,
    },
    /// Everybody objects once to a record.
    ObjectedBefore,
    NoticeOver {
        until: Day,
    },
    /// Another record stands in the place of this one already.
    CorrectedBefore {
        record: Id,
    },
    /// An ordinary day is not for the level above.
    OrdinaryDay,
    /// The person has an account already, or (not `certain`) somebody with the same name and phone has. The number is
    /// told only within reach.
    MemberKnown {
        number: Option<String>,
        certain: bool,
    },
    /// What stands once is not written over.
    Fixed {
        what: String,
    },
    /// A role that would have ended before it began.
    UntilPast,
    UndoTooLate {
        seconds: i64,
    },
    OutOfStock {
        offer: Id,
        left: i64,
    },
    /// A shop is told no more than that the points do not suffice: never the balance.
    PointsNotEnough,
    /// More pieces than one member may have in the offer's window.
    OfferLimitReached {
        offer: Id,
        limit: i64,
    },
    /// More redemptions a minute than a person makes.
    TooManyRedemptions {
        wait_seconds: i64,
    },
    /// The shop typed too many digits that are nobody's code.
    TooManyWrongCodes {
        wait_seconds: i64,
    },
    /// Made with a code: the shop that claimed it hands the goods over.
    ShopHandsOver,
    OfferOff {
        offer: Id,
    },
    ShopPaused,
    /// A shop's own people do not redeem there.
    OwnShop,
    MinutesMissing {
        required: i64,
        served: i64,
    },
    CodeUnknown,
    CodeExpired,
    CodeUsed,
    QuantityExceeds {
        left: i64,
    },
    NothingToSettle,
    /// A month is settled once it is over, unless the shop has closed.
    PeriodNotOver {
        over_at: Moment,
    },
    StarNotReached {
        minutes_missing: i64,
        points_missing: i64,
    },
    SchemeFaults {
        /// The first of them, and last how many more there are.
        faults: Vec<FaultTold>,
    },
    /// Somebody of this name is here, and nothing tells them from the new one: is it the same person?
    SameName {
        candidates: Vec<Candidate>,
    },
    /// Deeds of that day may have been valued already: a new version begins later.
    SchemeBeginsTooEarly {
        valid_from: Day,
        earliest: Day,
    },
    LongDay {
        minutes: i64,
    },
    // ---- store
    /// The books are closed for writing until someone has looked (damage, failed commit).
    BooksClosed,
}

/// Somebody who may be the same person, as far as the caller may see them.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct Candidate {
    pub member: Id,
    pub number: String,
    pub org: String,
    /// Masked.
    pub phone: Option<String>,
    pub birth_year: Option<i64>,
}

/// A fault of a scheme's text: where it stands, and the sentence in both languages.
#[derive(Clone, Debug, PartialEq, Eq, Serialize, Deserialize)]
pub struct FaultTold {
    pub line: usize,
    pub column: usize,
    pub chinese: String,
    pub english: String,
}

/// Why an entry cannot be reversed as asked.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum NotReversible {
    /// Two files of one person cannot be parted again.
    IsMerge,
    /// It is a reversal itself.
    IsReversal,
    /// It has no postings.
    NoPostings,
    /// A record, redemption or statement rests on it: it is corrected there.
    BelongsToDocument,
    /// Holds are voided, not reversed.
    IsHold,
    /// It has paid or waived what was owed.
    IsOwed,
}

/// What a scheme was asked for and does not have.
#[derive(Clone, Copy, Debug, PartialEq, Eq, Serialize, Deserialize)]
#[serde(rename_all = "snake_case")]
pub enum SchemeTerm {
    Hours,
    Item,
    Level,
    Category,
    Evidence,
}

impl Refusal {
    /// What is not there, or out of the caller's reach: the two are never distinguished.
    pub fn absent(what: &str) -> Self {
        Refusal::NotFound { what: what.into() }
    }
}

//! Every reason for which a well-formed request is refused, with the figures that explain it.
//!
//! A refusal is a value: the ledger stores it under the request's key and returns it again. Its HTTP status and its
//! sentences in both languages are in one table, `api::web::error`, an exhaustive match: a new refusal does not
//! compile without its row.

mod details;

use super::id::Id;
use super::ledger::asset::Asset;
use super::shops::goods::LineFault;
use super::time::{Day, Moment};
pub use details::{Candidate, FaultText, NotReversible, SchemeTerm, WrongLine};
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
    /// The amount to take back exists, but part of it is on hold.
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
    /// A debt account changes only by reversals, by what comes back, and by waivers.
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
    /// A session that a card and its PIN have opened does not do this.
    StrongerProofNeeded,
    /// Sign-in asks for the second factor, too.
    SecondFactorNeeded,
    SecondFactorWrong,
    /// The address of a hook is not allowed, or has no server.
    WebhookAddress {
        why: String,
    },
    /// The bank sends nothing by this channel.
    ChannelUnknown {
        channel: String,
    },
    // ---- 4 holds
    CaptureExceedsHold {
        left: i64,
        asset: Asset,
    },
    HoldAlreadyCaptured,
    HoldVoided,
    HoldExpired,
    /// A redemption depends on it: it is captured or cancelled there.
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
    /// Nothing can be recorded for this day yet.
    DayInFuture {
        /// The member of the request that names the day.
        field: String,
        today: Day,
    },
    /// The list is not a calendar of the year.
    CalendarFault {
        chinese: String,
        english: String,
    },
    /// Records of the year still wait: they would no longer count once it is closed.
    YearUnfinished {
        year: i32,
        records: i64,
    },
    /// No version of the scheme is valid on the day of the deed; the days are those of the nearest one, if any was
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
    /// Case by case (一事一议), or a value that was not published: a person must decide and say why.
    NeedsPerson {
        what: String,
    },
    /// The scheme fixes the value itself: no other may be decided.
    DecisionNotAllowed {
        what: String,
    },
    /// The decided points are outside the scheme's bounds.
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
    /// Below the scheme's minimum award.
    AwardTooSmall {
        least: i64,
        desired: i64,
        asset: Asset,
    },
    /// The scheme's points expire on a day that has passed: new ones would be void at once.
    PointsEnded {
        on: Day,
    },
    /// The result is beyond the range of amounts.
    PointsOutOfRange,
    // ---- service time
    /// The end is not later than the start.
    ServiceEndsBeforeStart,
    /// More minutes than between start and end, or none at all.
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
    /// Unknown login, wrong password, or a user who may not sign in: indistinguishable.
    SignInFailed,
    /// Too many failed attempts; does not disclose whether the password was right this time.
    TooManyTries {
        wait_seconds: i64,
    },
    /// Not made here, used before, too old, or of a session that has ended: indistinguishable.
    RefreshTokenInvalid,
    /// There are several banks: the sign-in must name one.
    BankMissing,
    PasswordTooShort {
        least: u32,
    },
    /// Fewer than three of: upper case, lower case, digits, other characters.
    PasswordTooPlain,
    /// Easy to guess: a common word, a pattern, or the login.
    PasswordGuessable,
    /// The new password is the old one.
    PasswordUnchanged,
    /// The rules require a new password before the sign-in.
    PasswordDue {
        days: i64,
    },
    /// The one-time token for the first administrator is wrong, used, or of an earlier start.
    FirstTokenInvalid,
    /// An administrator's own account cannot be changed this way.
    OwnAccount,
    /// Without this user the bank would have no administrator.
    LastAdministrator,
    /// The bank has users already.
    BankHasUsers,
    // ---- use cases
    /// Absent, or out of the caller's reach: indistinguishable.
    NotFound {
        what: String,
    },
    /// The row was changed since it was read.
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
    /// One of several entered at once needs a second person: it must be proposed by itself.
    SecondPersonNeeded,
    /// All or nothing, and another one of those sent together was refused.
    OtherRefused {
        /// The first refused row of the batch, from 0.
        row: Option<u32>,
    },
    /// The item was given as often as the scheme allows in its period.
    TimesReached {
        item: String,
        limit: i64,
    },
    /// An award or an approval for oneself or one's own household.
    ForOneself,
    /// Roles that the caller does not reach prevent it: which ones is not disclosed.
    NeedsSuperior,
    /// A caller who administers several organisations must name the home of a new user.
    HomeMissing,
    /// One of those who decided shares, or shared, a household with the receiver.
    InterestArose,
    /// No person may hold both roles.
    RolesExclude {
        role: String,
        other: String,
    },
    ActivityAlreadyBegun,
    OutsideActivity,
    /// The record was due by that day; later it is a back-fill with a guarantor.
    RecordingOverdue {
        due: super::time::Day,
    },
    GuarantorMissing,
    /// Not a member or user of this bank, the member themselves, or the person who enters.
    GuarantorRefused,
    /// Only persons have service, not households.
    PersonOnly,
    SeatsFull {
        seats: i64,
    },
    /// The correction of this record was asked for already, and is not decided yet.
    CorrectionAsked,
    /// A request to correct a record is upheld once the record was reversed.
    NotCorrectedYet,
    /// Nothing is final yet: there is nothing to certify.
    NothingServed,
    /// Nothing was served within the days; the first and the last day of what was.
    NothingServedThen {
        first: Day,
        last: Day,
    },
    /// The first day of a period comes after its last.
    PeriodReversed {
        first: Day,
        last: Day,
    },
    /// Number and code belong to no certificate. Which of both is wrong is not said.
    CertificateUnknown,
    /// The export has more records than the limit.
    ExportTooLong {
        limit: i64,
    },
    /// The figures of a longer period than the limit, in days.
    FiguresTooLong {
        limit: i64,
    },
    /// Only staff write other matters into a certificate.
    RemarkByStaff,
    /// A code for signing in that is not that of this activity, or no longer.
    CheckInCodeWrong,
    /// A standing post: people come without signing up.
    SignUpNotNeeded,
    /// The activity has begun, or is over: sign-ups and withdrawals are closed.
    SignUpClosed {
        since: Moment,
    },
    SignedUpAlready,
    /// The person has a place at another activity at that time.
    SignedUpElsewhere {
        title: String,
        starts_at: Moment,
    },
    /// The activity states a risk that the person has not agreed to.
    /// These are not the digits that were sent to the mail address, or their time is over.
    MailCodeWrong,
    /// The file has a document that says when the person was born.
    BirthYearOfDocument,
    /// Of a person under 14: the guardian has not consented.
    GuardianConsentMissing,
    /// The activity requires skills that the person has not said of themselves.
    SkillMissing {
        skills: Vec<String>,
    },
    RiskNotAgreed {
        risk: String,
    },
    /// A word that the title of an activity may not contain.
    TitleMayNotSay {
        word: String,
    },
    /// There is a risk, and the insurance is missing.
    InsuranceMissing {
        field: String,
    },
    /// The person is signed in and not out again.
    SignedInAlready {
        since: Moment,
    },
    /// The sign-out was forgotten: minutes are set by hand, with a guarantor.
    SignOutForgotten {
        since: Moment,
    },
    /// People are signed in: they must be signed out first.
    NotSignedOut {
        people: i64,
    },
    /// Each user objects once to a record.
    ObjectedBefore,
    NoticeOver {
        until: Day,
    },
    /// Another record has replaced this one already.
    CorrectedBefore {
        record: Id,
    },
    /// An ordinary day is not for the level above.
    OrdinaryDay,
    /// The person has an account already, or (not `certain`) a member with the same name and phone has. The number is
    /// disclosed only within reach.
    MemberKnown {
        number: Option<String>,
        certain: bool,
    },
    /// The text was changed since it was shown: the consent is to the present version.
    ConsentTextChanged {
        version: i64,
    },
    ConsentOnPaper,
    ConsentWithdrawn {
        purpose: String,
    },
    /// What stands in the way of an erasure, with the figure or day that belongs to it.
    ErasureHindered {
        why: String,
        figure: String,
    },
    /// A value that cannot be changed once set.
    Fixed {
        what: String,
    },
    /// A role that would have ended before it began.
    UntilPast,
    UndoTooLate {
        seconds: i64,
    },
    /// The shop's goods are booked by two people, on a sheet.
    GoodsSheetNeeded,
    /// A line of a goods sheet, from 1.
    GoodsLine {
        row: u32,
        fault: LineFault,
    },
    /// Several lines of a goods sheet.
    GoodsLines {
        lines: Vec<WrongLine>,
    },
    /// Goods past their best-before date are not handed out.
    GoodsPastDate {
        offer: Id,
    },
    /// Fewer pieces past their best-before date than were to be written off.
    GoodsNotPast {
        row: u32,
        past: i64,
    },
    /// Less money in the till than was to be handed in.
    TillShort {
        left: i64,
        asset: Asset,
    },
    /// The rate is missing: the community fund pays this shop by the point.
    RateMissing,
    /// A shop of donated goods is paid nothing, so it has no rate.
    RateOfGivenGoods,
    /// A rate holds from a day to come on, so that what was taken keeps its worth.
    RateDayTooEarly {
        earliest: Day,
    },
    /// A person has as many applications for shops that wait as they may.
    ShopApplicationsWait,
    /// The till was counted with a difference (below 0: less than the book says) and without a reason.
    TillDifferenceUnexplained {
        difference: i64,
        asset: Asset,
    },
    /// A count of the till that found a difference still waits for the second person.
    TillCountWaits,
    OutOfStock {
        offer: Id,
        left: i64,
    },
    /// A shop learns only that the points do not suffice, never the balance.
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
    /// The shop typed too many wrong digits.
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
    /// Not printed by this bank: a made-up or mistyped card.
    CardUnknown,
    /// A print from before the card was reported lost.
    CardReplaced,
    CardWithoutPin,
    /// The holder of the card has no login that could be opened with it.
    CardWithoutLogin,
    /// Too many wrong PINs: until staff set a new one.
    CardLocked,
    PinMissing,
    PinWrong {
        /// How many tries are left.
        left: i64,
    },
    /// Among the PINs that others try first.
    PinEasy,
    /// More points in one redemption than a card may pay.
    CardVisitLimit {
        limit: i64,
        desired: i64,
        asset: Asset,
    },
    /// More points on one day than a card may pay.
    CardDayLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
    SlipUnknown,
    SlipOfAnotherShop,
    SlipUsed {
        number: String,
        since: Moment,
    },
    /// A slip is entered on the day on which it was written.
    SlipLate {
        day: Day,
        today: Day,
    },
    SlipLimit {
        limit: i64,
        desired: i64,
        asset: Asset,
    },
    /// The district covers no more of one person's slips on one day.
    SlipCoverLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
    // ---- gifts
    /// The bank does not allow gifts of this form.
    GiftsOff {
        form: String,
    },
    GiftToOneself,
    /// No person has this passbook number.
    ReceiverUnknown,
    /// Gifts of the last `days` days already lead from the receiver to the giver: this one would close the circle.
    GiftInCircle {
        days: i64,
    },
    GiverTooYoung,
    /// The giver owes points.
    GiverOwes {
        owed: i64,
        asset: Asset,
    },
    /// More points on one day than one person may give.
    GiftDayLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
    /// More points in one month than one person may give to the same person.
    GiftPersonLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
    /// The receiver has been given something often enough this month.
    GiftsEnough {
        limit: i64,
    },
    /// The gift is older than the `days` days within which it may be asked back.
    GiftTooOld {
        days: i64,
    },
    /// What was given is not there any more: so much of it is.
    GiftSpent {
        left: i64,
        asset: Asset,
    },
    /// The pool has no more than this.
    PoolShort {
        left: i64,
        asset: Asset,
    },
    // ---- proxies
    ProxyIsOneself,
    AttachmentTooLarge,
    /// Neither JPEG, PNG, WebP nor PDF.
    AttachmentUnknown,
    AttachmentDamaged,
    AttachmentExpands,
    AttachmentActive,
    AttachmentsEnough {
        limit: i64,
    },
    /// The folder of attachments cannot be written.
    AttachmentNotStored,
    /// The file is missing, or was changed.
    AttachmentLost,
    /// The object store of attachments does not answer.
    AttachmentUnreachable,
    /// What proves something is not taken away.
    AttachmentStays,
    /// This proxy acts for the person already.
    ProxyNamedBefore,
    /// No person has both this name and this passbook number.
    ProxyUnknown,
    /// The proxy has no active user account to sign in with.
    ProxyWithoutLogIn,
    /// Under age.
    ProxyTooYoung,
    /// As many proxies as one person may have.
    ProxiesEnough {
        limit: usize,
    },
    /// As many persons as one proxy may act for.
    ProxyForEnough {
        limit: usize,
    },
    /// The first day is in the past, or the last day is before the first or more than `days` days from today.
    ProxyDays {
        days: i64,
    },
    /// A minor names no proxy: staff record the guardian.
    GuardianNeeded,
    /// Of age, or of unknown age: no guardian.
    NoGuardianNeeded,
    /// More points on one day than the proxy may redeem.
    ProxyDayLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
    /// More points in all than the proxy may redeem.
    ProxySumLimit {
        limit: i64,
        left: i64,
        asset: Asset,
    },
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
        /// The first ones, and last how many more there are.
        faults: Vec<FaultText>,
    },
    /// A member of this name exists, and nothing distinguishes them from the new one: is it the same person?
    SameName {
        candidates: Vec<Candidate>,
    },
    /// Deeds of that day may have been evaluated already: a new version begins later.
    SchemeBeginsTooEarly {
        valid_from: Day,
        earliest: Day,
    },
    LongDay {
        minutes: i64,
    },
    // ---- store
    /// The bank is closed for writing until an operator has looked (damage, failed commit).
    BooksClosed,
}

impl Refusal {
    /// Absent or out of the caller's reach: the two are never distinguished.
    pub fn absent(what: &str) -> Self {
        Refusal::NotFound { what: what.into() }
    }
}

//! Why value moved: the kinds of entries.

use crate::text_enum;

text_enum! {
    /// The kind of an entry: why value moved.
    EntryKind {
        AccountOpened = "account_opened",
        Status = "status",
        /// Brought along from an older book without dates: counts for life, never for a year's star.
        Opening = "opening",
        /// Service of one year, brought along from an older book: counts in that year.
        OpeningOfYear = "opening_of_year",
        Award = "award",
        Transfer = "transfer",
        Hold = "hold",
        Capture = "capture",
        Void = "void",
        HoldExpired = "hold_expired",
        LotExpired = "lot_expired",
        Redemption = "redemption",
        Refund = "refund",
        Reversal = "reversal",
        Zeroing = "zeroing",
        GoodsIn = "goods_in",
        Stocktake = "stocktake",
        Settlement = "settlement",
        Payment = "payment",
        Star = "star",
        Merge = "merge",
        /// Points that came back pay what is owed.
        Reclaim = "reclaim",
        /// A second person has agreed that what is owed need not be given back.
        Waiver = "waiver",
        YearClosing = "year_closing",
    }
}

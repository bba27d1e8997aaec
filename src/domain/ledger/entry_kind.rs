//! The kinds of entries: why value moved.

use crate::text_enum;

text_enum! {
    /// The kind of an entry: why value moved.
    EntryKind {
        AccountOpened = "account_opened",
        Status = "status",
        /// From an older book without dates: counts for life, never for a year's star.
        Opening = "opening",
        /// Service of one year from an older book: counts in that year.
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
        /// Goods past their best-before date.
        WriteOff = "write_off",
        /// The money in a shop's till was counted.
        TillCount = "till_count",
        /// Money of a shop's till was handed in.
        HandIn = "hand_in",
        Settlement = "settlement",
        Payment = "payment",
        Star = "star",
        Merge = "merge",
        /// Points that came back pay a debt.
        Reclaim = "reclaim",
        /// A second person has approved waiving a debt.
        Waiver = "waiver",
        YearClosing = "year_closing",
        /// 赠送 · points that are given: to another person, to a pool, or out of a pool.
        Gift = "gift",
    }
}

//! Shops, offers, codes and redemptions.

use crate::domain::shops::redemption::{Redemption, RedemptionLine};
use crate::store::stored::stored;

stored! {
    merchants: MerchantRow (id) [versioned] {
        id -> Uid,
        name -> Text,
        org_id -> Uid,
        owner_member_id -> Nullable<Uid>,
        model -> Text,
        rate_fen -> Text,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
        /// Above this value goods in need a second person, stocktakes and write-offs always do; `None`: one person does.
        two_above_fen -> Nullable<BigInt>,
        /// Rates after `rate_fen`, the first one, by their first day: JSON (`domain::settlement::rates`).
        later_rates -> Nullable<Text>,
    }

    /// An application of a new shop.
    shop_applications: ShopApplicationRow (id) [versioned] {
        id -> Uid,
        name -> Text,
        /// The community that it wants to belong to.
        org_id -> Uid,
        /// Whose shop it is.
        owner_member_id -> Uid,
        model -> Text,
        address -> Text,
        /// 统一社会信用代码 (GB 32100).
        credit_code -> Nullable<Text>,
        /// What it wants to give for points.
        goods -> Text,
        state -> Text,
        made_by -> Uid,
        made_at -> Micros,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Micros>,
        /// Why it was declined.
        reason -> Nullable<Text>,
        /// The shop that was opened.
        merchant_id -> Nullable<Uid>,
        version -> BigInt,
    }

    offers: OfferRow (id) [versioned] {
        id -> Uid,
        merchant_id -> Uid,
        name -> Text,
        kind -> Text,
        /// Points for one piece, in hundredths.
        unit_points -> BigInt,
        unit_cash_fen -> BigInt,
        stocked -> Bool,
        /// Maximum number of pieces per member within `limit_window`.
        member_limit -> Nullable<BigInt>,
        limit_window -> Nullable<Text>,
        required_minutes -> BigInt,
        state -> Text,
        created_at -> Micros,
        version -> BigInt,
    }

    /// A sheet of goods in, of a stocktake or of a write-off; or of money in the till, without lines.
    goods_sheets: GoodsSheetRow (id) [versioned] {
        id -> Uid,
        merchant_id -> Uid,
        /// `goods_in`, `stocktake`, `write_off`, `till_count` or `hand_in`.
        kind -> Text,
        /// Who gave the goods.
        donor -> Nullable<Text>,
        on_day -> DayNumber,
        reason -> Nullable<Text>,
        /// Of all pieces, as far as values are given; the money that was counted or is handed in.
        value_fen -> BigInt,
        state -> Text,
        made_by -> Uid,
        made_at -> Micros,
        decided_by -> Nullable<Uid>,
        decided_at -> Nullable<Micros>,
        entry_number -> Nullable<BigInt>,
        version -> BigInt,
        /// What was counted, less what the till should have had then.
        difference_fen -> Nullable<BigInt>,
    }

    goods_lines: GoodsLineRow (sheet_id, line) {
        sheet_id -> Uid,
        line -> BigInt,
        offer_id -> Uid,
        /// Less than 0: at a stocktake, or written off.
        pieces -> BigInt,
        /// The last day.
        best_before -> Nullable<DayNumber>,
        unit_value_fen -> Nullable<BigInt>,
    }

    codes: CodeRow (id) [versioned] {
        id -> Uid,
        member_id -> Uid,
        secret_hash -> Binary,
        digits_hash -> Binary,
        state -> Text,
        created_at -> Micros,
        expires_at -> Micros,
        claimed_by -> Nullable<Uid>,
        claimed_merchant_id -> Nullable<Uid>,
        claimed_at -> Nullable<Micros>,
        claim_until -> Nullable<Micros>,
        version -> BigInt,
        /// A card was claimed, of this edition; `None`: a code that the member showed.
        card_edition -> Nullable<BigInt>,
        /// A proxy showed it.
        proxy_id -> Nullable<Uid>,
    }

    cards: CardRow (id) [versioned] {
        /// The member.
        id -> Uid,
        edition -> BigInt,
        pin_hash -> Nullable<Text>,
        pin_set_at -> Nullable<Micros>,
        pin_set_by -> Nullable<Uid>,
        lost_at -> Nullable<Micros>,
        lost_by -> Nullable<Uid>,
        version -> BigInt,
    }

    slips: SlipRow (id) [versioned] {
        id -> Uid,
        number -> BigInt,
        merchant_id -> Uid,
        printed_by -> Uid,
        printed_at -> Micros,
        /// What was entered from it; `None`: not yet.
        redemption_id -> Nullable<Uid>,
        entered_by -> Nullable<Uid>,
        entered_at -> Nullable<Micros>,
        version -> BigInt,
    }

    redemptions: RedemptionRow = Redemption { lines: RedemptionLine } (id) [versioned] {
        id -> Uid,
        version -> BigInt,
        state -> Text,
        member_id -> Uid,
        merchant_id -> Uid,
        hold_id -> Uid,
        code_id -> Nullable<Uid>,
        on_behalf -> Bool,
        made_by -> Uid,
        made_at -> Micros,
        captured_at -> Nullable<Micros>,
        points_held -> BigInt,
        points_captured -> BigInt,
        points_refunded -> BigInt,
        cash_fen -> BigInt,
        hold_entry -> Nullable<BigInt>,
        capture_entry -> Nullable<BigInt>,
        last_refund_entry -> Nullable<BigInt>,
        card_edition -> Nullable<BigInt>,
        slip_number -> Nullable<BigInt>,
        points_covered -> Nullable<BigInt>,
        proxy_id -> Nullable<Uid>,
    }

    redemption_lines: RedemptionLineRow (redemption_id, line) {
        redemption_id -> Uid,
        line -> BigInt,
        offer_id -> Uid,
        offer_version -> BigInt,
        quantity -> BigInt,
        unit_points -> BigInt,
        unit_cash_fen -> BigInt,
        stocked -> Bool,
        captured_quantity -> BigInt,
        refunded_quantity -> BigInt,
    }
}

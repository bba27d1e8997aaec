//! The rows of refusals at the counter of a shop.

use super::Told;

/// For a shop, which learns no more than that.
pub fn points_not_enough() -> Told {
    Told::new(
        422,
        "积分不够：这位储户的积分不够换这些。请减少件数或换一种。",
        "Not enough points: this member cannot pay for these. Take fewer or other goods.",
    )
    .field("lines")
}

pub fn offer_limit_reached(limit: i64) -> Told {
    Told::new(
        422,
        format!("已到每人限量：这件商品在规定期限内每人最多 {limit} 件。请减少件数、换一种，或等下一期。"),
        format!(
            "Limit reached: each member may have {limit} of this offer in its period. Take fewer or others, or \
             wait for the next period."
        ),
    )
    .field("lines")
}

pub fn quantity_exceeds(left: i64) -> Told {
    if left == 0 {
        return nothing_to_give_back();
    }
    Told::new(
        422,
        format!("数量超出：最多 {left} 件。请改小。"),
        format!("Too many pieces: at most {left}. Make it fewer."),
    )
}

pub fn nothing_to_settle() -> Told {
    Told::new(
        422,
        "没有可结算的明细：这个账期没有新的兑换或退货。",
        "Nothing to settle: no new redemption or refund in this period.",
    )
}

/// A person is frozen, not an account: whose account it is, is nobody's business at a till.
pub fn frozen_at_the_till() -> Told {
    Told::new(
        409,
        "这位储户已冻结：现在不能收付积分。请储户联系社区工作人员解冻后再办。",
        "The member is frozen: points can be neither paid nor given back now. Ask the member to see the community staff \
         first.",
    )
}

fn nothing_to_give_back() -> Told {
    Told::new(
        422,
        "没有可退的：这些商品没有领走，或已经全部退回。请查看兑换单，无需再退。",
        "Nothing to give back: these goods were not taken, or have all come back. Look at the redemption; nothing is left \
         to do.",
    )
}

pub fn too_many_redemptions(wait_seconds: i64) -> Told {
    Told::new(
        429,
        format!("兑换太频繁：一分钟内次数过多。请等 {wait_seconds} 秒再试。"),
        format!("Too many redemptions in a minute: wait {wait_seconds} seconds, then try again."),
    )
    .again()
}

pub fn too_many_wrong_codes(wait_seconds: i64) -> Told {
    Told::new(
        429,
        format!("输错的兑换码太多：请等 {wait_seconds} 秒再输，或请储户出示二维码。"),
        format!("Too many wrong codes: wait {wait_seconds} seconds, or scan the member's QR code."),
    )
    .again()
}

pub fn shop_hands_over() -> Told {
    Told::new(
        403,
        "由商家交付：这笔兑换是凭码办理的。请扫码的商家确认，或取消后由社区代办。",
        "The shop hands over: this redemption was made with a code. Let the shop capture it, or cancel it and redeem \
         on behalf.",
    )
}

pub fn period_not_over(over_at: &str) -> Told {
    Told::new(
        422,
        format!("账期还没有结束：要到 {over_at} 才能结算或关账。商家中途退出的，请先把它关闭。"),
        format!(
            "Period not over: it can be settled or closed from {over_at} on. If the shop leaves before, close it first."
        ),
    )
    .field("month")
}

pub fn own_shop() -> Told {
    Told::new(
        403,
        "不能在自己的店里兑换：店主、店员和他们的家人请到别的商家兑换。",
        "Not in one's own shop: its owner, its clerks and their households redeem elsewhere.",
    )
}

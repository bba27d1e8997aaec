### 兑换和结算的拒绝理由。

out_of_stock = 库存不足：只剩 { $left } 件。请减少数量或换一种商品。
points_not_enough = 积分不够：这位储户的积分不够换这些。请减少件数或换一种。
offer_limit_reached = 已到每人限量：这件商品在规定期限内每人最多 { $limit } 件。请减少件数、换一种，或等下一期。
too_many_redemptions = 兑换太频繁：一分钟内次数过多。请等 { $wait_seconds } 秒再试。
too_many_wrong_codes = 输错的兑换码太多：请等 { $wait_seconds } 秒再输，或请储户出示二维码。
shop_hands_over = 由商家交付：这笔兑换是凭码办理的。请扫码的商家确认，或取消后由社区代办。
offer_off = 这件商品已下架：请换一种。
shop_paused = 商家暂停兑换：请改日再来，或到别的商家。
own_shop = 不能在自己的店里兑换：店主、店员和他们的家人请到别的商家兑换。
minutes_missing = 服务时长不够：需要 { $required } 分钟，现有 { $served } 分钟。
code_unknown = 没有找到这个码：请看志愿者手机，重新输入 8 位数字。
code_expired = 这个码过期了：请志愿者点“换一个码”。
code_used = 这个码已经用过了：请志愿者点“换一个码”。
quantity_exceeds = 数量超出：最多 { $left } 件。请改小。
quantity_exceeds_none = 没有可退的：这些商品没有领走，或已经全部退回。请查看兑换单，无需再退。
nothing_to_settle = 没有可结算的明细：这个账期没有新的兑换或退货。
period_not_over = 账期还没有结束：要到 { $over_at } 才能结算或关账。商家中途退出的，请先把它关闭。

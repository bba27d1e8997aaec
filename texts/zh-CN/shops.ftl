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
card_unknown = 没有找到这张卡：请核对卡上的号码和字母，重新扫码或输入。还不行，请储户到社区柜台。
card_replaced = 这张卡已经挂失：它不能再用。请储户用新卡，或到社区柜台打印一张。
card_without_pin = 这张卡还没有密码：请储户本人到社区柜台设六位密码。
card_without_login = 这张卡的储户还没有登录账号：请到社区柜台开通。到商家用卡不需要账号。
card_locked = 这张卡已锁住：密码输错太多次。请储户本人到社区柜台重设密码。
pin_missing = 请输入密码：请储户本人输入六位密码。
pin_wrong = 密码不对：还可以试 { $left } 次。请储户本人再输一次，想不起来请到社区柜台重设。
pin_easy = 密码太容易猜到：连号、重复的数字、手机号、生日和证件号都不能用。请换六位别的数字。
card_visit_limit = 超过用卡每次的上限：一次最多 { $limit }，这次是 { $desired }。请减少件数，或到社区柜台代办。
card_day_limit = 超过用卡每天的上限：一天最多 { $limit }，今天还剩 { $left }。请减少件数，或到社区柜台代办。
slip_unknown = 没有找到这张登记单：请核对单上的号码和字母。还不行，请把单子交给社区柜台。
slip_of_another_shop = 这不是您店里的登记单：它印给了别的商家。请用自己店的单子。
slip_used = 这张登记单已经录过：第 { $number } 号在 { $since } 录入。请核对号码，不要重复录入。
slip_late = 登记单要当天录：单上是 { $day }，今天是 { $today }。这张单子不能再录：请由社区工作人员核实后，用“代办兑换”另办。
slip_limit = 超过一张登记单的上限：一张最多 { $limit }，这张是 { $desired }。请到社区柜台代办。
slip_cover_limit = 余额不够，垫付已到上限：区里一天为一位储户最多垫付 { $limit }，今天还剩 { $left }。请把单子交给社区柜台处理。
goods_sheet_needed = 这家店的货要两个人经手：请填出入库单，由监督员核对后入账。
goods_line = { $fault ->
    [name] 商品不认识：请核对第 { $row } 行的名称，或者写上积分价，作为新商品。
    [name_twice] 同名商品有几种：请先把第 { $row } 行用不着的下架。
    [pieces] 件数不对：第 { $row } 行请写整数，不能是 0。
    [sign] 件数不能是负数：第 { $row } 行少了的请填盘点。
    [date] 日期看不懂：第 { $row } 行请写成 2026-08-31 这样。
    [date_past] 已经过了保质期：第 { $row } 行的东西不能入库，请退回或当面销毁。
    [value] 单价看不懂：第 { $row } 行请写成 12.50 这样，单位是元。
    [value_missing] 没有单价：这家店进货要算总价，第 { $row } 行请写上每件值多少元。
   *[points] 积分价看不懂：第 { $row } 行请写成 30 这样。
 }
goods_lines = 有几行不对：第 { $rows } 行。整张单子还没有登记，请逐行改好再交。
goods_past_date = 留着的东西过了保质期：不能交给储户。请取消这笔，换一件新的再兑换。
goods_not_past = 报损报多了：第 { $row } 行等着报损的只有 { $past } 件。没过期的破损，请填盘点。
till_short = 钱箱里没有这么多：账上是 { $left }。请核对金额，或者先盘点现金。
rate_missing = 没有写单价：基金付钱的商家，请填“每分付几分钱”。
rate_of_given_goods = 不用写单价：捐赠物资的商家，基金不付钱给它。请把“每分付几分钱”留空。
rate_day_too_early = 生效日期太早：新单价最早从 { $earliest } 起，之前兑换的仍按原来的单价付款。
shop_applications_wait = 已有三份申请在等答复：请等答复，或先撤回一份。
till_difference_unexplained = { $less ->
    [true] 比账上少 { $difference }
   *[other] 比账上多 { $difference }
 }：请再数一遍；还是对不上，就写明原因。
till_count_waits = 上一次盘点现金还没有核对：请等第二人核对或退回后，再盘点。

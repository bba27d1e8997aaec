### 爱心超市的货：进货、盘点、报损，批次和公示。

goods_sheets_title = 出入库单
goods_sheets_new = 填出入库单
goods_sheet = 单子
goods_filter = 看哪些
goods_waiting = 待核对的
goods_all = 全部
goods_none_title = 没有单子
goods_none = 进货、盘点、报损的单子会列在这里。
goods_count = 品种
goods_kinds = { $kinds } 种
goods_value = 总价（元）
goods_unit_value = 单价（元）
goods_best_before = 保质期到
goods_made = 填单人
goods_decided = 核对人
goods_kind_words = { $kind ->
    [goods_in] 进货
    [stocktake] 盘点
    [till_count] 盘点现金
    [hand_in] 上缴现金
   *[write_off] 过期报损
 }
goods_done = { $done ->
    [booked] 已经入账。
   *[waits] 已经交给监督员核对，核对后入账。
 }
goods_in_title = 进货
goods_in_hint = 从表格里粘贴，或者一行写一种：名称、件数、保质期、单价（元）、积分价。后三样可以不写，中间用制表符或逗号隔开；新商品要写积分价。例如：大米 5 千克,20,2026-08-31,32.50,30
goods_in_button = 登记这批货
goods_stocktake_title = 盘点
goods_stocktake_hint = 只写和账上不一样的，一行一种：名称、差几件。少了写负数，例如：食盐,-2
goods_stocktake_button = 登记盘点差异
goods_write_off_title = 过期报损
goods_write_off_hint = 一行一种：名称、件数。已经过期的都列好了，请当面清点。
goods_write_off_button = 登记报损
goods_donor_hint = 谁捐的，没有就不填。会写在公示单上。
goods_reason_hint = 例如“破损 2 袋”“当面销毁”。
goods_two_words = 盘点和报损由第二人核对。进货总价高于这个数（元）也要核对：
goods_rejected_because = 退回的理由
goods_reject_hint = 写明哪里不符，填单人重新清点。
goods_reject_button = 不符，退回
goods_until = 保质期到{ $day }
goods_without_date = 没有保质期
goods_batches = 货架上的批次
goods_batches_first = 先领上面的。
goods_past = 已过期
goods_past_title = { $kinds } 种商品有过期的
goods_past_words = 过期的已经不能兑换。请从货架上拿下来，登记报损。
goods_enter_in = 登记进货
goods_enter_stocktake = 登记盘点
goods_by_sheet = 这家店的货由两人经手，进货和盘点请填出入库单。
goods_shop_change = 改名称、店主和两人核对
goods_shop_change_button = 保存
goods_owner_hint = 换店主时填新店主的存折号，不换就不填。以前的结算单不变。
goods_two_hint = 进货总价高于这个数，和盘点、报损，都要第二人核对。留空则由一人经手。
goods_board_title = 出入库公示
goods_board_show = 看这个月
goods_board_none = 这个月没有进出。
goods_board_before = 上月结存
goods_board_in = 进货
goods_board_out = 兑换
goods_board_counted = 盘点差异
goods_board_past = 过期
goods_board_after = 本月结存
goods_board_written_off = 已报损
goods_board_thanks = 捐赠名单
goods_board_keeper = 管理员
goods_board_supervisor = 监督员
till_money_title = 现金（元）
till_words = 兑换时收的钱替社区保管，和积分分开记账。这里是钱箱里应有的数。
till_balance = 钱箱里应有（元）
till_count_title = 盘点现金
till_count_hint = 数一数钱箱里的钱，写实际的数。和账上不一样也照实写。
till_count_button = 登记盘点
till_count_reason_hint = 和账上不一样时，写明原因。
till_hand_in_title = 上缴现金
till_hand_in_hint = 把钱交给收款的人，由对方在单子上核对签收。
till_hand_in_button = 登记上缴
till_hand_in_reason_hint = 收据号、交给谁，没有就不填。
till_difference = 比账上多（少为负）
till_before = 上月结存
till_paid = 收现金
till_after = 结存

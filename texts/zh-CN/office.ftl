### 店主、管理员和审计员的网页。

office_menu_goods = 商品
office_menu_statements = 结算单
office_menu_clerks = 店员
office_menu_ledger = 流水
office_menu_checks = 对账
office_menu_orgs = 组织
office_menu_users = 登录和角色
office_goods_title = 我的商品
office_goods_new = 加一个商品
office_goods_empty = 还没有商品，先加一个。
office_goods_title_hint = 写清楚规格，例如“食盐 1 袋”。
office_goods_kind = 是哪一种
office_goods_kept = 东西，要记库存
office_goods_service = 服务，不记库存
office_goods_more = 另收钱、限量
office_goods_cash_hint = 积分之外另收的钱，没有就不填。
office_goods_limit_hint = 一个人最多换几件，不限就不填。
office_goods_open = 上架这个商品
office_stock = 库存
office_no_stock = 不记库存
office_stock_move = 进货和盘点
office_stock_why = 为什么改库存
office_stock_in = 进货
office_stock_more = 盘点，比账上多
office_stock_fewer = 盘点，比账上少
office_stock_reason_hint = 盘点时要写，例如“破损 2 袋”。
office_stock_button = 记入库存
office_price_change = 改价格
office_price_hint = 已经留好的兑换仍按原来的价格。
office_price_button = 改成这个价
office_done_price = 价格已改好。
office_done_state = 已改好。
office_done_stock = 库存已记好。
office_clerks_title = 店员
office_clerks_empty_title = 还没有店员
office_clerks_empty = 加上店员，店员就能用自己的登录名收积分。
office_clerk_new = 加一位店员
office_clerk_open = 加上这位店员
office_clerk_number_hint = 店员自己也有存折的，填存折号：不能在本店给自己兑换。
office_login_hint = 小写字母、数字，3 到 64 个字。
office_users_title = 登录和角色
office_user_new = 新开登录
office_user_open = 开这个登录
office_user_number_hint = 这个人也有存折的，填存折号。
office_user_unknown_title = 没有这个登录名
office_user_unknown = 请核对写法，或看全部。
office_find = 查
office_all = 全部
office_filter = 按这个看
office_next_page = 看下一页
office_roles = 角色
office_no_roles = 还没有角色
office_no_password = 还没有口令
office_password_set = 已设
office_user_facts = 登录情况
office_sessions = 正在登录的设备
office_sessions_end = 让所有设备退出
office_is_member = 存折
office_linked = 已关联
office_not_linked = 没有关联
office_revoke = 收回
office_grant_title = 授予角色
office_grant_where = 管到哪里
office_grant_button = 授予这个角色
office_until_hint = 到这一天为止，长期就不填。
office_link_title = 店员是哪位储户
office_link_button = 关联这个存折
office_password_title = 重设口令
office_password_hint = 设好后，原来登录的设备都会退出。
office_password_button = 设成新口令
office_done_grant = 角色已授予。
office_done_revoke = 角色已收回。
office_done_password = 口令已重设，请当面告诉本人。
office_done_sessions = 所有设备都已退出。
office_done_calendar = 已导入。等着它的公示有了截止日。
office_done_home = 已改所属组织。
office_home_title = 改所属组织
office_home_hint = 所属组织的管理员管这个登录。角色不变。
office_home_button = 改到这个组织
office_done_link = 已关联存折。
office_done_opened = 已新设。
office_done_moved = 已调整上级。
office_orgs_title = 组织
office_orgs_hint = 按上下级和设立先后列出。
office_org_below = 下级
office_org_none_below = 没有下级。
office_org_open_title = 在它下面新设
office_org_open = 新设这个组织
office_org_kind_hint = 例如：街道、社区、小区。
office_org_code_hint = 本银行里不能重复。
office_org_move_title = 调整上级
office_org_move_hint = 连同下级一起移动。
office_org_move = 移到这个上级
office_org_close_title = 撤销这个组织
office_org_close_hint = 没有下级、储户、商家和未办完的事才能撤销。以前的记录都保留。
office_org_close = 撤销
office_statements_title = 结算单
office_statements_empty_title = 还没有结算单
office_statements_empty = 每月过后，社区会出上个月的结算单。
office_statements_none_title = 没有结算单
office_statements_none = 换个条件看看。
office_yuan = 元
office_issue_title = 出一张结算单
office_issue_hint = 把这家商家到月底为止、还没结过的兑换和退货都列进去。
office_issue_button = 出这张结算单
office_lines = 笔数
office_points = 积分
office_payable = 应付
office_rate_label = 每分
office_pay_title = 登记已付款
office_pay_button = 登记已付款
office_proof_hint = 银行回单或转账凭证的号。
office_each_line = 每一笔
office_tick_hint = 逐笔核对。不对的在前面打勾，到下面写原因。
office_wrong = 不对
office_line_number = 序号
office_day = 日期
office_goods = 商品
office_entry = 分录
office_disputed = 有异议
office_dispute_hint = 例如“第 3 笔当天退过货”。
office_dispute_button = 对打勾的几笔提异议
office_answer_title = 答复商家的异议
office_answer_hint = 写明更正了哪一笔，会列在下个账期；或者写明为什么不改。
office_answer_button = 答复商家
office_steps_title = 办理经过
office_hash = 摘要
office_ledger_title = 流水
office_csv = 下载表格
office_find_label = 分录号、小票单号或存折号
office_find_hint = 小票单号查最近 31 天；更早的，请把小票日期填进“从”。
office_kind = 种类
office_actor_login = 经办人登录名
office_actor = 经办人
office_from = 从
office_to = 到
office_not_found = 没有找到，请核对：
office_ledger_none_title = 没有符合条件的记录
office_ledger_none = 换个条件看看。
office_number = 编号
office_amount = 数额
office_recorded = 记账时间
office_effective = 生效
office_same_day = 当天
office_program = 系统
office_flow = 来去
office_trail_title = 来龙去脉
office_postings = 记在哪些账上
office_no_postings = 这一笔没有转移数额。
office_debit = 从
office_credit = 到
office_balances = 两边余额
office_effects = 其他效果
office_metadata = 附带数据
office_entry_facts = 这一笔
office_reverses = 撤销的分录
office_note = 说明
office_source = 起因
office_see_statement = 看结算单
office_logged = 您这次查看已记入查阅记录。审计员只看，不改。
office_published = 活动发布
office_service = 服务
office_submitted = 报送记录
office_approved = 审核通过
office_notice = 公示期满
office_redemption = 店里换商品
office_redeemed_for = 柜台代办换商品
office_listed = 列入结算单
office_paid = 已付款
office_checks_title = 对账
office_right = 账都对得上。
office_wrong_book = 有一处对不上。
office_balance_title = 试算平衡
office_balanced = 转出和转入相等，差额都是 0。
office_unbalanced = 有差额，请马上联系维护人员。
office_what = 记什么
office_debits = 转出合计
office_credits = 转入合计
office_difference = 差额
office_head_title = 账头
office_head_hint = 抄下编号和摘要，另处保存。以后有人改过前面任何一笔，就会对不上。
office_look_title = 从头核对
office_look_hint = 从第一笔重新算到最后一笔，和存的逐项比。账多时要几分钟。
office_look_button = 现在核对一遍
office_menu_overview = 总览
office_menu_shops = 爱心商家
office_menu_schemes = 积分办法
office_menu_calendars = 放假日历
office_menu_access = 查阅记录
office_overview_title = 总览
office_go = 去办
office_see = 看
office_month_issued = 本月存入
office_month_redeemed = 本月兑换
office_shops_unit = 家
office_orgs_unit = 个
office_tasks_title = 要办的事
office_tasks_none = 现在没有等着办的事。
office_chart_title = 每月存入和兑换
office_issued = 存入
office_taken = 兑换
office_chart_table = 看每月数字
office_places_title = 下级
office_places_order = 按目录顺序，不排名
office_place = 名称
office_waiting = 没结完的结算单
office_access_title = 查阅记录
office_subject = 谁的：存折号或登录名
office_who = 谁
office_did = 做了什么
office_whose = 谁的
office_why = 说明
office_shop_new = 新商家
office_shop_open = 加上这家商家
office_model_donated = 捐赠物资，不付钱
office_model_fund_choice = 社区基金按分付钱
office_line_rate = 每分 { $fen } 分钱
office_owner_new = 给店主开商家登录
office_owner_new_hint = 店主用它收积分、管商品、对账。和他自己存折的登录是两个。
office_owner_open = 开登录
office_next_rate_label = 新单价
office_next_rate = { $day }起，每分 { $fen } 分钱
office_new_rate_hint = 要改每分付几分钱时填。已经兑换的不变，退货按兑换那天的单价。
office_rate_from_hint = 从哪天起按新单价，最早明天；不填就是明天。
office_rate_hint = 基金付钱时填：每分付几分钱，40 就是 4 角。
office_owner_hint = 店主有存折的填存折号：不能在本店给自己兑换。
office_owner_linked = 店主的存折
office_see_statements = 看结算单
office_on_shelf = 在售
office_schemes_title = 积分办法
office_scheme_new = 起草新版本
office_schemes_empty_title = 还没有积分办法
office_schemes_empty = 起草一版，第二个人批准后生效。
office_try = 试一试
office_version = 版本
office_draft_waits = 等第二个人批准：起草的人不能自己批准。
office_draft_from = 照这一版起草
office_scheme_text = 全文
office_lines_unit = 行
office_faults_title = 有要改的地方
office_faults_hint = 看标出来的行，在下面改好再存。
office_scheme_hint = 照已有的一版改最省事。存成草稿前会逐行检查。
office_scheme_draft = 存成草稿
office_try_hint = 填一件事，看按这一版得多少分。不会存下来。
office_minutes_hint = 做服务填分钟数，例如 120。
office_usual = 按通常的
office_no_item = 不是事项，是服务
office_quantity_hint = 事项的数量，不填算 1。
office_decided_hint = 一事一议的，填议定的分。
office_try_button = 算算得多少分
office_try_result = 得分
office_hours = 服务时长
office_second_person = 这么多分，要第二个人同意。
office_calendars_title = 放假日历
office_calendar_put_title = 导入一年的放假安排
office_calendar_put = 导入
office_calendar_hint = 国务院公布后，一天一行：日期、off（放假）或 work（上班）、名称。第一行不改。
office_off = 放假
office_work = 上班
office_came_with = 随程序带来
office_month_before = 上月 { $points } 分
office_task_disputed = { $number } 张结算单商家有异议
office_task_pay = { $number } 张结算单已同意，等付款
office_task_confirmed = { $number } 张结算单商家已确认，等复核员同意付款
office_task_proposals = { $number } 件发放等第二个人同意
office_task_moves = { $number } 件迁移申请等决定
office_task_links = { $number } 件登录关联等第二个人同意
office_task_drafts = { $number } 份积分办法草稿等批准
office_chart_sentence = 本月到今天存入 { $issued } 分，兑换 { $redeemed } 分。
office_model_fund = 社区基金，每分 { $fen } 分钱
office_valid_from = 自{ $from }起
office_valid_from_until = { $from }到{ $until }
office_version_of = { $title } 版本 { $number }
office_try_of = 试一试：{ $title }
office_days_listed = 放假 { $off } 天，调休上班 { $work } 天
office_imported_on = { $day }导入
office_action = { $action ->
    [read] 查看
    [reveal_phone] 看手机号
    [reveal_id_number] 看证件号码
    [open_user] 新开登录
    [grant_role] 授予角色
    [revoke_role] 收回角色
    [link_user] 关联存折
    [set_password] 重设口令
    [end_sessions] 强制退出
    [move_user] 改所属组织
    [suspend_user] 停用
    [resume_user] 恢复
    [freeze_member] 冻结
    [unfreeze_member] 解冻
    [import_members] 批量导入
    [void_approval] 撤下审核
    [rename_bank] 改银行名称
    [set_gift_rules] 改赠送设置
    [register_webhook] 登记消息接口
    [stop_webhook] 停用消息接口
    [resume_webhook] 恢复消息接口
    [send_again] 再发一次消息
    [drop_delivery] 不再发送消息
    [use_second_factor] 设第二道验证
    [remove_second_factor] 取消第二道验证
    [erase_member] 注销档案
    [accept_correction] 更正档案
    [give_consent] 记下同意
    [withdraw_consent] 撤回同意
    [copy_own_data] 下载本人资料
    [approve_shop] 同意开店
    [decline_shop] 不同意开店
    [change_rate] 改折算单价
    [change_supervision] 改两人核对的金额
    [answer_feedback] 答复投诉建议
    [name_proxy] 指定代办人
    [end_proxy] 结束代办
    [reject_goods] 退回出入库单
    [proxy_looked] 代办看存折
    [proxy_showed_code] 代办出示兑换码
    [proxy_signed_up] 代办报名
    [proxy_gave_back] 代办退出报名
   *[other] { $action }
 }
office_until = 到{ $day }为止
office_period_further = { $month }第 { $number } 张
office_rate = { $fen } 分钱
office_entry_number = 分录 { $number }
office_line_of = 第 { $line } 行
office_statement_of = { $month }结算单
office_yuan_amount = { $yuan } 元
office_served = { $title }，到 { $until }，记 { $length }，{ $evidence }
office_notice_until = 公示到{ $day }，没有未了的异议。
office_redeemed = { $shop }，{ $goods }，{ $points } 分，单号 { $number }
office_settled = { $month }第 { $line } 行，应付 { $yuan } 元
office_paid_line = 其中这一笔 { $yuan } 元，发票 { $invoice }
office_looked_right = 分录 { $entries } 笔、记账 { $postings } 条、账户 { $accounts } 个、单据 { $documents } 份，算到 { $head }，用时 { $seconds } 秒。
office_looked_wrong = { $fault }（用时 { $seconds } 秒）
office_window = { $window ->
    [day] 每天
    [month] 每月
    [quarter] 每季度
    [half_year] 每半年
    [year] 每年
   *[all] 一共
 }
office_statement_step = { $state ->
    [issued] 出结算单
    [disputed] 商家提异议
    [answered] 答复异议
    [confirmed] 商家确认
    [approved] 同意付款
   *[paid] 登记已付款
 }
office_evidence = { $evidence ->
    [scan] 签到签退
    [kiosk] 自助机
    [self_report] 本人自报
    [paper] 纸质签到表
   *[backfill] 事后补录
 }
office_entry_kind = { $kind ->
    [account_opened] 开户
    [status] 账户状态
    [opening] 期初余额
    [opening_of_year] 本年期初
    [award] 存入
    [transfer] 转账
    [hold] 预留
    [capture] 预留转出
    [void] 取消预留
    [hold_expired] 预留到期
    [lot_expired] 积分到期
    [redemption] 兑换
    [refund] 退货
    [reversal] 撤销
    [zeroing] 清零
    [goods_in] 进货
    [stocktake] 盘点
    [till_count] 盘点现金
    [hand_in] 上缴现金
    [write_off] 过期报损
    [settlement] 结算
    [payment] 付款
    [star] 星级
    [merge] 合并存折
    [gift] 赠送
    [reclaim] 抵待追回
    [waiver] 免去待追回
   *[year_closing] 年度关账
 }
office_purpose = { $purpose ->
    [main] 余额
    [issuing] 发放
    [opening] 期初
    [expired] 已到期
    [forfeited] 已清零
    [covering] 区里垫付
    [pool] 互助积分池
    [settled] 已结算
    [fund] 付款资金
    [stock] 货架
    [supply] 来源
    [handed_out] 已交付
    [written_off] 报损和差额
    [till] 钱箱
   *[owed] 待追回
 }
office_owner = { $kind ->
    [bank] 银行
    [person] 储户
    [household] 家庭户
    [branch] 支部
    [unit] 单位
    [team] 队伍
    [merchant] 商家
    [organisation] 组织
   *[offer] 商品
 }
office_asset = { $asset ->
    [POINT] 积分（分）
    [LIFETIME] 终身积分（分）
    [MINUTE] 服务时间（分钟）
    [SCORE] 考评分（分）
    [CNY] 钱（元）
   *[STOCK] 商品（件）
 }

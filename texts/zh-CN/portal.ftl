### 网页上的文字。

bank_without_name = 积分银行
skip_to_content = 跳到正文
sample_label = 演示说明
sample_notice = 演示数据，均为虚构
sample_switch = 换个身份
menu_label = 主菜单
menu_home = 首页
menu_passbook = 存折
menu_code = 兑换码
menu_shops = 商家
menu_account = 我的
menu_take = 收积分
menu_day = 今天
size_label = 字号
size_standard = 标准
size_large = 大字
size_largest = 特大
language_label = 语言
foot_interface = 接口文档
foot_help = 帮助
network_lost = 网络断了，不知道办成没有。请再问一次：同一笔只记一次。
network_again = 再问一次
to_start = 回到首页
next_button = 下一步
earlier_page = 看更早的
see_all = 看全部
see_shops = 看看能换什么
points_unit = 分
times_unit = 笔
sorry_title = 出了点问题
sorry_unsure = 不知道办成没有。请先看记录，没有再办一次。
sorry_unchanged = 您的积分没有变。请再试一次。
sorry_again = 再试一次
sorry_number = 打电话时请说编号
form_to_correct = 有内容要改：您写的都还在。请看标出来的地方。
form_stale = 请再点一次：这一页打开后换过登录，内容还在，请核对后再点一次按钮。
form_session_ended = 请重新登录：登录已到期，您写的都还在，登录后接着办。
sign_in_title = 登录
sign_in_button = 登录
sign_out_button = 退出登录
send_again_title = 接着办
send_again_words = 您已重新登录。刚才写的内容还在，要现在送出吗？
send_again_button = 接着送出
send_again_not = 先不送，回去看看
account_login = 登录名
start_title = 先选一个身份，进去看看
start_lead = 这里有一整年的记录，都是编的。怎么点都行。
start_enter = 以此身份进入
start_note = 积分是服务激励记录，不是货币：不能提现、不计利息、不得买卖。
start_residents = 居民
start_shops = 商家
start_community = 社区和支部
start_control = 复核和监督
start_volunteer = 看余额，出示兑换码
start_proxy = 替家里老人看存折
start_leader = 点名，报服务人次
start_clerk = 扫码，选商品，收积分
start_owner = 上架商品，核对月结单
start_staff = 发放积分，代办
start_branch = 记支部的积分
start_reviewer = 第二个人看过，才能公示
start_administrator = 管组织、人员和积分办法
start_auditor = 从两小时查到一袋盐
help_title = 帮助
help_code_title = 怎么兑换
help_code_words = 到爱心商家，点“兑换码”，给店员扫一下或念 8 位数字。积分够了就能换。
help_points_title = 积分怎么来
help_points_words = 服务经过第二个人审核、公示以后，积分自动存进存折。点“为什么是这个分”能看到怎么算的。
passbook_cover = 志愿存折
passbook_title = 我的存折
passbook_holder = 户名
passbook_number = 存折号
passbook_in = 存入
passbook_out = 兑换
passbook_left = 余
passbook_why = 为什么是这个分
passbook_details = 看这一笔
entry_took_effect = 发生时间
entry_was_recorded = 记账时间
entry_number = 分录号
entry_left = 这笔之后的余额
passbook_empty_title = 还没有记录
passbook_empty = 还没有记录。参加一次活动，积分就会记在这里。
balance_label = 余额
month_in = 本月存入
month_out = 本月兑换
show_code = 出示兑换码
recent_title = 最近记录
why_title = 为什么是这个分
why_steps = 一步一步算
code_title = 请商家扫这个码
code_picture = 给商家扫的二维码
code_digits = 8 位数字
code_renews = 过期会自动换新码
code_for_once = 出示一次有效一分钟，过期了再点“换一个码”
code_renew = 换一个码
code_only_shop = 只给商家看，不要拍照发给别人。
back_home = 返回首页
receipt_shop = 商家
receipt_state = 状态
receipt_time = 时间
receipt_number = 单号
receipt_done = 兑换成功
receipt_held = 已留好，还没交付
receipt_next = 下一位
receipt_refund = 弄错了，要退货
receipt_refund_hint = 写上退回几件，再选货怎么样。积分马上退回。
receipt_refund_button = 退货并退回积分
shops_empty_title = 附近还没有爱心商家
shops_empty = 有了会列在这里。
shop_not_open = 暂停收积分
goods_empty_title = 还没有商品
goods_empty = 店家上架以后会列在这里。
goods_taken_off = 已下架的商品
sold_out = 已兑完
till_title = 扫兑换码或存折卡
till_camera = 打开相机扫码
till_camera_refused = 没有得到相机许可。请在设置里允许，或输入 8 位数字。
till_camera_looking = 对准手机或卡上的二维码。
till_code_label = 输入 8 位数字
till_code_hint = 在志愿者手机上，二维码的下面。扫码枪也扫到这里。
till_today = 今天收分
till_empty = 今天还没有收积分。
till_empty_title = 今天还没有收积分
till_step_scan = 扫码
till_step_goods = 选商品
till_step_check = 确认
till_goods_title = 选商品
till_of = 志愿者
till_one_piece = 只要一件，点一下
till_several = 要几样，或不止一件
till_check_title = 请和志愿者核对
till_back = 返回修改
till_find = 找商品
till_find_hint = 写名称的一部分，或每个字拼音的头一个字母。
till_find_button = 查找
till_find_none = 没有找到这样的商品。
till_find_all = 看全部商品
till_by_proxy = 由代办人出示
till_not_enough = 余额不够
till_not_enough_words = 请少选几样，或换便宜的。
scanned_title = 请到爱心商家出示
scanned_words = 这是兑换码，由爱心商家来扫。您自己不用打开它。
page_with_faults = 有错误：{ $title }
home_greeting = { $name }，您好
home_expiring = { $days } 天内有 { $points } 分到期。
stars_of_all = { $all } 颗星中的 { $stars } 颗
served_so_far = 已服务 { $length }
next_star_at = 满 { $length }申报下一星
star_missing = 再服务 { $length }，就可以申报{ $title }了。
day_of_year = { month_name }{ $day }日
day_with_year = { $year }年{ month_name }{ $day }日
month_of_year = { $year }年{ month_name }
code_claimed_by = { $shop }正在收分
code_used_for = 已兑换 { $points } 分
code_held_for = 已留 { $points } 分，等商家交付
price_with_cash = { $points } 分 + { $yuan } 元
points_amount = { $points } 分
stock_left = 还有 { $left } 件
limit_each = 每人限 { $limit } 件
till_confirm = 确认兑换 { $points } 分
entry_kind_words = { $kind ->
    [opening] 期初余额
    [opening_of_year] 期初余额
    [award] 存入
    [transfer] 转账
    [redemption] 兑换
    [capture] 兑换
    [refund] 退货
    [reversal] 撤销
    [zeroing] 清零
    [lot_expired] 积分到期
    [merge] 合并存折
    [gift] 赠送
    [reclaim] 抵待追回
    [waiver] 免去待追回
   *[other] 更正
 }
step_words = { $step ->
    [freeze_member] 冻结
    [unfreeze_member] 解冻
    [suspend_user] 停用
    [resume_user] 恢复
    [approve_move] 同意迁移
    [reject_move] 不同意迁移
    [approve_link] 同意关联
    [reject_link] 不同意关联
    [publish_activity] 发布
    [cancel_activity] 取消活动
    [approve_record] 审核通过
    [return_record] 退回
    [reject_record] 驳回
    [resubmit_record] 更正后重交
    [retire_skill] 停用
    [restore_skill] 恢复
    [withdraw_sign_up] 退出报名
    [withdraw_record] 撤回
    [object_to_record] 提出异议
    [reverse_record] 撤销
    [revoke_certificate] 作废证明
    [reissue_certificate] 换发新证明
    [uphold_objection] 异议成立
    [dismiss_objection] 异议不成立
    [approve_scheme] 批准办法
    [approve_proposal] 同意
    [reject_proposal] 不同意
    [approve_shop] 同意开店
    [decline_shop] 不同意开店
    [withdraw_shop] 撤回申请
    [open_shop] 恢复
    [pause_shop] 暂停
    [close_shop] 关闭
    [put_offer_on] 上架
    [take_offer_off] 下架
    [capture_redemption] 交付
    [cancel_redemption] 取消兑换
    [refund_redemption] 退货
    [confirm_statement] 确认对账
    [dispute_statement] 有异议
    [answer_statement] 答复异议
    [approve_statement] 同意付款
    [stop_webhook] 停用
    [resume_webhook] 恢复
    [send_again] 再发一次
    [drop_delivery] 不再发送
    [answer_feedback] 答复
    [dispute_answer] 不满意
    [close_feedback] 满意，办完了
    [withdraw_feedback] 撤回
    [approve_goods] 核对无误，入账
    [reject_goods] 不符，退回
    [withdraw_goods] 撤回
    [end_proxy] 结束代办
    [end_proxy_by_phone] 来电结束代办
    [ask_gift_back] 请对方退还
    [return_gift] 退还
    [keep_gift] 不退还
    [reverse_gift] 冲正
    [withdraw_consent] 撤回同意
    [erase_member] 注销这份档案
    [refuse_erasure] 不予注销
    [withdraw_erasure] 撤回申请
    [accept_correction] 同意更正
    [refuse_correction] 不予更正
    [withdraw_correction] 撤回申请
   *[pay_statement] 登记已付款
 }
setup_title = 开设这家积分银行
setup_lead = 填好这一页，就有了银行的名称、最上级组织和第一位管理员。一共五步，十分钟左右。
setup_org = 最上级组织
setup_org_name_hint = 例如：示例街道
setup_org_code_hint = 自己定的短代码，例如 S01
setup_person = 第一位管理员
setup_login_hint = 小写字母、数字和 . _ -
setup_password_hint = 口令不少于 15 个字，一句话最好记。
setup_button = 开设，去下一步
org_kind_words = { $kind ->
    [district] 区
    [street] 街道
    [town] 镇
    [community] 社区
   *[village] 村
 }
year_title = 一年来的余额
year_more = 从 { $from } 分到 { $to } 分，多了 { $by } 分。
year_less = 从 { $from } 分到 { $to } 分，少了 { $by } 分。
year_table = 看每月数字
year_month = 月末
now_word = 现在
password_title = 换口令
password_button = 换成新口令
label =
    .gift_points_a_person = 每人每月赠给同一人最多多少分
    .gift_points_a_day = 每人每天最多赠多少分
    .points = 积分
    .from = 起始日期
    .remark = 其他事项
    .certificate = 证明编号
    .check_code = 核验码
    .responsible = 负责人
    .telephone = 电话
    .opening_hours = 柜台时间
    .latitude = 纬度（度）
    .longitude = 经度（度）
    .radius_metres = 半径（米）
    .skill_name = 特长
    .bank_name = 银行名称
    .points_a_day = 每天最多兑换多少分
    .points_in_all = 一共最多兑换多少分
    .guardianship = 监护证明
    .purpose = 用途
    .paper = 纸质表
    .corrected_value = 应改成
    .feedback_words = 您的话
    .answer = 答复
    .objection = 不满意的地方
    .second_factor = 第二道验证
    .sign_in_code = 验证码
    .webhook_code = 代码
    .webhook_name = 名称
    .url = 地址
    .topics = 发哪些消息
    .mail = 邮箱
    .staff_name = 同事的姓名
    .staff_login = 同事的登录名
    .staff_password = 同事的口令
    .reviewer_name = 复核员的姓名
    .reviewer_login = 复核员的登录名
    .reviewer_password = 复核员的口令
    .sheet = 名册
    .file = 照片或 PDF
    .sheet_file = 名册文件
    .template_file = 月报样式
    .name = 姓名
    .phone = 手机号
    .number = 存折号
    .id_number = 证件号码
    .id_kind = 证件种类
    .gender = 性别
    .birth_year = 出生年份
    .household = 家庭户号
    .leave_household = 从家庭户里移出
    .org = 社区
    .trade = 手艺
    .party_member = 党员
    .q = 找储户
    .not_same_as = 都看过了，不是这些人
    .confirmed_new = 看过了，确实是另一个人
    .scheme_item = 项目
    .day = 日期
    .award_reason = 统一备注
    .counts = 数字列是
    .paste = 粘贴名单
    .row_name = 姓名
    .row_who = 号码
    .row_amount = 数字
    .amount = 金额（元）
    .row_note = 备注
    .other = 另一本
    .stays = 留下哪一本
    .proposal = 发放
    .login = 登录名
    .org_kind = 级别
    .org_name = 名称
    .org_code = 代码
    .token = 链接里的凭证
    .old_password = 现在的口令
    .new_password = 新口令
    .password = 口令
    .card = 存折卡
    .slip = 登记单号
    .pin = 密码
    .pin_again = 再输一次密码
    .slips = 几张
    .donor = 捐赠人
    .lines = 商品
    .two_above = 两人核对的进货总价（元）
    .code = 兑换码
    .pieces = 件数
    .reason = 原因
    .title = 名称
    .unit_points = 要多少积分
    .unit_cash = 另收多少元
    .member_limit = 每人限几件
    .limit_window = 多久算一次
    .member_number = 存折号
    .role = 角色
    .until = 期限
    .parent = 上级
    .invoice_number = 发票号
    .payment_proof = 付款凭证号
    .shop = 商家
    .month = 月份
    .line = 不对的行
    .model = 结算方式
    .address = 地址
    .credit_code = 统一社会信用代码
    .offered = 能换什么
    .rate_from = 新单价从哪天起
    .rate_fen = 每分付几分钱
    .body = 办法全文
    .minutes = 服务分钟
    .category = 类别
    .level = 级别
    .evidence = 凭什么
    .item = 事项
    .quantity = 数量
    .decided_points = 议定的分
    .calendar = 放假安排
    .home = 所属组织
    .activity = 活动
    .content = 内容
    .place = 地点
    .starts_at = 开始时间
    .ends_at = 结束时间
    .copy_at = 开始时间
    .seats = 名额
    .risk = 风险
    .insurance = 保险
    .policy_number = 保单号
    .scheme = 积分办法
    .service_minutes = 服务分钟数
    .decision = 裁定
    .names = 名单
    .person = 志愿者
    .guarantor = 担保人
month_name = { $month ->
    [m1] 1月
    [m2] 2月
    [m3] 3月
    [m4] 4月
    [m5] 5月
    [m6] 6月
    [m7] 7月
    [m8] 8月
    [m9] 9月
    [m10] 10月
    [m11] 11月
   *[m12] 12月
 }

### 消息：说给一个人的话，以及消息的页面。

message_points_in = 您存入了 { $points } 分
message_served = { $what }，{ $served }
message_points_taken_back = 扣回了 { $points } 分
message_ask_why = 为什么扣回：点开可以看，也可以问社区工作人员。
message_redeemed = 兑换了 { $points } 分
message_not_you = { $goods }。不是您本人办的，请马上打社区电话。
message_refunded = 退回了 { $points } 分
message_points_expire = { $points } 分快到期了
message_use_before = { $day }前用掉，到爱心商家都能用。
message_points_expired = { $points } 分到期了
message_star_reached = 您的服务够 { $stars } 星了
message_star_ask = 可以请社区工作人员为您评星。
message_star_granted = 您被评为 { $stars } 星
message_stepped = { $step ->
    [approve_record] 您的记录开始公示
    [return_record] 记录被退回，请改好再交
    [reject_record] 记录没有通过
    [object_to_record] 有人对您的记录有异议
    [uphold_objection] 您的异议成立
    [dismiss_objection] 您的异议不成立
    [revoke_certificate] 您的一份证明作废了
    [freeze_member] 您的存折被冻结了
    [unfreeze_member] 您的存折可以用了
    [approve_move] 您迁到别的社区了
    [reject_move] 您的迁移没有同意
    [withdraw_consent] 您的一项同意已撤回
    [refuse_erasure] 您的注销申请没有同意
    [accept_correction] 您的档案更正了
    [refuse_correction] 您的更正申请没有同意
    [approve_shop] 您申请的商家开好了
    [decline_shop] 您申请的商家没有同意
    [reject_goods] 您的出入库单被退回了
    [answer_feedback] 您的投诉建议有了答复
   *[other] 您的事情有了结果
 }
message_seat_free = 轮到您了：您有名额了
message_activity = { $what }，{ $starts }
message_activity_because = { $what }，{ $starts }。{ $reason }
message_activity_cancelled = 活动取消了
message_statement = { $state ->
    [issued] { $month }的结算单出来了，请确认
    [answered] 商家对{ $month }结算单的异议有了答复，请看看
    [approved] { $month }的结算单已审批，等待付款
    [paid] { $month }的结算单已付款
   *[other] { $month }的结算单有了变化
 }
message_role_granted = 您有了新的职责：{ $org }，{ role }
message_not_expected = 您不知道这件事的话，请问管理员。
message_role_revoked = 您不再是：{ $org }，{ role }
message_file_looked_at = { $action ->
    [reveal_phone] 有人看了您的电话
    [reveal_id_number] 有人看了您的证件号码
    [print_passbook] 有人打印了您的存折
   *[other] 有人查看或办理了您的资料
 }
message_certificate_corrected = 证明 { $number } 不能再用了
message_certificate_anew = 里面的服务记录有更正。可以换一份新的，不收费：点开换，或者找社区工作人员。
message_who_looked = 是谁、为什么：点开可以看，也可以打社区电话问。
messages_title = 消息
messages_unread = 未读
messages_unread_count = { $count } 条没读。没有手机也行，社区每周打印一份。
messages_none_unread = 都读过了。没有手机也行，社区每周打印一份。
messages_read_all = 都读过了
messages_none = 还没有消息
messages_none_words = 存入、兑换、到期、记录有变化，都会在这里告诉您。
messages_today = 今天
messages_this_month = 这个月
messages_older = 看更早的消息
messages_new = 您有 { $count } 条新消息
messages_paper = 纸质消息
messages_paper_words = 最近 7 天的消息，给没有登录的储户。打印后按人裁开，交给本人。
messages_paper_none = 最近 7 天没有要打印的消息
messages_paper_none_words = 有登录的储户自己会看到。
messages_paper_help = 有疑问请到社区服务台。
messages_between = ：
message_of_household = { $title }（家庭存折）
message_new_device = 您的账号在一台新设备上登录了
message_not_your_device = 不是您本人的话，请马上改口令，或打社区电话。
message_sign_in_code = 有人用您的登录名要了登录验证码
message_not_asked = 不是您本人要的话，不用管它，也不要把验证码告诉别人。
message_factor_removed = 管理员取消了您的第二道验证
message_set_again = 请登录后重新设。不知道这件事的话，请马上问管理员。
letter_sign_in_code = 登录验证码 { $digits }，{ $minutes } 分钟内有效。不要告诉别人。
message_trial = 这是一条试发的消息
message_topic = { $topic ->
    [points] 积分进出
    [expiry] 快到期的积分
    [stars] 星级
    [activities] 活动的名额和取消
    [records] 记录和迁移的结果
    [duties] 职责和结算单
    [safety] 谁看了我的资料、新设备登录
    [proxies] 代办人办的事
   *[other] 其他
 }
message_channel = { $channel ->
    [file] 文件
    [mail] 邮件
   *[other] { $channel }
 }
message_waiting = { $state ->
    [due] 等待发送 { $count } 条
    [sending] 正在发送 { $count } 条
    [dead] 没发出去 { $count } 条
    [unknown] 不知是否发出 { $count } 条
   *[other] { $count } 条
 }
message_failure = { $why ->
    [timed_out] 对方没有及时回答
    [unreachable] 连不上对方
    [not_allowed] 地址不允许
    [redirected] 对方转来转去
    [refused] 对方没有接收
    [address] 没有可用的收件地址
    [no_sender] 这个服务没有这种发送方式
    [too_late] 已经过了时效
   *[other] 没有发出
 }
message_failure_answer = { $why }（回答 { $answer }）
webhook_address = { $why ->
    [form] 地址不能用：请写公网上 https 开头的地址。
    [extras] 地址不能用：里面不要写用户名、口令或 # 号后面的内容。
    [inside] 地址不能用：它指向内部网络。请写公网地址，或请负责服务器的人在设置里放行那个网段。
   *[unknown] 地址不能用：找不到这个主机。请核对后再登记。
 }
channel_unknown = 没有“{ $channel }”这种发送方式：请从本银行开通的里面选。
mail_code_wrong = 验证码不对，或已过期：请看最近一封邮件里的 6 位数字，或再发一次。
message_mail_code = 请确认邮箱：验证码已发到您填的地址
message_mail_not_asked = 不是您填的，请不要理会，地址确认前不会再收到别的。
letter_mail_code = 邮箱验证码 { $digits }，{ $minutes } 分钟内有效
choices_mail_waits = 请确认邮箱
choices_mail_waits_words = 确认以前，别的消息不会发到：
choices_mail_code = 邮件里的 6 位数字
choices_mail_confirm = 确认
choices_mail_again = 再发一次验证码

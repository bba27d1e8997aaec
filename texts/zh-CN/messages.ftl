### 消息：说给一个人的话，以及消息的页面。

message_points_in = 您存入了 { $points } 分
message_served = { $what }，{ $served }
message_points_taken_back = 扣回了 { $points } 分
message_ask_why = 点开看为什么。有疑问请找社区工作人员。
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
   *[other] 您的事情有了结果
 }
message_seat_free = 轮到您了：您有名额了
message_activity = { $what }，{ $starts }
message_activity_because = { $what }，{ $starts }。{ $reason }
message_activity_cancelled = 活动取消了
message_statement = { $state ->
    [issued] { $month }的结算单出来了，请确认
    [approved] { $month }的结算单已审批，等待付款
    [paid] { $month }的结算单已付款
   *[other] { $month }的结算单有了变化
 }
message_role_granted = 您有了新的职责：{ $org }，{ role }
message_not_expected = 您不知道这件事的话，请问管理员。
message_role_revoked = 您不再是：{ $org }，{ role }
message_certificate_corrected = 证明 { $number } 不能再用了
message_certificate_anew = 里面的服务记录有更正。点开换一份新的，不收费。
message_file_looked_at = 有人{ activities_access }
message_who_looked = 点开看是谁、为什么。
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

### 活动、签到和服务记录的页面。

activities_title = 活动
activities_calendar = 把我的活动加到手机日历
activities_events = 最近的活动
activities_events_none = 这个月没有活动了
activities_events_none_words = 有了会列在这里。
activities_when = 时间
activities_place = 地点
activities_org = 组织
activities_seats = 名额
activities_seats_all = { $seats } 人
activities_seats_hint = 不限就不填。
activities_insurance = 保险
activities_safety = 安全
activities_risk_hint = 没有风险就不填。写了风险，要写保险和保单号。
activities_how_to_join = 到了现场，向带队的人报姓名或存折号签到，走的时候签退。
activities_signed_in_at = { $time } 已签到
activities_signed_out_at = { $time } 已签退
activities_hours = 我的服务时长
activities_hours_none = 还没有服务记录
activities_hours_none_words = 参加一次活动，时长就会记在这里。
activities_length = 时长
activities_report = 申报时长
activities_report_lead = 参加了活动，没有签到的，在这里补报。工作人员审核以后才算。
activities_report_none = 最近没有可以申报的活动。请问社区工作人员。
activities_report_send = 送去审核
activities_choose = 请选一项活动
activities_which_one = 参加的是哪一场
activities_none_near = 附近最近没有活动。
activities_elsewhere = 别处的活动
activities_what_done = 做了什么
activities_objections = 异议
activities_objection_state = { $state ->
    [open] 等待裁定
    [upheld] 异议成立
   *[dismissed] 异议不成立
 }
activities_decision = 裁定：
activities_put_right = 改时长，再送审核
activities_send_again = 改好，再送审核
activities_doubt = 我有疑问
activities_doubt_hint = 写清哪里不对。送出后，这条记录先停下，等工作人员裁定。
activities_doubt_send = 提出异议
activities_correct = 记录不对，申请更正
activities_correct_hint = 说清楚哪里不对、应当是多少。工作人员核对后会告诉您。
activities_correct_send = 申请更正 1 条记录
activities_not_right = 有问题，写明原因
activities_reason_hint = 本人能看到。例如：结束时间不对，请核对。
activities_decide = 裁定异议
activities_decide_hint = 写明怎么查的、结论是什么。
activities_remark = 说明
activities_notice_until = 公示到 { $day }，没有异议就算数。
activities_state_hint = { $state ->
    [submitted] 等第二个人审核。
    [pending] 当天时间长，等上级审核。
    [returned] 请按说明改好，再送审核。
    [rejected] 这条不算，原因见说明。
    [notice] 正在公示，没有异议就算数。
    [objected] 有人提出异议，等工作人员裁定。
    [final] 时长和积分已记入存折。
    [reversed] 已撤销，积分已退回。
   *[withdrawn] 您已撤回。
 }
activities_evidence = { $evidence ->
    [scan] 签到签退
    [kiosk] 自助机
    [self_report] 本人申报
    [paper] 纸质签到表
   *[backfill] 补录
 }
activities_records = 服务记录
activities_records_none = 没有等着办的记录
activities_records_none_words = 换一个状态或日子看看。
activities_state = 状态
activities_all_states = 全部
activities_first_day = 从哪天
activities_last_day = 到哪天
activities_filter = 查看
activities_of_all = 看所有活动的
activities_tick = 勾选
activities_person = 志愿者
activities_number = 存折号
activities_activity = 活动
activities_proof = 凭据
activities_served = 服务人次
activities_entered_by = 录入
activities_approved_by = 审核
activities_guarantor = 担保人
activities_notice_end = 公示截止
activities_replaces = 看它更正的那一条
activities_replaced_by = 看代替它的那一条
activities_no_step = 这条记录现在没有要您办的。
activities_unknown_person = 系统
activities_approve_ticked = 审核通过勾选的记录
activities_approved = 已通过 { $approved } 条。
activities_approved_some = 已通过 { $approved } 条，{ $refused } 条没有通过，原因写在各行。
activities_none = 还没有活动
activities_none_words = 新建一项，或换一个状态看看。
activities_new = 新建活动
activities_same_again = 和上一次一样？去复制：
activities_standing = 常设岗位（一段时间里天天开放）
activities_save_draft = 保存草稿
activities_save_change = 保存修改
activities_for_group = 发到群里的通知
activities_for_group_hint = 长按或全选复制，粘贴到微信群。
activities_message = 【{ $title }】
    时间：{ $when }
    地点：{ $place }
    { $content }
    详情：{ $link }
activities_its_records = 看这项活动的服务记录
activities_copy = 再办一次
activities_copy_button = 复制成新草稿
activities_check_in = 签到
activities_who = 谁来了
activities_who_hint = 写存折号、手机后四位或姓名，按回车，接着下一位。
activities_sign_in = 签到
activities_sign_out = 签退
activities_outcome = 刚才的结果
activities_nobody = 没有找到这个人。请核对，或先开户。
activities_which = 有几位相像，请点是哪一位：
activities_is_in = { $name }（{ $number }）已签到
activities_is_out = 已签退，时长已记下
activities_paste = 粘贴接龙名单
activities_paste_hint = 一行一个姓名，前面有编号也可以。最多 100 人。
activities_paste_button = 给名单上的人签到
activities_present = 在场 { $people } 人
activities_all_out = 全部签退
activities_nobody_yet = 还没有人签到。
activities_forgotten = 忘了签退，或不计时长
activities_without_record = 不计时长（签错了，或没有服务）
activities_left = 已签退
activities_card = 活动和服务时长
activities_is_out_short = 已签退；不足 1 分钟，没有记时长
activities_sheet = 录签到表
activities_sheet_open = 打开表格
activities_sheet_hint = 写姓名或存折号；时间写 9:00 或 0900。时间留空，和上一行一样。按 Tab 到下一格，按回车核对整张表。
activities_sheet_check = 核对整张表
activities_sheet_row = 行
activities_sheet_who = 姓名或存折号
activities_sheet_minutes = 分钟数
activities_sheet_several = 有几位同名，请写存折号。
activities_sheet_times = 看不懂时间。请写开始时间，再写结束时间或分钟数。
activities_sheet_empty = 表格还是空的。
activities_sheet_right = 每一行都对，还没有录入。请点最下面的红色按钮。
activities_sheet_faults = 有 { $faults } 行要改，还没有录入。
activities_sheet_send = 录入 { $rows } 条
activities_access_title = 谁看过我的资料
activities_access_none = 还没有人看过
activities_access_none_words = 有人查看您的电话、证件或资料，都会列在这里。
activities_access_reason = 原因：
activities_access = { $action ->
    [reveal_phone] 看了您的电话
    [reveal_id_number] 看了您的证件号码
    [export_records] 导出了您完整的电话和证件号码
    [print_passbook] 打印了您的存折
    [print_card] 打印了您的存折卡
    [report_card_lost] 挂失了您的存折卡
    [set_card_pin] 设了您存折卡的密码
    [freeze_member] 冻结了您的存折
    [unfreeze_member] 解冻了您的存折
    [give_consent] 记下了您的同意
    [withdraw_consent] 撤回了您的同意
    [copy_own_data] 下载了您的全部资料
    [suspend_user] 停用了您的登录
    [resume_user] 恢复了您的登录
    [name_proxy] 登记了您的代办人
    [end_proxy] 结束了一位代办人
    [proxy_looked] 作为代办人看了您的存折
    [proxy_showed_code] 作为代办人替您出示了兑换码
    [proxy_signed_up] 作为代办人替您报了名
    [proxy_gave_back] 作为代办人替您退出了报名
   *[other] 查看或办理了您的资料
 }
activities_has_place = 已报名
activities_in_line = 候补第 { $place } 位
activities_seats_free = 还有 { $free } 个，共 { $seats } 个
activities_seats_gone = 已满，共 { $seats } 个
activities_agree = 我已看过上面的风险说明
activities_full_words = 名额已满。可以候补，有人退出就轮到您。
activities_join_line = 我要候补
activities_sign_up = 我要报名
activities_expected = 报名的人
activities_expected_words = 已报名 { $seated } 人，候补 { $waiting } 人
activities_expected_none = 还没有人报名。
activities_sign_up_list = 从接龙报名
activities_sign_up_list_hint = 把微信群里的接龙粘贴在这里，一行一个人。
activities_sign_up_list_button = 给他们报名
activities_is_signed_up = { $name }（{ $number }）已报名
activities_is_waiting = { $name }（{ $number }）候补第 { $place } 位
activities_not_here = 报了名，还没到
activities_they_agree = 他们都已看过上面的风险说明
activities_why_off = 取消的原因
activities_why_off_hint = 不写也可以。报了名的人会收到消息。
activities_is_off = 活动取消了
activities_code = 签到码
activities_code_picture = 签到码的图，用手机扫
activities_code_digits = 签到码：
activities_code_words = 请到场的人用手机扫，或输入数字。每半分钟换一个码。
activities_poster = 签到海报
activities_poster_words = 贴在活动现场。只在活动当天、结束以前有效。
activities_poster_how = 来的时候扫一次，签到；走的时候再扫一次，签退。不会扫的，向带队的人报姓名。
activities_check_self = 自助签到
activities_code_hint = 看带队人的手机，或墙上的海报，8 位数字。
activities_check_in_button = 签到
activities_check_out_button = 签退
activities_check_self_link = 我到了，自助签到
activities_withdraw_ask = 名额会让给别人。以后还想参加，要重新报名。
activities_withdraw_confirm = 确认退出报名

### 社区工作人员和队长的网页。

staff_menu_today = 今日待办
staff_menu_people = 储户
staff_menu_awards = 批量发放
staff_menu_given = 已发放
staff_menu_proposals = 待复核
staff_menu_counter = 代办兑换
staff_today_done = 今天的事都办完了。
staff_today_done_words = 有新的事，会列在这里。
staff_today_own = 要您办的
staff_today_others = 等别人办的
staff_today_often = 常用
staff_wait_records = 待审核的服务记录
staff_wait_returned = 退回来要改的服务记录
staff_wait_objections = 有异议的服务记录
staff_wait_corrections = 储户申请更正的服务记录
staff_wait_proposals = 等第二个人复核的发放
staff_wait_goods = 等您核对的出入库单
staff_wait_moves = 等办的迁移
staff_find_label = 找储户
staff_find_hint = 姓名或开头几个字、拼音首字母（李示兰打 lsl）、手机尾号 4 位、手机号、存折号、证件号码
staff_find_button = 查找
staff_people_caption = 找到的储户
staff_further = 看后面的
staff_nobody_title = 没有找到
staff_nobody = 请核对姓名和号码。确实没有，就先开户。
staff_in_use = 正常
staff_household = 家庭户
staff_phone = 手机号
staff_document = 证件
staff_none = 没有登记
staff_yes = 是
staff_female = 女
staff_male = 男
staff_not_said = 不填
staff_by_number = 按号码判断
staff_new_person = 开户
staff_new_household = 开家庭户
staff_open_person = 开一本存折
staff_open_household = 开一个家庭户
staff_edit = 更正
staff_save = 保存更正
staff_award_one = 发积分
staff_pending = 已留好未交付
staff_owed = 待追回
staff_stars = 星级
staff_data = 登记资料
staff_opened_on = 开户日期
staff_reveal = 查看完整号码
staff_reveal_hint = 谁在什么时候、为什么看过，都会记下来。
staff_reveal_phone = 查看手机号
staff_reveal_document = 查看证件号码
staff_reveal_logged = 已记入查看记录。用完请离开这一页。
staff_given_of = 全部发放
staff_home_people = 户里的人
staff_home_empty = 户里还没有登记人。
staff_document_hint = 选填。登记后不能改。
staff_born_hint = 选填。有证件号码的不用填。
staff_home_hint = 选填。家庭户的存折号。
staff_trade_hint = 选填。会做什么，如理发、修水管。
staff_number_hint = 选填。已有的志愿者编号；不填就按顺序编。
staff_alike_title = 可能已经开过户
staff_alike_hint = 请先看是不是同一个人。是，就用原来的存折。
staff_merge_link = 这个人开了两本？合并
staff_merge_title = 合并两本存折
staff_merge_lead = 请核对是不是同一个人。合并后不能分开，余额和记录都归到留下的那一本。
staff_merge_first = 这一本
staff_merge_second = 另一本
staff_merge_not = 现在不能合并。
staff_merge_hint = 怎么知道是同一个人。
staff_merge_button = 合并成一本
staff_merge_with = 另一本是谁的
staff_merge_with_hint = 存折号，或姓名
staff_merge_choose = 选另一本
staff_merge_nobody = 没有别的存折叫这个名字。请输入另一本的存折号。
staff_award_title = 批量发放积分
staff_choose_item = 请选一个项目
staff_counts_quantity = 数量
staff_counts_points = 积分
staff_paste_hint = 从表格里复制姓名、手机号、数量、备注几列，或复制微信接龙，贴在框里。一次最多 { $most } 行。
staff_paste_example = 1. 王示兰 13800000000
staff_check_button = 核对名单
staff_check_again = 改好了，再核对
staff_award_empty_title = 还没有名单
staff_award_empty = 贴上名单，点“核对名单”。核对时不会发出积分。
staff_award_rows = 名单
staff_award_changed = 还没有发出：名单和刚才核对的不一样了。
staff_award_look_again = 已重新核对，请看过再点。
staff_award_mend_hint = 直接在表格里改，再点“核对名单”。也可以先发没问题的。
staff_award_sum = 本次合计
staff_only_bad = 只看要改的
staff_column_row = 行
staff_column_who = 手机号或存折号
staff_column_note = 备注
staff_column_result = 核对结果
staff_column_points = 积分
staff_column_number = 数量
staff_row_unchecked = 还没核对
staff_row_remove = 不发的行，把四格都清空就行。
staff_row_second = 要第二个人同意
staff_row_needs_name = 请写姓名或手机号
staff_row_needs_points = 请写多少分
staff_row_needs_reason = 这个项目一事一议，请写原因
staff_row_other_name = 号码对，姓名对不上，请核对
staff_row_nobody_number = 没有找到这位储户，请核对号码或先开户
staff_row_nobody_name = 没有找到这位储户，请核对姓名或先开户
staff_unit_times = 次
staff_worth_tiers = 分档计分
staff_worth_counted = 按次数或时长合计计分
staff_worth_zeroing = 余额清零
staff_worth_decided = 一事一议，写多少发多少
staff_given_title = 发放记录
staff_given_empty_title = 还没有发放过
staff_given_empty = 发出的积分会列在这里。
staff_given_by = 经办
staff_given_more = 查看
staff_given_why = 为什么、撤销
staff_item_service = 服务积分
staff_back_all = 已撤销
staff_done_back = 已撤销。积分已从存折里退回。
staff_award_one_title = 这一笔发放
staff_undo_link = 撤销这一笔
staff_undo_title = 撤销以后会这样
staff_undo_not = 现在不能撤销。
staff_undo_change = 存折变化
staff_undo_before = 现在余额
staff_undo_after = 撤销后余额
staff_undo_part = 一部分已经花掉或留好了：有多少退多少，其余记为待追回。
staff_undo_hint = 会记在账上，本人也看得到。
staff_undo_button = 确认撤销这一笔
staff_waiver = 免去待追回
staff_proposed_by = 提出
staff_proposal_others = 要由别人来复核。
staff_proposal_done = 已办好。
staff_proposals_empty_title = 没有待复核的
staff_proposals_empty = 超过限额或一事一议的发放，会在这里等第二个人同意。
staff_moves_title = 迁移
staff_moves_empty_title = 没有要办的迁移
staff_moves_empty = 有人迁进迁出，会列在这里。
staff_move_elsewhere = 其他社区的一位储户
staff_move_from = 迁出
staff_move_to = 迁入
staff_choose_org = 请选社区
staff_counter_lead = 本人带存折或证件到柜台，您替他选商品、扣积分。
staff_counter_shop = 去哪家兑换
staff_counter_other = 换一家
staff_counter_check = 请和本人核对
staff_counter_sign = 打印后请本人签字，凭单到商家取。
staff_id_kind = { $kind ->
    [identity_card] 居民身份证
    [residence_permit] 港澳台居民居住证
    [foreign_permanent_residence] 外国人永久居留身份证
    [hk_macao_permit] 回乡证
    [taiwan_permit] 台胞证
   *[passport] 护照
 }
staff_edit_title = 更正{ $name }的资料
staff_phone_kept = 现在是 { $phone }。不改就空着。
staff_worth_fixed = 每{ $unit } { $points } 分
staff_worth_step = 每 { $each } { $unit } { $points } 分
staff_worth_percent = 按数量的 { $percent }% 计分
staff_column_quantity = 数量（{ $unit }）
staff_award_classes = 名单里的人都属于：{ $classes }
staff_row_not_times = 不是 { $points } 分的整数倍，请改
staff_row_several = 有 { $number } 位同名，请补手机号
staff_row_several_phone = 这个号码有 { $number } 位储户，请写存折号
staff_row_again = 和第 { $row } 行是同一人
staff_award_confirm = 确认发给 { $number } 人
staff_award_propose = 交第二个人复核 { $number } 人
staff_award_people = 共 { $number } 人
staff_award_left_out = 另有 { $number } 行不发
staff_award_to_mend = 有 { $number } 行要改
staff_award_second = { $number } 人要第二个人同意
staff_limit_quantity = 一次最多 { $most }
staff_limit_times = { $of ->
    [household] 每户
   *[person] 每人
 }{ $window ->
    [activity] 每场活动
    [day] 每天
    [month] 每月
    [quarter] 每季度
    [half_year] 每半年
    [year] 每年
   *[total] 总共
 }最多 { $times } 次
staff_limit_second = 一人一天超过 { $points } 分要第二个人同意
staff_back_part = 已撤销 { $points } 分
staff_done_given = 已发给 { $number } 人。
staff_done_proposed = { $number } 人等第二个人复核。
staff_done_failed = 有 { $number } 人没有交上去，请重新核对再发。

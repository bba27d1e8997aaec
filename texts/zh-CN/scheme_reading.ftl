### 把积分办法读成句子。

reading_head = 《{ $name }》第 { $version } 版，{ $from } 起执行
reading_until = 到 { $until } 为止
reading_source = 分值来源：{ $place }
reading_purse = { $purse ->
    [lifetime] 分记进存折，可以兑换，也计入终身积分
    [point] 分记进存折，可以兑换，不计入终身积分
   *[score] 记的是考评分，不能兑换
 }
reading_whole = { $rounding ->
    [half_up] 分取整数，四舍五入
   *[floor] 分取整数，零头舍去
 }
reading_decimals = { $rounding ->
    [half_up] 分保留 { $decimals } 位小数，四舍五入
   *[floor] 分保留 { $decimals } 位小数，多的舍去
 }
reading_expiry_never = 积分不过期
reading_expiry_days = 积分 { $days } 天后过期
reading_expiry_month = 积分到当月月底过期
reading_expiry_months = 积分到 { $months } 个月后的月底过期
reading_expiry_year = 积分到当年年底过期
reading_expiry_years = 积分到 { $years } 年后的年底过期
reading_expiry_date = 积分到 { $day } 过期
reading_recorded = 服务后 { $days } 个工作日内要记录
reading_notice = 审核后公示 { $days } 个工作日
reading_no_notice = 不公示
reading_four_eyes = 一次超过 { $points } 分，要第二个人同意
reading_no_four_eyes = 没有写多少分要第二个人同意：只有一事一议和清零要
reading_least = 一次不到 { $points } 分的，不发
reading_reclaim = { $from ->
    [next] 待追回的分，从退回的分和新得的分里扣
   *[returned] 待追回的分，只从退回的分里扣
 }
reading_classes = 分这几类人：{ $classes }
reading_no_hours = 没有写服务时长怎么计分：只按事项发
reading_no_items = 没有写事项：只按服务时长发，不能批量发放
reading_no_stars = 没有写星级
reading_per_hour = 每小时 { $points } 分
reading_per_time = 每次 { $points } 分
reading_coefficient = 系数 { $number }
reading_needs_person = 由人定
reading_hours = 志愿服务{ $price }
reading_hours_by_table = 志愿服务按级别或类别计分
reading_hours_by_group = 志愿服务值多少分，看它所归的组
reading_counting = { $words }
reading_least_time = 不到 { $time }不计
reading_level = 级别“{ $name }”：{ $price }
reading_category = 类别“{ $name }”：{ $price }
reading_below = { $parent } › { $name }
reading_as_above = 同上一级
reading_as_usual = 同平常
reading_usual = 没写明的按这一种
reading_combine = { $how ->
    [multiply] 上下几级都有系数的，乘在一起
   *[nearest] 上下几级都有系数的，只用最下面一级的
 }
reading_evidence = { $name }：{ $price }
reading_unit = 次
reading_item = { $name }：{ $value }
reading_fixed = 每{ $unit } { $points } 分
reading_taken = 每{ $unit }扣 { $points } 分
reading_step = 每满 { $each } { $unit } { $points } 分
reading_percent = 按{ $unit }数的 { $percent }% 计分
reading_at_most = { $value }，一次最多 { $most } 分
reading_tier = 满 { $from } { $unit } { $points } 分
reading_tiers = 分档：{ $tiers }
reading_zeroing = 本期积分清零
reading_counted = 每{ $unit }都计数，值多少分看它所归的组
reading_everybody = 所有人
reading_days_from = （{ $from } 起）
reading_days_until = （到 { $until }）
reading_days_between = （{ $from } 到 { $until }）
reading_case = { $who }{ $days } { $points } 分
reading_cases = 分情况：{ $rows }，其他 { $points } 分
reading_cases_or_person = 分情况：{ $rows }，其他由人定
reading_nth = 第 { $nth } 次 { $points } 分
reading_nth_from = 第 { $nth } 次起每次 { $points } 分
reading_nths = { reading_window }按次数：{ $rows }
reading_decided = 一事一议，由人定
reading_second_person = 总要第二个人同意
reading_decided_within = 一事一议，{ $least } 到 { $most } 分
reading_decided_most = 一事一议，最多 { $most } 分
reading_decided_least = 一事一议，最少 { $least } 分
reading_most_quantity = 一次最多 { $most } { $unit }
reading_times = { reading_of }{ reading_window }最多 { $times } 次
reading_applies_to = 只给{ $classes }
reading_in_group = 归入“{ $name }”
reading_decided_by = 由{ $by }认定
reading_note = { $note }
reading_highest = “{ $name }”里的几项，{ reading_window }只计分最高的一项
reading_group = “{ $name }”是一组，上限合在一起算
reading_points = { $points } 分
reading_counter = { $counts ->
    [points] “{ $name }”{ reading_window }把分合在一起算
    [times] “{ $name }”{ reading_window }把次数合在一起算
    [hours] “{ $name }”{ reading_window }把时长合在一起算
   *[highest] “{ $name }”里的几项，{ reading_window }只计分最高的一项
 }
reading_start = 从 { $points } 分起
reading_band = { $counts ->
    [times] 超过 { $from } 次的部分，每次 { $points } 分
    [hours] 超过 { $from }的部分，每小时 { $points } 分
   *[points] 超过 { $from } 分的部分，每分计 { $points } 分
 }
reading_total = { $counts ->
    [times] 满 { $from } 次，一共 { $points } 分
    [hours] 满 { $from }，一共 { $points } 分
   *[points] 满 { $from } 分，另加 { $points } 分
 }
reading_value_least = 最少 { $points } 分
reading_value_most = 最多 { $points } 分
reading_part = 其中 { $percent }% 计到上面
reading_time = { $time }
reading_cap = { $name }：{ $on }，{ reading_of }{ reading_window }合计最多 { $limit }
reading_scope = { $on ->
    [hours] 服务时长
    [items] 各项事项
   *[all] 所有积分
 }
reading_scope_named = { $names }
reading_stars = { $counted ->
    [lifetime] 星级看终身累计
   *[calendar_year] 星级看当年累计
 }，{ $granted ->
    [applied] 够了以后申报，核对后授予
   *[counted] 够了自动有
 }
reading_star_time = { $star } 星：满 { $time }
reading_star_points = { $star } 星：满 { $points } 分
reading_star_both = { $star } 星：满 { $time }，并且满 { $points } 分
reading_granted_by = 由{ $by }授予
reading_of = { $of ->
    [member] 每人
    [household] 每户
   *[organisation] 每个组织
 }
reading_window = { $window ->
    [activity] 每次活动
    [day] 每天
    [month] 每月
    [quarter] 每季度
    [half_year] 每半年
    [year] 每年
   *[total] 总共
 }
group_points = 计 { $points } 分
group_times = 共 { $times } 次
group_moved = “{ $name }”{ reading_window }{ $sum }：由 { $from } 分变为 { $to } 分。
group_at_most = “{ $name }”{ reading_window }{ $sum }，最多 { $most } 分：由 { $from } 分变为 { $to } 分。
group_at_least = “{ $name }”{ reading_window }{ $sum }，最少 { $least } 分：由 { $from } 分变为 { $to } 分。
group_first = 如果是这段时间里的第一次，实发 { $points } 分。

### 积分办法和记分的拒绝理由。

day_in_future = 日期在将来：今天是 { $today }，还没有发生的事不能记。请填今天或以前的日期。
calendar_fault = 日历有误：{ $fault }。请按国务院的放假安排改正后再提交。
year_unfinished = 还不能关账：{ $year } 年及以前的服务还有 { $records } 条记录在审核或公示。请等它们办完再关账。
scheme_not_in_force = 积分办法当天不生效：“{ $scheme }”生效期为 { $valid_from } 至 { $valid_until }，不含 { $day }。请改用当天有效的办法，或先发布当天有效的版本。
scheme_not_in_force_from = 积分办法当天不生效：“{ $scheme }”自 { $valid_from } 起生效，不含 { $day }。请改用当天有效的办法，或先发布当天有效的版本。
scheme_not_in_force_unpublished = 积分办法当天不生效：“{ $scheme }”还没有已批准的版本，不含 { $day }。请改用当天有效的办法，或先发布当天有效的版本。
not_in_scheme = 积分办法里没有这一项：“{ $scheme }”没有{ $term ->
    [hours] 按时长计分的规则
    [item] 项目
    [level] 难度等级
    [category] 服务类别
   *[evidence] 佐证类别
 }“{ $value }”。请从办法列出的值中选择。
deed_incomplete = 缺少内容：按这个积分办法必须填写“{ $field }”。请补填。
needs_person = 需要人来定：“{ $what }”没有公布的分值，须一事一议。请写明决定的分值和理由。
decision_not_allowed = 分值不能另定：“{ $what }”的分值由办法规定。请去掉自定的分值。
decision_out_of_bounds = 分值超出办法的范围：“{ $what }”{ $bounds }。请改分值。
bounds_least = 须不少于 { $least }
bounds_most = 须不多于 { $most }
bounds_between = 须不少于 { $least }、不多于 { $most }
bounds_none = 不能定分
class_not_entitled = 不适用于此人或此户：“{ $item }”只用于 { $applies_to }。请核对类别或换一项。
quantity_refused = 次数不对：“{ $item }”须为不少于 { $least } 的整数。请改次数。
quantity_refused_between = 次数不对：“{ $item }”须为不少于 { $least }、不多于 { $most } 的整数。请改次数。
award_too_small = 不够起记分：按办法算得 { $desired }，少于起记的 { $least }。请合并几次一起记。
points_ended = 本期积分已截止：积分于 { $on } 到期，再记也会立即失效。请改用下一期的办法。
points_out_of_range = 分值过大：结果超出系统的范围。请核对次数和时长。
second_person_needed = 需要第二个人同意：这一笔超过办法规定的数额，或由人决定分值。请单独录入这一笔，由另一位有权限的人同意后入账。
times_reached = 次数已满：“{ $item }”在规定期限内最多 { $limit } 次。请等下一期，或核对是否重复。
star_not_reached = 还没有达到这个星级：还差 { $minutes_missing } 分钟、{ $points_missing } 分。
scheme_faults = 积分办法有误：{ $faults }。请按行和列改正。
scheme_faults_more = 积分办法有误：{ $faults }；另有 { $more } 条。请按行和列改正。
between_faults = ；
scheme_begins_too_early = 生效日期太早：新版本写的是 { $valid_from }，而当天的事可能已按旧版本计分。请把 valid_from 改为 { $earliest } 或以后。
undo_too_late = 已超过可自行撤销的 { $seconds } 秒：请走更正流程，由另一位工作人员处理。

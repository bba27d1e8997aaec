### 活动、签到和服务记录的拒绝理由。

service_ends_before_start = 服务时间颠倒：结束不晚于开始。请核对两个时间。
service_minutes_refused = 服务时长不对：须为 1 至 { $most } 分钟，不超过起止时间之间的长度。请改时长。
service_minutes_refused_none = 服务时间太短：从开始到结束不足 1 分钟，没有可记的时长。请核对起止时间。
service_overlaps = 服务时间重叠：此人在 { $started_at } 至 { $ended_at } 已有服务记录。请核对时间。
service_day_too_long = 一天超过 24 小时：{ $day } 合计 { $service_minutes } 分钟。请核对当天的记录。
activity_already_begun = 活动已经开始，不能再发布：活动须在开始前公布。请按补录办理，或登记为常设岗位。
outside_activity = 服务时间不在活动时间内：请核对起止时间。
recording_overdue = 已过记录期限 { $due }：请改用“补录”并填写担保人。
guarantor_missing = 补录需要担保人：请填写 guarantor。
guarantor_refused = 担保人不合适：须是本行的另一位储户或工作人员，不能是服务者本人，也不能是录入的人。请另填一位。
person_only = 只能记给个人：家庭户没有服务时长。请选择户里的成员。
seats_full = 名额已满：这项活动只有 { $seats } 个名额。请另选一项，或由负责人增加名额后重新发布。
title_may_not_say = 活动名称不能这样写：不能含“{ $word }”。请改名称；以前的服务请在服务记录里选“补录”并填写担保人。
insurance_missing = 缺少保险：写明了风险的活动须同时写明保险和保单号。请补填后再发布。
signed_in_already = 还没有签退：此人从 { $since } 起签到在岗。请先签退，再签到。
sign_out_forgotten = 忘记签退：此人 { $since } 签到后没有及时签退。请工作人员填写服务分钟数和担保人，按补录办理；没有服务的，请选“不计时长”。
not_signed_out = 还有人没有签退：共 { $people } 人。请先签退，他们的时长会照记，再取消活动。
objected_before = 您已经提过异议：这条记录的异议已有裁定。如有新的情况，请告诉社区工作人员。
notice_over = 公示已结束：截止 { $until }。如发现不实，请告诉社区工作人员，由他们更正。
corrected_before = 已经更正过：这条记录已由 { $record } 代替。请更正那一条。
ordinary_day = 不用上级审批：当天不超过 8 小时的记录由社区的复核人或队长审批。请转给他们。
long_day = 当天时长较长：已达 { $minutes } 分钟，超过 8 小时须由社区复核人审批。请转给他们。
long_day_of_street = 当天时长较长：已达 { $minutes } 分钟，超过 12 小时须由街道或区管理员审批。请转给他们。

### 服务记录证明：页面和纸上的话。

certificates_title = 服务记录证明
certificates_one = 志愿服务记录证明
certificates_lead = 要证明自己做过多少服务，随时可以开，不收费。
certificates_none = 还没有开过证明
certificates_none_words = 开过的证明都在这里，可以再打印。
certificates_new = 开一份证明
certificates_from_hint = 不填，就从第一次服务算起。
certificates_last_day = 截止日期
certificates_until_hint = 不填，就算到今天。
certificates_remark_hint = 选填，印在证明上。例如：用于申请奖学金。
certificates_issue = 开具 1 份证明
certificates_free = 只算已经生效的记录；还在审核、公示的不算。
certificates_state = { $state ->
    [valid] 有效
    [replaced] 已换发
   *[revoked] 已作废
 }
certificates_period = { $first }至{ $last }
certificates_until = 截至{ $last }
certificates_replaced_by = 这份证明已换发，新的编号是 { $number }。
certificates_corrected = 这份证明已作废：里面的服务记录有更正。
certificates_revoked = 这份证明已作废。
certificates_because = 原因：
certificates_sentence = 兹证明{ $name }参加志愿服务 { $times } 次，服务时间共{ $length }。
certificates_volunteer_number = 志愿者编号
certificates_document = 证件
certificates_hours = 服务时间
certificates_days = 服务日期
certificates_services = 服务内容
certificates_times = 次数
certificates_others = 其他服务
certificates_brought = 原有服务时间（转入）
certificates_replaces = 本证明代替
certificates_issuer = 出具单位
certificates_handler = 经办人
certificates_self = 本人自助开具
certificates_to_sign = （签名）
certificates_contact = 联系方式
certificates_issued_on = 出具日期
certificates_revoked_on = 作废日期
certificates_picture = 二维码，扫一扫就能核验这份证明
certificates_how_to_check = 扫码核验，或在这里输入编号和核验码：
certificates_reveal = 印上完整的证件号码
certificates_reveal_own = 只在这一次显示，请打印后收好。
certificates_reveal_button = 显示证件号码
certificates_anew = 换发新的一份
certificates_anew_words = 日期不变，按现在的记录重新算。旧的这一份就不能再用了。
certificates_anew_button = 换发 1 份新证明
certificates_revoke = 作废这份证明
certificates_revoke_hint = 本人看得到。例如：写错了姓名。
certificates_revoke_button = 作废 1 份证明
certificates_check = 核验服务记录证明
certificates_check_lead = 输入纸上的编号和核验码，就知道这份证明是不是真的、还有没有效。
certificates_number_hint = 例如 2026-0000001
certificates_code_hint = 12 位数字，在二维码下面
certificates_check_button = 核验 1 份证明
certificates_check_compare = 请对照纸上的姓、时间和单位，应当一样。

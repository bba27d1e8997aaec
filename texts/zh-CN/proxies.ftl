### 代办人：替别人报名、出示兑换码、看存折的人。

proxy_is_oneself = 不能指定自己：代办人要是另一位储户。请写他的姓名和存折号。
proxy_named_before = 已经是代办人：这位已经在替此人代办。要改期限或上限，请先结束，再重新指定。
proxy_unknown = 姓名和存折号没有对上：没有这样一位储户。请照他的存折或卡，核对这两项。
proxy_without_log_in = 还不能代办：这位没有能用的登录名。请先到社区给他开通登录，再来指定。
proxy_too_young = 不能代办：代办人要年满十八岁。请指定一位成年人。
proxies_enough = 代办人够了：一个人最多 { $limit } 位。请先结束其中一位。
proxy_for_enough = 不能再替人代办：一位代办人最多替 { $limit } 个人办事。请另找一位，或到社区柜台办。
proxy_days = 日期不合适：从今天起，最多 { $days } 天，最后一天不能早于第一天。请改日期，到期可以再指定。
guardian_needed = 未成年人由监护人代办：请和监护人一起到社区柜台，由工作人员写明监护证明后登记。
no_guardian_needed = 不用登记监护人：此人已成年，或还没有登记出生年份。请不填监护证明；未成年的，先补登出生年份。
proxy_day_limit = 超过代办每天的上限：一天最多 { $limit }，今天还剩 { $left }。请减少件数，或由本人出示兑换码。
proxy_sum_limit = 超过代办的总上限：一共最多 { $limit }，还剩 { $left }。请减少件数，或由本人重新指定。
proxies_title = 代办人
proxies_menu = 代办
proxies_acts = 我替谁代办
proxies_named = 谁替我代办
proxies_lead = 您信得过的人可以替您报名、出示兑换码、看存折，别的都办不了。每办一件，您和他都会收到消息。
proxies_none = 还没有代办人。
proxies_guardian = 监护人
proxies_detail = 到{ $until }为止，每天最多 { $day } 分
proxies_detail_all = 到{ $until }为止，每天最多 { $day } 分，一共最多 { $all } 分
proxies_end = 结束代办
proxies_end_confirm = 确认结束
proxies_end_named = 马上生效：他不能再替您办事。以后要代办，请重新指定。
proxies_end_acting = 马上生效：您不能再替他办事。以后要代办，由他重新指定。
proxies_end_by_phone = 本人来电，结束代办
proxies_phone_hint = 写明谁来电、怎么核对的。双方都会收到消息。
proxies_name_title = 指定代办人
proxies_name_how = 可以是子女或邻居，要是本行储户。
proxies_desk_how = 本人在场时办理。姓名和存折号要对得上。
proxies_log_in = 代办人要有登录名：他在自己的手机上登录，才能替人办事。没有的，请他先到社区柜台开通。
proxies_number_hint = 代办人的存折号，印在存折和卡上
proxies_until_hint = 最长一年，随时可以结束
proxies_all_hint = 不填就只有每天的上限
proxies_guardianship_hint = 只在替未成年人登记监护人时填写，例如“户口簿，母亲”。期限到成年为止。
proxies_name_button = 指定这位代办人
proxies_for = 替{ $name }代办
proxies_passbook = { $name }的存折
proxies_own_seat = 给自己报名
proxies_seat_of = 替{ $name }报名
proxies_own_place = 您自己：{ $place }
proxies_both_told = 您每办一件，对方都会收到消息。
proxies_events = 替他报名参加活动
proxies_sign_up = 替他报名
proxies_back = 返回
proxies_done = { $done ->
    [named] 代办人已指定，双方都收到了消息。
   *[ended] 代办已结束，马上生效，双方都收到了消息。
 }
message_some_proxy = 代办人
message_some_person = 别人
message_proxy_acted = { $act ->
    [named] { $who }成了您的代办人
    [ended] { $who }不再替您代办了
    [looked] { $who }今天看了您的存折
    [showed_code] { $who }替您出示了兑换码
    [signed_up] { $who }替您报了名
    [gave_back] { $who }替您退出了报名
   *[redeemed] { $who }用您的积分兑换了 { $points } 分
 }
message_proxy_self = { $act ->
    [named] 您成了{ $who }的代办人
    [ended] 您不再替{ $who }代办了
    [looked] 您今天看了{ $who }的存折
    [showed_code] 您替{ $who }出示了兑换码
    [signed_up] 您替{ $who }报了名
    [gave_back] 您替{ $who }退出了报名
   *[redeemed] 您替{ $who }兑换了 { $points } 分
 }
message_proxy_goods = { $goods }。不是您让办的，请马上打社区电话。
message_proxy_end = 不想再请人代办：打社区电话就能结束，也可以点开自己结束。
